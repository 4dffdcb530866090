# SPDX-License-Identifier: BSD-3-Clause
"""MATLAB's files of version 5, with SciPy as the referee."""

from __future__ import annotations

import numpy as np
import pytest

from spike_export.formats.content import FormatError
from spike_export.formats.mat5 import load, variables

scipy_io = pytest.importorskip("scipy.io")
RNG = np.random.default_rng(2)
CONTENT = {
    "double": RNG.normal(size=(3, 7)),
    "s": RNG.normal(size=(2, 5)).astype("f4"),
    "whole_numbers_as_doubles": np.arange(12.0).reshape(3, 4),
    "i8": np.arange(-4, 4, dtype="i1").reshape(2, 4),
    "tiny": np.arange(4, dtype="u1").reshape(2, 2),
    "u16": np.arange(6, dtype="u2").reshape(2, 3),
    "i64": np.arange(6, dtype="i8").reshape(2, 3) - 2**40,
    "cube": np.zeros((2, 3, 4)),
    "empty": np.zeros((0, 3)),
}
OTHER = {"text": "words", "complex": np.array([[1j, 2]]), "cell": np.array([[1, "a"]], object)}


@pytest.mark.parametrize("compressed", [False, True])
def test_all_that_scipy_reads(tmp_path, compressed):
    path = tmp_path / "a.mat"
    scipy_io.savemat(path, CONTENT | OTHER | {"st": {"x": 1.0}}, do_compression=compressed)
    found = {variable.name: variable for variable in variables(path)}
    assert found.keys() == CONTENT.keys()
    for name, wanted in scipy_io.loadmat(path, variable_names=list(CONTENT)).items():
        if not name.startswith("__"):
            assert found[name].shape == wanted.shape
            np.testing.assert_array_equal(load(path, found[name]), wanted)


def test_a_file_of_the_other_byte_order(tmp_path):
    path = tmp_path / "a.mat"
    scipy_io.savemat(path, {"x": CONTENT["double"]})
    data = path.read_bytes()
    swapped = np.frombuffer(data[128:168], "<u4").astype(">u4").tobytes()
    name = np.frombuffer(data[168:172], "<u4").astype(">u4").tobytes() + data[172:176]
    values = np.frombuffer(data[176:184], "<u4").astype(">u4").tobytes()
    values += np.frombuffer(data[184:], "<f8").astype(">f8").tobytes()
    path.write_bytes(data[:124] + b"\x01\x00MI" + swapped + name + values)
    (variable,) = variables(path)
    np.testing.assert_array_equal(load(path, variable), CONTENT["double"])


@pytest.mark.parametrize("compressed", [False, True])
def test_damage_is_a_sentence(tmp_path, compressed):
    """SciPy crashes on some of these."""
    path = tmp_path / "a.mat"
    scipy_io.savemat(path, CONTENT, do_compression=compressed)
    good = path.read_bytes()
    rng = np.random.default_rng(3)
    refused = 0
    for _ in range(500):
        data = bytearray(good)
        data[rng.integers(128, len(data))] = rng.integers(256)
        path.write_bytes(data[: len(data) if rng.random() < 0.8 else rng.integers(len(data))])
        try:
            for variable in variables(path):
                load(path, variable)
        except FormatError as error:
            refused += 1
            assert str(error).startswith("Cannot use a.mat: ")
    assert refused > 50
