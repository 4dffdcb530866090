# SPDX-License-Identifier: GPL-3.0-or-later
"""What a sheet shows is LFPykit's potential at its points, wherever it and its neuron are."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import numpy as np
import pytest
from helpers.fast import fast_first
from helpers.lfp import close, lfpykit_weights
from helpers.panels import drawn
from helpers.simulations import branched, simulation, with_currents

from spike_export import Quantity, read, write
from spike_export.potential.segment_lines import segment_lines

FRAMES = 5


@pytest.fixture
def path(tmp_path):
    return write(tmp_path / "cell.pickle", with_currents(simulation(branched(), FRAMES)))


@pytest.fixture
def neuron(bpy, path):
    bpy.ops.blender_spike.import_simulation(filepath=str(path), um_per_unit=50.0)
    return bpy.context.object


def add(bpy, **settings):
    assert bpy.ops.blender_spike.add_field(**({"resolution": 12} | settings)) == {"FINISHED"}
    (sheet,) = sheets(bpy)
    return sheet


def sheets(bpy):
    return [one for one in bpy.data.objects if one.blender_spike_figure.kind == "FIELD"]


def shown(bpy, sheet, frame):
    """Values and places, in world space."""
    bpy.context.scene.frame_set(int(frame), subframe=frame % 1)
    geometry = sheet.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    mesh = geometry.mesh
    values, places = np.empty(len(mesh.vertices), np.float32), np.empty(3 * len(mesh.vertices))
    mesh.attributes["voltage"].data.foreach_get("value", values)
    mesh.vertices.foreach_get("co", places)
    matrix = np.array(sheet.matrix_world)
    return values, places.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3]


def origin_um(sim):
    from blender_spike.cells.morphology import center_um, strands

    return center_um(sim, strands(sim))


def expected(sim, neuron, places, sample):
    """LFPykit's potentials, from the file; a neuron may have been moved and turned."""
    inverse = np.array(neuron.matrix_world.inverted())
    local = places @ inverse[:3, :3].T + inverse[:3, 3]
    currents = sim.more["i_membrane_"].values.astype(float)
    before, share = int(sample), sample % 1
    now = (1 - share) * currents[before] + share * currents[min(before + 1, len(currents) - 1)]
    return lfpykit_weights(segment_lines(sim), local * 50 + origin_um(sim)) @ now


def start(neuron):
    from blender_spike.common.nodes.modifiers import input_value

    return input_value(neuron.modifiers[0], "Start Frame").value


@fast_first("facing", ["Z", "Y", "X"])
def test_it_shows_lfpykit_s_potential_at_and_between_samples(bpy, path, neuron, facing):
    pytest.importorskip("lfpykit")
    sim = read(path)
    neuron.location, neuron.rotation_euler = (1, -2, 3), (0.3, 0.7, -1.1)
    bpy.context.view_layer.update()
    sheet = add(bpy, facing=facing)
    assert sheet.parent == neuron
    for sample in (0, 2, 2.5, FRAMES - 1):
        values, places = shown(bpy, sheet, start(neuron) + sample)
        assert close(values, expected(sim, neuron, places, sample)) < 1e-4
        # It faces that axis of the neuron, and goes through the soma, which is 20 µm long.
        local = np.array([neuron.matrix_world.inverted() @ v for v in map(_vector, places)])
        axis = "XYZ".index(facing)
        assert np.ptp(local[:, axis]) < 1e-5 and np.abs(local[:, axis]).max() * 50 < 10
        assert (np.ptp(np.delete(local, axis, axis=1), axis=0) > 1).all()


def _vector(place):
    from mathutils import Vector

    return Vector(place)


def test_it_plays_in_step_with_its_neuron(bpy, neuron):
    from blender_spike.common.nodes.modifiers import set_inputs

    sheet = add(bpy)
    third, _ = shown(bpy, sheet, start(neuron) + 3)
    modifier = neuron.modifiers[0]
    set_inputs(modifier, {"Use Time": True, "Time": 0.3})
    assert np.array_equal(shown(bpy, sheet, 1)[0], third)
    set_inputs(modifier, {"Use Time": False, "At the Ends": "Loop"})
    assert close(shown(bpy, sheet, start(neuron) + 3 + FRAMES - 1)[0], third) < 1e-5


