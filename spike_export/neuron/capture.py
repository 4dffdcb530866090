# SPDX-License-Identifier: BSD-3-Clause
"""The recording of one run of a NEURON model."""

from __future__ import annotations

import contextlib
import functools
import math
import weakref
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..edit.cell_placing import MadeUp
from ..simulation_file import Synapses
from .at_events import AtEvents
from .model import ModelCell
from .model_shape import Shape, Sketch, read_shape, shape_of, sketch
from .own_steps import OwnSteps
from .places import Places, made_up
from .recorded_frames import Frames, most_in_memory
from .recording_error import RecordingError
from .segment_values import SegmentValues, counts_of
from .spike_detectors import SpikeDetectors
from .split_cells import find_joins
from .synapse_recording import SynapseRecording, Unknown

FIRST_INTERVAL_MS = 0.001
"""Initial interval, with variable steps, when a number of frames is requested."""

NO_CORENEURON = (
    "CoreNEURON cannot be recorded, because it discards the sampling events; set "
    "coreneuron.enable = False."
)

# Computed by NEURON only if enabled before a run, without affecting it.
_FAST_IMEM = "i_membrane_"

_NO_EVENTS = (
    "The model was recorded to {:g} ms only, but ran to {:g} ms: the sampling events are gone, as "
    "after SaveState.restore(); restore(1) keeps them."
)

_NO_STEPS = (
    "The model was recorded to {:g} ms only, but ran to {:g} ms: its steps could not be observed, "
    "as when the method changes during a run."
)

_FURTHER_APART = (
    "With a frame every {:g} ms the recording would not fit into memory; frames are {:g} ms apart."
)

_SPIKES_MAY_MOVE = (
    "With {}, frames are sampled by events, where NEURON also checks for spikes; spikes may shift "
    "by up to {:g} ms compared with an unrecorded run."
)


