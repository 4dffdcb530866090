# SPDX-License-Identifier: BSD-3-Clause
"""Record every segment of a NEURON model while it runs."""

from __future__ import annotations

import contextlib
import os
import weakref
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..edit.cell_placing import SPLIT, MadeUp
from ..edit.convert import PEAK_MODE
from ..files.keeping import write_and_keep
from ..files.writer import content_of, write
from ..simulation_file import Cell, Quantity, Simulation, Synapses
from ..version import __version__
from .broadcast import Broadcast
from .capture import NO_CORENEURON, Capture
from .model import ModelCell, group_cells
from .model_shape import Shape
from .recording_error import RecordingError, number_in
from .synapse_recording import SYNAPSE_NOTE, Unknown

UNITS = {"v": "mV", "cai": "mM", "nai": "mM", "ki": "mM", "ina": "mA/cm2", "ik": "mA/cm2",
         "ica": "mA/cm2", "i_membrane_": "nA"}  # fmt: skip
"""Units of the quantities that are recorded most often."""


class Recorder:
    """Record quantities of every segment at regular intervals during the next run.

    With a fixed step, one event that reschedules itself copies all segments at once (NEURON's
    ``PtrVector``), from `finitialize` until the end of the run. So the end need not be known in
    advance, the model needs no change, and the run takes hardly longer, whereas a ``Vector.record``
    for each segment would slow it down several times.

    With variable steps (CVode) an event would end a step and make NEURON check for spikes there. So
    values are recorded at CVode's own steps (with local steps, at those of each cell), and frames
    are interpolated between them with cubics. The interpolation error is a hundredth of CVode's own
    tolerance, and the model's spikes are bit-identical to those of an unrecorded run. Two cases
    still use events: ``cvode.condition_order(2)``, and local steps in several threads. `note`,
    which is also stored in the file, then says what this means.

    Each `finitialize` starts a new recording; the last one with more than one frame is kept.

    A spike lasts about a millisecond, so frames further apart than that may miss it. With
    ``mode="peak"`` each frame holds, for each segment, the maximum since the previous frame, and no
    spike is lost. This requires sampling every fixed step, which makes a run a quarter longer;
    CVode's own steps are sampled anyway.

    Parameters
    ----------
    sections : iterable of neuron Section, optional
        All sections in memory at `finitialize`, if not given. A function that returns sections is
        called at each `finitialize`.
    every_ms : float
        Sampling interval. With a fixed step, samples are taken at the first step at or after each
        multiple of it; `time_ms` holds the actual times. It is doubled, as often as necessary, if
        frames would take more memory than the computer has; `note` says so.
    variable : str or sequence of str
        Name of a range variable, with an index where it has several values in a segment
        (``vext[0]``), or of a point process variable (``ExpSyn.g``), which is summed over each
        segment. Segments without it are recorded as NaN. Of several, the first is in
        `Simulation.values` and the others are in `Simulation.more`. ``i_membrane_`` is switched on
        automatically (``cvode.use_fast_imem(1)``), which does not affect the run.
    threshold_mv : float, optional
        A cell spikes when the middle of its soma crosses this from below, or an end of the soma if
        the model itself watches the middle: NEURON has one threshold per location. If not given,
        the model's own detector is used: that of the cell's global identifier, wherever in the cell
        it is, or else the source of connections from its soma or axon. A cell without a detector
        spikes when its soma crosses -20 mV.
    mode : {"sample", "peak"}
        What a frame holds: the values at its time, or their maximum since the frame before.
    frames : int, optional
        Keep this many frames, evenly spread over the run, however long it takes, as far as there
        are samples; `every_ms` is then ignored. Up to four times as many are held in memory during
        the run.
    capture : int, optional
        Keep this run, counted from 1, instead of the last; a `finitialize` without any step does
        not count.
    synapses : bool
        Also record where the model's synapses are, one for each `NetCon` onto a point process, and
        when events arrive at them: `Simulation.synapses`. This does not affect the run either.
        `synapse_note`, which is also stored in the file, says what is not known.
    live : Broadcast, optional
        Where all runs can be watched, which does not affect them. It must be ended by whoever made
        it.

    Raises
    ------
    RecordingError
        If `every_ms`, `frames` or `capture` is invalid, or `mode` is unknown.

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
        variable: str | Sequence[str] = "v",
        threshold_mv: float | None = None,
        *,
        mode: Literal["sample", "peak"] = "sample",
        frames: int | None = None,
        capture: int | None = None,
        synapses: bool = False,
        live: Broadcast | None = None,
    ) -> None:
        every_ms = number_in(every_ms, "ms", "The sampling interval")
        if threshold_mv is not None:
            threshold_mv = number_in(threshold_mv, "mV", "The threshold")
        if not every_ms > 0:
            raise RecordingError(f"The sampling interval is {every_ms} ms, but must be above 0.")
        if frames is not None and frames < 2:
            raise RecordingError(f"A recording needs at least 2 frames, not {frames}.")
        if capture is not None and capture < 1:
            raise RecordingError(f"Runs are counted from 1, so there is no run {capture}.")
        variables = [variable] if isinstance(variable, str) else list(dict.fromkeys(variable))
        if not variables:
            raise RecordingError("No variable to record was given.")
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
        self._variables = variables
        self._threshold_mv = threshold_mv
        self._peak = mode == "peak"
        self._frames = frames
        self._wanted = capture
        self._synapses = synapses
        self._live = live
        self._cells: Callable[[], list[ModelCell]] = lambda: group_cells(wanted())
        # Not a bound method of the recorder, which would keep it alive.
        self._fail: Callable[[RecordingError], None] = _end_the_run
        self._runs_before = 0
        self._refusal: RecordingError | None = None
        self._current: Capture | None = None
        self._kept: Capture | None = None
        self.made_up = MadeUp()
        """What the model does not define about its cells; known after `simulation`."""
        self.split_note = ""
        """A note that cells are in pieces; see `made_up`."""
        self.unknown = Unknown()
        """What is not known about synapses; known after `simulation`."""
        self.source_gids = np.zeros(0, np.int64)
        """Global identifiers of synapses' sources in other processes, or -1; see `unknown`."""
        # While the previous run is still as it ended, before NEURON counts the states to integrate,
        # and after the initial values are set.
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
        """Stop recording, however the run ended."""
        self.close()

    def close(self) -> None:
        """Stop recording; what was recorded is kept."""
        if self._current is not None:
            self._current.finish()
        self._handlers.clear()

    def simulation(
        self, *, source: str = "", **meta: str | int | float | bool | None
    ) -> Simulation:
        """Return what was recorded, with the model's current morphology.

        This ends the recording; the next `finitialize` starts a new one. Until then, it can be
        called again only as long as the model does not run on.

        Parameters
        ----------
        source : str
            Name of the model.
        **meta
            Free text and numbers to keep in the file.

        Raises
        ------
        RecordingError
            If nothing has run yet, segments changed during the run, or the model ran on after the
            recording was retrieved.
        """
        if self._current is not None:
            self._current.finish()
            if self._handlers:
                self._current.check_stands()
        capture = self._chosen()
        shape = capture.shape()
        time_ms, values = capture.time_and_values()
        recorded: dict[str, str | int | float] = {**capture.detectors_meta}
        if self._frames is None:
            recorded["every_ms"] = capture.every_ms
        if self._peak:
            recorded["mode"] = PEAK_MODE
        if capture.note:
            recorded["note"] = capture.note
        self.made_up, self.split_note = capture.made_up, capture.split_note
        recorded.update(self.made_up.meta())
        if self.split_note:
            recorded[SPLIT] = self.split_note
        self.unknown, self.source_gids = capture.unknown, capture.source_gids
        if self.unknown.text:
            recorded[SYNAPSE_NOTE] = self.unknown.text
        return self._made(
            capture, shape, time_ms, values, source, {**recorded, **meta}, capture.synapses
        )

    def _made(
        self,
        capture: Capture,
        shape: Shape,
        time_ms: NDArray[np.float64],
        values: dict[str, NDArray[np.float32]],
        source: str,
        meta: dict[str, str | int | float | bool | None],
        synapses: Synapses | None = None,
    ) -> Simulation:
        (name, first), *others = values.items()
        # Spikes are known at the end.
        spikes_ms = capture.spikes_ms or [None] * len(capture.cell_names)
        return Simulation(
            cells=tuple(
                Cell(name, None, own)
                for name, own in zip(capture.cell_names, spikes_ms, strict=True)
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
            values=first,
            quantity=name,
            unit=self._unit(name),
            created_by=f"spike-export {__version__}",
            source=source,
            meta=meta,
            more={other: Quantity(self._unit(other), own) for other, own in others},
            synapses=synapses,
        )

    def _unit(self, variable: str) -> str:
        """Find the unit of a recorded variable, as stated by its mechanism."""
        if variable in UNITS:
            return UNITS[variable]
        name = variable.partition("[")[0]
        try:
            # NEURON prints its own message about unknown names.
            known = hasattr(self._h, name.partition(".")[0])
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
            If the file cannot be written; the text gives the other name under which it was saved,
            if any.
        """
        simulation = self.simulation(source=source)
        return write_and_keep(path, lambda place: write(place, simulation))

    @property
    def time_ms(self) -> float | None:
        """The time reached by the current run; None before it has begun."""
        return None if self._current is None else self._current.now_ms

    @property
    def runs(self) -> int:
        """Number of runs so far; a `finitialize` without any step does not count."""
        return self._runs_before + (self._current is not None and self._current.has_run)

    @property
    def note(self) -> str:
        """How recording may have affected the kept run, and how it is not as requested, if so."""
        try:
            return self._chosen().note
        except RecordingError:
            return ""

    @property
    def failure(self) -> RecordingError | None:
        """What is wrong with the run that is being recorded."""
        return self._refusal if self._current is None else self._current.failure

    def _chosen(self) -> Capture:
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
            # What the model has discarded must be gone before NEURON starts again.
            self._current.let_go()
            self._current = None

    def _prepare(self) -> None:
        from neuron import coreneuron

        if self._wanted is not None and self._kept is not None:
            return
        self._refusal = None
        try:
            if coreneuron.enable:
                raise RecordingError(NO_CORENEURON)
            cells = self._cells()
        except RecordingError as error:
            self._refusal = error
            raise
        self._current = Capture(
            self._h,
            cells,
            self._every_ms,
            self._variables,
            self._threshold_mv,
            peak=self._peak,
            frames=self._frames,
            fail=self._fail,
            synapses=self._synapses,
            watch=None if self._live is None else _while_there(self._tell),
        )

    def _tell(self) -> None:
        """Tell those who watch how far the run is."""
        live, capture = self._live, self._current
        if live is None or capture is None or not live.is_due:
            return
        with contextlib.suppress(RecordingError):
            # Told at the end.
            self._tell_of(live, capture)

    def _tell_of(self, live: Broadcast, capture: Capture) -> None:
        count = capture.settled
        # Every second frame may have been dropped, and a model may begin later than it seemed.
        run = f"{live.name} {self._runs_before} {capture.every_ms:g} {capture.first_ms:g}"
        live.begin(
            run,
            lambda: content_of(self._first_frame(capture)),
            capture.frames_between,
            capture.row_bytes,
        )
        reached_ms = capture.now_ms or 0.0
        # Only there once stdrun.hoc is loaded.
        end_ms = getattr(self._h, "tstop", 0.0) if live.end_ms is None else live.end_ms
        live.serve(count, reached_ms, float(end_ms) if end_ms >= reached_ms else None)

    def _first_frame(self, capture: Capture) -> Simulation:
        time_ms, values = capture.first_frame()
        return self._made(capture, capture.shape(), time_ms, values, "", {})

    def _begin(self) -> None:
        if self._current is not None:
            self._current.begin()


def _while_there(method: Callable[[], None]) -> Callable[[], None]:
    """Let NEURON call a method without keeping its object alive.

    Otherwise a recorder that is never closed would record all later runs and outlive their
    sections.
    """
    there = weakref.WeakMethod(method)

    def call() -> None:
        bound = there()
        if bound is not None:
            bound()

    return call


def _end_the_run(error: RecordingError) -> None:
    raise error
