# SPDX-License-Identifier: BSD-3-Clause
"""Files made to run code: nothing of it happens."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from helpers.opcodes import (
    APPEND,
    BUILD,
    DICT,
    DTYPE,
    EMPTY_ARRAY,
    FROMBUFFER,
    LIST,
    MARK,
    NONE,
    PROTO,
    REDUCE,
    SETITEM,
    STACK_GLOBAL,
    STOP,
    TUPLE,
    TUPLE1,
    TUPLE2,
    data,
    name,
    text,
)


@pytest.fixture
def trap(tmp_path, monkeypatch) -> Path:
    """A file that code in a pickle would make, in the folder it would run in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "PWNED"


COMMAND = text("echo > PWNED")


@pytest.mark.parametrize(
    "content",
    [
        name("os", "system") + COMMAND + TUPLE1 + REDUCE,
        name("posix", "system") + COMMAND + TUPLE1 + REDUCE,
        text("os") + text("system") + STACK_GLOBAL + COMMAND + TUPLE1 + REDUCE,
        text("builtins") + text("eval") + STACK_GLOBAL + text("open('PWNED','w')") + TUPLE1
        + REDUCE,
        text("numpy") + text("dtype.__init__.__globals__") + STACK_GLOBAL,
        text("numpy") + text("load") + STACK_GLOBAL + text("x.npy") + TUPLE1 + REDUCE,
        text("numpy.core.multiarray") + text("fromfile") + STACK_GLOBAL,
        text("spike_export.simulation_file.restricted_pickle") + text("np") + STACK_GLOBAL,
        name("codecs", "open") + text("PWNED") + text("w") + TUPLE2 + REDUCE,
        MARK + COMMAND + b"ios\nsystem\n",
        MARK + name("os", "system") + COMMAND + b"o",
        name("os", "system") + COMMAND + TUPLE1 + b"\x81",
        name("os", "system") + COMMAND + TUPLE1 + DICT + b"\x92",
        b"\x82\x01",
        text("persistent") + b"Q",
        b"Ppersistent\n",
        b"\x97",
        # In places where only arrays are looked for.
        LIST + DICT + text("type") + name("os", "system") + COMMAND + TUPLE1 + REDUCE + SETITEM
        + APPEND,
        DICT + text("format") + name("os", "system") + COMMAND + TUPLE1 + REDUCE + SETITEM,
    ],
)  # fmt: skip
def test_nothing_is_called(save, refused, trap, content):
    refused(save(PROTO + content + STOP))
    assert not trap.exists()


def test_python_itself_would_have_called_it(save, trap):
    content = PROTO + text("builtins") + text("open") + STACK_GLOBAL + text("PWNED") + text("w")
    pickle.loads(content + TUPLE2 + REDUCE + STOP).close()
    assert trap.exists(), "this trap works, so the others are worth the name"


def test_classes_with_methods_for_pickle_are_not_called(save, refused, trap):
    class Trap:
        def __reduce__(self):
            return os.system, ("echo > PWNED",)

    for protocol in range(2, 6):
        assert "system', which simulation data never needs" in refused(save([Trap()], protocol))
        refused(save({"format": "spike-export", "version": 2, "time": Trap()}, protocol))
    assert not trap.exists()


def test_text_protocols_are_refused(save, refused):
    for protocol in (0, 1):
        assert "it is not a pickle of protocol 2" in refused(save([1], protocol))


@pytest.mark.parametrize(
    "state",
    [
        DICT + text("__defaults__") + NONE + SETITEM,
        NONE + DICT + text("__defaults__") + NONE + SETITEM + TUPLE2,
        NONE + DICT + text("_function") + NONE + SETITEM + TUPLE2,
    ],
)
@pytest.mark.parametrize(
    "module", ["numpy.core.numeric", "numpy._core.numeric"], ids=["numpy1", "numpy2"]
)
def test_build_changes_nothing_in_numpy(save, refused, state, module):
    numeric = pytest.importorskip("numpy._core.numeric")
    before = numeric._frombuffer.__defaults__, dict(vars(numeric._frombuffer))
    content = PROTO + name(module, "_frombuffer") + state + BUILD + STOP
    assert "tries to change" in refused(save(content))
    assert (numeric._frombuffer.__defaults__, vars(numeric._frombuffer)) == before


@pytest.mark.parametrize(
    ("thing", "state"),
    [
        (name("numpy", "ndarray"), DICT),
        (name("numpy", "dtype"), DICT + text("code") + text("O8") + SETITEM),
        (DTYPE, NONE + DICT + text("code") + text("O8") + SETITEM + TUPLE2),
        (DTYPE, b"K\x03" + text("x") + TUPLE2),
        (EMPTY_ARRAY, NONE + DICT + text("array") + text("x") + SETITEM + TUPLE2),
        (EMPTY_ARRAY, NONE),
        (LIST, DICT + text("append") + NONE + SETITEM),
        (data(b"x"), DICT + text("x") + NONE + SETITEM),
    ],
)
def test_build_with_a_strange_state_is_refused(save, refused, thing, state):
    refused(save(PROTO + thing + state + BUILD + STOP))


@pytest.mark.parametrize(
    "code", ["O", "O8", "|O8", "V8", "S8", "U2", "M8", "c16", "f3", "", "f8,O"]
)
def test_numbers_that_are_not_plain_are_refused(save, refused, code):
    dtype = name("numpy", "dtype") + text(code) + TUPLE1 + REDUCE
    arguments = MARK + data(bytes(16)) + dtype + b"K\x02" + TUPLE1 + text("C") + TUPLE
    content = PROTO + LIST + FROMBUFFER + arguments + REDUCE + APPEND + STOP
    assert "in it" in refused(save(content)) or code == "f3"


def test_arrays_of_objects_are_refused(save, refused):
    array = np.empty(2, object)
    array[:] = [1, "x"]
    for protocol in range(2, 6):
        assert "'O8', not plain numbers" in refused(save([{"X": array}], protocol))


BAD = {
    "empty_list": "it holds no sections",
    "eval_in_list": "'builtins.eval', which simulation data never needs",
    "missing_diam": "the key 'DIAM' is missing",
    "missing_frame": "frame ",
    "not_a_pickle": "it is not a pickle",
    "os_system": "system', which simulation data never needs; nothing was run",
    "ragged_voltage": " voltages instead of ",
    "truncated": "it is cut off",
}


def test_the_collected_files_are_refused(shared_data, refused, trap):
    files = sorted((shared_data / "bad").glob("*"))
    assert set(BAD) <= {path.stem for path in files}
    for path in files:
        assert BAD.get(path.stem, "") in refused(path)
    assert not list(trap.parent.iterdir())