def test_moved_it_is_computed_again(bpy, path, neuron):
    pytest.importorskip("lfpykit")
    from blender_spike.extracellular.field_objects import outdated

    sheet = add(bpy)
    assert not outdated(sheet)
    neuron.location.x += 4
    bpy.context.view_layer.update()
    assert not outdated(sheet), "it moves along"
    sheet.location.z += 0.4
    sheet.scale *= 0.5
    bpy.context.view_layer.update()
    assert outdated(sheet) == "moved since it was computed"
    before = shown(bpy, sheet, 3)[0]
    material = sheet.material_slots[0].material
    assert bpy.ops.blender_spike.update_field() == {"FINISHED"}
    assert not outdated(sheet) and sheet.material_slots[0].material == material
    values, places = shown(bpy, sheet, start(neuron) + 2)
    assert close(values, expected(read(path), neuron, places, 2)) < 1e-4
    assert np.abs(values - before).max() > 1
    assert bpy.ops.blender_spike.update_field(sigma=0.6) == {"FINISHED"}
    assert close(shown(bpy, sheet, start(neuron) + 2)[0], values / 2) < 1e-6


def test_reloaded_it_shows_the_new_data_or_says_that_it_does_not(bpy, path, neuron, capfd):
    pytest.importorskip("lfpykit")
    from blender_spike.extracellular.field_objects import outdated

    sheet = add(bpy)
    other = with_currents(simulation(branched(), FRAMES + 3, seed=4), seed=5)
    write(path, other)
    assert bpy.ops.blender_spike.reload() == {"FINISHED"}
    values, places = shown(bpy, sheet, start(neuron) + 6)
    assert close(values, expected(other, neuron, places, 6)) < 1e-4
    write(path, simulation(branched(), FRAMES, seed=6))
    assert bpy.ops.blender_spike.reload() == {"FINISHED"}
    assert "there is no field of the new data, so the previous one is shown" in _said(capfd)
    assert outdated(sheet) == "computed from other data"


def _said(capfd):
    return "".join(capfd.readouterr())


@pytest.mark.slow
def test_of_combined_neurons(bpy, path, neuron):
    pytest.importorskip("lfpykit")
    sim = read(path)
    bpy.ops.blender_spike.import_simulation(filepath=str(path), um_per_unit=50.0)
    other = bpy.context.object
    other.location, other.rotation_euler = (6, 1, 0), (0, 0, 1)
    bpy.context.view_layer.update()
    matrices = [neuron.matrix_world.copy(), other.matrix_world.copy()]
    neuron.select_set(True)
    bpy.context.view_layer.objects.active = neuron
    assert bpy.ops.blender_spike.combine() == {"FINISHED"}
    sheet = add(bpy)
    values, places = shown(bpy, sheet, start(neuron) + 2)

    class At:
        def __init__(self, matrix):
            self.matrix_world = matrix

    right = sum(expected(sim, At(matrix), places, 2) for matrix in matrices)
    assert close(values, right) < 1e-4


