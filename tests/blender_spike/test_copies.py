# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of a neuron and of its figures, made in each of Blender's ways, are on their own."""

from __future__ import annotations

import lzma
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers.copying import append_by_hand, by_every_way, duplicating, seen
from helpers.fast import fast_first
from helpers.libraries import bring, save_as_library
from helpers.simulations import branched, simulation

from spike_export import read, write
from spike_export.networks.point_network import point_network

SAMPLES = 30
CELLS = 7
FIGURES = ("trace", "time_label", "color_bar", "scale_bar")
OLDER = Path(__file__).resolve().parent / "scenes" / "figures_0.1.0.blend.xz"


@pytest.fixture
def cell(tmp_path):
    """Its samples are irregular, so the times are in its data as well."""
    steps = np.random.default_rng(1).uniform(0.01, 0.5, SAMPLES - 1)
    times = np.cumsum(np.r_[1.5, steps])
    return write(tmp_path / "cell.pickle", simulation(branched(), SAMPLES, time_ms=times))


@pytest.fixture
def points(tmp_path):
    random = np.random.default_rng(2)
    places = random.uniform(-100, 100, (CELLS, 3))
    pairs = np.stack([np.arange(CELLS), np.roll(np.arange(CELLS), 1)], axis=1)
    net = point_network(places, np.arange(4.0), random.random((4, CELLS)), connections=pairs)
    return write(tmp_path / "net.pickle", net)


def load(bpy, path):
    """A neuron, and its figures with what belongs to them."""
    from blender_spike.figures.owned import figures_of

    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    neuron = bpy.context.object
    for figure in FIGURES:
        getattr(bpy.ops.blender_spike, f"add_{figure}")()
    bpy.context.view_layer.update()
    figures = figures_of(neuron)
    titles = [child for f in figures for child in f.children if child not in figures]
    return [neuron, *figures, *titles]


def play(neuron, **values):
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier

    inputs = {name.replace("_", " "): value for name, value in values.items()}
    set_inputs(find_modifier(neuron), inputs)


def figure_of(neuron, kind):
    from blender_spike.figures.owned import figures_of
    from blender_spike.properties import about_figure

    (found,) = [f for f in figures_of(neuron) if about_figure(f).kind == kind]
    return found


def corners(bpy, figure):
    # In a variable, because its parts are gone as soon as it is.
    geometry = figure.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    mesh = geometry.mesh
    # Not those that are alone, which are for EEVEE's motion blur.
    drawn = np.unique([corner for face in mesh.polygons for corner in face.vertices])
    return np.array([vertex.co for vertex in mesh.vertices])[drawn]


def shown_ms(bpy, neuron):
    """The time at the trace's dot, by its place in the axes."""
    from blender_spike.common.figures.drawing import find_drawing
    from blender_spike.common.nodes.modifiers import input_value

    trace = figure_of(neuron, "TRACE")
    # The ball is the last that is drawn.
    x = corners(bpy, trace)[-162:, 0].mean()
    axes = find_drawing(trace.parent)
    low, high, width = (input_value(axes, n).value for n in ("X From", "X To", "Width"))
    return low + x / width * (high - low)


def label_of(bpy, neuron):
    return corners(bpy, figure_of(neuron, "TIME_LABEL"))


def voltages(bpy, neuron):
    geometry = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    whole = geometry.mesh if geometry.curves is None else geometry.curves
    data = whole.attributes["voltage"].data
    row = np.empty(len(data), np.float32)
    data.foreach_get("value", row)
    return row


@pytest.mark.slow
@by_every_way
def test_a_copys_figures_follow_the_copy_alone(bpy, cell, tmp_path, way):
    sim = read(cell)
    (neuron, *_), (copy, *_) = way(bpy, load(bpy, cell), tmp_path)
    assert neuron != copy
    first, last = sim.time_ms[0], sim.time_ms[-1]
    pace = (last - first) / (SAMPLES - 1)
    play(copy, Milliseconds_per_Frame=pace / 2)
    bpy.context.scene.frame_set(10)
    assert shown_ms(bpy, neuron) == pytest.approx(first + 10 * pace, abs=1e-4 * last)
    assert shown_ms(bpy, copy) == pytest.approx(first + 5 * pace, abs=1e-4 * last)
    play(neuron, Use_Time=True, Time=last)
    bpy.context.view_layer.update()
    at_end = label_of(bpy, neuron)
    assert shown_ms(bpy, neuron) == pytest.approx(last, abs=1e-4 * last)
    assert shown_ms(bpy, copy) == pytest.approx(first + 5 * pace, abs=1e-4 * last)
    play(copy, Use_Time=True, Time=last)
    bpy.context.view_layer.update()
    np.testing.assert_allclose(label_of(bpy, copy), at_end, atol=1e-6)


