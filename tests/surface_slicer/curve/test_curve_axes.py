# SPDX-License-Identifier: GPL-3.0-or-later
"""Axes of a curve: the array's own numbers, at the curve's edges, and the film of curves alone."""

from __future__ import annotations

import numpy as np
import pytest

ONE = np.stack([np.linspace(10, 20, 9), [0, 3, -1, 2, 2, -2, 1, 4, 0.5]], axis=1)


def create(bpy, tmp_path, array=ONE, name="a"):
    np.save(tmp_path / f"{name}.npy", array)
    bpy.ops.surface_slicer.create_curve(filepath=str(tmp_path / f"{name}.npy"), size=(8.0, 6.0))
    return bpy.context.object


def settings(curve):
    from surface_slicer.curve.curve_axes import curve_axes_input, find_curve_axes

    axes = find_curve_axes(curve)
    names = ("X From", "X To", "Value From", "Value To", "Left", "Right", "Bottom", "Top")
    return [curve_axes_input(axes, name).value for name in names]


def test_they_show_the_numbers_of_the_array_where_these_are(bpy, tmp_path):
    curve = create(bpy, tmp_path)
    assert bpy.ops.surface_slicer.add_curve_axes(x_label="t", value_label="v") == {"FINISHED"}
    assert settings(curve) == pytest.approx([10, 20, -2, 4, -4, 4, -2, 4], abs=1e-4)


def test_what_was_subtracted_is_added_again(bpy, tmp_path):
    """Values that single precision cannot hold are kept from their lowest on."""
    curve = create(bpy, tmp_path, ONE + [0, 1e6])
    bpy.ops.surface_slicer.add_curve_axes()
    low, high = settings(curve)[2:4]
    assert (low, high) == pytest.approx((999998, 1000004), abs=0.1)


def test_over_both_shapes_once_it_morphs(bpy, tmp_path):
    """They are fitted, and keep their labels."""
    from surface_slicer.curve.curve_axes import curve_axes_input, find_curve_axes

    curve = create(bpy, tmp_path)
    bpy.ops.surface_slicer.add_curve_axes(x_label="t", value_label="v")
    np.save(tmp_path / "b.npy", ONE * [1, 2])
    assert bpy.ops.surface_slicer.morph_curve(filepath=str(tmp_path / "b.npy")) == {"FINISHED"}
    axes = find_curve_axes(curve)
    assert settings(curve)[2:4] == pytest.approx([-4, 8], abs=1e-4)
    assert curve_axes_input(axes, "Value Label").value == "v"


def drawn(bpy, axes):
    """Where lines and letters are, and their colors."""
    axes.update_tag()
    evaluated = axes.evaluated_get(bpy.context.evaluated_depsgraph_get())
    geometry = evaluated.evaluated_geometry()
    places = np.empty((len(geometry.mesh.vertices), 3), np.float32)
    geometry.mesh.vertices.foreach_get("co", places.ravel())
    colors = np.empty((len(places), 4), np.float32)
    geometry.mesh.attributes["figure_color"].data.foreach_get("color", colors.ravel())
    return places, colors


def test_they_lie_beside_the_curve_in_its_plane(bpy, tmp_path):
    from surface_slicer.curve.curve_axes import curve_axes_input, find_curve_axes

    curve = create(bpy, tmp_path)
    bpy.ops.surface_slicer.add_curve_axes(x_label="t", value_label="v")
    axes = find_curve_axes(curve)
    curve_axes_input(axes, "Grid").value = 0.0
    places, _ = drawn(bpy, axes)
    assert np.abs(places[:, 1]).max() < 0.02
    # No line or letter lies inside the curve's rectangle.
    inside = (places[:, 0] > -4) & (places[:, 2] > -2)
    assert not inside.any() and len(places) > 200


