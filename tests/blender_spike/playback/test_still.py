# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes that are made once for all frames show the same as those made in each frame."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.fast import fast_first
from helpers.simulations import branched, simulation

from spike_export import write

SETTINGS = {
    "as in the file": {},
    "thick": {"Thickness": 2.5},
    "alike": {"Homogeneity": 0.5, "Tapering": False},
    "not thin": {"Minimum Radius": 0.02},
    "round": {"Tube Resolution": 24},
    "outline": {"Soma": "As Recorded"},
    "a larger soma": {"Soma Size": 1.5},
    "without soma": {"Show Soma": False},
}


@pytest.fixture
def path(tmp_path):
    return write(tmp_path / "cell.pickle", simulation(branched(), 12, seed=4))


@pytest.fixture
def neuron(bpy, path):
    return load(bpy, path)


def load(bpy, path, style="TUBES"):
    bpy.ops.blender_spike.import_simulation(filepath=str(path), style=style)
    return bpy.context.object


def change(neuron, **settings):
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier

    set_inputs(find_modifier(neuron), settings)


def shape(neuron):
    from blender_spike.playback.playback import find_modifier
    from blender_spike.playback.still import shape_of

    return shape_of(find_modifier(neuron))


def drawn(bpy, neuron, frame=4):
    """Positions and voltages of the mesh, and whether it is the one that was kept."""
    bpy.context.scene.frame_set(frame)
    geometry = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    mesh = geometry.mesh
    if mesh is None or not len(mesh.vertices):
        return np.empty((0, 3)), np.empty(0), None
    points = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.attributes["position"].data.foreach_get("vector", points.ravel())
    voltage = np.empty(len(points), np.float32)
    mesh.attributes["voltage"].data.foreach_get("value", voltage)
    return points, voltage, "made_of" in mesh.attributes


def check_alike(bpy, neuron, kept=True):
    """As made in each frame, without the object that keeps it."""
    found = drawn(bpy, neuron)
    holder = shape(neuron)
    change(neuron, Shape=None)
    made = drawn(bpy, neuron)
    change(neuron, Shape=holder)
    assert made[2] in {False, None}
    assert found[2] in {kept, None}
    np.testing.assert_allclose(found[0], made[0], atol=1e-6)
    np.testing.assert_array_equal(found[1], made[1])
    return found


@pytest.mark.parametrize("style", ["Tubes", "Membrane", "Wireframe"])
@fast_first("settings", SETTINGS.values(), ids=SETTINGS)
def test_kept_meshes_are_those_made_in_each_frame(bpy, neuron, style, settings):
    change(neuron, Style=style, **{"Membrane Detail": 0.2}, **settings)
    points, voltage, _ = check_alike(bpy, neuron)
    assert len(points) and np.ptp(voltage) > 1


def test_nothing_shown_is_nothing(bpy, neuron):
    names = ("Soma", "Dendrites", "Apical", "Axon", "Other")
    for style in ("Tubes", "Membrane"):
        change(
            neuron,
            Style=style,
            **{"Membrane Detail": 0.2},
            **{f"Show {name}": False for name in names},
        )
        assert not len(check_alike(bpy, neuron)[0])


@pytest.mark.parametrize("linked", [False, True])
def test_a_copy_that_looks_different_makes_its_own(bpy, neuron, linked):
    bpy.ops.object.duplicate(linked=linked)
    copy = bpy.context.object
    check_alike(bpy, copy)
    change(copy, Thickness=3.0)
    thick = check_alike(bpy, copy, kept=False)
    thin = check_alike(bpy, neuron)
    assert np.ptp(thick[0][:, 0]) > np.ptp(thin[0][:, 0])
    # The original is what the shape follows.
    change(neuron, Thickness=3.0)
    np.testing.assert_array_equal(check_alike(bpy, copy)[0], thick[0])
    check_alike(bpy, neuron)
    bpy.data.objects.remove(neuron)
    assert drawn(bpy, copy)[0].shape == thick[0].shape


