# SPDX-License-Identifier: BSD-3-Clause
"""Sampling frames from CVode's own steps, which does not affect the run."""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .interpolation import between_steps, continued
from .recorded_frames import Columns, Frames
from .recording_error import RecordingError
from .segment_values import SegmentValues
from .step_clock import SAME_MS, StepClock

# A model that begins after its first frame does so by more than rounding.
_LATER_MS = 1e-6

# Steps are converted to frames when there are this many of them, or of their values. If frames are
# closer together than steps, which would take more time and memory, this can wait until the run
# ends.
_MOST_STEPS, _MOST_VALUES = 256, 2**21

# After a discontinuity, CVode's steps restart this much shorter.
_SHORTER = 0.02

# At the end CVode may have started a step, and been taken to an event and to the end.
_UNSEEN = 4

Fail = Callable[[RecordingError], None]


class OwnSteps:
    """CVode's values at its steps, interpolated to frames.

    Parameters
    ----------
    h : neuron's HocObject
    sections : list of neuron Section
    fail : callable
        Called with the error that ends the recording during a run.
    """

    def __init__(self, h: Any, sections: list[Any], fail: Fail) -> None:
        self._h = h
        self._local = bool(h.CVode().use_local_dt())
        if self._local:
            self._trees = _trees(sections)
            heads = [sections[tree[0]].wholetree()[0] for tree in self._trees]
        else:
            self._trees = [list(range(len(sections)))]
            heads = [_first_section(h)]
        self._clocks = [StepClock.of(h, head) for head in heads]
        # Called when CVode, or the first cell, starts a step or has been taken to a time.
        self._witness = h.Vector().record(h._ref_t, sec=heads[0])
        self._sections = sections
        self._fail = fail
        self._tracks: list[_Track] = []

    @property
    def now_ms(self) -> float:
        """The time reached by the recording."""
        return max(track.last_ms for track in self._tracks)

    def begin(self, values: SegmentValues, frames: Frames, time_ms: float) -> None:
        """Sample the first frame, once the values have been located."""
        self._frames = frames
        frames.add(time_ms)
        most = max(8, min(_MOST_STEPS, _MOST_VALUES // len(values.recorded)))
        begins = np.cumsum([0, *values.segment_counts])
        rows = np.arange(len(values.names))[:, None] * begins[-1]
        for tree, clock in zip(self._trees, self._clocks, strict=True):
            own, columns = values, values.columns
            if self._local:
                sections = [self._sections[index] for index in tree]
                own = SegmentValues(self._h, sections, values.names)
                if not own.find():
                    continue
                places = [np.arange(begins[index], begins[index + 1]) for index in tree]
                columns = (rows + np.concatenate(places)).reshape(-1)[own.recorded]
            track = _Track(own, columns, frames, most, time_ms)
            # Without a reference cycle, which would keep the clocks running after their listener is
            # gone.
            track.fail, track.begin_later = self._fail, weakref.WeakMethod(self._begin_later)
            clock.call(track.on_step)
            self._tracks.append(track)
        self._tracks[0].forget = self._witness.resize

    def also_call(self, look: Callable[[float], None]) -> None:
        """Call a method with the time at each step, as long as its object exists."""
        self._clocks[0].call(look)

    def finish(self, time_ms: float) -> None:
        """Sample the last step, at the end of the run; see `SegmentValues.look`."""
        self._stop_cells_at(time_ms)
        failure: RecordingError | None = None
        for track in self._tracks:
            try:
                track.look_at(time_ms)
            except RecordingError as error:
                # Then the step before it is.
                failure = error
        if failure is not None:
            raise failure

    @property
    def settled(self) -> int:
        """How many frames will not change any more; this also makes those that can be made."""
        known_ms = min(track.known_ms for track in self._tracks)
        self._frames.add_until(known_ms)
        for track in self._tracks:
            track.fill(known_ms)
        return self._frames.between(-np.inf, min(track.filled_ms for track in self._tracks))[1]

    def complete(self) -> None:
        """Convert the remaining steps to frames, once the run has ended."""
        frames = self._frames
        end_ms = min(track.last_ms for track in self._tracks)
        frames.add_until(end_ms - SAME_MS)
        if end_ms > frames.times_ms[-1] + SAME_MS:
            frames.add(end_ms)
        for track in self._tracks:
            track.fill(end_ms)
        frames.drop_after(end_ms + SAME_MS)

    def missed(self, time_ms: float) -> bool:
        """Whether CVode has taken steps that were not observed."""
        unseen = np.array(self._witness.as_numpy()) > self.now_ms + SAME_MS
        behind = self.now_ms < time_ms - SAME_MS
        return behind and int(np.count_nonzero(unseen)) > _UNSEEN

    def let_go(self) -> None:
        """Stop observing steps."""
        self._clocks.clear()
        self._sections = []
        for track in self._tracks:
            track.let_go()

    def _stop_cells_at(self, time_ms: float) -> None:
        """Bring all cells to one time, where fadvance left them, if each takes its own steps."""
        times_ms = self._witness.as_numpy()
        if not self._local or (len(times_ms) and abs(times_ms[-1] - time_ms) < SAME_MS):
            return
        if all(track.as_found for track in self._tracks):
            with contextlib.suppress(RuntimeError):
                self._h.CVode().solve(time_ms)

    def _begin_later(self, time_ms: float) -> None:
        """Drop the values from before the model jumped to another time."""
        self._frames.clear()
        self._frames.add(time_ms)
        for track in self._tracks:
            track.begin_at(time_ms)


class _Track:
    """Steps of CVode, or of one cell, and the columns of the frames that they fill."""

    fail: Fail
    forget: Callable[[int], object] | None = None
    begin_later: weakref.WeakMethod[Callable[[float], None]]

    def __init__(
        self,
        values: SegmentValues,
        columns: Columns,
        frames: Frames,
        most: int,
        time_ms: float,
    ) -> None:
        self._values = values
        self._columns = columns
        self._frames = frames
        self._step_ms = np.empty(most)
        self._steps = np.empty((most, len(values.recorded)))
        self._under_way = self._failed = False
        self.begin_at(time_ms)

    def begin_at(self, time_ms: float) -> None:
        """Take the first frame."""
        self._count = 0
        # Where the smooth pieces begin: a discontinuity has two steps at one time.
        self._pieces = [0]
        self._add(time_ms, self._values.now)
        self._filled_ms = time_ms
        # How many steps are already included in a frame's maximum, and the maximum of later ones.
        self._counted = 1
        self._since = np.full(len(self._values.now), -np.inf)
        self._frames.put(len(self._frames.times_ms) - 1, self._steps[:1], self._columns)

    @property
    def last_ms(self) -> float:
        return float(self._step_ms[self._count - 1])

    @property
    def known_ms(self) -> float:
        """Until when frames can be interpolated as they will be in the end.

        The last step may still be replaced at a discontinuity, and the slope at each step is that
        of a parabola through the next.
        """
        return float(self._step_ms[max(self._count - 3, 0)])

    @property
    def filled_ms(self) -> float:
        return self._filled_ms

    @property
    def as_found(self) -> bool:
        return self._values.as_found

    def let_go(self) -> None:
        self._values.let_go()

    def on_step(self, time_ms: float) -> None:
        if self._failed:
            return
        try:
            self._step(time_ms)
        except RecordingError as error:
            self._failed = True
            self.fail(error)

    def look_at(self, time_ms: float) -> None:
        """Sample the current values, at the end of a run."""
        self._values.check_unchanged()
        self._values.look()
        if time_ms > self.last_ms + SAME_MS:
            self._add(time_ms, self._values.now)
        elif time_ms > self.last_ms - SAME_MS:
            self._steps[self._count - 1] = self._values.now

    def _step(self, time_ms: float) -> None:
        last_ms = self._step_ms[self._count - 1]
        # Some models settle before their time begins.
        if time_ms < last_ms - SAME_MS:
            return
        self._values.look()
        now = self._values.now
        if not self._under_way:
            self._under_way = True
            if time_ms > last_ms + _LATER_MS:
                begin_later = self.begin_later()
                if begin_later is not None:
                    begin_later(time_ms)
                return
        in_piece = self._count - self._pieces[-1]
        if time_ms <= last_ms + SAME_MS:
            # CVode restarts: with other values, or other slopes.
            if in_piece == 1:
                self._steps[self._count - 1] = now
                return
            if in_piece > 3:
                self._leave_jumps_out()
            self._add(last_ms, now, piece=True)
            return
        if in_piece >= 2:
            width_ms = last_ms - self._step_ms[self._count - 2]
            if time_ms - last_ms < _SHORTER * width_ms:
                self._add(last_ms, self._steps[self._count - 1].copy(), piece=True)
        self._add(time_ms, now)

    def _leave_jumps_out(self) -> None:
        """If an event made values jump, let the last step hold those from before it.

        CVode shows the values after an event; those before it continue the previous steps.
        """
        count = self._count
        step_ms, steps = self._step_ms[count - 4 : count - 1], self._steps[count - 4 : count - 1]
        time_ms, now = self._step_ms[count - 1], self._steps[count - 1]
        expected = continued(step_ms, steps, time_ms)
        further = max(1.0, (time_ms - step_ms[2]) / (step_ms[2] - step_ms[1]))
        lately = np.abs(steps[2] - steps[1]) * further + np.abs(steps[1] - steps[0])
        jumped = np.abs(now - expected) > 2 * lately + 1e-3 * np.abs(expected)
        now[jumped] = expected[jumped]

    def _add(self, time_ms: float, now: NDArray[np.float64], *, piece: bool = False) -> None:
        if self._count == len(self._step_ms):
            self._make_room()
        if piece:
            self._pieces.append(self._count)
        self._step_ms[self._count] = time_ms
        self._steps[self._count] = now
        self._count += 1

    def _make_room(self) -> None:
        count, frames = self._count, self._frames
        if self.forget is not None:
            self.forget(0)
        # The slope at the last step is that of a parabola through the next.
        known_ms = float(self._step_ms[count - 2])
        # A value of a step takes twice the memory of a frame's.
        if frames.missing_until(known_ms) > 4 * count:
            self._step_ms = np.concatenate((self._step_ms, np.empty(count)))
            self._steps = np.concatenate((self._steps, np.empty_like(self._steps)))
            return
        frames.add_until(known_ms)
        self.fill(known_ms)
        kept = 3
        self._step_ms[:kept] = self._step_ms[count - kept : count]
        self._steps[:kept] = self._steps[count - kept : count]
        gone = count - kept
        self._pieces = [0, *(begin - gone for begin in self._pieces if begin > gone)]
        self._counted -= gone
        self._count = kept

    def fill(self, until_ms: float) -> None:
        """Interpolate to the frames after the filled ones, up to a time."""
        frames, columns = self._frames, self._columns
        step_ms, steps = self._step_ms[: self._count], self._steps[: self._count]
        first, end = frames.between(self._filled_ms, until_ms + SAME_MS / 2)
        if end > first:
            self._filled_ms = frames.times_ms[end - 1]
        direct = isinstance(columns, slice) and not frames.peak
        for target in frames.targets(first, end):
            count = len(target)
            time_ms = np.array(frames.times_ms[first : first + count])
            values = target if direct else np.empty((count, steps.shape[1]), np.float32)
            self._interpolate(step_ms, steps, time_ms, values)
            if frames.peak:
                self._raise_to_steps(time_ms, values)
            if not direct:
                frames.put(first, values, columns)
            first += count
        if frames.peak:
            self._count_in(int(np.searchsorted(step_ms, until_ms + SAME_MS / 2)))

    def _interpolate(
        self,
        step_ms: NDArray[np.float64],
        steps: NDArray[np.float64],
        time_ms: NDArray[np.float64],
        out: NDArray[np.float32],
    ) -> None:
        """Interpolate each piece separately; at a discontinuity, the later value counts."""
        ends_ms = step_ms[np.array(self._pieces[1:], np.intp)] - SAME_MS / 2
        splits = np.searchsorted(time_ms, ends_ms).tolist()
        places = zip([0, *splits], [*splits, len(time_ms)], strict=True)
        pieces = zip(self._pieces, [*self._pieces[1:], len(step_ms)], strict=True)
        for (begin, end), (first, last) in zip(places, pieces, strict=True):
            if end > begin:
                between_steps(
                    step_ms[first:last], steps[first:last], time_ms[begin:end], out[begin:end]
                )

    def _raise_to_steps(self, time_ms: NDArray[np.float64], values: NDArray[np.float32]) -> None:
        """Let frames also include the maximum of the steps since the previous frame."""
        ends = np.searchsorted(self._step_ms[: self._count], time_ms + SAME_MS / 2, side="right")
        for row, end in zip(values, ends.tolist(), strict=True):
            self._count_in(end)
            np.maximum(row, self._since, out=row)
            self._since.fill(-np.inf)

    def _count_in(self, end: int) -> None:
        """Include steps in the maximum since the last frame."""
        if end > self._counted:
            highest = self._steps[self._counted : end].max(axis=0)
            np.maximum(self._since, highest, out=self._since)
            self._counted = end


def _first_section(h: Any) -> Any:
    """Find a section that belongs to the first thread."""
    context = h.ParallelContext()
    roots = context.get_partition(0) if context.nthread() > 1 else h.allsec()
    return next(iter(roots))


def _trees(sections: list[Any]) -> list[list[int]]:
    """Which sections belong to each tree, which is a cell to CVode."""
    trees: dict[Any, list[int]] = {}
    roots: dict[Any, Any] = {}

    def root(section: Any) -> Any:
        way = []
        while section not in roots:
            way.append(section)
            parent = section.parentseg()
            if parent is None:
                roots[section] = section
                break
            section = parent.sec
        for passed in way:
            roots[passed] = roots[section]
        return roots[section]

    for index, section in enumerate(sections):
        trees.setdefault(root(section), []).append(index)
    return list(trees.values())
