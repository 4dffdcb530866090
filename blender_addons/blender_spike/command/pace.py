# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a film of a simulation is, and how fast it plays."""

from __future__ import annotations

import argparse

import bpy

from ..common.nodes.modifiers import set_inputs
from ..common.rendering.options import frames_for
from ..common.required import required
from ..playback.playback import find_modifier, fit_time
from ..properties import about


def set_pace(
    scene: bpy.types.Scene,
    neuron: bpy.types.Object,
    options: argparse.Namespace,
    *,
    pace_ms: float | None = None,
    most_frames: int | None = None,
) -> None:
    """Set a scene's last frame and a simulation's pace.

    Parameters
    ----------
    scene : Scene
        It begins where it did.
    options : Namespace
        `length` alone spreads the simulation over that many frames; `ms_per_frame` alone makes the
        film as long as that takes.
    pace_ms : float, optional
        In ms per frame, if neither is given; otherwise one sample per frame.
    most_frames : int, optional
        Where the film ends if no length is given. Says so, if that is before the simulation ends.
    """
    data, length = about(neuron), options.length
    chosen = options.ms_per_frame or (pace_ms if length is None else None)
    if chosen is not None:
        set_inputs(
            required(find_modifier(neuron)),
            {"Milliseconds per Frame": chosen, "Start Frame": float(scene.frame_start)},
        )
        needed = frames_for(data.duration_ms, chosen)
    elif length is not None:
        fit_time(neuron, scene.frame_start, max(length, 2))
        needed = length
    else:
        needed = scene.frame_end - scene.frame_start + 1
    if length is None and most_frames is not None and needed > most_frames:
        print(
            f"The film has {most_frames} of the {needed} frames of the whole simulation; --length "
            f"{needed} renders all of them.",
            flush=True,
        )
        needed = most_frames
    scene.frame_end = scene.frame_start + (length or needed) - 1
