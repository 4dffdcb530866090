# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes of cells from a file, as one object whose vertices have the cells' values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.neuron_meshes import box
from helpers.simulations import branched, simulation

from spike_export import merge, write
from spike_export.connectome.cells import with_activity
from spike_export.connectome.mesh_cells import simulation_of_meshes
from spike_export.connectome.neuron_meshes import NeuronMesh, joined_meshes
from spike_export.edit.rise_and_decay import Kernel


def boxes(count=3):
    meshes = [NeuronMesh(str(n), *box((1, 2, n + 3), (20 * n, 0, 0))) for n in range(count)]
    return simulation_of_meshes(joined_meshes(meshes))


def load(bpy, path, sim, **settings):
    filepath = str(write(path / "meshes.pickle", sim))
    bpy.ops.blender_spike.import_simulation(filepath=filepath, um_per_unit=10, **settings)
    return bpy.context.object


def style_of(neuron):
    from blender_spike.common.nodes.modifiers import input_value
    from blender_spike.playback.playback import find_modifier

    return input_value(find_modifier(neuron), "Style")


def drawn(bpy, neuron):
    """Places, values and number of faces of the mesh that is drawn."""
    geometry = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    mesh = geometry.mesh
    if mesh is None or not len(mesh.vertices):
        return np.empty((0, 3)), np.empty(0), 0
    places = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", places)
    values = np.empty(len(mesh.vertices), np.float32)
    mesh.attributes["voltage"].data.foreach_get("value", values)
    return places.reshape(-1, 3), values, len(mesh.polygons)


def test_each_vertex_has_its_cells_value(bpy, tmp_path):
    """In its place, at the file's scale, in one object with one material."""
    sim = boxes()
    neuron = load(bpy, tmp_path, sim, center=False)
    assert style_of(neuron).value == "Surfaces" and len(bpy.context.scene.objects) == 1
    places, values, faces = drawn(bpy, neuron)
    assert faces == 36
    np.testing.assert_allclose(places, sim.surfaces.vertices / 10, atol=1e-6)
    np.testing.assert_allclose(values, np.repeat(sim.values[0], 8), rtol=1e-6)


def test_they_light_up_at_spikes(bpy, tmp_path):
    """Between two frames, too, and after the file is saved and opened again."""
    spikes = {1: np.array([3.0]), 2: np.array([6.0])}
    pytest.importorskip("scipy")
    sim = with_activity(boxes(), spikes, Kernel(1.0, 4.0), 1.0, 12.0)
    load(bpy, tmp_path, sim)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "a.blend"))
    neuron = bpy.data.objects["meshes"]
    scene = bpy.context.scene
    for frame in (0, 3, 4.5, 7):
        scene.frame_set(scene.frame_start + int(frame), subframe=frame % 1)
        expected = [np.interp(frame, np.arange(13), row) for row in sim.values.T]
        np.testing.assert_allclose(drawn(bpy, neuron)[1], np.repeat(expected, 8), atol=1e-5)


def test_some_cells_and_each_alone(bpy, tmp_path):
    sim = boxes()
    neuron = load(bpy, tmp_path, sim, cells="1-2", center=False)
    places, values, _ = drawn(bpy, neuron)
    np.testing.assert_allclose(places, sim.surfaces.vertices[8:] / 10, atol=1e-6)
    np.testing.assert_allclose(values, np.repeat(sim.values[0][1:], 8), rtol=1e-6)
    bpy.ops.blender_spike.import_simulation(
        filepath=str(tmp_path / "meshes.pickle"), object_per_cell=True
    )
    alone = bpy.data.objects["2"]
    _, values, faces = drawn(bpy, alone)
    assert faces == 12 and values == pytest.approx([sim.values[0][2]] * 8)


def test_cells_without_a_mesh_are_tubes(bpy, tmp_path):
    """And all are in other styles: the lines that stand for meshes."""
    sim = boxes()
    bare = replace(
        simulation(branched(), 1), quantity=sim.quantity, unit=sim.unit, time_ms=np.zeros(1)
    )
    neuron = load(bpy, tmp_path, merge([bare, sim]), center=False)
    places, _, faces = drawn(bpy, neuron)
    assert faces > 36 and places[:, 1].max() > 8
    style_of(neuron).value = "Tubes"
    neuron.update_tag()
    assert not (drawn(bpy, neuron)[0][:, None] == sim.surfaces.vertices / 10).all(2).any()
    # What has none at all is the same in both styles.
    bpy.ops.blender_spike.import_simulation(
        filepath=str(write(tmp_path / "bare.pickle", bare)), style="SURFACES"
    )
    other = bpy.context.object
    as_surfaces = drawn(bpy, other)
    style_of(other).value = "Tubes"
    other.update_tag()
    np.testing.assert_array_equal(as_surfaces[0], drawn(bpy, other)[0])
    assert len(as_surfaces[0]) > 100


def test_hidden_reloaded_and_not_combined(bpy, tmp_path):
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier

    neuron = load(bpy, tmp_path, boxes())
    set_inputs(find_modifier(neuron), {"Show Other": False})
    neuron.update_tag()
    assert drawn(bpy, neuron)[2] == 0
    set_inputs(find_modifier(neuron), {"Show Other": True})
    write(tmp_path / "meshes.pickle", boxes(5))
    bpy.ops.blender_spike.reload()
    assert drawn(bpy, neuron)[2] == 60
    write(tmp_path / "meshes.pickle", replace(boxes(5), surfaces=None))
    bpy.ops.blender_spike.reload()
    assert drawn(bpy, neuron)[2] not in (0, 60)
    second = load(bpy, tmp_path, boxes())
    neuron.select_set(True)
    second.select_set(True)
    with pytest.raises(RuntimeError, match="has meshes of its cells; merge their files instead"):
        bpy.ops.blender_spike.combine()
