"""Synapses of imported files: what is told, what a reload keeps, combining, copies, colors."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from helpers.simulations import branched, simulation
from helpers.synapses import flashes, with_synapses

from spike_export import write
from spike_export.edit.merge import merge
from spike_export.networks.point_network import point_network

PLACES = [(1, 0.3, 0), (1, 0.8, 1), (2, 0.5, 0)]
EVENTS = [[2.0, 9.0], [5.0], [1.0, 1.5, 6.0]]
TIMES = np.arange(11.0)


def sim(places=PLACES, events=EVENTS, **more):
    made = simulation(branched(), time_ms=TIMES, frames=len(TIMES))
    return with_synapses(made, places, events, **more)


@pytest.fixture
def load(bpy, built, tmp_path):
    def importing(made, name="cell", **settings):
        from blender_spike.building.build import import_simulation

        path = write(tmp_path / f"{name}.pickle", made)
        return import_simulation(bpy.context, path, **settings)

    return importing


def value(thing, name):
    from blender_spike.common.nodes.modifiers import input_value
    from blender_spike.playback.playback import find_modifier

    return input_value(find_modifier(thing), name)


def flash_of(bpy, neuron, frame):
    value(neuron, "Synapse Shape").value = "Points"
    neuron.update_tag()
    bpy.context.scene.frame_set(frame)
    geometry = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    found = np.empty(len(geometry.pointcloud.points), np.float32)
    geometry.pointcloud.attributes["flash"].data.foreach_get("value", found)
    return found


def test_a_flash_decays_within_a_short_simulation(load):
    [short] = load(sim())
    long = dataclasses.replace(sim(), time_ms=TIMES * 20)
    assert value(short, "Flash Decay").value == pytest.approx(0.6)
    assert value(load(long, "long")[0], "Flash Decay").value == 5.0


def kinds_of(neuron):
    from blender_spike.playback.synapse_kinds import kinds_of

    return kinds_of(neuron)


def colors_of(neuron, count):
    from blender_spike.color.coloring import color_input, voltage_material

    material = voltage_material(neuron)
    return [tuple(color_input(material, f"Kind {n + 1}").default_value) for n in range(count)]


def test_each_cell_has_its_own(bpy, load):
    both = merge([sim(), sim(places=[(1, 0.5, 0)], events=[[4.0]], kinds=("NMDA",))])
    first, second = load(both, object_per_cell=True)

    np.testing.assert_allclose(flash_of(bpy, first, 6), flashes(EVENTS, 6, 1.0), atol=0.02)
    np.testing.assert_allclose(flash_of(bpy, second, 6), flashes([[4.0]], 6, 1.0), atol=0.02)
    # The kinds are the file's, so that colors are the same for all of its cells.
    assert kinds_of(first) == kinds_of(second) == ["AMPA", "GABA", "NMDA"]
    assert first.material_slots[0].material == second.material_slots[0].material


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("points", "its cells are points, so its 1 synapses are not drawn"),
        ("many", "it has 11 kinds of synapses; all from the 8th on share one color"),
        ("silent", "none of its 3 synapses has an event from 0 to 10 ms"),
        ("left", "1 of 3 synapses are on cells or sections that were left out"),
    ],
)
def test_what_is_not_as_expected_is_said(load, case, said):
    settings = {}
    if case == "points":
        made = point_network(np.arange(6.0).reshape(2, 3), TIMES, np.zeros((11, 2), np.float32))
        made = with_synapses(made, [(1, 0.5, 0)], [[3.0]])
    elif case == "many":
        made = sim(kinds=[f"kind {n}" for n in range(11)])
    elif case == "silent":
        made = sim(events=[[-5.0], [11.0], []])
    else:
        made = sim(places=[*PLACES[:2], (0, 0.5, 0)])
        settings["section_types"] = ("dend",)
    told = []
    load(made, tell=told.append, **settings)

    assert any(said in one for one in told)


def test_a_reload_keeps_the_look_unless_kinds_are_others(bpy, load, tmp_path):
    from blender_spike.building.build import reload_simulation

    [neuron] = load(sim())
    before = colors_of(neuron, 3)
    for name, setting in {
        "Synapse Size": 0.5, "Flash Decay": 2.0, "Show Kind 1": False, "Synapses": False,
    }.items():  # fmt: skip
        value(neuron, name).value = setting
    changed = [[3.0], [7.0, 8.0], []]
    reload_simulation([neuron], write(tmp_path / "next.pickle", sim(events=changed)))
    assert not value(neuron, "Synapses").value
    assert value(neuron, "Synapse Size").value == 0.5
    assert not value(neuron, "Show Kind 1").value
    assert colors_of(neuron, 3) == before
    value(neuron, "Synapses").value = True
    want = flashes([changed[1]], 9, 2.0)
    np.testing.assert_allclose(flash_of(bpy, neuron, 9), want, atol=0.02)

    other = sim(kinds=("GABA", "AMPA"))
    reload_simulation([neuron], write(tmp_path / "other.pickle", other))
    assert kinds_of(neuron) == ["GABA", "AMPA"]
    assert colors_of(neuron, 2) == before[1::-1]
    assert len(flash_of(bpy, neuron, 3)) == 3

    without = dataclasses.replace(sim(), synapses=None)
    reload_simulation([neuron], write(tmp_path / "none.pickle", without))
    assert kinds_of(neuron) == []
    reload_simulation([neuron], write(tmp_path / "again.pickle", sim()))
    np.testing.assert_allclose(flash_of(bpy, neuron, 6), flashes(EVENTS, 6, 1.0), atol=0.02)


def test_combined_neurons_have_those_of_all(bpy, load):
    from blender_spike.building.combining import combine

    [first] = load(sim(), "first")
    [second] = load(sim(places=[(3, 0.5, 0)], events=[[4.0, 4.2]], kinds=("NMDA",)), "second")
    second.location, second.scale = (3.0, 0.0, 0.0), (2.0, 2.0, 2.0)
    bpy.context.view_layer.update()
    there = places_of(bpy, second) * 2 + [3.0, 0.0, 0.0]
    here = places_of(bpy, first)
    combine(bpy.context, first, [second])

    assert kinds_of(first) == ["AMPA", "GABA", "NMDA"]
    want = flashes([*EVENTS, [4.0, 4.2]], 6, 1.0)
    np.testing.assert_allclose(flash_of(bpy, first, 6), want, atol=0.02)
    np.testing.assert_allclose(places_of(bpy, first), np.r_[here, there], atol=1e-4)
    assert len(set(colors_of(first, 3))) == 3


def places_of(bpy, neuron):
    flash_of(bpy, neuron, 0)
    geometry = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    found = np.empty((len(geometry.pointcloud.points), 3), np.float32)
    geometry.pointcloud.attributes["position"].data.foreach_get("vector", found.ravel())
    return found


@pytest.mark.parametrize("shape", ["Points", "Spheres"])
def test_mesh_copies_leave_them_out(bpy, load, shape):
    from blender_spike.meshes.mesh_copy import add_mesh_copy

    counts = []
    for made in (sim(), dataclasses.replace(sim(), synapses=None)):
        [neuron] = load(made, style="TUBES")
        value(neuron, "Synapse Shape").value = shape
        copy = add_mesh_copy(neuron, bpy.context.collection)
        bpy.context.view_layer.update()
        graph = bpy.context.evaluated_depsgraph_get()
        counts.append(len(copy.evaluated_get(graph).to_mesh().vertices))
    assert counts[0] == counts[1] > 100


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["Points", "Spheres"])
@pytest.mark.parametrize("look", ["FLAT", "GLASS_CELL", "INK_ON_WHITE"])
def test_a_flash_is_drawn_in_the_color_of_its_kind(bpy, load, tmp_path, shape, look):
    from blender_spike.color.coloring import color_input, set_look, voltage_material

    [neuron] = load(sim(places=[(1, 0.5, 0), (1, 0.5, 1)], events=[[], [3.0]]), style="TUBES")
    material = voltage_material(neuron)
    color_input(material, "Kind 2").default_value = (0.0, 0.5, 0.1, 1.0)
    color_input(material, "Hot Core").default_value = 0.0
    color_input(material, "Flash Brightness").default_value = 1.0
    material = set_look(material, look)
    assert color_input(material, "Flash Brightness").default_value == 1.0
    value(neuron, "Synapse Size").value = 0.2
    value(neuron, "Show Kind 1").value = False
    value(neuron, "Flash Growth").value = 0.0
    [place] = places_of(bpy, neuron)
    value(neuron, "Synapse Shape").value = shape
    scene = bpy.context.scene
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    scene.collection.objects.link(camera)
    scene.camera = camera
    camera.data.type, camera.data.ortho_scale = "ORTHO", 0.1
    camera.location = place + [0.0, 0.0, 9.0]
    scene.render.engine, scene.cycles.samples = "CYCLES", 1
    scene.render.resolution_x = scene.render.resolution_y = 8
    scene.view_settings.view_transform = "Raw"
    scene.render.image_settings.file_format = "OPEN_EXR"
    pixels = []
    for frame in (0, 3):
        scene.frame_set(frame, subframe=0.2 if frame else 0.0)
        scene.render.filepath = str(tmp_path / f"{frame}.exr")
        bpy.ops.render.render(write_still=True)
        image = bpy.data.images.load(scene.render.filepath)
        pixels.append(np.array(image.pixels).reshape(8, 8, 4)[4, 4, :3])

    # Rest is the same color, at 0.35 of it, on a ball that is lit from above the camera.
    dim = pixels[0] / np.array([1, 0.5, 0.1])
    assert 0.35 * 0.35 < dim[1] < 0.35 * 1.3
    # A single event takes it to 0.7.
    bright = pixels[1][1] / 0.5
    assert 0.7 < bright < 1.0
    assert pixels[1][0] < 0.05 * pixels[1][1]
    assert pixels[1][2] == pytest.approx(0.2 * pixels[1][1], rel=0.05)
