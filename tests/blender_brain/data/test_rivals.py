# SPDX-License-Identifier: GPL-3.0-or-later
"""Exchanged axes are noticed although most points are inside the brain all the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from blender_brain.atlas import Atlas, open_atlas
from blender_brain.atlas.search import Search
from blender_brain.data.coordinates import ORDERS, Coordinates
from blender_brain.data.landing import Landing, tell_landing
from blender_brain.data.point_formats import read_point_set
from blender_brain.data.rivals import evenness, rivals
from helpers.atlases import MESHES, write_v2
from numpy.typing import NDArray

# The brain is a box in the middle of this.
EXTENT = np.array([6000.0, 4000.0, 5000.0])


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: Any) -> Atlas:
    return open_atlas(write_v2(tmp_path_factory.mktemp("atlas")))


def cloud(low: Any, high: Any, count: int = 400, seed: int = 3) -> NDArray[np.float64]:
    """Points in a box, in µm."""
    return np.random.default_rng(seed).uniform(low, high, (count, 3))


def both_sides(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Put every second point into the other hemisphere."""
    points = points.copy()
    points[::2, 2] = EXTENT[2] - points[::2, 2]
    return points


def told(atlas: Atlas, numbers: NDArray[np.float64], **more: Any) -> Landing:
    return tell_landing(
        atlas, Search(atlas.structures), numbers, Coordinates(), axes_named=False, **more
    )


WHOLE = ((600, 600, 600), (5400, 3400, 4400))
# In all of these the exchanged points are inside as well.
BACK, SIDE = ((3100, 900, 900), (4400, 2000, 2300)), ((2300, 900, 900), (4400, 2000, 2300))


def test_what_fits_far_better_is_named(atlas: Atlas):
    exchanged = cloud(*WHOLE)[:, ::-1]
    found = told(atlas, exchanged)
    assert "80 % inside the brain" in found.text
    assert found.warning == (
        "20 % of them miss the brain; they would fit better as micrometers in the order ML, DV, AP"
        " (100 %) inside."
    )
    assert found.fits == (Coordinates(order="mda"),)


@pytest.mark.parametrize("order", [order for order in ORDERS if order != "adm"])
def test_every_order_of_a_whole_brain_is_noticed(atlas: Atlas, order: str):
    wrong = cloud(*WHOLE)[:, list(ORDERS[order])]
    assert told(atlas, wrong).fits[0].order == order


@pytest.mark.parametrize("box", [WHOLE, BACK, SIDE])
@pytest.mark.parametrize("sides", ["one", "both"])
@pytest.mark.parametrize("seed", range(5))
def test_points_that_are_right_are_never_warned_about(
    atlas: Atlas, box: Any, sides: str, seed: int
):
    points = cloud(*box, seed=seed)
    points = both_sides(points) if sides == "both" else points
    # A tenth beside the mesh, as registration leaves it, above and below or at the sides.
    points[::20, 1], points[10::20, 2] = 450, 4550
    assert told(atlas, points).warning == ""


def test_brains_are_even_about_their_middle(atlas: Atlas):
    """Where all is inside either way."""
    points = both_sides(cloud(*BACK))
    right, wrong = told(atlas, points), told(atlas, points[:, ::-1])
    assert not right.warning and "which axis" not in right.text
    assert "100 % inside" in wrong.text
    assert wrong.warning == (
        "They are uneven about the mid-plane, but as many are inside, and even about it, as"
        " micrometers in the order ML, DV, AP (100 %)."
    )


def test_what_nothing_decides_is_said(atlas: Atlas):
    points = cloud(*BACK)
    for numbers in (points, points[:, ::-1]):
        found = told(atlas, numbers)
        assert not found.warning
        assert "; the file does not say which axis is which, and as many would be inside in" in (
            found.text
        )
        assert "in the order ML, DV, AP" in found.text
    named = tell_landing(atlas, Search(atlas.structures), points, Coordinates())
    assert "which axis" not in named.text
    # The structures that the file names decide.
    where = told(atlas, np.tile((3500.0, 1500, 1500), (9, 1)), named=["CA3"] * 9, column="area")
    assert "'area' agrees for 100 %" in where.text and "which axis" not in where.text


def test_the_hemispheres_that_a_file_names(atlas: Atlas):
    points = both_sides(cloud(*WHOLE))
    right = ["LEFT" if z > EXTENT[2] / 2 else "RIGHT" for z in points[:, 2]]
    good = told(atlas, points, sides=right, side_column="hemisphere")
    assert "; 'hemisphere' agrees for 100 %" in good.text and not good.warning
    other = ["LEFT" if one == "RIGHT" else "RIGHT" for one in right]
    bad = told(atlas, points, sides=other, side_column="hemisphere")
    assert "; 'hemisphere' agrees for 0 %" in bad.text
    assert bad.warning == (
        "100 % of them are not in the hemisphere that the file says; they would fit better as"
        " micrometers with ML flipped (100 %) in that hemisphere."
    )
    both = told(atlas, points, sides=["BOTH"] * len(points), side_column="hemisphere")
    assert "hemisphere" not in both.text and not both.warning


def test_evenness(atlas: Atlas):
    points = both_sides(cloud(*WHOLE, count=5_000))
    read = Coordinates()
    assert evenness(points, read, atlas) < 0.05
    assert evenness(points - (0, 0, 400), read, atlas) == pytest.approx(800 / 3800, abs=0.05)
    one_side = points[points[:, 2] < EXTENT[2] / 2]
    assert evenness(one_side, read, atlas) == 1
    # Neither few points nor a spot say that something is even.
    assert 0.1 < evenness(points[:99], read, atlas) < 0.3
    assert 0.1 < evenness(EXTENT / 2 + 0.01 * (points - EXTENT / 2), read, atlas) < 0.3


def test_without_the_surface_of_the_brain_nothing_is_compared(tmp_path: Path):
    atlas = open_atlas(write_v2(tmp_path, meshes={463: MESHES[463]}))
    found = rivals(atlas, cloud(*WHOLE), Coordinates(), axes_named=False)
    assert not found.better and not found.equal and not found.even


@pytest.mark.parametrize(
    ("content", "sides", "axes_named"),
    [
        ("x,y,z\n1,2,3\n", (), False),
        ("1,2,3\n4,5,6\n", (), False),
        ("index,axis-0,axis-1,axis-2\n0,1,2,3\n", (), False),
        ("AP,DV,ML,hemisphere\n1,2,3,left\n4,5,6,right\n", ("LEFT", "RIGHT"), True),
        ("x,y,z,side\n1,2,3,L\n", ("LEFT",), False),
        # Which number is which differs between programs, and these are not hemispheres.
        ("AP,DV,ML,hemisphere\n1,2,3,1\n", (), True),
        ("AP,DV,ML,side\n1,2,3,up\n", (), True),
        ("ccf_ap,ccf_dv,z\n1,2,3\n", (), False),
    ],
)
def test_what_files_say_of_axes_and_hemispheres(
    tmp_path: Path, content: str, sides: tuple[str, ...], axes_named: bool
):
    path = tmp_path / "points.csv"
    path.write_text(content)
    found = read_point_set(path)
    assert found.sides == sides and found.axes_named == axes_named
