# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures in the picture, against the file's own values, matplotlib, and plain geometry."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from helpers.fast import fast_first
from helpers.pictures import exact_view, read_pixels
from helpers.simulations import branched, sample_at, simulation

from spike_export import read, write

# The values are noise, 100 mV from one sample to the next, so that single precision counts.
TOLERANCE_MV = 3e-3
DOT_VERTICES = 162
SAMPLES = 30
IRREGULAR = np.cumsum(np.r_[2.0, np.random.default_rng(1).uniform(0.01, 0.5, SAMPLES - 1)])
# The dendrite has 7 segments, which come after the soma's 3.
SECTION, POSITION, SEGMENT = "dend[1]", 0.6, 3 + 4


@pytest.fixture
def cell(tmp_path):
    """A file with regular samples that begin at 1.5 ms."""
    times = 1.5 + 0.1 * np.arange(SAMPLES)
    return write(tmp_path / "cell.pickle", simulation(branched(), SAMPLES, time_ms=times))


def load(bpy, path, **settings):
    bpy.ops.blender_spike.import_simulation(filepath=str(path), style="STRANDS", **settings)
    return bpy.context.object


def playback_inputs(neuron, **values):
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier

    set_inputs(find_modifier(neuron), {k.replace("_", " "): v for k, v in values.items()})


def input_value_of(neuron, name):
    from blender_spike.common.nodes.modifiers import input_value
    from blender_spike.playback.playback import find_modifier

    return input_value(find_modifier(neuron), name).value


def input_of(figure, name):
    from blender_spike.common.nodes.modifiers import input_value

    return input_value(figure.modifiers[0], name).value


def show(bpy, frame):
    whole = int(np.floor(frame))
    bpy.context.scene.frame_set(whole, subframe=frame - whole)


def drawn(bpy, figure):
    """Vertices of a figure in its own space, and their `voltage` and `figure` if they have them.

    Without loose ones, which are for EEVEE's motion blur.
    """
    geometry = figure.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    mesh = geometry.mesh
    points = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", points)
    rows = []
    for name in ("voltage", "figure"):
        row = np.zeros(len(mesh.vertices), np.float32)
        if name in mesh.attributes:
            mesh.attributes[name].data.foreach_get("value", row)
        rows.append(row)
    edges = np.empty(len(mesh.edges) * 2, np.int32)
    mesh.edges.foreach_get("vertices", edges)
    used = np.unique(edges)
    return points.reshape(-1, 3)[used], *(row[used] for row in rows)


def tip(bpy, trace):
    """Time in ms and value at the dot, by its place in the axes, and the value by its attribute."""
    points, voltage, on_figure = drawn(bpy, trace)
    dot = np.flatnonzero(on_figure == 1)[-DOT_VERTICES:]
    axes = trace.parent
    x, y = points[dot].mean(axis=0)[:2]
    low, high = input_of(axes, "X From"), input_of(axes, "X To")
    bottom, top = input_of(axes, "Y From"), input_of(axes, "Y To")
    return (
        low + x / input_of(axes, "Width") * (high - low),
        bottom + y / input_of(axes, "Height") * (top - bottom),
        voltage[dot],
    )


def check_tip(bpy, trace, sim, time_ms, segment=SEGMENT):
    expected = sample_at(sim, time_ms)[segment]
    shown_ms, shown_mv, attribute = tip(bpy, trace)
    span = sim.time_ms[-1] - sim.time_ms[0]
    assert shown_ms == pytest.approx(np.clip(time_ms, *sim.time_ms[[0, -1]]), abs=1e-5 * span)
    assert shown_mv == pytest.approx(expected, abs=TOLERANCE_MV)
    np.testing.assert_allclose(attribute, expected, atol=TOLERANCE_MV)


def reference_text(bpy, string, size):
    """Vertices of a text whose letters are given."""
    from blender_spike.common import nodes
    from blender_spike.common.figures.drawing import TEXT_INPUTS, inked, new_figure
    from blender_spike.common.figures.numbers import text

    with nodes.geometry_group("Reference") as tree:
        tree.input("Geometry", "Geometry")
        given = tree.inputs(TEXT_INPUTS)
        string_input = tree.input("String", "String")
        words = text(tree, string_input, given["Text Size"], "Left")
        tree.output("Geometry", inked(tree, words, given))
    figure = new_figure("reference", tree.tree, {"String": string, "Text Size": size})
    bpy.context.scene.collection.objects.link(figure)
    points = drawn(bpy, figure)[0]
    bpy.data.objects.remove(figure)
    return points