@pytest.mark.slow
@by_every_way
def test_reloading_a_copy_leaves_the_original(bpy, cell, tmp_path, way):
    from blender_spike.building.build import reload_simulation

    (neuron, *_), (copy, *_) = way(bpy, load(bpy, cell), tmp_path)
    sim = read(cell)
    bpy.context.scene.frame_set(SAMPLES)
    before = shown_ms(bpy, neuron), voltages(bpy, neuron)
    longer = simulation(branched(), SAMPLES, time_ms=2 * sim.time_ms, seed=5)
    reload_simulation([copy], write(tmp_path / "longer.pickle", longer))
    bpy.context.view_layer.update()
    assert shown_ms(bpy, copy) == pytest.approx(2 * sim.time_ms[-1], rel=1e-4)
    assert shown_ms(bpy, neuron) == pytest.approx(before[0], rel=1e-6)
    np.testing.assert_array_equal(voltages(bpy, neuron), before[1])
    assert np.abs(voltages(bpy, copy) - before[1]).max() > 1
    # What neither needs is gone.
    reload_simulation([neuron], cell)
    held = [thing.name for thing in bpy.data.objects if thing.hide_viewport]
    kept = [c for c in bpy.data.collections if c.hide_viewport]
    assert len(kept) == 2 and sorted(held) == sorted(o.name for c in kept for o in c.objects)


@by_every_way
def test_a_copys_layouts_are_its_own(bpy, points, tmp_path, way):
    from blender_spike.building.build import reload_simulation
    from blender_spike.playback.network import (
        drawn_places,
        layouts_of,
        make_layout,
        places_of,
        set_layout,
    )

    bpy.ops.blender_spike.import_simulation(filepath=str(points))
    thing = bpy.context.object
    make_layout(thing, "Circle")
    (network,), (copy,) = way(bpy, [thing], tmp_path)
    circle = places_of(network, "circle")
    set_layout(copy, "circle", 2 * circle)
    set_layout(copy, "own", 3 * circle)
    play(network, To="circle", Mix=1.0)
    play(copy, To="circle", Mix=1.0)
    bpy.context.view_layer.update()
    np.testing.assert_allclose(drawn_places(network), circle, atol=1e-6)
    np.testing.assert_allclose(drawn_places(copy), 2 * circle, atol=1e-6)
    assert layouts_of(network) == ["circle"]
    reload_simulation([network, copy], points)
    bpy.context.view_layer.update()
    np.testing.assert_allclose(drawn_places(network), circle, atol=1e-6)
    np.testing.assert_allclose(drawn_places(copy), 2 * circle, atol=1e-6)
    np.testing.assert_allclose(places_of(copy, "own"), 3 * circle, atol=1e-6)


@by_every_way
def test_a_copys_way_is_its_own(bpy, points, tmp_path, way):
    """Keyframes too, which linked duplicates share."""
    from blender_spike.common.nodes.modifiers import input_value
    from blender_spike.playback.network import animate_mix
    from blender_spike.playback.playback import find_modifier

    bpy.ops.blender_spike.import_simulation(filepath=str(points))
    thing = bpy.context.object
    animate_mix(thing, 0, 10)
    (network,), (copy,) = way(bpy, [thing], tmp_path)
    animate_mix(copy, 0, 20)
    bpy.context.scene.frame_set(10)
    mixes = [input_value(find_modifier(one), "Mix").value for one in (network, copy)]
    assert mixes == pytest.approx([1.0, 0.5])


def test_layouts_of_a_linked_neuron_s_local_copy(bpy, points, tmp_path):
    """What is linked cannot be changed, and the object that holds the cells still is."""
    from blender_spike.playback.network import drawn_places, places_of, set_layout

    bpy.ops.blender_spike.import_simulation(filepath=str(points))
    name = bpy.context.object.name
    (network,) = bring(bpy, save_as_library(bpy, tmp_path), name, link=True)
    network = network.make_local()
    set_layout(network, "turned", places_of(network)[:, ::-1])
    play(network, To="turned", Mix=1.0)
    blend = str(tmp_path / "own.blend")
    bpy.ops.wm.save_as_mainfile(filepath=blend)
    bpy.ops.wm.open_mainfile(filepath=blend)
    network = bpy.data.objects[name]
    np.testing.assert_allclose(drawn_places(network), places_of(network)[:, ::-1], atol=1e-6)


