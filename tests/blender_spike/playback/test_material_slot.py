# SPDX-License-Identifier: GPL-3.0-or-later
"""The neuron's material is in material slot 0, and one that is put there is drawn."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.fast import fast_first
from helpers.pictures import add_camera, read_pixels
from helpers.simulations import branched, simulation

from spike_export import write
from spike_export.networks.point_network import point_network


@pytest.fixture
def cell(tmp_path):
    return write(tmp_path / "cell.pickle", simulation(branched()))


def load(bpy, path, **settings):
    bpy.ops.blender_spike.import_simulation(filepath=str(path), **settings)
    return bpy.context.object


def plain(bpy, color):
    """A material that shines in one color."""
    material = bpy.data.materials.new("plain")
    tree = material.node_tree
    tree.nodes.clear()
    glow = tree.nodes.new("ShaderNodeEmission")
    glow.inputs["Color"].default_value = (*color, 1.0)
    out = tree.nodes.new("ShaderNodeOutputMaterial")
    tree.links.new(glow.outputs[0], out.inputs["Surface"])
    return material


def colors(bpy, tmp_path, engine):
    """Which of red, green and blue occur in the picture, and which of them its middle has."""
    scene = bpy.context.scene
    scene.render.engine = engine
    scene.cycles.samples = scene.eevee.taa_render_samples = 2
    scene.cycles.use_denoising = False
    scene.render.resolution_x = scene.render.resolution_y = 64
    scene.render.filepath = str(tmp_path / "picture.png")
    scene.view_settings.view_transform = "Raw"
    scene.render.dither_intensity = 0.0
    scene.world = None
    if scene.camera is None:
        add_camera(bpy, 2.0)
    bpy.ops.render.render(write_still=True)
    bright = read_pixels(tmp_path / "picture.png") > 20
    # Not black everywhere but in the middle.
    assert bright.sum() > bright[28:36, 28:36].sum()
    return [
        "".join(name for i, name in enumerate("rgb") if part[..., i].any())
        for part in (bright, bright[31:33, 31:33])
    ]


@pytest.mark.slow
def test_import_puts_the_material_into_slot_0(bpy, cell):
    from blender_spike.color.coloring import material_of, voltage_material

    neuron = load(bpy, cell)
    slot = neuron.material_slots[0]
    assert len(neuron.material_slots) == 1
    assert slot.material.name == "cell voltage"
    assert voltage_material(neuron) == material_of(neuron) == slot.material


@fast_first("link", ["OBJECT", "DATA"])
@pytest.mark.parametrize("style", ["STRANDS", "TUBES"])
@pytest.mark.parametrize(
    "engine", ["CYCLES", pytest.param("BLENDER_EEVEE", marks=pytest.mark.slow)]
)
def test_what_is_put_there_is_drawn(bpy, cell, tmp_path, engine, style, link):
    """Neurites and the soma, which is an instance, in the color of somebody's own material."""
    from blender_spike.color.coloring import material_of

    neuron = load(bpy, cell, style=style)
    neuron.material_slots[0].link = link
    for color, name in (((0, 1, 0), "g"), ((1, 0, 0), "r")):
        neuron.material_slots[0].material = plain(bpy, color)
        assert colors(bpy, tmp_path, engine) == [name, name]
    assert material_of(neuron) == neuron.material_slots[0].material


@pytest.mark.parametrize(
    "engine", ["CYCLES", pytest.param("BLENDER_EEVEE", marks=pytest.mark.slow)]
)
def test_the_modifier_s_own_material_goes_first(bpy, cell, tmp_path, engine):
    """As it is in scenes of 0.1.0, which have nothing in slot 0."""
    from blender_spike.color.coloring import make_single, material_of, share_material
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier

    first, second = load(bpy, cell, style="TUBES"), load(bpy, cell, style="TUBES")
    second.hide_render = True
    first.data.materials.clear()
    mine = plain(bpy, (0, 0, 1))
    set_inputs(find_modifier(first), {"Material": mine})
    assert material_of(first) == mine
    assert colors(bpy, tmp_path, engine) == ["b", "b"]
    # What is done to it goes on in the same place.
    assert share_material(first, [first, second]) == 1
    assert second.material_slots[0].material == mine
    assert make_single([first]) == 1
    assert material_of(first) != mine
    assert len(first.material_slots) == 0


@pytest.mark.slow
def test_linked_duplicates_can_have_materials_of_their_own(bpy, cell):
    from blender_spike.color.coloring import make_single, material_of, sharers

    neuron = load(bpy, cell)
    copy = neuron.copy()
    bpy.context.collection.objects.link(copy)
    assert copy.data == neuron.data
    assert set(sharers(material_of(neuron))) == {neuron, copy}
    assert make_single([copy]) == 1
    assert material_of(copy) != material_of(neuron)
    assert sharers(material_of(copy)) == [copy]


