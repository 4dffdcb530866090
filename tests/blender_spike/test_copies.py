# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of a neuron and of its figures, made in each of Blender's ways, are on their own."""

from __future__ import annotations

import numpy as np
import pytest
from libraries import bring, save_as_library
from simulations import branched, simulation

from spike_export import read, write

SAMPLES = 30
FIGURES = ("trace", "time_label", "color_bar", "scale_bar")


@pytest.fixture(params=["regular", "irregular"])
def cell(request, tmp_path):
    steps = np.full(SAMPLES - 1, 0.1)
    if request.param == "irregular":
        steps = np.random.default_rng(1).uniform(0.01, 0.5, SAMPLES - 1)
    times = np.cumsum(np.r_[1.5, steps])
    return write(tmp_path / "cell.pickle", simulation(branched(), SAMPLES, time_ms=times))


def load(bpy, path):
    bpy.ops.blender_spike.import_simulation(filepath=str(path), style="STRANDS")
    neuron = bpy.context.object
    for figure in FIGURES:
        getattr(bpy.ops.blender_spike, f"add_{figure}")()
    return neuron


def together(neuron):
    """The neuron and all that is drawn about it."""
    from blender_spike.figures import figures_of

    found = [neuron, *figures_of(neuron)]
    return [*found, *(child for f in found for child in f.children if child not in found)]


def play(neuron, **values):
    from blender_spike.common.modifiers import set_inputs
    from blender_spike.playback import find_modifier

    inputs = {name.replace("_", " "): value for name, value in values.items()}
    set_inputs(find_modifier(neuron), inputs)


def figure_of(neuron, kind):
    from blender_spike.figures import figures_of
    from blender_spike.properties import about_figure

    (found,) = [f for f in figures_of(neuron) if about_figure(f).kind == kind]
    return found


def shown_ms(bpy, neuron):
    """The time at the trace's dot, by its place in the axes."""
    from blender_spike.common.figures import find_drawing
    from blender_spike.common.modifiers import input_value

    trace = figure_of(neuron, "TRACE")
    # The ball is the last that is drawn.
    x = corners(bpy, trace)[-162:, 0].mean()
    axes = find_drawing(trace.parent)
    low, high, width = (input_value(axes, n).value for n in ("X From", "X To", "Width"))
    return low + x / width * (high - low)


def label_of(bpy, neuron):
    """Corners of the time label's letters."""
    return corners(bpy, figure_of(neuron, "TIME_LABEL"))


def corners(bpy, figure):
    # In a variable, because its parts are gone as soon as it is.
    geometry = figure.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    return np.array([vertex.co for vertex in geometry.mesh.vertices])


def duplicated(bpy, things, *, linked):
    bpy.ops.object.select_all(action="DESELECT")
    for thing in things:
        thing.select_set(True)
    bpy.context.view_layer.objects.active = things[0]
    bpy.ops.object.duplicate(linked=linked)
    return bpy.context.view_layer.objects.active


def by_duplicating(bpy, neuron, folder):
    return neuron, duplicated(bpy, together(neuron), linked=False)


def by_linked_duplicating(bpy, neuron, folder):
    return neuron, duplicated(bpy, together(neuron), linked=True)


def by_making_single_user(bpy, neuron, folder):
    copy = duplicated(bpy, together(neuron), linked=True)
    bpy.ops.object.make_single_user(
        object=True, obdata=True, material=True, animation=True, obdata_animation=True
    )
    return neuron, copy


def by_pasting(bpy, neuron, folder):
    bpy.ops.object.select_all(action="DESELECT")
    for thing in together(neuron):
        thing.select_set(True)
    before = set(bpy.data.objects)
    with bpy.context.temp_override(selected_objects=together(neuron)):
        bpy.ops.view3d.copybuffer()
    bpy.ops.view3d.pastebuffer()
    return neuron, the_neuron(set(bpy.data.objects) - before)


def by_appending_twice(bpy, neuron, folder):
    names = [thing.name for thing in together(neuron)]
    blend = save_as_library(bpy, folder)
    first = bring(bpy, blend, *names, link=False)
    return the_neuron(first), the_neuron(bring(bpy, blend, *names, link=False))


def the_neuron(things):
    from blender_spike.playback import find_modifier

    (found,) = [thing for thing in things if find_modifier(thing)]
    return found


WAYS = [
    by_duplicating, by_linked_duplicating, by_making_single_user, by_pasting, by_appending_twice,
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_a_copys_figures_follow_the_copy_alone(bpy, cell, tmp_path, way):
    sim = read(cell)
    neuron, copy = way(bpy, load(bpy, cell), tmp_path)
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


@pytest.mark.parametrize("way", WAYS)
def test_reloading_a_copy_leaves_the_original(bpy, cell, tmp_path, way):
    from blender_spike.build import reload_simulation

    neuron, copy = way(bpy, load(bpy, cell), tmp_path)
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


def voltages(bpy, neuron):
    depsgraph = bpy.context.evaluated_depsgraph_get()
    geometry = neuron.evaluated_get(depsgraph).evaluated_geometry()
    data = geometry.curves.attributes["voltage"].data
    row = np.empty(len(data), np.float32)
    data.foreach_get("value", row)
    return row
