# SPDX-License-Identifier: BSD-3-Clause
"""Merge the cells of several simulations with the same times, as left by parallel runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..simulation_file import Cell, Quantity, Simulation
from ..simulation_file.cell_surfaces import surfaces_together
from ..simulation_file.synapses import together
from ..version import __version__
from .cell_placing import MADE_UP_PLACE, MADE_UP_SHAPE, SPLIT
from .convert import take_cells

# Times closer than this are equal: they come from sums of steps.
_SAME_TIME_MS: Final = 1e-9


class MergeError(ValueError):
    """Parts that do not belong together.

    Parameters
    ----------
    part : int
        Index of the part at fault; it is the first that differs from part 0.
    reason : str
        What is wrong with it; preceded by "part N", the exception's text.
    """

    def __init__(self, part: int, reason: str) -> None:
        super().__init__(f"Part {part + 1} {reason}.")
        self.part = part
        self.reason = reason


def merge(parts: Sequence[Simulation]) -> Simulation:
    """Merge the cells of all parts into one simulation.

    Parameters
    ----------
    parts : sequence of Simulation
        Of the same frames and quantity, with different cells.

    Returns
    -------
    Simulation
        In the order of the global identifiers if all cells have one, otherwise of the parts. Cells
        of different parts that share a name get the part's number appended. Metadata is kept if all
        parts agree on it, or if it says that something is made up in any part; layouts are kept if
        all parts have them. Other quantities have no data for the cells of parts that lack them.

    Raises
    ------
    MergeError
        If times or quantities differ, a part has no times, or a global identifier occurs twice.
    ValueError
        If there are no parts.
    """
    if not parts:
        raise ValueError("There are no parts to merge.")
    parts = [_showing_alike(part, parts[0].quantity) for part in parts]
    for index, part in enumerate(parts):
        _check(index, part, parts[:index] or [part])
    _check_gids(parts)
    section_offsets = np.cumsum([0, *(part.n_sections for part in parts)])
    parts, classes = _with_common_classes(parts)
    cell_offsets = np.cumsum([0, *(len(part.cells) for part in parts)])
    merged = replace(
        parts[0],
        cells=_cells(parts),
        section_names=tuple(name for part in parts for name in part.section_names),
        section_types=np.concatenate([part.section_types for part in parts]),
        section_cells=np.concatenate(
            [part.section_cells + first for part, first in zip(parts, cell_offsets, strict=False)]
        ).astype(np.int32),
        parents=np.concatenate(
            [
                np.where(part.parents < 0, -1, part.parents + first)
                for part, first in zip(parts, section_offsets, strict=False)
            ]
        ).astype(np.int32),
        parent_x=np.concatenate([part.parent_x for part in parts]),
        segment_counts=np.concatenate([part.segment_counts for part in parts]),
        point_counts=np.concatenate([part.point_counts for part in parts]),
        points_um=np.concatenate([part.points_um for part in parts]),
        values=np.concatenate([part.values for part in parts], axis=1),
        version=max(part.version for part in parts),
        more=_more(parts),
        classes=classes,
        created_by=f"spike-export {__version__}",
        source=", ".join(dict.fromkeys(part.source for part in parts if part.source)),
        meta={
            key: value
            for key, value in parts[0].meta.items()
            if all(key in part.meta and part.meta[key] == value for part in parts)
        }
        # What is made up in one part is made up in the whole.
        | {
            key: part.meta[key]
            for part in parts
            for key in (SPLIT, MADE_UP_SHAPE, MADE_UP_PLACE)
            if key in part.meta
        },
        connections=np.concatenate(
            [part.connections + first for part, first in zip(parts, cell_offsets, strict=False)]
        ).astype(np.int32),
        delays_ms=_delays(parts),
        layouts={
            name: np.concatenate([part.layouts[name] for part in parts])
            for name in parts[0].layouts
            if all(name in part.layouts for part in parts)
        },
        synapses=together(
            [part.synapses for part in parts],
            cell_offsets.tolist()[:-1],
            section_offsets.tolist()[:-1],
        ),
        surfaces=surfaces_together(
            [part.surfaces for part in parts], [len(part.cells) for part in parts]
        ),
    )
    gids = [cell.gid for cell in merged.cells if cell.gid is not None]
    if len(gids) < len(merged.cells) or gids == sorted(gids):
        return merged
    return take_cells(merged, np.argsort(gids))


def _delays(parts: Sequence[Simulation]) -> NDArray[np.float64] | None:
    """Delays of all connections; unknown if those of any part are."""
    found = [
        np.empty(0) if part.delays_ms is None and not len(part.connections) else part.delays_ms
        for part in parts
    ]
    known = [one for one in found if one is not None]
    return np.concatenate(known) if len(known) == len(found) and any(map(len, known)) else None


def _showing_alike(part: Simulation, quantity: str) -> Simulation:
    return part.showing(quantity) if quantity in part.more else part


def _with_common_classes(
    parts: Sequence[Simulation],
) -> tuple[Sequence[Simulation], dict[str, tuple[str, ...]]]:
    """Count the classes of each quantity alike in all parts."""
    names = dict.fromkeys(name for part in parts for name in part.classes)
    common: dict[str, tuple[str, ...]] = {}
    for name in names:
        lists = [part.classes[name] for part in parts if name in part.classes]
        common[name] = tuple(dict.fromkeys(one for listed in lists for one in listed))
    changed = [_counted_as(part, common) for part in parts]
    return changed, common


def _counted_as(part: Simulation, common: Mapping[str, tuple[str, ...]]) -> Simulation:
    quantities = part.quantities
    for name, names in part.classes.items():
        if names == common[name][: len(names)]:
            continue
        number_of = {one: number for number, one in enumerate(common[name])}
        numbers = np.array([*(number_of[one] for one in names), np.nan], np.float32)
        values = quantities[name].values
        index = np.where(np.isfinite(values), values, len(names)).astype(np.int64)
        quantities[name] = replace(quantities[name], values=numbers[index])
    shown = quantities.pop(part.quantity)
    return replace(part, values=shown.values, more=quantities)


def _more(parts: Sequence[Simulation]) -> dict[str, Quantity]:
    """Other quantities of any part; no data where a part lacks one."""
    units = {name: one.unit for part in parts for name, one in part.more.items()}

    def values(part: Simulation, name: str) -> NDArray[np.float32]:
        if name in part.more:
            return part.more[name].values
        return np.full(part.values.shape, np.nan, np.float32)

    return {
        name: Quantity(unit, np.concatenate([values(part, name) for part in parts], axis=1))
        for name, unit in units.items()
    }


def _check(index: int, part: Simulation, before: Sequence[Simulation]) -> None:
    first = before[0]
    if not part.has_time:
        raise MergeError(
            index,
            "is in the older format, which stores no times; use spike-export convert --duration to "
            "add them",
        )
    if (part.quantity, part.unit) != (first.quantity, first.unit):
        raise MergeError(
            index,
            f"holds {part.quantity} in {part.unit or 'no unit'}, but part 1 {first.quantity} in "
            f"{first.unit or 'no unit'}",
        )
    for name in part.quantities:
        if any((name in one.classes) != (name in part.classes) for one in before
               if name in one.quantities):  # fmt: skip
            raise MergeError(index, f"and an earlier part do not both hold {name!r:.60} as classes")
    for name, one in part.more.items():
        known = next((other.more[name] for other in before if name in other.more), one)
        if one.unit != known.unit:
            raise MergeError(
                index,
                f"holds {name} in {one.unit or 'no unit'}, but an earlier part in "
                f"{known.unit or 'no unit'}",
            )
    frames = min(part.n_frames, first.n_frames)
    differs = np.flatnonzero(np.abs(part.time_ms[:frames] - first.time_ms[:frames]) > _SAME_TIME_MS)
    if differs.size:
        frame = int(differs[0])
        raise MergeError(
            index,
            f"has its frame {frame} at {part.time_ms[frame]:.9g} ms, but part 1 at "
            f"{first.time_ms[frame]:.9g} ms",
        )
    if part.n_frames != first.n_frames:
        raise MergeError(
            index,
            f"has {part.n_frames:,} frame{'s' * (part.n_frames != 1)}, the last at "
            f"{part.time_ms[-1]:g} ms, but part 1 has {first.n_frames:,}, the last at "
            f"{first.time_ms[-1]:g} ms",
        )


def _check_gids(parts: Sequence[Simulation]) -> None:
    owners: dict[int, int] = {}
    for index, part in enumerate(parts):
        for cell in part.cells:
            if cell.gid is None:
                continue
            owner = owners.setdefault(cell.gid, index)
            if owner != index:
                name = f"{cell.name!r:.60}"
                raise MergeError(
                    index,
                    f"has a cell {name} with the gid {cell.gid}, as does part {owner + 1}",
                )


def _cells(parts: Sequence[Simulation]) -> tuple[Cell, ...]:
    shared = Counter(name for part in parts for name in {cell.name for cell in part.cells})
    taken = set(shared)
    cells: list[Cell] = []
    for number, part in enumerate(parts, 1):
        made: dict[str, str] = {}
        for cell in part.cells:
            if shared[cell.name] > 1 and cell.name not in made:
                name = f"{cell.name} (part {number})"
                while name in taken:
                    name += "'"
                taken.add(name)
                made[cell.name] = name
            cells.append(replace(cell, name=made.get(cell.name, cell.name)))
    return tuple(cells)