@pytest.mark.parametrize("connected", [True, False])
def test_a_network_s_cells_and_connections(bpy, tmp_path, connected):
    pairs = np.array([[0, 1], [1, 2]]) if connected else None
    places = np.array([[-50.0, 0, 0], [0, 0, 0], [50, 0, 0]])
    net = point_network(places, np.arange(2.0), np.ones((2, 3)), connections=pairs, diameter_um=20)
    neuron = load(bpy, write(tmp_path / "net.pickle", net))
    neuron.material_slots[0].material = plain(bpy, (0, 1, 0))
    assert colors(bpy, tmp_path, "CYCLES") == ["g", "g"]


@pytest.mark.slow
def test_reload_keeps_what_is_there(bpy, cell):
    from blender_spike.color.coloring import material_of

    neuron = load(bpy, cell)
    mine = plain(bpy, (0, 1, 0))
    neuron.material_slots[0].material = mine
    neuron.data.materials.append(plain(bpy, (1, 0, 0)))
    second = neuron.material_slots[1].material
    write(cell, simulation(branched(), seed=3))
    bpy.ops.blender_spike.reload()
    assert material_of(neuron) == mine
    assert neuron.material_slots[1].material == second


@pytest.mark.slow
def test_somebody_s_own_material_is_not_written_on(bpy, cell):
    """Color by Voltage makes one of its own, in the slot."""
    from blender_spike.color.coloring import voltage_material

    neuron = load(bpy, cell)
    mine = plain(bpy, (0, 1, 0))
    neuron.material_slots[0].material = mine
    assert voltage_material(neuron) is None
    bpy.ops.blender_spike.color_by_voltage()
    assert neuron.material_slots[0].material == voltage_material(neuron) != mine
    assert len(mine.node_tree.nodes) == 2
    assert np.allclose(mine.node_tree.nodes["Emission"].inputs["Color"].default_value, (0, 1, 0, 1))


def all_that_shows(bpy, neuron):
    """A neuron's color bar, trace and mesh copy, and a way to ask which materials they show."""
    from blender_spike.common.colormaps.followers import followed
    from blender_spike.common.figures.drawing import find_drawing
    from blender_spike.common.nodes.modifiers import input_value
    from blender_spike.meshes.mesh_copy import find_mesh_copy
    from blender_spike.properties import about_figure

    made = []
    for add in ("add_color_bar", "add_trace", "mesh_copy"):
        bpy.context.view_layer.objects.active = neuron
        there = set(bpy.data.objects)
        getattr(bpy.ops.blender_spike, add)()
        made.append(set(bpy.data.objects) - there)
    for thing in bpy.context.selected_objects:
        thing.select_set(thing == neuron)
    neuron.select_set(True)
    bpy.context.view_layer.objects.active = neuron
    (bar,) = (thing for thing in made[0] if about_figure(thing).kind == "COLOR_BAR")
    (trace,) = (thing for thing in made[1] if about_figure(thing).kind == "TRACE")
    (copy,) = made[2]
    return lambda: [
        input_value(find_drawing(bar), "Material").value,
        input_value(find_drawing(trace), "Neuron Material").value,
        followed(find_mesh_copy(copy)),
        copy.active_material,
    ]


@pytest.mark.slow
@fast_first(
    ("operator", "settings"),
    [
        ("add_time_label", {}),
        ("add_trace", {"section": "soma"}),
        ("mesh_copy", {}),
        ("film_scene", {}),
        ("set_limits", {}),
        ("fit_time", {}),
        ("choose_colormap", {"colormap": "viridis"}),
        ("export_mesh", {"filepath": "cell.ply"}),
    ],
    fast=2,
)
def test_what_shows_the_colors_follows_the_slot(bpy, cell, tmp_path, operator, settings):
    """Whatever is done next with a neuron that somebody gave another material in the slot."""
    neuron = load(bpy, cell)
    shown = all_that_shows(bpy, neuron)
    old = neuron.material_slots[0].material
    assert shown() == [old] * 4
    other = old.copy()
    neuron.material_slots[0].material = other
    if "filepath" in settings:
        settings = {"filepath": str(tmp_path / settings["filepath"])}
    assert getattr(bpy.ops.blender_spike, operator)(**settings) == {"FINISHED"}
    assert shown() == [other] * 4


@pytest.mark.slow
def test_limits_and_color_bars_need_colors(bpy, cell):
    from blender_spike.color.coloring import color_input

    first, second = load(bpy, cell), load(bpy, cell)
    material = first.material_slots[0].material
    second.material_slots[0].material = plain(bpy, (0, 1, 0))
    sentence = "is not colored by voltage, so it has no colors"
    for operator in ("set_limits", "add_color_bar"):
        with pytest.raises(RuntimeError, match=f"'{second.name}' {sentence}"):
            getattr(bpy.ops.blender_spike, operator)()
    color_input(material, "Minimum").default_value = -3.0
    first.select_set(True)
    assert bpy.ops.blender_spike.set_limits() == {"FINISHED"}
    assert color_input(material, "Minimum").default_value != -3.0
