# SPDX-License-Identifier: GPL-3.0-or-later
"""The area under a curve: its outline, its colors, and that one number moves it and the curve."""

from __future__ import annotations

from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pytest
from helpers.pictures import add_camera, read_pixels

WAVE = np.array([0.0, 3.0, -1.0, 2.0, 2.0, -2.0, 1.0, 4.0, 0.5])


def create(bpy, tmp_path, array=WAVE, **settings):
    np.save(tmp_path / "a.npy", array)
    bpy.ops.surface_slicer.create_curve(filepath=str(tmp_path / "a.npy"), size=(8.0, 6.0))
    curve = bpy.context.object
    assert bpy.ops.surface_slicer.fill_curve(**settings) == {"FINISHED"}
    return curve, bpy.context.object


def set_drawn(bpy, curve, **values):
    from surface_slicer.common.nodes.modifiers import input_value
    from surface_slicer.curve.curve import find_modifier

    for name, value in values.items():
        input_value(find_modifier(curve), name).value = value
    # As a user's click or a keyframe tells Blender.
    curve.update_tag()
    bpy.context.view_layer.update()


def faces(bpy, fill):
    """The fill's faces, its points and its attributes."""
    evaluated = fill.evaluated_get(bpy.context.evaluated_depsgraph_get())
    geometry = evaluated.evaluated_geometry()
    mesh = geometry.mesh
    if mesh is None:
        return SimpleNamespace(points=np.empty((0, 3)), area=0.0, quads=[], values={})
    points = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.vertices.foreach_get("co", points.ravel())
    values = {}
    for name in ("side", "fill_value", "fill_density", "sample"):
        row = np.empty(len(points), np.float32)
        mesh.attributes[name].data.foreach_get("value", row)
        values[name] = row
    quads = [list(face.vertices) for face in mesh.polygons]
    area = 0.0
    for quad in quads:
        x, z = points[quad][:, 0], points[quad][:, 2]
        area += abs(np.dot(x, np.roll(z, -1)) - np.dot(z, np.roll(x, -1))) / 2
    return SimpleNamespace(points=points, area=area, quads=quads, values=values)


def covered(y, base, begin, end):
    """The area between a curve and its base, by fine sums, in Blender units."""
    fine = np.linspace(begin * 8, end * 8, 400_001)
    height = np.abs(np.interp(fine, np.arange(9.0), y) - base)
    return np.trapezoid(height, fine) * 6 / 6


@pytest.mark.parametrize("base", [None, 0.0, 1.3, -3.0])
@pytest.mark.parametrize(("begin", "drawn"), [(0.0, 1.0), (0.0, 0.4321), (0.3, 0.83)])
def test_it_covers_what_lies_between_curve_and_base(bpy, tmp_path, base, begin, drawn):
    curve, fill = create(bpy, tmp_path, **({} if base is None else {"base": base}))
    set_drawn(bpy, curve, Drawn=drawn, Begin=begin)
    found = faces(bpy, fill)
    foot = -2.0 if base is None else base
    assert found.area == pytest.approx(covered(WAVE, foot, begin, drawn), rel=1e-4)
    np.testing.assert_allclose(found.points[found.values["side"] == 0, 2], foot, atol=1e-5)
    assert found.points[:, 0].min() == pytest.approx(begin * 8 - 4, abs=1e-4)
    assert found.points[:, 0].max() == pytest.approx(drawn * 8 - 4, abs=1e-4)