def random_frames(low, high):
    rng = np.random.default_rng(7)
    return [*rng.integers(low, high, 4), *rng.uniform(low, high, 6).round(3)]


MODES = {
    "plain": {},
    "start and pace": {"Start_Frame": 7.0, "Milliseconds_per_Frame": 0.037},
    "loop": {"At_the_Ends": "Loop"},
    "ping-pong": {"At_the_Ends": "Ping-Pong", "Milliseconds_per_Frame": 0.21},
}


def time_shown(sim, mode, frame):
    """What the time panel promises, by hand."""
    start, pace = mode.get("Start_Frame", 0.0), mode.get("Milliseconds_per_Frame")
    first, last = sim.time_ms[[0, -1]]
    pace = (last - first) / (len(sim.time_ms) - 1) if pace is None else pace
    since, span = (frame - start) * pace, last - first
    ends = mode.get("At_the_Ends", "Hold")
    if ends == "Loop":
        since = since % span
    elif ends == "Ping-Pong":
        since = since % (2 * span)
        since = min(since, 2 * span - since)
    return first + float(np.clip(since, 0, span))


@pytest.mark.slow
@pytest.mark.parametrize("irregular", [False, True])
@fast_first("mode", MODES.values(), ids=MODES.keys())
def test_trace_and_label_are_in_step(bpy, cell, tmp_path, mode, irregular):
    """At whole and broken frames: the dot is at the time and value shown, the text says it too."""
    from blender_spike.common.nodes.modifiers import set_inputs

    if irregular:
        cell = write(tmp_path / "odd.pickle", simulation(branched(), SAMPLES, time_ms=IRREGULAR))
    sim = read(cell)
    neuron = load(bpy, cell)
    playback_inputs(neuron, **mode)
    bpy.ops.blender_spike.add_trace(section=SECTION, position=POSITION)
    bpy.ops.blender_spike.add_time_label(decimals=3)
    trace = bpy.data.objects[f"{neuron.name} {SECTION}({POSITION})"]
    label = bpy.data.objects[f"{neuron.name} time"]
    size = input_of(label, "Text Size")
    for frame in random_frames(-10, 90):
        show(bpy, frame)
        time_ms = time_shown(sim, mode, frame)
        check_tip(bpy, trace, sim, time_ms)
        found = drawn(bpy, label)[0]
        near = [reference_text(bpy, f"{time_ms + d:.3f} ms", size) for d in (0, -2e-5, 2e-5)]
        assert any(p.shape == found.shape and np.allclose(p, found, atol=1e-6) for p in near), frame
    # What proves the comparison able to fail: another time is other letters.
    other = reference_text(bpy, f"{time_ms + 0.111:.3f} ms", size)
    assert other.shape != found.shape or not np.allclose(other, found, atol=1e-6)
    set_inputs(label.modifiers[0], {"Decimals": 0, "Unit": "s", "Text": "t = "})
    np.testing.assert_allclose(
        drawn(bpy, label)[0], reference_text(bpy, f"t = {time_ms:.0f} s", size), atol=1e-6
    )


@pytest.mark.slow
def test_keyframed_time(bpy, cell):
    """Backwards, and added before it was keyframed."""
    from blender_spike.common.nodes.modifiers import input_value
    from blender_spike.playback.playback import find_modifier

    sim = read(cell)
    neuron = load(bpy, cell)
    bpy.ops.blender_spike.add_trace(section=SECTION, position=POSITION)
    trace = bpy.data.objects[f"cell {SECTION}({POSITION})"]
    playback_inputs(neuron, Use_Time=True)
    time = input_value(find_modifier(neuron), "Time")
    for frame, time_ms in ((0, 4.2), (40, 1.7)):
        time.value = time_ms
        time.keyframe_insert("value", frame=frame)
    for strip in neuron.animation_data.action.layers[0].strips:
        for key in strip.channelbags[0].fcurves[0].keyframe_points:
            key.interpolation = "LINEAR"
    for frame in (0, 13, 20.25, 40):
        show(bpy, frame)
        check_tip(bpy, trace, sim, 4.2 - frame * 2.5 / 40)


