# SPDX-License-Identifier: GPL-3.0-or-later
"""Points are in the structures whose surface is around them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from blender_brain.atlas import open_atlas
from blender_brain.atlas.inside import NOWHERE, inside, locate
from helpers.atlases import MESHES, RESOLUTION, ROWS, SHAPE, write_v2, write_v3
from helpers.solids import box, sphere, torus

RANDOM = np.random.default_rng(1)


def in_box(points: np.ndarray, low: tuple[float, ...], high: tuple[float, ...]) -> np.ndarray:
    return ((points > low) & (points < high)).all(axis=1)


def test_a_box_also_through_its_edges_and_corners():
    """Rays through corners, edges and diagonals of faces are counted once."""
    points, triangles = box((0, 0, 0), (4, 4, 4))
    grid = np.stack(np.meshgrid(*[np.arange(-1, 6) - 0.0] * 3, indexing="ij"), -1).reshape(-1, 3)
    shifted = grid + (0.5, 0.0, 0.0)
    inner = in_box(shifted, (0, -0.5, -0.5), (4, 4.5, 4.5))
    clear = ((shifted > 0) & (shifted < 4)).all(axis=1)
    found = inside(points, triangles, shifted)
    assert found[clear].all() and not found[~inner].any()


@pytest.mark.parametrize("flipped", [False, True])
def test_curved_surfaces(flipped: bool):
    points = RANDOM.uniform(-2, 2, (5000, 3))
    vertices, triangles = sphere(1.0)
    if flipped:
        triangles = triangles[:, ::-1]
    radius = np.linalg.norm(points, axis=1)
    found = inside(vertices, triangles, points)
    # Between the sphere and its facets either is right.
    lowest = np.linalg.norm(vertices[triangles].mean(axis=1), axis=1).min()
    assert found[radius < lowest].all() and not found[radius > 1.0].any()


def test_gaps_and_repeated_faces_do_no_harm():
    vertices, triangles = sphere(1.0)
    points = RANDOM.uniform(-0.4, 0.4, (500, 3))
    torn = np.delete(triangles, [3, 40, 41], axis=0)
    assert inside(vertices, torn, points).mean() > 0.99
    assert inside(vertices, np.concatenate([triangles, triangles[:30]]), points).all()
    assert not inside(vertices, torn, points + 3).any()


def test_nothing_is_inside_of_nothing():
    assert not inside(np.empty((0, 3)), np.empty((0, 3), np.int32), np.ones((2, 3))).any()
    assert inside(*box((0, 0, 0), (1, 1, 1)), np.empty((0, 3))).shape == (0,)


@pytest.mark.parametrize("write", [write_v2, write_v3])
def test_structures_are_those_of_the_volume(tmp_path: Path, write):
    """At each voxel's center, the atlas's volume as it would be painted says the same."""
    atlas = open_atlas(write(tmp_path))
    painted = np.zeros(SHAPE, np.int64)
    centers = (np.stack(np.indices(SHAPE), -1) + 0.5) * RESOLUTION
    # Larger ones first.
    for identity, *_ in sorted(ROWS, key=lambda row: len(row[4])):
        if identity in MESHES:
            points, _ = MESHES[identity]
            within = ((centers > points.min(axis=0)) & (centers < points.max(axis=0))).all(axis=-1)
            painted[within] = identity
    assert set(np.unique(painted)) == {0, *MESHES}
    found = locate(atlas, centers.reshape(-1, 3))
    ids = np.array([one.id for one in atlas.structures] + [0])
    assert np.array_equal(ids[found.places].reshape(SHAPE), painted)
    assert (found.places == NOWHERE).any()
    assert [one.acronym for one in found.without_mesh] == ["VS/2 3"]


def test_structures_without_a_mesh_are_named(tmp_path: Path):
    folder = write_v2(tmp_path, meshes={k: v for k, v in MESHES.items() if k in (463, 500)})
    found = locate(open_atlas(folder), np.array([[3500.0, 1500, 1500], [0, 0, 0]]))
    atlas = open_atlas(folder)
    assert atlas.structures[found.places[0]].id == 463 and found.places[1] == NOWHERE
    assert {one.acronym for one in found.without_mesh} >= {"root"}


def test_torus():
    vertices, triangles = torus()
    span = np.abs(vertices).max()
    points = RANDOM.uniform(-span, span, (2000, 3))
    found = inside(vertices, triangles, points)
    assert 0 < found.mean() < 0.5
    assert not inside(vertices, triangles, np.zeros((1, 3)) + vertices.mean(axis=0)).any()
