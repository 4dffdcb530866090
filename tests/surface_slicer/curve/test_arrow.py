# SPDX-License-Identifier: GPL-3.0-or-later
"""An arrow from phases: where it points, beside matplotlib's, and in which colors."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from helpers.pictures import add_camera, read_pixels


def create(bpy, tmp_path, array, **settings):
    np.save(tmp_path / "a.npy", array)
    assert bpy.ops.surface_slicer.create_arrow(filepath=str(tmp_path / "a.npy"), **settings) == {
        "FINISHED"
    }
    return bpy.context.object


def set_arrow(bpy, arrow, **inputs):
    from surface_slicer.common.nodes.modifiers import set_inputs
    from surface_slicer.curve.arrow import find_arrow_modifier

    set_inputs(find_arrow_modifier(arrow), inputs)


def arrow_points(bpy, arrow):
    """The places of all that is no circle, and of the circle; and their directions of color."""
    evaluated = arrow.evaluated_get(bpy.context.evaluated_depsgraph_get())
    geometry = evaluated.evaluated_geometry()
    mesh = geometry.mesh
    places = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.vertices.foreach_get("co", places.ravel())
    colors = np.empty((len(places), 3), np.float32)
    mesh.attributes["color_around"].data.foreach_get("vector", colors.ravel())
    ring = np.linalg.norm(places, axis=1) > 0.92 * np.linalg.norm(places, axis=1).max()
    return places[~ring], places[ring], colors[~ring], colors[ring]


@pytest.mark.parametrize("drawn", [0.0, 0.1, 0.35, 0.999, 1.0])
def test_it_points_where_matplotlib_s_does(bpy, tmp_path, drawn):
    """Time and phase, at uneven times, in frame k of the same film."""
    from matplotlib.figure import Figure

    from spike_export import figures

    t, phase = np.array([2.0, 3.0, 7.0, 8.0]), np.array([-40.0, -38.5, -20.0, -24.0])
    theirs = figures.PhaseArrow(Figure().subplots(), t, phase)
    theirs.draw_to(2.0 + 6.0 * drawn)
    tip = theirs.artists[2].get_xy()[0]
    arrow = create(bpy, tmp_path, np.stack([t, phase], axis=1))
    set_arrow(bpy, arrow, Drawn=drawn)
    places, _, colors, _ = arrow_points(bpy, arrow)
    ours = places[np.linalg.norm(places, axis=1).argmax()]
    np.testing.assert_allclose(ours[[0, 2]], tip, atol=1e-3)
    # Colored by the direction in which it points.
    np.testing.assert_allclose(colors[:, :2], np.tile(tip / 0.86, (len(colors), 1)), atol=1e-3)


def test_the_circle_has_the_color_of_each_angle(bpy, tmp_path):
    arrow = create(bpy, tmp_path, np.linspace(0, 3, 5))
    set_arrow(bpy, arrow, Radius=2.0)
    _, ring, _, colors = arrow_points(bpy, arrow)
    outward = ring[:, [0, 2]] / np.linalg.norm(ring[:, [0, 2]], axis=1, keepdims=True)
    np.testing.assert_allclose(colors[:, :2], outward, atol=1e-3)
    assert np.linalg.norm(ring, axis=1).max() == pytest.approx(2 * 1.029, abs=1e-3)


def test_wrapped_phases_turn_the_short_way(bpy, tmp_path):
    rising = 2.0 + 0.9 * np.arange(40)
    arrow = create(bpy, tmp_path, rising % (2 * np.pi))
    for drawn in (0.31, 0.5, 0.77):
        set_arrow(bpy, arrow, Drawn=drawn)
        places = arrow_points(bpy, arrow)[0]
        tip = places[np.linalg.norm(places, axis=1).argmax()]
        angle = np.interp(drawn * 39, np.arange(40), rising)
        np.testing.assert_allclose(tip[[0, 2]], 0.86 * np.array([np.cos(angle), np.sin(angle)]),
                                   atol=2e-3)  # fmt: skip


def test_draw_on_turns_it(bpy, tmp_path):
    arrow = create(bpy, tmp_path, np.linspace(0, np.pi, 5))
    assert bpy.ops.surface_slicer.show_colors.poll()
    bpy.ops.surface_slicer.draw_on(frame_start=1, frame_end=21)
    bpy.context.scene.frame_set(11)
    places = arrow_points(bpy, arrow)[0]
    tip = places[np.linalg.norm(places, axis=1).argmax()]
    np.testing.assert_allclose(tip, (0, 0, 0.86), atol=1e-3)


def test_pixels_have_matplotlib_s_colors(bpy, tmp_path):
    from surface_slicer.common import film

    arrow = create(bpy, tmp_path, np.full(3, 2.0), colormap="hsv")
    scene = bpy.context.scene
    film.use_standard_view(scene)
    film.use_plain_world(scene)
    add_camera(bpy, 2.2, (0, -10, 0), (np.pi / 2, 0, 0))
    scene.render.engine, scene.cycles.samples = "CYCLES", 16
    scene.cycles.use_denoising = False
    scene.render.resolution_x = scene.render.resolution_y = 220
    scene.render.dither_intensity = 0.0

    def pixel(name, angle, radius):
        scene.render.filepath = str(tmp_path / f"{name}.png")
        bpy.ops.render.render(write_still=True)
        column, row = 110 + 100 * radius * np.cos(angle), 110 - 100 * radius * np.sin(angle)
        return read_pixels(tmp_path / f"{name}.png")[int(row), int(column)]

    for angle in (0.7, 4.0):
        expected = 255 * np.array(mpl.colormaps["hsv"](angle / (2 * np.pi))[:3])
        assert np.abs(pixel("ring", angle, 1.0) - expected).max() <= 8
    expected = 255 * np.array(mpl.colormaps["hsv"](2.0 / (2 * np.pi))[:3])
    assert np.abs(pixel("arrow", 2.0, 0.76) - expected).max() <= 6
    set_arrow(bpy, arrow, **{"Color of Angle": False})
    assert pixel("white", 2.0, 0.76).tolist() == [255, 255, 255]
    bpy.ops.surface_slicer.choose_colormap(colormap="twilight")
    expected = 255 * np.array(mpl.colormaps["twilight"](0.7 / (2 * np.pi))[:3])
    assert np.abs(pixel("other", 0.7, 1.0) - expected).max() <= 8


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.array([0.0, np.nan, 1.0, 2.0]), "some of its rows are not numbers"),
        (np.array([[1.0, 0.0], [1.0, 2.0]]), "first column does not increase from row to row"),
        (np.array([0.0, 1e6]), "its phases go over more than 10,000 turns"),
        (np.zeros((3, 3)), "a curve needs a list of values"),
    ],
)
def test_what_is_no_phase(bpy, tmp_path, array, words):
    before = len(bpy.data.objects)
    with pytest.raises(RuntimeError, match=words):
        create(bpy, tmp_path, array)
    assert len(bpy.data.objects) == before


def test_an_arrow_is_placed_beside_what_is_there(bpy, tmp_path):
    create(bpy, tmp_path, np.linspace(0, 3, 5))
    assert create(bpy, tmp_path, np.linspace(0, 3, 5)).location.x > 2
    with pytest.raises(RuntimeError, match="plasmo"):
        create(bpy, tmp_path, np.linspace(0, 3, 5), colormap="plasmo")
    with pytest.raises(RuntimeError, match="Choose an array first"):
        bpy.ops.surface_slicer.create_arrow()
