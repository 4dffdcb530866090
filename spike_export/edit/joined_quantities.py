# SPDX-License-Identifier: BSD-3-Clause
"""Put what was recorded of the same cells at the same times into one simulation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import compress
from typing import Final

import numpy as np

from ..simulation_file import Quantity, Simulation
from .convert import take_cells

_SAME_TIME_MS: Final = 1e-9
_NO_NAME: Final = ("", "value")


class QuantitiesError(ValueError):
    """Simulations that are not of the same cells at the same times.

    Parameters
    ----------
    part : int
        Index of the one that differs from the first.
    reason : str
        What about it differs, as the rest of a sentence of which it is the subject.
    """

    def __init__(self, part: int, reason: str) -> None:
        super().__init__(f"Part {part + 1} {reason}.")
        self.part = part
        self.reason = reason


def with_quantities(
    parts: Sequence[Simulation], names: Sequence[str]
) -> tuple[Simulation, list[str]]:
    """Put the values of all parts into one simulation.

    Parameters
    ----------
    parts : sequence of Simulation
        The cells may be in any order.
    names : sequence of str
        For the quantities that have no name of their own, or that of one before them.

    Returns
    -------
    simulation : Simulation
        The first part, with the values of the others as further quantities, and the synapses of
        the first part that has any. Of the free text and numbers stays what all parts agree on.
    notes : list of str
        Sentences about names that were given here.

    Raises
    ------
    QuantitiesError
        If times, cells, sections or numbers of segments differ.
    """
    first = parts[0]
    more: dict[str, Quantity] = {}
    classes = {name: first.classes[name] for name in first.more if name in first.classes}
    notes: list[str] = []
    taken: set[str] = set()
    synapses = first.synapses
    for number, (part, name) in enumerate(zip(parts, names, strict=True)):
        own = _ordered(number, part, first)
        quantity = part.quantity
        if len(parts) > 1 and (quantity in _NO_NAME or quantity in taken):
            quantity = _free(name, taken)
            notes.append(_why(part.quantity, name, quantity))
        taken.add(quantity)
        if synapses is None:
            synapses = own.synapses
        if part.quantity in part.classes:
            classes[quantity] = part.classes[part.quantity]
        if number:
            more[quantity] = Quantity(own.unit, own.values)
        else:
            first = replace(first, quantity=quantity)
    together = replace(
        first,
        synapses=synapses,
        more={**first.more, **more},
        classes=classes,
        source=", ".join(dict.fromkeys(part.source for part in parts if part.source)),
        meta={
            key: value
            for key, value in first.meta.items()
            if all(key in part.meta and part.meta[key] == value for part in parts)
        },
    )
    return together, notes


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "'"
    return name


def _why(quantity: str, name: str, given: str) -> str:
    if quantity in _NO_NAME:
        return f"What {name} holds has no name of its own; it is called {given!r:.60}."
    return f"What {name} holds is {quantity!r:.60}, as before it; it is called {given!r:.60}."


def _ordered(number: int, part: Simulation, first: Simulation) -> Simulation:
    """Put a part's cells into the order of the first part's; refuse what differs from it."""
    if part.n_frames != first.n_frames:
        raise QuantitiesError(
            number,
            f"has {part.n_frames:,} frames, from {part.time_ms[0]:g} to {part.time_ms[-1]:g} ms, "
            f"and not {first.n_frames:,}, from {first.time_ms[0]:g} to {first.time_ms[-1]:g} ms",
        )
    differs = np.flatnonzero(np.abs(part.time_ms - first.time_ms) > _SAME_TIME_MS)
    if differs.size:
        frame = int(differs[0])
        raise QuantitiesError(
            number,
            f"has its frame {frame} at {part.time_ms[frame]:.9g} ms, and not at "
            f"{first.time_ms[frame]:.9g} ms",
        )
    index = {(cell.name, cell.gid): at for at, cell in enumerate(part.cells)}
    wanted = {(cell.name, cell.gid): at for at, cell in enumerate(first.cells)}
    for cell in compress(wanted, (cell not in index for cell in wanted)):
        raise QuantitiesError(number, f"lacks cell {cell[0]!r:.60}")
    for cell in compress(index, (cell not in wanted for cell in index)):
        raise QuantitiesError(number, f"has one more cell, {cell[0]!r:.60}")
    order = np.array([index[cell] for cell in wanted], np.int64)
    if not np.array_equal(order, np.arange(len(order))):
        part = take_cells(part, order)
    _check_sections(number, part, first)
    return part


def _check_sections(number: int, part: Simulation, first: Simulation) -> None:
    cells = len(first.cells)
    counts = [np.bincount(one.section_cells, minlength=cells) for one in (part, first)]
    differs = np.flatnonzero(counts[0] != counts[1])
    if differs.size:
        cell = int(differs[0])
        own, other = int(counts[0][cell]), int(counts[1][cell])
        raise QuantitiesError(
            number,
            f"has {own:,} section{'s' * (own != 1)} of cell {first.cells[cell].name!r:.60}, and "
            f"not {other:,}",
        )
    pairs = zip(part.section_names, first.section_names, strict=True)
    for section, (name, expected) in enumerate(pairs):
        own, other = int(part.segment_counts[section]), int(first.segment_counts[section])
        if name != expected or own != other:
            cell_name = first.cells[first.section_cells[section]].name
            raise QuantitiesError(
                number,
                f"has section {name!r:.60} of cell {cell_name!r:.60} with {own} "
                f"segment{'s' * (own != 1)}, and not {expected!r:.60} with {other}",
            )