@pytest.mark.slow
def test_trace_passes_through_the_samples(bpy, cell):
    """Each past sample is a ring of the line; nothing is drawn ahead of the present."""
    sim = read(cell)
    neuron = load(bpy, cell)
    bpy.ops.blender_spike.add_trace(section=SECTION, position=POSITION)
    trace = bpy.data.objects[f"{neuron.name} {SECTION}({POSITION})"]
    show(bpy, 12.5)
    _, voltage, on_figure = drawn(bpy, trace)
    rings = voltage[on_figure == 1][:-DOT_VERTICES].reshape(-1, 8)
    expected = [*sim.values[:13, SEGMENT], sample_at(sim, sim.time_ms[0] + 1.25)[SEGMENT]]
    np.testing.assert_allclose(rings.mean(axis=1), expected, atol=TOLERANCE_MV)


@pytest.mark.slow
def test_gap_where_values_are_not_finite(bpy, tmp_path):
    """The line has a gap and the dot is not drawn there; limits of the axes ignore it."""
    sim = simulation(branched(), 12)
    sim.values[4:6, 0] = np.nan
    neuron = load(bpy, write(tmp_path / "holes.pickle", sim))
    bpy.ops.blender_spike.add_trace(section="soma", position=0.0)
    trace = bpy.data.objects["holes soma(0)"]
    assert -120 < input_of(trace.parent, "Y From") < input_of(trace.parent, "Y To") < 60
    show(bpy, 10)
    points, voltage, on_figure = drawn(bpy, trace)
    assert voltage.min() > -1e3 and neuron is not None
    # Eleven samples are past, of which two are missing; then comes the present.
    assert (on_figure == 1).sum() == (11 - 2 + 1) * 8 + DOT_VERTICES
    show(bpy, 5)
    points, _, on_figure = drawn(bpy, trace)
    assert np.ptp(points[on_figure == 1][-DOT_VERTICES:], axis=0).max() == 0


@pytest.mark.slow
def test_traces_share_axes_or_have_their_own(bpy, cell):
    """Axes reach over all traces in them, and moving their limits moves the traces."""
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.figures.traces import traces_in

    sim = read(cell)
    load(bpy, cell)
    bpy.ops.blender_spike.add_trace(section="soma", position=0.9)
    bpy.ops.blender_spike.add_trace(section=SECTION, position=POSITION)
    bpy.ops.blender_spike.add_trace(section="dend[2]", position=1.0, own_axes=True)
    shared, own = bpy.data.objects["cell axes"], bpy.data.objects["cell axes.001"]
    assert [len(traces_in(axes)) for axes in (shared, own)] == [2, 1]
    both = sim.values[:, [2, SEGMENT]]
    assert input_of(shared, "Y From") <= both.min() and input_of(shared, "Y To") >= both.max()
    assert own.location.y > shared.location.y + input_of(shared, "Height")
    set_inputs(shared.modifiers[0], {"Y From": -200.0, "X To": 9.0, "Width": 1.1})
    show(bpy, 6)
    for trace, segment in zip(traces_in(shared), (SEGMENT, 2), strict=True):
        check_tip(bpy, trace, sim, sim.time_ms[0] + 0.6, segment)


@pytest.mark.slow
def test_places_are_chosen_by_cursor_or_selection(bpy, cell):
    """Nearest to the 3-D cursor, to other objects, and to points selected in edit mode."""
    neuron = load(bpy, cell, um_per_unit=50, center=False)
    neuron.location = (1, 2, 3)
    bpy.context.view_layer.update()
    bpy.context.scene.cursor.location = (33 / 50 + 1, 118 / 50 + 2, 5 / 50 + 3.1)
    bpy.ops.blender_spike.add_trace(at="CURSOR")
    assert "cell dend[2](0.875)" in bpy.data.objects
    empty = bpy.data.objects.new("here", None)
    empty.location = (1, 2, 3.05)
    bpy.context.scene.collection.objects.link(empty)
    empty.select_set(True)
    bpy.context.view_layer.update()
    bpy.ops.blender_spike.add_trace(at="SELECTED")
    assert "cell soma(0.5)" in bpy.data.objects
    empty.select_set(False)
    with pytest.raises(RuntimeError, match="Select another object"):
        bpy.ops.blender_spike.add_trace(at="SELECTED")
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.curves.select_all(action="DESELECT")
    last = neuron.data.attributes[".selection"].data
    last[len(last) - 1].value = True
    bpy.ops.blender_spike.add_trace(at="SELECTED")
    bpy.ops.object.mode_set(mode="OBJECT")
    assert "cell dend[3](0.9)" in bpy.data.objects


