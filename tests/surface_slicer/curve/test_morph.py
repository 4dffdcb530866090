# SPDX-License-Identifier: GPL-3.0-or-later
"""A curve that morphs into a second shape: its points and colors, beside matplotlib's."""

from __future__ import annotations

import numpy as np
import pytest

FIRST = np.array([0.0, 3.0, -1.0, 2.0, 2.0, -2.0, 1.0, 4.0, 0.5])
SECOND = np.array([5.0, 1.0, 0.0, -4.0, 2.0, 2.0, 3.0, 0.0, 1.5])


def create(bpy, tmp_path, first=FIRST, second=SECOND, colors=None, **settings):
    for name, array in (("a", first), ("b", second)):
        np.save(tmp_path / f"{name}.npy", array)
    by = {}
    if colors is not None:
        np.save(tmp_path / "c.npy", colors)
        by = {"color_filepath": str(tmp_path / "c.npy")}
    bpy.ops.surface_slicer.create_curve(filepath=str(tmp_path / "a.npy"), size=(8.0, 6.0), **by)
    curve = bpy.context.object
    assert bpy.ops.surface_slicer.morph_curve(filepath=str(tmp_path / "b.npy"), **settings) == {
        "FINISHED"
    }
    return curve


def line(bpy, curve, **inputs):
    """Middle of the drawn tube at each point, with its values."""
    from surface_slicer.common.nodes.modifiers import set_inputs
    from surface_slicer.curve.curve import find_modifier

    set_inputs(find_modifier(curve), {"Radius": 1e-5, **inputs})
    evaluated = curve.evaluated_get(bpy.context.evaluated_depsgraph_get())
    geometry = evaluated.evaluated_geometry()
    mesh = geometry.mesh
    places = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.vertices.foreach_get("co", places.ravel())
    values = {}
    for name in ("value", "color_value"):
        row = np.empty(len(places), np.float32)
        mesh.attributes[name].data.foreach_get("value", row)
        values[name] = row.reshape(-1, 12).mean(axis=1)
    return places.reshape(-1, 12, 3).mean(axis=1), values


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_it_shows_the_numbers_of_matplotlib(bpy, tmp_path, share):
    """In one scale for both shapes: 6 high, from -2 to 4, with 0 at z = 0."""
    from matplotlib.figure import Figure

    from spike_export import figures

    index = np.arange(9.0)
    theirs = figures.Morph(
        Figure().subplots(), np.stack([index, FIRST], 1), np.stack([index, SECOND], 1)
    )
    theirs.draw_to(share)
    x, y = theirs.artists[0].get_xydata().T
    places, values = line(bpy, create(bpy, tmp_path), Morph=share)
    np.testing.assert_allclose(places[:, 0], x - 4, atol=1e-4)
    np.testing.assert_allclose(places[:, 2], y, atol=1e-4)
    np.testing.assert_allclose(values["value"], y, atol=1e-4)
    np.testing.assert_allclose(values["color_value"], y, atol=1e-4)


def test_it_is_drawn_while_it_morphs(bpy, tmp_path):
    places, _ = line(bpy, create(bpy, tmp_path), Morph=0.5, Drawn=0.55)
    half = (FIRST + SECOND) / 2
    assert places[-1, 0] + 4 == pytest.approx(4.4, abs=1e-4)
    assert places[-1, 2] == pytest.approx(np.interp(4.4, np.arange(9.0), half), abs=1e-4)


def test_x_and_y(bpy, tmp_path):
    """Points may go back along x, and beyond the first shape."""
    first = np.stack([np.linspace(10, 20, 9), FIRST], axis=1)
    second = np.stack([np.linspace(25, 5, 9), SECOND], axis=1)
    places, _ = line(bpy, create(bpy, tmp_path, first, second), Morph=1.0)
    np.testing.assert_allclose(places[:, 0], (second[:, 0] - 15) / 10 * 8, atol=1e-4)
    np.testing.assert_allclose(places[:, 2], SECOND, atol=1e-4)


def test_large_numbers_keep_their_differences(bpy, tmp_path):
    places, _ = line(bpy, create(bpy, tmp_path, 1e9 + FIRST, 1e9 + SECOND), Morph=1.0)
    np.testing.assert_allclose(np.diff(places[:, 2]), np.diff(SECOND), atol=1e-4)


def test_gaps_stay(bpy, tmp_path):
    holed, unknown = FIRST.copy(), SECOND.copy()
    holed[4] = unknown[4] = np.nan
    places, _ = line(bpy, create(bpy, tmp_path, holed, unknown), Morph=1.0)
    np.testing.assert_allclose(places[:, 2], np.delete(SECOND, 4), atol=1e-4)


