# SPDX-License-Identifier: GPL-3.0-or-later
"""From arrays to datablocks: the curves of a simulation, and the objects that hold its values.

Each function makes datablocks and adds them to `made` as soon as they exist, so that they can all
be removed after a failure; and returns the modifier inputs they are for.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from ..cells.morphology import (
    CHAIN_BACK,
    CHAIN_PLACE,
    STARTS_INSIDE,
    Role,
    Strands,
    center_um,
    section_radii_um,
    strands,
)
from ..common.geometry import new_curves
from ..common.holders import keep_together
from ..common.value_color import NO_DATA
from ..extracellular.kept_lines import keep_lines
from ..lines.surface_input import SURFACES
from ..playback import samples, sections
from ..playback.axon_pulses import AXON_PULSE_DATA
from ..playback.network import holds_network
from ..playback.network_nodes import LAYOUT_PREFIX, range_inputs
from ..playback.network_pulses import (
    BY_SOURCE,
    CONNECTIONS_FROM,
    DELAY,
    FIRST_CONNECTION,
    LENGTH,
    LONGEST_DELAY,
    LONGEST_LENGTH,
    SPIKE_TIME,
)
from ..playback.quantities import describe
from ..playback.synapse_nodes import SYNAPSE_DATA
from ..properties import about
from ..simulation_file import SECTION_TYPES, Simulation
from ..simulation_file.simulation import value_range
from .points_holder import points_holder
from .surface_parts import has_surface, surface_inputs
from .synapse_parts import synapse_inputs

_THINNEST_UM: Final = 1e-6
# Sampling counts as regular if no interval differs from the mean by more than this fraction.
_REGULAR: Final = 1e-6
SPEED_UM_PER_MS: Final = 300.0
"""Of spikes along connections without delays: that of thin axons without myelin."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a neuron comes from, and how it is placed in the scene.

    Attributes
    ----------
    path : Path
        Of the simulation file.
    um_per_unit : float
        Micrometers per Blender unit.
    center : bool
        Put the soma at the object's origin; otherwise keep the file's coordinates.
    cells : str
        Which cells, as `subset` describes; all if empty.
    section_types : collection of str
        Which section types, from `SECTION_TYPES`.
    """

    path: Path
    um_per_unit: float = 100.0
    center: bool = True
    cells: str = ""
    section_types: Collection[str] = SECTION_TYPES


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a neuron or a network.

    Attributes
    ----------
    curves : Curves
        Strands, or the connections of a network.
    inputs : dict
        What the modifier needs to play values on them, by its inputs' names.
    holders : Collection
        The objects among them.
    values : Object
        That of the quantity which is shown at first, one of the holders.
    origin_um : ndarray, shape (3,)
        The point at the object's origin.
    is_network : bool
    """

    curves: bpy.types.Curves
    inputs: dict[str, Any]
    holders: bpy.types.Collection
    values: bpy.types.Object
    origin_um: NDArray[np.float64]
    is_network: bool = False


def make_parts(
    name: str, source: Source, simulation: Simulation, made: list[bpy.types.ID]
) -> Parts:
    """Make the datablocks of a simulation.

    Parameters
    ----------
    name : str
        Prefix of their names.
    simulation : Simulation
        The requested part of the file.
    made : list of ID
        New datablocks are added to it as soon as they exist.
    """
    if holds_network(simulation):
        return _network_parts(name, source, simulation, made)
    lines = strands(simulation)
    values = _values(name, simulation, made)
    origin = center_um(simulation, lines) if source.center else np.zeros(3)
    scale = 1.0 / source.um_per_unit
    keep_lines([of_one["Values"] for of_one in values], simulation, origin, scale)
    inputs = {
        **values[0],
        **time_inputs(name, simulation.time_ms, made),
        **_spheres(name, simulation, lines, origin, scale, made),
        "Mean Radius": lines.mean_radius_um * scale,
        "Micrometer": scale,
        **synapse_inputs(name, simulation, lines, origin, scale, made),
        **surface_inputs(name, simulation, lines, origin, scale, made),
    }
    curves = _curves(name, simulation, lines, origin, scale, inputs["Recording"], made)
    kept = _kept(name, values, inputs, made)
    return Parts(curves, inputs, kept, inputs["Values"], origin)


