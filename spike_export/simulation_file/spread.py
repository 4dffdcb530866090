# SPDX-License-Identifier: BSD-3-Clause
"""The distribution of values: percentiles, and an upper limit that ignores a few extreme cells."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .simulation import Simulation, value_range

ACTIVITY: Final = "activity"
"""Name of the quantity that is 1 at the peak of a single spike."""
# Percentiles are computed from at most about this many values.
_SAMPLE: Final = 1_000_000
# Among fewer cells, none counts as an exception.
_FEWEST_CELLS: Final = 20
_EXCEPTIONS: Final = 0.01
# An exception goes this many times as far as all others.
_FAR: Final = 2.5


def percentiles(values: NDArray[np.float32], shares: Sequence[float]) -> list[float] | None:
    """Percentiles of all finite values, or of a million of them.

    Parameters
    ----------
    values : ndarray of float32, shape (F, S)
    shares : sequence of float
        In percent.

    Returns
    -------
    list of float, or None
        None if no value is finite.
    """
    step = max(values.size // _SAMPLE, 1)
    # Otherwise the same segments would be sampled in each frame.
    while math.gcd(step, values.shape[1] or 1) > 1:
        step += 1
    # By index, because the values of one cell among many are a view that `ravel` would copy.
    sample = values[np.divmod(np.arange(0, values.size, step), max(values.shape[1], 1))]
    sample = sample[np.isfinite(sample)]
    return np.percentile(sample.astype(np.float64), shares).tolist() if sample.size else None


@dataclass(frozen=True, slots=True)
class ColorRange:
    """What a color scale spans by default.

    Attributes
    ----------
    low, high : float
        Its two ends; equal if all values are. 0 and 0 if nothing is finite.
    highest : float
        Of all values; above `high` if a few cells go far beyond all others.
    beyond : tuple of int
        Indices of these cells.
    cells : int
        Total number of cells.
    """

    low: float
    high: float
    highest: float
    beyond: tuple[int, ...]
    cells: int
    is_fixed: bool = False
    """Whether the two ends are those of the quantity, not of the values."""

    @property
    def note(self) -> str:
        """A note if a few cells go beyond the end of the scale; empty otherwise."""
        if not self.beyond:
            return ""
        count = len(self.beyond)
        return (
            f"Colors end at {self.high:.4g}, since {count:,} of {self.cells:,} cells "
            f"go{'es' * (count == 1)} far beyond all others, up to {self.highest:.4g}"
        )


def color_range(simulation: Simulation) -> ColorRange:
    """Find what a color scale should span: all values except for a few that would darken the rest.

    One cell among a thousand that fires a hundred times as often as the others would leave them all
    at the scale's dark end. So, with twenty cells or more, cells in the highest hundredth (at least
    one) are left out if they reach 2.5 times as far as all the rest. This does not apply to
    membrane potentials: spiking cells should stand out from the others.

    The activity of cells whose spikes are known spans 0 to 1: a single spike raises it to 1, and
    those in quick succession pile up.
    """
    limits = value_range(simulation.values)
    cells = len(simulation.cells)
    if _counts_spikes(simulation) and limits.low >= 0 < limits.high:
        return ColorRange(0.0, 1.0, limits.high, (), cells, is_fixed=True)
    whole = ColorRange(limits.low, limits.high, limits.high, (), cells)
    if cells < _FEWEST_CELLS or simulation.unit == "mV":
        return whole
    highest = np.full(simulation.n_segments, -np.inf, np.float32)
    for frame in simulation.values:
        np.fmax(highest, np.where(np.isfinite(frame), frame, -np.inf), out=highest)
    of = np.repeat(simulation.section_cells, simulation.segment_counts)
    firsts = np.flatnonzero(np.diff(of, prepend=-1))
    each = np.maximum.reduceat(highest, firsts)
    rest = float(np.sort(each)[-1 - max(1, int(_EXCEPTIONS * cells))])
    if not limits.low < rest < math.inf:
        return whole
    far = each - limits.low > _FAR * (rest - limits.low)
    if not far.any():
        return whole
    high = float(each[~far].max())
    return ColorRange(limits.low, high, limits.high, tuple(np.flatnonzero(far).tolist()), cells)


def _counts_spikes(simulation: Simulation) -> bool:
    """Tell whether values are the activity of cells whose spikes are known."""
    if simulation.quantity != ACTIVITY or simulation.unit:
        return False
    return any(cell.spikes_ms is not None and len(cell.spikes_ms) for cell in simulation.cells)