class Capture:
    """The recording of one `finitialize` and the run that follows.

    Parameters
    ----------
    h : neuron's HocObject
    cells : list of ModelCell
    every_ms, variables, threshold_mv, peak, frames
        As for `Recorder`, with all variables in a sequence.
    fail : callable
        Called if the recording fails during a run.
    synapses : bool
        As for `Recorder`.
    watch : callable, optional
        Called whenever there may be another frame.
    """

    def __init__(
        self,
        h: Any,
        cells: list[ModelCell],
        every_ms: float,
        variables: Sequence[str],
        threshold_mv: float | None,
        *,
        peak: bool,
        frames: int | None,
        fail: Callable[[RecordingError], None],
        synapses: bool = False,
        watch: Callable[[], None] | None = None,
    ) -> None:
        self._h = h
        self._fail = fail
        self._watch = watch
        self._every_ms = every_ms
        self._peak = peak
        self._wanted_frames = frames
        self._open = True
        self.cell_names = [cell.name for cell in cells]
        self.section_counts = [len(cell.sections) for cell in cells]
        self.section_names = [name for cell in cells for name in cell.section_names]
        self._cells = cells
        self._sections = [section for cell in cells for section in cell.sections]
        if _FAST_IMEM in variables and not h.CVode().use_fast_imem():
            h.CVode().use_fast_imem(1)
        self._values = SegmentValues(h, self._sections, variables)
        self.segment_counts = self._values.segment_counts
        self._sketch: Sketch | None = None
        self._places = Places(self._sections)
        self.split_note = find_joins().note
        self.made_up = MadeUp()
        self.spikes_ms: list[NDArray[np.float64] | None] = []
        self._detectors: SpikeDetectors | None = SpikeDetectors(h, cells, threshold_mv)
        self.detectors_meta = self._detectors.meta
        self._synapse_recording = SynapseRecording(h, cells, self._detectors) if synapses else None
        self.synapses: Synapses | None = None
        self.failure: RecordingError | None = None
        self._note = ""
        self._frames: Frames | None = None
        self._sampler: AtEvents | OwnSteps | None = None
        self._begin_ms = self._end_ms = 0.0
        self._ended = False
        this = weakref.WeakMethod(self._end_with)

        def end_with(error: RecordingError) -> None:
            method = this()
            if method is not None:
                method(error)

        self._end = end_with
        # Before NEURON counts its detectors; steps may still become fixed or variable until the
        # run.
        self._steps: OwnSteps | None = None
        if self._sections and h.CVode().active() and not self._hidden_steps():
            self._steps = OwnSteps(h, self._sections, end_with)

    @property
    def now_ms(self) -> float | None:
        """The time reached by the run; None before it has begun."""
        return None if self._sampler is None else self._sampler.now_ms

    @property
    def every_ms(self) -> float:
        """The interval of frames, which is longer than requested if they do not fit into memory."""
        return self._every_ms if self._frames is None else self._frames.every_ms

    @property
    def note(self) -> str:
        """What the recording is not as requested in; complete after `time_and_values`."""
        if self._wanted_frames is not None or self.every_ms == self._every_ms:
            return self._note
        further = _FURTHER_APART.format(self._every_ms, self.every_ms)
        return f"{self._note} {further}".lstrip()

    @property
    def unknown(self) -> Unknown:
        """What is not known about synapses."""
        return Unknown() if self._synapse_recording is None else self._synapse_recording.unknown

    @property
    def source_gids(self) -> NDArray[np.int64]:
        """Global identifiers of synapses' sources in other processes; see `SynapseRecording`."""
        if self._synapse_recording is None:
            return np.zeros(0, np.int64)
        return self._synapse_recording.source_gids

    @property
    def has_run(self) -> bool:
        """Whether there is more than the initial values."""
        if self._frames is None or self._sampler is None:
            return False
        return len(self._frames.times_ms) > 1 or self._sampler.now_ms > self._begin_ms

    def begin(self) -> None:
        """Record the initial values.

        The values are located here rather than in the constructor because NEURON moves them in
        between.
        """
        found = self._values.find()
        # Under MPI, what this process lacks may be in another one.
        alone = self._h.ParallelContext().nhost() == 1
        if (
            not found
            or self._values.names[0] in self._values.absent
            or (alone and self._values.absent)
        ):
            # The step detectors stay: NEURON has already counted them.
            self._open = False
            self.failure = RecordingError(self._values.why_nothing())
            return
        variable_steps = bool(self._h.CVode().active())
        every_ms = self._every_ms
        if self._wanted_frames is not None:
            every_ms = FIRST_INTERVAL_MS if variable_steps else self._h.dt
        columns = sum(self.segment_counts) * len(self._values.names)
        self._frames = Frames(
            columns,
            np.setdiff1d(np.arange(columns), self._values.recorded),
            every_ms,
            peak=self._peak,
            wanted=self._wanted_frames,
            # Processes that drop different frames could not be merged.
            most=most_in_memory(columns) if alone else math.inf,
        )
        self._begin_ms = self._h.t
        if variable_steps and self._steps is not None:
            self._sampler = self._steps
            self._steps.begin(self._values, self._frames, self._begin_ms)
            self._steps = None
        else:
            self._sampler = AtEvents(
                self._h,
                self._values,
                self._frames,
                variable_steps=variable_steps,
                fail=self._end,
            )
            self._sampler.begin(self._begin_ms)
        if self._synapse_recording is not None:
            self._synapse_recording.begin()
            self._sampler.also_call(self._synapse_recording.look)
        if self._watch is not None:
            self._sampler.also_call(self._tell)

    def finish(self) -> None:
        """Record the end of the run."""
        if self._synapse_recording is not None and self._detectors is not None and self._open:
            self.synapses = self._synapse_recording.finish(self._begin_ms, self._h.t)
        if self._detectors is not None:
            self.spikes_ms = self._detectors.take()
            self._detectors = None
        self._steps = None
        if not self._open:
            return
        self._open = False
        self._end_ms, self._ended = self._h.t, True
        sampler = self._sampler
        if sampler is None:
            return
        self._note_events(sampler)
        try:
            self._finish(sampler)
        finally:
            sampler.let_go()

    def _finish(self, sampler: AtEvents | OwnSteps) -> None:
        if self._end_ms <= self._begin_ms + 1e-9 and not self.has_run:
            return
        from neuron import coreneuron

        # Kept until the recording is requested: raised here, it would hide what ended the run.
        if coreneuron.enable:
            self.failure = RecordingError(NO_CORENEURON)
        elif sampler.missed(self._end_ms):
            text = _NO_STEPS if isinstance(sampler, OwnSteps) else _NO_EVENTS
            self.failure = RecordingError(text.format(sampler.now_ms, self._end_ms))
        # A model may change after its run; then its last moment is lost, unless it is a frame.
        with contextlib.suppress(RecordingError):
            sampler.finish(self._end_ms)

    def check_stands(self) -> None:
        """Raise `RecordingError` if the model ran on after the recording's end."""
        if self._ended and self._h.t > self._end_ms + 1e-9:
            raise RecordingError(
                f"The recording ended at {self._end_ms:g} ms, when it was retrieved, but the model "
                f"ran on to {self._h.t:g} ms; save it once, after the run."
            )

    def sketch(self) -> None:
        """Store the morphology, so that it outlives the sections."""
        try:
            self._check()
            self._sketch = sketch(self._sections)
            # Positions may be set after finitialize.
            self._places = Places(self._sections, self._places)
        except RecordingError as error:
            self.failure = error

    def let_go(self) -> None:
        """Release all sections."""
        self._cells, self._sections = [], []
        if self._synapse_recording is not None:
            self._synapse_recording.let_go()
        self._values.let_go()
        if self._sampler is not None:
            self._sampler.let_go()

    def shape(self) -> Shape:
        """Shape of the sections; each cell's parents are its own."""
        self._check()
        if self._sketch is None:
            shape = read_shape(self._sections)
            places = Places(self._sections, self._places)
        else:
            shape, places = shape_of(self._sketch), self._places
        shape, placed = places.place(shape, self.section_counts)
        self.made_up = made_up(shape, self.cell_names, self.section_counts, placed)
        # NEURON allows a cell to be attached to another one; in a file it is a separate tree.
        cell_of = np.repeat(np.arange(len(self.section_counts)), self.section_counts)
        own = (shape.parents < 0) | (cell_of[shape.parents] == cell_of)
        return replace(
            shape,
            parents=np.where(own, shape.parents, np.int32(-1)),
            parent_x=np.where(own, shape.parent_x, 0.0),
        )

    @property
    def settled(self) -> int:
        """How many frames will not change any more."""
        return 0 if self._sampler is None else self._sampler.settled

    @property
    def first_ms(self) -> float:
        """The time of the first frame, which a model may move to where it begins."""
        assert self._frames is not None
        return self._frames.times_ms[0]

    def first_frame(self) -> tuple[NDArray[np.float64], dict[str, NDArray[np.float32]]]:
        """Return the time of the first frame, and the values of each quantity."""
        assert self._frames is not None
        return np.array([self.first_ms]), self._by_quantity(self._frames.rows(0, 1))

    @property
    def row_bytes(self) -> int:
        """How many bytes the time and the values of a frame take."""
        quantities = len(self._values.names) - len(self._values.absent)
        return 8 + 4 * quantities * int(sum(self.segment_counts))

    def frames_between(
        self, first: int, end: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """Return the frames from one up to another, both among the settled ones.

        Returns
        -------
        time_ms : ndarray of float64, shape (G,)
        values : ndarray of float32, shape (G, Q * S)
            Of the quantities that the model has, one after the other.
        """
        assert self._frames is not None
        each = self._by_quantity(self._frames.rows(first, end))
        time_ms = np.array(self._frames.times_ms[first:end])
        return time_ms, np.concatenate(list(each.values()), axis=1)

    def time_and_values(self) -> tuple[NDArray[np.float64], dict[str, NDArray[np.float32]]]:
        """Return the requested number of frames: their times, and the values of each quantity."""
        assert self._frames is not None
        if isinstance(self._sampler, OwnSteps):
            self._sampler.complete()
        time_ms, values = self._frames.chosen()
        return time_ms, self._by_quantity(values)

    def _tell(self, _time_ms: float) -> None:
        if self._watch is not None:
            self._watch()

    def _by_quantity(self, values: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        names = self._values.names
        each = np.split(values, len(names), axis=1) if values.size else [values] * len(names)
        return {
            name: own
            for name, own in zip(names, each, strict=True)
            if name not in self._values.absent
        }

    def _check(self) -> None:
        if self.failure is not None:
            raise self.failure
        if self._sketch is None:
            counts_of(self._sections)

    def _end_with(self, error: RecordingError) -> None:
        if not self._open:
            return
        self._open = False
        self.failure = error
        if isinstance(self._sampler, OwnSteps):
            # An exception in the middle of a step would leave NEURON there, which aborts the
            # process later.
            self._h.CVode().event(self._h.t, functools.partial(self._fail, error))
        else:
            self._fail(error)

    def _hidden_steps(self) -> str:
        """Say why CVode's steps cannot be observed; empty if they can."""
        integrator = self._h.CVode()
        if integrator.condition_order() == 2:
            return "condition_order 2"
        context = self._h.ParallelContext()
        threads = context.nthread()
        if threads > 1 and integrator.use_local_dt():
            return "local steps in several threads"
        if threads > 1 and not hasattr(context, "get_partition"):
            return "several threads in NEURON 8"
        return ""

    def _note_events(self, sampler: AtEvents | OwnSteps) -> None:
        if isinstance(sampler, AtEvents) and sampler.variable_steps:
            assert self._frames is not None
            reason = self._hidden_steps() or "CVode switched on after finitialize"
            self._note = _SPIKES_MAY_MOVE.format(reason, self._frames.every_ms)
