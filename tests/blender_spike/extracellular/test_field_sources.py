# SPDX-License-Identifier: GPL-3.0-or-later
"""The field of several neurons is the sum of LFPykit's potentials of each."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.lfp import close, lfpykit_weights
from helpers.simulations import branched, simulation, with_currents

from spike_export import read, write
from spike_export.potential.segment_lines import segment_lines

FRAMES = 5


def imported(bpy, path, **settings):
    bpy.ops.blender_spike.import_simulation(filepath=str(path), um_per_unit=50.0, **settings)
    return bpy.context.object


@pytest.fixture
def two(bpy, tmp_path):
    """Two cells beside each other, both selected, the first one active."""
    neurons = []
    for seed, name in ((0, "one"), (7, "two")):
        sim = with_currents(simulation(branched(), FRAMES, seed=seed), seed=seed)
        neurons.append(imported(bpy, write(tmp_path / f"{name}.pickle", sim)))
    first, second = neurons
    first.rotation_euler = (0.3, 0.1, -0.4)
    second.location, second.rotation_euler = (3, 1, 0.5), (0.2, -1, 2)
    select(bpy, *neurons)
    return neurons


def select(bpy, *things):
    for thing in bpy.context.view_layer.objects:
        thing.select_set(thing in things)
    bpy.context.view_layer.objects.active = things[0]
    bpy.context.view_layer.update()


def fields(bpy):
    return [one for one in bpy.data.objects if one.blender_spike_figure.kind == "FIELD"]


def add(bpy, **settings):
    settings = {"resolution": 12, "box_resolution": 16} | settings
    assert bpy.ops.blender_spike.add_field(**settings) == {"FINISHED"}
    return fields(bpy)[-1]


def lfpykit_sum(neurons, places, sample):
    from blender_spike.cells.morphology import center_um, strands

    total = np.zeros(len(places))
    for neuron in neurons:
        sim = read(neuron.blender_spike.filepath)
        inverse = np.array(neuron.matrix_world.inverted())
        local = (places @ inverse[:3, :3].T + inverse[:3, 3]) * 50
        currents = sim.more["i_membrane_"].values[sample].astype(float)
        weights = lfpykit_weights(segment_lines(sim), local + center_um(sim, strands(sim)))
        total += weights @ currents
    return total


def on_sheet(bpy, sheet, sample):
    from blender_spike.common.nodes.modifiers import input_value

    start = input_value(sheet.parent.modifiers[0], "Start Frame").value
    bpy.context.scene.frame_set(int(start) + sample)
    depsgraph = bpy.context.evaluated_depsgraph_get()
    geometry = sheet.evaluated_get(depsgraph).evaluated_geometry()
    mesh = geometry.mesh
    values, places = np.empty(len(mesh.vertices), np.float32), np.empty(3 * len(mesh.vertices))
    mesh.attributes["voltage"].data.foreach_get("value", values)
    mesh.vertices.foreach_get("co", places)
    matrix = np.array(sheet.matrix_world)
    return values, places.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3]


def test_potentials_add_up(bpy, two, capfd):
    pytest.importorskip("lfpykit")
    from blender_spike.extracellular.field_box import lattice_of

    sheet = add(bpy)
    assert sheet.parent == two[0]
    assert "The currents of 'one', 'two' are added." in "".join(capfd.readouterr())
    for sample in (1, FRAMES - 1):
        values, places = on_sheet(bpy, sheet, sample)
        assert close(values, lfpykit_sum(two, places, sample)) < 1e-4
    # It reaches beyond both cells, and a box as well.
    box = add(bpy, shape="SURFACES")
    size = lattice_of(box).spacing * (np.array(lattice_of(box).counts) - 1)
    corners = np.array([np.array(two[0].matrix_world.inverted() @ two[1].matrix_world.translation)])
    assert (np.abs(corners - np.array(box.matrix_basis.translation)) < size / 2).all()
    # One alone still has its own.
    select(bpy, two[1])
    alone = add(bpy)
    values, places = on_sheet(bpy, alone, 2)
    assert alone.parent == two[1] and close(values, lfpykit_sum([two[1]], places, 2)) < 1e-4


def test_it_says_when_the_other_one_is_moved_or_gone(bpy, two):
    pytest.importorskip("lfpykit")
    from blender_spike.extracellular.field_objects import outdated

    sheet = add(bpy)
    for neuron in two:
        # Both together.
        neuron.matrix_world.translation.x += 5
    bpy.context.view_layer.update()
    assert not outdated(sheet)
    two[1].location.z += 1
    bpy.context.view_layer.update()
    assert outdated(sheet) == "'two' was moved since it was computed"
    assert bpy.ops.blender_spike.update_field() == {"FINISHED"}
    assert not outdated(sheet)
    values, places = on_sheet(bpy, sheet, 2)
    assert close(values, lfpykit_sum(two, places, 2)) < 1e-4
    bpy.data.objects.remove(two[1])
    assert outdated(sheet) == "one of its other neurons is gone"
    assert bpy.ops.blender_spike.update_field() == {"FINISHED"}
    values, places = on_sheet(bpy, sheet, 2)
    assert not outdated(sheet) and close(values, lfpykit_sum(two[:1], places, 2)) < 1e-4


def test_combined_they_count_once(bpy, two):
    pytest.importorskip("lfpykit")
    from blender_spike.extracellular.field_objects import others_of, outdated

    sheet = add(bpy)
    before, places = on_sheet(bpy, sheet, 2)
    assert bpy.ops.blender_spike.combine() == {"FINISHED"}
    assert others_of(sheet) == [] and outdated(sheet)
    assert bpy.ops.blender_spike.update_field() == {"FINISHED"}
    assert close(on_sheet(bpy, sheet, 2)[0], before) < 1e-4


def test_what_has_no_currents_is_named(bpy, two, tmp_path, capfd):
    plain = imported(bpy, write(tmp_path / "plain.pickle", simulation(branched(), FRAMES)))
    select(bpy, *two, plain)
    add(bpy)
    said = "".join(capfd.readouterr())
    assert "'one', 'two' are added. 'plain' has no membrane currents, and no part in it." in said


def test_what_cannot_be_added_is_refused(bpy, two, tmp_path):
    from blender_spike.common.nodes.modifiers import input_value, set_inputs

    def refused(sentence):
        with pytest.raises(RuntimeError, match=sentence):
            bpy.ops.blender_spike.add_field(resolution=4)
        assert not fields(bpy)

    start = input_value(two[1].modifiers[0], "Start Frame").value
    set_inputs(two[1].modifiers[0], {"Start Frame": start + 40})
    refused(r"'one' and 'two' play at different times \(Start Frame\), so one field cannot")
    set_inputs(two[1].modifiers[0], {"Start Frame": start})
    two[1].scale *= 2
    bpy.context.view_layer.update()
    refused("'two' and 'one' are drawn in different scales, so their distances in µm")
    later = with_currents(simulation(branched(), FRAMES, time_ms=np.arange(FRAMES) * 0.2))
    third = imported(bpy, write(tmp_path / "three.pickle", later))
    select(bpy, two[0], third)
    refused("'one' and 'three' were recorded at different times, so their currents cannot be")
