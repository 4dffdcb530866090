# SPDX-License-Identifier: BSD-3-Clause
"""From skeletons to a simulation of cells whose values are what is known about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..edit.rise_and_decay import Kernel, activity
from ..simulation_file import SECTION_TYPES, Cell, Quantity, Simulation
from ..simulation_file.section_table import VERSION as TABLE_VERSION
from ..simulation_file.section_table import names_by_type
from ..version import __version__
from .neuron_table import Column
from .skeletons import SOMA, ConnectomeError, Skeletons
from .stretches import Stretches

DIAMETER_UM: Final = 0.4
"""Of points whose radius is unknown."""
LENGTH: Final = "cable length"
ACTIVITY: Final = "activity"
_LARGEST_BYTES: Final = 4_000_000_000
# In the order of SWC's codes, from 0.
_TYPE_OF_KIND: Final = np.array(
    [SECTION_TYPES.index(name) for name in ("other", "soma", "axon", "dend", "apic")], np.uint8
)


def simulation_of_cells(
    skeletons: Skeletons,
    split: Stretches,
    *,
    diameter_um: float = DIAMETER_UM,
    names: Sequence[str] | None = None,
    gids: Sequence[int | None] | None = None,
    columns: Sequence[Column] = (),
    source: str = "",
    meta: Mapping[str, Any] | None = None,
) -> Simulation:
    """Make a simulation of one frame, with a quantity for each column.

    Parameters
    ----------
    skeletons : Skeletons
        In µm.
    split : Stretches
        Of these.
    diameter_um : float
        For points without a radius.
    names : sequence of str, optional
        Of the cells, instead of their files'.
    gids : sequence of int or None, optional
    columns : sequence of Column
        The first is shown; the cells' cable length comes last, or alone.
    source : str
    meta : mapping, optional
        Free text and numbers to keep in the file.

    Returns
    -------
    Simulation
        A stretch is a section of one segment. A soma of one point is a cylinder as long as it is
        wide, as in NEURON.
    """
    points, counts = _points(skeletons, split, diameter_um)
    types = _TYPE_OF_KIND[split.kinds]
    cells = split.cells.astype(np.int32)
    length = Column(LENGTH, cable_lengths_um(skeletons, split).astype(np.float32), unit="µm")
    own_names = skeletons.names if names is None else names
    return Simulation(
        cells=tuple(
            Cell(name, None if gids is None else gids[index])
            for index, name in enumerate(own_names)
        ),
        section_names=names_by_type(types, cells),
        section_types=types,
        section_cells=cells,
        parents=split.parents.astype(np.int32),
        parent_x=split.parent_x,
        segment_counts=np.ones(len(cells), np.int32),
        point_counts=counts.astype(np.int32),
        points_um=points,
        time_ms=np.zeros(1),
        version=TABLE_VERSION,
        created_by=f"spike-export {__version__}",
        source=source,
        meta=dict(meta or {}),
        **quantities_of_cells([*columns, length], cells),
    )


def quantities_of_cells(columns: Sequence[Column], cells: NDArray[np.int32]) -> dict[str, Any]:
    """Make quantities of one frame of columns, for sections of one segment.

    Parameters
    ----------
    columns : sequence of Column
        The first is shown.
    cells : ndarray of int32, shape (N,)
        The cell of each section.

    Returns
    -------
    dict
        Of arguments of `Simulation`.
    """
    known = _named_apart(columns)
    values = {one.name: one.values[cells][None] for one in known}
    units = {one.name: one.unit for one in known}
    first = known[0].name
    return {
        "values": values[first],
        "quantity": first,
        "unit": units[first],
        "more": {name: Quantity(units[name], row) for name, row in values.items() if name != first},
        "classes": {one.name: one.classes for one in known if one.classes},
    }


def _points(
    skeletons: Skeletons, split: Stretches, diameter_um: float
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Points of all sections, shape (P, 4), and how many each has."""
    diameters = np.where(np.isfinite(skeletons.radii), 2 * skeletons.radii, diameter_um)
    points = np.empty((len(split.points), 4))
    points[:, :3] = skeletons.points[split.points]
    points[:, 3] = diameters[split.points]
    firsts = np.cumsum(split.counts) - split.counts
    # A neurite is not as thick as the soma that it leaves.
    leaves = (skeletons.kinds[split.points[firsts]] == SOMA) & (split.kinds != SOMA)
    leaves &= split.counts > 1
    points[firsts[leaves], 3] = points[firsts[leaves] + 1, 3]
    has_parts = np.zeros(len(split.counts), np.bool_)
    has_parts[split.parents[split.parents >= 0]] = True
    alone = np.flatnonzero((split.kinds == SOMA) & (split.counts == 1) & has_parts)
    if len(alone):
        where = firsts[alone]
        ends = np.repeat(points[where], 3, axis=0)
        ends[0::3, 0] -= points[where, 3] / 2
        ends[2::3, 0] += points[where, 3] / 2
        points = np.insert(points, np.repeat(where, 2), 0.0, axis=0)
        moved = where + 2 * np.arange(len(where))
        points[(moved[:, None] + np.arange(3)).ravel()] = ends
    counts = split.counts.copy()
    counts[alone] = 3
    return points.astype(np.float32), counts