def test_each_frame_shows_the_numbers_of_matplotlib(bpy, tmp_path):
    """The upper edge of frame k is the line of `spike-export figure` in its frame k."""
    from matplotlib.figure import Figure

    from spike_export import figures

    y = np.cos(np.linspace(0, 9, 9))
    curve, fill = create(bpy, tmp_path, y, base=0.0)
    bpy.context.view_layer.objects.active = curve
    bpy.ops.surface_slicer.draw_on(frame_start=0, frame_end=30)
    line = figures.PlainLine(Figure().subplots(), np.arange(9.0), y, color="red")
    for frame in figures.paced(0.0, 8.0, 31)[1::4]:
        line.draw_to(frame.time)
        x, height = (row[np.isfinite(row)] for row in line.artists[0].get_data())
        bpy.context.scene.frame_set(frame.number)
        found = faces(bpy, fill)
        edge = found.points[found.values["side"] == 1]
        edge = edge[np.argsort(edge[:, 0])]
        scale = 6 / np.ptp(y)
        np.testing.assert_allclose(edge[[0, -1], 0] + 4, x[[0, -1]], atol=1e-4)
        np.testing.assert_allclose(
            np.interp(x, edge[:, 0] + 4, edge[:, 2]), height * scale, atol=1e-4
        )


def test_gaps_stay_open(bpy, tmp_path):
    holed = WAVE.copy()
    holed[[0, 4]] = np.nan
    _, fill = create(bpy, tmp_path, holed, base=0.0)
    found = faces(bpy, fill)
    at = found.values["sample"]
    assert not ((at > 3) & (at < 5)).any() and found.area > 1
    # No face reaches over the gap.
    assert max(np.ptp(at[quad]) for quad in found.quads) <= 1.0001


@pytest.mark.parametrize(
    ("gradient", "expected"),
    [
        ("Y", lambda x, z: z),
        ("X", lambda x, z: (x + 4) / 8),
        ("VALUE", lambda x, z: np.interp(x + 4, np.arange(9.0), WAVE)),
    ],
)
def test_what_the_colors_show(bpy, tmp_path, gradient, expected):
    from surface_slicer.common.value_color import limit_inputs
    from surface_slicer.curve.fill import fill_material

    curve, fill = create(bpy, tmp_path, base=0.0, gradient=gradient)
    set_drawn(bpy, curve, Drawn=0.9)
    found = faces(bpy, fill)
    x, _, z = found.points.T
    np.testing.assert_allclose(found.values["fill_value"], expected(x, z), atol=1e-4)
    # As dense as far from the base, of the 4 that the curve goes at most.
    np.testing.assert_allclose(found.values["fill_density"], np.abs(z) / 4, atol=1e-4)
    limits = [socket.default_value for socket in limit_inputs(fill_material(fill))]
    assert limits == ([0, 1] if gradient == "X" else [-2, 4])


def test_pixels_are_the_colormap_s_over_what_is_behind(bpy, tmp_path):
    from surface_slicer.common import film

    curve, _ = create(
        bpy, tmp_path, np.full(9, 1.0) + [0, 0, 0, 0, 0, 0, 0, 0, 1], base=0.0, gradient="X",
        colormap="viridis", opacity=0.5, fade=0.0,
    )  # fmt: skip
    curve.hide_render = True
    scene = bpy.context.scene
    film.use_standard_view(scene)
    film.use_plain_world(scene)
    add_camera(bpy, 10.0, (0, -10, 1.5), (np.pi / 2, 0, 0))
    scene.render.engine, scene.cycles.samples = "CYCLES", 64
    scene.cycles.use_denoising = False
    scene.render.resolution_x, scene.render.resolution_y = 100, 60
    scene.render.dither_intensity = 0.0
    scene.render.filepath = str(tmp_path / "a.png")
    bpy.ops.render.render(write_still=True)
    # The fill goes down from row 45, to value 0 far below the picture.
    pixels = read_pixels(tmp_path / "a.png") / 255
    for x in (-3, 0.5, 3):
        expected = np.array(mpl.colormaps["viridis"]((x + 4) / 8)[:3])
        # Light is halved, not the numbers of a picture.
        linear = np.where(expected > 0.04045, ((expected + 0.055) / 1.055) ** 2.4, expected / 12.92)
        half = linear / 2
        shown = np.where(half > 0.0031308, 1.055 * half ** (1 / 2.4) - 0.055, half * 12.92)
        # Rays that pass are chosen by chance, so the mean of a column is compared.
        column = pixels[48:58, int(50 + x * 10)]
        assert np.abs(column.mean(axis=0) - shown).max() < 0.05


