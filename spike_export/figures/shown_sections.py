# SPDX-License-Identifier: BSD-3-Clause
"""Which sections' values a figure shows, and how far from the soma they were recorded."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..simulation_file import SECTION_TYPES, Simulation
from ..simulation_file.cell_choice import NothingChosenError, chosen_cells
from ..simulation_file.simulation import starts

MOST_TRACES: Final = 12
"""More rows than this are not legible at 1080 lines."""

_BRANCH_TRACES: Final = 3
_SOMA: Final = SECTION_TYPES.index("soma")
# difflib takes a second for about this many.
_MOST_COMPARED: Final = 2000


class ChoiceError(ValueError):
    """A choice that cannot be made; the text is one sentence."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One section's place in a figure.

    Attributes
    ----------
    section, segment : int
        Indices in the file; the segment is the section's middle one.
    name : str
        Preceded by the cell's name if several cells are drawn.
    distance_um : float
        Along the neurites from the soma's middle to the section's middle; 0 at a root.
    """

    section: int
    segment: int
    name: str
    distance_um: float


def choose_traces(
    simulation: Simulation, sections: Sequence[str] = (), cells: str = ""
) -> tuple[list[Trace], int]:
    """Choose the sections to draw.

    Parameters
    ----------
    sections : sequence of str
        Names or regular expressions for whole names, with or without the index and prefix: ``dend``
        matches ``dend[0]``, ``PC[0].dend[1]`` and so on. By default: the soma and sections at
        increasing distances toward the remotest tip; in a network, the soma of each cell.
    cells : str
        Which cells, as `simulation_file.cell_choice` describes; all if empty.

    Returns
    -------
    traces : list of Trace
        In the order of the patterns, then by distance; at most `MOST_TRACES`, spread over the
        distances (or over the cells, if no sections are given) if more match.
    matching : int
        How many match without that limit.

    Raises
    ------
    ChoiceError
        If a pattern is not a valid regular expression or matches no name; similar names are
        suggested.
    """
    names = [cell.name for cell in simulation.cells]
    try:
        chosen = chosen_cells(names, cells)
    except NothingChosenError as error:
        raise ChoiceError(str(error)) from None
    in_cells = np.flatnonzero(np.isin(simulation.section_cells, chosen))
    if not in_cells.size:
        raise ChoiceError("the chosen cells have no sections")
    distances = distances_um(simulation)
    if sections:
        own_names = [simulation.section_names[index] for index in in_cells]
        groups = [
            in_cells[np.sort(_matching(own_names, [pattern], "section"))] for pattern in sections
        ]
        found = list(
            dict.fromkeys(
                int(index)
                for group in groups
                for index in group[np.argsort(distances[group], kind="stable")]
            )
        )
    else:
        somata = _somata(simulation, in_cells)
        found = somata if len(somata) > 1 else _along_longest(simulation, somata[0], distances)
    shown = found
    if len(found) > MOST_TRACES:
        if sections:
            # Stable: of equally distant ones, the one named first comes first.
            found = [found[i] for i in np.argsort(distances[found], kind="stable")]
        rows = np.linspace(0, len(found) - 1, MOST_TRACES).round().astype(int)
        shown = [found[row] for row in rows]
    several_cells = len(np.unique(simulation.section_cells[shown])) > 1
    middles = simulation.first_segments + simulation.segment_counts // 2
    traces = [
        Trace(
            section,
            int(middles[section]),
            (f"{names[simulation.section_cells[section]]}." if several_cells else "")
            + simulation.section_names[section],
            float(distances[section]),
        )
        for section in shown
    ]
    return traces, len(found)


def distances_um(simulation: Simulation) -> NDArray[np.float64]:
    """Measure the distance along the neurites from the root's middle to each section's middle.

    Returns
    -------
    ndarray of float64, shape (N,)
        In µm; 0 at a root.
    """
    points = simulation.points_um[:, :3].astype(np.float64)
    steps = np.zeros(len(points))
    steps[1:] = np.linalg.norm(np.diff(points, axis=0), axis=1)
    steps[starts(simulation.point_counts)] = 0.0
    lengths = np.add.reduceat(steps, starts(simulation.point_counts))
    begins = np.full(simulation.n_sections, np.nan)
    parents, parent_x = simulation.parents.tolist(), simulation.parent_x
    for section in range(simulation.n_sections):
        # A parent may come after its child in the file.
        way = []
        while parents[section] >= 0 and np.isnan(begins[section]):
            way.append(section)
            section = parents[section]
        for child in reversed(way):
            parent, x = parents[child], parent_x[child]
            rooted = parents[parent] < 0
            begins[child] = (
                abs(x - 0.5) * lengths[parent] if rooted else begins[parent] + x * lengths[parent]
            )
    return np.where(simulation.parents < 0, 0.0, begins + lengths / 2)


def _somata(simulation: Simulation, sections: NDArray[np.int64]) -> list[int]:
    """Take each cell's first soma or, if there is none, its first root."""
    rank = np.where(
        simulation.section_types[sections] == _SOMA, 0, 1 + (simulation.parents[sections] >= 0)
    )
    cells = simulation.section_cells[sections]
    ordered = np.lexsort((sections, rank, cells))
    _, firsts = np.unique(cells[ordered], return_index=True)
    return [int(section) for section in sections[ordered[firsts]]]


def _along_longest(simulation: Simulation, soma: int, distances: NDArray[np.float64]) -> list[int]:
    """Take the soma and sections at even distances from it to the remotest tip."""
    own = np.flatnonzero(simulation.section_cells == simulation.section_cells[soma])
    section = int(own[np.argmax(distances[own])])
    way = []
    while section >= 0:
        way.append(section)
        section = int(simulation.parents[section])
    goals = distances[way[0]] * np.arange(1, _BRANCH_TRACES + 1) / _BRANCH_TRACES
    nearest = [way[int(np.argmin(np.abs(distances[way] - goal)))] for goal in goals]
    return list(dict.fromkeys([soma, *nearest]))


def _matching(names: Sequence[str], patterns: Sequence[str], kind: str) -> list[int]:
    found: dict[int, None] = {}
    for pattern in patterns:
        try:
            expression = re.compile(pattern)
        except re.error as error:
            raise ChoiceError(f"{pattern!r} is not a valid regular expression: {error}") from None
        hits = [
            index
            for index, name in enumerate(names)
            if name == pattern or any(map(expression.fullmatch, _forms(name)))
        ]
        if not hits:
            raise ChoiceError(f"no {kind} is named {pattern!r}; {_offer(names, pattern, kind)}")
        found.update(dict.fromkeys(hits))
    return list(found)


def _offer(names: Sequence[str], pattern: str, kind: str) -> str:
    distinct = list(dict.fromkeys(names))[:_MOST_COMPARED]
    candidates = list(dict.fromkeys([*map(_without_index, distinct), *distinct]))
    close = difflib.get_close_matches(pattern, candidates, n=3)
    listed = ", ".join(repr(name) for name in close or candidates[:3])
    return f"close to it: {listed}" if close else f"its {kind}s begin with {listed}"


def _forms(name: str) -> tuple[str, ...]:
    """List all spellings of a name: ``PC[0].dend[1]`` is also ``dend``."""
    own = name.rpartition(".")[2]
    return name, _without_index(name), own, _without_index(own)


def _without_index(name: str) -> str:
    return re.sub(r"\[\d+\]$", "", name)
