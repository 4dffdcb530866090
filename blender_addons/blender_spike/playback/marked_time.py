# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulation's time that follows markers named after it, such as ``2.1 ms`` and ``hold``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import bpy

from ..common.animation import Key, write_keys
from ..common.nodes.modifiers import input_value, set_inputs
from ..common.required import required
from ..common.story.moments import simulated
from ..properties import about
from .playback import find_modifier

HOLD: Final = "hold"


class MarkedTime(NamedTuple):
    """A time of the simulation in a frame."""

    frame: int
    time_ms: float
    told: str
    """In words."""


def marked_times(
    markers: Iterable[tuple[int, str]], first_ms: float, last_ms: float
) -> tuple[list[MarkedTime], list[str]]:
    """Read markers.

    Parameters
    ----------
    markers : iterable of (int, str)
        Frames and names. `HOLD` repeats the time of the marker before.
    first_ms, last_ms : float
        Of the simulation.

    Returns
    -------
    times : list of MarkedTime
        By frame.
    skipped : list of str
        Names that are no times, or not of this simulation, and why.

    Raises
    ------
    ValueError
        If two markers in one frame have different times.
    """
    found: list[MarkedTime] = []
    skipped: list[str] = []
    slack = 1e-6 * (last_ms - first_ms)
    for frame, name in sorted(markers, key=lambda one: one[0]):
        if name.strip().casefold() == HOLD:
            time = found[-1].time_ms if found else first_ms
            told = f"still {time:g} ms in frame {frame}"
        else:
            try:
                time = simulated(name.strip().casefold(), seconds=True)
            except ValueError:
                skipped.append(f"'{name:.40}'")
                continue
            if not first_ms - slack <= time <= last_ms + slack:
                within = f"the simulation has {first_ms:g} to {last_ms:g} ms"
                skipped.append(f"'{name:.40}' ({within})")
                continue
            told = f"{time:g} ms in frame {frame}"
        if found and found[-1].frame == frame:
            if found[-1].time_ms != time:
                raise ValueError(
                    f"Two markers in frame {frame} have the times {found[-1].time_ms:g} and "
                    f"{time:g} ms; move or delete one of them"
                )
            continue
        found.append(MarkedTime(frame, time, told))
    return found, skipped


def times_of(neuron: bpy.types.Object) -> tuple[float, float]:
    """Return the first and last time of a simulation, in ms."""
    first = float(input_value(required(find_modifier(neuron)), "First Time").value)
    return first, first + about(neuron).duration_ms


def time_path(neuron: bpy.types.Object) -> str:
    """Return the data path of a simulation's time, from the neuron."""
    return str(input_value(required(find_modifier(neuron)), "Time").path_from_id("value"))


def show_time(neuron: bpy.types.Object) -> None:
    """Let a simulation show its *Time*."""
    set_inputs(required(find_modifier(neuron)), {"Use Time": True, "At the Ends": "Hold"})


def follow_times(neuron: bpy.types.Object, times: Sequence[MarkedTime]) -> None:
    """Keyframe a simulation's time, at constant speed in between, in place of other keyframes."""
    show_time(neuron)
    keys = [Key(one.frame, one.time_ms, "LINEAR") for one in times]
    write_keys(neuron, time_path(neuron), keys)
