# SPDX-License-Identifier: BSD-3-Clause
"""The frames of a recording, in the requested number."""

from __future__ import annotations

import math
import os
from bisect import bisect_right
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Columns = NDArray[np.intp] | slice

_BLOCK_VALUES = 2**18

# Frames may take this share of the computer's memory; they are copied once, at the end.
_SHARE = 0.4
_BYTES_PER_TIME = 40
_FEWEST = 1000


class Frames:
    """Frames at multiples of an interval; every second one is dropped if there are too many.

    Parameters
    ----------
    segments : int
        Values in a frame.
    missing : ndarray of int
        Those without data, which are NaN.
    every_ms : float
        Their interval, which doubles whenever every second frame is dropped.
    peak : bool
        Keep the maximum of the values put into a frame.
    wanted : int, optional
        The final number of frames; up to four times as many are held in memory.
    most : float
        How many are held in memory if no number is wanted: an even number.
    """

    def __init__(
        self,
        segments: int,
        missing: NDArray[np.intp],
        every_ms: float,
        *,
        peak: bool,
        wanted: int | None,
        most: float = math.inf,
    ) -> None:
        self.every_ms = every_ms
        self.peak = peak
        self.times_ms: list[float] = []
        self._missing = missing
        self._wanted = wanted
        # Dropping every second one leaves twice the wanted number.
        self._most = most if wanted is None else 4 * wanted
        self._blocks: list[NDArray[np.float32]] = []
        self._shape = max(8, min(2048, _BLOCK_VALUES // max(segments, 1))), segments

    def clear(self) -> None:
        """Start again."""
        self.times_ms.clear()
        self._blocks.clear()

    def after(self, time_ms: float) -> float:
        """Find the first multiple of the interval that is strictly after a time."""
        return (math.floor(time_ms / self.every_ms + 1e-6) + 1) * self.every_ms

    def add(self, time_ms: float) -> None:
        """Add an empty frame."""
        self._extend([time_ms])

    def add_until(self, time_ms: float) -> None:
        """Add empty frames up to a time, and one there if that is a multiple."""
        while (following := self.after(self.times_ms[-1])) <= time_ms:
            first = round(following / self.every_ms)
            count = int((time_ms - following) / self.every_ms + 1)
            count = int(min(count, self._most + 1 - len(self.times_ms)))
            times_ms = (np.arange(first, first + count) * self.every_ms).tolist()
            # The last one may be later due to rounding.
            self._extend([one for one in times_ms if one <= time_ms])

    def missing_until(self, time_ms: float) -> float:
        """Return how many frames `add_until` would add, as far as they are kept."""
        return min((time_ms - self.times_ms[-1]) / self.every_ms, self._most)

    def drop_after(self, time_ms: float) -> None:
        """Drop the frames after a time."""
        del self.times_ms[bisect_right(self.times_ms, time_ms) :]

    def between(self, after_ms: float, until_ms: float) -> tuple[int, int]:
        """Return the range of frames after one time and up to another."""
        return bisect_right(self.times_ms, after_ms), bisect_right(self.times_ms, until_ms)

    def put(self, first: int, values: NDArray[np.floating], columns: Columns) -> None:
        """Put values into the columns of consecutive frames."""
        done = 0
        for target in self.targets(first, first + len(values)):
            part = values[done : done + len(target)]
            if self.peak:
                target[:, columns] = np.maximum(target[:, columns], part)
            else:
                target[:, columns] = part
            done += len(target)

    def targets(self, first: int, end: int) -> Iterator[NDArray[np.float32]]:
        """Rows of consecutive frames, in the parts in which they are stored."""
        rows = self._shape[0]
        while first < end:
            block, row = divmod(first, rows)
            count = min(rows - row, end - first)
            yield self._blocks[block][row : row + count]
            first += count

    def rows(self, first: int, end: int) -> NDArray[np.float32]:
        """Copy consecutive frames."""
        if first >= end:
            return np.empty((0, self._shape[1]), np.float32)
        return np.concatenate(list(self.targets(first, end)))

    def chosen(self) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """Return the wanted number of frames, with their times."""
        time_ms, values = np.array(self.times_ms), self._together()
        if self._wanted is None:
            return time_ms, values
        return spread(time_ms, values, self._wanted, peak=self.peak)

    def _extend(self, times_ms: list[float]) -> None:
        self.times_ms += times_ms
        rows = self._shape[0]
        while len(self.times_ms) > len(self._blocks) * rows:
            self._blocks.append(self._block())
        if len(self.times_ms) > self._most:
            self._halve()

    def _block(self) -> NDArray[np.float32]:
        block = np.empty(self._shape, np.float32)
        if self.peak:
            block.fill(-np.inf)
        block[:, self._missing] = np.nan
        return block

    def _together(self) -> NDArray[np.float32]:
        return np.concatenate(self._blocks)[: len(self.times_ms)]

    def _halve(self) -> None:
        """Keep every second frame, the first and the last among them."""
        values = self._together()
        if self.peak:
            np.maximum(values[2::2], values[1::2], out=values[2::2])
        kept = values[::2]
        self._blocks.clear()
        for begin in range(0, len(kept), self._shape[0]):
            block = self._block()
            part = kept[begin : begin + self._shape[0]]
            block[: len(part)] = part
            self._blocks.append(block)
        del self.times_ms[1::2]
        self.every_ms *= 2


def most_in_memory(segments: int) -> float:
    """Return how many frames the computer's memory can hold: an even number.

    CVode may pass any time in a single step, and a frame takes memory even if nothing changes.
    """
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return math.inf
    return max(_FEWEST, int(_SHARE * memory / (4 * segments + _BYTES_PER_TIME)) // 2 * 2)


def spread(
    time_ms: NDArray[np.float64], values: NDArray[np.float32], frames: int, *, peak: bool
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Choose frames evenly spread over a recording.

    Parameters
    ----------
    time_ms : ndarray of float64, shape (F,)
        Strictly increasing.
    values : ndarray of float32, shape (F, S)
    frames : int
        How many to choose, including the first and the last.
    peak : bool
        Keep the maximum since the previous frame.

    Returns
    -------
    time_ms : ndarray of float64, shape (G,)
        G is `frames`, or F if there are fewer.
    values : ndarray of float32, shape (G, S)
    """
    if len(time_ms) <= frames:
        return time_ms, values
    wanted = np.linspace(time_ms[0], time_ms[-1], frames)
    nearest = np.searchsorted((time_ms[1:] + time_ms[:-1]) / 2, wanted)
    # If samples are sparse, two wanted times may be closest to the same one.
    order = np.arange(frames)
    chosen = np.maximum.accumulate(nearest - order) + order
    chosen = np.minimum(chosen, len(time_ms) - frames + order)
    if peak:
        after_the_one_before = np.concatenate(([0], chosen[:-1] + 1))
        # There is none beyond the last chosen frame.
        return time_ms[chosen], np.maximum.reduceat(values, after_the_one_before, axis=0)
    return time_ms[chosen], values[chosen]
