# SPDX-License-Identifier: GPL-3.0-or-later
"""Halves of closed meshes are closed, and are what geometry says they are."""

from __future__ import annotations

import numpy as np
import pytest
from blender_brain.regions.hemispheres import cut, hemisphere
from blender_brain.regions.repair import open_edges
from helpers.solids import (
    Mesh,
    area,
    box,
    edges_not_twice,
    inside_out,
    sphere,
    together,
    torus,
    unpaired_edges,
    volume,
)


def rotated(mesh: Mesh, seed: int = 1) -> Mesh:
    """Turned so that no point lies where one would expect it."""
    q, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    return mesh[0] @ (q * np.sign(np.linalg.det(q))), mesh[1]


def moved(mesh: Mesh, *offset: float) -> Mesh:
    return mesh[0] + np.array(offset), mesh[1]


SOLIDS = {
    "sphere": sphere(),
    "sphere with points in the plane": moved(sphere(rows=16), 0, 0, 0),
    "turned sphere": rotated(sphere()),
    "torus along its axis": torus(),
    "torus across": (torus()[0][:, [1, 2, 0]], torus()[1]),
    "turned torus": rotated(torus()),
    "two spheres": together(moved(sphere(), 3, 0, 0.1), moved(sphere(), -3, 0, 0.2)),
    "shell": together(sphere(2), inside_out(sphere(1))),
    "ball in a shell in a shell": together(
        rotated(sphere(4)), inside_out(sphere(3)), sphere(2), inside_out(sphere(1))
    ),
    "shell with five holes": together(
        moved(sphere(9), 0, 0, 0.3),
        *(inside_out(moved(rotated(sphere(1), i), 3 * i - 6, i % 2, 0.01 * i)) for i in range(5)),
    ),
    "inside out": inside_out(together(rotated(sphere(2)), inside_out(sphere(1)))),
    "one inside the other, both outwards": together(sphere(2), rotated(sphere(1))),
    "spheres that cross": together(sphere(), moved(rotated(sphere()), 0.7, 0.1, 0)),
    "box that stands on the plane": box((0, 0, 0), (1, 1, 2)),
    "box that hangs from the plane": box((0, 0, -2), (1, 1, 0)),
    "boxes that meet in the plane": together(box((0, 0, 0), (1, 1, 2)), box((0, 0, -1), (2, 1, 0))),
    "box": box((-1, -1, -1), (1, 1, 1)),
}


@pytest.mark.parametrize("name", SOLIDS)
@pytest.mark.parametrize("position", [0.0, 0.123, -0.4])
def test_halves_are_closed_and_add_up(name: str, position: float):
    points, triangles = SOLIDS[name]
    assert not unpaired_edges(triangles)
    halves = [cut(points, triangles, 2, position, above=above) for above in (True, False)]
    for half, sign in zip(halves, (1, -1), strict=True):
        assert not half.open_edges
        assert not edges_not_twice(half.triangles)
        assert not unpaired_edges(half.triangles)
        assert np.all((half.points[:, 2] - position) * sign >= 0)
    whole = volume(points, triangles)
    parts = [volume(half.points, half.triangles) for half in halves if len(half.triangles)]
    assert sum(parts) == pytest.approx(whole, rel=1e-12, abs=1e-12)
    caps = [half.points[half.triangles[len(half.triangles) - half.capped :]] for half in halves]
    assert all(np.all(cap[..., 2] == position) for cap in caps)


@pytest.mark.parametrize("above", [True, False])
def test_the_cap_covers_what_is_inside_once(above: bool):
    """A torus across its axis gives two disks, a shell a ring, five bubbles five holes."""
    fine = torus(rows=400, columns=200)
    for mesh, axis, expected in (
        (fine, 0, 2 * np.pi),
        (fine, 2, np.pi * (16 - 4)),
        (together(sphere(2, 200, 400), inside_out(sphere(1, 200, 400))), 0, np.pi * (4 - 1)),
        (SOLIDS["ball in a shell in a shell"], 0, np.pi * (16 - 9 + 4 - 1)),
    ):
        half = cut(*mesh, axis, 0.001, above=above)
        cap = half.triangles[len(half.triangles) - half.capped :]
        assert area(half.points, cap) == pytest.approx(expected, rel=0.03)
        # Facing outwards, all of it: no triangle lies over another one.
        a, b, c = half.points[cap.T]
        facing = np.cross(b - a, c - a)[:, axis]
        assert np.all(facing * (-1 if above else 1) >= 0)