def _network_parts(
    name: str, source: Source, simulation: Simulation, made: list[bpy.types.ID]
) -> Parts:
    scale = 1.0 / source.um_per_unit
    places = simulation.points_um[:, :3].astype(np.float64)

    def placed(layout: NDArray[Any]) -> NDArray[np.float64]:
        # Each layout is centered on its own middle, so that cells do not drift off between them.
        middle = (layout.min(axis=0) + layout.max(axis=0)) / 2 if source.center else np.zeros(3)
        return (layout.astype(np.float64) - middle) * scale

    segments = simulation.first_segments
    rows: dict[str, NDArray[Any]] = {
        "recorded_radius": simulation.points_um[:, 3] / 2 * scale,
        "segment_a": segments,
        "segment_b": segments,
        "weight_b": np.zeros(len(segments)),
        "cell": simulation.section_cells,
        **{f"{LAYOUT_PREFIX}{key}": placed(layout) for key, layout in simulation.layouts.items()},
    }
    values = _values(name, simulation, made)
    shown = about(values[0]["Values"])
    inputs = {
        **values[0],
        **time_inputs(name, simulation.time_ms, made),
        "Spheres": points_holder(f"{name} cells", placed(places), rows.items(), made),
        **range_inputs(shown.low, shown.high),
        "Connection Radius": 0.08 * float(np.median(rows["recorded_radius"])),
    }
    pairs = simulation.connections
    # Connections from a cell to itself have no length.
    apart = pairs[:, 0] != pairs[:, 1]
    pairs = pairs[apart]
    ends = pairs.ravel()
    lengths = np.linalg.norm(np.diff(placed(places)[pairs], axis=1)[:, 0], axis=1)
    delays_ms = simulation.delays_ms
    delays = np.full(len(pairs), -1.0) if delays_ms is None else delays_ms[apart]
    from_segment = np.repeat(segments[pairs[:, 0]], 2)
    curves = new_curves(
        name,
        np.full(len(pairs), 2),
        placed(places)[ends],
        {
            ("segment_a", "POINT"): from_segment,
            ("segment_b", "POINT"): from_segment,
            ("weight_b", "POINT"): np.zeros(len(ends)),
            ("at_cell", "POINT"): ends,
            (samples.RECORDING, "CURVE"): np.full(len(pairs), inputs["Recording"]),
            (BY_SOURCE, "CURVE"): np.argsort(pairs[:, 0], kind="stable"),
            (LENGTH, "CURVE"): lengths,
            (DELAY, "CURVE"): delays,
        },
    )
    made.append(curves)
    middle_um = (places.min(axis=0) + places.max(axis=0)) / 2 if source.center else np.zeros(3)
    inputs |= _spikes(name, simulation, pairs[:, 0], delays, lengths, made)
    inputs["Pulse Speed"] = 0.0 if delays_ms is not None else SPEED_UM_PER_MS * scale
    kept = _kept(name, values, inputs, made)
    return Parts(curves, inputs, kept, inputs["Values"], middle_um, is_network=True)


