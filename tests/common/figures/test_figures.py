# SPDX-License-Identifier: GPL-3.0-or-later
"""Ticks and places of figures, against plain arithmetic and the camera's own projection."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from helpers.fast import fast_first


def evaluated_points(bpy, figure):
    geometry = figure.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    points = np.empty(len(geometry.mesh.vertices) * 3, np.float32)
    geometry.mesh.vertices.foreach_get("co", points)
    return points.reshape(-1, 3)


@pytest.mark.parametrize("extent", [3e-4, 0.07, 1.0, 5.9, 120.0, 1234.5])
@pytest.mark.parametrize("parts", [2, 4, 7])
def test_steps_are_round_and_about_as_many_as_wanted(bpy, extent, parts):
    from blender_spike.common.figures.numbers import round_limits, round_step

    step = round_step(extent, parts)
    lead = step / 10.0 ** np.floor(np.log10(step) + 1e-9)
    assert lead == pytest.approx(min((1, 2, 5, 10), key=lambda n: abs(n - lead)))
    assert parts / 1.6 <= extent / step <= parts * 1.6
    low, high = round_limits(-extent / 3, extent, parts)
    step = round_step(extent * 4 / 3, parts)
    assert low <= -extent / 3 < low + step and high - step < extent <= high
    assert low / step == pytest.approx(round(low / step))


@fast_first(
    ("low", "high", "step", "ticks"),
    [
        (-80.0, 40.0, 0.0, [-80, -60, -40, -20, 0, 20, 40]),
        (0.0, 6.0, 0.0, [0, 1, 2, 3, 4, 5, 6]),
        (-76.2, 41.5, 0.0, [-60, -40, -20, 0, 20, 40]),
        (0.0, 0.35, 0.0, [0.0, 0.1, 0.2, 0.3]),
        (0.0, 1.0, 0.25, [0.0, 0.25, 0.5, 0.75, 1.0]),
        (5.0, 5.0, 0.0, []),
    ],
)
def test_ticks_stand_at_their_values(bpy, low, high, step, ticks):
    """Marks beside the y axis at each value's share of the length, and numbers as they are written.

    The numbers are compared as letters, with texts that the test writes itself.
    """
    from blender_spike.common import nodes
    from blender_spike.common.figures.drawing import inked, new_figure
    from blender_spike.common.figures.numbers import text
    from blender_spike.common.figures.scales import axes_group

    size, height = 0.02, 0.5
    style = {"Text Size": size, "Line Width": 0.001}
    axes = new_figure(
        "axes",
        axes_group(),
        {
            **style, "Y From": low, "Y To": high, "Y Step": step, "Height": height,
            "X From": 1.0, "X To": 1.0,
        },
    )  # fmt: skip
    bpy.context.scene.collection.objects.link(axes)
    found = evaluated_points(bpy, axes)
    decimals = {0.25: 2}.get(step, 1 if ticks and high < 1 else 0)
    with nodes.geometry_group("Labels") as tree:
        tree.input("Geometry", "Geometry")
        ink = {"Color": tree.input("Color", "Color"), "Ink": tree.input("Ink", "Material")}
        text_size = tree.input("Text Size", "Float", default=size)
        places = [height * (tick - low) / (high - low) for tick in ticks]
        written = [f"{tick:.{decimals}f}".replace("-", "−") for tick in ticks]
        labels = [
            text(tree, label, text_size, "Right", -0.62 * size, place - 0.355 * size)
            for label, place in zip(written, places, strict=True)
        ] or [text(tree, "", text_size, "Right")]
        tree.output("Geometry", inked(tree, tree.join(*labels), ink))
    reference = new_figure("labels", tree.tree, {})
    bpy.context.scene.collection.objects.link(reference)
    expected = evaluated_points(bpy, reference)
    # Two axes and a rectangle for each tick, whose ends lie between the axis and the numbers.
    assert len(found) == 8 + 4 * len(ticks) + len(expected)
    marks = np.sort(found[:, 1][np.isclose(found[:, 0], -0.32 * size, atol=1e-6)])
    np.testing.assert_allclose(marks.reshape(-1, 2).mean(axis=1), places, atol=1e-5)
    if ticks:
        distance = np.abs(found[:, None] - expected[None]).max(axis=2).min(axis=0)
        assert distance.max() < 1e-5


SIDES = {"BOTTOM_LEFT": (0, 0), "BOTTOM_RIGHT": (1, 0), "TOP_LEFT": (0, 1), "TOP_RIGHT": (1, 1)}


@pytest.mark.parametrize("fit", ["AUTO", "HORIZONTAL", "VERTICAL"])
@pytest.mark.parametrize("kind", ["PERSP", "ORTHO"])
def test_corners_stay_in_the_cameras_corners(bpy, fit, kind):
    """Whatever lens, shift, resolution and distance come later; one unit is the shorter side."""
    from blender_spike.common.figures import frame
    from bpy_extras.object_utils import world_to_camera_view
    from mathutils import Vector

    scene = bpy.context.scene
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.data.type, camera.data.sensor_fit = kind, fit
    camera.location, camera.rotation_euler = (1, -7, 3), (1.2, 0.3, -0.4)
    scene.collection.objects.link(camera)
    bpy.context.view_layer.update()
    places = {where: frame.corner(scene, camera, where, Vector()) for where in SIDES}
    assert places["TOP_LEFT"] == frame.corner(scene, camera, "TOP_LEFT", Vector())
    settings = itertools.product(((640, 480), (720, 1280)), (24.0, 85.0), (0.0, 0.1))
    for (width, height), lens, shift in settings:
        scene.render.resolution_x, scene.render.resolution_y = width, height
        camera.data.lens, camera.data.ortho_scale = lens, lens / 10
        camera.data.shift_x, camera.data.shift_y = shift, -2 * shift
        camera.data.clip_start = lens / 100
        scene.frame_set(scene.frame_current)
        for where, corner in SIDES.items():
            matrix = places[where].matrix_world
            x, y, depth = world_to_camera_view(scene, camera, matrix.translation)
            assert (x, y) == pytest.approx(corner, abs=1e-4)
            assert depth > camera.data.clip_start
            inward = [1 if side == 0 else -1 for side in corner]
            seen = world_to_camera_view(scene, camera, matrix @ Vector((*inward, 0)))
            moved = np.abs([(seen.x - x) * width, (seen.y - y) * height])
            np.testing.assert_allclose(moved, min(width, height), rtol=1e-4)


def test_ink_neither_lights_nor_shades(bpy):
    from blender_spike.common.figures.drawing import ink_material, new_figure
    from blender_spike.common.figures.scales import axes_group

    figure = new_figure("axes", axes_group(), {})
    assert figure.visible_camera and not figure.visible_diffuse and not figure.visible_shadow
    assert ink_material() == ink_material()


@fast_first(("low", "high", "step", "labels"),
    [
        (0.0, 5e-5, 0.0, ["0", "1×10^−5", "2×10^−5", "3×10^−5", "4×10^−5", "5×10^−5"]),
        (0.0, 1e-4, 5e-5, ["0", "5×10^−5", "1.0×10^−4"]),
        (0.0, 1e-4, 2.5e-5, ["0", "2.5×10^−5", "5.0×10^−5", "7.5×10^−5", "1.00×10^−4"]),
        (-6e-11, 2e-11, 2e-11, ["−6×10^−11", "−4×10^−11", "−2×10^−11", "0", "2×10^−11"]),
        (0.0, 3e6, 1e6, ["0", "1×10^6", "2×10^6", "3×10^6"]),
        (-1e25, 3e25, 0.0, ["−1×10^25", "0", "1×10^25", "2×10^25", "3×10^25"]),
        (1e9, 1e9 + 4096, 0.0, ["1.000000×10^9", "1.000001×10^9", "1.000002×10^9",
                                "1.000003×10^9", "1.000004×10^9"]),
        (1.0, 1.0002, 1e-4, ["1.0000", "1.0001", "1.0002"]),
        (0.0, 1e-3, 0.0, ["0.0000", "0.0002", "0.0004", "0.0006", "0.0008", "0.0010"]),
        (0.0, 900000.0, 3e5, ["0", "300000", "600000", "900000"]),
    ], fast=4,
)  # fmt: skip
def test_numbers_are_written_with_powers_of_ten_where_they_ask_for_it(bpy, low, high, step, labels):
    """Labels of a y axis, letter by letter, each compared with Blender's own text objects."""
    from blender_spike.common.figures.drawing import new_figure
    from blender_spike.common.figures.scales import axes_group

    size, height = 0.02, 1.0
    axes = new_figure(
        "axes",
        axes_group(),
        {
            "Text Size": size, "Line Width": 0.001, "Y From": low, "Y To": high, "Y Step": step,
            "Height": height, "X From": 1.0, "X To": 1.0,
        },
    )  # fmt: skip
    bpy.context.scene.collection.objects.link(axes)
    found = evaluated_points(bpy, axes)
    found = found[found[:, 0] < -0.4 * size]
    places = np.arange(len(labels)) * (step or (high - low) / (len(labels) - 1)) / (high - low)
    nearest = np.abs(found[:, 1, None] - places * height).argmin(axis=1)
    for index, label in enumerate(labels):
        letters = found[nearest == index]
        base, _, power = label.partition("^")
        expected = written_by_blender(bpy, base, size)
        raised = written_by_blender(bpy, power, size) if power else np.empty((0, 3))
        assert len(letters) == len(expected) + len(raised), label
        order = np.argsort(letters[:, 0])
        first, second = letters[order[: len(expected)]], letters[order[len(expected) :]]
        np.testing.assert_allclose(np.ptp(first, axis=0), np.ptp(expected, axis=0), atol=1e-5)
        right = letters[:, 0].max()
        assert right == pytest.approx(-0.62 * size, abs=0.25 * size), label
        if power:
            shrunk = np.ptp(second, axis=0)[:2] / np.ptp(raised, axis=0)[:2]
            assert shrunk == pytest.approx([shrunk[0], shrunk[0]], rel=1e-3)
            assert 0.5 < shrunk[0] < 0.8
            assert second[:, 1].min() > first[:, 1].min() + 0.3 * size
            assert 0 < second[:, 0].min() - first[:, 0].max() < 0.2 * size


