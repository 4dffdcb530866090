# SPDX-License-Identifier: BSD-3-Clause
"""A simulation as one HTML file that plays it.

The page's own parts are in ``page``; `boot.js` there says how they come together. All that a file
may have brought along, names too, goes into the page packed and as Base64, so that it cannot mean
anything to HTML or JavaScript. The page forbids itself to load anything.
"""

from __future__ import annotations

import base64
import functools
import gzip
import html
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..simulation_file import Simulation
from ..simulation_file.cell_choice import NothingChosenError, chosen_cells
from ..simulation_file.spread import color_range
from .packed_values import PackedValues, packed_values
from .page_colormaps import page_colormaps
from .round_pieces import RoundPieces, round_pieces
from .traced_places import traced_places, usual_place
from .web_error import WebFilmError

ENDING: Final = ".html"
SIZE_LIMIT_MB: Final = 10.0
MOST_CONNECTIONS: Final = 200_000
FPS: Final = 24.0

_HERE: Final = Path(__file__).parent
# In the order in which they need each other, by the names that they import.
_MODULES: Final = {
    "./three.core.js": "three/three.core.js",
    "three": "three/three.module.js",
    "./orbit_controls.js": "three/OrbitControls.js",
    "./film_data.js": "page/film_data.js",
    "./color_scale.js": "page/color_scale.js",
    "./clock.js": "page/clock.js",
    "./shaders.js": "page/shaders.js",
    "./stage.js": "page/stage.js",
    "./traces.js": "page/traces.js",
    "./film.js": "page/film.js",
}
_LONGEST_NAME: Final = 200
# A network this many times taller in z than in y stands upright, as in BlenderSpike.
_TALL: Final = 1.5


