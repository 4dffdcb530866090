# SPDX-License-Identifier: GPL-3.0-or-later
"""Axes: where ticks stand, what they say, whether they follow the surface and face the camera."""

from __future__ import annotations

import numpy as np
import pytest

HEIGHTS = np.random.default_rng(5).normal(size=(6, 11))


def create(bpy, tmp_path, array=HEIGHTS, **settings):
    np.save(tmp_path / "a.npy", array)
    bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "a.npy"), axes=True, **settings)
    return bpy.context.object


def drawn(bpy, axes):
    """Vertices of evaluated axes, in the surface's own space."""
    mesh = axes.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    positions = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.vertices.foreach_get("co", positions.ravel())
    return positions


def only(axes, axis, **settings):
    """Leave one axis, in hairlines, so that its ticks can be told by their places."""
    from surface_slicer.surface.axes import AXES, axes_input

    for name in AXES:
        axes_input(axes, f"{name} Show").value = name == axis
        axes_input(axes, f"{name} Label").value = ""
    axes_input(axes, "Line Width").value = 1e-4
    axes_input(axes, "Text Size").value = 0.01
    for name, value in settings.items():
        axes_input(axes, name).value = value
    axes.update_tag()


def tick_places(positions, along, outward, line_at):
    """Where ticks stand: they are what reaches to where neither the line nor a number is."""
    reach = (positions[:, outward] - line_at) * np.sign(line_at)
    ends = positions[(reach > 0.0031) & (reach < 0.0033), along]
    return np.unique(np.round(ends, 3))


def test_ticks_stand_where_the_values_are(bpy, tmp_path):
    """Columns 0 to 10 over two units, rows from the top down; the line on the surface's edge."""
    from surface_slicer.surface.axes import find_axes

    surface = create(bpy, tmp_path)
    axes = find_axes(surface)
    only(axes, "X")
    places = tick_places(drawn(bpy, axes), 0, 1, -0.505)
    values = np.round((places + 1) * 5, 2)
    # Each tick is a tube as wide as the line, so that its places lie around the value's.
    assert set(np.round(values).tolist()) == {0, 2, 4, 6, 8, 10}
    only(axes, "Y", **{"Y Step": 1.0})
    places = tick_places(drawn(bpy, axes), 1, 0, 1.005)
    assert set(np.round(places.astype(float) + 0.5, 1)) == {0.0, 0.2, 0.4, 0.6, 0.8, 1.0}


def test_the_first_row_is_at_the_top_of_the_axis(bpy, tmp_path):
    """An axis whose values fall has the same ticks; its number 5 is at the foot, 0 at the top."""
    from surface_slicer.surface.axes import axes_input, find_axes

    axes = find_axes(create(bpy, tmp_path))
    assert [axes_input(axes, f"Y {end}").value for end in ("From", "To")] == [5.0, 0.0]
    only(axes, "Y", **{"Y Step": 4.0})
    places = tick_places(drawn(bpy, axes), 1, 0, 1.005)
    # 4 rows down from the top, and the top row.
    assert set(np.round(places.astype(float), 1)) == {-0.3, 0.5}


def test_height_axis_follows_the_surface(bpy, tmp_path):
    """Height, midlevel and other heights, also where they make a moving surface of it."""
    from surface_slicer.arrays.source import array_field
    from surface_slicer.surface.axes import axes_input, find_axes
    from surface_slicer.surface.lift import set_height
    from surface_slicer.surface.surface import replace_heights

    surface = create(bpy, tmp_path, height_scale=1.0)
    axes = find_axes(surface)

    def span():
        z = drawn(bpy, axes)[:, 2]
        return z.min(), z.max()

    only(axes, "Height", **{"Height Step": 100.0, "Line Width": 0.0001})
    low, high = HEIGHTS.min(), HEIGHTS.max()
    assert span() == pytest.approx((low, high), abs=0.02)
    set_height(surface, 3.0, 0.25)
    assert span() == pytest.approx((-0.75, 2.25), abs=0.02)
    frames = np.stack([HEIGHTS, HEIGHTS * 2])
    replace_heights(surface, array_field(frames, "moving"))
    assert axes_input(axes, "Height To").value == pytest.approx(2 * high, rel=1e-6)
    set_height(surface, 1.0, 0.0)
    assert span() == pytest.approx((0.0, 1.0), abs=0.02)


def test_numbers_face_the_camera_that_circles(bpy, tmp_path):
    """In the camera's space all corners of a label have the same depth, in every frame."""
    from surface_slicer.film import set_scene
    from surface_slicer.surface.axes import axes_input, find_axes

    surface = create(bpy, tmp_path)
    surface.rotation_euler = (0.2, 0.1, 0.7)
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = 1, 9
    camera = set_scene(scene, [surface], preset="DIAGRAM", orbit_degrees=120.0)
    axes = find_axes(surface)
    only(axes, "X", **{"X Ticks": 1, "X Step": 1000.0, "X From": 1.0, "Text Size": 0.2})
    axes_input(axes, "X Label").value = "wide label"
    for frame in (1, 4, 9):
        scene.frame_set(frame)
        depsgraph = bpy.context.evaluated_depsgraph_get()
        to_camera = camera.evaluated_get(depsgraph).matrix_world.inverted() @ axes.matrix_world
        seen = drawn(bpy, axes) @ np.array(to_camera.to_3x3()).T
        depth = np.round(seen[:, 2], 4)
        values, counts = np.unique(depth, return_counts=True)
        letters = seen[depth == values[counts.argmax()]]
        assert len(letters) > 100
        assert np.ptp(letters[:, 0]) > 4 * np.ptp(letters[:, 1]) > 0.4


def test_add_and_remove(bpy, tmp_path):
    """Labels are kept or changed; removing leaves nothing; the plane goes on to follow."""
    from surface_slicer.surface.axes import axes_input, find_axes

    surface = create(bpy, tmp_path)
    bpy.ops.surface_slicer.base_plane()
    before = {name: len(getattr(bpy.data, name)) for name in ("objects", "meshes")}
    bpy.ops.surface_slicer.add_axes(x_label="time (ms)")
    axes = find_axes(surface)
    assert axes_input(axes, "X Label").value == "time (ms)"
    bpy.ops.surface_slicer.reload()
    assert axes_input(find_axes(surface), "X Label").value == "time (ms)"
    bpy.ops.surface_slicer.remove_axes()
    assert find_axes(surface) is None
    assert before == {name: len(getattr(bpy.data, name)) + 1 for name in before}
    assert not bpy.ops.surface_slicer.remove_axes.poll()


def test_a_linked_copy_of_axes_stays(bpy, tmp_path):
    """Removing takes away only what nothing else uses."""
    from surface_slicer.surface.axes import find_axes, remove_axes

    surface = create(bpy, tmp_path)
    copy = find_axes(surface).copy()
    copy.parent = None
    bpy.context.collection.objects.link(copy)
    remove_axes(surface)
    assert find_axes(surface) is None and copy.name in bpy.data.objects and copy.data is not None


def test_drivers_need_no_python(bpy, tmp_path):
    """A saved scene follows on a farm, where scripts do not run."""
    from surface_slicer.surface.axes import find_axes

    axes = find_axes(create(bpy, tmp_path))
    drivers = [curve.driver for curve in axes.animation_data.drivers]
    assert len(drivers) == 2 and all(driver.is_simple_expression for driver in drivers)
