# SPDX-License-Identifier: BSD-3-Clause
"""Units: said, guessed and told, or refused."""

from __future__ import annotations

import numpy as np
import pytest

from spike_export.connectome.skeletons import ConnectomeError, Skeleton, Skeletons, joined
from spike_export.connectome.units import um_per_unit


def cells(width: float, radius: float = np.nan, *units: str) -> Skeletons:
    return joined(
        [
            Skeleton(
                "a",
                np.array([[0, 0, 0], [width, 1, 1]], np.float64),
                np.full(2, radius),
                np.zeros(2, np.uint8),
                np.array([[0, 1]]),
                np.array([0]),
                unit,
            )
            for unit in units or ("",)
        ]
    )


@pytest.mark.parametrize(
    ("width", "radius", "factor"),
    [(300, 0.3, 1.0), (1500, np.nan, 1.0), (3e5, 80, 1e-3), (6e4, np.nan, 1e-3)],
)
def test_size_tells_the_unit_and_it_is_said(width, radius, factor):
    found, note = um_per_unit(cells(width, radius), None, None)
    assert found.tolist() == [factor] * 3
    assert f"{width:,.0f} wide" in note and "--unit" in note


@pytest.mark.parametrize(("width", "radius"), [(9000, 0.5), (30000, 50), (500, 40)])
def test_what_could_be_several_is_refused(width, radius):
    with pytest.raises(ConnectomeError, match="--unit voxels --voxel-size 8,8,8"):
        um_per_unit(cells(width, radius), None, None)


@pytest.mark.parametrize(
    ("unit", "factor"),
    [("8 nanometer", 0.008), ("1 micrometers", 1.0), ("um", 1.0), ("nm", 1e-3), ("4.5 nm", 4.5e-3)],
)
def test_the_files_are_believed(unit, factor):
    found, note = um_per_unit(cells(9000, 1, unit, unit), None, None)
    assert found == pytest.approx([factor] * 3)
    assert unit in note


def test_the_user_knows_best():
    assert um_per_unit(cells(9e9, 1, "8 nanometer"), "um", None)[0].tolist() == [1.0] * 3
    found, _ = um_per_unit(cells(9000), "voxels", (4.0, 4.0, 40.0))
    assert found == pytest.approx([0.004, 0.004, 0.04])


@pytest.mark.parametrize(
    ("skeletons", "unit", "voxel", "reason"),
    [
        (cells(1, 1, "1 nanometer", ""), None, None, "name different units"),
        (cells(1, 1, "3 parsec"), None, None, "the unit '3 parsec', which is not known"),
        (cells(1, 1, "0 nm"), None, None, "'0 nm'"),
        (cells(1, 1, "dimensionless"), None, None, "which is not known"),
        (cells(300), "voxels", None, "say how large one is"),
        (cells(300), None, (8.0, 8.0, 8.0), "add --unit voxels"),
    ],
)
def test_contradictions_are_refused(skeletons, unit, voxel, reason):
    with pytest.raises(ConnectomeError, match=reason):
        um_per_unit(skeletons, unit, voxel)
