# SPDX-License-Identifier: BSD-3-Clause
"""The membrane currents of a simulation, and whether they can be the source of a field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..simulation_file.simulation import Simulation
from .line_sources import FieldError

CURRENT: Final = "i_membrane_"
"""NEURON's name of the current through the membrane of a segment, in nA."""
UNIT: Final = "nA"
HOW_TO_RECORD: Final = (
    "Record it with spike-export demo --field, swc --field, or run --variable v --variable "
    f"{CURRENT}, or with Membrane Currents under Simulate in BlenderSpike."
)

# Of the currents that flow out and in at that time. A sum of single-precision numbers is off by
# less, and currents stored in 16 bits by little more.
_IN_BALANCE: Final = 0.01
_PEAKS: Final = "peak"


class Imbalance(NamedTuple):
    """When the most current is missing in a cell, or too much."""

    cell: int
    frame: int
    sum_na: float


def membrane_currents(simulation: Simulation) -> NDArray[np.float32]:
    """Take the currents through the membrane of each segment.

    Returns
    -------
    ndarray of float32, shape (F, S)
        In nA, out of the cell.

    Raises
    ------
    FieldError
        If they were not recorded, or not as they were at each time.
    """
    found = simulation.quantities.get(CURRENT)
    if found is None:
        raise FieldError(f"There are no membrane currents ({CURRENT}). {HOW_TO_RECORD}")
    check_currents(found.unit, simulation.meta)
    if missing := int((~np.isfinite(found.values)).any(axis=0).sum()):
        raise FieldError(
            f"The membrane currents of {missing:,} of {simulation.n_segments:,} segments are not "
            "finite numbers, so the field is not known."
        )
    return found.values


def check_currents(unit: str, meta: Mapping[str, Any]) -> None:
    """Refuse currents of which no field can be computed.

    Raises
    ------
    FieldError
    """
    if unit != UNIT:
        raise FieldError(
            f"The membrane currents ({CURRENT}) are in {unit or 'no unit'!r:.40}, not in {UNIT} "
            "for each segment, as NEURON records them."
        )
    if str(meta.get("mode", "")).startswith(_PEAKS):
        raise FieldError(
            "Each frame holds the maximum since the frame before, which segments reach at "
            "different times, so their currents do not add up to a field. Record without --peak."
        )


def imbalance(
    currents_na: NDArray[np.floating], segment_cells: NDArray[np.integer], cells: int
) -> Imbalance | None:
    """Find where the currents of a cell do not add up to zero.

    What flows into a cell also flows out of it, unless an electrode injects it, or segments were
    not recorded.

    Parameters
    ----------
    currents_na : ndarray, shape (F, S)
    segment_cells : ndarray of int, shape (S,)
        Index of each segment's cell; never decreases.
    cells : int
        Number of cells.

    Returns
    -------
    Imbalance or None
        The largest; None if all are within 1 % of what flows.
    """
    worst: Imbalance | None = None
    firsts = np.searchsorted(segment_cells, np.arange(cells))
    ends = np.append(firsts[1:], len(segment_cells))
    for cell, (begin, end) in enumerate(zip(firsts, ends, strict=True)):
        own = np.asarray(currents_na[:, begin:end], np.float64)
        sums, flow = own.sum(axis=1), np.abs(own).sum(axis=1)
        # At rest, next to nothing flows, and rounding is all there is.
        frame = int(np.abs(sums).argmax()) if len(sums) else 0
        if own.size and abs(sums[frame]) > _IN_BALANCE * flow.max():
            one = Imbalance(cell, frame, float(sums[frame]))
            worst = max(filter(None, (worst, one)), key=lambda found: abs(found.sum_na))
    return worst


def imbalance_sentence(
    found: Imbalance, names: Sequence[str], time_ms: NDArray[np.float64], unit: str
) -> str:
    """Say that currents do not add up to zero, in a sentence.

    Parameters
    ----------
    names : sequence of str
        Of all cells.
    time_ms : ndarray, shape (F,)
    unit : str
        Of the time: ``ms``, or ``samples``.
    """
    return (
        f"The membrane currents of '{names[found.cell]:.40}' add up to {found.sum_na:.3g} nA at "
        f"{time_ms[found.frame]:.4g} {unit}, not to 0: an electrode injects this current, or not "
        "all segments were recorded. In the field it flows from the cell to far away."
    )
