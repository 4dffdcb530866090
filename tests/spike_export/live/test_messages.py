# SPDX-License-Identifier: BSD-3-Clause
"""What is said can be read again, and nothing else is taken for it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from spike_export.live.messages import (
    MOST_BYTES,
    Answer,
    LiveError,
    Question,
    pack_answer,
    pack_frames,
    pack_question,
    read_answer,
    read_frames,
    read_question,
)


def test_a_question_and_an_answer_come_as_they_were_said():
    question = Question("0a 3", 17)
    assert read_question(pack_question(question).rstrip(b"\n")) == question
    answer = Answer("start", "0a 3", 1.5, 40.0, "/tmp/löwe\n.pickle", "", b"\nabc")
    line, _, content = pack_answer(answer).partition(b"\n")
    told, size = read_answer(line)
    assert (told.run, told.path, told.end_ms) == (answer.run, answer.path, 40.0)
    assert content == answer.content and size == len(content)


def test_frames_come_as_they_were_recorded():
    time_ms, values = np.array([0.1, 0.2, 0.4]), np.arange(24, dtype=np.float32).reshape(3, 8)
    values[1, 2] = np.nan
    got_ms, got = read_frames(pack_frames(time_ms, values), 2, 4)
    assert np.array_equal(got_ms, time_ms)
    assert np.array_equal(got.reshape(3, 8), values, equal_nan=True)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b"GET / HTTP/1.1", "another program answers"),
        (b"[" * 5000, "another program answers"),
        (b'{"protocol": "spike-export live 2"}', "use the same version"),
        (b'{"protocol": "spike-export live 1"}', "not understood"),
    ],
)
def test_another_program_is_noticed(line, sentence):
    for read in (read_question, read_answer):
        with pytest.raises(LiveError, match=sentence):
            read(line)


@pytest.mark.parametrize(
    "change",
    [
        {"bytes": MOST_BYTES + 1},
        {"bytes": -1},
        {"bytes": True},
        {"kind": "other"},
        {"reached_ms": float("nan")},
        {"path": None},
    ],
)
def test_an_answer_out_of_limits_is_refused(change):
    told = json.loads(pack_answer(Answer("wait")))
    with pytest.raises(LiveError, match="not understood"):
        read_answer(json.dumps(told | change).encode())


@pytest.mark.parametrize(
    "content",
    [
        b"x",
        pack_frames(np.array([1.0, 1.0]), np.zeros((2, 8), np.float32)),
        pack_frames(np.array([np.inf]), np.zeros((1, 8), np.float32)),
    ],
)
def test_frames_that_cannot_be_are_refused(content):
    with pytest.raises(LiveError):
        read_frames(content, 2, 4)
