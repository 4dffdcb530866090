# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps of voxels go; volume, outer surface and what neighbors share stay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.atlases import ROWS, write_v2
from helpers.solids import Mesh, unpaired_edges, volume
from helpers.voxels import voxel_surface
from numpy.typing import NDArray

RADIUS = 12.3
PLACES = np.stack(np.meshgrid(*[np.arange(30) + 0.5] * 3, indexing="ij"), -1) - 15
BALL = np.linalg.norm(PLACES, axis=-1) < RADIUS
ABOVE = PLACES @ np.array([0.3, 0.9, 0.2]) > 1
PARTS = {"ball": BALL, "above": BALL & ABOVE, "below": BALL & ~ABOVE}


@pytest.fixture
def smoothed(bpy: Any):
    """Give a mesh to an object and smooth it there."""
    from blender_brain.common.geometry import fill_mesh
    from blender_brain.regions.smoothing import set_rim, set_smoothing, smoothing_of

    def call(
        points: NDArray[Any], triangles: NDArray[Any], rounds: int = 10, rim: Any = None
    ) -> NDArray[Any]:
        mesh = bpy.data.meshes.new("region")
        fill_mesh(mesh, points, triangles)
        if rim is not None:
            set_rim(mesh, rim)
        region = bpy.data.objects.new("region", mesh)
        bpy.context.scene.collection.objects.link(region)
        set_smoothing(region, rounds)
        assert smoothing_of(region) == rounds
        found = region.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
        assert [a.name for a in found.attributes if a.name.startswith("before")] == []
        return np.array([vertex.co for vertex in found.vertices])

    return call


def part(name: str) -> Mesh:
    points, triangles = voxel_surface(PARTS[name])
    assert not unpaired_edges(triangles)
    assert volume(points, triangles) == pytest.approx(np.count_nonzero(PARTS[name]))
    return points - 15, triangles


