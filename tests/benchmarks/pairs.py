# SPDX-License-Identifier: GPL-3.0-or-later
"""Timing two things in turn, so that a machine's changing speed hits both alike."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Pair:
    """Medians of both, in seconds, and the median of the ratios of each pair."""

    ours: float
    other: float
    ratio: float


def give_back_memory() -> None:
    """Return freed memory to the system, where the C library can.

    Otherwise whoever comes second writes into pages that the first one has paid for, and a copy of
    400 MB takes anything between 0.04 and 0.28 s.
    """
    gc.collect()
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def seconds(function: Callable[[], object]) -> float:
    """Time one call."""
    begin = time.perf_counter()
    function()
    return time.perf_counter() - begin


def paired(
    ours: Callable[[], object],
    other: Callable[[], object],
    runs: int,
    before: Callable[[], object] = lambda: None,
) -> Pair:
    """Call both in turn, each after `before`, which does not count; nor does the first pair."""

    def timed(function: Callable[[], object]) -> float:
        before()
        give_back_memory()
        return seconds(function)

    pairs = [(timed(ours), timed(other)) for _ in range(runs + 1)][1:]
    return Pair(
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
        statistics.median(a / b for a, b in pairs),
    )
