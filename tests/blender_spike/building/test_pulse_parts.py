"""Pulses along axons of imported files: what is told, reloads, combining, copies, colors."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from helpers.pulses import connected, with_sources
from helpers.simulations import branched, simulation
from helpers.synapses import with_synapses

from spike_export import write

FRAME = 10.0


@pytest.fixture
def load(bpy, built, tmp_path):
    def importing(made=None, name="cells", **settings):
        from blender_spike.building.build import import_simulation

        path = write(tmp_path / f"{name}.pickle", made or connected())
        return import_simulation(bpy.context, path, **settings)

    return importing


def value(thing, name):
    from blender_spike.common.nodes.modifiers import input_value
    from blender_spike.playback.playback import find_modifier

    return input_value(find_modifier(thing), name)


def pulses(bpy, neuron, frame=FRAME):
    """The vertices of the pulses that are drawn, in world space."""
    neuron.update_tag()
    bpy.context.scene.frame_set(int(frame))
    for row in bpy.context.evaluated_depsgraph_get().object_instances:
        data = row.object.data
        if row.is_instance and row.parent.original == neuron and "thick" in data.attributes:
            found = np.empty((len(data.vertices), 3), np.float32)
            data.vertices.foreach_get("co", found.ravel())
            to_world = np.array(row.matrix_world)
            return found @ to_world[:3, :3].T + to_world[:3, 3]
    return np.empty((0, 3))


def test_what_has_no_pulses_is_said(load):
    told = []
    load(with_sources(connected(), [0, -1, 0, 0], [3.0, 1.0, np.nan, 1.0]), tell=told.append)
    [said] = told
    assert "no pulses run to synapses with events 1 whose source is no cell of it" in said
    assert "and 1 without a delay" in said
    told.clear()
    load(tell=told.append)
    assert not told
    load(object_per_cell=True, tell=told.append)
    [said] = told
    assert "pulses run within one object only, so none to the 4 synapses" in said
    told.clear()
    load(cells="post", tell=told.append)
    assert any("come from cells that were left out" in one for one in told)


def test_a_reload_keeps_what_was_set_and_takes_the_new_events(bpy, load, tmp_path):
    from blender_spike.building.build import reload_simulation

    [neuron] = load()
    before = pulses(bpy, neuron)
    assert len(before)
    value(neuron, "Axon Pulse Size").value = 0.5
    value(neuron, "Axon Pulses").value = False
    later = connected()
    moved = dataclasses.replace(later.synapses, event_times_ms=later.synapses.event_times_ms + 0.25)
    path = tmp_path / "next.pickle"
    reload_simulation([neuron], write(path, dataclasses.replace(later, synapses=moved)))
    assert not value(neuron, "Axon Pulses").value
    assert value(neuron, "Axon Pulse Size").value == 0.5
    value(neuron, "Axon Pulses").value = True
    assert np.abs(pulses(bpy, neuron).max(axis=0) - before.max(axis=0)).max() > 0.1
    none = dataclasses.replace(later, synapses=dataclasses.replace(later.synapses, sources=None))
    reload_simulation([neuron], write(path, none))
    assert not len(pulses(bpy, neuron))
    reload_simulation([neuron], write(path, later))
    value(neuron, "Axon Pulse Size").value = 0.011
    assert len(pulses(bpy, neuron)) == len(before)


def test_combined_neurons_have_the_pulses_of_all(bpy, load):
    from blender_spike.building.combining import combine
    from blender_spike.playback.synapse_kinds import pulse_counts

    times = connected().time_ms
    silent = simulation(branched(), time_ms=times, frames=len(times))
    silent = with_synapses(silent, [(1, 0.3, 0)], [[2.0]], kinds=("NMDA",))
    [first] = load(silent, "first")
    everyone = [first]
    for number in (1, 2):
        [one] = load(connected(), f"other {number}")
        one.location, one.scale = (4.0 * number, 0.0, 0.0), (number,) * 3
        value(one, "Axon Pulse Size").value = 0.02 / number
        everyone.append(one)
    bpy.context.view_layer.update()
    want = [pulses(bpy, one) for one in everyone]
    combine(bpy.context, first, everyone[1:])

    assert len(want[1]) == len(want[2]) > 0 == len(want[0])
    got = pulses(bpy, first)
    # Those of the larger one keep their size, too: 0.01 of it is 0.02 of the other.
    np.testing.assert_allclose(got, np.concatenate(want), atol=2e-4)
    assert pulse_counts(first).running == 6
    assert pulse_counts(first).no_source == 1


def test_mesh_copies_leave_them_out_and_solid_shows_them(bpy, load):
    from blender_spike.meshes.mesh_copy import add_mesh_copy
    from blender_spike.solid_colors import add_solid_colors

    [neuron] = load(style="TUBES")
    counts = []
    for on in (True, False):
        value(neuron, "Axon Pulses").value = on
        copy = add_mesh_copy(neuron, bpy.context.collection)
        assert bool(len(pulses(bpy, neuron))) == on
        graph = bpy.context.evaluated_depsgraph_get()
        counts.append(len(copy.evaluated_get(graph).to_mesh().vertices))
    assert counts[0] == counts[1] > 100
    value(neuron, "Axon Pulses").value = True
    before = len(pulses(bpy, neuron))
    add_solid_colors(neuron)
    assert len(pulses(bpy, neuron)) == before > 0


@pytest.mark.slow
@pytest.mark.parametrize("look", ["FLAT", "GLASS_CELL", "INK_ON_WHITE"])
@pytest.mark.parametrize("style", ["TUBES", "STRANDS"])
def test_a_head_is_drawn_in_the_color_of_its_kind(bpy, load, tmp_path, look, style):
    from blender_spike.color.coloring import color_input, set_look, voltage_material

    [neuron] = load(style=style)
    material = voltage_material(neuron)
    color_input(material, "Kind 2").default_value = (0.0, 0.5, 0.1, 1.0)
    color_input(material, "Hot Core").default_value = 0.0
    color_input(material, "Flash Brightness").default_value = 1.0
    set_look(material, look)
    value(neuron, "Axon Pulse Size").value = 0.1
    scene = bpy.context.scene
    # At 11 ms, half the way from the soma to the second synapse.
    value(neuron, "Use Time").value, value(neuron, "Time").value = True, 11.0
    head = pulses(bpy, neuron)[-8 * 4 : -8 * 2].mean(axis=0)
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    scene.collection.objects.link(camera)
    scene.camera = camera
    camera.data.type, camera.data.ortho_scale = "ORTHO", 0.02
    camera.location = head + [0.0, 0.0, 9.0]
    scene.render.engine, scene.cycles.samples = "CYCLES", 1
    scene.render.resolution_x = scene.render.resolution_y = 8
    scene.view_settings.view_transform = "Raw"
    scene.render.image_settings.file_format = "OPEN_EXR"
    scene.render.filepath = str(tmp_path / "head.exr")
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(scene.render.filepath)
    red, green, blue = np.array(image.pixels).reshape(8, 8, 4)[4, 4, :3]

    assert 0.6 < green / 0.5 < 1.1
    assert red < 0.05 * green
    assert blue == pytest.approx(0.2 * green, rel=0.05)