@pytest.mark.slow
def test_section_that_is_not_there(bpy, cell):
    """One sentence that names those that come close, and nothing is added."""
    neuron = load(bpy, cell)
    with pytest.raises(RuntimeError, match=r"no section 'end'; available: dend\[1\]"):
        bpy.ops.blender_spike.add_trace(section="end")
    assert "cell axes" not in bpy.data.objects and neuron.name == "cell"


@pytest.mark.slow
def test_sections_of_several_cells_are_told_apart(bpy, tmp_path):
    from spike_export import merge

    parts = [simulation(branched(), 4, seed=seed) for seed in (0, 1)]
    path = write(tmp_path / "two.pickle", merge(parts))
    from blender_spike.figures.figure_settings import search_sections
    from blender_spike.playback.sections import find_segment, section_names

    neuron = load(bpy, path)
    names = section_names(neuron)
    assert len(set(names)) == 8
    assert find_segment(neuron, names[5], 0.0) == 19 + 3
    assert search_sections(neuron, bpy.context, "SOMA") == [names[0], names[4]]


@pytest.mark.slow
def test_sections_of_cells_that_share_a_name_are_told_apart(bpy, tmp_path):
    """The nearest place is of the second cell, and its trace shows that cell's values."""
    from spike_export import merge

    sim = merge([simulation(branched(), 4, seed=seed) for seed in (0, 1)])
    sim = replace(sim, cells=tuple(replace(cell, name="PC") for cell in sim.cells))
    sim.values[:, 19:] += 1000
    neuron = load(bpy, write(tmp_path / "two.pickle", sim))
    from blender_spike.playback.sections import find_segment, place_of, section_names

    names = section_names(neuron)
    assert len(set(names)) == 8 and names[4] == "PC.soma (2)"
    assert find_segment(neuron, *place_of(neuron, 20)) == 20
    bpy.ops.blender_spike.add_trace(section="PC.soma (2)")
    trace = bpy.data.objects["two PC.soma (2)(0.5)"]
    assert min(vertex.co.y for vertex in trace.data.vertices) > 500


@pytest.mark.slow
@fast_first("exchange", ["make_single", "share_material", "color_by_voltage"])
def test_figures_follow_another_material(bpy, cell, exchange):
    """Color bar and trace explain the material that the neuron has by now."""
    from blender_spike.color.coloring import material_of, set_material

    first, second = load(bpy, cell), load(bpy, cell)
    bpy.ops.blender_spike.color_by_voltage(v_min=-70, v_max=10)
    first.select_set(True)
    if exchange == "make_single":
        bpy.ops.blender_spike.share_material()
    bpy.context.view_layer.objects.active = first
    second.select_set(exchange != "color_by_voltage")
    bpy.ops.blender_spike.add_trace(section="soma")
    bpy.ops.blender_spike.add_color_bar()
    if exchange == "color_by_voltage":
        set_material(first, None)
    bar = next(thing for thing in bpy.data.objects if thing.name.startswith("cell color bar"))
    trace = next(thing for thing in bpy.data.objects if thing.name.startswith("cell soma"))
    before = input_of(bar, "Material")
    if exchange == "share_material":
        bpy.context.view_layer.objects.active = second
    getattr(bpy.ops.blender_spike, exchange)()
    now = material_of(first)
    assert now != before
    assert input_of(bar, "Material") == input_of(trace, "Neuron Material") == now
    first.select_set(True)
    second.select_set(False)
    bpy.context.view_layer.objects.active = first
    bpy.ops.blender_spike.color_by_voltage(v_min=-60, v_max=20)
    evaluated = bar.evaluated_get(bpy.context.evaluated_depsgraph_get())
    assert [input_of(evaluated, n) for n in ("From", "To")] == pytest.approx([-60, 20])


