# SPDX-License-Identifier: GPL-3.0-or-later
"""Timing two things in turn, so that a machine's changing speed hits both alike."""

from __future__ import annotations

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


def seconds(function: Callable[[], object]) -> float:
    """Time one call."""
    begin = time.perf_counter()
    function()
    return time.perf_counter() - begin


def paired(ours: Callable[[], object], other: Callable[[], object], runs: int) -> Pair:
    """Call both in turn, after one pair that does not count."""
    ours(), other()
    pairs = [(seconds(ours), seconds(other)) for _ in range(runs)]
    return Pair(
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
        statistics.median(a / b for a, b in pairs),
    )
