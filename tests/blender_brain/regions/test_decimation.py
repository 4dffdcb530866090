# SPDX-License-Identifier: GPL-3.0-or-later
"""Simplified neighbors have no groove between them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.atlases import ROWS, write_v2
from helpers.voxels import voxel_surface
from numpy.typing import NDArray

PLACES = np.stack(np.meshgrid(*[np.arange(24) + 0.5] * 3, indexing="ij"), -1) - 12
BALL = np.linalg.norm(PLACES, axis=-1) < 9.3
ABOVE = PLACES @ np.array([0.3, 0.9, 0.2]) > 1


@pytest.fixture
def regions(bpy: Any, tmp_path: Path):
    """Import a ball of two regions that share a surface, and simplify it."""
    from blender_brain.atlas import open_atlas
    from blender_brain.regions.imported import import_regions

    voxels = {997: BALL, 463: BALL & ABOVE, 500: BALL & ~ABOVE}
    meshes = {id: voxel_surface(one) for id, one in voxels.items()}
    # A voxel has 100 µm, and the middle of the ball is that of the atlas.
    middle = (3000 - 1200, 2000 - 1200, 2500 - 1200)
    meshes = {id: (100 * points + middle, faces) for id, (points, faces) in meshes.items()}
    rows = [row for row in ROWS if row[0] in (8, 463, 500, 997)]
    rows = [(*row[:4], row[4][:2]) if row[0] == 463 else row for row in rows]
    atlas = open_atlas(write_v2(tmp_path, rows, meshes))

    def call(acronyms: str = "CA3, MO", **settings: Any) -> list[Any]:
        return import_regions(bpy.context, atlas, acronyms, **settings).regions

    return call


def corners(bpy: Any, region: Any) -> NDArray[np.float64]:
    bpy.context.view_layer.update()
    found = region.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    return np.array([region.matrix_world @ vertex.co for vertex in found.vertices])


def as_imported(region: Any) -> NDArray[np.float64]:
    return np.array([region.location + vertex.co for vertex in region.data.vertices])


def distance(points: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """From each point to the nearest of some others."""
    return np.linalg.norm(points[:, None] - others, axis=2).min(axis=1)


@pytest.mark.slow
@pytest.mark.parametrize("rounds", [0, 10])
def test_neighbors_keep_the_line_along_which_they_meet(bpy: Any, regions: Any, rounds: int):
    """As if they were not simplified, while fewer triangles are left elsewhere."""
    *pair, whole = regions("CA3, MO, root", smoothing=rounds)
    # What all three have is at the surface of the ball, where the two meet.
    at_surface = [distance(as_imported(one), as_imported(whole)) < 1e-4 for one in pair]
    one, other = (as_imported(one) for one in pair)
    meeting = [
        at_surface[0] & (distance(one, other) < 1e-4),
        at_surface[1] & (distance(other, one) < 1e-4),
    ]
    assert meeting[0].sum() > 40
    before = [corners(bpy, one)[rim] for one, rim in zip(pair, meeting, strict=True)]
    regions(smoothing=rounds, decimation=0.15)
    for region, line in zip(pair, before, strict=True):
        found = region.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
        assert len(found.polygons) < 0.16 * len(region.data.polygons)
        assert distance(line, corners(bpy, region)).max() < 1e-4
        assert region.modifiers["Decimation"].vertex_group == "Meeting"
    # Without the group there is a groove.
    for region in pair:
        region.modifiers["Decimation"].vertex_group = ""
    grooves = [
        distance(line, corners(bpy, region)) for region, line in zip(pair, before, strict=True)
    ]
    assert max(one.mean() for one in grooves) > 0.02


def test_halves_keep_the_line_around_their_cut(bpy: Any, regions: Any):
    pair = regions("root", hemisphere="SPLIT")
    line = as_imported(pair[0])
    line = line[(np.abs(line[:, 0]) < 1e-6) & (np.linalg.norm(line, axis=1) > 0.85)]
    assert len(line) > 40
    regions("root", hemisphere="SPLIT", decimation=0.3)
    for region in pair:
        assert distance(line, corners(bpy, region)).max() < 1e-4


def test_regions_without_neighbors_need_no_group(bpy: Any, regions: Any):
    (region,) = regions("CA3", decimation=0.5)
    assert not region.vertex_groups and region.modifiers["Decimation"].ratio == 0.5
    regions("MO", decimation=0.5)
    assert [one.name for one in region.vertex_groups] == ["Meeting"]
    assert region.modifiers["Decimation"].vertex_group == "Meeting"
    regions("CA3", decimation=1.0)
    assert region.modifiers["Decimation"].ratio == 1.0
