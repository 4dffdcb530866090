# SPDX-License-Identifier: GPL-3.0-or-later
"""Sections of an imported neuron: their names and their segments.

The names are one text with a line for each section, kept with the values: a network has hundreds
of thousands of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import bpy
import numpy as np
from mathutils import Vector
from numpy.typing import NDArray

from ..common.marks import Mark
from ..common.nodes.modifiers import input_value
from ..common.required import required
from ..common.value_color import NO_DATA_BELOW
from ..properties import about
from ..simulation_file import Simulation
from ..sound.spiking import SpikeTimes, recorded
from .network import drawn_places, holds_network, is_network
from .playback import find_modifier, holder_of
from .samples import TIMES, frame_attribute

NAMES: Final = Mark("blender_spike", "section_names", "section_names")
COUNTS: Final = Mark("blender_spike", "segments_per_section", "segments_per_section")
SPIKES: Final = Mark("blender_spike", "spikes", "blender_spike_spikes")
"""Times in ms, ascending, and segments of recorded spikes; missing if there are none."""

_NAME: Final = re.compile(r"(?:(.+)\.)?([A-Za-z]+)(?:_(\d+))?(?:\[(\d+)\])?", re.ASCII)
_WORDS: Final = {"dend": "dendrite", "apic": "apical dendrite"}


class UnknownSectionError(ValueError):
    """A section that a neuron does not have."""


def remember(holder: bpy.types.Object, simulation: Simulation, names: Sequence[str]) -> None:
    """Store the sections' names and numbers of segments with the values.

    Parameters
    ----------
    holder : Object
        Holds the values.
    names : sequence of str
        From `distinct_names`, which takes its time.
    """
    store(holder, names, simulation.segment_counts)
    store_spikes(holder, recorded(simulation))


def distinct_names(simulation: Simulation) -> list[str]:
    """Name all sections differently, each in one line, with their cells' names if needed.

    Returns
    -------
    list of str
        In the file's order.
    """
    names = simulation.section_names
    cells = [cell.name for cell in simulation.cells]
    if holds_network(simulation) and len(cells) == len(names):
        # A point cell has nothing else to be named after.
        names = tuple(cells)
    elif len(cells) > 1:
        names = tuple(
            name if name.startswith(cells[cell]) else f"{cells[cell]}.{name}"
            for name, cell in zip(names, simulation.section_cells, strict=True)
        )
    # Names come from outside, and each line must be one name.
    return numbered([" ".join(name.split()) or "-" for name in names])


def store_spikes(holder: bpy.types.Object, spikes: SpikeTimes | None) -> None:
    """Store recorded spikes with the values, if there are any."""
    if spikes is not None and len(spikes.time_ms):
        SPIKES.put(
            holder, {"time_ms": spikes.time_ms, "segments": spikes.segments.astype(np.int32)}
        )


def stored_spikes(holder: bpy.types.Object) -> SpikeTimes | None:
    """Return recorded spikes, or None if none are stored."""
    stored = SPIKES.of(holder)
    if stored is None:
        return None
    return SpikeTimes(np.array(stored["time_ms"]), np.array(stored["segments"], np.int64))


def store(holder: bpy.types.Object, names: Sequence[str], counts: NDArray[np.integer[Any]]) -> None:
    """Store sections' names and numbers of segments with the values.

    Parameters
    ----------
    holder : Object
        Holds the values.
    names : sequence of str
        All different, each of one line.
    counts : ndarray of int, shape (sections,)
        Segments of each section.
    """
    NAMES.put(holder, "\n".join(names).encode("utf-8", "replace").decode("utf-8"))
    COUNTS.put(holder, counts.astype(np.int32).tolist())


def numbered(names: Sequence[str]) -> list[str]:
    """Make names unique that occur several times: ``soma``, ``soma (2)``, ``soma (3)``."""
    known = set(names)
    if len(known) == len(names):
        return list(names)
    count: dict[str, int] = {}
    numbered = []
    for name in names:
        count[name] = count.get(name, 0) + 1
        unique = name
        if count[name] > 1:
            while (unique := f"{name} ({count[name]})") in known:
                count[name] += 1
            known.add(unique)
        numbered.append(unique)
    return numbered


def section_names(neuron: bpy.types.Object) -> list[str]:
    """Return the names of a neuron's sections, in the file's order.

    Parameters
    ----------
    neuron : Object
        An imported simulation.

    Returns
    -------
    list of str
        Empty if it has lost its values.
    """
    holder: Any = holder_of(neuron, "Values")
    return str(NAMES.of(holder)).split("\n") if holder is not None and NAMES.on(holder) else []


def find_segment(neuron: bpy.types.Object, section: str, position: float) -> int:
    """Find the segment at a place along a section, as NEURON's ``section(position)`` does.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    section : str
        Name of the section, one of `section_names`.
    position : float
        0..1, along the section's arc length.

    Raises
    ------
    UnknownSectionError
        If it has no such section.
    """
    names = section_names(neuron)
    if section not in names:
        close = [name for name in names if section.casefold() in name.casefold()][:3]
        hint = f"; available: {', '.join(close)}" if section and close else ""
        raise UnknownSectionError(f"'{neuron.name}' has no section '{section}'{hint}")
    index = names.index(section)
    counts = segment_counts(neuron)
    count = int(counts[index])
    return int(counts[:index].sum()) + min(int(position * count), count - 1)


def place_of(neuron: bpy.types.Object, segment: int) -> tuple[str, float]:
    """Say where a segment is: the name of its section, and how far along it its center lies.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    """
    ends = np.cumsum(segment_counts(neuron))
    index = int(np.searchsorted(ends, segment, side="right"))
    count = int(segment_counts(neuron)[index])
    return section_names(neuron)[index], (segment - int(ends[index]) + count + 0.5) / count


def title_of(neuron: bpy.types.Object, section: str, position: float) -> str:
    """Write a location as NEURON's users do: ``dend[3](0.5)``, or ``soma`` if that is one segment.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    section : str
        One that it has.
    """
    pieces = segment_counts(neuron)[section_names(neuron).index(section)]
    return section if pieces == 1 else f"{section}({position:.3g})"


def short_title_of(neuron: bpy.types.Object, section: str, position: float) -> str:
    """Write a location as films do: ``dendrite 1.29``, with the position if it is not the middle.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    section : str
        One that it has. Written as it is if another one would be called the same.
    """
    names = section_names(neuron)
    short = short_name(section)
    if short != section and sum(short_name(name) == short for name in names) > 1:
        short = section
    pieces = segment_counts(neuron)[names.index(section)]
    middle = pieces == 1 or abs(position - 0.5) < 5e-4
    return short if middle else f"{short}, {position:.3g}"


def short_name(section: str) -> str:
    """Write a section's name in words: ``dend[3]`` as ``dendrite 3``.

    Returns
    -------
    str
        The same name if it is not made as NEURON's are.
    """
    match = _NAME.fullmatch(section)
    if match is None:
        return section
    cell, word, group, index = match.groups()
    number = ".".join(one for one in (group, index) if one is not None)
    return " ".join(one for one in (cell, _WORDS.get(word.casefold(), word), number) if one)


def default_section(neuron: bpy.types.Object) -> str:
    """Choose the default section: the first soma, or the first section.

    Parameters
    ----------
    neuron : Object
        An imported simulation.

    Returns
    -------
    str
        Empty if it has lost its values.
    """
    names = section_names(neuron)
    return next((n for n in names if "soma" in n.casefold()), (names or [""])[0])


def nearest_segment(neuron: bpy.types.Object, location: Any) -> int:
    """Find the segment whose surface is nearest to a point.

    Parameters
    ----------
    neuron : Object
        An imported simulation. If it is a network, its cells count where they are in this frame.
    location : sequence of float
        In world space.
    """
    local = np.array(neuron.matrix_world.inverted() @ Vector(location))
    if is_network(neuron):
        return int(np.argmin(np.linalg.norm(drawn_places(neuron) - local, axis=1)))
    found: list[tuple[float, int]] = []
    spheres = holder_of(neuron, "Spheres")
    for data in (neuron.data, spheres.data if spheres else None):
        positions = column(data, "position", "vector", 3)
        if not len(positions):
            continue
        distances = np.linalg.norm(positions.reshape(-1, 3) - local, axis=1)
        nearest = int(np.argmin(distances - column(data, "recorded_radius", "value")))
        share = column(data, "weight_b", "value")[nearest]
        segments = column(data, "segment_b" if share > 0.5 else "segment_a", "value", kind=np.int32)
        gap = distances[nearest] - column(data, "recorded_radius", "value")[nearest]
        found.append((float(gap), int(segments[nearest])))
    return min(found)[1]


def selected_places(context: bpy.types.Context, neuron: bpy.types.Object) -> list[Any]:
    """Find what the user points at: points selected in Edit Mode, or else other objects.

    Parameters
    ----------
    neuron : Object
        An imported simulation.

    Returns
    -------
    list of Vector
        In world space.
    """
    if neuron.mode == "EDIT":
        data = neuron.data
        chosen = column(data, ".selection", "value", kind=bool)
        positions = column(data, "position", "vector", 3).reshape(-1, 3)
        matrix = neuron.matrix_world
        # Without the attribute, everything is selected, which singles out nothing.
        return [matrix @ Vector(place) for place in positions[: len(chosen)][chosen].tolist()]
    others = [thing for thing in context.selected_objects or () if thing != neuron]
    return [thing.matrix_world.translation for thing in others]


def samples(neuron: bpy.types.Object, segment: int) -> NDArray[np.float32]:
    """Read a segment's values from the file's data in Blender.

    Parameters
    ----------
    neuron : Object
        An imported simulation.

    Returns
    -------
    ndarray of float32, shape (F, 2)
        Time since the first sample, in sample intervals, and value.
    """
    attributes: Any = required(required(holder_of(neuron, "Values")).data).attributes  # type: ignore[attr-defined]
    frames = about(neuron).frames
    wanted = {frame_attribute(frame): frame for frame in range(frames)}
    rows = np.zeros((frames, 2), np.float32)
    rows[:, 0] = elapsed_of(neuron)
    # Looking up each by name would search all of them every time.
    for attribute in attributes:
        frame = wanted.get(attribute.name)
        if frame is not None:
            rows[frame, 1] = attribute.data[segment].value
    return rows


def elapsed_of(neuron: bpy.types.Object) -> NDArray[np.float32]:
    """Return the times of all samples since the first, in sample intervals, shape (F,).

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    """
    table = holder_of(neuron, "Sample Times")
    if table is not None:
        return column(table.data, TIMES, "value")
    return np.arange(about(neuron).frames, dtype=np.float32)


def sample_times(neuron: bpy.types.Object) -> NDArray[np.float64]:
    """Return the times of all samples, in ms, shape (F,).

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    """
    modifier = required(find_modifier(neuron))
    first = float(input_value(modifier, "First Time").value)
    table = holder_of(neuron, "Sample Times")
    if table is not None:
        return first + column(table.data, TIMES, "value").astype(np.float64)
    interval = float(input_value(modifier, "Sample Interval").value)
    return first + interval * np.arange(about(neuron).frames, dtype=np.float64)


def finite_range(values: NDArray[np.float32]) -> tuple[float, float]:
    """Limits of the values that are data.

    Returns
    -------
    low, high : float
        0 and 0 if there are none.
    """
    known = values[values > NO_DATA_BELOW]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)


def segment_counts(neuron: bpy.types.Object) -> NDArray[np.int64]:
    """Return how many segments each section has, shape (N,)."""
    return np.array(COUNTS.of(required(holder_of(neuron, "Values"))), np.int64)


def column(data: Any, name: str, key: str, width: int = 1, kind: Any = np.float32) -> NDArray[Any]:
    """Read an attribute.

    Parameters
    ----------
    key : str
        What its elements call it: ``"value"`` or ``"vector"``.
    width : int
        Numbers in each element.

    Returns
    -------
    ndarray, shape (elements * width,)
        Empty if there is none of this name.
    """
    attribute = data.attributes.get(name) if data is not None else None
    if attribute is None:
        return np.empty(0, kind)
    column = np.empty(len(attribute.data) * width, kind)
    attribute.data.foreach_get(key, column)
    return column