def test_a_darker_grid_runs_behind_the_curve_at_the_ticks(bpy, tmp_path):
    from surface_slicer.curve.curve_axes import curve_axes_input, find_curve_axes

    curve = create(bpy, tmp_path)
    bpy.ops.surface_slicer.add_curve_axes()
    axes = find_curve_axes(curve)
    curve_axes_input(axes, "Grid").value = 0.25
    curve_axes_input(axes, "Color").value = (0.8, 0.4, 0.2, 0.5)
    curve_axes_input(axes, "X Step").value = curve_axes_input(axes, "Value Step").value = 2.0
    places, colors = drawn(bpy, axes)
    dark = np.isclose(colors, (0.2, 0.1, 0.05, 0.5), atol=1e-5).all(axis=1)
    assert np.isclose(colors[~dark], (0.8, 0.4, 0.2, 0.5), atol=1e-5).all()
    x, y, z = places[dark].T
    # Their far ends: 10, 12, … 20 along 8 units, and -2, 0, 2, 4 along 6.
    up, across = (z > 3.9) & (x > -4.1), (x > 3.9) & (z > -2.1)
    ends = [{round(float(end), 1) for end in ends} for ends in (x[up & ~across], z[across & ~up])]
    assert ends == [{-4.0, -2.4, -0.8, 0.8, 2.4}, {-2.0, 0.0, 2.0}]
    far = y[up | across]
    assert far.min() > 0.01 and far.max() < 0.5 and y.min() > -0.01
    curve_axes_input(axes, "X Show").value = False
    left = drawn(bpy, axes)
    rest = left[0][np.isclose(left[1][:, 0], 0.2, atol=1e-5)]
    assert 0 < len(rest) < dark.sum() and not ((rest[:, 2] > -1.9) & (rest[:, 2] < -0.1)).any()


def test_they_come_and_go_with_the_curve(bpy, tmp_path):
    from surface_slicer.curve.curve_axes import find_curve_axes

    curve = create(bpy, tmp_path)
    assert not bpy.ops.surface_slicer.remove_curve_axes.poll()
    bpy.ops.surface_slicer.add_curve_axes()
    find_curve_axes(curve).parent = None
    assert not bpy.ops.surface_slicer.remove_left_behind.poll()
    bpy.context.view_layer.objects.active = curve
    bpy.ops.surface_slicer.add_curve_axes()
    bpy.ops.surface_slicer.fill_curve()
    bpy.context.view_layer.objects.active = curve
    curve.select_set(True)
    for child in curve.children:
        child.select_set(False)
    bpy.ops.object.delete()
    assert bpy.ops.surface_slicer.remove_left_behind() == {"FINISHED"}
    assert not list(bpy.context.scene.objects)
    assert not [mesh.name for mesh in bpy.data.meshes if not mesh.users]


def test_the_film_of_curves_alone(bpy, tmp_path):
    """A still camera in front of all there will be, although nothing is drawn yet."""
    from bpy_extras.object_utils import world_to_camera_view
    from mathutils import Vector
    from surface_slicer.common.nodes.modifiers import set_inputs
    from surface_slicer.curve.curve import find_modifier

    scene = bpy.context.scene
    assert not bpy.ops.surface_slicer.film_scene.poll()
    curve = create(bpy, tmp_path)
    bpy.ops.surface_slicer.add_curve_axes(x_label="t")
    set_inputs(find_modifier(curve), {"Drawn": 0.0})
    assert bpy.ops.surface_slicer.film_scene() == {"FINISHED"}
    bpy.context.view_layer.update()
    camera = scene.camera
    assert camera.parent.animation_data is None and scene.compositing_node_group is not None
    seen = [
        world_to_camera_view(scene, camera, Vector((x, 0, z))) for x in (-4, 4) for z in (-2, 4)
    ]
    across, down = ([place[axis] for place in seen] for axis in (0, 1))
    assert all(0 < place < 1 for place in (*across, *down))
    assert np.ptp(across) > 0.7 or np.ptp(down) > 0.7
    assert bpy.ops.surface_slicer.film_scene(orbit=0.5) == {"FINISHED"}
    assert camera.parent.animation_data.action is not None
