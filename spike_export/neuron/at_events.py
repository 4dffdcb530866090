# SPDX-License-Identifier: BSD-3-Clause
"""Sampling frames by events: with fixed steps, and where CVode's steps cannot be observed."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from .recorded_frames import Frames
from .recording_error import RecordingError
from .segment_values import SegmentValues

PEAK_STEP_MS = 0.025
"""How often peaks are sampled with variable steps: NEURON's default fixed step."""


class AtEvents:
    """An event that samples a frame and schedules the next event.

    A fixed step ends at the first event it reaches, so the event does not change it. With variable
    steps NEURON interpolates to the time of each event, to full order, and checks for spikes there:
    it finds them up to one interval earlier or later than otherwise.

    Parameters
    ----------
    h : neuron's HocObject
    values : SegmentValues
        They have been found.
    frames : Frames
    variable_steps : bool
    fail : callable
        Called with the error that ends the recording during a run.
    """

    def __init__(
        self,
        h: Any,
        values: SegmentValues,
        frames: Frames,
        *,
        variable_steps: bool,
        fail: Callable[[RecordingError], None],
    ) -> None:
        self._values = values
        self._frames = frames
        self._time, self._step = h._ref_t, h._ref_dt
        self.variable_steps = variable_steps
        # Looked up once: they are used for every sample, and NEURON makes a new object each time.
        integrator = h.CVode()
        self._schedule, self._active = integrator.event, integrator.active
        # The last event of a run stays in NEURON's queue. It must not keep the sections alive: the
        # next finitialize clears the queue at a point where sections must not be deleted, and
        # NEURON aborts.
        this = weakref.ref(self)

        def wake() -> None:
            sampler = this()
            if sampler is not None and sampler._open:
                try:
                    sampler._on_event()
                except RecordingError as error:
                    sampler._open = False
                    fail(error)

        self._wake = wake
        self._open = True
        self._look_too: list[weakref.WeakMethod[Callable[[float], None]]] = []

    @property
    def now_ms(self) -> float:
        """The time reached by the recording."""
        return self._frames.times_ms[-1]

    @property
    def settled(self) -> int:
        """How many frames will not change any more."""
        return len(self._frames.times_ms)

    def begin(self, time_ms: float) -> None:
        """Sample the first frame, and schedule the first event."""
        self._maxima = self._values.now.copy()
        self._keep(time_ms)
        self._order(time_ms)

    def finish(self, time_ms: float) -> None:
        """Sample the last frame, which may have no event; see `SegmentValues.look`."""
        self._open = False
        if time_ms > self.now_ms + 1e-9:
            self._values.check_unchanged()
            self._values.look()
            self._keep(time_ms)

    def missed(self, time_ms: float) -> bool:
        """Whether the events have been lost before the end of the run."""
        return time_ms > self.now_ms + 1.5 * self._frames.every_ms + 2 * float(self._step[0])

    def also_call(self, look: Callable[[float], None]) -> None:
        """Call a method with the time at each sample, as long as its object exists."""
        self._look_too.append(weakref.WeakMethod(look))

    def let_go(self) -> None:
        """Stop sampling."""
        self._open = False

    def _keep(self, time_ms: float) -> None:
        values = self._values.now
        if self._frames.peak:
            values = np.maximum(self._maxima, values)
            self._maxima.fill(-np.inf)
        frames = self._frames
        frames.add(time_ms)
        frames.put(len(frames.times_ms) - 1, values[None], self._values.columns)

    def _order(self, time_ms: float) -> None:
        # A time that is really ahead: an event in the past would never be delivered, which happens
        # if the interval is shorter than a step.
        self._due_ms = self._frames.after(time_ms)
        at_ms = self._next_look(time_ms) if self._frames.peak else self._due_ms
        self._schedule(at_ms, self._wake)

    def _next_look(self, time_ms: float) -> float:
        if self.variable_steps:
            return min(time_ms + PEAK_STEP_MS, self._due_ms)
        # A fixed step ends at the first event it reaches, up to rounding.
        return time_ms + 0.75 * float(self._step[0])

    def _on_event(self) -> None:
        if not self.variable_steps and self._active():
            self.variable_steps = True
        time_ms = self._time[0]
        for there in self._look_too:
            look = there()
            if look is not None:
                look(time_ms)
        # Intervals shorter than a fixed step yield several events at one time.
        if time_ms > self.now_ms:
            self._values.look()
            if len(self._frames.times_ms) == 1 and self._began_later(time_ms):
                self._frames.clear()
                self._maxima.fill(-np.inf)
                self._keep(time_ms)
            elif self._frames.peak and time_ms < self._due_ms - 1e-9:
                np.maximum(self._maxima, self._values.now, out=self._maxima)
            else:
                self._keep(time_ms)
        self._order(time_ms)

    def _began_later(self, time_ms: float) -> bool:
        """Whether the model has jumped to another time since its first frame."""
        return time_ms > self._due_ms + 2 * float(self._step[0])