def test_nothing_stays_of_what_only_touches_the_plane():
    points, triangles = box((0, 0, 0), (1, 1, 2))
    below = cut(points, triangles, 2, 0.0, above=False)
    assert below.points.shape == (0, 3) and below.triangles.shape == (0, 3)
    above = cut(points, triangles, 2, 0.0, above=True)
    assert volume(above.points, above.triangles) == pytest.approx(2)
    assert len(above.points) == 8


def test_no_fin_is_left_where_a_face_lies_in_the_plane():
    """An L: half of its foot's upper face is in the plane, and belongs to the foot alone."""
    corners = [(0, -1), (2, -1), (2, 0), (1, 0), (1, 1), (0, 1)]
    points = np.array([(x, y, z) for y in (0.0, 1.0) for x, z in corners])
    side = [(0, 1, 2), (0, 2, 3), (0, 3, 4), (0, 4, 5)]
    triangles = [(a, b, c) for a, b, c in side]
    triangles += [(c + 6, b + 6, a + 6) for a, b, c in side]
    for i in range(6):
        j = (i + 1) % 6
        triangles += [(j, i, i + 6), (j, i + 6, j + 6)]
    mesh = np.array(triangles)
    assert not edges_not_twice(mesh) and volume(points, mesh) == pytest.approx(3)
    tower = cut(points, mesh, 2, 0.0, above=True)
    assert area(tower.points, tower.triangles) == pytest.approx(6)
    assert not edges_not_twice(tower.triangles)
    foot = cut(points, mesh, 2, 0.0, above=False)
    assert area(foot.points, foot.triangles) == pytest.approx(10)
    assert not edges_not_twice(foot.triangles)


def test_random_noise_stays_closed():
    """Surfaces that cross themselves everywhere, with many points in the plane."""
    rng = np.random.default_rng(3)
    for seed in range(25):
        points, triangles = rotated(torus(rows=14, columns=9), seed)
        points = np.round(points + rng.normal(size=points.shape) * 0.8)
        for above in (True, False):
            half = cut(points, triangles, 2, 0.0, above=above)
            assert not half.open_edges
            assert not unpaired_edges(half.triangles)
        parts = [cut(points, triangles, 2, 0.0, above=above) for above in (True, False)]
        assert sum(volume(p.points, p.triangles) for p in parts) == pytest.approx(
            volume(points, triangles), rel=1e-9, abs=1e-9
        )


def test_triangles_that_are_none_do_no_harm():
    points, triangles = sphere()
    broken = np.concatenate([triangles, [[3, 3, 7], [5, 5, 5]]])
    half = cut(points, broken, 2, 0.05, above=True)
    assert not edges_not_twice(half.triangles)


def test_a_gap_in_the_section_does_not_cost_the_cap():
    points, triangles = torus()
    points = points[:, [1, 2, 0]]
    # A gap in one of the two places where the plane goes through the tube.
    middle = points[triangles].mean(axis=1)
    gap = (np.abs(middle[:, 2]) < 0.8) & (middle[:, 0] > 3.5)
    assert gap.any()
    rim = len(open_edges(triangles[~gap]))
    whole = cut(points, triangles, 2, 0.01, above=True)
    half = cut(points, triangles[~gap], 2, 0.01, above=True)
    assert half.filled == rim > 0 and whole.filled == 0
    assert half.open_edges == 0 and not unpaired_edges(half.triangles)
    caps = [h.triangles[len(h.triangles) - h.capped :] for h in (half, whole)]
    found, expected = area(half.points, caps[0]), area(whole.points, caps[1])
    # What is missing of one of the two disks is a chord's segment.
    assert 0.8 * expected < found < expected
    assert half.points[caps[0]][..., 0].min() < -3 and half.points[caps[0]][..., 0].max() > 3