def written_by_blender(bpy, string, size):
    """Corners of a text object's letters."""
    from blender_spike.common.figures.font import new_text

    thing = bpy.data.objects.new("text", new_text("text", string, size))
    bpy.context.scene.collection.objects.link(thing)
    mesh = thing.evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh()
    points = np.array([vertex.co for vertex in mesh.vertices])
    bpy.data.objects.remove(thing)
    return points


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        (-80.0, 40.0, (-80.0, 40.0)),
        (5e-5, 5e-5, (4e-5, 6e-5)),
        (-65.0, -65.0, (-75.0, -55.0)),
        (0.0, 0.0, (-1.0, 1.0)),
        (1e9, 1e9 + 1, (0.0, 2e9)),
        (0.0, 1e-12, (0.0, 1e-12)),
    ],
)
def test_limits_are_apart(low, high, found):
    """In single precision, so that an axis between them has an extent."""
    from blender_spike.common.limits import apart

    assert apart(low, high) == pytest.approx(found, rel=1e-9, abs=0)
    assert np.diff(np.float32(apart(low, high)))[0] > 0


def test_limits_that_cannot_be():
    from blender_spike.common.limits import problem_of

    assert problem_of(-80, 40) == problem_of(1e-9, 2e-9) == ""
    assert "3, is not below the upper limit, 3" in problem_of(3, 3)
    assert "is not below" in problem_of(float("nan"), 3)
    assert "cannot exceed 1e+20" in problem_of(-1e21, 0)
    assert "1000000000 and 1000000001 are the same number" in problem_of(1e9, 1e9 + 1)
