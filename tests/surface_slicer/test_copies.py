# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of a surface and of what stands beside it, made in each of Blender's ways."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.copying import append_by_hand, by_every_way, seen

RANDOM = np.random.default_rng(4)
STILL = RANDOM.normal(size=(5, 6))
MOVING = RANDOM.normal(size=(3, 5, 6))
COLORS = RANDOM.normal(size=(3, 5, 6))


@pytest.fixture(params=["moving", pytest.param("still", marks=pytest.mark.slow)])
def things(request, bpy, tmp_path):
    """A surface with axes, plane, slicer and profile; the surface is the first."""
    path = tmp_path / "a.npy"
    np.save(path, STILL if request.param == "still" else MOVING)
    bpy.ops.surface_slicer.create_surface(filepath=str(path), set_frame_range=False)
    surface = bpy.context.object
    from surface_slicer.slicer.profile import add_profile
    from surface_slicer.slicer.slicer import slice_objects
    from surface_slicer.surface.axes import add_axes
    from surface_slicer.surface.base_plane import add_base_plane

    axes, plane = add_axes(surface), add_base_plane(surface)
    slicer = slice_objects(bpy.context, [surface]).slicer
    profile = add_profile(bpy.context, surface, slicer)
    bpy.context.scene.frame_set(1)
    return [surface, axes, plane, slicer, profile]


def across(slicer):
    """A way across the cut."""
    from mathutils import Vector

    return 0.2 * (slicer.matrix_world.to_3x3() @ Vector((0, 0, 1))).normalized()


def vertices(bpy, thing):
    geometry = thing.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    whole = geometry.mesh if geometry.curves is None else geometry.curves
    points = whole.vertices if hasattr(whole, "vertices") else whole.points
    key = "co" if hasattr(whole, "vertices") else "position"
    return np.array([getattr(point, key) for point in points])


@by_every_way
def test_a_copys_companions_follow_the_copy_alone(bpy, things, tmp_path, way):
    from surface_slicer.surface.lift import height_of, set_height

    (surface, axes, plane, slicer, profile), copies = way(bpy, things, tmp_path)
    copy, its_axes, its_plane, its_slicer, its_profile = copies
    before = [vertices(bpy, thing) for thing in (surface, axes, profile)]
    down = plane.location.z
    height, _ = height_of(surface)
    set_height(copy, 3 * height, 0.5)
    its_slicer.location += across(its_slicer)
    bpy.context.view_layer.update()
    for thing, points in zip((surface, axes, profile), before, strict=True):
        np.testing.assert_allclose(vertices(bpy, thing), points, atol=1e-6)
    assert plane.location.z == pytest.approx(down)
    lifted = vertices(bpy, copy)
    np.testing.assert_allclose(np.ptp(lifted[:, 2]), 3 * np.ptp(before[0][:, 2]), rtol=1e-5)
    # Lowered by half of the new height, and by a gap that is a part of the surface's extent.
    assert its_plane.location.z == pytest.approx(-1.5 * height - 0.01, abs=1e-4)
    assert vertices(bpy, its_axes)[:, 2].max() >= lifted[:, 2].max()
    for line, cut in ((profile, slicer), (its_profile, its_slicer)):
        to_cut = np.array(cut.matrix_world.inverted() @ line.matrix_world)
        points = vertices(bpy, line)
        assert len(points) > 5
        # Its tube is thin.
        assert np.abs(points @ to_cut[2, :3] + to_cut[2, 3]).max() < 0.03


@by_every_way
def test_data_of_a_copy_leave_the_original(bpy, things, tmp_path, way):
    from surface_slicer.arrays.source import array_field
    from surface_slicer.surface.surface import replace_heights, set_color_array

    (surface, *_), (copy, *_) = way(bpy, things, tmp_path)
    shared = surface.data == copy.data
    before = vertices(bpy, surface)
    moves = len(surface.modifiers) and surface.modifiers[0].type == "NODES"
    other = RANDOM.normal(size=(3, 5, 6) if moves else (5, 6))
    replace_heights(copy, array_field(other, "other"))
    if moves:
        set_color_array(copy, array_field(COLORS, "colors"))
    bpy.context.view_layer.update()
    apart = np.abs(vertices(bpy, copy) - before).max()
    assert apart > 0.1
    # Linked duplicates have one mesh, in which the heights are: as in Blender, both change.
    expected = vertices(bpy, copy) if shared else before
    np.testing.assert_allclose(vertices(bpy, surface), expected, atol=1e-6)
    kept = [c for c in bpy.data.collections if c.hide_viewport]
    held = sorted(thing.name for c in kept for thing in c.objects)
    assert set(held) == {thing.name for thing in bpy.data.objects if thing.hide_viewport}


def test_append_brings_no_array_into_view(bpy, things, tmp_path):
    from surface_slicer.arrays.source import array_field
    from surface_slicer.surface.surface import set_color_array

    surface = things[0]
    if surface.modifiers[0].type == "NODES":
        set_color_array(surface, array_field(COLORS, "colors"))
    before = vertices(bpy, surface)
    own = {thing.name for thing in bpy.context.scene.objects}
    name = surface.name
    loose = append_by_hand(bpy, tmp_path, name)
    assert {thing.name for thing in loose} <= own and seen(bpy) <= own and name in seen(bpy)
    bpy.context.scene.frame_set(1)
    np.testing.assert_allclose(vertices(bpy, bpy.data.objects[name]), before, atol=1e-6)