def damaged(mesh: Mesh, fault: str) -> Mesh:
    """What is wrong with meshes of real atlases."""
    points, triangles = mesh
    rng = np.random.default_rng(5)
    if fault == "gaps":
        return points, triangles[rng.random(len(triangles)) > 0.03]
    if fault == "slits":
        # One side of a seam has points of its own, some a little apart.
        seam = rng.choice(len(points), len(points) // 5, replace=False)
        side = rng.random(len(triangles)) > 0.5
        other = np.arange(len(points))
        other[seam] = len(points) + np.arange(len(seam))
        moved_a_bit = points[seam] + rng.normal(0, 1e-4, (len(seam), 3)) * (seam % 2)[:, None]
        return np.concatenate([points, moved_a_bit]), np.where(
            side[:, None], other[triangles], triangles
        )
    if fault == "overlaps":
        # Another piece of surface over this one, and the same faces again.
        patch = triangles[: len(triangles) // 40]
        doubled = together(mesh, (points + 0.01, patch))
        return doubled[0], np.concatenate([doubled[1], patch[:7], patch[7:12, [1, 2, 0]]])
    if fault == "touching loops":
        # Two of them share the points where they meet.
        other = moved(mesh, *(points[:, 0].max() * np.array([2.0, 0, 0])))
        both = together(mesh, other)
        near = [int(np.argmax(points[:, 0])), len(points) + int(np.argmin(points[:, 0]))]
        return both[0], np.where(both[1] == near[1], near[0], both[1])
    if fault == "faces that look inwards":
        some = rng.random(len(triangles)) < 0.05
        return points, np.where(some[:, None], triangles[:, ::-1], triangles)
    # As files with normals of faces have it.
    return points[triangles.ravel()], np.arange(triangles.size).reshape(-1, 3)


@pytest.mark.parametrize("solid", ["turned sphere", "turned torus", "shell", "torus across"])
@pytest.mark.parametrize(
    "fault",
    [
        "gaps", "slits", "overlaps", "touching loops", "faces that look inwards",
        "each face has its own points",
    ],
)  # fmt: skip
def test_halves_of_damaged_meshes_are_closed(solid: str, fault: str):
    points, triangles = damaged(SOLIDS[solid], fault)
    halves = [cut(points, triangles, 2, 0.0123, above=above) for above in (True, False)]
    for half in halves:
        assert half.open_edges == 0 and not unpaired_edges(half.triangles)
        assert half.capped > 0
        assert len(np.unique(np.sort(half.triangles, axis=1), axis=0)) == len(half.triangles)
    expected = volume(*SOLIDS[solid]) * (2 if fault == "touching loops" else 1)
    parts = sum(volume(half.points, half.triangles) for half in halves)
    assert parts == pytest.approx(expected, rel=0.02)


def test_left_is_left():
    """In asr the third axis runs from right to left."""
    points, triangles = box((0, 0, 0), (1, 1, 10))
    points = points.astype(np.float32)
    left = hemisphere(points, triangles.astype(np.int32), 4.0, "LEFT")
    right = hemisphere(points, triangles.astype(np.int32), 4.0, "RIGHT")
    assert left.points[:, 2].min() == 4 and left.points[:, 2].max() == 10
    assert right.points[:, 2].min() == 0 and right.points[:, 2].max() == 4
    assert left.points.dtype == np.float32 and left.triangles.dtype == np.int32


def test_a_mesh_on_one_side_is_left_alone():
    points, triangles = sphere()
    half = cut(points, triangles, 2, -5.0, above=True)
    assert np.array_equal(half.points, points) and np.array_equal(half.triangles, triangles)
    assert half.capped == 0


def test_both_halves_meet_in_the_same_points():
    points, triangles = rotated(torus())
    above, below = (cut(points, triangles, 2, 0.1, above=above) for above in (True, False))
    seams = [{tuple(p) for p in half.points if p[2] == 0.1} for half in (above, below)]
    assert seams[0] == seams[1] and len(seams[0]) > 20
