# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modifier stores as `voltage`, against independent interpolation of the file."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers.playing import TOLERANCE_MV, expected, spheres, voltages
from helpers.simulations import branched, simulation

from spike_export import read, write


def load(bpy, path, **settings):
    bpy.ops.blender_spike.import_simulation(filepath=str(path), **settings)
    return bpy.context.object


def modifier_of(neuron):
    from blender_spike.playback.playback import find_modifier

    return find_modifier(neuron)


@pytest.mark.slow
def test_soma_is_a_sphere_or_as_recorded(bpy, branched_file):
    """Strands that are not wanted have no thickness; the sphere has the soma's own size."""
    from blender_spike.common.nodes.modifiers import set_inputs

    neuron = load(bpy, branched_file, style="STRANDS")
    for soma, radius, balls in (("Sphere", 0.0, [0.1]), ("As Recorded", 0.1, [])):
        # Points in the order of the file.
        set_inputs(modifier_of(neuron), {"Soma": soma, "Strand Smoothing": 0.0})
        geometry = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
        data = geometry.curves.attributes["radius"].data
        # The soma is the first curve.
        assert data[0].value == pytest.approx(radius)
        assert spheres(geometry)[1].tolist() == pytest.approx(balls)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("inputs", "radius"),
    [
        ({"Thickness": 2.0}, 0.04),
        ({"Minimum Radius": 0.5}, 0.5),
        ({"Homogeneity": 1.0}, None),
    ],
)
def test_thickness(bpy, branched_file, inputs, radius):
    """Factors and limits on the dendrite, which begins with a radius of 2 µm."""
    from blender_spike.cells.morphology import strands
    from blender_spike.common.nodes.modifiers import set_inputs

    neuron = load(bpy, branched_file, style="STRANDS")
    # Points in the order of the file.
    set_inputs(modifier_of(neuron), inputs | {"Strand Smoothing": 0.0})
    geometry = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    lines = strands(read(branched_file))
    first = lines.point_counts[0]
    expected_radius = lines.mean_radius_um / 100 if radius is None else radius
    found = geometry.curves.attributes["radius"].data[int(first)].value
    assert found == pytest.approx(expected_radius, rel=1e-5)


@pytest.fixture
def branched_file(tmp_path) -> Path:
    return write(tmp_path / "branched.pickle", simulation(branched(), frames=12))


@pytest.mark.slow
def test_frames_and_subframes(bpy, branched_file):
    """One sample a frame, and in between the mix; the ends hold."""
    sim = read(branched_file)
    neuron = load(bpy, branched_file, style="STRANDS")
    for frame in (0, 1, 3.25, 7.5, 10.999, 11, -4, 500):
        np.testing.assert_allclose(
            voltages(bpy, neuron, frame), expected(sim, frame * 0.1), atol=TOLERANCE_MV
        )


@pytest.mark.slow
def test_tubes_carry_the_same_voltages(bpy, branched_file):
    """Each ring of a tube has its point's value, and the soma's sphere the soma's."""
    from blender_spike.cells.morphology import Role, strands

    sim = read(branched_file)
    neuron = load(bpy, branched_file, style="TUBES")
    bpy.context.scene.frame_set(4)
    geometry = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    mesh = geometry.mesh
    found = np.empty(len(mesh.vertices), np.float32)
    mesh.attributes["voltage"].data.foreach_get("value", found)
    found = np.r_[found, spheres(geometry)[0]]
    known = expected(sim, 0.4)
    lines = strands(sim)
    drawn = known[np.repeat(lines.roles != Role.SOMA_AS_RECORDED, lines.point_counts)]
    assert np.abs(found[:, None] - known[None, :]).min(axis=1).max() < TOLERANCE_MV
    assert np.abs(found[:, None] - drawn[None, :]).min(axis=0).max() < TOLERANCE_MV


