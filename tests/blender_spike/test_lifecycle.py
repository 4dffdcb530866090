# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to a neuron in the course of a project; its voltages stay those of its file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers.fast import fast_first
from helpers.libraries import activate_linked_collection, bring, save_as_library
from helpers.playing import TOLERANCE_MV, expected, voltages
from helpers.simulations import branched, simulation

from spike_export import read, write


@pytest.fixture
def path(tmp_path) -> Path:
    return write(tmp_path / "cell.pickle", simulation(branched(), 12))


def imported(bpy, path):
    bpy.ops.blender_spike.import_simulation(filepath=str(path), style="STRANDS")
    return bpy.context.object


def assert_plays(bpy, neuron, path, *, frames=(0, 3.25, 11)):
    for frame in frames:
        np.testing.assert_allclose(
            voltages(bpy, neuron, frame), expected(read(path), frame * 0.1), atol=TOLERANCE_MV
        )


@pytest.mark.slow
def test_undo_and_redo(bpy, path):
    bpy.context.preferences.edit.use_global_undo = True
    bpy.ops.ed.undo_push(message="before")
    imported(bpy, path)
    bpy.ops.ed.undo_push(message="imported")
    for _ in range(2):
        bpy.ops.ed.undo()
        assert "cell" not in bpy.data.objects
        bpy.ops.ed.redo()
        assert_plays(bpy, bpy.data.objects["cell"], path)


@pytest.mark.slow
@pytest.mark.parametrize("linked", [False, True])
def test_a_copy_plays_without_the_original(bpy, path, tmp_path, linked):
    """Also after orphans are gone and the file was saved and opened."""
    neuron = imported(bpy, path)
    bpy.ops.object.duplicate(linked=linked)
    copy = bpy.context.object
    assert copy != neuron
    bpy.data.objects.remove(neuron)
    assert_plays(bpy, copy, path)
    name = copy.name
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "copy.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "copy.blend"))
    bpy.ops.outliner.orphans_purge(do_recursive=True)
    assert_plays(bpy, bpy.data.objects[name], path)


@pytest.mark.slow
def test_renaming(bpy, path):
    """Object, data, modifier, holders, material and node groups; all can be reloaded after it."""
    neuron = imported(bpy, path)
    neuron.name, neuron.data.name, neuron.modifiers[0].name = "other", "curves", "mod"
    for kind in (bpy.data.objects, bpy.data.meshes, bpy.data.materials):
        for block in list(kind):
            block.name = f"renamed {block.name}"
    assert_plays(bpy, neuron, path)
    write(path, simulation(branched(), 12, seed=8))
    bpy.ops.blender_spike.reload()
    assert_plays(bpy, neuron, path)


@pytest.mark.slow
def test_append_and_link_into_another_file(bpy, path, tmp_path):
    """In a Blender that has no extension and runs no scripts."""
    neuron = imported(bpy, path)
    blend = tmp_path / "library.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(blend), copy=True)
    script = f"""
import bpy, numpy as np
from pathlib import Path
for link in (False, True):
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    assert not hasattr(bpy.types, "BLENDER_SPIKE_OT_import_simulation")
    with bpy.data.libraries.load({str(blend)!r}, link=link) as (there, here):
        here.objects = [{neuron.name!r}]
    neuron, = here.objects
    bpy.context.collection.objects.link(neuron)
    if not link:
        neuron.name = "appended"
    saved = Path({str(tmp_path)!r}, f"link {{link}}.blend")
    bpy.ops.wm.save_as_mainfile(filepath=str(saved))
    bpy.ops.wm.open_mainfile(filepath=str(saved), use_scripts=False)
    neuron = bpy.context.scene.objects[0]
    rows = []
    for frame in (0, 5, 11):
        bpy.context.scene.frame_set(frame)
        geometry = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
        data = geometry.curves.attributes["voltage"].data
        row = np.empty(len(data), np.float32)
        data.foreach_get("value", row)
        rows.append(row)
    np.save(saved.with_suffix(".npy"), rows)
"""
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
    for link in (False, True):
        found = np.load(tmp_path / f"link {link}.npy")
        for row, frame in zip(found, (0, 5, 11), strict=True):
            known = expected(read(path), frame * 0.1)[:-1]
            np.testing.assert_allclose(row, known, atol=TOLERANCE_MV)


def linked(bpy, path, tmp_path):
    """Link an imported neuron into an empty file."""
    imported(bpy, path)
    (neuron,) = bring(bpy, save_as_library(bpy, tmp_path), "cell", link=True)
    return neuron


@pytest.mark.slow
def test_a_linked_neuron_is_reloaded_where_it_is_from(bpy, path, tmp_path):
    """A sentence says so; nothing changes."""
    neuron = linked(bpy, path, tmp_path)
    bpy.context.view_layer.objects.active = neuron
    with pytest.raises(RuntimeError, match="'cell' is linked from another .blend"):
        bpy.ops.blender_spike.reload()
    assert_plays(bpy, neuron, path)
    neuron.select_set(True)
    for change in (bpy.ops.blender_spike.color_by_voltage, bpy.ops.blender_spike.fit_time):
        with pytest.raises(RuntimeError, match="'cell' is linked from another .blend; change it"):
            change()
    assert not bpy.ops.blender_spike.set_limits.poll()
    assert bpy.ops.blender_spike.frame_camera.poll()