def _spikes(
    name: str,
    simulation: Simulation,
    sources: NDArray[np.int32],
    delays: NDArray[np.float64],
    lengths: NDArray[np.float64],
    made: list[bpy.types.ID],
) -> dict[str, Any]:
    """Make what holds the spikes of all cells with connections."""
    counts = np.bincount(sources, minlength=len(simulation.cells))
    firsts = np.cumsum(counts) - counts
    times = [
        np.empty(0) if cell.spikes_ms is None or not count else cell.spikes_ms
        for cell, count in zip(simulation.cells, counts, strict=True)
    ]
    of = np.repeat(np.arange(len(times)), [len(row) for row in times])
    if not of.size:
        return {"Spikes": None, "Pulses": False}
    longest = np.full((2, len(counts)), -1.0)
    for row, each in zip(longest, (delays, lengths), strict=True):
        np.maximum.at(row, sources, each)
    rows = {
        SPIKE_TIME: np.concatenate(times) - simulation.time_ms[0],
        FIRST_CONNECTION: firsts[of],
        CONNECTIONS_FROM: counts[of],
        LONGEST_DELAY: longest[0][of],
        LONGEST_LENGTH: longest[1][of],
    }
    holder = points_holder(f"{name} spikes", len(of), rows.items(), made)
    return {"Spikes": holder, "Pulses": True}


def _kept(
    name: str,
    values: Sequence[dict[str, Any]],
    inputs: dict[str, Any],
    made: list[bpy.types.ID],
) -> bpy.types.Collection:
    held = [of_one["Values"] for of_one in values] + [inputs[name] for name in samples.HELD]
    own = ("Spikes", *SYNAPSE_DATA, *AXON_PULSE_DATA, SURFACES)
    held += [inputs.get(name) for name in own]
    return keep_together(name, held, made)


def _values(name: str, simulation: Simulation, made: list[bpy.types.ID]) -> list[dict[str, Any]]:
    """Make what holds each quantity's values; the first is shown."""
    found: list[dict[str, Any]] = []
    names = sections.distinct_names(simulation)
    for quantity in simulation.quantities:
        showing = simulation.showing(quantity)
        # The first is called as it always was.
        title = f"{name} {quantity}" if found else name
        limits = value_range(showing.values)
        rows = _rows(showing, is_finite=not limits.not_finite)
        inputs = new_values(title, showing.segment_counts, rows, made)
        sections.remember(inputs["Values"], showing, names)
        describe(inputs["Values"], showing, limits)
        found.append(inputs)
    return found


def _rows(simulation: Simulation, *, is_finite: bool) -> Iterator[NDArray[np.float32]]:
    for row in simulation.values:
        yield row if is_finite else np.where(np.isfinite(row), row, np.float32(NO_DATA))


def new_values(
    name: str,
    counts: NDArray[np.int32],
    rows: Iterable[NDArray[np.float32]],
    made: list[bpy.types.ID],
) -> dict[str, Any]:
    """Make the object that holds the values.

    Parameters
    ----------
    name : str
        Of the neuron.
    counts : ndarray of int32, shape (sections,)
        Segments of each section.
    rows : iterable of ndarray, shape (segments,)
        One for each sample; taken one at a time.

    Returns
    -------
    dict
        The modifier's inputs for it.
    """
    # Identifies the recording: the same for two imports of a file, which can be joined.
    digest = zlib.crc32(np.ascontiguousarray(counts))

    def frames() -> Iterator[tuple[str, NDArray[np.float32]]]:
        nonlocal digest
        for frame, row in enumerate(rows):
            digest = zlib.crc32(np.ascontiguousarray(row), digest)
            yield samples.frame_attribute(frame), row

    holder = points_holder(f"{name} values", int(counts.sum()), frames(), made)
    # A positive 32-bit number, different from the default of curves without one.
    return {"Values": holder, "Recording": (digest >> 1) or 1}


