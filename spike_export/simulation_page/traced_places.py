# SPDX-License-Identifier: BSD-3-Clause
"""The places whose traces a film shows from the beginning: ``soma[0](0.5)``."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..simulation_file import SECTION_TYPES, Simulation
from ..web.web_error import WebFilmError

MOST_TRACES: Final = 8
"""Each has a color of its own."""
_SOMA: Final = SECTION_TYPES.index("soma")
_PLACE: Final = re.compile(r"(.*)\(([^()]*)\)")
# difflib takes a second for a few thousand.
_MOST_COMPARED: Final = 2000


def traced_places(
    simulation: Simulation, wanted: NDArray[np.bool_], names: Sequence[str]
) -> list[int]:
    """Find segments by the names of their places.

    Parameters
    ----------
    wanted : ndarray of bool, shape (N,)
        The sections that are shown.
    names : sequence of str
        Each a section's name, as ``dend[3]``, after its cell's and a point, if several cells have
        it, or the name of a cell that is a point; then, in brackets, where on the section, from 0
        to 1, or else its middle.

    Returns
    -------
    list of int
        Indices among all segments of the file, each once.

    Raises
    ------
    WebFilmError
        If a name is unknown or ambiguous, or there are too many.
    """
    if len(names) > MOST_TRACES:
        raise WebFilmError(f"{len(names)} traces are too many; a film shows {MOST_TRACES} at most.")
    return list(dict.fromkeys(_segment(simulation, wanted, name) for name in names))


def usual_place(simulation: Simulation, wanted: NDArray[np.bool_]) -> list[int]:
    """Choose the middle of the soma, if one cell with a shape is shown; otherwise nothing."""
    sections = np.flatnonzero(wanted)
    if len(np.unique(simulation.section_cells[sections])) > 1 or len(sections) < 2:
        return []
    is_soma = simulation.section_types[sections] == _SOMA
    section = sections[np.argmax(is_soma)] if is_soma.any() else sections[0]
    return [int(simulation.first_segments[section] + simulation.segment_counts[section] // 2)]


def _segment(simulation: Simulation, wanted: NDArray[np.bool_], name: str) -> int:
    cells = simulation.cells
    known: dict[str, list[int]] = {}
    for section in np.flatnonzero(wanted).tolist():
        cell, own = cells[simulation.section_cells[section]].name, simulation.section_names[section]
        for text in dict.fromkeys((own, f"{cell}.{own}")):
            known.setdefault(text, []).append(section)
    alone = np.bincount(simulation.section_cells[wanted], minlength=len(cells)) == 1
    for section in np.flatnonzero(wanted & alone[simulation.section_cells]).tolist():
        known.setdefault(cells[simulation.section_cells[section]].name, []).append(section)
    found = known.get(name)
    share = 0.5
    # A name may end in brackets itself.
    if found is None and (match := _PLACE.fullmatch(name)):
        found = known.get(match[1])
        share = _share(match[2], name)
    if found is None:
        close = difflib.get_close_matches(name, list(known)[:_MOST_COMPARED], n=3, cutoff=0.4)
        there = ", ".join(f"{one:.60}" for one in close or list(known)[:3])
        raise WebFilmError(f"There is no section {name!r:.60}; there is {there}, ….")
    found = list(dict.fromkeys(found))
    if len(found) > 1:
        whose = cells[simulation.section_cells[found[0]]].name
        own = simulation.section_names[found[0]]
        raise WebFilmError(
            f"{len(found)} sections are called {name!r:.60}; name the cell, too, as "
            f"{f'{whose}.{own}':.60}."
        )
    count = int(simulation.segment_counts[found[0]])
    return int(simulation.first_segments[found[0]]) + min(int(share * count), count - 1)


def _share(text: str, name: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise WebFilmError(
            f"{name!r:.60}: in brackets is where on the section, from 0 to 1, as in dend[3](0.5)."
        )
    return share
