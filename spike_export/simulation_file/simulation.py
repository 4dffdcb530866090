# SPDX-License-Identifier: BSD-3-Clause
"""A simulation as arrays: morphology, and one value per segment and frame.

Everything is kept in flat arrays over all sections, segments and points of the file, in file
order, because a network has hundreds of thousands of sections, and a Python object for each would
take more memory than the voltages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .cell_surfaces import Surfaces
from .synapses import Synapses

SECTION_TYPES = ("soma", "dend", "apic", "axon", "other")
"""Section types; `Simulation.section_types` holds indices into this."""
SPIKE_THRESHOLD_MV = -20.0
"""Where the voltage rises to this, there is a spike, unless a model or a user says otherwise."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes
    ----------
    name : str
        Its name in the model.
    gid : int or None
        The cell's global identifier in a parallel network.
    spikes_ms : ndarray, shape (K,), or None
        Spike times; None if not recorded.
    """

    name: str
    gid: int | None = None
    spikes_ms: NDArray[np.float64] | None = None


def no_connections() -> NDArray[np.int32]:
    """Make the array for no connections.

    Returns
    -------
    ndarray of int32, shape (0, 2)
    """
    return np.empty((0, 2), np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """Values of another quantity, on the same segments and at the same times.

    Attributes
    ----------
    unit : str
    values : ndarray of float32, shape (F, S)
    """

    unit: str
    values: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """Cells made of N sections, S segments and P three-dimensional points, over F frames.

    Attributes
    ----------
    cells : tuple of Cell
    section_names : tuple of str, length N
    section_types : ndarray of uint8, shape (N,)
        Index into `SECTION_TYPES`.
    section_cells : ndarray of int32, shape (N,)
        Index into `cells`; never decreases.
    parents : ndarray of int32, shape (N,)
        Index of the parent section among all N, -1 at a root.
    parent_x : ndarray of float64, shape (N,)
        Where on the parent the section begins, 0..1 along its arc length.
    segment_counts : ndarray of int32, shape (N,)
        NEURON's ``nseg``.
    point_counts : ndarray of int32, shape (N,)
        One point is a cell without a shape.
    points_um : ndarray of float32, shape (P, 4)
        x, y, z and diameter, in µm.
    time_ms : ndarray of float64, shape (F,)
        Strictly increasing; frame numbers if `has_time` is false.
    values : ndarray of float32, shape (F, S)
        Segment k of ``nseg`` lies at arc length (k + 0.5) / nseg of its section.
    quantity, unit : str
        Name and unit of the values, as in NEURON: ``v`` in ``mV``.
    has_time : bool
        False for files in the older format, which store no times.
    version : int
        Format version of the file; 1 is the older format, and with 3, sections are a table.
    created_by, source : str
        The program that wrote the file, and the model it ran.
    meta : mapping
        Free text and numbers.
    connections : ndarray of int32, shape (M, 2)
        Indices into `cells`: from, to; empty in most files.
    delays_ms : ndarray of float64, shape (M,), or None
        From a spike of a connection's first cell to its arrival at the second; None if unknown.
    layouts : mapping from str to ndarray of float32, shape (cells, 3)
        Other cell positions, in µm.
    more : mapping from str to Quantity
        Other quantities recorded on the same segments and frames, by name; see `showing`.
    synapses : Synapses or None
        Where synapses are, and when events arrive at them; None if not recorded.
    classes : mapping from str to tuple of str
        Names of the classes that the values of a quantity count, 0 for the first, by the
        quantity's name: cell types, for example. Other values are measured.
    surfaces : Surfaces or None
        Meshes of cells, whose vertices have the value of the cell's first segment.
    """

    cells: tuple[Cell, ...]
    section_names: tuple[str, ...]
    section_types: NDArray[np.uint8]
    section_cells: NDArray[np.int32]
    parents: NDArray[np.int32]
    parent_x: NDArray[np.float64]
    segment_counts: NDArray[np.int32]
    point_counts: NDArray[np.int32]
    points_um: NDArray[np.float32]
    time_ms: NDArray[np.float64]
    values: NDArray[np.float32]
    quantity: str = "v"
    unit: str = "mV"
    has_time: bool = True
    version: int = 2
    created_by: str = ""
    source: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)
    connections: NDArray[np.int32] = field(default_factory=no_connections)
    delays_ms: NDArray[np.float64] | None = None
    layouts: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    more: Mapping[str, Quantity] = field(default_factory=dict)
    synapses: Synapses | None = None
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    surfaces: Surfaces | None = None

    @property
    def quantities(self) -> dict[str, Quantity]:
        """All quantities by name, that of `values` first."""
        return {self.quantity: Quantity(self.unit, self.values), **self.more}

    def showing(self, quantity: str) -> Simulation:
        """Put one of the quantities into `values`; the previous one goes to `more`.

        Returns
        -------
        Simulation
            Nothing is copied.

        Raises
        ------
        ValueError
            If there is no such quantity; the text lists the available ones.
        """
        found = self.quantities
        if quantity not in found:
            raise ValueError(f"There is no quantity {quantity!r:.60}; there is {', '.join(found)}.")
        chosen = found.pop(quantity)
        return replace(self, quantity=quantity, unit=chosen.unit, values=chosen.values, more=found)

    def with_values(
        self, change: Callable[[NDArray[np.float32]], NDArray[np.float32]]
    ) -> Simulation:
        """Apply a function to the values of each quantity.

        Parameters
        ----------
        change : callable
            Maps values, shape (F, S), to values. If it changes segments or frames, set sections or
            times with `dataclasses.replace`.
        """

        def changed(name: str, values: NDArray[np.float32]) -> NDArray[np.float32]:
            # Rounding errors would make classes of no name.
            return np.rint(change(values)) if name in self.classes else change(values)

        return replace(
            self,
            values=changed(self.quantity, self.values),
            more={
                name: replace(one, values=changed(name, one.values))
                for name, one in self.more.items()
            },
        )

    @property
    def n_sections(self) -> int:
        """Number of sections."""
        return len(self.segment_counts)

    @property
    def n_segments(self) -> int:
        """Number of segments."""
        return int(self.values.shape[1])

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return int(self.values.shape[0])

    @property
    def duration_ms(self) -> float:
        """Time from the first frame to the last, in ms."""
        return float(self.time_ms[-1] - self.time_ms[0])

    @property
    def first_segments(self) -> NDArray[np.int64]:
        """Index of each section's first segment, shape (N,)."""
        return starts(self.segment_counts)

    @property
    def first_points(self) -> NDArray[np.int64]:
        """Index of each section's first point, shape (N,)."""
        return starts(self.point_counts)


