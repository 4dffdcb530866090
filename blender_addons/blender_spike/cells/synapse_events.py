# SPDX-License-Identifier: GPL-3.0-or-later
"""Events of synapses, laid out so that nodes find the latest of each by looking twice.

Time is divided into bins, and for each bin and synapse it is known how many events there have been
by the bin's end. That number is a row of a table, which holds the latest three events. A few of
them may be later than the moment shown, which counts nothing; if there may be more of those, or
earlier ones that still count, the nodes go back by three events at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

TOGETHER: Final = 3
"""Events in a row of the table."""
LONG_AGO_MS: Final = -1e7
"""Stands for an event that never was."""
# More bins leave fewer events in each, but take a byte each for each synapse.
_MOST_BINS, _MOST_BYTES = 512, 64_000_000
_EARLY: Final = 1e-3
# Of so many synapses, so many times three more events count, since that takes next to no time.
_FEW, _ROUNDS_MORE = 20_000, 7
# Rows of one rank lie together if this does not make the table so many times larger.
_SPARSE: Final = 2.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class EventTable:
    """The events of N synapses.

    Attributes
    ----------
    times_ms : ndarray of float32, shape (R, 3)
        Since the first sample. A synapse with n events has n + 1 rows; the k-th, from 0, holds the
        latest three of its first k events, the latest first, and `LONG_AGO_MS` where there are
        none.
    firsts : ndarray of int64, shape (N,)
        Each synapse's first row.
    stride : int
        From one of its rows to the next.
    counts : ndarray of int8 or int32, shape (B, N)
        Events of each synapse up to the end of each bin.
    bin_ms : float
        Duration of a bin; the first begins with the first sample.
    rounds : int
        How often nodes look for three events: often enough to meet one that is in the past, and
        then for all of them, within reason.
    """

    times_ms: NDArray[np.float32]
    firsts: NDArray[np.int64]
    stride: int
    counts: NDArray[np.signedinteger]
    bin_ms: float
    rounds: int


def event_table(
    event_counts: NDArray[np.integer[Any]], since_ms: Floats, duration_ms: float
) -> EventTable:
    """Lay out events.

    Parameters
    ----------
    event_counts : ndarray of int, shape (N,)
        How many each synapse has.
    since_ms : ndarray of float64, shape (E,)
        When, after the first sample; synapse by synapse, and ascending within each.
    duration_ms : float
        From the first sample to the last. Later events are never shown, and left out, as are those
        long before.
    """
    count = len(event_counts)
    kept = (since_ms <= duration_ms) & (since_ms > LONG_AGO_MS)
    since, of = since_ms[kept], np.repeat(np.arange(count), event_counts)[kept]
    totals = np.bincount(of, minlength=count)
    most = int(totals.max(initial=0))
    bins, in_bin = _bins(since, of, count, duration_ms)
    bin_ms = duration_ms / bins if duration_ms > 0 else 1.0
    counts = _counted(_bin_of(since, bins, duration_ms), of, count, bins)
    enough = -(-(in_bin + 1) // TOGETHER)
    more = _ROUNDS_MORE if count <= _FEW else 0
    times_ms, firsts, stride = _latest(since, of, totals)
    return EventTable(
        times_ms=times_ms,
        firsts=firsts,
        stride=stride,
        counts=counts.astype(np.int8 if most < 128 else np.int32),
        bin_ms=bin_ms,
        rounds=max(min(enough + more, -(-most // TOGETHER)), 1),
    )


def _bin_of(since: Floats, bins: int, duration_ms: float) -> NDArray[np.int64]:
    """Find by which bin's end each event has been."""
    bin_ms = duration_ms / bins if duration_ms > 0 else 1.0
    # Nodes calculate in single precision, and may be a bin early at its boundary.
    where = np.floor(since / bin_ms - _EARLY)
    return np.clip(where, 0, bins - 1).astype(np.int64)


def _bins(since: Floats, of: NDArray[np.int64], count: int, duration_ms: float) -> tuple[int, int]:
    """Choose the number of bins, and find the most events that one synapse has in one of them."""
    bins = 1
    while True:
        # Those before the first sample are past at any time.
        where = np.where(since > 0, _bin_of(since, bins, duration_ms), -1)
        # Both numbers ascend, so those of one synapse in one bin are a run.
        changes = np.flatnonzero((np.diff(of) != 0) | (np.diff(where) != 0))
        runs = np.diff(np.concatenate([[-1], changes, [len(of) - 1]]))
        last = np.concatenate([changes, [len(of) - 1]]).astype(np.int64)
        most = int(runs[where[last] >= 0].max(initial=0)) if len(of) else 0
        if most < 2 or 2 * bins > min(_MOST_BINS, _MOST_BYTES // max(count, 1)):
            return bins, most
        bins *= 2


def _counted(
    where: NDArray[np.int64], of: NDArray[np.int64], count: int, bins: int
) -> NDArray[np.int32]:
    """Count events up to each bin's end."""
    # The order of the events within a bin does not matter.
    order = np.argsort(where, kind="stable")
    ends = np.searchsorted(where[order], np.arange(bins), side="right")
    counts = np.zeros((bins, count), np.int32)
    done = 0
    for number, end in enumerate(ends):
        if number:
            counts[number] = counts[number - 1]
        counts[number] += np.bincount(of[order[done:end]], minlength=count).astype(np.int32)
        done = int(end)
    return counts


def _latest(
    since: Floats, of: NDArray[np.int64], totals: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.int64], int]:
    """Fill the table's rows, and say where each synapse's begin and how far they are apart."""
    count, ranks = len(totals), int(totals.max(initial=0)) + 1
    if count * ranks <= _SPARSE * (len(since) + count):
        # Those that are looked up at the same time are next to one another.
        firsts, stride, rows = np.arange(count), count, count * ranks
    else:
        firsts, stride = np.cumsum(totals + 1) - (totals + 1), 1
        rows = len(since) + count
    # Rank of each event among those of its synapse, from 1.
    rank = np.arange(len(since)) - (np.cumsum(totals) - totals)[of] + 1
    row = firsts[of] + rank * stride
    times = np.full((rows, TOGETHER), LONG_AGO_MS, np.float32)
    times[row, 0] = since
    for back in range(1, TOGETHER):
        later = rank > back
        times[row[later], back] = times[row[later] - back * stride, 0]
    return times, firsts, stride