def test_a_second_fill_replaces_the_first(bpy, tmp_path):
    curve, _ = create(bpy, tmp_path, colormap="viridis")
    counts = [len(bpy.data.objects), len(bpy.data.hair_curves), len(bpy.data.materials)]
    # The fill is active, and the buttons act on its curve.
    assert bpy.ops.surface_slicer.show_colors.poll()
    assert bpy.ops.surface_slicer.fill_curve(base=1.0) == {"FINISHED"}
    assert [len(bpy.data.objects), len(bpy.data.hair_curves), len(bpy.data.materials)] == counts
    assert [child.name for child in curve.children] == [f"{curve.name} fill"]
    assert bpy.context.object == curve.children[0]


def test_it_has_the_curve_s_colormap(bpy, tmp_path):
    from surface_slicer.common.colormaps.in_material import range_input, shown_colormap
    from surface_slicer.curve.fill import add_fill, fill_material

    np.save(tmp_path / "a.npy", WAVE)
    bpy.ops.surface_slicer.create_curve(filepath=str(tmp_path / "a.npy"), colormap="viridis_r")
    tree = fill_material(add_fill(bpy.context.object)).node_tree
    assert shown_colormap(tree) == "viridis" and range_input(tree, "Reverse").default_value


def test_phases_come_round_in_the_fill_of_values(bpy, tmp_path):
    from surface_slicer.common.colormaps.cyclic import is_cyclic
    from surface_slicer.curve.fill import add_fill, fill_material

    np.save(tmp_path / "a.npy", np.arange(20.0))
    np.save(tmp_path / "phase.npy", (2.0 + 1.37 * np.arange(20.0)) % (2 * np.pi))
    bpy.ops.surface_slicer.create_curve(
        filepath=str(tmp_path / "a.npy"), color_filepath=str(tmp_path / "phase.npy"),
        colormap="hsv",
    )  # fmt: skip
    curve = bpy.context.object
    assert is_cyclic(fill_material(add_fill(curve, gradient="VALUE")).node_tree)
    assert not is_cyclic(fill_material(add_fill(curve, gradient="X")).node_tree)


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.full(5, 2.5), "all values of 'a' are 2.5, so there is no area under it"),
        (np.array([[0.0, 1], [2, 2], [1, 3]]), "'a' goes back along x, so there is no area"),
    ],
)
def test_what_has_no_area(bpy, tmp_path, array, words):
    np.save(tmp_path / "a.npy", array)
    bpy.ops.surface_slicer.create_curve(filepath=str(tmp_path / "a.npy"))
    before = len(bpy.data.objects), len(bpy.data.materials), len(bpy.data.hair_curves)
    with pytest.raises(RuntimeError, match=words):
        bpy.ops.surface_slicer.fill_curve()
    assert (len(bpy.data.objects), len(bpy.data.materials), len(bpy.data.hair_curves)) == before


def test_a_refused_colormap_changes_nothing(bpy, tmp_path):
    curve, fill = create(bpy, tmp_path)
    before = len(bpy.data.objects), len(bpy.data.materials), len(bpy.data.hair_curves)
    with pytest.raises(RuntimeError, match="plasmo"):
        bpy.ops.surface_slicer.fill_curve(colormap="plasmo")
    assert (len(bpy.data.objects), len(bpy.data.materials), len(bpy.data.hair_curves)) == before
    assert curve.children[0] == fill


def test_a_fill_needs_a_curve(bpy):
    from surface_slicer.curve.fill import FillError, add_fill

    with pytest.raises(FillError, match="'Cube' is not a curve from an array"):
        add_fill(bpy.data.objects.new("Cube", None))
    assert not bpy.ops.surface_slicer.fill_curve.poll()
