# SPDX-License-Identifier: GPL-3.0-or-later
"""A curve that wiggles: at rest at both ends of the number, and in between by the formula."""

from __future__ import annotations

import numpy as np
import pytest

VALUES = np.array([0.0, 3.0, -1.0, 2.0, 2.0, -2.0, 1.0, 4.0, 0.5])


def create(bpy, tmp_path):
    np.save(tmp_path / "a.npy", VALUES)
    bpy.ops.surface_slicer.create_curve(filepath=str(tmp_path / "a.npy"), size=(8.0, 6.0))
    return bpy.context.object


def line(bpy, curve, **inputs):
    """Middle of the drawn tube at each point, and the values there."""
    from surface_slicer.common.nodes.modifiers import set_inputs
    from surface_slicer.curve.curve import find_modifier

    set_inputs(find_modifier(curve), {"Radius": 1e-5, **inputs})
    evaluated = curve.evaluated_get(bpy.context.evaluated_depsgraph_get())
    geometry = evaluated.evaluated_geometry()
    mesh = geometry.mesh
    places = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.vertices.foreach_get("co", places.ravel())
    values = np.empty(len(places), np.float32)
    mesh.attributes["value"].data.foreach_get("value", values)
    return places.reshape(-1, 12, 3).mean(axis=1), values.reshape(-1, 12).mean(axis=1)


@pytest.mark.parametrize("moment", [0.0, 0.3, 0.55, 1.0])
def test_it_swings_as_the_formula_says(bpy, tmp_path, moment):
    curve = create(bpy, tmp_path)
    settings = {"Wiggle Size": 2.0, "Swings": 3.0}
    places, values = line(bpy, curve, Wiggle=moment, **settings)
    swing = np.sin(np.pi * moment) ** 2 * np.sin(2 * np.pi * 3.0 * moment)
    up = 2.0 * swing * np.sin(np.pi * np.linspace(0, 1, 9))
    np.testing.assert_allclose(places[:, 2], VALUES + up, atol=2e-4)
    np.testing.assert_allclose(places[:, 0], np.arange(9.0) - 4, atol=1e-4)
    # The numbers are what they were, so the colors are.
    np.testing.assert_allclose(values, VALUES, atol=1e-5)
    assert (np.abs(up).max() > 0.5) == (0 < moment < 1)


def test_it_is_drawn_while_it_wiggles(bpy, tmp_path):
    curve = create(bpy, tmp_path)
    whole, _ = line(bpy, curve, Wiggle=0.3)
    places, _ = line(bpy, curve, Wiggle=0.3, Drawn=0.5625)
    assert places[-1, 2] == pytest.approx((whole[4, 2] + whole[5, 2]) / 2, abs=2e-4)


def test_its_fill_swings_along(bpy, tmp_path):
    from surface_slicer.common.nodes.modifiers import set_inputs
    from surface_slicer.curve.curve import find_modifier
    from surface_slicer.curve.fill import find_fill

    curve = create(bpy, tmp_path)
    assert bpy.ops.surface_slicer.fill_curve() == {"FINISHED"}
    set_inputs(find_modifier(curve), {"Wiggle": 0.3, "Wiggle Size": 2.0, "Swings": 3.0})
    bpy.context.view_layer.update()
    fill = find_fill(curve)
    evaluated = fill.evaluated_get(bpy.context.evaluated_depsgraph_get())
    geometry = evaluated.evaluated_geometry()
    mesh = geometry.mesh
    places = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.vertices.foreach_get("co", places.ravel())
    line_places, _ = line(bpy, curve)
    for x, _, z in line_places:
        there = places[np.isclose(places[:, 0], x, atol=1e-4)]
        assert np.isclose(there[:, 2], z, atol=2e-4).any()
        # The base stays.
        assert np.isclose(there[:, 2], -2.0, atol=1e-4).any()
