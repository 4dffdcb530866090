# SPDX-License-Identifier: GPL-3.0-or-later
"""The sound of neurons as a strip in a scene's sequencer.

The sound is packed into the .blend, so that it goes wherever that goes: to a render farm, or with
the scene into another file. It takes 11 MB a minute.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import bpy
import numpy as np
from mathutils import Vector
from numpy.typing import NDArray

from ..common.nodes.modifiers import has_input, input_value
from ..common.rendering.voice import new_strip
from ..common.required import required
from ..playback.playback import find_modifier
from ..playback.sections import find_segment, segment_counts, title_of
from ..sound import electrode
from ..sound.clicks import Samples, Voicing, pans, sound_of
from ..sound.course import heard_at
from ..sound.spiking import Each, SoundError, counted
from ..sound.wave_file import write_wave
from ..views import view_of
from .film_course import course_of, film_length_s, state_of
from .heard_spikes import sample_times_ms, spikes_in, values_of

What = Literal["spikes", "voltage"]
Pitch = Literal["height", "type"]

_MARK: Final = "blender_spike_sound"
# What a person may have set of a strip.
_KEPT: Final = ("volume", "mute", "pan", "channel")


class Heard(NamedTuple):
    """What a new strip plays."""

    strip: Any
    told: str
    """In a sentence or two."""


def add_spikes(
    scene: bpy.types.Scene,
    neurons: Sequence[bpy.types.Object],
    voicing: Voicing | None = None,
    *,
    each: Each = "auto",
    pitch: Pitch = "height",
    threshold: float | None = None,
    by_story: bool = False,
) -> Heard:
    """Let the spikes of neurons be heard when a scene's film shows them.

    They are at the left or right as the camera sees them in this frame, or as seen from above if
    there is none.

    Parameters
    ----------
    neurons : sequence of Object
        Imported simulations.
    voicing : Voicing, optional
        How they sound.
    each, threshold
        See `sound.spiking.spikes_of`.
    pitch : {"height", "type"}
        What gives a spike its pitch: how high it is in the picture, or its section's type.

    Returns
    -------
    Heard
        The strip; an earlier one of the spikes of one of them is replaced.

    Raises
    ------
    SoundError
        If there is nothing to be heard; nothing is changed then.
    """
    length_s = film_length_s(scene)
    courses = [course_of(scene, neuron) for neuron in neurons]
    right, up = _axes(scene, neurons)
    across, height, when, first, silent, sectionwise = [], [], [], 0, 0, False
    for neuron, course in zip(neurons, courses, strict=True):
        spikes, drawn, sectionwise = spikes_in(neuron, each, threshold)
        film_s, which = heard_at(course, spikes.time_ms)
        silent += len(spikes.time_ms) - len(np.unique(which))
        across.append(drawn.places @ right)
        types = np.repeat(drawn.types, segment_counts(neuron)).astype(np.float64)
        height.append(types if pitch == "type" else drawn.places @ up)
        when.append((film_s, spikes.segments[which] + first))
        first += len(across[-1])
    film_s = np.concatenate([one for one, _ in when])
    of = np.concatenate([one for _, one in when])
    if not len(film_s):
        raise SoundError(
            "There are no spikes in the film."
            if silent
            else f"'{neurons[0].name}' has no spikes: nothing rises to the threshold."
        )
    sources, which = np.unique(of, return_inverse=True)
    heights = np.concatenate(height)[sources]
    pan, voicing = pans(np.concatenate(across)[sources]), voicing or Voicing()
    pitches = voicing.pitches_hz(heights)
    made = sound_of(film_s, pitches[which], pan[which], length_s, voicing.kind)
    told = counted(len(film_s), len(sources), sections_each=sectionwise)
    if silent:
        told += f" {silent:,} more are in no frame, or only where time leaps or runs back."
    if pitch == "type" and len(np.unique(heights)) == 1:
        told += " All are of one section type, so all sound alike."
    if any(map(_has_copies, neurons)):
        told += " Copies on points are silent."
    return Heard(_put(scene, neurons, "spikes", made, by_story=by_story), told)


def add_voltage(
    scene: bpy.types.Scene, neuron: bpy.types.Object, section: str, position: float = 0.5
) -> Heard:
    """Let the voltage at a place be heard as an electrode would, on the time of a scene's film.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    section : str
    position : float
        0..1, along the section.

    Raises
    ------
    SoundError, UnknownSectionError
        If nothing is audible, or there is no such section.
    """
    segment = find_segment(neuron, section, position)
    course = course_of(scene, neuron)
    values, times = values_of(neuron, segment), sample_times_ms(neuron)
    made = electrode.voltage_sound(course, times, values, film_length_s(scene))
    told = f"{title_of(neuron, section, position)}. {electrode.told(course)}"
    return Heard(_put(scene, [neuron], "voltage", made), told)


def strips_of(
    scene: bpy.types.Scene,
    neurons: Sequence[bpy.types.Object] | None = None,
    what: What | None = None,
    *,
    by_story: bool = False,
) -> list[Any]:
    """Find the strips made here.

    Parameters
    ----------
    neurons : sequence of Object, optional
        Only those with the sound of one of these.
    what : {"spikes", "voltage"}, optional
        Only those of this kind.
    by_story : bool
        Only those that a story made.
    """
    editor: Any = scene.sequence_editor
    names = None if neurons is None else {neuron.name for neuron in neurons}
    found = []
    for _, strip in _each(editor.strips) if editor is not None else ():
        mark = _mark_of(strip)
        if (
            mark
            and (names is None or names & set(mark["neurons"]))
            and what in (None, mark["what"])
            and (mark["story"] or not by_story)
        ):
            found.append(strip)
    return found


def remove_strips(scene: bpy.types.Scene, strips: Sequence[Any]) -> None:
    """Remove strips, and sounds that nothing else plays."""
    editor: Any = scene.sequence_editor
    wanted = list(strips)
    for owner, strip in list(_each(editor.strips)) if wanted else ():
        if strip in wanted:
            sound = strip.sound
            owner.remove(strip)
            if sound is not None and not sound.users:
                bpy.data.sounds.remove(sound)


def outdated(scene: bpy.types.Scene) -> list[str]:
    """List the names of strips whose neurons play otherwise than when they were made."""
    old = []
    for strip in strips_of(scene):
        mark = _mark_of(strip)
        there: list[Any] = [scene.objects.get(name) for name in mark["neurons"]]
        neurons = [one for one in there if one is not None and find_modifier(one) is not None]
        # A neuron that was renamed or deleted, too.
        if len(neurons) < len(there) or _digest(scene, neurons) != mark["state"]:
            old.append(strip.name)
    return old


def _put(
    scene: bpy.types.Scene,
    neurons: Sequence[bpy.types.Object],
    what: What,
    made: Samples,
    *,
    by_story: bool = False,
) -> Any:
    """Put a sound on the sequencer, in place of an earlier one."""
    title = f"{neurons[0].name} {what}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spikes.wav"
        write_wave(path, made)
        strip = new_strip(scene, title, str(path), scene.frame_start)
        sound: Any = strip.sound
        sound.pack()
        # Where it would be unpacked to.
        sound.filepath = f"//{bpy.path.clean_name(title)}.wav"
    earlier = [one for one in strips_of(scene, neurons, what) if one != strip]
    kept = {name: getattr(earlier[0], name) for name in _KEPT} if earlier else {}
    remove_strips(scene, earlier)
    for name, value in kept.items():
        setattr(strip, name, value)
    strip.name = sound.name = title
    names = [neuron.name for neuron in neurons]
    state = _digest(scene, neurons)
    strip[_MARK] = json.dumps({"neurons": names, "what": what, "state": state, "story": by_story})
    return strip


def _each(strips: Any) -> Iterator[tuple[Any, Any]]:
    """Yield strips, and those within meta strips, each with what it is removed from."""
    for strip in strips:
        if strip.type == "META":
            yield from _each(strip.strips)
        else:
            yield strips, strip


def _mark_of(strip: Any) -> dict[str, Any]:
    try:
        mark = json.loads(strip.get(_MARK, "{}"))
    except (TypeError, ValueError):
        return {}
    known = isinstance(mark, dict) and {"neurons", "what", "state", "story"} <= mark.keys()
    return mark if known and isinstance(mark["neurons"], list) else {}


def _digest(scene: bpy.types.Scene, neurons: Sequence[bpy.types.Object]) -> str:
    states = json.dumps([state_of(scene, neuron) for neuron in neurons])
    return hashlib.sha256(states.encode()).hexdigest()[:16]


def _axes(
    scene: bpy.types.Scene, neurons: Sequence[bpy.types.Object]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find what is right and up in the picture."""
    if scene.camera is not None:
        world = np.array(scene.camera.matrix_world)
        return world[:3, 0], world[:3, 1]
    view = view_of(scene, neurons)
    right: Any = Vector(view.direction).cross(Vector(view.up))
    return np.array(right), np.array(view.up)


def _has_copies(neuron: bpy.types.Object) -> bool:
    modifier = required(find_modifier(neuron))
    return has_input(modifier, "Copies On") and input_value(modifier, "Copies On").value is not None
