# SPDX-License-Identifier: GPL-3.0-or-later
"""Points and tracings land among the regions of the same atlas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

EXTENT_UM = (13200.0, 8000.0, 11400.0)


def drawn(bpy: Any, thing: Any) -> np.ndarray:
    """Return the corners of everything that an object draws, in world space."""
    depsgraph = bpy.context.evaluated_depsgraph_get()
    parts = []
    for instance in depsgraph.object_instances:
        owner = instance.parent if instance.is_instance else instance.object
        if owner.original == thing and instance.object.type == "MESH":
            mesh = instance.object.data
            local = np.empty((len(mesh.vertices), 3), np.float32)
            mesh.attributes["position"].data.foreach_get("vector", local.ravel())
            matrix = np.array(instance.matrix_world)
            if len(mesh.polygons):
                parts.append(local @ matrix[:3, :3].T + matrix[:3, 3])
    return np.concatenate(parts)


def test_points_are_spheres_in_their_place(bpy: Any):
    from blender_brain.data.point_objects import add_points
    from blender_brain.regions.orientation import placement

    points_um = np.array([[6600.0, 4000, 5700], [1600, 4000, 5700], [6600, 2000, 1700]])
    place = placement("BRAINGLOBE", 1000, EXTENT_UM)
    thing = add_points(bpy.context, "cells", points_um, place, EXTENT_UM, radius_um=100)
    # Anterior is +Y; superior +Z; a small third coordinate is on the right, +X.
    centers = np.array([[0, 0, 0], [0, 5, 0], [4, 0, 2]])
    corners = drawn(bpy, thing)
    distance = np.linalg.norm(corners[:, None] - centers, axis=2).min(axis=1)
    assert distance == pytest.approx(0.1, abs=1e-4)
    assert corners.max(axis=0) == pytest.approx([4.1, 5.1, 2.1], abs=0.02)
    assert bpy.context.view_layer.objects.active == thing


def test_a_tracing_is_tubes_in_its_place(bpy: Any):
    from blender_brain.common.nodes.modifiers import set_inputs
    from blender_brain.data.point_objects import add_lines
    from blender_brain.regions.orientation import placement

    points_um = np.array(
        [[1600.0, 4000, 5700], [2600, 4000, 5700], [2600, 4000, 5700], [2600, 4000, 2700]]
    )
    place = placement("BRAINGLOBE", 1000, EXTENT_UM)
    thing = add_lines(
        bpy.context, "neuron", points_um, np.array([2, 2], np.int32), place, EXTENT_UM,
        radii_um=np.array([200.0, 200, 1, 1]),
    )  # fmt: skip
    corners = drawn(bpy, thing)
    assert corners.min(axis=0) == pytest.approx([-0.2, 4, -0.2], abs=0.02)
    assert corners.max(axis=0) == pytest.approx([3, 5, 0.2], abs=0.02)
    # The axon, a micrometer thick, is drawn as thick as the least radius.
    axon = corners[corners[:, 0] > 1]
    assert np.abs(axon[:, 2]).max() == pytest.approx(0.012, abs=1e-3)
    set_inputs(thing.modifiers[0], {"Minimum Radius": 0.1})
    assert np.abs(drawn(bpy, thing)[:, 2][drawn(bpy, thing)[:, 0] > 1]).max() == pytest.approx(
        0.1, abs=0.01
    )


def test_both_use_one_group_each(bpy: Any):
    from blender_brain.data.point_objects import add_points
    from blender_brain.regions.orientation import placement

    place = placement("BRAINGLOBE", 1000, EXTENT_UM)
    for name in ("one", "two"):
        add_points(bpy.context, name, np.zeros((1, 3)), place, EXTENT_UM)
    assert len([group for group in bpy.data.node_groups if "Points" in group.name]) == 1


def test_sizes_suit_the_atlas(bpy: Any):
    """Two points do not fill the brain of a fly."""
    from blender_brain.data.point_objects import add_points
    from blender_brain.regions.orientation import placement

    for extent_um, radius in ((EXTENT_UM, 0.0396), ((600.0, 300.0, 400.0), 0.0018)):
        place = placement("BRAINGLOBE", 1000, extent_um)
        middle = np.array([extent_um]) / 2
        thing = add_points(bpy.context, "cell", middle, place, extent_um)
        size = np.ptp(drawn(bpy, thing), axis=0)
        assert size == pytest.approx(np.full(3, 2 * radius), rel=0.06)


def test_a_track_has_marks_along_its_depth(bpy: Any):
    from blender_brain.data.point_objects import add_lines
    from blender_brain.regions.orientation import placement

    place = placement("BRAINGLOBE", 1000, EXTENT_UM)
    line = np.linspace((6600.0, 1000, 5700), (6600, 5000, 5700), 30)
    thing = add_lines(bpy.context, "track", line, np.array([30]), place, EXTENT_UM)
    corners = drawn(bpy, thing)
    away = np.linalg.norm(corners[:, :2], axis=1)
    track = 0.0009 * 13.2
    assert np.ptp(corners[:, 2]) == pytest.approx(4, abs=3 * track)
    assert away.max() == pytest.approx(5 * track, rel=0.02)
    # A disc for each millimeter, from the first point on.
    marks = np.unique(np.round((3 - corners[away > 2 * track][:, 2]), 1))
    assert marks.tolist() == [0, 1, 2, 3, 4]