@pytest.mark.slow
def test_reload_after_a_trace_was_deleted_by_hand(bpy, cell):
    neuron = load(bpy, cell)
    bpy.ops.blender_spike.add_trace(section="soma")
    bpy.data.objects.remove(bpy.data.objects["cell soma(0.5)"])
    bpy.context.view_layer.objects.active = neuron
    assert bpy.ops.blender_spike.reload() == {"FINISHED"}


@pytest.mark.slow
def test_traces_of_sections_that_are_gone_are_told_of(bpy, cell, capfd):
    load(bpy, cell)
    bpy.ops.blender_spike.add_trace(section="dend[1]")
    write(cell, simulation(branched()[:1], 4))
    bpy.ops.blender_spike.reload()
    assert "'dend[1]': no longer in the file" in capfd.readouterr().out


@pytest.mark.slow
def test_several_neurons_are_reloaded_all_or_none(bpy, cell, tmp_path):
    """Where the file does not suit one of them, none is changed."""
    from spike_export.networks.point_network import point_network

    first, second = load(bpy, cell), load(bpy, cell, um_per_unit=50)
    first.select_set(True)
    datas = [first.data, second.data]
    points = point_network(np.zeros((2, 3)), np.arange(3.0), np.zeros((3, 2)))
    write(cell, points)
    with pytest.raises(RuntimeError, match="it holds a network of points"):
        bpy.ops.blender_spike.reload()
    assert [first.data, second.data] == datas


@pytest.mark.slow
def test_figures_with_other_modifiers_and_without_their_own(bpy, cell):
    """One moved on top changes nothing; what was made a plain mesh is no figure any more."""
    from blender_spike.figures import adding, owned

    neuron = load(bpy, cell)
    trace = adding.add_trace(bpy.context, neuron)
    bar = adding.add_color_bar(bpy.context, neuron)
    label = adding.add_time_label(bpy.context, neuron)
    for figure in (trace, trace.parent, bar, label):
        figure.modifiers.new("Bevel", "BEVEL")
        figure.modifiers.move(1, 0)
    bar.modifiers.clear()
    label.modifiers.remove(label.modifiers[1])
    bpy.ops.blender_spike.reload()
    assert owned.figures_of(neuron) == [trace.parent, trace]
    assert owned.modifier_of(trace).node_group.name == "BlenderSpike: Trace"


@pytest.mark.slow
def test_a_figure_where_the_scene_looks_through_an_empty(bpy, cell):
    """A camera is made then."""
    from blender_spike.figures import adding

    neuron = load(bpy, cell)
    empty = bpy.context.scene.camera = bpy.data.objects.new("Empty", None)
    bar = adding.add_scale_bar(bpy.context, neuron)
    assert bar.parent.parent.parent == bpy.context.scene.camera != empty


@pytest.fixture
def flat(bpy):
    """A camera one unit wide, straight above the origin, and pixels of exact colors."""
    return exact_view(bpy, 1.0, (100, 100))


@pytest.mark.slow
def test_color_bar_shows_the_neurons_colors(bpy, flat, cell, tmp_path):
    """Pixels within 3/255 of matplotlib's, plain whatever the glow, and again after a change."""
    neuron = load(bpy, cell)
    neuron.hide_render = True
    bpy.ops.blender_spike.add_color_bar(placement="SCENE")
    bar = bpy.data.objects["cell color bar"]
    bar.matrix_world.identity()
    bar.location = (-0.1, -0.4, 0)
    from blender_spike.common.nodes.modifiers import set_inputs

    set_inputs(bar.modifiers[0], {"Width": 0.2, "Length": 0.8})
    for colormap, low, high, reverse in (("plasma", -80, 40, False), ("coolwarm", -60, 0, True)):
        bpy.ops.blender_spike.color_by_voltage(
            colormap=colormap, v_min=low, v_max=high, reverse=reverse, strength=5, rest_glow=0.0
        )
        flat.render.filepath = str(tmp_path / "bar.png")
        bpy.ops.render.render(write_still=True)
        column = read_pixels(tmp_path / "bar.png")[:, 50]
        height = 1 - (np.arange(100) + 0.5) / 100 - 0.1
        inside = (height > 0.02) & (height < 0.78)
        colors = np.array(mpl.colormaps[colormap + "_r" * reverse](height / 0.8))[:, :3] * 255
        assert np.abs(column[inside] - colors[inside]).max() <= 3
        assert column[:8].max() == 0
        evaluated = bar.evaluated_get(bpy.context.evaluated_depsgraph_get())
        assert [input_of(evaluated, n) for n in ("From", "To")] == pytest.approx([low, high])