def time_inputs(
    name: str, time_ms: NDArray[np.float64], made: list[bpy.types.ID]
) -> dict[str, Any]:
    """Make the modifier's inputs for the times of samples, and the object that irregular ones need.

    Parameters
    ----------
    name : str
        Of the neuron.
    time_ms : ndarray of float64, shape (F,)
    """
    intervals = np.diff(time_ms)
    mean = float(intervals.mean()) if intervals.size else 1.0
    inputs = {
        "Start Frame": 0.0,
        # One sample per frame; if they are irregular, as many frames as samples.
        "Milliseconds per Frame": mean,
        "First Time": float(time_ms[0]),
        "Samples": len(time_ms),
        "Irregular Times": False,
        "Sample Times": None,
    }
    if np.abs(intervals - mean).max(initial=0.0) <= _REGULAR * mean:
        return inputs | {"Sample Interval": mean, "Span": float(len(time_ms) - 1)}
    elapsed = time_ms - time_ms[0]
    times = points_holder(f"{name} times", len(elapsed), [(samples.TIMES, elapsed)], made)
    return inputs | {
        "Irregular Times": True,
        "Sample Times": times,
        "Sample Interval": 1.0,
        "Span": float(elapsed[-1]),
    }


def _curves(
    name: str,
    simulation: Simulation,
    lines: Strands,
    origin: NDArray[np.float64],
    scale: float,
    recording: int,
    made: list[bpy.types.ID],
) -> bpy.types.Curves:
    is_line = lines.roles <= Role.SOMA_AS_RECORDED
    # Lines come first.
    on_line = slice(int(lines.point_counts[is_line].sum()))
    section_radii = section_radii_um(simulation) * scale
    positions = lines.positions_um[on_line] - origin
    positions *= scale
    curves = new_curves(
        name,
        lines.point_counts[is_line],
        positions,
        {
            ("radius", "POINT"): _strand_radii(lines)[on_line] * scale,
            **{(key, "POINT"): row[on_line] for key, row in _per_point(lines, scale).items()},
            **{(key, "CURVE"): row[is_line] for key, row in _per_curve(simulation, lines).items()},
            ("section_radius", "CURVE"): section_radii[lines.sections[is_line]],
            (STARTS_INSIDE, "CURVE"): lines.starts_inside[is_line].astype(np.int32),
            (CHAIN_BACK, "CURVE"): lines.chain_back[is_line],
            (CHAIN_PLACE, "CURVE"): lines.chain_place[is_line],
            **has_surface(simulation, lines.sections[is_line]),
            (samples.RECORDING, "CURVE"): np.full(int(is_line.sum()), recording),
        },
    )
    made.append(curves)
    return curves


def _spheres(
    name: str,
    simulation: Simulation,
    lines: Strands,
    origin: NDArray[np.float64],
    scale: float,
    made: list[bpy.types.ID],
) -> dict[str, Any]:
    is_sphere = lines.roles >= Role.SOMA_SPHERE
    # A sphere is a curve of one point, so curve attributes become point attributes.
    own = slice(len(lines.positions_um) - int(is_sphere.sum()), None)
    rows = {key: row[own] for key, row in _per_point(lines, scale).items()} | {
        key: row[is_sphere] for key, row in _per_curve(simulation, lines).items()
    }
    positions = (lines.positions_um[own] - origin) * scale
    return {"Spheres": points_holder(f"{name} spheres", positions, rows.items(), made)}


def _strand_radii(lines: Strands) -> NDArray[np.float64]:
    """Radii in µm as the modifier expects them: none where a sphere represents the soma."""
    soma = np.repeat(lines.roles == Role.SOMA_AS_RECORDED, lines.point_counts)
    # The modifier recognizes unwanted strands by zero thickness.
    return np.where(soma, 0.0, np.maximum(lines.radii_um, _THINNEST_UM))


def _per_point(lines: Strands, scale: float) -> dict[str, NDArray[Any]]:
    return {
        "recorded_radius": lines.radii_um * scale,
        "segment_a": lines.segment_a,
        "segment_b": lines.segment_b,
        "weight_b": lines.weight_b,
    }


def _per_curve(simulation: Simulation, lines: Strands) -> dict[str, NDArray[Any]]:
    return {
        "role": lines.roles,
        "section": lines.sections,
        "section_type": simulation.section_types[lines.sections],
        "cell": simulation.section_cells[lines.sections],
    }
