# SPDX-License-Identifier: GPL-3.0-or-later
"""Another file in the same neuron: new data, everything else as it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers.simulations import branched, simulation

from spike_export import read, write


@pytest.fixture
def neuron(bpy, tmp_path):
    """A neuron that somebody has styled."""
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier

    path = write(tmp_path / "cell.pickle", simulation(branched(), 12))
    bpy.ops.blender_spike.import_simulation(filepath=str(path), style="STRANDS", um_per_unit=50)
    bpy.ops.blender_spike.color_by_voltage(colormap="viridis", v_min=-70, v_max=10)
    neuron = bpy.context.object
    # Without smoothing, points are in the order of the file.
    style = {"Thickness": 3.0, "Strand Smoothing": 0.0, "At the Ends": "Loop"}
    set_inputs(find_modifier(neuron), style)
    return neuron


def inputs(neuron, *names):
    from blender_spike.common.nodes.modifiers import input_value
    from blender_spike.playback.playback import find_modifier

    return [input_value(find_modifier(neuron), name).value for name in names]


def first_voltages(bpy, neuron, frame):
    bpy.context.scene.frame_set(frame)
    geometry = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    data = geometry.curves.attributes["voltage"].data
    found = np.empty(len(data), np.float32)
    data.foreach_get("value", found)
    return found


def test_reload_takes_the_new_values_and_keeps_the_look(bpy, neuron, tmp_path):
    from blender_spike.color.coloring import material_of

    material = material_of(neuron)
    look = inputs(neuron, "Thickness", "At the Ends")
    write(tmp_path / "cell.pickle", simulation(branched(), 12, seed=5))
    bpy.ops.blender_spike.reload()
    sim = read(tmp_path / "cell.pickle")
    assert inputs(neuron, "Thickness", "At the Ends") == look
    assert material_of(neuron) == material
    limits = material.node_tree.nodes["Limits"].inputs
    assert limits["From Min"].default_value == -70
    # The soma's middle segment is where its middle point is.
    assert first_voltages(bpy, neuron, 4)[1] == pytest.approx(sim.values[4][0], abs=60)
    assert set(np.float32(sim.values[4][3:10])) <= set(first_voltages(bpy, neuron, 4))
    assert max(neuron.dimensions) == pytest.approx(2.6, abs=0.3)


def test_every_look_survives_reload_relink_and_saving(bpy, neuron, tmp_path):
    """All inputs of the modifier about looks, and all of the material."""
    from blender_spike.color.coloring import (
        _INPUTS,
        color_input,
        has_color_input,
        voltage_material,
    )
    from blender_spike.common.nodes.modifiers import input_value, set_inputs
    from blender_spike.playback.playback import find_modifier
    from blender_spike.playback.thickness import LOOK_INPUTS, TYPES_INPUTS

    def plain(value):
        return value if isinstance(value, bool | int | float | str) else tuple(value)

    inputs = [name for name in _INPUTS if has_color_input(voltage_material(neuron), name)]

    def look(neuron):
        modifier, material = find_modifier(neuron), voltage_material(neuron)
        names = [name for name in LOOK_INPUTS | TYPES_INPUTS if name != "Material"]
        shape = {name: plain(input_value(modifier, name).value) for name in names}
        color = {name: plain(color_input(material, name).default_value) for name in inputs}
        return {**shape, "material": material.name}, color, material.blender_spike.colormap

    changed = {"Style": "Tubes", "Soma": "As Recorded", "Tube Resolution": 5, "Thickness": 2.5}
    changed |= {"Homogeneity": 0.25, "Minimum Radius": 0.125, "Soma Size": 1.5, "Tapering": False}
    changed |= {name: index % 2 == 0 for index, name in enumerate(TYPES_INPUTS)}
    unchanged = look(neuron)
    set_inputs(find_modifier(neuron), changed)
    material = voltage_material(neuron)
    bpy.ops.blender_spike.choose_colormap(colormap="cmr.ember")
    for name in inputs:
        socket = color_input(material, name)
        if isinstance(socket.default_value, bool):
            socket.default_value = True
        elif isinstance(socket.default_value, int):
            socket.default_value = 5
        elif isinstance(socket.default_value, float):
            socket.default_value = 0.375
        else:
            socket.default_value = (0.25, 0.5, 0.75, 1)
    styled = look(neuron)
    assert not set(styled[1].items()) & set(unchanged[1].items())
    assert all(styled[0][name] == value for name, value in changed.items())
    bpy.ops.blender_spike.reload()
    assert look(neuron) == styled
    other = write(tmp_path / "other.pickle", simulation(branched()[:2], 20, seed=5))
    bpy.ops.blender_spike.relink(filepath=str(other))
    assert look(neuron) == styled
    blend = str(tmp_path / "styled.blend")
    name = neuron.name
    bpy.ops.wm.save_as_mainfile(filepath=blend)
    bpy.ops.wm.open_mainfile(filepath=blend)
    assert look(bpy.data.objects[name]) == styled


def test_reload_leaves_no_old_data(bpy, neuron):
    before = [len(kind) for kind in (bpy.data.objects, bpy.data.meshes, bpy.data.hair_curves)]
    for _ in range(3):
        bpy.ops.blender_spike.reload()
    after = [len(kind) for kind in (bpy.data.objects, bpy.data.meshes, bpy.data.hair_curves)]
    assert before == after


def test_a_copy_keeps_the_old_values(bpy, neuron, tmp_path):
    bpy.ops.object.duplicate()
    copy = bpy.context.object
    old = first_voltages(bpy, copy, 3)
    copy.select_set(False)
    bpy.context.view_layer.objects.active = neuron
    write(tmp_path / "cell.pickle", simulation(branched(), 12, seed=5))
    bpy.ops.blender_spike.reload()
    np.testing.assert_array_equal(first_voltages(bpy, copy, 3), old)
    assert not np.array_equal(first_voltages(bpy, neuron, 3), old)


def test_selected_copies_follow_and_share_the_new_data(bpy, neuron, tmp_path):
    bpy.ops.object.duplicate()
    copy = bpy.context.object
    neuron.select_set(True)
    meshes = len(bpy.data.meshes)
    write(tmp_path / "cell.pickle", simulation(branched(), 12, seed=5))
    bpy.ops.blender_spike.reload()
    new = first_voltages(bpy, copy, 3)
    np.testing.assert_array_equal(first_voltages(bpy, neuron, 3), new)
    assert set(np.float32(read(tmp_path / "cell.pickle").values[3][3:10])) <= set(new)
    # Each has a shape of its own.
    assert len(bpy.data.meshes) == meshes and len(bpy.data.hair_curves) == 1 + 2


def test_relink_follows_a_change_of_sampling(bpy, neuron, tmp_path):
    """Twice as many samples: one a frame again; a pace of one's own stays."""
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier

    finer = simulation(branched(), 24, time_ms=np.arange(24) * 0.05)
    path = write(tmp_path / "finer.pickle", finer)
    bpy.ops.blender_spike.relink(filepath=str(path))
    assert inputs(neuron, "Milliseconds per Frame", "Samples") == pytest.approx([0.05, 24])
    set_inputs(find_modifier(neuron), {"Milliseconds per Frame": 0.01})
    bpy.ops.blender_spike.relink(filepath=str(tmp_path / "cell.pickle"))
    assert inputs(neuron, "Milliseconds per Frame", "Samples") == pytest.approx([0.01, 12])