@pytest.mark.slow
def test_milliseconds_per_frame_and_start(bpy, branched_file):
    """Time is in milliseconds: slower is a smaller step, and it begins where it is told."""
    from blender_spike.common.nodes.modifiers import set_inputs

    sim = read(branched_file)
    neuron = load(bpy, branched_file, style="STRANDS")
    set_inputs(modifier_of(neuron), {"Milliseconds per Frame": 0.013, "Start Frame": 10.0})
    for frame in (5, 10, 31, 60.5):
        np.testing.assert_allclose(
            voltages(bpy, neuron, frame),
            expected(sim, (frame - 10) * 0.013),
            atol=TOLERANCE_MV,
        )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ends", "frame", "sample"),
    [
        ("Loop", 13, 2),
        ("Loop", -1, 10),
        ("Ping-Pong", 13, 9),
        ("Ping-Pong", -3, 3),
        ("Hold", 13, 11),
    ],
)
def test_at_the_ends(bpy, branched_file, ends, frame, sample):
    """Twelve samples: a loop is eleven frames long."""
    from blender_spike.common.nodes.modifiers import set_inputs

    neuron = load(bpy, branched_file, style="STRANDS")
    set_inputs(modifier_of(neuron), {"At the Ends": ends})
    np.testing.assert_allclose(
        voltages(bpy, neuron, frame), expected(read(branched_file), sample * 0.1), atol=TOLERANCE_MV
    )


@pytest.mark.slow
def test_time_can_be_keyframed(bpy, branched_file):
    """Backwards, with the modifier's own time and no new export."""
    from blender_spike.common.nodes.modifiers import input_value, set_inputs

    sim = read(branched_file)
    neuron = load(bpy, branched_file, style="STRANDS")
    modifier = modifier_of(neuron)
    set_inputs(modifier, {"Use Time": True})
    time = input_value(modifier, "Time")
    for frame, time_ms in ((0, 1.1), (40, 0.0)):
        time.value = time_ms
        time.keyframe_insert("value", frame=frame)
    for strip in neuron.animation_data.action.layers[0].strips:
        for key in strip.channelbags[0].fcurves[0].keyframe_points:
            key.interpolation = "LINEAR"
    for frame in (0, 10, 25, 40):
        np.testing.assert_allclose(
            voltages(bpy, neuron, frame), expected(sim, 1.1 - frame * 1.1 / 40), atol=TOLERANCE_MV
        )


@pytest.mark.slow
def test_irregular_samples_play_at_their_own_times(bpy, tmp_path):
    """Variable steps: the sample before the current time is found by counting."""
    times = [2.0, 2.05, 2.06, 2.5, 4.0, 4.1, 9.0]
    path = write(tmp_path / "irregular.pickle", simulation(branched(), 7, time_ms=times))
    sim = read(path)
    neuron = load(bpy, path, style="STRANDS")
    step = (9.0 - 2.0) / 6
    for frame in (0, 0.02, 0.4, 1, 1.7, 2.5, 6, 9, -1):
        np.testing.assert_allclose(
            voltages(bpy, neuron, frame), expected(sim, 2.0 + frame * step), atol=TOLERANCE_MV
        )


@pytest.mark.slow
def test_one_frame_is_a_still(bpy, tmp_path):
    """A file with a single frame imports and holds it."""
    path = write(tmp_path / "still.pickle", simulation(branched(), 1))
    neuron = load(bpy, path, style="STRANDS")
    for frame in (0, 1, 40):
        np.testing.assert_allclose(
            voltages(bpy, neuron, frame), expected(read(path), 0.0), atol=TOLERANCE_MV
        )


@pytest.mark.slow
def test_long_file_stays_exact(bpy, tmp_path):
    """2,000 samples of 0.1 ms: single precision does not blur late frames."""
    path = write(tmp_path / "long.pickle", simulation(branched(), 2000))
    sim = read(path)
    neuron = load(bpy, path, style="STRANDS")
    for frame in (1999, 1998, 1997.5):
        np.testing.assert_allclose(
            voltages(bpy, neuron, frame), expected(sim, frame * 0.1), atol=TOLERANCE_MV
        )


def test_network_of_points(bpy, tmp_path):
    """Cells without shape are spheres, each with its own voltage, and there are no strands."""
    cells = [{"points": [[50 * i, 0, 0, 20 + i]]} for i in range(7)]
    path = write(tmp_path / "points.pickle", simulation(cells, 4))
    sim = read(path)
    neuron = load(bpy, path)
    bpy.context.scene.frame_set(2)
    geometry = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    values, radii = spheres(geometry)
    np.testing.assert_allclose(values, sim.values[2])
    np.testing.assert_allclose(radii, (20 + np.arange(7)) / 200, rtol=1e-6)
    assert neuron.dimensions[0] == pytest.approx(3.0, rel=1e-3)


@pytest.mark.slow
def test_file_without_soma(bpy, tmp_path):
    """A piece of axon: strands, and no sphere."""
    path = write(tmp_path / "axon.pickle", simulation([{"points": [[0, 0, 0, 1], [9, 0, 0, 1]]}]))
    neuron = load(bpy, path, style="STRANDS")
    np.testing.assert_allclose(
        voltages(bpy, neuron, 2), expected(read(path), 0.2), atol=TOLERANCE_MV
    )


