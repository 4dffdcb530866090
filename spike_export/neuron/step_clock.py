# SPDX-License-Identifier: BSD-3-Clause
"""Callbacks at each CVode step, without an event, which would end a step."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

Listener = Callable[[float], None]

SAME_MS = 1e-9
"""The distance between two steps that belong to one time."""

_NEVER, _AT_ONCE = 1e30, -1e30

_CLOCKS: weakref.WeakValueDictionary[Any, StepClock] = weakref.WeakValueDictionary()


class StepClock:
    """Calls its listeners each time CVode reaches the end of a step, or an event.

    Before it continues, CVode checks every `NetCon` for a threshold crossing, and calls its
    function immediately; no event is involved. The watched variables are constant, such as a
    segment's diameter; instead, the threshold is moved from one side to the other. A detector that
    has fired must be checked once without firing before it fires again, so two take turns. Since a
    firing detector is checked before those made after it, in the same round, it cannot set one of
    them for the next round; a third one does.

    Parameters
    ----------
    h : neuron's HocObject
    section : neuron Section
        With local steps, a section of the cell; with several threads, one of the first thread's.
    """

    def __init__(self, h: Any, section: Any) -> None:
        self._time = h._ref_t
        self._listeners: list[weakref.WeakMethod[Listener]] = []
        this = weakref.ref(self)

        def calling(method: Callable[[StepClock], None]) -> Callable[[], None]:
            # NEURON would keep the callback's object alive.
            def call() -> None:
                clock = this()
                if clock is not None:
                    method(clock)

            return call

        middle = section(0.5)
        methods = (StepClock._on_even, StepClock._on_odd, StepClock._after_even)
        places = (middle._ref_cm, middle._ref_i_cap, middle._ref_diam)
        self._detectors = [h.NetCon(place, None, sec=section) for place in places]
        for detector, method in zip(self._detectors, methods, strict=True):
            detector.record(calling(method))
        # Thresholds are set at each step, and looking up the property would take longer than that.
        self._even, self._odd, self._after = [one._ref_threshold for one in self._detectors]
        self._even[0], self._odd[0], self._after[0] = _AT_ONCE, _NEVER, _NEVER

    @classmethod
    def of(cls, h: Any, section: Any) -> StepClock:
        """Make one, or reuse the existing one: NEURON would treat two in one place as one."""
        clock = _CLOCKS.get(section)
        if clock is None:
            clock = _CLOCKS[section] = cls(h, section)
        return clock

    def call(self, listener: Listener) -> None:
        """Call a method with the time, as long as its object exists."""
        self._listeners.append(weakref.WeakMethod(listener))

    def _on_even(self) -> None:
        self._even[0], self._after[0] = _NEVER, _AT_ONCE
        self._tell()

    def _on_odd(self) -> None:
        self._odd[0], self._even[0] = _NEVER, _AT_ONCE
        self._tell()

    def _after_even(self) -> None:
        self._after[0], self._odd[0] = _NEVER, _AT_ONCE

    def _tell(self) -> None:
        time_ms = self._time[0]
        for listener in self._listeners:
            method = listener()
            if method is not None:
                method(time_ms)