@pytest.mark.slow
@fast_first("what", ["cell", "points", "figure"])
def test_append_brings_nothing_else_into_view(bpy, tmp_path, points, what):
    """Of the objects that hold data nothing is loose in the scene, shown or rendered."""
    times = np.cumsum(np.random.default_rng(1).uniform(0.01, 0.5, SAMPLES))
    cell = write(tmp_path / "cell.pickle", simulation(branched(), SAMPLES, time_ms=times))
    neuron, *figures = load(bpy, points if what == "points" else cell)
    names = [thing.name for thing in (figures if what == "figure" else [neuron])]
    bpy.context.scene.frame_set(2)
    before = voltages(bpy, neuron), neuron.name
    own = {thing.name for thing in bpy.context.scene.objects}
    loose = append_by_hand(bpy, tmp_path, *names)
    assert {thing.name for thing in loose} <= own
    assert seen(bpy) <= own and before[1] in seen(bpy)
    bpy.context.scene.frame_set(2)
    np.testing.assert_array_equal(voltages(bpy, bpy.data.objects[before[1]]), before[0])


@pytest.mark.slow
def test_appending_what_was_saved_without_the_extension(bpy, cell, tmp_path):
    """The neuron keeps the collection of its data where nobody knows what it is for."""
    neuron, *_ = load(bpy, cell)
    blend = str(tmp_path / "first.blend")
    bpy.ops.wm.save_as_mainfile(filepath=blend, copy=True)
    script = f"""
import bpy
bpy.ops.wm.open_mainfile(filepath={blend!r})
assert not hasattr(bpy.types, "BLENDER_SPIKE_OT_import_simulation")
bpy.ops.outliner.orphans_purge(do_recursive=True)
bpy.ops.wm.save_mainfile()
"""
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
    bpy.ops.wm.open_mainfile(filepath=blend)
    loose = append_by_hand(bpy, tmp_path, neuron_name := bpy.data.objects["cell"].name)
    assert [thing.name for thing in loose] == [neuron_name] and seen(bpy) == {neuron_name}


@pytest.fixture
def older(bpy, tmp_path):
    """A neuron and figures that version 0.1.0 made, where these read the time from a clock."""
    blend = tmp_path / "older.blend"
    blend.write_bytes(lzma.decompress(OLDER.read_bytes()))
    names = [
        "cell", "cell axes", "cell soma(0.5)", "cell soma(0.5) title", "cell time",
        "cell color bar",
    ]  # fmt: skip
    neuron, *_ = bring(bpy, str(blend), *names, link=False)
    camera = bpy.data.objects["Film Camera"]
    bpy.context.scene.collection.objects.link(camera)
    bpy.context.scene.camera = camera
    return neuron


def test_figures_of_version_0_1_go_on_following(bpy, older):
    from blender_spike.properties import about

    assert "cell clock" in bpy.data.objects
    last = about(older).duration_ms
    play(older, Use_Time=True, Time=last / 2)
    bpy.context.view_layer.update()
    assert shown_ms(bpy, older) == pytest.approx(last / 2, rel=1e-3)


def test_figures_of_version_0_1_become_their_own(bpy, older, tmp_path):
    """As soon as one is added, with what was set and keyframed on them; then copies are right."""
    from blender_spike.common.figures.drawing import find_drawing
    from blender_spike.common.nodes.modifiers import input_value
    from blender_spike.figures.owned import figures_of
    from blender_spike.properties import about

    trace = figure_of(older, "TRACE")
    width = input_value(find_drawing(trace), "Line Width")
    for frame, value in ((1, 0.004), (3, 0.008)):
        width.value = value
        trace.keyframe_insert(width.path_from_id("value"), frame=frame)
    input_value(find_drawing(trace), "Dot Size").value = 0.02
    bpy.context.view_layer.objects.active = older
    bpy.ops.blender_spike.add_scale_bar()
    modifier = find_drawing(trace)
    assert modifier.node_group.name == "BlenderSpike: Trace"
    assert input_value(modifier, "Dot Size").value == pytest.approx(0.02)
    bpy.context.scene.frame_set(2)
    assert input_value(modifier, "Line Width").value == pytest.approx(0.006, abs=1e-3)
    things = [older, *figures_of(older)]
    things += [child for thing in things for child in thing.children if child not in things]
    _, (copy, *_) = duplicating(bpy, things, tmp_path)
    last = about(older).duration_ms
    play(copy, Use_Time=True, Time=last / 4)
    play(older, Use_Time=True, Time=last / 2)
    bpy.context.view_layer.update()
    assert shown_ms(bpy, older) == pytest.approx(last / 2, rel=1e-3)
    assert shown_ms(bpy, copy) == pytest.approx(last / 4, rel=1e-3)
