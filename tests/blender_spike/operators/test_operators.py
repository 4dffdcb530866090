# SPDX-License-Identifier: GPL-3.0-or-later
"""The operators as scripts and buttons call them."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest
from helpers.simulations import branched, simulation

from spike_export import write

BAD = (
    "empty_list",
    "eval_in_list",
    "missing_diam",
    "missing_frame",
    "not_a_pickle",
    "os_system",
    "ragged_voltage",
    "truncated",
)


@pytest.fixture
def good(tmp_path) -> Path:
    return write(tmp_path / "good.pickle", simulation(branched()))


def contents(bpy) -> dict[str, list[str]]:
    """Names of all datablocks a failed import could leave behind."""
    kinds = ("objects", "meshes", "hair_curves", "materials", "images", "node_groups")
    return {kind: [block.name for block in getattr(bpy.data, kind)] for kind in kinds}


def refused(bpy, path) -> str:
    """The sentence an import ends with; the scene is as it was."""
    before, end = contents(bpy), bpy.context.scene.frame_end
    with pytest.raises(RuntimeError) as caught:
        bpy.ops.blender_spike.import_simulation(filepath=str(path))
    assert contents(bpy) == before
    assert bpy.context.scene.frame_end == end
    sentence = str(caught.value).strip().removeprefix("Error: ")
    assert "\n" not in sentence and sentence.endswith(".") and "Traceback" not in sentence
    return sentence


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused(bpy, shared_data, tmp_path, monkeypatch, name):
    """One sentence with the file's name, an untouched scene, and nothing run."""
    monkeypatch.chdir(tmp_path)
    sentence = refused(bpy, shared_data / "bad" / f"{name}.pickle")
    assert f"{name}.pickle" in sentence
    assert not os.listdir(tmp_path)


def test_files_that_are_no_files_are_refused(bpy, tmp_path):
    """Missing, a folder, empty, another version."""
    assert "file not found" in refused(bpy, tmp_path / "missing.pickle")
    assert "folder" in refused(bpy, tmp_path)
    (tmp_path / "empty.pickle").touch()
    assert "empty (0 bytes)" in refused(bpy, tmp_path / "empty.pickle")
    newer = tmp_path / "newer.pickle"
    newer.write_bytes(pickle.dumps({"format": "spike-export", "version": 4}))
    sentence = refused(bpy, newer)
    assert "version 4" in sentence and "versions 2 and 3" in sentence


def test_code_in_a_file_is_not_run(bpy, tmp_path):
    """The same as in the shared files, on any machine."""

    class Evil:
        def __reduce__(self):
            return os.system, (f"touch {tmp_path / 'PWNED'}",)

    path = tmp_path / "evil.pickle"
    path.write_bytes(pickle.dumps([Evil()]))
    assert "system" in refused(bpy, path)
    assert not (tmp_path / "PWNED").exists()


def test_failure_while_building_leaves_nothing(bpy, good, monkeypatch):
    """An error of our own takes back what was made."""
    from blender_spike.building import build

    def fail(*_arguments, **_settings):
        raise RuntimeError("planted")

    monkeypatch.setattr(build.playback, "add_modifier", fail)
    before = contents(bpy)
    with pytest.raises(RuntimeError, match="planted"):
        build.import_simulation(bpy.context, good)
    assert contents(bpy) == before


@pytest.mark.slow
def test_import_sets_the_frame_range_and_selection(bpy, good):
    """What comes in is what is worked on next."""
    bpy.ops.object.empty_add()
    other = bpy.context.object
    bpy.ops.blender_spike.import_simulation(filepath=str(good))
    neuron = bpy.context.object
    assert neuron.name == "good" and neuron.select_get() and not other.select_get()
    assert (bpy.context.scene.frame_start, bpy.context.scene.frame_end) == (0, 4)
    bpy.context.scene.frame_end = 77
    bpy.ops.blender_spike.import_simulation(filepath=str(good), set_frame_range=False)
    assert bpy.context.scene.frame_end == 77


@pytest.mark.slow
def test_several_files_at_once(bpy, good, tmp_path):
    """As the file browser and a drop hand them over; a bad one does not stop the others."""
    other = write(tmp_path / "other.pickle", simulation(branched(), seed=1))
    bad = tmp_path / "bad.pickle"
    bad.write_bytes(b"nothing")
    files = [{"name": path.name} for path in (good, bad, other)]
    with pytest.raises(RuntimeError, match="bad.pickle"):
        bpy.ops.blender_spike.import_simulation(directory=str(tmp_path), files=files)
    assert {"good", "other"} <= set(bpy.data.objects.keys())


@pytest.mark.slow
def test_import_in_edit_mode(bpy, good):
    """Whatever mode Blender is in."""
    bpy.ops.mesh.primitive_cube_add()
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.blender_spike.import_simulation(filepath=str(good))
    assert bpy.context.mode == "OBJECT" and bpy.context.object.name == "good"


@pytest.mark.slow
def test_scale_and_coordinates(bpy, good):
    """1 unit is 100 µm unless told otherwise; the soma is the origin unless told otherwise."""
    bpy.ops.blender_spike.import_simulation(filepath=str(good))
    assert max(bpy.context.object.dimensions) == pytest.approx(1.3, abs=0.1)
    bpy.ops.blender_spike.import_simulation(filepath=str(good), um_per_unit=1, center=False)
    points = bpy.context.object.data.points
    assert max(point.position[1] for point in points) == pytest.approx(120)


