# SPDX-License-Identifier: GPL-3.0-or-later
"""Which time of its simulation a neuron shows when, with all keyframes; as its nodes compute it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from ..common.animation import fcurves
from ..common.nodes.modifiers import input_value
from ..common.required import required
from ..playback.playback import find_modifier
from ..properties import about
from ..sound.course import Course, check_length
from ..sound.spiking import SoundError

_START, _PACE, _USE, _TIME = "Start Frame", "Milliseconds per Frame", "Use Time", "Time"
_INPUTS: Final = (_START, _PACE, _USE, _TIME)
# Between keyframes, in frames: what is linear between two of these is off by far less than 1 ms.
_STEP: Final = 1 / 16
# Before a leap, in frames.
_JUST_BEFORE: Final = 1e-4


def film_length_s(scene: bpy.types.Scene) -> float:
    """Return how long a scene's film is.

    Raises
    ------
    SoundError
        If that is too long for a sound.
    """
    length_s = (scene.frame_end - scene.frame_start + 1) / _frame_rate(scene)
    check_length(length_s)
    return length_s


def course_of(scene: bpy.types.Scene, neuron: bpy.types.Object) -> Course:
    """Find which time a neuron shows when in a scene's film.

    Parameters
    ----------
    neuron : Object
        An imported simulation.

    Raises
    ------
    SoundError
        If its time depends on more than its own keyframes.
    """
    modifier = required(find_modifier(neuron))
    inputs = {name: input_value(modifier, name) for name in _INPUTS}
    paths = {name: one.path_from_id("value") for name, one in inputs.items()}
    _check_alone(neuron, paths.values())
    curves = {
        name: next((one for one in fcurves(neuron, path) if not one.mute), None)
        for name, path in paths.items()
    }
    # Blender's old and new frame counts stretch all that is animated, but not the sequencer.
    stretch = _stretch(scene)
    first, end = scene.frame_start, scene.frame_end + 1
    animated = [curve for curve in curves.values() if curve is not None]
    frames, leaps = _moments(animated, first * stretch, end * stretch)

    def at(name: str) -> NDArray[np.float64]:
        curve = curves[name]
        if curve is None:
            return np.full(len(frames), float(inputs[name].value))
        return np.array([curve.evaluate(frame) for frame in frames.tolist()])

    first_ms = float(input_value(modifier, "First Time").value)
    played = first_ms + (frames - at(_START)) * at(_PACE)
    shown = np.where(at(_USE) > 0.5, at(_TIME), played)
    film_s = (frames / stretch - first) / _frame_rate(scene)
    ends = input_value(modifier, "At the Ends").value
    last_ms = first_ms + about(neuron).duration_ms
    return Course(film_s, shown, leaps, first_ms, last_ms, ends)


def state_of(scene: bpy.types.Scene, neuron: bpy.types.Object) -> list[Any]:
    """Summarize what a course depends on, to tell whether it is still the same."""
    modifier = required(find_modifier(neuron))
    state: list[Any] = [
        scene.frame_start, scene.frame_end, round(_frame_rate(scene), 6), round(_stretch(scene), 6),
        str(input_value(modifier, "At the Ends").value), round(about(neuron).duration_ms, 5),
    ]  # fmt: skip
    for name in _INPUTS:
        value = input_value(modifier, name)
        keys = [
            [round(key.co.x, 3), round(key.co.y, 4), key.interpolation]
            for curve in fcurves(neuron, value.path_from_id("value"))
            for key in curve.keyframe_points
        ]
        state.append(keys if keys else round(float(value.value), 5))
    return state


def _frame_rate(scene: bpy.types.Scene) -> float:
    render = required(scene.render)
    return float(render.fps) / float(render.fps_base)


def _stretch(scene: bpy.types.Scene) -> float:
    render = required(scene.render)
    return float(render.frame_map_old) / float(render.frame_map_new)


def _check_alone(neuron: bpy.types.Object, paths: Any) -> None:
    animation: Any = neuron.animation_data
    if animation is None:
        return
    driven = {one.data_path for one in animation.drivers}
    layered = animation.use_nla and any(not track.mute for track in animation.nla_tracks)
    if layered or driven & set(paths):
        how = "strips of the NLA editor" if layered else "a driver"
        raise SoundError(
            f"The time of '{neuron.name}' comes from {how}; bake it to keyframes of Time first."
        )


def _moments(
    curves: Sequence[Any], first: float, end: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Choose frames between which everything is linear, and tell where it leaps."""
    if not curves:
        return np.array([first, end]), np.zeros(1, np.bool_)
    keys, leaping = [], []
    for curve in curves:
        points = list(curve.keyframe_points)
        keys += [point.co.x for point in points]
        # A switch has no way between its two states.
        leaping += [
            after.co.x
            for before, after in zip(points, points[1:], strict=False)
            if before.interpolation == "CONSTANT"
        ]
    evenly = np.arange(first, end, _STEP)
    frames = np.unique(np.r_[evenly, end, keys, leaping, np.array(leaping) - _JUST_BEFORE])
    frames = frames[(frames >= first) & (frames <= end)]
    return frames, np.isin(frames[1:], np.array(leaping)) & (np.diff(frames) < 2 * _JUST_BEFORE)
