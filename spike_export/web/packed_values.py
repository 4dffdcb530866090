# SPDX-License-Identifier: BSD-3-Clause
"""Values as what a browser unpacks: whole steps of 16 bit, differences in time, gzip.

The low and the high bytes are packed apart: the high ones are nearly all the same.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .web_error import WebFilmError

MOST_VALUES: Final = 250_000_000
"""Half a gigabyte in the browser."""
MISSING: Final = 65535
"""Stands for what is not finite."""
_STEPS: Final = 65534
# As many limits' spans are kept on either side, if values go much further than the colors.
_BESIDE: Final = 4
# A color scale has at least as many steps: 16 for each color.
_FINE: Final = 4096
_BLOCK: Final = 1 << 22


@dataclass(frozen=True, slots=True)
class PackedValues:
    """Values of C columns in F frames.

    Attributes
    ----------
    low, high : bytes
        Bytes of the steps' differences modulo 2^16 from frame to frame, of all columns; gzip.
    step, offset : float
        A value is ``offset + step * code``; `MISSING` is none.
    cut_off : tuple of float, or None
        Values beyond these are kept as these.
    not_finite : int
        How many values are missing.
    """

    low: bytes
    high: bytes
    step: float
    offset: float
    cut_off: tuple[float, float] | None
    not_finite: int


def packed_values(
    values: NDArray[np.float32],
    columns: NDArray[np.bool_],
    limits: tuple[float, float],
    precision: float | None = None,
) -> PackedValues:
    """Pack the columns that are shown.

    Parameters
    ----------
    values : ndarray of float32, shape (F, S)
    columns : ndarray of bool, shape (S,)
    limits : tuple of float
        Of the color scale.
    precision : float, optional
        Largest error, in the values' unit. By default a 131,068th of what they span.

    Raises
    ------
    WebFilmError
        If there are too many, or nothing is finite.
    """
    frames, count = len(values), int(columns.sum())
    if frames * count > MOST_VALUES:
        raise WebFilmError(
            f"{count:,} segments in {frames:,} frames are {frames * count:,} values; a browser can "
            f"hold {MOST_VALUES:,}. Choose fewer cells or fewer frames."
        )
    found = _range_of(values, columns)
    low, high, cut_off = _kept(found, limits)
    step = max((high - low) / _STEPS, 2 * precision if precision else 0.0)
    packers = [zlib.compressobj(6, wbits=31) for _ in range(2)]
    packed = [bytearray(), bytearray()]
    before = np.zeros(count, np.uint16)
    rows = max(_BLOCK // max(count, 1), 1)
    for begin in range(0, frames, rows):
        block = values[begin : begin + rows][:, columns].astype(np.float64)
        steps = (block.clip(low, high) - low) / (step or 1.0)
        codes = np.where(np.isfinite(block), np.rint(steps), MISSING).astype(np.uint16)
        change = np.diff(codes, axis=0, prepend=before[None])
        before = codes[-1]
        halves = (change & 0xFF, change >> 8)
        for into, packer, half in zip(packed, packers, halves, strict=True):
            into += packer.compress(half.astype(np.uint8).tobytes())
    for into, packer in zip(packed, packers, strict=True):
        into += packer.flush()
    return PackedValues(bytes(packed[0]), bytes(packed[1]), step, low, cut_off, found.not_finite)


def value_notes(values: PackedValues, unit: str, base: float = 0.0) -> list[str]:
    """Say what the page has other than it was given, to which `base` was added."""
    notes = []
    if values.cut_off:
        low, high = (one + base for one in values.cut_off)
        notes.append(
            f"Values below {low:.6g} or above {high:.6g}{unit and f' {unit}'} are far beyond the "
            "color scale; the page has them as these."
        )
    return notes


class _Range(NamedTuple):
    """The finite values' limits, and how many values are not finite."""

    low: float
    high: float
    not_finite: int


def _range_of(values: NDArray[np.float32], columns: NDArray[np.bool_]) -> _Range:
    low, high, not_finite = np.inf, -np.inf, 0
    chosen: slice | NDArray[np.bool_] = slice(None) if columns.all() else columns
    # Frame by frame, to avoid copying a matrix of gigabytes.
    for frame in values:
        some = frame[chosen]
        lowest, highest = some.min(), some.max()
        if not (np.isfinite(lowest) and np.isfinite(highest)):
            finite = some[np.isfinite(some)]
            not_finite += some.size - finite.size
            if not finite.size:
                continue
            lowest, highest = finite.min(), finite.max()
        low, high = min(low, float(lowest)), max(high, float(highest))
    if low > high:
        raise WebFilmError("None of the values is a finite number.")
    return _Range(low, high, not_finite)


def _kept(
    found: _Range, limits: tuple[float, float]
) -> tuple[float, float, tuple[float, float] | None]:
    """Find which values can be kept apart finely enough for the colors."""
    span = limits[1] - limits[0]
    if span <= 0 or (found.high - found.low) / _STEPS <= span / _FINE:
        return found.low, found.high, None
    low = max(found.low, limits[0] - _BESIDE * span)
    high = min(found.high, limits[1] + _BESIDE * span)
    if low >= high:
        # All values are on one side of the limits.
        low = high = min(max(found.low, limits[0]), limits[1])
    return low, high, (low, high)