@pytest.mark.slow
def test_neurons_of_this_file_change_beside_a_linked_one(bpy, path, tmp_path, capfd):
    """A warning names the one that was left out."""
    theirs = linked(bpy, path, tmp_path)
    own = imported(bpy, path)
    theirs.select_set(True)
    for change in (
        lambda: bpy.ops.blender_spike.color_by_voltage(v_min=-1, v_max=1),
        lambda: bpy.ops.blender_spike.set_limits(kind="DATA"),
        lambda: bpy.ops.blender_spike.fit_time(frames=111),
        bpy.ops.blender_spike.reload,
    ):
        capfd.readouterr()
        assert change() == {"FINISHED"}
        assert "'cell' is linked from another .blend" in capfd.readouterr().out
    np.testing.assert_allclose(
        voltages(bpy, own, 111), expected(read(path), 1.1), atol=TOLERANCE_MV
    )
    assert_plays(bpy, theirs, path)


@pytest.mark.slow
@pytest.mark.parametrize("deleted", ["one", "two"])
def test_two_files_and_one_of_them_twice(bpy, path, tmp_path, deleted):
    """Each plays its own, also when one of them was selected while another came, or is gone."""
    other = write(tmp_path / "other.pickle", simulation(branched(), 9, seed=9))
    neurons = {"one": (imported(bpy, path), path), "two": (imported(bpy, other), other)}
    neurons["three"] = (imported(bpy, path), path)
    assert [o.select_get() for o, _ in neurons.values()] == [False, False, True]
    bpy.data.objects.remove(neurons.pop(deleted)[0])
    bpy.ops.outliner.orphans_purge(do_recursive=True)
    for neuron, file in neurons.values():
        assert_plays(bpy, neuron, file, frames=(0, 3.25, 8))


@pytest.mark.slow
def test_import_into_another_scene(bpy, path):
    """The one that is active gets the neuron, its frames and nothing else."""
    first = bpy.context.scene
    other = bpy.data.scenes.new("other")
    bpy.context.window.scene = other
    neuron = imported(bpy, path)
    assert neuron.name in other.objects and neuron.name not in first.objects
    assert other.frame_end == 11 and first.frame_end == 250
    assert_plays(bpy, neuron, path)
    # The same object in the first scene follows that scene's own frame.
    first.collection.objects.link(neuron)
    first.frame_set(7)
    other.frame_set(2)
    for scene, frame in ((first, 7), (other, 2)):
        geometry = neuron.evaluated_get(scene.view_layers[0].depsgraph).evaluated_geometry()
        value = geometry.curves.attributes["voltage"].data[4].value
        assert value == pytest.approx(expected(read(path), frame * 0.1)[4], abs=TOLERANCE_MV)


@pytest.mark.slow
def test_import_with_another_workspace(bpy, path):
    for workspace in bpy.data.workspaces:
        bpy.context.window.workspace = workspace
        neuron = imported(bpy, path)
        assert neuron.select_get() and bpy.context.object == neuron
        assert_plays(bpy, neuron, path, frames=(3,))


@pytest.mark.slow
@fast_first(
    ("thing", "mode"),
    [
        ("neuron", "EDIT"),
        ("neuron", "SCULPT_CURVES"),
        ("mesh", "EDIT"),
        ("mesh", "SCULPT"),
        ("mesh", "WEIGHT_PAINT"),
        ("armature", "POSE"),
    ],
)
def test_import_and_reload_in_any_mode(bpy, path, thing, mode):
    neuron = imported(bpy, path)
    if thing == "mesh":
        bpy.ops.mesh.primitive_cube_add()
    elif thing == "armature":
        bpy.ops.object.armature_add()
    bpy.ops.object.mode_set(mode=mode)
    if thing == "neuron":
        write(path, simulation(branched(), 12, seed=8))
        bpy.ops.blender_spike.reload()
        assert_plays(bpy, neuron, path)
        bpy.ops.object.mode_set(mode=mode)
    new = imported(bpy, path)
    assert bpy.context.mode == "OBJECT" and new != neuron
    assert_plays(bpy, new, path)


@pytest.mark.slow
def test_import_where_nothing_can_be_added(bpy, path, tmp_path):
    """An active collection from another file: the scene's own takes the neuron instead."""
    activate_linked_collection(bpy, tmp_path)
    neuron = imported(bpy, path)
    assert list(neuron.users_collection) == [bpy.context.scene.collection]


@pytest.mark.slow
@pytest.mark.parametrize("hidden", ["exclude", "hide_viewport"])
def test_import_into_a_hidden_collection(bpy, path, hidden):
    """It comes in, hidden with the rest of the collection."""
    collection = bpy.data.collections.new("hidden")
    bpy.context.scene.collection.children.link(collection)
    layer = bpy.context.view_layer.layer_collection.children["hidden"]
    bpy.context.view_layer.active_layer_collection = layer
    setattr(layer, hidden, True)
    bpy.ops.blender_spike.import_simulation(filepath=str(path), style="STRANDS")
    assert "cell" in bpy.data.objects
    setattr(layer, hidden, False)
    assert_plays(bpy, bpy.context.scene.objects["cell"], path)