@pytest.mark.slow
def test_color_bar_follows_its_material_after_it_was_saved(bpy, cell, tmp_path):
    load(bpy, cell)
    bpy.ops.blender_spike.add_color_bar()
    bpy.ops.blender_spike.color_by_voltage(v_min=-70, v_max=10)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "bar.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "bar.blend"))

    def ends():
        bar = bpy.data.objects["cell color bar"]
        evaluated = bar.evaluated_get(bpy.context.evaluated_depsgraph_get())
        return [input_of(evaluated, name) for name in ("From", "To")]

    assert ends() == pytest.approx([-70, 10])
    neuron = bpy.data.objects["cell"]
    bpy.context.view_layer.objects.active = neuron
    bpy.ops.blender_spike.color_by_voltage(v_min=-60, v_max=20)
    assert ends() == pytest.approx([-60, 20])


@pytest.mark.slow
@pytest.mark.parametrize(("um_per_unit", "scale"), [(100.0, 1.0), (20.0, 0.3)])
def test_scale_bar_in_the_scene_has_its_length(bpy, cell, um_per_unit, scale):
    neuron = load(bpy, cell, um_per_unit=um_per_unit)
    neuron.scale = (scale,) * 3
    bpy.context.view_layer.update()
    bpy.ops.blender_spike.add_scale_bar(length_um=40, placement="SCENE")
    bar = bpy.data.objects["cell scale bar"]
    points = drawn(bpy, bar)[0][:4]
    size = bar.matrix_world.to_scale().x
    assert np.ptp(points[:, 0]) * size == pytest.approx(40 / um_per_unit * scale, rel=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["PERSP", "ORTHO"])
def test_scale_bar_in_the_picture_is_as_long_as_it_looks(bpy, cell, kind):
    """Beside a length at the neuron's middle, through the same lens, at any zoom and distance."""
    from bpy_extras.object_utils import world_to_camera_view
    from mathutils import Vector

    scene = bpy.context.scene
    neuron = load(bpy, cell, um_per_unit=50)
    bpy.ops.blender_spike.frame_camera()
    camera = scene.camera
    camera.data.type = kind
    bpy.ops.blender_spike.add_scale_bar(length_um=30)
    bar = bpy.data.objects["cell scale bar"]
    for lens, scale, back in ((70, 1.0, 0.0), (35, 1.7, 0.0), (100, 0.4, 4.0)):
        camera.data.lens, camera.data.ortho_scale = lens, lens / 20
        neuron.scale = (scale,) * 3
        camera.location.z += back
        bpy.context.view_layer.update()
        bpy.context.view_layer.update()
        ends = [bar.matrix_world @ Vector(p) for p in drawn(bpy, bar)[0][:4:3].tolist()]
        seen = [world_to_camera_view(scene, camera, end).x for end in ends]
        corners = np.array(neuron.bound_box)
        middle = neuron.matrix_world @ Vector((corners.min(axis=0) + corners.max(axis=0)) / 2)
        right = camera.matrix_world.to_3x3() @ Vector((1, 0, 0))
        true = [
            world_to_camera_view(scene, camera, middle + right * side * 30 / 50 * scale).x
            for side in (-0.5, 0.5)
        ]
        assert abs(seen[1] - seen[0]) == pytest.approx(true[1] - true[0], rel=1e-3)