@pytest.mark.slow
def test_automatic_style(bpy, good):
    """Tubes in EEVEE, strands in Cycles."""
    from blender_spike.common.nodes.modifiers import input_value
    from blender_spike.playback.playback import find_modifier

    for engine, style in (("BLENDER_EEVEE", "Tubes"), ("CYCLES", "Strands")):
        bpy.context.scene.render.engine = engine
        bpy.ops.blender_spike.import_simulation(filepath=str(good))
        assert input_value(find_modifier(bpy.context.object), "Style").value == style


def test_color_needs_a_neuron(bpy, good):
    """A sentence, not a traceback."""
    with pytest.raises(RuntimeError, match="Select a neuron"):
        bpy.ops.blender_spike.color_by_voltage(colormap="plasma")
    bpy.ops.mesh.primitive_cube_add()
    with pytest.raises(RuntimeError, match="Select a neuron"):
        bpy.ops.blender_spike.color_by_voltage(colormap="plasma")


@pytest.mark.slow
def test_color_mistakes_are_named(bpy, good):
    """An unknown colormap brings its neighbours; limits have an order."""
    bpy.ops.blender_spike.import_simulation(filepath=str(good))
    with pytest.raises(RuntimeError, match='"plasam".*"plasma"'):
        bpy.ops.blender_spike.color_by_voltage(colormap="plasam")
    with pytest.raises(RuntimeError, match="not below"):
        bpy.ops.blender_spike.color_by_voltage(v_min=10, v_max=10)


@pytest.mark.slow
def test_color_reaches_all_selected_neurons(bpy, good):
    """With one pair of limits for all, so that their colors can be compared."""
    from blender_spike.color.coloring import material_of

    other = write(good.with_name("other.pickle"), simulation(branched(), seed=4))
    neurons = []
    for path in (good, other):
        bpy.ops.blender_spike.import_simulation(filepath=str(path))
        neurons.append(bpy.context.object)
    for neuron in neurons:
        neuron.select_set(True)
    bpy.ops.blender_spike.color_by_voltage(colormap="viridis")
    limits = set()
    for neuron in neurons:
        nodes = material_of(neuron).node_tree.nodes
        assert nodes["Colormap"].image.name == "colormap viridis"
        limits.add(nodes["Limits"].inputs["From Min"].default_value)
    assert len(limits) == 1


def test_drop_is_handled(bpy):
    """Blender finds the importer for a dropped pickle by its ending."""
    handler = bpy.types.FileHandler.bl_rna_get_subclass_py("BLENDER_SPIKE_FH_simulation")
    assert handler.bl_import_operator == "blender_spike.import_simulation"
    assert ".pickle" in handler.bl_file_extensions


@pytest.mark.slow
def test_older_format_says_that_it_has_no_time(bpy, shared_data, capfd):
    """One sample is one frame then, and the message says so."""
    from blender_spike.properties import about

    bpy.ops.blender_spike.import_simulation(filepath=str(shared_data / "simple_ap.pickle"))
    assert not about(bpy.context.object).has_time
    assert (bpy.context.scene.frame_start, bpy.context.scene.frame_end) == (0, 299)


@pytest.mark.slow
def test_undo_takes_the_import_back(bpy, good):
    """And redo brings it again, still playing."""
    bpy.context.preferences.edit.use_global_undo = True
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.blender_spike.import_simulation(filepath=str(good))
    bpy.ops.ed.undo_push(message="imported")
    bpy.ops.ed.undo()
    assert "good" not in bpy.data.objects
    bpy.ops.ed.redo()
    neuron = bpy.data.objects["good"]
    from blender_spike.common.nodes.modifiers import input_value
    from blender_spike.playback.playback import find_modifier

    assert input_value(find_modifier(neuron), "Values").value is not None


def test_unregister_leaves_nothing(bpy):
    """And registering again works."""
    import blender_spike

    blender_spike.unregister()
    try:
        left = [name for name in dir(bpy.types) if name.startswith("BLENDER_SPIKE")]
        assert not left
        assert not hasattr(bpy.types.Object, "blender_spike")
        assert not hasattr(bpy.types.Scene, "blender_spike")
    finally:
        blender_spike.register()
    assert hasattr(bpy.types, "BLENDER_SPIKE_OT_import_simulation")


def test_every_operator_can_be_undone_and_says_what_it_does(bpy):
    """A window that only shows buttons has nothing to undo, nor has what only writes a file.

    What is simulated or watched is imported later, by an operator that can be undone.
    """
    later = ("simulate", "cancel_simulation", "watch", "stop_watching")
    writing = {f"BLENDER_SPIKE_OT_{name}" for name in (*later, "export_mesh", "render_film")}
    names = [name for name in dir(bpy.types) if name.startswith("BLENDER_SPIKE_OT_")]
    assert len(names) > 10
    for name in names:
        operator = getattr(bpy.types, name)
        needs_none = "INTERNAL" in operator.bl_options or name in writing
        assert "UNDO" in operator.bl_options or needs_none, name
        call = getattr(bpy.ops.blender_spike, name.removeprefix("BLENDER_SPIKE_OT_"))
        assert call.get_rna_type().description, name
