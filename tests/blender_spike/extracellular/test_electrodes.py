# SPDX-License-Identifier: GPL-3.0-or-later
"""What electrodes record is LFPykit's potential at their marks, in axes of their own."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.lfp import close, lfpykit_weights
from helpers.simulations import branched, simulation, with_currents

from spike_export import read, write
from spike_export.potential.segment_lines import segment_lines

UM = 50.0


@pytest.fixture
def path(tmp_path):
    return write(tmp_path / "cell.pickle", with_currents(simulation(branched(), 6)))


@pytest.fixture
def neuron(bpy, path):
    bpy.ops.blender_spike.import_simulation(filepath=str(path), um_per_unit=UM)
    return bpy.context.object


def traces(neuron):
    from blender_spike.figures.owned import traces_of

    return traces_of(neuron)


def samples_in(trace):
    points = np.empty(3 * len(trace.data.vertices), np.float32)
    trace.data.vertices.foreach_get("co", points)
    return points.reshape(-1, 3)[:, 1]


def right_at(sim, local):
    from blender_spike.cells.morphology import center_um, strands

    places = np.array(local)[None] * UM + center_um(sim, strands(sim))
    currents = sim.more["i_membrane_"].values.astype(float)
    return currents @ lfpykit_weights(segment_lines(sim), places)[0]


def mark_place(bpy, trace):
    """Where the ring around an electrode is, in world space."""
    from blender_spike.figures.trace_marks import mark_of

    mark = mark_of(trace)
    bpy.context.view_layer.update()
    graph = bpy.context.evaluated_depsgraph_get()
    geometry = mark.evaluated_get(graph).evaluated_geometry()
    vertices = np.array([v.co for v in geometry.mesh.vertices])
    matrix = np.array(mark.matrix_world)
    return vertices.mean(axis=0) @ matrix[:3, :3].T + matrix[:3, 3]


def test_a_probe_records_lfpykit_s_potentials(bpy, path, neuron):
    pytest.importorskip("lfpykit")
    bpy.ops.blender_spike.add_trace(placement="SCENE")
    neuron.location, neuron.rotation_euler = (1, 2, 3), (0, 0, 0.5)
    bpy.context.view_layer.update()
    bpy.context.scene.cursor.location = (2, 2, 3)
    settings = {"at": "PROBE", "sites": 3, "spacing_um": -40.0, "along": "Z", "placement": "SCENE"}
    assert bpy.ops.blender_spike.add_electrodes(**settings) == {"FINISHED"}
    of_voltage, *electrodes = sorted(traces(neuron), key=lambda one: "electrode" in one.name)
    assert len(electrodes) == 3 and of_voltage.parent != electrodes[0].parent
    assert len({one.parent for one in electrodes}) == 1
    first = neuron.matrix_world.inverted() @ bpy.context.scene.cursor.location
    sim = read(path)
    for number, trace in enumerate(electrodes):
        place = np.array(first) - (0, 0, number * 40 / UM)
        assert close(samples_in(trace), right_at(sim, place)) < 1e-4
        in_world = neuron.matrix_world @ type(first)(place.tolist())
        # The ring lies a little before the place, where a camera would be.
        assert np.linalg.norm(mark_place(bpy, trace) - np.array(in_world)) < 0.05


def test_axes_are_in_microvolts_whatever_is_shown(bpy, neuron):
    from blender_spike.common.figures.drawing import find_drawing
    from blender_spike.common.nodes.modifiers import input_value

    bpy.context.scene.cursor.location = (1, 0, 0)
    assert bpy.ops.blender_spike.add_electrodes(placement="SCENE") == {"FINISHED"}
    assert bpy.ops.blender_spike.add_trace(placement="SCENE") == {"FINISHED"}
    axes = {("electrode" in one.name): one.parent for one in traces(neuron)}

    def unit(of_electrode):
        return input_value(find_drawing(axes[of_electrode]), "Y Unit").value

    assert (unit(True), unit(False)) == ("µV", "v (mV)")
    bpy.ops.blender_spike.choose_quantity(quantity="i_membrane_")
    assert (unit(True), unit(False)) == ("µV", "i_membrane_ (nA)")


def test_reloaded_they_record_the_new_data_or_say_that_they_do_not(bpy, path, neuron, capfd):
    pytest.importorskip("lfpykit")
    bpy.context.scene.cursor.location = (1, 0.5, 0)
    bpy.ops.blender_spike.add_electrodes(placement="SCENE")
    (trace,) = traces(neuron)
    other = with_currents(simulation(branched(), 9, seed=4), seed=5)
    write(path, other)
    assert bpy.ops.blender_spike.reload() == {"FINISHED"}
    assert close(samples_in(trace), right_at(other, (1, 0.5, 0))) < 1e-4
    before = samples_in(trace)
    write(path, simulation(branched(), 9, seed=6))
    assert bpy.ops.blender_spike.reload() == {"FINISHED"}
    said = "".join(capfd.readouterr())
    assert "'cell electrode 1': no longer in the file, so these traces still show" in said
    assert np.array_equal(samples_in(trace), before)


@pytest.mark.slow
def test_of_combined_neurons_they_stay_at_their_places(bpy, path, neuron):
    pytest.importorskip("lfpykit")
    bpy.ops.blender_spike.import_simulation(filepath=str(path), um_per_unit=UM)
    other = bpy.context.object
    other.location = (6, 0, 0)
    bpy.context.view_layer.update()
    bpy.context.scene.cursor.location = (7, 1, 0)
    bpy.ops.blender_spike.add_electrodes(placement="SCENE")
    neuron.select_set(True)
    bpy.context.view_layer.objects.active = neuron
    assert bpy.ops.blender_spike.combine() == {"FINISHED"}
    (trace,) = traces(neuron)
    sim = read(path)
    right = right_at(sim, (7, 1, 0)) + right_at(sim, (1, 1, 0))
    assert close(samples_in(trace), right) < 1e-4
    assert np.linalg.norm(mark_place(bpy, trace) - (7, 1, 0)) < 0.1


def test_what_cannot_be_recorded(bpy, neuron, tmp_path):
    with pytest.raises(RuntimeError, match="No other objects are selected; select 1 to 12"):
        bpy.ops.blender_spike.add_electrodes(at="SELECTED")
    path = write(tmp_path / "plain.pickle", simulation(branched()))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    with pytest.raises(RuntimeError, match="'plain' has no membrane currents"):
        bpy.ops.blender_spike.add_electrodes()
    assert not traces(bpy.context.object)


def test_removed_they_leave_nothing(bpy, neuron):
    before = {thing.name for thing in bpy.data.objects}
    bpy.ops.blender_spike.add_electrodes(placement="SCENE", at="PROBE", sites=2)
    assert bpy.ops.blender_spike.remove_figures() == {"FINISHED"}
    assert {thing.name for thing in bpy.data.objects} == before
