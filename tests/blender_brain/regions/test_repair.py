# SPDX-License-Identifier: GPL-3.0-or-later
"""Faces that are there twice go; gaps are filled; what is whole is left alone."""

from __future__ import annotations

import numpy as np
import pytest
from blender_brain.regions.repair import closed, open_edges, without_duplicates, without_gaps
from helpers.solids import edges_not_twice, sphere, torus, unpaired_edges, volume


def test_what_is_whole_is_left_alone():
    points, triangles = torus()
    assert without_duplicates(triangles) is triangles
    assert closed(points, triangles)[0] is triangles
    assert not len(open_edges(triangles))


def test_of_the_same_faces_one_stays():
    _, triangles = sphere()
    again = np.concatenate([triangles, triangles[3:9, [2, 0, 1]], triangles[:2], [[4, 4, 9]]])
    for found in (without_duplicates(again), without_duplicates(again.astype(np.int32))):
        assert np.array_equal(found, triangles)


def test_faces_that_face_each_other_go():
    _, triangles = sphere()
    flat = np.array([[0, 40, 80], [80, 40, 0]])
    assert np.array_equal(without_duplicates(np.concatenate([triangles, flat])), triangles)
    # A sheet that is there from both sides is something.
    sheet = np.array([[0, 1, 2], [1, 3, 2]])
    assert np.array_equal(without_duplicates(np.concatenate([sheet, sheet[:, ::-1]])), sheet)


def test_the_majority_says_which_way_a_face_looks():
    faces = np.array([[2, 1, 0], [0, 1, 2], [1, 2, 0], [5, 6, 7]])
    assert without_duplicates(faces).tolist() == [[0, 1, 2], [5, 6, 7]]


def test_different_faces_with_the_same_sum_stay():
    faces = np.random.default_rng(1).integers(0, 50, (3000, 3))
    found = {tuple(sorted(face)) for face in faces.tolist() if len(set(face)) == 3}
    kept = without_duplicates(faces)
    assert {tuple(sorted(face)) for face in kept.tolist()} <= found
    assert len({tuple(sorted(face)) for face in kept.tolist()}) == len(kept)


def test_gaps_are_filled_where_they_are():
    points, triangles = sphere(1.0, 40, 60)
    hole = (points[triangles].mean(axis=1) @ np.array([0.6, 0.0, 0.8])) > 0.95
    mended, edges = closed(points, triangles[~hole])
    assert edges == len(open_edges(triangles[~hole])) > 10
    assert not edges_not_twice(mended) and not unpaired_edges(mended)
    # Flat where the ball was round, which is a spherical cap less.
    assert 0.98 * volume(points, triangles) < volume(points, mended) < volume(points, triangles)
    new = mended[len(mended) - (edges - 2) :]
    assert (points[new] @ np.array([0.6, 0.0, 0.8])).min() > 0.9


def test_faces_that_look_the_other_way_are_turned():
    points, triangles = sphere()
    some = np.random.default_rng(2).random(len(triangles)) < 0.2
    mixed = np.where(some[:, None], triangles[:, ::-1], triangles)
    mended, _ = closed(points, mixed)
    assert not unpaired_edges(mended)
    assert volume(points, mended) == pytest.approx(volume(points, triangles))


def test_a_face_by_itself_encloses_nothing():
    points, triangles = sphere()
    flake = np.array([[0, 50, 200]])
    mended, edges = closed(points, np.concatenate([triangles, flake]))
    assert np.array_equal(mended, triangles) and edges == 3


def test_only_small_gaps_are_gaps():
    points, triangles = sphere(1.0, 40, 60)
    for height, is_gap in ((0.95, True), (0.2, False)):
        rest = triangles[points[triangles].mean(axis=1) @ np.array([0.6, 0.0, 0.8]) < height]
        mended, edges = without_gaps(points, rest)
        assert (edges > 0) == is_gap
        assert (len(open_edges(mended)) == 0) == is_gap
        assert is_gap or np.array_equal(mended, rest)
