# SPDX-License-Identifier: GPL-3.0-or-later
"""Colors that come round: rendered pixels against matplotlib, mixed in space, time and at tips."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from helpers.pictures import read_pixels

TURN = 2 * np.pi
ROWS, COLUMNS, SCALE = 12, 16, 6
ROW, COLUMN = np.mgrid[:ROWS, :COLUMNS]
# Unwrapped, so that each pixel's value is known.
PLANE = 0.35 * COLUMN - 0.25 * ROW + 40 * TURN


def color_by(bpy, tmp_path, colors, heights=None):
    np.save(tmp_path / "heights.npy", np.zeros_like(colors) if heights is None else heights)
    np.save(tmp_path / "colors.npy", colors)
    bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "heights.npy"))
    surface = bpy.context.object
    bpy.ops.surface_slicer.color_by_array(filepath=str(tmp_path / "colors.npy"))
    bpy.ops.surface_slicer.choose_colormap(colormap="hsv")
    return surface


def from_above(bpy, picture):
    from surface_slicer.common import film

    scene = bpy.context.scene
    film.use_standard_view(scene)
    film.use_plain_world(scene)
    if scene.camera is None:
        camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
        camera.data.type, camera.data.ortho_scale = "ORTHO", 2.0
        camera.location = (0, 0, 10)
        scene.collection.objects.link(camera)
        scene.camera = camera
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 4
    scene.cycles.use_denoising = False
    scene.cycles.pixel_filter_type = "BOX"
    scene.render.dither_intensity = 0.0
    scene.render.resolution_x = (COLUMNS - 1) * SCALE
    scene.render.resolution_y = (ROWS - 1) * SCALE
    scene.render.filepath = str(picture)
    bpy.ops.render.render(write_still=True)
    return read_pixels(picture)[..., :3] / 255


def off(pixels, period):
    """How far each pixel is from matplotlib's color of its value, 0..1."""
    rows = (np.arange((ROWS - 1) * SCALE) + 0.5) / SCALE
    columns = (np.arange((COLUMNS - 1) * SCALE) + 0.5) / SCALE
    plane = 40 * TURN + 0.35 * columns - 0.25 * rows[:, None]
    expected = mpl.colormaps["hsv"](plane * period / TURN % period / period)[..., :3]
    return np.abs(pixels - expected).max(axis=2)


@pytest.mark.parametrize("period", [TURN, 360.0])
def test_pixels_of_a_surface(bpy, tmp_path, period):
    """No rainbow where the values jump; with Cyclic off there is one."""
    phase = PLANE * period / TURN % period
    surface = color_by(bpy, tmp_path, phase)
    from common.colormaps.cyclic import is_cyclic
    from surface_slicer.surface.surface_color import find_material

    tree = find_material(surface).node_tree
    assert is_cyclic(tree)
    assert surface.surface_slicer.color_period == pytest.approx(period)
    pixels = from_above(bpy, tmp_path / "a.png")
    # Within a cell the direction is that of a chord, not of an arc.
    errors = off(pixels, period)
    assert np.quantile(errors, 0.99) < 0.05 and errors.max() < 0.15
    bpy.ops.surface_slicer.cyclic(period="none")
    assert not is_cyclic(tree) and len(surface.modifiers) == 1
    wrong = off(from_above(bpy, tmp_path / "b.png"), period) > 0.3
    assert 0.02 < wrong.mean() < 0.5
    bpy.ops.surface_slicer.cyclic(period="")
    np.testing.assert_allclose(from_above(bpy, tmp_path / "c.png"), pixels, atol=0.01)


