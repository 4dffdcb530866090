# SPDX-License-Identifier: BSD-3-Clause
"""Make jumps in time visible: each becomes a rise and a decay.

The kernel is the difference of two exponentials, ``exp(-t / decay) - exp(-t / rise)``, scaled to a
peak of 1. It is causal: nothing shows before the jump.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..simulation_file import Simulation

# Number of cells filtered at once, in float64.
_BLOCK_VALUES: Final = 1 << 22
_APART: Final = 1e-4
# Intervals between frames may differ by this fraction, as sums of steps do.
_REGULAR: Final = 1e-6


class SmoothingError(ValueError):
    """Something that cannot be smoothed; the text says why."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """A rise and a decay.

    Attributes
    ----------
    rise_ms, decay_ms : float
        Time constants, above 0; the rise must not be longer than the decay.

    Raises
    ------
    SmoothingError
        If they are not.
    """

    rise_ms: float
    decay_ms: float

    def __post_init__(self) -> None:
        """Check the time constants."""
        for name, constant in (("rise", self.rise_ms), ("decay", self.decay_ms)):
            if not (math.isfinite(constant) and constant > 0):
                raise SmoothingError(f"The {name} is {constant:g} ms, but must be above 0.")
        if self.rise_ms > self.decay_ms:
            raise SmoothingError(
                f"The rise, {self.rise_ms:g} ms, is longer than the decay, {self.decay_ms:g} ms."
            )

    @property
    def constants_ms(self) -> tuple[float, float]:
        """The two time constants used in computations, the shorter one first.

        If they are nearly equal, the exponentials would cancel to noise. Moving both away from
        their mean by a factor of 1e-4 changes the kernel only by the square of that, since it is
        symmetric in them.
        """
        if self.decay_ms - self.rise_ms >= 2 * _APART * self.decay_ms:
            return self.rise_ms, self.decay_ms
        mean = (self.rise_ms + self.decay_ms) / 2
        return mean * (1 - _APART), mean * (1 + _APART)

    @property
    def peak_ms(self) -> float:
        """Time from the jump to the peak."""
        rise, decay = self.constants_ms
        return math.log(decay / rise) * rise * decay / (decay - rise)

    @property
    def height(self) -> float:
        """Peak of the difference of exponentials, before it is scaled to 1."""
        rise, decay = self.constants_ms
        return math.exp(-self.peak_ms / decay) - math.exp(-self.peak_ms / rise)

    def at(self, after_ms: NDArray[np.float64]) -> NDArray[np.float64]:
        """Evaluate the kernel.

        Parameters
        ----------
        after_ms : ndarray
            Time since the jump; negative before it.

        Returns
        -------
        ndarray
            0..1, of the same shape.
        """
        rise, decay = self.constants_ms
        after = np.maximum(after_ms, 0.0)
        shape: NDArray[np.float64] = np.exp(-after / decay) - np.exp(-after / rise)
        return shape / self.height


def activity(
    spikes_ms: Sequence[NDArray[np.float64]], time_ms: NDArray[np.float64], kernel: Kernel
) -> NDArray[np.float32]:
    """Sum the kernels of each cell's spikes, at any time between frames.

    Parameters
    ----------
    spikes_ms : sequence of ndarray
        Spike times of each of C cells, in any order; spikes before the first frame count too.
    time_ms : ndarray, shape (F,)
        Regular.

    Returns
    -------
    ndarray of float32, shape (F, C)
        A single spike peaks at 1; overlapping ones add up.

    Raises
    ------
    SmoothingError
        If the frames are not evenly spaced.
    ModuleNotFoundError
        If SciPy is not installed.
    """
    interval = _interval(time_ms)
    result = np.zeros((len(time_ms), len(spikes_ms)), np.float32)
    block = max(1, _BLOCK_VALUES // len(time_ms))
    for begin in range(0, len(spikes_ms), block):
        part = spikes_ms[begin : begin + block]
        cells = np.repeat(np.arange(len(part)), [len(times) for times in part])
        times = np.concatenate([np.asarray(row, np.float64) for row in part] or [np.empty(0)])
        frames = np.searchsorted(time_ms, times)
        seen = frames < len(time_ms)
        late = time_ms[frames[seen]] - times[seen]
        place = frames[seen] * len(part) + cells[seen]
        # By its frame, a spike has decayed already, with each constant.
        jumps = [
            np.bincount(place, np.exp(-late / constant), minlength=len(time_ms) * len(part))
            for constant in kernel.constants_ms
        ]
        fast, slow = (row.reshape(len(time_ms), len(part)) for row in jumps)
        result[:, begin : begin + block] = _decaying(fast, slow, interval, kernel)
    return result


def smooth(simulation: Simulation, kernel: Kernel) -> Simulation:
    """Replace each jump in a simulation's values by a rise and a decay, in all quantities.

    If all values of a quantity are 0 or 1, each 1 is an activation, and becomes a kernel with a
    peak of 1. Any other values, such as voltages, are averaged over the past with the kernel as
    weight, so that a constant value is reached; before the first frame they are assumed to be as in
    that frame. After a non-finite value, a segment has no data.

    Parameters
    ----------
    simulation : Simulation
        With regular frames.

    Raises
    ------
    SmoothingError
        If the frames are not evenly spaced, or there are no times.
    ModuleNotFoundError
        If SciPy is not installed.
    """
    if not simulation.has_time:
        raise SmoothingError(
            "It is in the older format, which stores no times; give its duration with --duration."
        )
    interval = _interval(simulation.time_ms)
    return simulation.with_values(lambda values: _smoothed(values, interval, kernel))


def _smoothed(values: NDArray[np.float32], interval: float, kernel: Kernel) -> NDArray[np.float32]:
    on_off = is_on_off(values)
    result = np.empty(values.shape, np.float32)
    block = max(1, _BLOCK_VALUES // len(values))
    for begin in range(0, values.shape[1], block):
        part = values[:, begin : begin + block].astype(np.float64)
        rest = np.zeros(part.shape[1]) if on_off else part[0]
        weight = 1.0 if on_off else 1.0 / _gain(interval, kernel)
        changes = part - rest
        decaying = _decaying(changes, changes, interval, kernel)
        result[:, begin : begin + block] = rest + weight * decaying
    return result


def is_on_off(values: NDArray[np.float32]) -> bool:
    """Whether all values are 0 or 1, so that each 1 is an activation.

    Parameters
    ----------
    values : ndarray, shape (F, S)
    """
    return all(bool(np.isin(row, (0, 1)).all()) for row in values)


def is_regular(time_ms: NDArray[np.float64]) -> bool:
    """Whether frames are evenly spaced, up to the rounding of sums of steps.

    Parameters
    ----------
    time_ms : ndarray, shape (F,)
    """
    if len(time_ms) < 2:
        return True
    intervals = np.diff(time_ms)
    mean = float(intervals.mean())
    return float(np.abs(intervals - mean).max()) <= _REGULAR * mean


def _interval(time_ms: NDArray[np.float64]) -> float:
    if len(time_ms) < 2:
        return 1.0
    if not is_regular(time_ms):
        raise SmoothingError(
            "Its frames are not evenly spaced in time; use spike-export convert --every to make "
            "them so."
        )
    return float(np.diff(time_ms).mean())


def _gain(interval: float, kernel: Kernel) -> float:
    """Sum the kernel at all frames after a jump."""
    rise, decay = (1 / -math.expm1(-interval / constant) for constant in kernel.constants_ms)
    return (decay - rise) / kernel.height


def _decaying(
    fast: NDArray[np.float64], slow: NDArray[np.float64], interval: float, kernel: Kernel
) -> NDArray[np.float64]:
    """Let jumps of shape (F, C) decay with the two constants, and take the difference."""
    from scipy.signal import lfilter

    rise, decay = (
        lfilter([1.0], [1.0, -math.exp(-interval / constant)], jumps, axis=0)
        for jumps, constant in zip((fast, slow), kernel.constants_ms, strict=True)
    )
    result: NDArray[np.float64] = (decay - rise) / kernel.height
    return result