def off_radial(points: NDArray[Any], triangles: NDArray[Any]) -> float:
    """Mean angle between faces of a ball and its true surface, in degrees."""
    corners = points[triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    centers = corners.mean(axis=1)
    cosine = (normals * centers).sum(1) / np.linalg.norm(normals, axis=1)
    return float(np.degrees(np.arccos(cosine / np.linalg.norm(centers, axis=1))).mean())


def test_steps_go_and_volume_and_size_stay(smoothed):
    points, triangles = part("ball")
    found = smoothed(points, triangles)
    assert volume(found, triangles) == pytest.approx(volume(points, triangles), rel=1e-4)
    assert off_radial(points, triangles) > 30 and off_radial(found, triangles) < 12
    before, after = (np.linalg.norm(one, axis=1) for one in (points, found))
    assert after.mean() == pytest.approx(before.mean(), abs=0.05)
    assert after.std() < 0.35 * before.std()
    # Steps are as high as a voxel.
    assert np.linalg.norm(found - points, axis=1).max() < 0.75


def test_no_gap_opens_between_neighbors(smoothed):
    (above, faces), (below, others) = part("above"), part("below")
    mine = {tuple(p): i for i, p in enumerate(above)}
    pairs = np.array([(mine[tuple(p)], i) for i, p in enumerate(below) if tuple(p) in mine])
    shared = above[pairs[:, 0]]
    inner = np.linalg.norm(shared, axis=1) < RADIUS - 4
    assert np.count_nonzero(inner) > 200
    moved = smoothed(above, faces), smoothed(below, others)
    apart = np.linalg.norm(moved[0][pairs[:, 0]] - moved[1][pairs[:, 1]], axis=1)
    assert apart[inner].max() < 0.05
    assert np.linalg.norm(moved[0][pairs[:, 0]] - shared, axis=1)[inner].mean() > 0.1
    for found, triangles, name in ((moved[0], faces, "above"), (moved[1], others, "below")):
        expected = np.count_nonzero(PARTS[name])
        assert volume(found, triangles) == pytest.approx(expected, rel=1e-4)


def test_faces_with_points_of_their_own_hold_together(smoothed):
    points, triangles = part("ball")
    soup = points[triangles.ravel()]
    found = smoothed(soup, np.arange(len(soup)).reshape(-1, 3))
    assert len(found) == len(points)
    assert np.linalg.norm(found, axis=1).std() < 0.35 * np.linalg.norm(points, axis=1).std()


def test_rims_of_gaps_stay(smoothed):
    points, triangles = part("ball")
    gap = points[triangles].mean(axis=1)[:, 2] > 8
    rim = np.intersect1d(np.unique(triangles[gap]), np.unique(triangles[~gap]))
    used, index = np.unique(triangles[~gap], return_inverse=True)
    found = smoothed(points[used], index.reshape(-1, 3))
    kept = np.searchsorted(used, rim)
    np.testing.assert_array_equal(found[kept], points[rim].astype(np.float32))


def test_no_rounds_change_nothing(smoothed):
    points, triangles = part("above")
    np.testing.assert_allclose(smoothed(points, triangles, 0), points, atol=1e-6)


def test_no_groove_opens_where_regions_meet_at_the_surface(smoothed):
    """The rim of what two halves of a ball share stays as far out as the ball's surface is."""
    from blender_brain.regions.junctions import junctions

    (above, faces), (below, others) = part("above"), part("below")
    rims = junctions([above, below], [faces, others], [(1, 2), (1, 3)], 1e-3)
    mine, theirs = above[rims[0].points], below[rims[1].points]
    assert {tuple(p) for p in mine} == {tuple(p) for p in theirs} and len(mine) > 60
    # As the surface is where nothing meets.
    whole, all_faces = part("ball")
    there = {tuple(p): i for i, p in enumerate(whole)}
    on_whole = np.array([there.get(tuple(p), -1) for p in mine])
    assert on_whole.min() >= 0
    surface = np.linalg.norm(smoothed(whole, all_faces), axis=1)[on_whole]
    steps = surface - np.linalg.norm(mine, axis=1)
    grooves, deepest = [], []
    for with_rims in (False, True):
        moved = [
            smoothed(points, triangles, rim=rim if with_rims else None)
            for points, triangles, rim in ((above, faces, rims[0]), (below, others, rims[1]))
        ]
        mine_now, theirs_now = (found[rim.points] for found, rim in zip(moved, rims, strict=True))
        radii = np.linalg.norm(mine_now, axis=1)
        grooves.append((surface - radii - steps).mean())
        deepest.append((surface - radii).max())
    order, other_order = np.lexsort(mine.T), np.lexsort(theirs.T)
    apart = np.linalg.norm(mine_now[order] - theirs_now[other_order], axis=1)
    assert np.quantile(apart, 0.9) < 0.01 and apart.max() < 0.1
    for found, triangles, name in ((moved[0], faces, "above"), (moved[1], others, "below")):
        expected = np.count_nonzero(PARTS[name])
        assert volume(found, triangles) == pytest.approx(expected, rel=1e-4)
    assert grooves[0] > 0.05 and abs(grooves[1]) < 0.4 * grooves[0]
    assert deepest[1] < 0.75 * deepest[0] and deepest[1] < steps.max()


def test_imported_neighbors_know_where_they_meet(bpy: Any, tmp_path: Path):
    """At whichever import the second of them comes, and only as long as both are smoothed."""
    from blender_brain.atlas import open_atlas
    from blender_brain.regions.imported import import_regions
    from blender_brain.regions.smoothing import AT_JUNCTION

    left = np.zeros((8, 6, 6), bool)
    left[:4] = True
    voxels = {997: np.ones_like(left), 463: left, 500: ~left}
    surfaces = {id: voxel_surface(one) for id, one in voxels.items()}
    meshes = {id: (500 + 100 * points, faces) for id, (points, faces) in surfaces.items()}
    rows = [row for row in ROWS if row[0] in (8, 463, 500, 997)]
    rows = [(*row[:4], row[4][:2]) if row[0] == 463 else row for row in rows]
    atlas = open_atlas(write_v2(tmp_path, rows, meshes))

    def rim(name: str) -> int:
        there = bpy.data.objects[name].data.attributes.get(AT_JUNCTION)
        return sum(one.value > 0.5 for one in there.data) if there else 0

    import_regions(bpy.context, atlas, "CA3, root", smoothing=10)
    assert rim("CA3") == 0
    import_regions(bpy.context, atlas, "MO", smoothing=10)
    assert rim("CA3") == rim("MO") == 24 and rim("root") == 0
    import_regions(bpy.context, atlas, "MO", smoothing=0)
    assert rim("CA3") == 0
