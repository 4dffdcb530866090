# SPDX-License-Identifier: GPL-3.0-or-later
"""Legends of synapses: their kinds' names, in the colors in which synapses are drawn."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from helpers.simulations import branched, simulation
from helpers.synapses import with_synapses

from spike_export import write

DOT_VERTICES = 48


def load(bpy, path, kinds=("AMPA", "GABA"), **settings):
    count = len(kinds)
    places = [(1, (number + 0.5) / count, number) for number in range(count)]
    made = with_synapses(simulation(branched()), places, [[0.1]] * count, kinds=kinds)
    file = write(path / "cell.pickle", made)
    bpy.ops.blender_spike.import_simulation(filepath=str(file), **settings)
    return bpy.context.object


def value(legend, name):
    from blender_spike.common.nodes.modifiers import input_value

    return input_value(legend.modifiers[0], name).value


def dots(bpy, legend):
    """Colors of the dots from top to bottom."""
    bpy.context.view_layer.update()
    geometry = legend.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    mesh = geometry.mesh
    if mesh is None or not len(mesh.vertices):
        return np.empty((0, 3))
    figure = np.empty(len(mesh.vertices), np.float32)
    mesh.attributes["figure"].data.foreach_get("value", figure)
    colors = np.empty((len(figure), 4), np.float32)
    mesh.attributes["figure_color"].data.foreach_get("color", colors.ravel())
    places = np.empty((len(figure), 3), np.float32)
    mesh.vertices.foreach_get("co", places.ravel())
    of_dots = figure == 1
    order = np.argsort(-places[of_dots, 1], kind="stable")[::DOT_VERTICES]
    return colors[of_dots][order, :3]


def color_of(neuron, number):
    from blender_spike.color.coloring import color_input, voltage_material

    return color_input(voltage_material(neuron), f"Kind {number}")


def test_each_kind_is_named_beside_its_color_and_follows_it(bpy, tmp_path):
    neuron = load(bpy, tmp_path)
    assert bpy.ops.blender_spike.add_synapse_legend() == {"FINISHED"}
    legend = bpy.data.objects["cell synapses legend"]
    assert [value(legend, name) for name in ("Name 1", "Name 2", "Count")] == ["AMPA", "GABA", 2]
    want = [tuple(color_of(neuron, n).default_value)[:3] for n in (1, 2)]
    np.testing.assert_allclose(dots(bpy, legend), want, atol=1e-6)

    color_of(neuron, 2).default_value = (0.1, 0.9, 0.2, 1.0)
    np.testing.assert_allclose(dots(bpy, legend)[1], (0.1, 0.9, 0.2), atol=1e-6)
    # A look makes a new material, with the same colors.
    bpy.context.view_layer.objects.active = neuron
    bpy.ops.blender_spike.set_look(look="GLASS_CELL")
    color_of(neuron, 1).default_value = (0.0, 0.0, 1.0, 1.0)
    np.testing.assert_allclose(dots(bpy, legend), [(0, 0, 1), (0.1, 0.9, 0.2)], atol=1e-6)


def test_a_reload_brings_the_new_kinds_and_keeps_own_words(bpy, tmp_path):
    from blender_spike.common.nodes.modifiers import set_inputs

    neuron = load(bpy, tmp_path)
    bpy.ops.blender_spike.add_synapse_legend()
    legend = bpy.data.objects["cell synapses legend"]
    set_inputs(legend.modifiers[0], {"Name 1": "from thalamus"})
    bpy.context.view_layer.objects.active = neuron
    bpy.ops.blender_spike.reload()
    assert value(legend, "Name 1") == "from thalamus"

    made = with_synapses(simulation(branched()), [(1, 0.5, 0)], [[0.1]], kinds=("NMDA",))
    write(tmp_path / "cell.pickle", made)
    bpy.ops.blender_spike.reload()
    assert [value(legend, name) for name in ("Name 1", "Count")] == ["NMDA", 1]
    assert len(dots(bpy, legend)) == 1
    write(tmp_path / "cell.pickle", dataclasses.replace(made, synapses=None))
    bpy.ops.blender_spike.reload()
    assert not len(dots(bpy, legend))


def test_of_many_kinds_the_last_row_stands_for_the_others(bpy, tmp_path):
    load(bpy, tmp_path, [f"kind {number}" for number in range(11)])
    bpy.ops.blender_spike.add_synapse_legend()
    legend = bpy.data.objects["cell synapses legend"]
    assert [value(legend, name) for name in ("Name 7", "Name 8", "Count")] == [
        "kind 6", "4 others", 8,
    ]  # fmt: skip
    assert len(dots(bpy, legend)) == 8


def test_a_neuron_without_synapses_has_none(bpy, tmp_path):
    file = write(tmp_path / "plain.pickle", simulation(branched()))
    bpy.ops.blender_spike.import_simulation(filepath=str(file))
    before = set(bpy.data.objects)
    with pytest.raises(RuntimeError, match="'plain' has no synapses whose kinds"):
        bpy.ops.blender_spike.add_synapse_legend()
    assert set(bpy.data.objects) == before
