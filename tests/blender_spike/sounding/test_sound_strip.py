# SPDX-License-Identifier: GPL-3.0-or-later
"""Clicks in the sequencer are when the picture shows the spikes, wherever the scene goes."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from helpers.hearing import onsets, read_wave
from helpers.simulations import branched, simulation

from spike_export import Cell, write

SPIKES_MS = np.array([1.0, 2.5, 4.0, 8.0])


def ramp():
    """A cell whose voltage is its time, and which has spikes."""
    sim = simulation(branched(), frames=101)
    values = np.repeat(sim.time_ms[:, None], sim.n_segments, axis=1).astype(np.float32)
    return dataclasses.replace(sim, values=values, cells=(Cell("cell", None, SPIKES_MS),))


@pytest.fixture
def neuron(bpy, tmp_path):
    """At 25 frames a second, 0.1 ms each."""
    scene = bpy.context.scene
    scene.render.fps, scene.render.fps_base = 25, 1.0
    path = write(tmp_path / "cell.pickle", ramp())
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    return bpy.context.object


def strips(scene):
    editor = scene.sequence_editor
    return {strip.name: strip for strip in editor.strips} if editor else {}


def heard(scene, name="cell spikes"):
    rate, sound = read_wave(strips(scene)[name].sound.packed_file.data)
    return onsets(sound, rate)


def keyframe(neuron, keys):
    """Show the times of keyframes: frame, ms, interpolation."""
    from blender_spike.common.animation import fcurves
    from blender_spike.common.nodes.modifiers import input_value, set_inputs

    modifier = neuron.modifiers[0]
    set_inputs(modifier, {"Use Time": True})
    time = input_value(modifier, "Time")
    path = time.path_from_id("value")
    for frame, time_ms, _ in keys:
        time.value = time_ms
        neuron.keyframe_insert(path, frame=frame)
    (curve,) = fcurves(neuron, path)
    for point, (_, _, interpolation) in zip(curve.keyframe_points, keys, strict=True):
        point.interpolation = interpolation
    curve.update()


def shown_ms(bpy, neuron, frame):
    """The voltage that the cell has in a frame, which is the time it shows."""
    bpy.context.scene.frame_set(int(frame // 1), subframe=frame % 1)
    evaluated = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get())
    geometry = evaluated.evaluated_geometry()
    part = geometry.curves if geometry.curves is not None else geometry.mesh
    return part.attributes["voltage"].data[0].value


def test_recorded_spikes_are_heard_when_they_are_shown(bpy, neuron):
    assert bpy.ops.blender_spike.add_spike_sound(each="cell") == {"FINISHED"}
    strip = strips(bpy.context.scene)["cell spikes"]
    assert heard(bpy.context.scene) == pytest.approx(SPIKES_MS / 0.1 / 25, abs=1e-3)
    assert strip.duration == 101 and strip.sound.filepath == "//cell_spikes.wav"


@pytest.mark.parametrize("first", [0, 20])
def test_clicks_are_where_keyframed_time_passes_them(bpy, neuron, first):
    """Eased, held, run back, let leap, slowed down: against what the nodes show in that frame."""
    scene = bpy.context.scene
    keys = [
        (0, 0.0, "BEZIER"), (40, 3.0, "LINEAR"), (60, 3.0, "LINEAR"), (70, 0.5, "BEZIER"),
        (110, 4.5, "CONSTANT"), (120, 7.0, "SINE"), (200, 9.0, "LINEAR"),
    ]  # fmt: skip
    keyframe(neuron, [(frame + first, *rest) for frame, *rest in keys])
    scene.frame_start, scene.frame_end = first, first + 200
    bpy.ops.blender_spike.add_spike_sound(each="cell")
    times = heard(scene)
    expected = [1.0, 2.5, 1.0, 2.5, 4.0, 8.0]
    assert len(times) == len(expected)
    for at, spike in zip(times, expected, strict=True):
        # 1 ms of the film before it, the spike has not been; 1 ms after it, it has.
        before, after = (shown_ms(bpy, neuron, first + (at + d) * 25) for d in (-1e-3, 1e-3))
        assert before <= spike + 1e-5 and after >= spike - 1e-5


@pytest.mark.parametrize(("ends", "count"), [("Hold", 4), ("Loop", 8), ("Ping-Pong", 4)])
def test_what_is_at_the_ends_is_as_it_plays(bpy, neuron, ends, count):
    from blender_spike.common.nodes.modifiers import set_inputs

    set_inputs(neuron.modifiers[0], {"At the Ends": ends})
    bpy.context.scene.frame_end = 199
    bpy.ops.blender_spike.add_spike_sound(each="cell")
    assert len(heard(bpy.context.scene)) == count


def test_old_and_new_frames_stretch_it_as_the_picture(bpy, neuron):
    scene = bpy.context.scene
    scene.render.frame_map_new = 200
    scene.frame_end = 200
    bpy.ops.blender_spike.add_spike_sound(each="cell")
    times = heard(scene)
    assert times == pytest.approx(SPIKES_MS / 0.1 / 25 * 2, abs=1e-3)
    for at, spike in zip(times, SPIKES_MS, strict=True):
        assert shown_ms(bpy, neuron, at * 25) == pytest.approx(spike, abs=0.1 / 40)


def test_sections_have_their_own_pitch_and_place(bpy, tmp_path):
    """The right branch is heard at the right; a higher one higher."""
    sim = simulation(branched(), frames=11)
    values = np.full(sim.values.shape, -65, np.float32)
    # Section after section, from frame 2 on.
    for section, first in enumerate(sim.first_segments):
        values[2 + 2 * section :, first : first + sim.segment_counts[section]] = 20
    path = write(tmp_path / "cell.pickle", dataclasses.replace(sim, values=values))
    scene = bpy.context.scene
    scene.render.fps = 4
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    assert bpy.ops.blender_spike.add_spike_sound(kind="tone") == {"FINISHED"}
    rate, sound = read_wave(strips(scene)["cell spikes"].sound.packed_file.data)
    begins = onsets(sound, rate, 0.05)
    assert begins == pytest.approx([(1 + 2 * k + 45 / 85) / 4 for k in range(4)], abs=1e-3)
    pitches, places = [], []
    for begin in begins:
        part = sound[round(begin * rate) : round((begin + 0.3) * rate)]
        spectrum = np.abs(np.fft.rfft(part.sum(axis=1), 4 * rate))
        pitches.append(np.argmax(spectrum) / 4)
        left, right = np.sqrt((part**2).sum(axis=0))
        places.append(np.arctan2(right, left) * 4 / np.pi - 1)
    # The soma is lowest, the last two go on from the fork: to the right and to the left.
    assert pitches[0] == pytest.approx(220, rel=3e-3) and pitches[0] < pitches[1] < pitches[2]
    assert places[2] == pytest.approx(1, abs=0.01) and places[3] < places[2]


def test_its_own_strip_is_replaced_and_others_are_left_alone(bpy, neuron, tmp_path):
    from blender_spike.common.rendering.voice import add_voice
    from blender_spike.sound.wave_file import write_wave

    scene = bpy.context.scene
    write_wave(tmp_path / "voice.wav", np.full((4800, 2), 0.1, np.float32))
    add_voice(scene, tmp_path / "voice.wav")
    bpy.ops.blender_spike.add_spike_sound(each="cell")
    strip = strips(scene)["cell spikes"]
    strip.volume, strip.mute, channel = 0.25, True, strip.channel
    assert bpy.ops.blender_spike.add_spike_sound(each="cell", kind="tone") == {"FINISHED"}
    assert set(strips(scene)) == {"Voice", "cell spikes"} and len(bpy.data.sounds) == 2
    strip = strips(scene)["cell spikes"]
    assert (strip.volume, strip.mute, strip.channel) == (0.25, True, channel)
    # Even where a person has put it into a meta strip.
    meta = scene.sequence_editor.strips.new_meta("Meta", 9, 0)
    strip.move_to_meta(meta)
    bpy.ops.blender_spike.add_spike_sound(each="cell")
    assert set(strips(scene)) == {"Voice", "Meta", "cell spikes"} and not len(meta.strips)
    scene.sequence_editor.strips.remove(meta)
    assert bpy.ops.blender_spike.remove_sound() == {"FINISHED"}
    assert set(strips(scene)) == {"Voice"} and len(bpy.data.sounds) == 1
    assert not bpy.ops.blender_spike.remove_sound.poll()


def test_it_goes_along_when_the_scene_is_saved_moved_and_appended(bpy, neuron, tmp_path):
    bpy.ops.blender_spike.add_spike_sound(each="cell")
    before = heard(bpy.context.scene)
    name = bpy.context.scene.name
    (tmp_path / "here").mkdir()
    path = tmp_path / "here" / "a.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    moved = path.rename(tmp_path / "b.blend")
    bpy.ops.wm.open_mainfile(filepath=str(moved))
    assert heard(bpy.context.scene) == pytest.approx(before)
    # The spikes themselves have come along, too.
    bpy.ops.blender_spike.add_spike_sound(each="cell")
    assert heard(bpy.context.scene) == pytest.approx(before)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(str(moved)) as (_, wanted):
        wanted.scenes = [name]
    (scene,) = wanted.scenes
    assert heard(scene) == pytest.approx(before)


def test_it_is_in_the_film(bpy, neuron, tmp_path):
    """From a saved file that is opened elsewhere, as on a farm: FFmpeg decodes what was encoded."""
    import subprocess

    from blender_spike.common.rendering import frames
    from PIL import Image

    ffmpeg = pytest.importorskip("imageio_ffmpeg").get_ffmpeg_exe()
    bpy.ops.blender_spike.add_spike_sound(each="cell")
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "a.blend"))
    pictures = [tmp_path / f"frame_{frame:04d}.png" for frame in range(0, 101)]
    for picture in pictures:
        Image.new("RGB", (32, 32)).save(picture)
    frames.encode(bpy.context.scene, pictures, tmp_path / "a.mov")
    to = ["-f", "s16le", "-ac", "2", "-ar", "48000", "-"]
    decoded = subprocess.run(
        [ffmpeg, "-v", "error", "-i", tmp_path / "a.mov", *to], capture_output=True, check=True
    )
    sound = np.frombuffer(decoded.stdout, "<i2").reshape(-1, 2) / 32768
    assert onsets(sound, 48000) == pytest.approx(SPIKES_MS / 0.1 / 25, abs=1e-3)


def test_it_is_said_when_time_has_changed_since(bpy, neuron, capfd, tmp_path):
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.sounding.sound_strip import outdated

    scene = bpy.context.scene
    bpy.ops.blender_spike.add_spike_sound(each="cell")
    assert outdated(scene) == []
    set_inputs(neuron.modifiers[0], {"Milliseconds per Frame": 0.2})
    assert outdated(scene) == ["cell spikes"]
    scene.frame_end, scene.render.resolution_x, scene.render.resolution_y = 1, 16, 16
    scene.render.filepath = str(tmp_path / "frames" / "")
    scene.render.engine = "CYCLES"
    bpy.ops.blender_spike.frame_camera()
    bpy.ops.blender_spike.render_film()
    assert "'cell spikes' is out of step" in capfd.readouterr().out
    scene.frame_end = 50
    bpy.ops.blender_spike.add_spike_sound(each="cell")
    assert outdated(scene) == []
    keyframe(neuron, [(0, 0.0, "LINEAR"), (50, 5.0, "LINEAR")])
    assert outdated(scene) == ["cell spikes"]
    # A name is all that is known of a neuron.
    neuron.name = "other"
    assert outdated(scene) == ["cell spikes"]
    strips(scene)["cell spikes"]["blender_spike_sound"] = json.dumps({"neurons": 3})
    assert outdated(scene) == []


def test_a_scene_without_stored_spikes_hears_the_voltage_rise(bpy, neuron):
    """As scenes of 0.1.0 are."""
    from blender_spike.playback.playback import holder_of
    from blender_spike.playback.sections import SPIKES

    SPIKES.remove(holder_of(neuron, "Values"))
    bpy.ops.blender_spike.add_spike_sound(each="cell", at_threshold=True, threshold=3.3)
    assert heard(bpy.context.scene) == pytest.approx([3.3 / 0.1 / 25], abs=1e-3)


def test_combined_neurons_keep_their_spikes(bpy, neuron, tmp_path):
    later = dataclasses.replace(ramp(), cells=(Cell("cell", None, np.array([6.0])),))
    bpy.ops.blender_spike.import_simulation(filepath=str(write(tmp_path / "b.pickle", later)))
    neuron.select_set(True)
    bpy.context.view_layer.objects.active = neuron
    bpy.ops.blender_spike.combine()
    bpy.ops.blender_spike.add_spike_sound(each="cell")
    expected = np.sort(np.r_[SPIKES_MS, 6.0])
    assert heard(bpy.context.scene) == pytest.approx(expected / 0.1 / 25, abs=1e-3)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda n, s: n.driver_add(time_path(n)), "comes from a driver"),
        (lambda n, s: setattr(s, "frame_end", 900_000), "a sound can have 1,800 s at most"),
        (lambda n, s: setattr(s, "frame_end", 5), "There are no spikes in the film"),
    ],
)
def test_what_cannot_be_heard_is_one_sentence(bpy, neuron, change, sentence):
    change(neuron, bpy.context.scene)
    with pytest.raises(RuntimeError, match=sentence):
        bpy.ops.blender_spike.add_spike_sound(each="cell")
    assert not strips(bpy.context.scene) and not bpy.data.sounds


def time_path(neuron):
    from blender_spike.common.nodes.modifiers import input_value

    return input_value(neuron.modifiers[0], "Time").path_from_id("value")


def test_the_voltage_as_an_electrode_hears_it(bpy, tmp_path):
    scene = bpy.context.scene
    scene.render.fps = 25
    sim = simulation(branched(), frames=2001, time_ms=np.arange(2001) * 0.1)
    wave = -65 + 10 * np.sin(2 * np.pi * 0.2 * sim.time_ms)
    values = np.repeat(wave[:, None], sim.n_segments, axis=1).astype(np.float32)
    path = write(tmp_path / "cell.pickle", dataclasses.replace(sim, values=values))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    with pytest.raises(RuntimeError, match="slowed down 400 times"):
        bpy.ops.blender_spike.add_voltage_sound()
    with pytest.raises(RuntimeError, match="has no section 'axon'"):
        bpy.ops.blender_spike.add_voltage_sound(section="axon")
    # A fifth of real time: 200 Hz are 40.
    bpy.ops.blender_spike.fit_time(frames=26)
    assert bpy.ops.blender_spike.add_voltage_sound() == {"FINISHED"}
    rate, sound = read_wave(strips(scene)["cell voltage"].sound.packed_file.data)
    part = sound[: rate // 2, 0]
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), 16 * rate))
    assert np.argmax(spectrum) / 16 == pytest.approx(200 / 5, abs=1.5)


def test_a_network_s_cells_are_heard(bpy, capfd):
    from blender_spike import demos

    import spike_export

    scene = bpy.context.scene
    scene.render.fps = 10
    bpy.ops.blender_spike.import_demo(demo="NETWORK")
    bpy.ops.blender_spike.add_spike_sound()
    assert "448 spikes of 173 cells." in capfd.readouterr().out
    cells = spike_export.read(demos.NETWORK).cells
    steps = np.unique(np.concatenate([cell.spikes_ms for cell in cells]))
    assert heard(scene, "demo_network spikes") == pytest.approx(steps / 10, abs=1e-3)


def test_the_command_puts_it_in_the_film(bpy, tmp_path, capfd):
    from blender_spike.command.simulation_film import build, parse

    path = write(tmp_path / "cell.pickle", ramp())
    film = str(tmp_path / "film.mp4")
    options = parse([str(path), film, "--sound", "--ms-per-frame", "0.05", "--fps", "25"])
    with pytest.raises(ValueError, match="nothing rises to the threshold"):
        build(options)
    values = np.where(ramp().values > 5, 20, -65).astype(np.float32)
    write(path, dataclasses.replace(ramp(), values=values))
    scene = build(options)
    assert "Sound: 4 spikes of 4 sections." in capfd.readouterr().out
    at = (5 + 0.1 * 45 / 85) / 0.05 / 25
    assert heard(scene) == pytest.approx([at], abs=1e-3)
    with pytest.raises(RuntimeError, match="--sound: frames have no sound"):
        build(parse([str(path), str(tmp_path / "frames"), "--sound"]))