def test_edited_strands_are_drawn_as_they_are(bpy, neuron):
    before = check_alike(bpy, neuron)
    neuron.data.points[-1].position.x += 1.0
    neuron.data.update_tag()
    after = check_alike(bpy, neuron, kept=False)
    assert after[0][:, 0].max() > before[0][:, 0].max() + 0.5
    neuron.data.attributes["radius"].data[4].value *= 2
    neuron.data.update_tag()
    check_alike(bpy, neuron, kept=False)


def test_a_material_of_the_curves_is_shown(bpy, neuron):
    """The kept mesh has none of its own."""
    material = bpy.data.materials.new("paint")
    neuron.data.materials.clear()
    neuron.data.materials.append(material)
    neuron.material_slots[0].link = "DATA"
    neuron.data.update_tag()
    bpy.context.scene.frame_set(4)
    geometry = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    assert [one.name for one in geometry.mesh.materials] == ["paint"]


def test_values_play_and_the_shape_stays(bpy, neuron, path):
    holder = shape(neuron)
    seen = []

    def note(_scene, depsgraph):
        seen.extend(one.id.name for one in depsgraph.updates if one.is_updated_geometry)

    first = drawn(bpy, neuron, 3)
    bpy.app.handlers.depsgraph_update_post.append(note)
    bpy.app.handlers.frame_change_post.append(note)
    try:
        second = drawn(bpy, neuron, 7)
    finally:
        bpy.app.handlers.depsgraph_update_post.remove(note)
        bpy.app.handlers.frame_change_post.remove(note)
    assert neuron.name in seen and holder.name not in seen
    np.testing.assert_array_equal(first[0], second[0])
    assert np.abs(first[1] - second[1]).max() > 1
    # New values for the same cell.
    write(path, simulation(branched(), 12, seed=8))
    bpy.ops.blender_spike.reload()
    again = check_alike(bpy, neuron)
    np.testing.assert_array_equal(again[0], first[0])
    assert shape(neuron) in set(neuron.blender_spike.holders.objects)


def test_another_cell_has_another_shape(bpy, neuron, path):
    before = check_alike(bpy, neuron)
    write(path, simulation(branched()[:2], 12, seed=8))
    bpy.ops.blender_spike.reload()
    assert len(check_alike(bpy, neuron)[0]) < len(before[0])
    assert [one.name for one in bpy.data.hair_curves if not one.users] == []


def test_appended_and_linked_neurons_keep_theirs(bpy, neuron, tmp_path):
    before = drawn(bpy, neuron)
    name = neuron.name
    blend = str(tmp_path / "cell.blend")
    bpy.ops.wm.save_as_mainfile(filepath=blend)
    for linked in (False, True):
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        with bpy.data.libraries.load(blend, link=linked) as (_, wanted):
            wanted.objects = [name]
        (found,) = wanted.objects
        bpy.context.scene.collection.objects.link(found)
        again = drawn(bpy, found)
        np.testing.assert_array_equal(again[0], before[0])
        np.testing.assert_array_equal(again[1], before[1])
        assert again[2]


def test_combined_neurons_have_one_shape(bpy, neuron, path):
    alone = len(check_alike(bpy, neuron)[0])
    second = load(bpy, path)
    second.location.x = 5
    neuron.select_set(True)
    bpy.context.view_layer.objects.active = neuron
    bpy.ops.blender_spike.combine()
    assert len(check_alike(bpy, neuron)[0]) == 2 * alone
    assert len([one for one in bpy.data.objects if one.type == "CURVES"]) == 2


def test_networks_have_none(bpy, tmp_path):
    from dataclasses import replace

    points = [{"points": [[10.0 * n, 0, 0, 2]]} for n in range(3)]
    sim = replace(simulation(points), section_types=np.full(3, 4, np.uint8))
    neuron = load(bpy, write(tmp_path / "points.pickle", sim))
    assert not any("shape" in one.name for one in bpy.data.objects if one is not neuron)
