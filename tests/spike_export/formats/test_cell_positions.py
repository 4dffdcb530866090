# SPDX-License-Identifier: BSD-3-Clause
"""Tables of cells, places and rotations."""

from __future__ import annotations

import numpy as np
import pytest

from spike_export.formats.cell_positions import read_cell_positions
from spike_export.formats.spike_files import TableError


@pytest.fixture
def table(tmp_path):
    def table(text: str):
        path = tmp_path / "cells.csv"
        path.write_text(text)
        return path

    return table


def test_places_alone(table):
    positions = read_cell_positions(table("PC[0], 1, 2.5, -3\n7,0,0,1e3\n"))
    assert list(positions) == ["PC[0]", "7"]
    assert positions["PC[0]"].place_um.tolist() == [1, 2.5, -3]
    assert positions["7"].rotation is None


QUARTER = np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]])


@pytest.mark.parametrize(
    ("columns", "values"),
    [
        ("rotation_z_deg", "90"),
        ("rotation_x_deg,rotation_y_deg,Rotation_Z_deg", "0,0,90"),
        ("rotation_angle_zaxis", "1.5707963267948966"),
        ("orientation_w,orientation_x,orientation_y,orientation_z", "1,0,0,1"),
    ],
)
def test_rotations(table, columns, values):
    path = table(f"z,y,x,{columns},cell,layer\n3,2,1,{values},a,II\n")
    position = read_cell_positions(path)["a"]
    assert position.place_um.tolist() == [1, 2, 3]
    assert np.allclose(position.rotation, QUARTER)


def test_z_is_first_and_x_last(table):
    head = "cell,x,y,z,rotation_x_deg,rotation_z_deg\n"
    rotation = read_cell_positions(table(f"{head}a,0,0,0,90,90\n"))["a"].rotation
    # x goes to y by the turn about z, and then to z.
    assert np.allclose(rotation @ (1, 0, 0), (0, 0, 1))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("cell,x,y,z,rotation\na,0,0,0,1\n", "has the column 'rotation', whose axis or unit"),
        ("cell,x,y,z,rotation_z\na,0,0,0,1\n", "'rotation_z', whose axis or unit"),
        ("a,0,0,0,90\n", "5 columns but no header line"),
        ("cell,x,y,z\na,0,0,0\na,1,0,0\n", "line 3 places cell 'a' a second time"),
        ("cell,x,y,z,rotation_z_deg\na,0,0,0,nan\n", "which is not finite"),
        ("cell,x,y,z,rotation_z_deg,rotation_angle_xaxis\na,0,0,0,1,1\n", "in two ways"),
        ("cell,x,y,z,orientation_w\na,0,0,0,1\n", "1 of the four columns"),
        ("cell,x,y,z\n", "contains no positions"),
        ("cell,x,y\na,0,0\n", "has no column for z"),
    ],
)
def test_what_is_open_or_wrong_is_refused(table, text, sentence):
    with pytest.raises(TableError, match=r"^Cannot use cells\.csv: ") as caught:
        read_cell_positions(table(text))
    assert sentence in str(caught.value)