def test_what_does_not_come_round(bpy, tmp_path):
    """Heights, and limits of one's own; along x and y the button is off."""
    surface = color_by(bpy, tmp_path, PLANE % TURN)
    from common.colormaps.cyclic import is_cyclic
    from surface_slicer.surface.surface_color import find_material

    tree = find_material(surface).node_tree
    bpy.ops.surface_slicer.show_values(by="X")
    assert not is_cyclic(tree) and not bpy.ops.surface_slicer.cyclic.poll()
    bpy.ops.surface_slicer.show_values(by="ARRAY")
    assert is_cyclic(tree)
    bpy.ops.surface_slicer.color_surface(by="ARRAY", low=0.0, high=3.0)
    assert not is_cyclic(tree)
    with pytest.raises(RuntimeError, match="'x' is not a period"):
        bpy.ops.surface_slicer.cyclic(period="x")
    bpy.ops.surface_slicer.cyclic(period="12")
    data = surface.surface_slicer
    assert (data.color_period_begin, data.color_period) == (0, 12)
    bpy.ops.surface_slicer.reload()
    assert data.color_period == 12 and is_cyclic(tree)
    color_by(bpy, tmp_path, PLANE * 9)
    with pytest.raises(RuntimeError, match="in none of the usual periods"):
        bpy.ops.surface_slicer.cyclic()


def test_a_moving_surface_mixes_in_time(bpy, tmp_path):
    """Halfway from 6.0 to 0.4 is 6.34, not 3.2."""
    frames = np.empty((2, 3, 4))
    frames[0], frames[1] = 6.0, 0.4
    surface = color_by(bpy, tmp_path, frames, heights=frames)
    bpy.ops.surface_slicer.cyclic(period="2pi")
    from surface_slicer.common.nodes.modifiers import set_inputs
    from surface_slicer.surface.motion import find_modifier

    for period, expected in (("2pi", 6.0 + (0.4 - 6.0 + TURN) / 2), ("none", 3.2)):
        bpy.ops.surface_slicer.cyclic(period=period)
        set_inputs(find_modifier(surface), {"Use Sample": True, "Sample": 0.5})
        surface.update_tag()
        bpy.context.view_layer.update()
        mesh = surface.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
        values = np.empty(len(mesh.vertices), np.float32)
        mesh.attributes["color_value"].data.foreach_get("value", values)
        np.testing.assert_allclose(values, expected, atol=1e-4)
        if period != "none":
            around = np.empty((len(mesh.vertices), 3), np.float32)
            mesh.attributes["color_around"].data.foreach_get("vector", around.ravel())
            turned = np.arctan2(around[:, 1], around[:, 0]) % TURN
            np.testing.assert_allclose(turned, expected % TURN, atol=1e-4)


def test_a_curve_and_its_tip(bpy, tmp_path):
    """Recognized and told; the tip's value lies on the short way."""
    t = np.linspace(0, 30, 200)
    np.save(tmp_path / "wave.npy", np.sin(t))
    np.save(tmp_path / "phase.npy", t % TURN)
    bpy.ops.surface_slicer.create_curve(
        filepath=str(tmp_path / "wave.npy"), color_filepath=str(tmp_path / "phase.npy")
    )
    curve = bpy.context.object
    from common.value_color import limit_inputs, shown_period
    from surface_slicer.common.nodes.modifiers import set_inputs
    from surface_slicer.curve.curve import find_modifier
    from surface_slicer.curve.curve_color import curve_material

    material = curve_material(find_modifier(curve))
    assert shown_period(material) == pytest.approx(TURN)
    assert limit_inputs(material)[0].default_value == 0
    jump = int(np.argmax(np.diff(t % TURN) < 0))
    set_inputs(find_modifier(curve), {"Drawn": (jump + 0.5) / 199, "Radius": 1e-5})
    curve.update_tag()
    geometry = curve.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    mesh = geometry.mesh
    around = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.attributes["color_around"].data.foreach_get("vector", around.ravel())
    tip = around.reshape(-1, 12, 3)[-1].mean(axis=0)
    expected = (t[jump] + t[jump + 1]) / 2
    np.testing.assert_allclose(tip[:2], [np.cos(expected), np.sin(expected)], atol=1e-3)
    bpy.ops.surface_slicer.cyclic(period="none")
    assert shown_period(material) == 0
    bpy.ops.surface_slicer.cyclic()
    assert shown_period(material) == pytest.approx(TURN)


def test_cyclic_colormaps_come_first(bpy):
    """In the picker, once the values come round."""
    from common.colormaps import kind
    from common.colormaps.colormap_settings import matching, offered

    found = offered(cyclic=True)
    kinds = [kind(name) == "cyclic" for name in found]
    assert any(kinds) and kinds == sorted(kinds, reverse=True)
    assert sorted(found) == sorted(matching()) and offered() == matching()