def test_relink_between_regular_and_irregular_times(bpy, neuron, tmp_path):
    times = np.r_[np.arange(11) * 0.1, 5.0]
    irregular = write(tmp_path / "odd.pickle", simulation(branched(), 12, time_ms=times))
    bpy.ops.blender_spike.relink(filepath=str(irregular))
    assert inputs(neuron, "Irregular Times")[0]
    bpy.ops.blender_spike.relink(filepath=str(tmp_path / "cell.pickle"))
    assert inputs(neuron, "Irregular Times", "Sample Times") == [False, None]


def test_a_bad_file_changes_nothing(bpy, neuron, tmp_path):
    old = first_voltages(bpy, neuron, 3)
    bad = tmp_path / "bad.pickle"
    bad.write_bytes(b"nothing")
    with pytest.raises(RuntimeError, match="bad.pickle"):
        bpy.ops.blender_spike.relink(filepath=str(bad))
    Path(tmp_path / "cell.pickle").unlink()
    with pytest.raises(RuntimeError, match="file not found"):
        bpy.ops.blender_spike.reload()
    np.testing.assert_array_equal(first_voltages(bpy, neuron, 3), old)


def test_fit_to_frames_and_to_the_scene(bpy, neuron):
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = 10, 120
    bpy.ops.blender_spike.fit_time()
    assert inputs(neuron, "Start Frame", "Milliseconds per Frame") == pytest.approx([10, 0.01])
    bpy.ops.blender_spike.fit_time(frames=12)
    assert inputs(neuron, "Start Frame", "Milliseconds per Frame") == pytest.approx([10, 0.1])
    old = first_voltages(bpy, neuron, 10)
    scene.frame_start = scene.frame_end = 5
    with pytest.raises(RuntimeError, match="at least two frames"):
        bpy.ops.blender_spike.fit_time()
    np.testing.assert_array_equal(first_voltages(bpy, neuron, 10), old)


@pytest.mark.slow
def test_duration_of_a_file_without_time(bpy, shared_data):
    """300 samples said to take 59.8 ms: 0.2 ms each, still one a frame."""
    bpy.ops.blender_spike.import_simulation(
        filepath=str(shared_data / "simple_ap.pickle"), style="STRANDS"
    )
    neuron = bpy.context.object
    before = first_voltages(bpy, neuron, 100)
    bpy.ops.blender_spike.set_duration(duration_ms=59.8)
    assert inputs(neuron, "Sample Interval", "Milliseconds per Frame") == pytest.approx([0.2, 0.2])
    np.testing.assert_array_equal(first_voltages(bpy, neuron, 100), before)
    bpy.ops.blender_spike.reload()
    assert inputs(neuron, "Sample Interval", "Milliseconds per Frame") == pytest.approx([0.2, 0.2])


def test_film_scene(bpy, neuron):
    """One button; each part can be undone and done again alone."""
    bpy.ops.blender_spike.film_scene()
    scene = bpy.context.scene
    assert scene.camera and scene.compositing_node_group
    assert scene.view_settings.view_transform == "Standard"
    bpy.ops.blender_spike.orbit_camera(degrees=90)
    bpy.ops.blender_spike.frame_camera(view="FRONT")
    bpy.ops.blender_spike.orbit_camera(degrees=10)
    bpy.ops.blender_spike.bloom(strength=2)
    bpy.ops.blender_spike.black_world()
    bpy.ops.blender_spike.backlight(strength=3)
    assert len(bpy.data.cameras) == len(bpy.data.lights) == 1
    assert [g.name for g in bpy.data.node_groups if "Bloom" in g.name] == [
        "Bloom",
        "Bloom of Scene",
    ]
    neuron.select_set(False)
    bpy.context.view_layer.objects.active = scene.camera
    assert not bpy.ops.blender_spike.film_scene.poll()
