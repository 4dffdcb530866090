# SPDX-License-Identifier: BSD-3-Clause
"""Pickles of strangers: nothing in them is run, and none takes much more memory than it is long."""

from __future__ import annotations

import contextlib
import os
import pickle
import tracemalloc
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest

from spike_export.formats.content import FormatError
from spike_export.formats.foreign_pickle import load


class _Runs:
    def __init__(self, call):
        self.call = call

    def __reduce__(self):
        return self.call


@pytest.fixture
def loaded(tmp_path):
    def loaded(content, protocol: int = 4):
        path = tmp_path / "given"
        path.write_bytes(content if isinstance(content, bytes) else pickle.dumps(content, protocol))
        return load(path, path.stat().st_size)

    return loaded


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_data_is_as_it_was(loaded, protocol):
    data = {"a": [1, 2.5, None, True, "text"], "b": {("I", 0): (1, (2, 3))}}
    assert loaded(data, protocol) == data
    array = np.arange(6.0).reshape(2, 3)
    assert (loaded({"x": array}, protocol)["x"].array == array).all()
    assert loaded(OrderedDict(a=np.float64(3)), protocol) == {"a": 3.0}


@pytest.mark.parametrize(
    "call",
    [
        (os.system, ("touch ran",)),
        (eval, ("open('ran', 'w')",)),
        (Path.touch, (Path("ran"),)),
        (getattr, (os, "getcwd")),
    ],
    ids=["system", "eval", "touch", "getattr"],
)
def test_nothing_is_run(loaded, tmp_path, monkeypatch, call):
    monkeypatch.chdir(tmp_path)
    if call[0] is getattr:
        call = (getattr, ("os", "getcwd"))
    with contextlib.suppress(FormatError):
        assert loaded({"x": _Runs(call)}) == {"x": {}}
    assert not Path("ran").exists()


_DEEP = b"\x80\x02K\x00" + b"\x85" * 200 + b"."


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\x80\x02" + b"]" * 10_000 + b"." * 10, "more containers than a file of its size"),
        (b"\x80\x02K\x00r\xff\xff\xff\x7f.", "its memo index 2147483647 at byte 4 is out of order"),
        (b"\x80\x04\x8e" + b"\xff" * 7 + b"\x7fab.", "its pickle is damaged"),
        (_DEEP, "it contains deeply nested tuples at byte 12"),
        (b"\x80\x02\x8a\x7f" + b"\x7f" * 127 + b".", "an oversized integer at byte 2"),
        (b"\x80\x02cos\nsystem\nQ.", "it holds the opcode BINPERSID"),
        (b"\x80\x02cos\nsystem\n)\x81K\x01a.", "into an object as if that were a list"),
        (b"\x80\x02.", "its pickle is damaged"),
        (b"\x80\x02]", "its pickle is damaged"),
    ],
)
def test_what_asks_for_too_much_is_refused(loaded, data, sentence):
    tracemalloc.start()
    try:
        with pytest.raises(FormatError, match=r"^Cannot use given: .*\.$") as caught:
            loaded(data)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
    assert sentence in str(caught.value)


def test_a_frame_that_ends_inside_an_opcode_hides_nothing(loaded):
    """What the walk has seen is what is loaded, wherever the frames say that they end."""
    inner = b"\x8c\x05cos\nsK\x01"
    for length in range(1, len(inner) + 3):
        data = b"\x80\x04\x95" + length.to_bytes(8, "little") + inner + b"."
        assert loaded(data) == 1


def test_random_damage_is_a_sentence_or_data(loaded):
    good = pickle.dumps({"a": [(1, 2.0, "x")] * 20, "b": np.arange(9.0)}, 4)
    rng = np.random.default_rng(0)
    for _ in range(500):
        data = bytearray(good)
        data[rng.integers(2, len(data))] = rng.integers(256)
        try:
            loaded(bytes(data))
        except FormatError as error:
            assert str(error).startswith("Cannot use given: ")