@pytest.mark.slow
def test_values_that_are_not_finite_are_marked(bpy, tmp_path):
    """They import, are counted, and do not spoil other segments or frames."""
    from blender_spike.common.value_color import NO_DATA_BELOW
    from blender_spike.properties import about

    sim = simulation(branched())
    sim.values[2, 4] = np.nan
    sim.values[3, 4] = np.inf
    path = write(tmp_path / "holes.pickle", sim)
    neuron = load(bpy, path, style="STRANDS")
    assert about(neuron).not_finite == 2
    assert np.isfinite([about(neuron).low, about(neuron).high]).all()
    # Segment 4 is in the dendrite, the first strand.
    assert (voltages(bpy, neuron, 2) < NO_DATA_BELOW).sum() > 0
    np.testing.assert_allclose(voltages(bpy, neuron, 1), expected(sim, 0.1), atol=TOLERANCE_MV)


@pytest.mark.slow
def test_older_format_plays_its_own_voltages(bpy, shared_data):
    """The published demo file, against Python's own unpickler."""
    path = shared_data / "simple_ap.pickle"
    with path.open("rb") as stream:
        soma, axon = pickle.load(stream)
    neuron = load(bpy, path, style="STRANDS")
    for frame in (0, 100, 299, -20, 400):
        shown = min(max(frame, 0), 299)
        found = voltages(bpy, neuron, frame)
        # Three points of the soma, the axon from where it is attached to its end, and a sphere.
        own = np.float32(axon["Voltage"][shown])
        assert (found[[0, 1, 2, -1]] == np.float32(soma["Voltage"][shown][0])).all()
        assert found[-2] == own[-1]
        assert set(own) <= set(found)


@pytest.mark.slow
def test_saved_file_plays_without_the_extension(bpy, branched_file, tmp_path):
    """A fresh Blender with nothing enabled and no Python allowed shows the same voltages."""
    neuron = load(bpy, branched_file, style="STRANDS")
    blend = tmp_path / "saved.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(blend), copy=True)
    script = f"""
import bpy, numpy as np
bpy.ops.wm.open_mainfile(filepath={str(blend)!r}, use_scripts=False)
assert not hasattr(bpy.types, "BLENDER_SPIKE_OT_import_simulation")
rows = []
for frame in (0, 5, 11):
    bpy.context.scene.frame_set(frame)
    neuron = bpy.data.objects[{neuron.name!r}]
    geometry = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    data = geometry.curves.attributes["voltage"].data
    row = np.empty(len(data), np.float32)
    data.foreach_get("value", row)
    rows.append(row)
np.save({str(tmp_path / "found.npy")!r}, rows)
"""
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
    found = np.load(tmp_path / "found.npy")
    for row, frame in zip(found, (0, 5, 11), strict=True):
        np.testing.assert_allclose(
            row, expected(read(branched_file), frame * 0.1)[:-1], atol=TOLERANCE_MV
        )


@pytest.mark.slow
def test_a_copy_keeps_playing(bpy, branched_file):
    """Duplicating the object copies no values."""
    neuron = load(bpy, branched_file, style="STRANDS")
    meshes = len(bpy.data.meshes)
    bpy.ops.object.duplicate()
    copy = bpy.context.object
    assert copy is not neuron and len(bpy.data.meshes) == meshes
    np.testing.assert_allclose(
        voltages(bpy, copy, 6), expected(read(branched_file), 0.6), atol=TOLERANCE_MV
    )


@pytest.mark.slow
@pytest.mark.builds
def test_two_files_share_one_node_group(bpy, branched_file, tmp_path):
    """And each plays its own values."""
    other = write(tmp_path / "other.pickle", simulation(branched(), 12, seed=9))
    one = load(bpy, branched_file, style="STRANDS")
    written = {group.name for group in bpy.data.node_groups}
    two = load(bpy, other, style="STRANDS")
    again = load(bpy, branched_file, style="STRANDS")
    assert {group.name for group in bpy.data.node_groups} == written
    assert not any(".0" in g.name for g in bpy.data.node_groups)
    for neuron, path in ((one, branched_file), (two, other), (again, branched_file)):
        np.testing.assert_allclose(
            voltages(bpy, neuron, 3), expected(read(path), 0.3), atol=TOLERANCE_MV
        )
