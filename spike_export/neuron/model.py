# SPDX-License-Identifier: BSD-3-Clause
"""The model in NEURON's memory: cells and their sections.

NEURON is imported only when needed, so that files can be read and written without it.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..edit.rejoining import Joint
from ..section_types import section_type
from ..simulation_file.cell_choice import chosen_cells
from .cell_names import cell_key, cell_names, hoc_owner, section_names
from .frameworks import by_section, known_cells
from .split_cells import NOTHING_SPLIT, Joins, find_joins


@dataclass(frozen=True, slots=True)
class ModelCell:
    """One cell, or those of its sections that are to be recorded.

    Attributes
    ----------
    name : str
        Unique among all cells.
    sections : list of neuron Section
    section_names : list of str
        As in NEURON, with the cell's name instead of the text of its Python object.
    soma : neuron Section
        Where its spikes are detected, whether it is recorded or not.
    whole : list of neuron Section
        All sections of the cell, recorded or not.
    owner : object
        Kept because a hoc template object deletes its sections when it is deleted.
    """

    name: str
    sections: list[Any]
    section_names: list[str]
    soma: Any
    whole: list[Any]
    owner: Any = None


def segments_along(section: Any) -> list[Any]:
    """Segments in the order of the section's points, which begin where its parent is.

    Returns
    -------
    list of neuron Segment
        From NEURON's 1 end if that is connected to the parent.
    """
    segments = list(section)
    return segments[::-1] if section.orientation() else segments


def select_cells(
    cells: Iterable[ModelCell], only: str | None = None, wanted: str = "", is_part: bool = False
) -> list[ModelCell]:
    """Choose sections by their own names and their cells'.

    Parameters
    ----------
    only : str, optional
        Regular expression that must match a section's own name completely, with or without its
        index (``apic`` matches ``Pyramidal[0].apic[12]``), or its full name.
    wanted : str
        Cells to take, as `simulation_file.cell_choice` describes; all if empty.
    is_part : bool
        Whether other processes may have some of these cells.

    Returns
    -------
    list of ModelCell
        Cells with sections left.

    Raises
    ------
    re.error
        If `only` is not a regular expression.
    NothingChosenError
        If there is no such cell.
    """
    every = list(cells)
    taken = chosen_cells([cell.name for cell in every], wanted, all_parts=not is_part)
    pattern = None if only is None else re.compile(only)

    def fits(name: str) -> bool:
        own = name.rsplit(".", 1)[-1]
        forms = (own, own.split("[", 1)[0], name)
        return pattern is None or any(pattern.fullmatch(form) for form in forms)

    chosen = []
    for cell in (every[index] for index in taken):
        kept = [
            pair for pair in zip(cell.sections, cell.section_names, strict=True) if fits(pair[1])
        ]
        if kept:
            sections, section_names = map(list, zip(*kept, strict=True))
            chosen.append(replace(cell, sections=sections, section_names=section_names))
    return chosen


def group_cells(sections: Iterable[Any]) -> list[ModelCell]:
    """Group sections into cells: by the object that owns them, or by connected tree.

    A section without an owner belongs to the cell that it is connected to, or was before the model
    split it. The cells, their names and their somata depend on the whole model, and on the package
    that made it.

    Returns
    -------
    list of ModelCell
        In the order of their first sections; each keeps its sections' order.
    """
    from neuron import h

    every, wanted = list(h.allsec()), list(sections)
    heads = _heads(every + wanted, find_joins())
    keys = {head: cell_key(head) for head in heads.values()}
    known = by_section(known_cells())
    whole: dict[Any, list[Any]] = {}
    for section in every:
        whole.setdefault(keys[heads[section]], []).append(section)
    names = cell_names(
        {key: heads[group[0]] for key, group in whole.items()},
        {key: known[group[0]].name for key, group in whole.items() if group[0] in known},
    )
    own_names = {
        section: name
        for key, group in whole.items()
        for section, name in zip(group, section_names(group, names[key]), strict=True)
    }
    groups: dict[Any, list[Any]] = {}
    for section in wanted:
        groups.setdefault(keys[heads[section]], []).append(section)
    return [
        ModelCell(
            name=names[key],
            sections=group,
            section_names=[own_names[section] for section in group],
            soma=next((s for s in whole[key] if section_type(s.name()) == "soma"), whole[key][0]),
            whole=whole[key],
            owner=hoc_owner(heads[group[0]]),
        )
        for key, group in groups.items()
    ]


def joints_of(joins: Joins, cells: Iterable[ModelCell]) -> tuple[Joint, ...]:
    """List the places where cells continue in other processes.

    Parameters
    ----------
    cells : iterable of ModelCell
        All cells of the model, as from `group_cells`.
    """
    names = {
        section: (cell.name, name)
        for cell in cells
        for section, name in zip(cell.sections, cell.section_names, strict=True)
    }
    return tuple(
        Joint(
            end.identifier,
            *names[end.section],
            1 - end.x if end.section.orientation() else end.x,
            end.is_root,
        )
        for end in joins.ends
    )


def _heads(sections: Iterable[Any], joins: Joins = NOTHING_SPLIT) -> dict[Any, Any]:
    """For each section, the nearest ancestor (or itself) that has an owner, or else its root."""
    heads: dict[Any, Any] = {}
    for section in sections:
        way = []
        while section not in heads:
            way.append(section)
            parent = joins.parent_of(section) if section.cell() is None else None
            if parent is None:
                heads[section] = section
            else:
                section = parent[0]
        for below in way:
            heads[below] = heads[section]
    return heads


def d_lambda_counts(sections: Iterable[Any], d_lambda: float) -> list[int]:
    """Count the segments that sections need by the d_lambda rule.

    No segment is longer than a fraction of the length constant at 100 Hz, and counts are odd (Hines
    and Carnevale 2001).

    Parameters
    ----------
    sections : iterable of neuron Section
        With ``stdrun.hoc`` loaded.
    d_lambda : float
        The share.

    Returns
    -------
    list of int
        One for each section.
    """
    from neuron import h

    shares = [section.L / (d_lambda * h.lambda_f(100.0, sec=section)) for section in sections]
    return [int((share + 0.999) / 2) * 2 + 1 for share in shares]


def run_until(tstop_ms: float, progress: Callable[[float], None]) -> None:
    """Continue the model in memory from its current time.

    Parameters
    ----------
    tstop_ms : float
    progress : callable
        Called with the time reached, in ms.
    """
    from neuron import h

    # As in stdrun: the remaining time may be less than a step.
    while h.t < tstop_ms - h.dt / 2:
        h.continuerun(min(h.t + 0.25, tstop_ms))
        progress(h.t)


@contextlib.contextmanager
def quiet_stderr() -> Iterator[None]:
    """Suppress NEURON's message at startup that there is no display.

    NEURON prints it from C, so the file descriptor must be redirected.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