@pytest.mark.slow
def test_reload_brings_new_values_and_keeps_the_look(bpy, cell):
    from blender_spike.common.nodes.modifiers import set_inputs

    neuron = load(bpy, cell)
    bpy.ops.blender_spike.add_trace(section=SECTION, position=POSITION)
    bpy.ops.blender_spike.add_time_label()
    bpy.ops.blender_spike.add_color_bar()
    trace = bpy.data.objects[f"cell {SECTION}({POSITION})"]
    set_inputs(trace.modifiers[0], {"Line Width": 0.01, "Neuron's Colors": True})
    meshes = len(bpy.data.meshes)
    newer = simulation(branched(), SAMPLES, time_ms=IRREGULAR, seed=8)
    newer.values[:] *= 3
    write(cell, newer)
    bpy.ops.blender_spike.reload()
    assert input_of(trace, "Line Width") == pytest.approx(0.01)
    # Irregular samples need one holder more; the trace's old samples are gone.
    assert len(bpy.data.meshes) == meshes + 1
    for frame in (3, 17.5):
        show(bpy, frame)
        check_tip(bpy, trace, read(cell), time_shown(newer, {}, frame))
    assert input_of(trace.parent, "X To") == pytest.approx(IRREGULAR[-1])
    set_inputs(trace.parent.modifiers[0], {"X To": 5.0})
    write(cell, simulation(branched()[:1], 4))
    bpy.ops.blender_spike.reload()
    assert input_of(trace.parent, "X To") == 5.0
    assert neuron.name == "cell" and len(trace.data.vertices) == SAMPLES


@pytest.mark.slow
@fast_first("scale", [1e-6, 1e-9, 1e-14])
def test_small_values_and_slow_time(bpy, tmp_path, scale):
    """Calcium at rest is 0.00005 mM, currents are picoamperes; 100,000 frames are a slow film."""
    from blender_spike.playback.playback import fit_time

    sim = simulation(branched(), SAMPLES)
    small = replace(sim, values=(sim.values * scale).astype(np.float32))
    neuron = load(bpy, write(tmp_path / "small.pickle", small))
    fit_time(neuron, 0.0, 100_000)
    bpy.ops.blender_spike.add_trace(section=SECTION, position=POSITION)
    bpy.ops.blender_spike.add_color_bar()
    trace = bpy.data.objects[f"small {SECTION}({POSITION})"]
    for frame in (20_000, 77_777):
        show(bpy, frame)
        time_ms = frame / 99_999 * sim.time_ms[-1]
        shown_ms, shown, attribute = tip(bpy, trace)
        assert shown_ms == pytest.approx(time_ms, rel=1e-4)
        expected = sample_at(small, time_ms)[SEGMENT]
        assert shown == pytest.approx(expected, abs=1e-2 * scale)
        np.testing.assert_allclose(attribute, expected, atol=1e-2 * scale)
    bar = bpy.data.objects["small color bar"]
    _, values, on_figure = drawn(bpy, bar)
    ends = values[on_figure == 1]
    limits = neuron.blender_spike.low, neuron.blender_spike.high
    assert (ends.min(), ends.max()) == pytest.approx(limits, rel=1e-5)


def test_scale_bar_of_a_single_point(bpy, tmp_path):
    from spike_export.networks.point_network import point_network

    points = point_network(np.zeros((2, 3)), np.arange(3.0), np.zeros((3, 2)))
    load(bpy, write(tmp_path / "points.pickle", points), cells="0")
    bpy.ops.blender_spike.add_scale_bar()
    assert input_of(bpy.context.scene.objects["points scale bar"], "Length") == 10.0


@pytest.mark.slow
def test_removing_leaves_nothing(bpy, cell):
    """Axes go with their last trace; places and the clock with the last figure."""
    kinds = ("objects", "meshes", "collections")
    neuron = load(bpy, cell)
    bpy.ops.blender_spike.frame_camera()
    before = [len(getattr(bpy.data, kind)) for kind in kinds]
    bpy.ops.blender_spike.add_trace()
    bpy.ops.blender_spike.add_trace(section=SECTION)
    for name in ("color_bar", "time_label", "scale_bar"):
        getattr(bpy.ops.blender_spike, f"add_{name}")()
    bpy.ops.blender_spike.remove_figures(name="cell soma(0.5)")
    assert "cell axes" in bpy.data.objects
    bpy.ops.blender_spike.remove_figures(name=f"cell {SECTION}(0.5)")
    assert "cell axes" not in bpy.data.objects
    bpy.ops.blender_spike.remove_figures()
    after = [len(getattr(bpy.data, kind)) for kind in kinds]
    # The empty collection stays, as a user may have put something into it.
    assert after == [before[0], before[1], before[2] + 1] and neuron.name in bpy.data.objects


