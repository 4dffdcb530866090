# SPDX-License-Identifier: GPL-3.0-or-later
"""Neurons of released versions beside those of this one, in one file."""

from __future__ import annotations

import tarfile

import numpy as np
import pytest
from helpers.playing import voltages
from helpers.simulations import branched, several, simulation
from tools.keep_scenes import SCENES

from spike_export import write

VERSIONS = sorted(path.stem for path in SCENES.glob("*.json"))


@pytest.fixture(params=VERSIONS)
def older(bpy, request, tmp_path):
    """A neuron that a released version imported."""
    with tarfile.open(SCENES / f"{request.param}.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "blender_spike.blend"))
    return bpy.data.objects["cell"]


def inputs(neuron):
    from blender_spike.common.nodes.modifiers import input_value
    from blender_spike.playback.playback import find_modifier

    modifier = find_modifier(neuron)
    names = [
        item.name
        for item in modifier.node_group.interface.items_tree
        if item.item_type == "SOCKET" and item.in_out == "INPUT"
    ]
    return {name: getattr(input_value(modifier, name), "value", None) for name in names[1:]}


def evaluated(bpy, neuron):
    """The same for tubes and strands."""
    bpy.context.scene.frame_set(2)
    geometry = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    data = geometry.mesh.attributes["voltage"].data
    values = np.empty(len(data), np.float32)
    data.foreach_get("value", values)
    return values


@pytest.mark.slow
def test_they_have_one_quantity_and_take_more(bpy, older, tmp_path):
    """Reloaded from a file with several, each has its own limits, and the first keeps its own."""
    from blender_spike.color.coloring import color_input, material_of
    from blender_spike.playback.quantities import label_of, quantities_of

    bpy.context.view_layer.objects.active = older
    older.select_set(True)
    assert list(quantities_of(older)) == ["v"] and label_of(older) == "mV"
    with pytest.raises(RuntimeError, match=r"no quantity 'cai'; there is v\."):
        bpy.ops.blender_spike.choose_quantity(quantity="cai")
    shown = evaluated(bpy, older)
    assert bpy.ops.blender_spike.choose_quantity(quantity="v") == {"FINISHED"}
    np.testing.assert_array_equal(evaluated(bpy, older), shown)
    sim = several(simulation(branched(), seed=8))
    path = write(tmp_path / "new.pickle", sim)
    ends = [color_input(material_of(older), name) for name in ("Minimum", "Maximum")]
    before = [end.default_value for end in ends]
    assert bpy.ops.blender_spike.relink(filepath=str(path)) == {"FINISHED"}
    assert [end.default_value for end in ends] == before
    bpy.ops.blender_spike.choose_quantity(quantity="cai")
    cai = sim.more["cai"].values
    assert [end.default_value for end in ends] == pytest.approx([cai.min(), cai.max()])
    now = evaluated(bpy, older)
    assert cai[2].min() <= now.min() < now.max() <= cai[2].max()
    bpy.ops.blender_spike.choose_quantity(quantity="v")
    assert [end.default_value for end in ends] == before


@pytest.mark.slow
def test_an_import_leaves_them_as_they_are(bpy, older, tmp_path):
    """Although it brings the nodes of this version, which they use from then on."""
    from blender_spike.color.coloring import material_of
    from blender_spike.playback.playback import strands_without_data

    before, material = inputs(older), material_of(older)
    shown = evaluated(bpy, older)
    assert material is not None
    path = write(tmp_path / "new.pickle", simulation(branched(), seed=8))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    after = inputs(older)
    assert {name: after[name] for name in before} == before
    assert np.array_equal(evaluated(bpy, older), shown)
    assert material_of(older) == material
    assert strands_without_data(older) == 0


@pytest.mark.slow
def test_they_can_be_combined_with_new_ones(bpy, older, tmp_path):
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier

    path = write(tmp_path / "new.pickle", simulation(branched(), seed=8))
    bpy.ops.blender_spike.import_simulation(filepath=str(path), style="STRANDS")
    new = bpy.context.object
    wanted = voltages(bpy, new, inputs(new)["Start Frame"] + 2)
    set_inputs(find_modifier(older), {"Style": "Strands"})
    own = voltages(bpy, older, 2)
    older.select_set(True)
    bpy.context.view_layer.objects.active = older
    bpy.ops.blender_spike.combine()
    found = voltages(bpy, older, 2)
    assert found == pytest.approx(np.r_[own[:-1], wanted[:-1], own[-1], wanted[-1]], abs=1e-3)


@pytest.mark.slow
def test_what_was_joined_to_them_has_no_data(bpy, older, tmp_path):
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.common.value_color import NO_DATA_BELOW
    from blender_spike.playback.playback import find_modifier, strands_without_data

    path = write(tmp_path / "new.pickle", simulation(branched(), seed=8))
    bpy.ops.blender_spike.import_simulation(filepath=str(path), style="STRANDS")
    set_inputs(find_modifier(older), {"Style": "Strands"})
    own = voltages(bpy, older, 2)
    older.select_set(True)
    bpy.context.view_layer.objects.active = older
    bpy.ops.object.join()
    found = voltages(bpy, older, 2)
    assert np.array_equal(found[: len(own) - 1], own[:-1])
    assert (found[len(own) - 1 : -1] < NO_DATA_BELOW).all()
    assert strands_without_data(older) == 4