def cable_lengths_um(skeletons: Skeletons, split: Stretches) -> NDArray[np.float64]:
    """Sum the lengths of each skeleton's edges, those within a soma included, shape (C,)."""
    places = skeletons.points[split.points]
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    steps[(np.cumsum(split.counts) - split.counts)[1:] - 1] = 0.0
    of = np.repeat(split.cells, split.counts)[:-1]
    return np.bincount(of, steps, len(skeletons.names))


def with_activity(
    simulation: Simulation,
    spikes_ms: Mapping[int, NDArray[np.float64]],
    kernel: Kernel,
    every_ms: float,
    stop_ms: float | None,
) -> Simulation:
    """Let cells light up at their spikes; what else is known of them stays as it is in all frames.

    Parameters
    ----------
    spikes_ms : mapping from int to ndarray
        Times in order, none negative, by the cell's index.
    every_ms : float
        Between frames, the first of which is at 0.
    stop_ms : float or None
        Time of the last frame; by default, when the last spike has decayed to a hundredth.

    Raises
    ------
    ConnectomeError
        If that would be too large.
    ModuleNotFoundError
        If SciPy is not installed.
    """
    count = len(simulation.cells)
    rows = [np.asarray(spikes_ms.get(index, ()), np.float64) for index in range(count)]
    if stop_ms is None:
        last = max((float(row[-1]) for row in rows if len(row)), default=0.0)
        stop_ms = last + np.log(100) * kernel.decay_ms
    frames = int(stop_ms / every_ms + 1e-6) + 1
    size = frames * simulation.n_segments * 4 * (1 + len(simulation.quantities))
    if size > _LARGEST_BYTES:
        raise ConnectomeError(
            f"{frames:,} frames of {simulation.n_segments:,} sections and "
            f"{1 + len(simulation.quantities)} quantities take {size / 1e9:.3g} GB; the limit is "
            f"{_LARGEST_BYTES / 1e9:.0f} GB. Use a larger --every, an earlier --stop, or fewer "
            "columns with --column."
        )
    time_ms = np.arange(frames, dtype=np.float64) * every_ms
    values = activity(rows, time_ms, kernel)[:, simulation.section_cells]
    more = {
        name: Quantity(one.unit, np.repeat(one.values, frames, axis=0))
        for name, one in simulation.quantities.items()
        if name != ACTIVITY
    }
    return Simulation(
        **{
            name: getattr(simulation, name)
            for name in (
                "section_names", "section_types", "section_cells", "parents", "parent_x",
                "segment_counts", "point_counts", "points_um", "version", "created_by", "source",
                "connections", "delays_ms", "layouts", "surfaces",
            )
        },
        cells=tuple(
            Cell(cell.name, cell.gid, row[row <= time_ms[-1]])
            for cell, row in zip(simulation.cells, rows, strict=True)
        ),
        time_ms=time_ms,
        values=np.ascontiguousarray(values),
        quantity=ACTIVITY,
        unit="",
        meta={**simulation.meta, "rise_ms": kernel.rise_ms, "decay_ms": kernel.decay_ms},
        more=more,
        classes={name: one for name, one in simulation.classes.items() if name != ACTIVITY},
    )  # fmt: skip


def told(skeletons: Skeletons, split: Stretches, diameter_um: float) -> list[str]:
    """Say what is unusual about the skeletons' forms."""
    notes = []
    unknown = int((~np.isfinite(skeletons.radii)).sum())
    if unknown:
        notes.append(
            f"{unknown:,} of {len(skeletons.radii):,} points have no radius above 0; they are "
            f"{diameter_um:g} µm thick, as --diameter says."
        )
    for what, each in (
        ("consist of several pieces", split.trees > 1),
        ("have loops", split.loops > 0),
    ):
        if each.any():
            example = skeletons.names[int(np.argmax(each))]
            count = int(each.sum())
            of = int((split.trees - 1).sum() if what.startswith("consist") else split.loops.sum())
            pieces = "more than one each" if what.startswith("consist") else "loops"
            notes.append(
                f"{count:,} of {len(each):,} skeletons {what} ({of:,} {pieces} in all), "
                f"{example:.60} for example; all are kept."
            )
    double = [name for name, times in Counter(skeletons.names).items() if times > 1]
    if double:
        notes.append(f"{len(double):,} skeletons have the name of another, {double[0]:.60}.")
    return notes


def _named_apart(columns: Sequence[Column]) -> list[Column]:
    """Give columns of the same name different ones."""
    taken: set[str] = set()
    apart = []
    for one in columns:
        name = one.name or "column"
        while name in taken:
            name += "'"
        taken.add(name)
        apart.append(replace(one, name=name))
    return apart
