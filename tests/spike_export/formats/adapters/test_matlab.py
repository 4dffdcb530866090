# SPDX-License-Identifier: BSD-3-Clause
"""Matrices that SciPy and, for version 7.3, h5py have written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spike_export import read
from spike_export.formats.tables import matlab_5

h5py = pytest.importorskip("h5py")
scipy_io = pytest.importorskip("scipy.io")

MATRIX = np.random.default_rng(1).normal(size=(3, 40))


def _version_5(path: Path, variables: dict, compressed: bool = False) -> None:
    scipy_io.savemat(path, variables, do_compression=compressed)


def _compressed(path: Path, variables: dict) -> None:
    _version_5(path, variables, True)


def _version_73(path: Path, variables: dict) -> None:
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, value in variables.items():
            # MATLAB counts along the first side first.
            file[name] = np.atleast_2d(value).T
    with path.open("r+b") as stream:
        stream.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64")


@pytest.mark.parametrize("save", [_version_5, _compressed, _version_73])
def test_the_only_matrix_is_taken(tmp_path, command, save):
    save(tmp_path / "a.mat", {"dff": MATRIX, "fs": 30.0, "row": np.arange(40.0)})
    code, _, error = command("read", "a.mat", "--rows", "cells", "--interval", 33)
    assert code == 0, error
    np.testing.assert_allclose(read("a.pickle").values, MATRIX.T, rtol=1e-6)


@pytest.mark.parametrize("save", [_version_5, _version_73])
def test_of_several_one_has_to_be_named(tmp_path, command, save):
    save(tmp_path / "a.mat", {"dff": MATRIX, "raw": 2 * MATRIX})
    code, _, error = command("read", "a.mat", "--rows", "cells", "--interval", 33)
    assert code == 1 and "choose one of these with --of: dff, raw." in error
    code, _, error = command("read", "a.mat", "--of", "raw", "--rows", "cells", "--interval", 33)
    assert code == 0, error
    np.testing.assert_allclose(read("a.pickle").values, 2 * MATRIX.T, rtol=1e-6)


def test_damage_and_bombs_are_refused(tmp_path, command, monkeypatch):
    _compressed(tmp_path / "a.mat", {"x": np.zeros((3000, 3000))})
    monkeypatch.setattr(matlab_5, "_UNSUSPICIOUS", 0)
    monkeypatch.setattr(matlab_5, "_LARGEST_RATIO", 10)
    code, _, error = command("read", "a.mat", "--rows", "cells", "--interval", 33)
    assert code == 1 and error == "Error: Cannot use a.mat: 'x' claims 72 MB.\n"
    _version_5(tmp_path / "b.mat", {"x": MATRIX})
    data = (tmp_path / "b.mat").read_bytes()
    (tmp_path / "b.mat").write_bytes(data[:-100])
    code, _, error = command("read", "b.mat", "--rows", "cells", "--interval", 33)
    assert code == 1 and error.startswith("Error: Cannot use b.mat: it is ")
