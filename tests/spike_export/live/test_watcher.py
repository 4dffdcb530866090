# SPDX-License-Identifier: BSD-3-Clause
"""A watcher never waits, gets all of a run however slow it is, and notices other programs."""

from __future__ import annotations

import contextlib
import socket

import numpy as np
import pytest

from spike_export.live.messages import HOST, Answer, LiveError, Question, read_frames
from spike_export.live.watcher import Watcher, free_port
from spike_export.neuron.broadcast import Broadcast
from spike_export.neuron.recording_error import RecordingError

SEGMENTS = 300_000
TIME_MS = np.arange(1, 41) * 0.1
VALUES = np.random.default_rng(0).normal(size=(40, SEGMENTS)).astype(np.float32)


@pytest.fixture
def broadcast():
    with Broadcast(0) as made:
        made.begin(
            "a", lambda: b"shape", lambda a, b: (TIME_MS[a:b], VALUES[a:b]), 8 + 4 * SEGMENTS
        )
        yield made


@pytest.fixture
def watch(broadcast):
    made: list[Watcher] = []

    def watch() -> Watcher:
        made.append(Watcher(broadcast.port))
        return made[-1]

    yield watch
    for one in made:
        one.close()


def asked(broadcast, watcher: Watcher, question: Question, count: int = 40) -> Answer:
    while True:
        answer = watcher.look(question, seconds=0.001)
        if answer is not None:
            return answer
        broadcast.serve(count, 1.0, 4.0, at_once=True)


def test_all_frames_come_in_parts_to_several_watchers(broadcast, watch):
    watchers = [watch(), watch()]
    for watcher in watchers:
        assert asked(broadcast, watcher, Question()).content == b"shape"
        got_ms, got, parts = np.empty(0), [], 0
        while len(got_ms) < 40:
            answer = asked(broadcast, watcher, Question("a", len(got_ms)))
            time_ms, values = read_frames(answer.content, 1, SEGMENTS)
            got_ms, parts = np.concatenate((got_ms, time_ms)), parts + 1
            got.append(values[:, 0])
        assert parts > 1
        assert np.array_equal(got_ms, TIME_MS)
        assert np.array_equal(np.concatenate(got), VALUES)
        assert asked(broadcast, watcher, Question("a", 40)).kind == "wait"


def test_frames_that_may_still_change_are_not_told(broadcast, watch):
    watcher = watch()
    assert asked(broadcast, watcher, Question("a", 12), count=12).kind == "wait"


def test_the_end_is_told_with_the_file_and_without_one_after_all_frames(broadcast, watch):
    watcher = watch()
    assert asked(broadcast, watcher, Question("a", 40)).kind == "wait"
    assert watcher.look(Question("a", 30), seconds=0.0) is None
    broadcast._ended = Answer("ended", "a", error="It failed.")
    assert asked(broadcast, watcher, Question("a", 30)).kind == "frames"
    assert asked(broadcast, watcher, Question("a", 40)).error == "It failed."
    broadcast._ended = Answer("ended", "a", path="/a.pickle")
    assert asked(broadcast, watcher, Question("a", 3)).path == "/a.pickle"


def test_whoever_has_gone_or_talks_of_something_else_is_dropped(broadcast, watch):
    gone = watch()
    gone.close()
    browser = socket.create_connection((HOST, broadcast.port))
    browser.sendall(b"GET / HTTP/1.1\r\n\r\n")
    endless = socket.create_connection((HOST, broadcast.port))
    endless.sendall(b"x" * 20_000)
    for _ in range(3):
        broadcast.serve(40, 1.0, 4.0, at_once=True)
    for one in (browser, endless):
        one.settimeout(5)
        # Closed, by a reset if something was left unread.
        with contextlib.suppress(ConnectionResetError):
            assert one.recv(10) == b""
        one.close()
    watcher = watch()
    assert asked(broadcast, watcher, Question()).kind == "start"


def test_nobody_listens_and_another_one_does():
    port = free_port()
    with pytest.raises(LiveError, match=f"No simulation can be watched at port {port}: start one"):
        Watcher(port)
    with socket.create_server((HOST, port)) as server:
        watcher = Watcher(port)
        other, _ = server.accept()
        other.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        with pytest.raises(LiveError, match="another program answers"):
            while watcher.look(Question()) is None:
                pass
        assert not watcher.is_open
        other.close()


def test_a_simulation_that_was_stopped_is_noticed(broadcast, watch):
    watcher = watch()
    assert asked(broadcast, watcher, Question()).kind == "start"
    broadcast.close()
    with pytest.raises(LiveError, match=r"The simulation at port \d+ is gone"):
        while watcher.look(Question("a", 0)) is None:
            pass


def test_a_port_that_is_taken(broadcast):
    with pytest.raises(RecordingError, match="is taken .* Choose another"):
        Broadcast(broadcast.port)