def test_colors_go_along(bpy, tmp_path):
    """Those of an array stay, unless there is another; phases change the short way round."""
    degrees = np.array([350.0, 340, 330, 320, 310, 300, 290, 350, 10])
    np.save(tmp_path / "d.npy", (degrees + 40) % 360)
    curve = create(bpy, tmp_path, colors=degrees)
    _, values = line(bpy, curve, Morph=1.0)
    np.testing.assert_allclose(values["color_value"], degrees)
    bpy.ops.surface_slicer.morph_curve(
        filepath=str(tmp_path / "b.npy"), color_filepath=str(tmp_path / "d.npy")
    )
    bpy.ops.surface_slicer.cyclic(period="360")
    _, values = line(bpy, curve, Morph=0.5)
    np.testing.assert_allclose(values["color_value"] % 360, (degrees + 20) % 360, atol=1e-3)


def test_the_colors_reach_over_both_shapes_unless_they_were_set(bpy, tmp_path):
    from surface_slicer.common.nodes.modifiers import input_value
    from surface_slicer.common.value_color import limit_inputs, set_limits
    from surface_slicer.curve.curve import find_modifier

    def limits(curve):
        material = input_value(find_modifier(curve), "Material").value
        return material, [socket.default_value for socket in limit_inputs(material)]

    material, found = limits(create(bpy, tmp_path))
    assert found == [-4, 5]
    set_limits(material, -1.0, 1.0)
    bpy.ops.surface_slicer.morph_curve(filepath=str(tmp_path / "b.npy"))
    assert limits(bpy.context.object)[1] == [-1, 1]


def test_a_keyframe_moves_it(bpy, tmp_path):
    from surface_slicer.common.nodes.modifiers import input_value
    from surface_slicer.curve.curve import find_modifier

    curve = create(bpy, tmp_path)
    morph = input_value(find_modifier(curve), "Morph")
    for frame, share in ((1, 0.0), (21, 1.0)):
        morph.value = share
        morph.keyframe_insert("value", frame=frame)
    bpy.context.scene.frame_set(11)
    evaluated = curve.evaluated_get(bpy.context.evaluated_depsgraph_get())
    geometry = evaluated.evaluated_geometry()
    places = np.empty((len(geometry.mesh.vertices), 3), np.float32)
    geometry.mesh.vertices.foreach_get("co", places.ravel())
    middle = places.reshape(-1, 12, 3).mean(axis=1)[1:-1, 2]
    np.testing.assert_allclose(middle, (FIRST + SECOND)[1:-1] / 2, atol=0.05)


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (SECOND[:5], "Cannot morph into b.npy: it has 5 values, the curve 9"),
        (np.where(np.arange(9) == 3, np.nan, SECOND), "the value in row 3, counted from 0, is not"),
        (np.stack([SECOND, SECOND], axis=1), "it has two columns, the curve one column"),
    ],
)
def test_shapes_that_do_not_fit(bpy, tmp_path, second, words):
    from surface_slicer.curve.morph import has_second

    with pytest.raises(RuntimeError, match=words):
        create(bpy, tmp_path, second=second)
    assert not has_second(bpy.context.object)


def test_curves_that_cannot_morph(bpy, tmp_path):
    from surface_slicer.curve.curve import MAPPING

    curve = create(bpy, tmp_path)
    second = {"filepath": str(tmp_path / "b.npy")}
    with pytest.raises(RuntimeError, match="morphs, which a fill cannot follow"):
        bpy.ops.surface_slicer.fill_curve()
    with pytest.raises(RuntimeError, match="is colored by its own values; make it with a Color"):
        bpy.ops.surface_slicer.morph_curve(**second, color_filepath=str(tmp_path / "a.npy"))
    MAPPING.remove(curve.data)
    with pytest.raises(RuntimeError, match="was made by an older version, without its scale"):
        bpy.ops.surface_slicer.morph_curve(**second)
    bpy.ops.surface_slicer.create_curve(filepath=str(tmp_path / "a.npy"))
    bpy.ops.surface_slicer.fill_curve()
    with pytest.raises(RuntimeError, match="has a fill, which cannot morph; delete the fill first"):
        bpy.ops.surface_slicer.morph_curve(**second)
    with pytest.raises(RuntimeError, match="Choose an array first"):
        bpy.ops.surface_slicer.morph_curve()
