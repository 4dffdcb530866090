# SPDX-License-Identifier: BSD-3-Clause
"""Record every segment of a NEURON model while it runs."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .neuron_model import ModelCell, group_cells, read_shape
from .simulation_file import Cell, Simulation
from .writer import write

UNITS = {"v": "mV", "cai": "mM", "nai": "mM", "ki": "mM", "ina": "mA/cm2", "ik": "mA/cm2",
         "ica": "mA/cm2", "i_membrane_": "nA"}  # fmt: skip
"""Units of the quantities that are recorded most often."""


class RecordingError(RuntimeError):
    """A recording that cannot be made or kept; the text says why."""


class Recorder:
    """Record one quantity of every segment, at regular intervals, of whatever run comes next.

    One event that reschedules itself copies all segments at once (NEURON's ``PtrVector``), from
    `finitialize` on and for as long as the model runs. So the end need not be known, the model
    needs no change, and the run takes hardly longer, where a ``Vector.record`` for each segment
    would make it take several times as long.

    Each `finitialize` begins a new recording; the last one with more than its first frame counts.

    With variable steps, stdrun's ``continuerun`` and ``run`` stop at the first step near the end
    unless its variable ``using_cvode_`` is set; ``h.cvode.solve(tstop)`` ends exactly there. The
    integrator's steps stay as they are, but NEURON also looks for spikes at each sample, so that
    those of a network may move, by less than the integrator's own error.

    Parameters
    ----------
    sections : iterable of neuron Section, optional
        All sections in memory at `finitialize`, if not given.
    every_ms : float
        Sampling interval. With a fixed step, samples are taken at the first step at or after
        each multiple of it, and `time_ms` says when that was.
    variable : str
        Name of a range variable. Segments without it are recorded as not a number.
    threshold_mv : float
        A cell spikes when the middle of its soma crosses this upwards, or an end of the soma where
        the model watches the middle itself: NEURON has one threshold and one list of spikes for
        each place.

    Raises
    ------
    RecordingError
        If `every_ms` is not above zero.

    Examples
    --------
    >>> with Recorder(every_ms=0.1) as recorder:  # doctest: +SKIP
    ...     h.finitialize(-65)
    ...     h.continuerun(50)
    ...     recorder.save("run.pickle")
    """

    def __init__(
        self,
        sections: Iterable[Any] | None = None,
        every_ms: float = 0.1,
        variable: str = "v",
        threshold_mv: float = -20.0,
    ) -> None:
        if not every_ms > 0:
            raise RecordingError(f"The sampling interval is {every_ms} ms, but must be above 0.")
        from neuron import h

        self._h = h
        self._sections = None if sections is None else list(sections)
        self._every_ms = float(every_ms)
        self._variable = variable
        self._threshold_mv = threshold_mv
        self._current: _Capture | None = None
        self._kept: _Capture | None = None
        # While the run before is as it ended, before NEURON counts what it has to integrate, and
        # after the initial values are set.
        self._handlers = [
            h.FInitializeHandler(3, self._end),
            h.FInitializeHandler(0, self._prepare),
            h.FInitializeHandler(2, self._begin),
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

        This ends the recording; the next `finitialize` begins another one.

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
            If nothing ran yet, or segments changed while it ran.
        """
        from . import __version__

        capture = self._current
        if capture is not None:
            capture.finish()
        if (capture is None or len(capture.frames) < 2) and self._kept is not None:
            capture = self._kept
        if capture is None:
            raise RecordingError(
                "Nothing was recorded: the model has not called finitialize since the recorder "
                "was made."
            )
        capture.check()
        shape = read_shape(capture.sections)
        return Simulation(
            cells=tuple(
                Cell(cell.name, None, spikes_ms)
                for cell, spikes_ms in zip(capture.cells, capture.spikes_ms, strict=True)
            ),
            section_names=tuple(section.name() for section in capture.sections),
            section_types=shape.section_types,
            section_cells=np.repeat(
                np.arange(len(capture.cells), dtype=np.int32),
                [len(cell.sections) for cell in capture.cells],
            ),
            parents=shape.parents,
            parent_x=shape.parent_x,
            segment_counts=np.array(capture.segment_counts, np.int32),
            point_counts=shape.point_counts,
            points_um=shape.points_um,
            time_ms=np.array(capture.times_ms),
            values=np.stack(capture.frames),
            quantity=self._variable,
            unit=UNITS.get(self._variable, ""),
            created_by=f"spike-export {__version__}",
            source=source,
            meta={"every_ms": self._every_ms, "threshold_mv": self._threshold_mv, **meta},
        )

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

    def _end(self) -> None:
        if self._current is not None:
            self._current.finish()
            if len(self._current.frames) > 1:
                self._kept = self._current

    def _prepare(self) -> None:
        from neuron import coreneuron

        if coreneuron.enable:
            raise RecordingError(
                "CoreNEURON cannot be recorded, for it discards the events that take the samples; "
                "set coreneuron.enable = False."
            )
        sections = self._h.allsec() if self._sections is None else self._sections
        self._current = _Capture(
            self._h, group_cells(sections), self._every_ms, self._variable, self._threshold_mv
        )

    def _begin(self) -> None:
        if self._current is not None:
            self._current.begin()


class _Capture:
    """What one `finitialize` and the run after it yield."""

    def __init__(
        self, h: Any, cells: list[ModelCell], every_ms: float, variable: str, threshold_mv: float
    ) -> None:
        self._h = h
        self._every_ms = every_ms
        self._variable = variable
        self._open = True
        self.cells = cells
        self.sections = [section for cell in cells for section in cell.sections]
        self.segment_counts = [section.nseg for section in self.sections]
        self.times_ms: list[float] = []
        self.frames: list[NDArray[np.float32]] = []
        self.spikes_ms: list[NDArray[np.float64] | None] = []
        self._detectors = [self._watch(cell.soma, threshold_mv) for cell in cells]
        self._failure: RecordingError | None = None

    def begin(self) -> None:
        """Record the initial values, and order the first event.

        The pointers are taken here rather than in the constructor because NEURON moves its
        values between the two.
        """
        segments = [segment for section in self.sections for segment in section]
        references = [getattr(segment, f"_ref_{self._variable}", None) for segment in segments]
        recorded = [i for i, reference in enumerate(references) if reference is not None]
        if not recorded:
            self._open = False
            self._failure = RecordingError(
                f"Nothing was recorded: none of {len(segments)} segments has the variable "
                f"{self._variable!r}."
            )
            return
        pointers = self._h.PtrVector(len(recorded))
        for position, index in enumerate(recorded):
            pointers.pset(position, references[index])
        self._copy = pointers.gather
        self._gathered = self._h.Vector(len(recorded))
        self._view = self._gathered.as_numpy()
        self._segment_total = len(segments)
        self._recorded = None if len(recorded) == len(segments) else np.array(recorded)
        # Looked up once: they are used for every sample, and NEURON makes new objects each time.
        self._schedule = self._h.cvode.event
        self._time = self._h._ref_t
        self._gather(self._h.t)
        self._order(self._h.t)

    def finish(self) -> None:
        """Record the end of the run, which with variable steps comes after the last event."""
        # A detector's threshold is also that of whatever is connected there later.
        self.spikes_ms.extend(
            None if detector is None else np.array(detector[1], np.float64)
            for detector in self._detectors
        )
        self._detectors.clear()
        if not self._open:
            return
        self._open = False
        if self.times_ms and self._h.t > self.times_ms[-1] + 1e-9:
            # Kept for whoever asks for the recording: here, it would hide what ended the run.
            try:
                self._check_unchanged()
                self._gather(self._h.t)
            except RecordingError as error:
                self._failure = error

    def check(self) -> None:
        """Raise `RecordingError` if something went wrong, or segments changed since."""
        if self._failure is not None:
            raise self._failure
        self._check_unchanged()

    def _check_unchanged(self) -> None:
        for section, count in zip(self.sections, self.segment_counts, strict=True):
            try:
                now = section.nseg
            except ReferenceError:
                raise RecordingError(
                    "A section was deleted while the recording was running."
                ) from None
            if now != count:
                raise RecordingError(
                    f"Section {section.name()} had {count} segments at finitialize but has {now} "
                    "now; set nseg before finitialize."
                )

    def _gather(self, time_ms: float) -> None:
        try:
            self._copy(self._gathered)
        except RuntimeError:
            self._check_unchanged()
            raise RecordingError(
                f"The model changed while it was recorded: a {self._variable!r} is gone."
            ) from None
        if self._recorded is None:
            row = self._view.astype(np.float32)
        else:
            row = np.full(self._segment_total, np.nan, np.float32)
            row[self._recorded] = self._view
        self.frames.append(row)
        self.times_ms.append(time_ms)

    def _order(self, time_ms: float) -> None:
        # The next multiple that is really ahead: an event in the past would never come, which
        # happens when the interval is shorter than a step.
        step = math.floor(time_ms / self._every_ms + 1e-6) + 1
        self._schedule(step * self._every_ms, self._on_event)

    def _on_event(self) -> None:
        if self._open:
            time_ms = self._time[0]
            # Intervals shorter than a fixed step yield several events at one time.
            if time_ms > self.times_ms[-1]:
                self._gather(time_ms)
            self._order(time_ms)

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
