# SPDX-License-Identifier: BSD-3-Clause
"""Structures and cells in MATLAB's files of version 5, with SciPy as the referee."""

from __future__ import annotations

import numpy as np
import pytest

from spike_export.formats.tables import (
    TableError,
    matlab_variables,
    read_matlab_structure,
)

scipy_io = pytest.importorskip("scipy.io")


def structures(path):
    with path.open("rb") as file:
        return {
            one.name: read_matlab_structure(file, one)
            for one in matlab_variables(file)
            if not one.is_real
        }


@pytest.mark.parametrize("compressed", [False, True])
def test_structures_cells_and_texts(tmp_path, compressed):
    probes = np.zeros((2, 1), [("points", object), ("name", object)])
    probes[0, 0], probes[1, 0] = (np.eye(3), "one"), (np.zeros((0, 0)), "zwöi")
    cells = np.empty((1, 2), object)
    cells[0, 0], cells[0, 1] = np.arange(4.0), {"deep": {"er": 5}}
    content = {"probes": probes, "cells": cells, "x": np.eye(2), "empty": np.zeros((1, 0), object)}
    scipy_io.savemat(tmp_path / "a.mat", content, do_compression=compressed)
    found = structures(tmp_path / "a.mat")
    assert found.keys() == {"probes", "cells", "empty"} and found["empty"] == []
    first, second = found["probes"]
    np.testing.assert_array_equal(first["points"], np.eye(3))
    assert (first["name"], second["name"], second["points"].size) == ("one", "zwöi", 0)
    row, nested = found["cells"]
    np.testing.assert_array_equal(row, [[0, 1, 2, 3]])
    assert nested[0]["deep"][0]["er"] == 5


def test_what_is_neither_is_none(tmp_path):
    cells = np.empty((1, 2), object)
    cells[0, 0], cells[0, 1] = np.array([[1j]]), scipy_sparse()
    scipy_io.savemat(tmp_path / "a.mat", {"c": cells})
    assert structures(tmp_path / "a.mat") == {"c": [None, None]}


def scipy_sparse():
    return pytest.importorskip("scipy.sparse").csc_array(np.eye(3))


def test_deep_nesting_is_refused(tmp_path):
    nested: object = 1.0
    for _ in range(20):
        nested = {"a": nested}
    scipy_io.savemat(tmp_path / "a.mat", {"s": nested})
    with pytest.raises(TableError, match="nested deeper than 16 times"):
        structures(tmp_path / "a.mat")


@pytest.mark.parametrize("compressed", [False, True])
def test_damage_is_a_sentence(tmp_path, compressed):
    path = tmp_path / "a.mat"
    scipy_io.savemat(
        path, {"s": [{"a": np.eye(3), "b": "text"}, {"c": {"d": 1}}]}, do_compression=compressed
    )
    good, rng, refused = path.read_bytes(), np.random.default_rng(3), 0
    for _ in range(500):
        data = bytearray(good[: None if rng.random() < 0.8 else rng.integers(len(good))])
        data[rng.integers(len(data))] = rng.integers(256)
        path.write_bytes(data)
        try:
            structures(path)
        except TableError:
            refused += 1
    assert refused > 50
