# SPDX-License-Identifier: GPL-3.0-or-later
"""Stories: told, saved, changed by hand, told again."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
from helpers.simulations import branched, simulation

from spike_export import write

STORY = """
[film]
size = "64x48"
fps = 24
bloom = 0.0

[narration]
file = "voice.wav"
markers = "voice.txt"

[neuron.cell]
file = "run.pickle"
pace = "0.5 ms"

[curve.wave]
file = "wave.npy"
at = [9, 0, 0]

[timeline]
"0:00" = [{ frame = "cell" }, { orbit = 20, for = 1 }]
spike = [{ reach = "cell", time = "8 ms" }, { caption = "A spike", for = 1 }]
"spike + 2" = [{ fly_to = "wave", for = 0.5 }, { draw = "wave", for = 1 }]
"""


@pytest.fixture
def folder(bpy, tmp_path):
    write(tmp_path / "run.pickle", simulation(branched(), 21, time_ms=np.arange(21.0)))
    np.save(tmp_path / "wave.npy", np.sin(np.linspace(0, 6, 40)))
    with wave.open(str(tmp_path / "voice.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(np.zeros(8000 * 6, "<i2").tobytes())
    (tmp_path / "voice.txt").write_text("2.0\t2.0\tspike\n")
    (tmp_path / "story.toml").write_text(STORY)
    return tmp_path


def told(folder, scene=None, *changes):
    from blender_spike.api import tell

    text = (folder / "story.toml").read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    (folder / "story.toml").write_text(text)
    return tell(str(folder / "story.toml"), scene=scene)


def reopened(bpy, folder, film):
    film.save(folder / "film.blend")
    bpy.ops.wm.open_mainfile(filepath=str(folder / "film.blend"))
    return bpy.context.scene


def keys_of(owner, path, index=0):
    from blender_spike.common.animation import fcurves

    found = [one for one in fcurves(owner, path) if one.array_index == index]
    return [tuple(key.co) for key in found[0].keyframe_points] if found else []


def test_a_story_becomes_keyframes_strips_and_markers(folder):
    film = told(folder)
    scene = film.scene
    assert film.notes == [] and film.last == scene.frame_end == 6 * 24
    assert [(one.name, one.frame) for one in scene.timeline_markers] == [("spike", 49)]
    (strip,) = scene.sequence_editor.strips
    assert strip.type == "SOUND" and strip.duration == 144
    cell = film.thing("cell")
    owner, path, _ = cell.number("time")
    assert [t for f, t in keys_of(owner, path) if f == 49] == [8.0]
    caption = next(
        one for one in scene.objects if one.type == "FONT" and one.data.body == "A spike"
    )
    assert [f for f, _ in keys_of(caption, "color", 3)] == [49, 55, 67, 73]


def test_a_changed_time_moves_what_follows_it(bpy, folder):
    scene = reopened(bpy, folder, told(folder))
    before = sorted(one.name for one in scene.objects)
    (folder / "voice.txt").write_text("3.0\t3.0\tspike\n")
    film = told(folder, scene)
    assert film.notes == []
    assert sorted(one.name for one in scene.objects) == before
    assert [(one.name, one.frame) for one in scene.timeline_markers] == [("spike", 73)]
    owner, path, _ = film.thing("cell").number("time")
    assert [t for f, t in keys_of(owner, path) if f == 73] == [8.0]
    camera = scene.camera
    assert [f for f, _ in keys_of(camera, "location")] == [1, 121, 133]


def test_what_a_person_changed_stays_and_is_named(bpy, folder):
    scene = reopened(bpy, folder, told(folder))
    from blender_spike.common.animation import fcurves

    pivot = scene.camera.parent
    for curve in fcurves(pivot, "rotation_axis_angle"):
        curve.keyframe_points[1].co.x = 40
    wave_curve = next(one for one in scene.objects if one.name.startswith("wave"))
    wave_curve.location.z = 3.0
    scene.timeline_markers["spike"].frame = 60
    scene.render.resolution_x = 128
    film = told(folder, scene, ("[9, 0, 0]", "[8, 0, 0]"), ("orbit = 20", "orbit = 50"))
    notes = "\n".join(film.notes)
    assert "keyframes of 'Axis-Angle Rotation' were changed by hand" in notes
    assert "'wave' was changed by hand, so it stays as it is" in notes
    assert "The marker 'spike' was moved by hand to frame 60" in notes
    assert "its X Resolution was changed by hand to 128" in notes or "Resolution X" in notes
    assert len(film.notes) == 4
    assert [f for f, _ in keys_of(pivot, "rotation_axis_angle")] == [1, 40]
    assert tuple(wave_curve.location) == pytest.approx((9, 0, 3))
    assert scene.timeline_markers["spike"].frame == 60 and scene.render.resolution_x == 128
    # And stays so the next time.
    again = told(folder, reopened(bpy, folder, film))
    assert len(again.notes) == 4, again.notes


def test_a_changed_thing_is_made_anew_and_one_left_out_is_removed(bpy, folder):
    scene = reopened(bpy, folder, told(folder))
    film = told(folder, scene, ("[9, 0, 0]", "[7, 0, 0]"))
    curves = [one for one in scene.objects if one.name.startswith("wave")]
    assert len(curves) == 1 and curves[0].location.x == pytest.approx(7) and film.notes == []
    scene = reopened(bpy, folder, film)
    text = (folder / "story.toml").read_text()
    text = text.replace('[curve.wave]\nfile = "wave.npy"\nat = [7, 0, 0]\n', "")
    (folder / "story.toml").write_text(text[: text.index('"spike + 2"')])
    film = told(folder, scene)
    assert film.notes == [] and not [one for one in scene.objects if one.name.startswith("wave")]
    assert keys_of(scene.camera, "location") == []


def test_a_removed_event_takes_its_keyframes_along(bpy, folder):
    scene = reopened(bpy, folder, told(folder))
    film = told(folder, scene, (', { draw = "wave", for = 1 }', ""))
    owner, path, _ = film.thing("wave").number("drawn")
    assert film.notes == [] and keys_of(owner, path) == []


def test_what_was_deleted_by_hand_is_the_story_s_again(bpy, folder):
    scene = reopened(bpy, folder, told(folder))
    for one in [one for one in scene.objects if one.name.startswith("wave")]:
        bpy.data.objects.remove(one)
    film = told(folder, scene)
    assert film.notes == [] and film.thing("wave").curve.location.x == pytest.approx(9)


def test_the_scene_s_own_markers_may_give_the_times(bpy, folder):
    film = told(folder)
    scene = reopened(bpy, folder, film)
    scene.timeline_markers["spike"].frame = 37
    film = told(folder, scene, ('"voice.txt"', '"scene"'))
    owner, path, _ = film.thing("cell").number("time")
    assert [t for f, t in keys_of(owner, path) if f == 37] == [8.0]
    assert film.notes == []


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("fps = 24", "fps = 0", r"line 4: fps: '0': the frame rate must be between"),
        ("fps = 24", "speed = 24", r"line 4: the film has no 'speed'; it has size, fps"),
        ('pace = "0.5 ms"', "pace = 0.5", r"line 13: pace: '0.5' is not a time of the simulation"),
        ('"run.pickle"', '"fun.pickle"', r"line 11: .*fun\.pickle"),
        ("[9, 0, 0]", '"mouse"', r"line 17: there is no 'mouse'|line 15"),
        ("orbit = 20", 'orbit = "far"', r"line 20: orbit: 'far' is not a number"),
        ('time = "8 ms"', 'time = "80 ms"', r"line 21: the simulation goes from 0 to 20 ms"),
        ('{ draw = "wave"', '{ draw = "cell"', r"line 22: 'cell' is a neuron, which has no drawn"),
        ('"spike + 2"', '"spyke + 2"', r"line 22: 'spyke \+ 2' is not a time .* are spike"),
        ("for = 0.5", "for = -1", r"line 22: for: '-1' is not a number of seconds"),
        ('"voice.txt"', '"none.txt"', r"Cannot read .*none\.txt"),
        ('"voice.wav"', '"run.pickle"', r"run\.pickle is not a sound"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(folder, before, after, sentence):
    from blender_spike.common.story.story_file import StoryError

    with pytest.raises(StoryError, match=rf"^story\.toml.*{sentence}"):
        told(folder, None, (before, after))


def test_every_event_has_fields_that_are_no_events():
    from blender_spike.common.story.events import EVENTS

    for event in EVENTS.values():
        assert not (set(event.all_fields) - {event.name}) & set(EVENTS), event.name


def test_the_voice_is_in_the_film(folder):
    film = told(folder)
    film.render(folder / "out.mp4", frames="20-22", samples=1)
    # The tracks of an .mp4 file say what they are encoded as.
    content = (folder / "out.mp4").read_bytes()
    assert b"avc1" in content and b"mp4a" in content
    (folder / "story.toml").write_text(STORY.replace('file = "voice.wav"\n', ""))
    told(folder).render(folder / "silent.mp4", frames="20-22", samples=1)
    assert b"mp4a" not in (folder / "silent.mp4").read_bytes()


def test_the_talk_s_story_can_be_read():
    from blender_spike.common.story.events import EVENTS
    from blender_spike.common.story.others import KINDS
    from blender_spike.common.story.story_file import read_story

    examples = Path(__file__).resolve().parent.parent.parent.parent / "examples" / "story"
    fields = {name: event.all_fields for name, event in EVENTS.items()}
    story = read_story(examples / "talk.toml", list(KINDS), fields)
    assert {one.kind for one in story.things} == set(KINDS) and len(story.events) > 20


def test_spikes_are_heard_when_the_story_shows_them(bpy, folder):
    """The spike at 1 ms: half a frame per ms at first, and again after the story runs back."""
    from helpers.hearing import onsets, read_wave

    def heard(scene):
        found = [one for one in scene.sequence_editor.strips if one.name.endswith("spikes")]
        return [onsets(*reversed(read_wave(one.sound.packed_file.data))) for one in found]

    film = told(
        folder, None,
        ('pace = "0.5 ms"', 'pace = "0.5 ms"\nsound = "click"'),
        ('{ reach = "cell", time = "8 ms" }', '{ back = "cell", to = "0 ms", for = 1 }'),
    )  # fmt: skip
    # Random voltages: a single cell's sections, so many in a frame. Begin with the first ones.
    (first,) = heard(film.scene)
    scene = reopened(bpy, folder, film)
    begins = first.min()
    # Back at 0 ms at 3 s, and the same again.
    assert any(abs(first - (3 + begins)) < 1e-3)
    again = told(folder, scene, ('sound = "click"', 'sound = "tone"'))
    assert len(heard(again.scene)) == 1 and again.notes == []
    scene = reopened(bpy, folder, again)
    silent = told(folder, scene, ('sound = "tone"', ""))
    assert heard(silent.scene) == []
    assert len(silent.scene.sequence_editor.strips) == 1


def test_a_sound_without_spikes_is_told_with_its_thing(bpy, folder):
    import dataclasses

    flat = simulation(branched(), 21, time_ms=np.arange(21.0))
    flat = dataclasses.replace(flat, values=np.full_like(flat.values, -65))
    write(folder / "run.pickle", flat)
    with pytest.raises(ValueError, match=r"the sound of 'cell': .* has no spikes"):
        told(folder, None, ('pace = "0.5 ms"', 'sound = "click"'))