@dataclass(frozen=True, slots=True)
class Showing:
    """What a page shows, and how.

    Attributes
    ----------
    colormap : str
    colors : ndarray of uint8, shape (256, 3)
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

    colormap: str
    colors: NDArray[np.uint8]
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


@dataclass(frozen=True, slots=True)
class FilmPage:
    """A page, and what is to be said about it.

    Attributes
    ----------
    content : bytes
        UTF-8.
    told : str
        What is in it, in a sentence.
    notes : list of str
        What was guessed or left out, a sentence each.
    """

    content: bytes
    told: str
    notes: list[str]


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
    limits = _limits(simulation, showing, notes)
    columns = np.repeat(wanted, simulation.segment_counts)
    # Everything below is among what is shown.
    number = np.cumsum(columns) - 1
    pieces = round_pieces(simulation, wanted)
    names = showing.traces
    traces = traced_places(simulation, wanted, names) if names else usual_place(simulation, wanted)
    values = packed_values(simulation.values, columns, limits, showing.precision)
    unit = f" {simulation.unit}" if simulation.unit else ""
    if values.cut_off:
        low, high = values.cut_off
        notes.append(
            f"Values below {low:.6g} or above {high:.6g}{unit} are far beyond the color scale; "
            "the page has them as these."
        )
    if values.not_finite == 1:
        notes.append("1 value is not a finite number; it is gray.")
    elif values.not_finite:
        notes.append(f"{values.not_finite:,} values are not finite numbers; they are gray.")
    arrays = _arrays(simulation, wanted, pieces, number) | {
        "low": values.low,
        "high": values.high,
        **_between_cells(simulation, cells, wanted, pieces, number, notes),
    }
    about = _about(simulation, showing, wanted, limits, values, notes)
    about["traces"] = number[traces].tolist()
    content = _assembled(showing, about, arrays)
    shown = f"{int(columns.sum()):,} segments in {simulation.n_frames:,} frames"
    _check_size(len(content), len(values.low) + len(values.high), simulation, showing, shown)
    return FilmPage(content, f"{shown}, {len(content) / 1e6:.2g} MB.", notes)


def _limits(simulation: Simulation, showing: Showing, notes: list[str]) -> tuple[float, float]:
    usual = color_range(simulation)
    low = usual.low if showing.v_min is None else showing.v_min
    high = usual.high if showing.v_max is None else showing.v_max
    if not (math.isfinite(low) and math.isfinite(high)):
        raise WebFilmError("The limits of the color scale must be finite numbers.")
    if low > high or (low == high and None not in (showing.v_min, showing.v_max)):
        raise WebFilmError(
            f"The color scale would go from {low:.6g} to {high:.6g}; its lower limit must be below "
            "the upper one."
        )
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
    pace = showing.ms_per_s
    if pace is None:
        pace = FPS * simulation.duration_ms / max(simulation.n_frames - 1, 1)
    offered = dict(page_colormaps())
    # The chosen one as it was given: a library's colors may change.
    offered[showing.colormap] = showing.colors.tobytes().hex()
    return {
        "title": _plain(showing.title),
        "quantity": _plain(simulation.quantity),
        "unit": _plain(simulation.unit),
        "timed": simulation.has_time,
        "frames": simulation.n_frames,
        "step": values.step,
        "offset": values.offset,
        "limits": list(limits),
        "pace": pace or 1.0,
        "colormap": showing.colormap,
        "colormaps": offered,
        "light": showing.light,
        "thickness": showing.thickness,
        "sections": [_plain(simulation.section_names[section]) for section in sections.tolist()],
        "sectionCells": of.tolist(),
        "segmentCounts": simulation.segment_counts[sections].tolist(),
        "cells": [_plain(simulation.cells[cell].name) for cell in cells.tolist()],
        "layouts": [_plain(name) for name in _layouts(simulation, wanted)],
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
        "times": _packed(simulation.time_ms.astype("<f8")),
        "counts": _packed(pieces.counts.astype("<u4")),
        "lines": _packed(section[pieces.sections].astype("<u4")),
        "points": _packed(pieces.points_um.astype("<f4")),
        "segments": _packed(number[pieces.segments].astype("<u4")),
        "weights": _packed(pieces.weights.astype("<f4")),
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
        found["connections"] = _packed(first_point[pairs].astype("<u4"))
    if layouts := _layouts(simulation, wanted):
        of = simulation.section_cells[pieces.sections]
        places = np.concatenate([layout[of] for layout in layouts.values()])
        found["layouts"] = _packed(places.astype("<f4"))
    return found


def _layouts(simulation: Simulation, wanted: NDArray[np.bool_]) -> dict[str, Any]:
    """Take the other layouts, if all that is shown are points."""
    return dict(simulation.layouts) if (simulation.point_counts[wanted] == 1).all() else {}


def _is_upright(simulation: Simulation, wanted: NDArray[np.bool_]) -> bool:
    shown = np.repeat(wanted, simulation.point_counts)
    _, y, z = np.ptp(simulation.points_um[shown, :3], axis=0)
    return bool((simulation.point_counts[wanted] == 1).all() and z > _TALL * y)


def _plain(text: str) -> str:
    """Make a text from a file fit to be shown: nothing that turns lines around, or rings bells."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)[
        :_LONGEST_NAME
    ]


def _packed(array: NDArray[Any]) -> bytes:
    return gzip.compress(array.tobytes(), 9, mtime=0)


def _assembled(showing: Showing, about: dict[str, Any], arrays: dict[str, bytes]) -> bytes:
    text = json.dumps(about, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    parts = {"about": gzip.compress(text.encode(), 9, mtime=0), **arrays}
    data = "".join(_part("data", name, packed) for name, packed in parts.items())
    page = _template()
    for mark, content in {
        "TITLE": html.escape(about["title"]),
        "THEME": "light" if showing.light else "dark",
        "DATA": data,
    }.items():
        # Split once, because what was put in may contain the marks of others.
        before, _, after = page.partition(f"<!--{mark}-->")
        page = f"{before}{content}{after}"
    return page.encode()


@functools.cache
def _template() -> str:
    """Read the page without its film."""

    def read(name: str) -> str:
        return (_HERE / name).read_text(encoding="utf-8")

    modules = "".join(
        _part("module", name, gzip.compress(read(path).encode(), 9, mtime=0))
        for name, path in _MODULES.items()
    )
    page = read("page/film.html")
    for mark, content in {
        "STYLE": read("page/film.css"),
        "MODULES": modules,
        "BOOT": read("page/boot.js"),
        "LICENSE": html.escape(read("three/LICENSE.txt")),
    }.items():
        page = page.replace(f"<!--{mark}-->", content)
    return page


def _part(kind: str, name: str, packed: bytes) -> str:
    text = base64.b64encode(packed).decode()
    return f'<script type="text/plain" data-{kind}="{name}">{text}</script>\n'


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