def starts(counts: NDArray[np.int32]) -> NDArray[np.int64]:
    """Start index of each of several consecutive runs.

    Parameters
    ----------
    counts : ndarray of int, shape (N,)
        Lengths of the runs.

    Returns
    -------
    ndarray of int64, shape (N,)
    """
    ends = np.cumsum(counts, dtype=np.int64)
    return ends - counts


@dataclass(frozen=True, slots=True)
class ValueRange:
    """The finite values' limits, and how many values are not finite."""

    low: float
    high: float
    not_finite: int


def value_range(values: NDArray[np.float32]) -> ValueRange:
    """Limits of all finite values.

    Works frame by frame, to avoid copying a matrix of gigabytes.

    Parameters
    ----------
    values : ndarray of float32, shape (F, S)

    Returns
    -------
    ValueRange
        Limits are 0 and 0 if nothing is finite.
    """
    low, high, not_finite = np.inf, -np.inf, 0
    for frame in values:
        frame_low, frame_high = frame.min(), frame.max()
        if not (np.isfinite(frame_low) and np.isfinite(frame_high)):
            finite = frame[np.isfinite(frame)]
            not_finite += frame.size - finite.size
            if not finite.size:
                continue
            frame_low, frame_high = finite.min(), finite.max()
        low, high = min(low, float(frame_low)), max(high, float(frame_high))
    return ValueRange(low, high, not_finite) if low <= high else ValueRange(0.0, 0.0, not_finite)