@pytest.mark.slow
def test_it_plays_in_another_blender_without_the_add_on(bpy, neuron, tmp_path):
    sheet = add(bpy)
    values, _ = shown(bpy, sheet, start(neuron) + 3)
    np.save(tmp_path / "values.npy", values)
    blend = tmp_path / "a.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(blend))
    script = f"""
import bpy, numpy as np
bpy.ops.wm.open_mainfile(filepath={str(blend)!r})
bpy.context.scene.frame_set({int(start(neuron)) + 3})
sheet = bpy.data.objects[{sheet.name!r}]
geometry = sheet.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
mesh = geometry.mesh
values = np.empty(len(mesh.vertices), np.float32)
mesh.attributes["voltage"].data.foreach_get("value", values)
assert np.array_equal(values, np.load({str(tmp_path / "values.npy")!r}))
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_removed_nothing_is_left(bpy, neuron):
    def left():
        return {
            (kind, block.name)
            for kind in ("objects", "meshes", "materials", "collections")
            for block in getattr(bpy.data, kind)
        }

    before = left()
    add(bpy)
    assert bpy.ops.blender_spike.remove_field() == {"FINISHED"}
    assert left() == before
    assert not bpy.ops.blender_spike.update_field.poll()


def test_in_the_plane_of_another_object_and_at_the_cursor(bpy, neuron):
    bpy.context.scene.cursor.location = (0.5, 1, 0.25)
    sheet = add(bpy, at="CURSOR", size_um=100.0, resolution=2)
    _, places = shown(bpy, sheet, 1)
    assert places.mean(axis=0) == pytest.approx([0.5, 1, 0.25], abs=1e-5)
    assert np.ptp(places, axis=0) == pytest.approx([2, 2, 0], abs=1e-5)
    bpy.ops.blender_spike.remove_field()
    empty = bpy.data.objects.new("empty", None)
    empty.location, empty.rotation_euler = (3, 2, 1), (0.5, 0.25, 0.125)
    bpy.context.collection.objects.link(empty)
    with pytest.raises(RuntimeError, match="No other objects are selected; select one"):
        bpy.ops.blender_spike.add_field(facing="OBJECT")
    empty.select_set(True)
    bpy.context.view_layer.update()
    sheet = add(bpy, facing="OBJECT")
    assert np.array(sheet.matrix_world) == pytest.approx(np.array(empty.matrix_world), abs=1e-5)


def test_what_has_no_field_is_refused(bpy, tmp_path):
    def refused(sim, sentence):
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        path = write(tmp_path / "x.pickle", sim)
        bpy.ops.blender_spike.import_simulation(filepath=str(path))
        with pytest.raises(RuntimeError, match=sentence):
            bpy.ops.blender_spike.add_field(resolution=4)
        assert not sheets(bpy)

    plain, current = simulation(branched()), with_currents(simulation(branched()))
    refused(plain, r"'x' has no membrane currents \(i_membrane_\)\. Record it with")
    peaks = {"mode": "peak: the maximum since the frame before"}
    refused(dataclasses.replace(current, meta=peaks), "'x': Each frame holds the maximum")
    values = current.more["i_membrane_"].values.copy()
    values[1, 3] = np.nan
    bad = dataclasses.replace(current, more={"i_membrane_": Quantity("nA", values)})
    refused(bad, "of 1 of 19 segments are not finite")


def test_what_is_too_large_is_refused_before_it_is_computed(bpy, neuron, monkeypatch):
    from blender_spike.extracellular import field_objects

    monkeypatch.setattr(field_objects, "LARGEST_BYTES", 10_000)
    with pytest.raises(RuntimeError, match="points in 5 frames take .* Choose a lower Resolution"):
        bpy.ops.blender_spike.add_field(resolution=200)


def test_currents_that_do_not_add_up_are_told(bpy, tmp_path, capfd):
    current = with_currents(simulation(branched()))
    values = current.more["i_membrane_"].values + np.float32(0.1)
    sim = dataclasses.replace(current, more={"i_membrane_": Quantity("nA", values)})
    bpy.ops.blender_spike.import_simulation(filepath=str(write(tmp_path / "x.pickle", sim)))
    add(bpy)
    assert "The membrane currents of 'x' add up to 1.9 nA" in _said(capfd)


def test_the_panel_says_how_to_record_and_what_is_out_of_date(bpy, neuron, tmp_path):
    from blender_spike.panels.field import BLENDER_SPIKE_PT_field as Panel

    sheet = add(bpy)
    texts = drawn(bpy, Panel)
    assert sheet.name in texts and "Limit (µV)" in texts
    sheet.location.x += 1
    bpy.context.view_layer.update()
    assert "Moved since it was computed" in drawn(bpy, Panel)
    path = write(tmp_path / "plain.pickle", simulation(branched()))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    assert "No membrane currents were recorded" in drawn(bpy, Panel)


def test_esc_leaves_everything_as_it_was(bpy, neuron):
    """The steps of a computation can be left at any time: nothing has been made yet."""
    from blender_spike.extracellular import computed

    before = len(bpy.data.objects), len(bpy.data.meshes)
    steps = computed.stepwise(neuron, np.zeros((10, 3)), 0.3)
    assert next(steps) == 0.0
    steps.close()
    assert (len(bpy.data.objects), len(bpy.data.meshes)) == before
