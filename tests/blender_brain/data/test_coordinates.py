# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers of a file become an atlas's own."""

from __future__ import annotations

import numpy as np
import pytest
from blender_brain.data.coordinates import ALLEN_EXTENT_UM, ORDERS, Coordinates
from blender_brain.data.tables import TableError

RESOLUTION_UM = (25.0, 10.0, 50.0)
EXTENT_UM = (1000.0, 800.0, 600.0)
NUMBERS = np.array([[1.0, 2.0, 3.0]])


@pytest.mark.parametrize(
    ("coordinates", "expected"),
    [
        (Coordinates(), [1, 2, 3]),
        (Coordinates("mm"), [1000, 2000, 3000]),
        (Coordinates("voxel"), [25, 20, 150]),
        (Coordinates("other_voxel", voxel_um=10), [10, 20, 30]),
        (Coordinates(order="mda"), [3, 2, 1]),
        # The voxels' size is that of the axis, not of the column.
        (Coordinates("voxel", order="mda"), [75, 20, 50]),
        (Coordinates(order="mad"), [2, 3, 1]),
        (Coordinates(flips=frozenset({"AP", "ML"})), [999, 2, 597]),
        (Coordinates("mm", origin="bregma", bregma_um=(5000, 0, 500)), [4000, -2000, -2500]),
        (
            Coordinates(origin="bregma", bregma_um=(10, 20, 30), flips=frozenset({"DV"})),
            [9, 22, 27],
        ),
    ],
)
def test_points(coordinates: Coordinates, expected: list[float]):
    points_um = coordinates.points_um(NUMBERS, RESOLUTION_UM, EXTENT_UM)
    assert points_um.tolist() == [pytest.approx(expected)]


def test_each_order_is_its_own():
    assert len(set(ORDERS.values())) == 6
    for name, order in ORDERS.items():
        assert "".join("adm"[axis] for axis in order) == name


def test_bregma_is_known_in_the_allen_mouse_only():
    read = Coordinates("mm", origin="bregma")
    assert read.points_um(NUMBERS, RESOLUTION_UM, ALLEN_EXTENT_UM).tolist() == [[4400, -2000, 2700]]
    with pytest.raises(TableError, match="Where bregma is in this atlas is not known"):
        read.points_um(NUMBERS, RESOLUTION_UM, EXTENT_UM)


def test_described():
    read = Coordinates("other_voxel", 10, "mda", frozenset({"ML", "AP"}))
    assert read.described() == ("voxels of 10 µm in the order ML, DV, AP with AP and ML flipped")
