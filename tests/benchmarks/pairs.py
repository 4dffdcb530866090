# SPDX-License-Identifier: GPL-3.0-or-later
"""Timing things in turn, so that a machine's changing speed hits all alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .memory import give_back_memory

Action = Callable[[], object]
Clock = Callable[[], float]


@dataclass(frozen=True)
class Pair:
    """Of pairs of times, the one whose ratio is the median, and the range of all ratios.

    Attributes
    ----------
    ours, other : float
        In seconds.
    lowest, highest : float
        Of the ratios ``ours / other``.
    """

    ours: float
    other: float
    lowest: float
    highest: float

    @property
    def ratio(self) -> float:
        """Ours, to the other."""
        return self.ours / self.other

    @classmethod
    def of(cls, ours: Sequence[float], other: Sequence[float]) -> Pair:
        """Choose from pairs, whose number is odd."""
        pairs = sorted(zip(ours, other, strict=True), key=lambda pair: pair[0] / pair[1])
        ratios = [a / b for a, b in pairs]
        return cls(*pairs[len(pairs) // 2], ratios[0], ratios[-1])

    def each(self, count: int) -> Pair:
        """Of each of so many things that were timed together."""
        return Pair(self.ours / count, self.other / count, self.lowest, self.highest)


def seconds(function: Action, clock: Clock = time.perf_counter) -> float:
    """Time one call."""
    begin = clock()
    function()
    return clock() - begin


def in_turn(
    functions: Sequence[Action],
    befores: Sequence[Action],
    runs: int,
    *,
    warm: bool = False,
    trim: bool = True,
    clock: Clock = time.perf_counter,
) -> list[list[float]]:
    """Call functions in turn, in one order and then in the other.

    Parameters
    ----------
    functions : sequence of callable
    befores : sequence of callable
        What is called before each of them, and does not count.
    runs : int
        How often each is called and counts.
    warm : bool
        The first round counts, too.
    trim : bool
        Begin with memory that nobody has used.
    clock : callable
        In seconds; `time.process_time` for processor time.

    Returns
    -------
    list of list of float
        The times of each function, in seconds.
    """
    times: list[list[float]] = [[] for _ in functions]
    order = list(range(len(functions)))
    # A single round measures nothing, but shows that it runs.
    for _ in range(runs + (runs > 1 and not warm)):
        for number in order:
            befores[number]()
            if trim:
                give_back_memory()
            times[number].append(seconds(functions[number], clock))
        order.reverse()
    return [row[-runs:] for row in times]


def paired(
    ours: Action,
    other: Action,
    runs: int,
    before: Action = lambda: None,
    before_other: Action | None = None,
    *,
    trim: bool = True,
    clock: Clock = time.perf_counter,
) -> Pair:
    """Call two in turn, each after `before`, or the other after its own; the first pair is lost."""
    befores = before, before_other or before
    return Pair.of(*in_turn((ours, other), befores, runs, trim=trim, clock=clock))
