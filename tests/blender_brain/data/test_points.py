# SPDX-License-Identifier: GPL-3.0-or-later
"""Coordinates and tracings land where their files say, and files that lie are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from blender_brain.data.points import outside, read_points, read_tracing
from blender_brain.data.tables import TableError

RESOLUTION_UM = (25.0, 10.0, 50.0)
POINTS = np.array([[1000.0, 2000.0, 3000.0], [1.5, 2.5, 3.5]])


def table(folder: Path, content: str) -> Path:
    path = folder / "cells.csv"
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "content",
    [
        "1000,2000,3000\n1.5,2.5,3.5\n",
        "x,y,z\n1000,2000,3000\n1.5,2.5,3.5\n",
        "cell,ML,AP,DV,area\nc1,3000,1000,2000,CA3\nc2,3.5,1.5,2.5,DG\n",
        "AP (mm);DV (mm);ML (mm)\n1;2;3\n0.0015;0.0025;0.0035\n",
        "ccf_ap_um\tccf_dv_um\tccf_ml_um\n1000\t2000\t3000\n1.5\t2.5\t3.5\n",
        "coordinate_atlas_axis_0,coordinate_atlas_axis_1,coordinate_atlas_axis_2\n"
        "1000,2000,3000\n1.5,2.5,3.5\n",
        "1000 2000 3000\n1.5 2.5 3.5\n",
    ],
)
def test_tables(tmp_path: Path, content: str):
    points_um = read_points(table(tmp_path, content), "um", RESOLUTION_UM)
    assert points_um == pytest.approx(POINTS)


def test_units(tmp_path: Path):
    path = table(tmp_path, "1,2,3\n")
    assert read_points(path, "mm", RESOLUTION_UM).tolist() == [[1000, 2000, 3000]]
    assert read_points(path, "voxel", RESOLUTION_UM).tolist() == [[25, 20, 150]]


@pytest.mark.parametrize("dtype", ["<f8", ">f4", "<i2", "u1"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays(tmp_path: Path, dtype: str, order: str):
    array = np.asarray([[1, 2, 3], [40, 50, 60]], dtype, order=order)  # type: ignore[call-overload]
    np.save(tmp_path / "cells.npy", array)
    points_um = read_points(tmp_path / "cells.npy", "um", RESOLUTION_UM)
    assert points_um.tolist() == [[1, 2, 3], [40, 50, 60]]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("1,2\n", "cells.csv has 2 columns; without a header"),
        ("1,2,3,4\n", "cells.csv has 4 columns; without a header"),
        ("a,b,c\n1,2,3\n", "cells.csv, line 1 names no column for AP or x."),
        ("x,ap,y,z\n1,2,3,4\n", "cells.csv, line 1 names more than one column for AP or x."),
        (
            "x_um,y_mm,z_um\n1,2,3\n",
            "cells.csv, line 1 names different units; all three must be the same.",
        ),
        ("x,y,z\n", "cells.csv has no rows below its header."),
        ("x,y,z\n1,2,3\n1,,3\n", "cells.csv, line 3: '' is not a coordinate."),
        ("1,2,3\n1,nan,3\n", "cells.csv, line 2: 'nan' is not a coordinate."),
        ("1,2,3\n1,here,3\n", "cells.csv, line 2: 'here' is not a coordinate."),
        ("1,2,1e308\n", "cells.csv: point 1 is not finite."),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, content: str, sentence: str):
    with pytest.raises(TableError) as error, np.errstate(over="ignore"):
        read_points(table(tmp_path, content), "mm", RESOLUTION_UM)
    assert str(error.value).startswith(sentence)


def npy(header: str, data: bytes = b"") -> bytes:
    text = header.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is not a NumPy array"),
        (b"\x93NUMPY\x09\x00", "it has version 9.0 of the format"),
        (npy("__import__('os').system('true')"), "is not a NumPy array"),
        (npy("(" * 9000), "is not a NumPy array"),
        (
            npy("{'descr': '|O', 'fortran_order': False, 'shape': (1, 3)}", b"x" * 24),
            "not real numbers",
        ),
        (npy("{'descr': '<U9', 'fortran_order': False, 'shape': (1, 3)}"), "not real numbers"),
        (npy("{'descr': '<f8', 'fortran_order': False, 'shape': (3,)}", b"x" * 24), "should be N"),
        (
            npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3)}", b"x" * 24),
            "announces 48 bytes",
        ),
        (
            npy("{'descr': '<f8', 'fortran_order': False, 'shape': (10000000000, 3)}"),
            "10,000,000,000 points; 1 to 20,000,000 can be shown.",
        ),
        (npy("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 3)}"), "has 0 points"),
        (npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 3)}"), "has -1 points"),
    ],
)
def test_hostile_arrays(tmp_path: Path, content: bytes, sentence: str):
    (tmp_path / "cells.npy").write_bytes(content)
    with pytest.raises(TableError) as error:
        read_points(tmp_path / "cells.npy", "um", RESOLUTION_UM)
    assert sentence in str(error.value) and str(error.value).startswith("cells.npy")


def test_arrays_with_gaps(tmp_path: Path):
    np.save(tmp_path / "cells.npy", [[0, 0, 0], [0, np.nan, 0]])
    with pytest.raises(TableError, match="cells.npy: point 2 is not finite."):
        read_points(tmp_path / "cells.npy", "um", RESOLUTION_UM)


def test_points_outside_are_counted():
    assert outside(np.array([[1, 1, 1], [-1, 1, 1], [1, 1, 11], [10, 10, 10]]), (10, 10, 10)) == 2


def test_a_tracing(tmp_path: Path):
    path = tmp_path / "neuron.swc"
    lines = [
        "# id type x y z radius parent",
        "1 1 5000 2000 3000 8 -1",
        "2 2 5100 2000 3000 1 1",
        "3 2 5200 2000 3100 2 2",
        "4 2 5300 2100 3100 1 3",
        "5 2 5300 1900 3100 1 3",
    ]
    path.write_text("\n".join(lines))
    tracing = read_tracing(path)
    assert tracing.point_counts.sum() == len(tracing.points_um) == len(tracing.radii_um)
    assert [name.split("[")[0] for name in tracing.names] == ["soma", "axon", "axon", "axon"]
    ends = np.cumsum(tracing.point_counts)
    assert tracing.points_um[ends[2:] - 1].tolist() == [[5300, 2100, 3100], [5300, 1900, 3100]]
    # The branches begin where their parent ends, so that nothing gapes.
    assert tracing.points_um[ends[1:3]].tolist() == [[5200, 2000, 3100]] * 2
    assert tracing.radii_um[ends[1] - 1] == 2


def test_pieces_that_belong_to_nothing_are_told_of(tmp_path: Path):
    """However much it is: the rest is a tracing all the same."""
    path = tmp_path / "neuron.swc"
    path.write_text(
        "1 2 0 0 0 1 -1\n2 2 9 0 0 1 1\n3 2 500 0 0 1 -1\n4 2 600 0 0 1 3\n5 2 700 0 0 1 4\n"
    )
    said: list[str] = []
    tracing = read_tracing(path, said.append)
    left = 5 - len(np.unique(tracing.points_um, axis=0))
    told = f"neuron.swc: {left} of 5 points are not part of the neuron"
    assert left and [told in s for s in said] == [True]


@pytest.mark.parametrize(
    ("content", "sentence"), [("1 1 0 0\n", "neuron.swc, line 1: "), ("", "neuron.swc: ")]
)
def test_a_tracing_that_is_none(tmp_path: Path, content: str, sentence: str):
    path = tmp_path / "neuron.swc"
    path.write_text(content)
    with pytest.raises(TableError) as error:
        read_tracing(path)
    assert str(error.value).startswith(sentence)
    with pytest.raises(TableError, match="none.swc"):
        read_tracing(tmp_path / "none.swc")
