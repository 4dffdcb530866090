# SPDX-License-Identifier: BSD-3-Clause
"""Record every segment of a NEURON model while it runs."""

from __future__ import annotations

import contextlib
import math
import os
import re
import weakref
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..edit.convert import PEAK_MODE
from ..files.writer import write
from ..simulation_file import Cell, Simulation
from ..version import __version__
from .model import (
    ModelCell,
    Shape,
    Sketch,
    group_cells,
    read_shape,
    segments_along,
    shape_of,
    sketch,
)

UNITS = {"v": "mV", "cai": "mM", "nai": "mM", "ki": "mM", "ina": "mA/cm2", "ik": "mA/cm2",
         "ica": "mA/cm2", "i_membrane_": "nA"}  # fmt: skip
"""Units of the quantities that are recorded most often."""

PEAK_STEP_MS = 0.025
"""How often a peak is looked for with variable steps: as often as NEURON's own fixed step."""

FIRST_INTERVAL_MS = 0.001
"""Where the search for the interval that yields a number of frames begins with variable steps."""

_INDEXED = re.compile(r"(\w+)\[(\d{1,9})\]")


class RecordingError(RuntimeError):
    """A recording that cannot be made or kept; the text says why."""


class Recorder:
    """Record one quantity of every segment, at regular intervals, of whatever run comes next.

    One event that reschedules itself copies all segments at once (NEURON's ``PtrVector``), from
    `finitialize` on and for as long as the model runs. So the end need not be known, the model
    needs no change, and the run takes hardly longer, where a ``Vector.record`` for each segment
    would make it take several times as long.

    With variable steps (CVode) NEURON interpolates to the time of each frame, to its full order,
    and evaluates the model's equations there. So a run takes longer by one evaluation a frame:
    twice as long where there are more frames than steps. To record CVode's own steps instead, and
    interpolate between them linearly, would be off by up to 0.2 mV, and slower for large models.

    Each `finitialize` begins a new recording; the last one with more than its first frame counts.

    A spike lasts a millisecond, so that frames further apart than that may miss it. With
    ``mode="peak"`` each frame holds, for each segment, the maximum since the frame before, and no
    spike is lost. That needs a look at every fixed step, which makes a run a quarter longer, or at
    every `PEAK_STEP_MS` with variable steps, where it takes two to five times as long.

    Parameters
    ----------
    sections : iterable of neuron Section, optional
        All sections in memory at `finitialize`, if not given. A function that returns sections is
        called at each `finitialize`.
    every_ms : float
        Sampling interval. With a fixed step, samples are taken at the first step at or after
        each multiple of it, and `time_ms` says when that was.
    variable : str
        Name of a range variable, with an index where it has several values in a segment
        (``vext[0]``). Segments without it are recorded as not a number.
    threshold_mv : float
        A cell spikes when the middle of its soma crosses this upwards, or an end of the soma where
        the model watches the middle itself: NEURON has one threshold and one list of spikes for
        each place.
    mode : {"sample", "peak"}
        What a frame holds: the values at its time, or their maximum since the frame before.
    frames : int, optional
        Keep this many frames, evenly spread over the run as far as there are samples, however
        long it takes; `every_ms` is ignored then. Up to four times as many are held meanwhile.
    capture : int, optional
        Keep this run, counted from 1, instead of the last; a `finitialize` that no step follows
        does not count.

    Raises
    ------
    RecordingError
        If `every_ms`, `frames` or `capture` is impossible, or `mode` unknown.

    Examples
    --------
    >>> with Recorder(every_ms=0.1) as recorder:  # doctest: +SKIP
    ...     h.finitialize(-65)
    ...     h.continuerun(50)
    ...     recorder.save("run.pickle")
    """

    def __init__(
        self,
        sections: Iterable[Any] | Callable[[], Iterable[Any]] | None = None,
        every_ms: float = 0.1,
        variable: str = "v",
        threshold_mv: float = -20.0,
        *,
        mode: Literal["sample", "peak"] = "sample",
        frames: int | None = None,
        capture: int | None = None,
    ) -> None:
        if not every_ms > 0:
            raise RecordingError(f"The sampling interval is {every_ms} ms, but must be above 0.")
        if frames is not None and frames < 2:
            raise RecordingError(f"A recording has at least 2 frames, not {frames}.")
        if capture is not None and capture < 1:
            raise RecordingError(f"Runs are counted from 1, so there is no run {capture}.")
        if mode not in ("sample", "peak"):
            raise RecordingError(f"A recording's mode is 'sample' or 'peak', not {mode!r}.")
        from neuron import h

        self._h = h
        wanted: Callable[[], Iterable[Any]]
        if sections is None:
            wanted = h.allsec
        elif callable(sections):
            wanted = sections
        else:
            given = list(sections)

            def wanted() -> Iterable[Any]:
                return given

        self._every_ms = float(every_ms)
        self._variable = variable
        self._threshold_mv = threshold_mv
        self._peak = mode == "peak"
        self._frames = frames
        self._wanted = capture
        self._cells: Callable[[], list[ModelCell]] = lambda: group_cells(wanted())
        # No method of the recorder's own, which would keep itself alive.
        self._fail: Callable[[RecordingError], None] = _end_the_run
        self._runs_before = 0
        self._refusal: RecordingError | None = None
        self._current: _Capture | None = None
        self._kept: _Capture | None = None
        # While the run before is as it ended, before NEURON counts what it has to integrate, and
        # after the initial values are set.
        self._handlers = [
            h.FInitializeHandler(3, _while_there(self._end)),
            h.FInitializeHandler(0, _while_there(self._prepare)),
            h.FInitializeHandler(2, _while_there(self._begin)),
        ]

    def __enter__(self) -> Recorder:
        """Return the recorder itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop recording, whatever ended the run."""
        self.close()

    def close(self) -> None:
        """Stop recording; what was recorded stays."""
        if self._current is not None:
            self._current.finish()
        self._handlers.clear()

    def simulation(
        self, *, source: str = "", **meta: str | int | float | bool | None
    ) -> Simulation:
        """Put together what was recorded, with the model's shape as it is now.

        This ends the recording; the next `finitialize` begins another one. Until then it can be
        put together again only as long as the model stands where it is.

        Parameters
        ----------
        source : str
            Name of the model.
        **meta
            Free text and numbers to keep in the file.

        Returns
        -------
        Simulation

        Raises
        ------
        RecordingError
            If nothing ran yet, segments changed while it ran, or the model ran on since the
            recording was put together.
        """
        if self._current is not None:
            self._current.finish()
            if self._handlers:
                self._current.check_stands()
        capture = self._chosen()
        shape = capture.shape()
        time_ms, values = capture.time_and_values()
        recorded: dict[str, str | int | float] = {"threshold_mv": self._threshold_mv}
        if self._frames is None:
            recorded["every_ms"] = self._every_ms
        if self._peak:
            recorded["mode"] = PEAK_MODE
        return Simulation(
            cells=tuple(
                Cell(name, None, spikes_ms)
                for name, spikes_ms in zip(capture.cell_names, capture.spikes_ms, strict=True)
            ),
            section_names=tuple(capture.section_names),
            section_types=shape.section_types,
            section_cells=np.repeat(
                np.arange(len(capture.cell_names), dtype=np.int32), capture.section_counts
            ),
            parents=shape.parents,
            parent_x=shape.parent_x,
            segment_counts=np.array(capture.segment_counts, np.int32),
            point_counts=shape.point_counts,
            points_um=shape.points_um,
            time_ms=time_ms,
            values=values,
            quantity=self._variable,
            unit=self._unit(),
            created_by=f"spike-export {__version__}",
            source=source,
            meta={**recorded, **meta},
        )

    def _unit(self) -> str:
        """Find the unit of what is recorded, as its mechanism states it."""
        if self._variable in UNITS:
            return UNITS[self._variable]
        name = self._variable.partition("[")[0]
        try:
            # NEURON prints a message of its own about a name that it does not know.
            known = hasattr(self._h, name)
        except TypeError:
            # It is a range variable, which only segments have.
            known = True
        return str(self._h.units(name)) if known else ""

    def save(self, path: str | os.PathLike[str], *, source: str = "") -> Path:
        """Write what was recorded to a simulation file.

        Parameters
        ----------
        path : path-like
            Replaced if it exists.
        source : str
            Name of the model.

        Returns
        -------
        Path
            `path`.

        Raises
        ------
        RecordingError
            As `simulation`.
        OSError
            If the file cannot be written.
        """
        return write(path, self.simulation(source=source))

    @property
    def time_ms(self) -> float | None:
        """Time of the latest frame of the run that is being recorded, None before the first."""
        times = [] if self._current is None else self._current.times_ms
        return times[-1] if times else None

    @property
    def runs(self) -> int:
        """Number of runs so far; a `finitialize` that no step follows does not count."""
        return self._runs_before + (self._current is not None and self._current.has_run)

    @property
    def failure(self) -> RecordingError | None:
        """What is wrong with the run that is being recorded."""
        return self._refusal if self._current is None else self._current.failure

    def _chosen(self) -> _Capture:
        if self._wanted is None:
            if self._current is not None and (self._current.has_run or self._kept is None):
                return self._current
        elif self._current is not None and self._current.has_run and self.runs == self._wanted:
            return self._current
        elif self._kept is None and self.runs:
            raise RecordingError(
                f"There is no run {self._wanted}: the model ran {self.runs} "
                f"time{'s' * (self.runs > 1)}."
            )
        if self._kept is not None:
            return self._kept
        raise self._refusal or RecordingError(
            "Nothing was recorded: the model has not called finitialize since the recorder was "
            "made."
        )

    def _end(self) -> None:
        if self._current is not None:
            self._current.finish()
            if self._current.has_run:
                self._runs_before += 1
                if self._wanted in (None, self._runs_before):
                    self._kept = self._current
                    self._kept.sketch()
            # Whatever the model has thrown away must be gone before NEURON starts anew.
            self._current.let_go()
            self._current = None

    def _prepare(self) -> None:
        from neuron import coreneuron

        if self._wanted is not None and self._kept is not None:
            return
        self._refusal = None
        try:
            if coreneuron.enable:
                raise RecordingError(_NO_CORENEURON)
            cells = self._cells()
        except RecordingError as error:
            self._refusal = error
            raise
        self._current = _Capture(
            self._h,
            cells,
            self._every_ms,
            self._variable,
            self._threshold_mv,
            peak=self._peak,
            frames=self._frames,
            fail=self._fail,
        )

    def _begin(self) -> None:
        if self._current is not None:
            self._current.begin()


