# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel Pace: the same words as of figures, and the same way."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.simulations import branched, simulation

from spike_export import figures, write

pytestmark = pytest.mark.usefixtures("built")

POINTS = "0 0, 0.5s 0.5, 1s 0.5, 2s 1 smooth"


@pytest.fixture
def cell(bpy, tmp_path):
    path = write(tmp_path / "cell.pickle", simulation(branched(), 21, time_ms=5 + np.arange(21.0)))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    bpy.context.scene.frame_start, bpy.context.scene.frame_end = 11, 71
    bpy.context.scene.render.fps = 24
    return bpy.context.object


def value_at(bpy, thing, path, frame, index=0):
    from common.animation import fcurves

    curve = next(one for one in fcurves(thing, path) if one.array_index == index)
    return curve.evaluate(frame)


def time_path(cell):
    from blender_spike.playback.marked_time import time_path

    return time_path(cell)


def test_the_time_goes_as_a_figure_s_number(bpy, cell):
    from blender_spike.common.nodes.modifiers import input_value

    bpy.ops.blender_spike.set_pace(number="Time", pace=POINTS)
    frames = figures.keyed(5.0, 25.0, figures.read_pace(POINTS), 24)
    path = time_path(cell)
    got = [value_at(bpy, cell, path, 11 + frame.number) for frame in frames]
    assert got == pytest.approx([frame.time for frame in frames], abs=1e-4)
    # Eased, so not on the line between the last two.
    assert abs(got[30] - (15 + 10 * 6 / 24)) > 0.5
    assert input_value(cell.modifiers[0], "Use Time").value


@pytest.mark.parametrize("pace", ["linear", "smooth"])
def test_a_word_takes_all_of_the_scene(bpy, cell, pace):
    bpy.ops.blender_spike.set_pace(pace=pace)
    frames = figures.paced(5.0, 25.0, 61, pace)
    got = [value_at(bpy, cell, time_path(cell), 11 + frame.number) for frame in frames]
    assert got == pytest.approx([frame.time for frame in frames], abs=1e-4)


def shown(bpy):
    from blender_spike.common.paced.paced_number import shown_pace

    (number,) = bpy.types.BLENDER_SPIKE_PT_pace.numbers(bpy.context)
    return shown_pace(bpy.context.scene, number)


def test_the_panel_shows_it_until_somebody_changes_the_keyframes(bpy, cell):
    from common.animation import fcurves

    assert shown(bpy) == "Still"
    bpy.ops.blender_spike.set_pace(pace=POINTS)
    assert shown(bpy) == POINTS
    bpy.context.scene.render.fps = 30
    assert shown(bpy) == "4 keyframes"
    bpy.context.scene.render.fps = 24
    (curve,) = fcurves(cell, time_path(cell))
    curve.keyframe_points[2].handle_right[1] += 3.0
    assert shown(bpy) == "4 keyframes"
    cell.animation_data_clear()
    assert shown(bpy) == "Still"


@pytest.mark.parametrize(
    ("pace", "told"),
    [
        ("quick", "is not linear, smooth or keys"),
        ("0 0, 1s 2", "a fraction of the way, 0 to 1"),
        ("0 0, 1s 0.5, 1s 1", "must increase"),
        ("0 0, 1e9s 1", "longer than ten hours"),
    ],
)
def test_what_is_no_pace_is_refused_and_changes_nothing(bpy, cell, pace, told):
    from blender_spike.common.nodes.modifiers import input_value

    with pytest.raises(RuntimeError, match=told):
        bpy.ops.blender_spike.set_pace(pace=pace)
    assert cell.animation_data is None or cell.animation_data.action is None
    assert not input_value(cell.modifiers[0], "Use Time").value
    with pytest.raises(RuntimeError, match="There is no 'Mix' here, only Time"):
        bpy.ops.blender_spike.set_pace(number="Mix")


def test_a_network_goes_to_a_layout_that_is_elsewhere(bpy, tmp_path):
    from blender_spike.common.nodes.modifiers import input_value

    from spike_export.networks.point_network import point_network

    network = point_network(np.arange(12.0).reshape(4, 3), np.arange(3.0), np.eye(3, 4))
    bpy.ops.blender_spike.import_simulation(filepath=str(write(tmp_path / "net.pickle", network)))
    net = bpy.context.object
    with pytest.raises(RuntimeError, match="Add Layout makes one"):
        bpy.ops.blender_spike.set_pace(number="Mix")
    bpy.ops.blender_spike.add_layout(kind="Circle")
    modifier = net.modifiers[0]
    input_value(modifier, "From").value = input_value(modifier, "To").value
    bpy.ops.blender_spike.set_pace(number="Mix", pace="0 0, 1s 1, 2s 0")
    path = input_value(modifier, "Mix").path_from_id("value")
    first, rate = bpy.context.scene.frame_start, bpy.context.scene.render.fps
    assert [value_at(bpy, net, path, first + rate * s) for s in (0, 1, 2)] == pytest.approx(
        [0, 1, 0]
    )
    assert input_value(modifier, "From").value != input_value(modifier, "To").value


def test_a_sweep_and_a_curve(bpy, tmp_path):
    from common.nodes.modifiers import input_value
    from surface_slicer.curve.curve import drawn_modifier
    from surface_slicer.slicer.sweep import sweep_ends

    scene = bpy.context.scene
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    bpy.ops.object.empty_add(location=(1, 2, 3), rotation=(0, 0.3, 0))
    parent = bpy.context.object
    cube.select_set(True)
    parent.select_set(False)
    bpy.context.view_layer.objects.active = cube
    bpy.ops.surface_slicer.slice_objects()
    from common.cut.slicer_group import find_group

    slicer = next(one for one in bpy.data.objects if find_group(one) is not None)
    # Its own space is another than the scene's.
    slicer.parent = parent
    bpy.context.view_layer.update()
    begin, end = sweep_ends(bpy.context, slicer)
    bpy.ops.surface_slicer.set_pace(number="Sweep", pace="0 0, 1s 1")
    for frame, place in ((scene.frame_start, begin), (scene.frame_start + scene.render.fps, end)):
        scene.frame_set(frame)
        assert tuple(slicer.matrix_world.translation) == pytest.approx(tuple(place), abs=1e-4)
    np.save(tmp_path / "wave.npy", np.sin(np.linspace(0, 6, 40)))
    bpy.ops.surface_slicer.create_curve(filepath=str(tmp_path / "wave.npy"))
    curve = bpy.context.object
    bpy.ops.surface_slicer.set_pace(number="Drawn", pace="0 0, 1s 1")
    path = input_value(drawn_modifier(curve), "Drawn").path_from_id("value")
    assert value_at(bpy, curve, path, scene.frame_start) == 0


def test_a_surface_that_changes(bpy, tmp_path):
    from common.nodes.modifiers import input_value
    from surface_slicer.surface import motion

    np.save(tmp_path / "film.npy", np.random.default_rng(1).random((5, 6, 7)))
    bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "film.npy"))
    surface = bpy.context.object
    bpy.ops.surface_slicer.set_pace(number="Sample", pace="0 0, 1s 1, 3s 0")
    modifier = motion.find_modifier(surface)
    path = input_value(modifier, "Sample").path_from_id("value")
    first, rate = bpy.context.scene.frame_start, bpy.context.scene.render.fps
    assert value_at(bpy, surface, path, first + rate) == 4
    assert input_value(modifier, "Use Sample").value
