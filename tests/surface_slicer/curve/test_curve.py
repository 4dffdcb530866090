# SPDX-License-Identifier: GPL-3.0-or-later
"""Curves from arrays: where their points and their tip are, and the colors that come out."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from helpers.pictures import add_camera, read_pixels

WAVE = np.array([0.0, 3.0, -1.0, 2.0, 2.0, -2.0, 1.0, 4.0, 0.5])


def create(bpy, tmp_path, array=WAVE, **settings):
    np.save(tmp_path / "a.npy", array)
    bpy.ops.surface_slicer.create_curve(filepath=str(tmp_path / "a.npy"), **settings)
    return bpy.context.object


def set_curve(curve, **values):
    from surface_slicer.common.nodes.modifiers import set_inputs
    from surface_slicer.curve.curve import find_modifier

    set_inputs(find_modifier(curve), values)


def line(bpy, curve):
    """Positions and values of what is drawn, with a line so thin that its tube is its middle."""
    set_curve(curve, Radius=1e-5)
    depsgraph = bpy.context.evaluated_depsgraph_get()
    geometry = curve.evaluated_get(depsgraph).evaluated_geometry()
    mesh = geometry.mesh
    if mesh is None or not len(mesh.polygons):
        return np.empty((0, 3)), {}
    positions = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.vertices.foreach_get("co", positions.ravel())
    values = {}
    for name in ("value", "color_value", "sample"):
        found = np.empty(len(mesh.vertices), np.float32)
        mesh.attributes[name].data.foreach_get("value", found)
        values[name] = found.reshape(-1, 12)
    rings = positions.reshape(-1, 12, 3).mean(axis=1)
    return rings, {name: ring.mean(axis=1) for name, ring in values.items()}


def test_points_are_the_values(bpy, tmp_path):
    """Over their number, to the size; upright, and 0 in the plane as there are both signs."""
    positions, values = line(bpy, create(bpy, tmp_path, size=(4.0, 3.0)))
    np.testing.assert_allclose(positions[:, 0], np.linspace(-2, 2, 9), atol=1e-5)
    np.testing.assert_allclose(positions[:, 2], WAVE / 6 * 3, atol=1e-5)
    np.testing.assert_allclose(positions[:, 1], 0, atol=1e-5)
    np.testing.assert_allclose(values["value"], WAVE, atol=1e-5)


def test_two_columns(bpy, tmp_path):
    """The first is x; a spiral may go back."""
    t = np.linspace(0, 9, 40)
    spiral = np.stack([t * np.cos(t), t * np.sin(t)], axis=1)
    positions, _ = line(bpy, create(bpy, tmp_path, spiral, size=(2.0, 2.0)))
    x, y = spiral.T
    middle = (x.min() + x.max()) / 2
    np.testing.assert_allclose(positions[:, 0], (x - middle) / np.ptp(x) * 2, atol=1e-5)
    np.testing.assert_allclose(positions[:, 2], y / np.ptp(y) * 2, atol=1e-5)


@pytest.mark.parametrize("drawn", [0.0, 0.1, 0.125, 0.4321, 0.875, 0.99, 1.0])
def test_the_tip_is_exact(bpy, tmp_path, drawn):
    """Between two values as interpolation has it: place, value and color."""
    second = WAVE**2
    np.savetxt(tmp_path / "b.csv", second)
    curve = create(bpy, tmp_path, size=(8.0, 6.0), color_filepath=str(tmp_path / "b.csv"))
    set_curve(curve, Drawn=drawn)
    positions, values = line(bpy, curve)
    if drawn == 0:
        assert not len(positions)
        return
    tip = drawn * 8
    numbers = np.arange(9.0)
    expected = np.append(numbers[numbers < tip - 1e-6], tip)
    np.testing.assert_allclose(values["sample"], expected, atol=1e-5)
    np.testing.assert_allclose(positions[:, 0], expected - 4, atol=1e-4)
    np.testing.assert_allclose(positions[:, 2], np.interp(expected, numbers, WAVE), atol=1e-4)
    np.testing.assert_allclose(
        values["color_value"], np.interp(expected, numbers, second), atol=1e-4
    )


@pytest.mark.parametrize(("begin", "drawn"), [(0.3, 0.7), (0.3, 0.34), (0.26, 0.37), (0.6, 0.4)])
def test_a_part_is_exact_at_both_ends(bpy, tmp_path, begin, drawn):
    """Also where both ends lie on one segment, and where nothing is left."""
    curve = create(bpy, tmp_path, size=(8.0, 6.0))
    set_curve(curve, Drawn=drawn, Begin=begin)
    positions, _ = line(bpy, curve)
    if begin > drawn:
        assert not len(positions)
        return
    ends = np.array([begin, drawn]) * 8
    inside = np.arange(9.0)
    expected = np.concatenate([ends[:1], inside[(inside > ends[0]) & (inside < ends[1])], ends[1:]])
    np.testing.assert_allclose(positions[:, 0], expected - 4, atol=1e-4)
    np.testing.assert_allclose(
        positions[:, 2], np.interp(expected, np.arange(9.0), WAVE), atol=1e-4
    )


def test_gaps(bpy, tmp_path):
    """Values that are no numbers part the line; the tip stops before a gap and goes on after it."""
    holed = WAVE.copy()
    holed[[0, 4]] = np.nan
    curve = create(bpy, tmp_path, holed, size=(7.0, 6.0))
    assert [c.points_length for c in curve.data.curves] == [3, 4]
    for tip, expected in ((4.5, [1, 2, 3]), (6.5, [1, 2, 3, 5, 6, 6.5])):
        set_curve(curve, Drawn=(tip - 1) / 7)
        _, values = line(bpy, curve)
        np.testing.assert_allclose(values["sample"], expected, atol=1e-4)


def test_it_draws_itself(bpy, tmp_path):
    """By keyframes alone, at constant speed; a second call replaces them."""
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = 1, 100
    curve = create(bpy, tmp_path, size=(8.0, 6.0))
    bpy.ops.surface_slicer.draw_on()
    bpy.ops.surface_slicer.draw_on(frame_start=11, frame_end=31)
    for frame, tip in ((5, None), (16, 2), (21, 4), (26, 6), (31, 8), (60, 8)):
        scene.frame_set(frame)
        _, values = line(bpy, curve)
        assert (values["sample"][-1] if values else None) == (
            tip if tip is None else pytest.approx(tip, abs=1e-4)
        )
    with pytest.raises(RuntimeError, match="is not after"):
        bpy.ops.surface_slicer.draw_on(frame_start=5, frame_end=5)


def test_colors_are_matplotlibs(bpy, tmp_path):
    """Along a rendered line, also of a second array, in part of a colormap."""
    from surface_slicer.common import film
    from surface_slicer.common.colormaps.in_material import range_input
    from surface_slicer.common.nodes.modifiers import input_value
    from surface_slicer.curve.curve import find_modifier

    second = np.linspace(-3.0, 5.0, 9)
    np.save(tmp_path / "b.npy", second)
    curve = create(
        bpy, tmp_path, np.zeros(9), size=(4.0, 1.0), colormap="viridis",
        color_filepath=str(tmp_path / "b.npy"),
    )  # fmt: skip
    set_curve(curve, Radius=0.2)
    scene = bpy.context.scene
    film.use_standard_view(scene)
    film.use_plain_world(scene)
    add_camera(bpy, 4.0, (0, -10, 0), (np.pi / 2, 0, 0))
    scene.render.engine, scene.cycles.samples = "CYCLES", 8
    scene.cycles.use_denoising = False
    scene.render.resolution_x, scene.render.resolution_y = 64, 16
    scene.render.resolution_percentage = 100
    scene.render.dither_intensity = 0.0

    def row(name):
        scene.render.filepath = str(tmp_path / f"{name}.png")
        bpy.ops.render.render(write_still=True)
        return read_pixels(tmp_path / f"{name}.png")[8, 2:-2]

    along = ((np.arange(64) + 0.5) / 64)[2:-2]
    expected = np.array(mpl.colormaps["viridis"](along))[:, :3] * 255
    assert np.abs(row("whole") - expected).max() <= 6
    material = input_value(find_modifier(curve), "Material").value
    range_input(material.node_tree, "End").default_value = 0.5
    bpy.ops.surface_slicer.choose_colormap(colormap="magma")
    assert material.surface_slicer.colormap == "magma"
    expected = np.array(mpl.colormaps["magma"](along / 2))[:, :3] * 255
    assert np.abs(row("part") - expected).max() <= 6


@pytest.mark.parametrize(
    ("array", "sentence"),
    [
        (np.zeros((0,)), "needs two points"),
        (np.zeros((1,)), "needs two points"),
        (np.zeros((2, 30)), "2 x 30; a curve needs .* transpose"),
        (np.zeros((4, 3)), "two columns"),
        (np.zeros((2, 3, 4)), "a list of values"),
        (np.float64(3), "a single number"),
        (np.full(5, np.nan), "no two values in a row"),
        (np.array([1.0, np.nan, 2.0, np.nan, 3.0]), "no two values in a row"),
        (np.array([0.0, 1.0, np.inf]), "row 2, counted from 0, is infinite"),
        (np.array([0.0, 1e300]), "row 1, counted from 0, is infinite or too large"),
        (np.zeros(4, complex), "complex"),
        (np.array(["a", "b"]), "holds text, not numbers"),
        (np.array([{}, {}]), "Python objects"),
        (np.zeros(2_000_001, np.int8), "takes at most 2,000,000 points, so keep one value in 2"),
    ],
)
def test_mistakes_are_sentences(bpy, tmp_path, array, sentence):
    """And nothing is added."""
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(RuntimeError, match=sentence) as raised:
        bpy.ops.surface_slicer.create_curve(filepath=str(tmp_path / "a.npy"))
    assert "a.npy" in str(raised.value) and "Traceback" not in str(raised.value)
    assert not bpy.data.objects and not bpy.data.hair_curves


def test_a_second_array_must_fit(bpy, tmp_path):
    """As many values, all finite where there is a point."""
    np.save(tmp_path / "a.npy", WAVE)
    for second, sentence in (
        (np.zeros(8), "it has 8 values, the curve 9"),
        (np.zeros((9, 2)), "two columns"),
        (np.full(9, np.nan), "row 0, counted from 0, is not finite"),
    ):
        np.save(tmp_path / "b.npy", second)
        with pytest.raises(RuntimeError, match=sentence):
            bpy.ops.surface_slicer.create_curve(
                filepath=str(tmp_path / "a.npy"), color_filepath=str(tmp_path / "b.npy")
            )
    with pytest.raises(RuntimeError, match="viridis"):
        bpy.ops.surface_slicer.create_curve(filepath=str(tmp_path / "a.npy"), colormap="virids")
    assert not bpy.data.objects and not bpy.data.hair_curves


def test_an_archive_gives_what_can_be_a_curve(bpy, tmp_path):
    """The only one that fits, or the one that is named; constant values are a level line."""
    np.savez(tmp_path / "a.npz", grid=np.zeros((4, 5)), flat=np.full(3, 7.0))
    bpy.ops.surface_slicer.create_curve(filepath=str(tmp_path / "a.npz"))
    positions, _ = line(bpy, bpy.context.object)
    np.testing.assert_allclose(positions[:, 2], 0, atol=1e-5)
    with pytest.raises(RuntimeError, match="grid.* 4 x 5"):
        bpy.ops.surface_slicer.create_curve(filepath=str(tmp_path / "a.npz"), array="grid")
