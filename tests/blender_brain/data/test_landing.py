# SPDX-License-Identifier: GPL-3.0-or-later
"""Each import says where its points are, and what would fit if that looks wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from blender_brain.atlas import Atlas, open_atlas
from blender_brain.atlas.search import Search
from blender_brain.data.coordinates import Coordinates
from blender_brain.data.landing import Landing, area_of, tell_landing
from helpers.atlases import MESHES, write_v2

RANDOM = np.random.default_rng(2)
# CA3 is on the right, DG on the left, MO in front.
CA3, DG, MO = (3500.0, 1500, 1500), (3500.0, 1500, 3500), (1300.0, 1200, 2500)


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: Any) -> Atlas:
    return open_atlas(write_v2(tmp_path_factory.mktemp("atlas")))


def landing(
    atlas: Atlas, numbers: Any, coordinates: Coordinates | None = None, **more: Any
) -> Landing:
    numbers = np.asarray(numbers, np.float64)
    search = Search(atlas.structures)
    return tell_landing(atlas, search, numbers, coordinates or Coordinates(), **more)


def cloud(count: int = 200) -> np.ndarray:
    """Points all over the brain, of which more are anterior, dorsal and right."""
    share = RANDOM.uniform(0, 1, (count, 3)) ** 1.3
    return np.array([600.0, 600, 600]) + share * (4800, 2800, 3800)


def test_the_sentence(atlas: Atlas):
    points = [CA3] * 5 + [DG] * 3 + [MO] + [(10.0, 10, 10)]
    told = landing(atlas, points)
    assert told.text == "10 points: 90 % inside the brain; CA3 50 %, DG 30 %, MO 10 %"
    beside = landing(atlas, [*points, (600.0, 600, 600)]).text
    assert beside.endswith("1 region could not be told apart, since the mesh is not on this disk")
    assert told.warning == "" and told.places is not None
    assert landing(atlas, [CA3], what="cell").text.startswith("1 cell: 100 % inside")
    assert landing(atlas, [CA3] * 999 + [(0, 0, 0)]).text.startswith("1,000 points: 99.9 % inside")


def test_many_points_are_looked_at_in_part(atlas: Atlas):
    told = landing(atlas, np.tile([CA3, DG], (15_000, 1)))
    assert told.text.startswith("30,000 points (by 20,000 of them): 100 % inside")
    assert told.places is None


def test_a_brain_without_a_surface_is_told(tmp_path: Path):
    atlas = open_atlas(write_v2(tmp_path, meshes={463: MESHES[463]}))
    told = landing(atlas, [CA3, DG])
    assert "50 % in a region that is on this disk; CA3 50 %" in told.text
    assert "the brain's own surface is not" in told.text and not told.warning
    assert landing(atlas, [(1e6, 0, 0)]).warning.startswith("100 % of them miss the brain")


@pytest.mark.parametrize(
    ("numbers", "fit"),
    [
        (cloud() / 1000, "millimeters"),
        (cloud() / 100, "voxels of this atlas"),
        (cloud()[:, ::-1] / 1000, "millimeters in the order ML, DV, AP"),
    ],
)
def test_what_would_fit(atlas: Atlas, numbers: np.ndarray, fit: str):
    told = landing(atlas, numbers)
    assert told.warning.startswith("100 % of them miss the brain; they would fit as ")
    assert told.fits[0].described() == fit
    again = landing(atlas, numbers, told.fits[0])
    assert not again.warning and "100 % inside" in again.text


def test_axes_that_are_exchanged(atlas: Atlas):
    """Voxels of the atlas, read plane by plane from the other end."""
    numbers = np.array([(5300.0, 3300, 4300), (4900, 3200, 4200)] * 20)[:, ::-1]
    numbers = numbers + RANDOM.uniform(-60, 60, numbers.shape)
    told = landing(atlas, numbers)
    assert "miss the brain" in told.warning
    assert told.fits[0].order == "mda" and told.fits[0].unit == "um"


def test_named_structures_decide(atlas: Atlas):
    """Left and right look alike from the outside; the file says which."""
    numbers = np.array([CA3] * 20 + [DG] * 20)
    numbers = numbers + RANDOM.uniform(-300, 300, numbers.shape)
    named = ["CA3"] * 20 + ["Dentate gyrus"] * 20
    told = landing(atlas, numbers, named=named, column="area")
    assert "'area' agrees for 100 %" in told.text and not told.warning
    numbers[:, 2] = 5000 - numbers[:, 2]
    told = landing(atlas, numbers, named=named, column="area")
    assert "'area' agrees for 0 %" in told.text
    assert told.warning.startswith("Most points are not where the file says; they would fit as ")
    assert "in the named regions" in told.warning
    assert told.fits[0] == Coordinates(flips=frozenset({"ML"}))


def test_unknown_structures_are_named(atlas: Atlas):
    told = landing(atlas, [CA3, CA3], named=["CA3", "XYZ"], column="area")
    assert "'area' agrees for 100 %; 'XYZ' in 'area' is unknown" in told.text


def test_all_in_one_place(atlas: Atlas):
    numbers = np.array(CA3) + RANDOM.uniform(-5, 5, (30, 3))
    assert landing(atlas, numbers).warning.startswith("All lie within 0.2% of the atlas's size")
    assert not landing(atlas, numbers[:3]).warning


def test_layers_count_for_their_area(atlas: Atlas):
    from blender_brain.atlas import Structure

    class Two:
        def __getitem__(self, id: int) -> Structure:
            return Structure(1, "VISp", "Primary visual area", (0, 0, 0), (1,), True)

    layer = Structure(2, "VISp4", "Primary visual area, layer 4", (0, 0, 0), (1, 2), True)
    assert area_of(Two(), layer).acronym == "VISp"  # type: ignore[arg-type]
    assert area_of(atlas, atlas[463]).acronym == "CA3"


def test_named_structures_that_fit_nowhere(atlas: Atlas):
    """At least inside of the brain, as in an atlas whose regions lie elsewhere."""
    numbers = cloud() / 100
    told = landing(atlas, numbers, Coordinates(), named=["MO"] * len(numbers), column="area")
    assert told.fits[0].unit == "voxel" and told.warning.endswith("(100 %) inside.")