def spread(
    time_ms: NDArray[np.float64], values: NDArray[np.float32], frames: int, *, peak: bool
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Choose frames that are evenly spread over a recording.

    Parameters
    ----------
    time_ms : ndarray of float64, shape (F,)
        Strictly increasing.
    values : ndarray of float32, shape (F, S)
    frames : int
        How many to choose, among them the first and the last.
    peak : bool
        Keep the maximum since the frame before.

    Returns
    -------
    time_ms : ndarray of float64, shape (G,)
        G is `frames`, or F if there are no more.
    values : ndarray of float32, shape (G, S)
    """
    if len(time_ms) <= frames:
        return time_ms, values
    wanted = np.linspace(time_ms[0], time_ms[-1], frames)
    nearest = np.searchsorted((time_ms[1:] + time_ms[:-1]) / 2, wanted)
    # Where samples are sparse, two wanted times may be nearest to one of them.
    order = np.arange(frames)
    chosen = np.maximum.accumulate(nearest - order) + order
    chosen = np.minimum(chosen, len(time_ms) - frames + order)
    if peak:
        after_the_one_before = np.concatenate(([0], chosen[:-1] + 1))
        # Beyond the last frame chosen there is none.
        return time_ms[chosen], np.maximum.reduceat(values, after_the_one_before, axis=0)
    return time_ms[chosen], values[chosen]


def _while_there(method: Callable[[], None]) -> Callable[[], None]:
    """Have NEURON call a method without keeping its object alive.

    Else a recorder that nobody closes would record all later runs, and outlive their sections.
    """
    there = weakref.WeakMethod(method)

    def call() -> None:
        bound = there()
        if bound is not None:
            bound()

    return call


def _end_the_run(error: RecordingError) -> None:
    raise error


_NO_CORENEURON = (
    "CoreNEURON cannot be recorded, for it discards the events that take the samples; set "
    "coreneuron.enable = False."
)

_NO_EVENTS = (
    "The model was recorded to {:g} ms only, but ran to {:g} ms: the events that take the samples "
    "are gone, as after SaveState.restore(); restore(1) leaves them."
)


class _Capture:
    """What one `finitialize` and the run after it yield."""

    def __init__(
        self,
        h: Any,
        cells: list[ModelCell],
        every_ms: float,
        variable: str,
        threshold_mv: float,
        *,
        peak: bool,
        frames: int | None,
        fail: Callable[[RecordingError], None],
    ) -> None:
        from neuron import hoc

        self._h = h
        self._scalar = hoc.HocObject
        self._fail = fail
        self._copy: Any = None
        self._every_ms = every_ms
        self._variable = variable
        indexed = _INDEXED.fullmatch(variable)
        self._attribute = f"_ref_{indexed[1] if indexed else variable}"
        self._index = int(indexed[2]) if indexed else None
        self._peak = peak
        self._wanted_frames = frames
        # Twice as many as wanted are left whenever every second one is dropped.
        self._most_frames = math.inf if frames is None else 4 * frames
        self._open = True
        self.cell_names = [cell.name for cell in cells]
        self.section_counts = [len(cell.sections) for cell in cells]
        self.section_names = [name for cell in cells for name in cell.section_names]
        self._cells = cells
        self._sections = [section for cell in cells for section in cell.sections]
        self.segment_counts = [section.nseg for section in self._sections]
        self._sketch: Sketch | None = None
        self.times_ms: list[float] = []
        self.frames: list[NDArray[np.float32]] = []
        self.spikes_ms: list[NDArray[np.float64] | None] = []
        self._detectors = [self._watch(cell.soma, threshold_mv) for cell in cells]
        self.failure: RecordingError | None = None
        self._end_ms: float | None = None
        # Looked up once: they are used for every sample, and NEURON makes new objects each time.
        integrator = h.CVode()
        self._schedule = integrator.event
        self._changes = integrator.structure_change_count

    @property
    def has_run(self) -> bool:
        """Whether there is more than the initial values."""
        return len(self.times_ms) > 1

    def begin(self) -> None:
        """Record the initial values, and order the first event.

        The pointers are taken here rather than in the constructor because NEURON moves its
        values between the two.
        """
        references = self._references()
        recorded = [i for i, reference in enumerate(references) if reference is not None]
        self._segment_total = len(references)
        if not recorded:
            self._open = False
            self.failure = RecordingError(self._why_nothing())
            return
        self._recorded = None if len(recorded) == self._segment_total else np.array(recorded)
        self._point([references[index] for index in recorded])
        self._gathered = self._h.Vector(len(recorded))
        self._view = self._gathered.as_numpy()
        self._time = self._h._ref_t
        # The last event of a run stays in NEURON's queue. It must not keep the sections alive: the
        # next finitialize clears the queue when no section may go any more, and NEURON aborts.
        this = weakref.ref(self)

        def wake() -> None:
            capture = this()
            if capture is None:
                return
            try:
                capture._on_event()
            except RecordingError as error:
                capture._open = False
                capture.failure = error
                capture._fail(error)

        self._wake = wake
        self._step = self._h._ref_dt
        self._variable_steps = bool(self._h.CVode().active())
        if self._wanted_frames is not None:
            self._every_ms = FIRST_INTERVAL_MS if self._variable_steps else self._h.dt
        self._look()
        self._maxima = self._view.copy()
        self._keep(self._h.t)
        self._order(self._h.t)

    def finish(self) -> None:
        """Record the end of the run, which with variable steps comes after the last event."""
        # A detector's threshold is also that of whatever is connected there later.
        self.spikes_ms.extend(
            None if detector is None else np.array(detector[1].as_numpy(), np.float64)
            for detector in self._detectors
        )
        self._detectors.clear()
        if not self._open:
            return
        self._open = False
        self._end_ms = self._h.t
        if not self.times_ms or self._h.t <= self.times_ms[-1] + 1e-9:
            return
        from neuron import coreneuron

        # Kept for whoever asks for the recording: here, it would hide what ended the run.
        if coreneuron.enable:
            self.failure = RecordingError(_NO_CORENEURON)
        elif self._h.t > self.times_ms[-1] + 1.5 * self._every_ms + 2 * float(self._step[0]):
            self.failure = RecordingError(_NO_EVENTS.format(self.times_ms[-1], self._h.t))
        # A model may change once it has run; then its last moment is lost, if that is no frame.
        with contextlib.suppress(RecordingError):
            self._check_unchanged()
            self._look()
            self._keep(self._h.t)

    def check_stands(self) -> None:
        """Raise `RecordingError` if the model ran on after the recording's end."""
        if self._end_ms is not None and self._h.t > self._end_ms + 1e-9:
            raise RecordingError(
                f"The recording ended at {self._end_ms:g} ms, where it was put together, but the "
                f"model ran on to {self._h.t:g} ms; save it once, when the run is over."
            )

    def sketch(self) -> None:
        """Note the morphology, so that it outlives the sections."""
        try:
            self._check()
            self._sketch = sketch(self._sections)
        except RecordingError as error:
            self.failure = error

    def let_go(self) -> None:
        """Keep no section alive any more."""
        self._cells, self._sections = [], []
        self._copy = None

    def shape(self) -> Shape:
        """Shape of the sections; each cell's parents are its own."""
        self._check()
        shape = read_shape(self._sections) if self._sketch is None else shape_of(self._sketch)
        # NEURON lets a cell hang on another one; in a file it is a tree of its own.
        cell_of = np.repeat(np.arange(len(self.section_counts)), self.section_counts)
        own = (shape.parents < 0) | (cell_of[shape.parents] == cell_of)
        return replace(
            shape,
            parents=np.where(own, shape.parents, np.int32(-1)),
            parent_x=np.where(own, shape.parent_x, 0.0),
        )

    def time_and_values(self) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """Frames, as many as were wanted."""
        time_ms, values = np.array(self.times_ms), np.stack(self.frames)
        if self._wanted_frames is None:
            return time_ms, values
        return spread(time_ms, values, self._wanted_frames, peak=self._peak)

    def _check(self) -> None:
        if self.failure is not None:
            raise self.failure
        if self._sketch is None:
            self._segment_counts_now()

    def _segment_counts_now(self) -> list[int]:
        try:
            return [section.nseg for section in self._sections]
        except ReferenceError:
            raise RecordingError("A section was deleted while the recording was running.") from None

    def _check_unchanged(self) -> None:
        counts = zip(self._sections, self.segment_counts, self._segment_counts_now(), strict=True)
        for section, count, now in counts:
            if now != count:
                raise RecordingError(
                    f"Section {section.name()} had nseg {count} at finitialize but has {now} now; "
                    "set nseg before finitialize."
                )

    def _why_nothing(self) -> str:
        if not self._sections:
            return "Nothing was recorded: there were no sections at finitialize."
        found = (
            getattr(segment, self._attribute, None)
            for section in self._sections
            for segment in section
        )
        if any(self._element(one, 0) is not None for one in found):
            name = self._attribute.removeprefix("_ref_")
            return (
                f"Nothing was recorded: {name!r} has several values in each segment, counted from "
                f"0; name one of them, such as '{name}[0]', not {self._variable!r}."
            )
        return f"Nothing was recorded: no segment has the variable {self._variable!r}."

    def _references(self) -> list[Any]:
        """Where NEURON keeps each segment's value; None where there is none."""
        return [
            self._reference(segment)
            for section in self._sections
            for segment in segments_along(section)
        ]

    def _reference(self, segment: Any) -> Any:
        reference = getattr(segment, self._attribute, None)
        if self._index is None:
            return reference if isinstance(reference, self._scalar) else None
        return self._element(reference, self._index)

    def _element(self, reference: Any, index: int) -> Any:
        """One of several values; None where the segment has no such."""
        if reference is None or isinstance(reference, self._scalar):
            return None
        try:
            return reference[index]
        except (IndexError, AttributeError):
            # NEURON looks for the mechanism only now.
            return None

    def _point(self, references: list[Any]) -> None:
        pointers = self._h.PtrVector(len(references))
        for position, reference in enumerate(references):
            pointers.pset(position, reference)
        self._copy = pointers.gather
        self._changes_seen = self._changes()

    def _look(self) -> None:
        if self._changes() != self._changes_seen:
            # Whatever the model has changed, and maybe changed back, NEURON may have moved values.
            self._check_unchanged()
            references = self._references()
            if self._recorded is not None:
                references = [references[index] for index in self._recorded]
            if None in references:
                raise self._gone()
            self._point(references)
        try:
            self._copy(self._gathered)
        except RuntimeError:
            self._check_unchanged()
            raise self._gone() from None

    def _gone(self) -> RecordingError:
        return RecordingError(
            f"The model changed while it was recorded: a {self._variable!r} is gone."
        )

    def _keep(self, time_ms: float) -> None:
        values = self._view
        if self._peak:
            values = np.maximum(self._maxima, self._view)
            self._maxima.fill(-np.inf)
        if self._recorded is None:
            row = values.astype(np.float32)
        else:
            row = np.full(self._segment_total, np.nan, np.float32)
            row[self._recorded] = values
        self.frames.append(row)
        self.times_ms.append(time_ms)
        if len(self.frames) > self._most_frames:
            self._halve()

    def _halve(self) -> None:
        """Keep every second frame, the first and the last among them."""
        if self._peak:
            for kept, dropped in zip(self.frames[2::2], self.frames[1::2], strict=True):
                np.maximum(kept, dropped, out=kept)
        del self.frames[1::2], self.times_ms[1::2]
        self._every_ms *= 2

    def _order(self, time_ms: float) -> None:
        # The next multiple that is really ahead: an event in the past would never come, which
        # happens when the interval is shorter than a step.
        self._due_ms = (math.floor(time_ms / self._every_ms + 1e-6) + 1) * self._every_ms
        self._schedule(self._next_look(time_ms) if self._peak else self._due_ms, self._wake)

    def _next_look(self, time_ms: float) -> float:
        if self._variable_steps:
            return min(time_ms + PEAK_STEP_MS, self._due_ms)
        # A fixed step ends at the first event it reaches, up to rounding.
        return time_ms + 0.75 * float(self._step[0])

    def _on_event(self) -> None:
        if self._open:
            time_ms = self._time[0]
            # Intervals shorter than a fixed step yield several events at one time.
            if time_ms > self.times_ms[-1]:
                self._look()
                if len(self.times_ms) == 1 and self._began_later(time_ms):
                    self._begin_anew(time_ms)
                elif self._peak and time_ms < self._due_ms - 1e-9:
                    np.maximum(self._maxima, self._view, out=self._maxima)
                else:
                    self._keep(time_ms)
            self._order(time_ms)

    def _began_later(self, time_ms: float) -> bool:
        """Whether the model has gone to another time between its first frame and now."""
        return time_ms > self._due_ms + 2 * float(self._step[0])

    def _begin_anew(self, time_ms: float) -> None:
        self.frames.clear()
        self.times_ms.clear()
        self._maxima.fill(-np.inf)
        self._keep(time_ms)

    def _watch(self, soma: Any, threshold_mv: float) -> tuple[Any, Any] | None:
        for x in (0.5, 1, 0):
            detector = self._h.NetCon(soma(x)._ref_v, None, sec=soma)
            # Where others are, to set a threshold or to record would take theirs away.
            if len(detector.prelist()) == 1 and detector.srcgid() < 0:
                detector.threshold = threshold_mv
                times = self._h.Vector()
                detector.record(times)
                return detector, times
        return None
