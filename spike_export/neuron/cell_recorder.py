# SPDX-License-Identifier: BSD-3-Clause
"""The older exporter's recorder, with the same calls and file format.

A script for it changes one line: ``from spike_export import CellRecorder``.
"""

from __future__ import annotations

import math
import os
import weakref
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..files.keeping import write_and_keep
from ..files.older_writer import write_sections
from ..files.units import UnitError, in_unit
from ..section_types import section_type
from .model import segments_along
from .recording_error import RecordingError, number_in


class CellRecorder:
    """Record the voltage of every segment and write it in the older format.

    Records the same as one ``Vector.record(segment._ref_v, dt)`` per segment, but takes all samples
    at once (see `Recorder`). Like the older recorder, it makes up points for sections without any
    before the run, so the run may differ in the last digits from an unrecorded one; `Recorder` does
    not change the model.

    Parameters
    ----------
    sections : iterable of neuron Section
    dt : float
        Sampling interval in ms.

    Raises
    ------
    RecordingError
        If there are no sections, or `dt` is not above zero.

    Examples
    --------
    >>> recorder = CellRecorder(h.allsec())  # doctest: +SKIP
    >>> h.finitialize(-65)  # doctest: +SKIP
    >>> h.continuerun(50)  # doctest: +SKIP
    >>> recorder.save_pickle("cell.pickle", FRAME_NUM=300)  # doctest: +SKIP
    """

    def __init__(self, sections: Iterable[Any], dt: float = 0.025) -> None:
        dt = number_in(dt, "ms", "The sampling interval")
        if not (dt > 0 and math.isfinite(dt)):
            raise RecordingError(f"The sampling interval is {dt} ms, but must be above 0.")
        from neuron import h

        self._h = h
        self._sections = list(sections)
        if not self._sections:
            raise RecordingError("There are no sections to record.")
        self._dt = float(dt)
        self._rows: list[NDArray[np.float64]] = []
        self._due: list[float] = []
        self._segment_counts: list[int] = []
        if not all(section.n3d() for section in self._sections):
            h.define_shape()
        # NEURON would keep the recorder alive, and the older interface has no call to end it.
        begin = weakref.WeakMethod(self._begin)

        def on_initialisation() -> None:
            if (method := begin()) is not None:
                method()

        # After the initial values are set.
        self._handler = h.FInitializeHandler(2, on_initialisation)

    def save_pickle(
        self,
        filename: str | os.PathLike[str],
        FRAME_NUM: int = 100,  # noqa: N803
        voltage_data: Sequence[ArrayLike] | None = None,
    ) -> Path:
        """Write a file of the older format.

        Parameters
        ----------
        filename : path-like
            Replaced if it exists.
        FRAME_NUM : int
            Number of frames for the whole recording, interpolated linearly between samples.
        voltage_data : sequence of array-like, optional
            Values to write instead of the recorded ones: for each section an array of shape
            (nseg, samples), resampled in the same way.

        Returns
        -------
        Path
            `filename`.

        Raises
        ------
        RecordingError
            If nothing was recorded, segments have changed since, `FRAME_NUM` is not a whole number
            above zero, or `voltage_data` does not match the sections.
        OSError
            If the file cannot be written; the text gives the other name under which it was saved,
            if any.
        """
        if not isinstance(FRAME_NUM, int | np.integer) or FRAME_NUM < 1:
            raise RecordingError(f"FRAME_NUM is {FRAME_NUM!r}, but must be a whole number above 0.")
        try:
            names = [section.name() for section in self._sections]
        except ReferenceError:
            raise RecordingError("A section was deleted since the recorder was made.") from None
        traces = self._recorded() if voltage_data is None else self._given(voltage_data)
        types = [section_type(name) for name in names]
        points = [_points(section) for section in self._sections]
        values = [_spread(samples, int(FRAME_NUM)) for samples in traces]
        return write_and_keep(filename, lambda place: write_sections(place, types, points, values))

    def _begin(self) -> None:
        from neuron import coreneuron

        if coreneuron.enable:
            raise RecordingError(
                "CoreNEURON cannot be recorded, because it discards the sampling events; "
                "set coreneuron.enable = False."
            )
        self._rows, self._due = [], []
        try:
            segments = [
                segment for section in self._sections for segment in segments_along(section)
            ]
        except ReferenceError:
            # Another model is running by now; `save_pickle` will say so.
            return
        self._segment_counts = [section.nseg for section in self._sections]
        h = self._h
        pointers = h.PtrVector(len(segments))
        for index, segment in enumerate(segments):
            pointers.pset(index, segment._ref_v)
        gathered = h.Vector(len(segments))
        view = gathered.as_numpy()
        due, rows, dt, recorder = self._due, self._rows, self._dt, weakref.ref(self)
        following = 0.0

        def sample() -> None:
            nonlocal following
            if recorder() is None:
                return
            now = h.t
            # With a fixed step, NEURON's own samples are those of the step nearest to their time.
            reach = 0.0 if h.cvode_active() else 0.5 * h.dt
            try:
                pointers.gather(gathered)
            except RuntimeError:
                # Segments changed during the run; `save_pickle` will say which.
                return
            row = view.copy()
            while following <= now + reach:
                due.append(following)
                rows.append(row)
                following += dt
            # Python events are delivered at the end of the step after their time, and never if that
            # is past; slightly early, they come at the right step despite rounding.
            little = 1e-6 * h.dt if reach else 0.0
            h.CVode().event(max(following - reach - little, now + little), sample)

        # Now, because an event at time 0 would come one step late.
        sample()

    def _recorded(self) -> list[NDArray[np.float64]]:
        if not self._rows:
            raise RecordingError(
                "Nothing was recorded: the model has not called finitialize since the recorder "
                "was made."
            )
        for section, count in zip(self._sections, self._segment_counts, strict=True):
            if section.nseg != count:
                raise RecordingError(
                    f"Section {section.name()} had nseg {count} at finitialize but has "
                    f"{section.nseg} now; set nseg before finitialize."
                )
        # The last samples may have been taken before their time, which was then never reached.
        count = int(np.searchsorted(self._due, self._h.t, side="right"))
        rows = np.stack(self._rows[:count])
        return np.split(rows, np.cumsum(self._segment_counts)[:-1], axis=1)

    def _given(self, voltage_data: Sequence[ArrayLike]) -> list[NDArray[np.float64]]:
        if len(voltage_data) != len(self._sections):
            raise RecordingError(
                f"voltage_data has {len(voltage_data)} arrays for {len(self._sections)} sections."
            )
        traces = []
        for section, given in zip(self._sections, voltage_data, strict=True):
            try:
                samples = np.array(in_unit(given, "mV"), np.float64)
            except UnitError as error:
                raise RecordingError(f"voltage_data of section {section.name()} {error}.") from None
            except (TypeError, ValueError):
                raise RecordingError(
                    f"voltage_data of section {section.name()} is not an array of numbers."
                ) from None
            if samples.ndim != 2 or samples.shape[0] != section.nseg or not samples.size:
                raise RecordingError(
                    f"voltage_data of section {section.name()} has the shape "
                    f"{list(samples.shape)}, but it has {section.nseg} segments: (nseg, samples)."
                )
            # A file's values run along the points, which begin at the parent.
            traces.append(samples[::-1].T if section.orientation() else samples.T)
        return traces


def _spread(samples: NDArray[np.float64], frames: int) -> NDArray[np.float64]:
    positions = np.linspace(0, len(samples) - 1, frames)
    own = np.arange(len(samples))
    return np.stack([np.interp(positions, own, trace) for trace in samples.T], axis=1)


def _points(section: Any) -> NDArray[np.float64]:
    """Points of a section, rounded to nanometers as in the older exporter's files."""
    return np.round(
        [
            (section.x3d(i), section.y3d(i), section.z3d(i), section.diam3d(i))
            for i in range(section.n3d())
        ],
        3,
    )