@pytest.mark.slow
def test_renamed_copied_and_deleted_neuron(bpy, cell):
    """Figures follow the neuron that they were made for, and outlive it without errors."""
    from blender_spike.figures.owned import figures_of

    sim = read(cell)
    neuron = load(bpy, cell)
    bpy.ops.blender_spike.add_trace(section=SECTION, position=POSITION)
    bpy.ops.blender_spike.add_scale_bar()
    trace = bpy.data.objects[f"cell {SECTION}({POSITION})"]
    neuron.name = "renamed"
    bpy.ops.object.duplicate()
    copy = bpy.context.object
    playback_inputs(copy, Start_Frame=500.0)
    assert figures_of(copy) == [] and len(figures_of(neuron)) == 3
    show(bpy, 8.5)
    check_tip(bpy, trace, sim, sim.time_ms[0] + 0.85)
    bpy.ops.blender_spike.add_trace(section=SECTION, position=POSITION)
    assert len(figures_of(copy)) == 2
    bpy.ops.object.select_all(action="DESELECT")
    neuron.select_set(True)
    bpy.ops.object.delete()
    show(bpy, 3.25)
    check_tip(bpy, trace, sim, sim.time_ms[0] + 0.325)
    bpy.data.objects.remove(neuron)
    show(bpy, 4)
    assert len(drawn(bpy, trace)[0])


@pytest.mark.slow
def test_undo_takes_a_figure_back(bpy, cell):
    load(bpy, cell)
    bpy.ops.ed.undo_push(message="imported")
    bpy.ops.blender_spike.add_trace()
    bpy.ops.ed.undo_push(message="trace")
    assert "cell axes" in bpy.data.objects
    bpy.ops.ed.undo()
    assert "cell" in bpy.data.objects and "cell axes" not in bpy.data.objects
    bpy.ops.ed.redo()
    show(bpy, 3.5)
    sim = read(cell)
    trace = bpy.data.objects["cell soma(0.5)"]
    check_tip(bpy, trace, sim, sim.time_ms[0] + 0.35, 1)


@pytest.mark.slow
def test_saved_figures_play_without_the_extension(bpy, cell, tmp_path):
    """In a fresh process with no extension and no Python allowed to run."""
    sim = read(cell)
    neuron = load(bpy, cell)
    playback_inputs(neuron, At_the_Ends="Ping-Pong", Milliseconds_per_Frame=0.23)
    bpy.ops.blender_spike.add_trace(section=SECTION, position=POSITION)
    trace = bpy.data.objects[f"cell {SECTION}({POSITION})"]
    blend = tmp_path / "figures.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(blend), copy=True)
    frames = (0, 4.25, 21, 60.5)
    script = f"""
import bpy, numpy as np
bpy.ops.wm.open_mainfile(filepath={str(blend)!r}, use_scripts=False)
assert not hasattr(bpy.types, "BLENDER_SPIKE_OT_import_simulation")
found = []
for frame in {frames}:
    bpy.context.scene.frame_set(int(frame), subframe=frame % 1)
    trace = bpy.data.objects[{trace.name!r}]
    geometry = trace.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    rows = [geometry.mesh.attributes[name].data for name in ("voltage", "figure")]
    values = [np.array([item.value for item in row]) for row in rows]
    found.append(values[0][values[1] == 1][-1])
np.save({str(tmp_path / "found.npy")!r}, found)
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    mode = {"At_the_Ends": "Ping-Pong", "Milliseconds_per_Frame": 0.23}
    for value, frame in zip(np.load(tmp_path / "found.npy"), frames, strict=True):
        expected = sample_at(sim, time_shown(sim, mode, frame))[SEGMENT]
        assert value == pytest.approx(expected, abs=TOLERANCE_MV)
    assert "cycle" not in result.stderr + result.stdout
