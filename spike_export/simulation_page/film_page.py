# SPDX-License-Identifier: BSD-3-Clause
"""A simulation as one HTML file that plays it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..simulation_file import Simulation
from ..simulation_file.cell_choice import NothingChosenError, chosen_cells
from ..simulation_file.spread import color_range
from ..web.color_limits import checked_limits
from ..web.packed_values import PackedValues, packed_values, value_notes
from ..web.page import FPS, SIZE_LIMIT_MB, FilmPage, assembled, packed, plain
from ..web.page_colormaps import known_colors, offered_colormaps
from ..web.web_error import WebFilmError
from .class_palettes import about_sharing, class_limits, class_palette
from .round_pieces import RoundPieces, round_pieces
from .synapse_flashes import RISE_MS, SynapseFlashes, synapse_flashes
from .traced_places import traced_places, usual_place

USUAL: Final = "plasma"
"""The colormap of what is measured."""
MOST_CONNECTIONS: Final = 200_000
# A network this many times taller in z than in y stands upright, as in BlenderSpike.
_TALL: Final = 1.5


@dataclass(frozen=True, slots=True)
class Showing:
    """What a page shows, and how.

    Attributes
    ----------
    colormap : str
        Empty for the usual one: plasma, or a palette for classes such as cell types.
    colors : ndarray of uint8, shape (256, 3), or None
        Of that colormap, sRGB-encoded.
    v_min, v_max : float or None
        Limits of the color scale; by default those that BlenderSpike takes.
    cells : str
        See `cell_choice`; all if empty.
    traces : tuple of str
        See `traced_places`; the soma of a single cell if empty.
    title : str
    light : bool
        On white instead of black.
    ms_per_s : float or None
        Pace; by default 24 frames of the file in a second.
    thickness : float
        Factor on all diameters.
    precision : float or None
        Largest error of the values; see `packed_values`.
    size_limit_mb : float
        A page that would be larger is refused.
    """

    colormap: str = ""
    colors: NDArray[np.uint8] | None = None
    v_min: float | None = None
    v_max: float | None = None
    cells: str = ""
    traces: tuple[str, ...] = ()
    title: str = ""
    light: bool = False
    ms_per_s: float | None = None
    thickness: float = 1.4
    precision: float | None = None
    size_limit_mb: float = SIZE_LIMIT_MB


def film_page(simulation: Simulation, showing: Showing) -> FilmPage:
    """Make the page.

    Raises
    ------
    WebFilmError
        If it cannot be made, or would be larger than the limit.
    """
    try:
        cells = chosen_cells([cell.name for cell in simulation.cells], showing.cells)
    except NothingChosenError as error:
        raise WebFilmError(f"The choice of cells fails: {error}.") from None
    wanted = np.isin(simulation.section_cells, cells)
    if not wanted.any():
        raise WebFilmError("The chosen cells have no sections.")
    notes: list[str] = []
    showing = _with_colors(simulation, showing, notes)
    limits = _limits(simulation, showing, notes)
    columns = np.repeat(wanted, simulation.segment_counts)
    # Everything below is among what is shown.
    number = np.cumsum(columns) - 1
    pieces = round_pieces(simulation, wanted)
    names = showing.traces
    traces = traced_places(simulation, wanted, names) if names else usual_place(simulation, wanted)
    values = packed_values(simulation.values, columns, limits, showing.precision)
    notes += value_notes(values, simulation.unit)
    if values.not_finite == 1:
        notes.append("1 value is not a finite number; it is gray.")
    elif values.not_finite:
        notes.append(f"{values.not_finite:,} values are not finite numbers; they are gray.")
    if simulation.surfaces is not None:
        notes.append("The cells have meshes; here, a line through each stands for it.")
    arrays = _arrays(simulation, wanted, pieces, number) | {
        "low": values.low,
        "high": values.high,
        **_between_cells(simulation, cells, wanted, pieces, number, notes),
    }
    flashes = synapse_flashes(simulation, wanted, notes)
    if flashes is not None:
        arrays |= _of_synapses(flashes)
    about = _about(simulation, showing, wanted, limits, values, notes)
    if flashes is not None:
        about["synapses"] = _about_synapses(flashes)
    about["traces"] = number[traces].tolist()
    content = assembled(about, arrays)
    frames = f"{simulation.n_frames:,} frame{'s' * (simulation.n_frames != 1)}"
    shown = f"{int(columns.sum()):,} segments in {frames}"
    _check_size(len(content), len(values.low) + len(values.high), simulation, showing, shown)
    return FilmPage(content, f"{shown}, {len(content) / 1e6:.2g} MB.", notes)


def _with_colors(simulation: Simulation, showing: Showing, notes: list[str]) -> Showing:
    """Choose the usual colors if none are given, and the limits that belong to them."""
    if showing.colors is not None:
        return showing
    classes = simulation.classes.get(simulation.quantity, ())
    if not classes:
        return replace(showing, colormap=USUAL, colors=known_colors(USUAL))
    name, colors = class_palette(len(classes))
    if showing.v_min is None and showing.v_max is None:
        low, high = class_limits(len(classes))
        showing = replace(showing, v_min=low, v_max=high)
        notes += filter(None, [about_sharing(classes)])
    return replace(showing, colormap=name, colors=colors)


def _limits(simulation: Simulation, showing: Showing, notes: list[str]) -> tuple[float, float]:
    usual = color_range(simulation)
    low = usual.low if showing.v_min is None else showing.v_min
    high = usual.high if showing.v_max is None else showing.v_max
    checked_limits(low, high, may_be_equal=None in (showing.v_min, showing.v_max))
    if showing.v_max is None and usual.note:
        notes.append(f"{usual.note}; set another limit with --v-max.")
    return low, high


def _about(
    simulation: Simulation,
    showing: Showing,
    wanted: NDArray[np.bool_],
    limits: tuple[float, float],
    values: PackedValues,
    notes: list[str],
) -> dict[str, Any]:
    """Collect what is no array."""
    sections = np.flatnonzero(wanted)
    cells, of = np.unique(simulation.section_cells[sections], return_inverse=True)
    assert showing.colors is not None
    pace = showing.ms_per_s
    if pace is None:
        pace = FPS * simulation.duration_ms / max(simulation.n_frames - 1, 1)
    return {
        "kind": "cells",
        "title": plain(showing.title),
        "quantity": plain(simulation.quantity),
        "unit": plain(simulation.unit),
        "timed": simulation.has_time,
        "frames": simulation.n_frames,
        "step": values.step,
        "offset": values.offset,
        "limits": list(limits),
        "pace": pace or 1.0,
        "colormap": showing.colormap,
        "colormaps": offered_colormaps(showing.colormap, showing.colors),
        "light": showing.light,
        "thickness": showing.thickness,
        "sections": [plain(simulation.section_names[section]) for section in sections.tolist()],
        "sectionCells": of.tolist(),
        "segmentCounts": simulation.segment_counts[sections].tolist(),
        "cells": [plain(simulation.cells[cell].name) for cell in cells.tolist()],
        "classes": [plain(name) for name in simulation.classes.get(simulation.quantity, ())],
        "layouts": [plain(name) for name in _layouts(simulation, wanted)],
        "upright": _is_upright(simulation, wanted),
        "notes": notes,
    }


def _arrays(
    simulation: Simulation,
    wanted: NDArray[np.bool_],
    pieces: RoundPieces,
    number: NDArray[np.int64],
) -> dict[str, bytes]:
    section = np.cumsum(wanted) - 1
    return {
        "times": packed(simulation.time_ms.astype("<f8")),
        "counts": packed(pieces.counts.astype("<u4")),
        "lines": packed(section[pieces.sections].astype("<u4")),
        "points": packed(pieces.points_um.astype("<f4")),
        "segments": packed(number[pieces.segments].astype("<u4")),
        "weights": packed(pieces.weights.astype("<f4")),
    }


def _of_synapses(flashes: SynapseFlashes) -> dict[str, bytes]:
    return {
        "synapseAxes": packed(flashes.axis_um.astype("<f4")),
        "synapseAways": packed(flashes.away_um.astype("<f4")),
        "synapseSizes": packed(flashes.sizes.astype("<f4")),
        "synapseKinds": packed(flashes.colors),
        "eventCounts": packed(flashes.counts.astype("<u4")),
        "events": packed(flashes.times_ms.astype("<f4")),
    }


def _about_synapses(flashes: SynapseFlashes) -> dict[str, Any]:
    return {
        "kinds": [
            {"name": plain(name), "color": color, "count": count}
            for name, color, count in flashes.kinds
        ],
        "radius": flashes.radius_um,
        "rise": RISE_MS,
        "decay": flashes.decay_ms,
    }


def _between_cells(
    simulation: Simulation,
    cells: NDArray[np.int64],
    wanted: NDArray[np.bool_],
    pieces: RoundPieces,
    number: NDArray[np.int64],
    notes: list[str],
) -> dict[str, bytes]:
    """Pack the connections of cells, from and to the first piece of each, and other layouts."""
    found: dict[str, bytes] = {}
    pairs = simulation.connections[np.isin(simulation.connections, cells).all(axis=1)]
    if len(pairs) > MOST_CONNECTIONS:
        notes.append(
            f"None of the {len(pairs):,} connections are shown; {MOST_CONNECTIONS:,} are the most."
        )
    elif len(pairs):
        first_point = np.full(len(simulation.cells), -1)
        begins = np.cumsum(pieces.counts) - pieces.counts
        # The last one stays: of a cell with a shape, its soma's sphere.
        first_point[simulation.section_cells[pieces.sections]] = begins
        found["connections"] = packed(first_point[pairs].astype("<u4"))
    if layouts := _layouts(simulation, wanted):
        of = simulation.section_cells[pieces.sections]
        places = np.concatenate([layout[of] for layout in layouts.values()])
        found["layouts"] = packed(places.astype("<f4"))
    return found


def _layouts(simulation: Simulation, wanted: NDArray[np.bool_]) -> dict[str, Any]:
    """Take the other layouts, if all that is shown are points."""
    return dict(simulation.layouts) if (simulation.point_counts[wanted] == 1).all() else {}


def _is_upright(simulation: Simulation, wanted: NDArray[np.bool_]) -> bool:
    shown = np.repeat(wanted, simulation.point_counts)
    _, y, z = np.ptp(simulation.points_um[shown, :3], axis=0)
    return bool((simulation.point_counts[wanted] == 1).all() and z > _TALL * y)


def _check_size(
    size: int, of_values: int, simulation: Simulation, showing: Showing, shown: str
) -> None:
    limit = showing.size_limit_mb * 1e6
    if size <= limit:
        return
    in_page = of_values * 4 / 3
    advice = "--cells shows fewer cells"
    room = limit - (size - in_page)
    if room > 0 and simulation.has_time and simulation.n_frames > 2:
        every = simulation.duration_ms / (simulation.n_frames - 1) * in_page / room
        advice += f", --every {every:.2g} takes fewer frames, --precision coarser values"
    raise WebFilmError(
        f"The page would have {size / 1e6:.3g} MB, {in_page / 1e6:.3g} of them for {shown}; the "
        f"limit is {showing.size_limit_mb:g} MB. {advice}; --size-limit raises it."
    )
