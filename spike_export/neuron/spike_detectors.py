# SPDX-License-Identifier: BSD-3-Clause
"""Spike times, from the model's own detectors or, if it has none, from added ones."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..section_types import section_type
from ..simulation_file.simulation import SPIKE_THRESHOLD_MV
from .model import ModelCell


class SpikeDetectors:
    """One detector per cell, without affecting the model.

    NEURON has one threshold, one vector of times and one callback per location, shared by all
    `NetCon` from there. Those used by the model are left unchanged.

    Parameters
    ----------
    h : neuron's HocObject
    cells : list of ModelCell
    threshold_mv : float or None
        A cell spikes when its soma crosses this from below. If not given, the model's own detector
        is used: that of the cell's global identifier (wherever it is, as in NetPyNE), or else the
        source of its connections, at its soma or axon. A cell without one spikes when its soma
        crosses -20 mV.
    """

    def __init__(self, h: Any, cells: Sequence[ModelCell], threshold_mv: float | None) -> None:
        self._h = h
        self._one_thread = h.ParallelContext().nthread() < 2
        self._thresholds: list[float] = []
        self._own = 0
        if threshold_mv is not None:
            self._detectors = [self._beside(cell.soma, threshold_mv) for cell in cells]
            return
        self._detectors = [
            self._at(cell, None if found is None else found[0])
            for cell, found in zip(cells, places_with_gid(h, cells), strict=True)
        ]

    @property
    def meta(self) -> dict[str, str | float]:
        """The file's metadata about thresholds."""
        if not self._thresholds:
            return {}
        low, high = min(self._thresholds), max(self._thresholds)
        found: dict[str, str | float] = {
            "threshold_mv": low if low == high else f"from {low:g} to {high:g}"
        }
        cells = len(self._detectors)
        if self._own:
            where = "" if self._own == cells else f" in {self._own:,} of {cells:,} cells"
            found["spike_detectors"] = f"the model's own{where}"
        return found

    def by_netcon(self) -> dict[str, Detector]:
        """Return all detectors by the names of their connections in NEURON."""
        return {one.name: one for one in self._detectors if one is not None}

    def take(self) -> list[NDArray[np.float64] | None]:
        """Spike times of each cell, None if not detectable; this ends the detection."""
        times = [None if one is None else one.times_ms() for one in self._detectors]
        # A detector's threshold also applies to anything connected there later.
        self._detectors = []
        return times

    def _at(self, cell: ModelCell, place: Any) -> Detector | None:
        """Listen to the model's own detector, or add one at the soma."""
        if place is None:
            places = _usual_places(cell)
            place = next((p for p in places if _in_use(_netcon(self._h, p))), None)
        if place is None:
            return self._beside(cell.soma, SPIKE_THRESHOLD_MV)
        netcon = _netcon(self._h, place)
        taken = netcon.get_recordvec() is not None
        if taken and not self._one_thread:
            # The callback would come from a thread other than Python's.
            return self._beside(cell.soma, netcon.threshold)
        self._own += 1
        self._thresholds.append(netcon.threshold)
        return Detector(self._h, netcon, by_call=taken)

    def _beside(self, soma: Any, threshold_mv: float) -> Detector | None:
        for x in (0.5, 1, 0):
            netcon = _netcon(self._h, soma(x))
            # If there are others, setting a threshold or recording would override theirs.
            if not _in_use(netcon):
                netcon.threshold = threshold_mv
                self._thresholds.append(threshold_mv)
                return Detector(self._h, netcon)
        return None


def places_with_gid(h: Any, cells: Sequence[ModelCell]) -> list[tuple[Any, int] | None]:
    """Find where each cell has its global identifier, if it has one."""

    def first(places: Iterator[Any]) -> tuple[Any, int] | None:
        # NEURON has no other way from a location to its identifier.
        found = ((place, int(_netcon(h, place).srcgid())) for place in places)
        return next((pair for pair in found if pair[1] >= 0), None)

    usual = [first(_usual_places(cell)) for cell in cells]
    if not any(usual) and "netpyne" not in sys.modules:
        return usual
    # In NetPyNE a cell can spike anywhere.
    return [
        first(_all_places(cell)) if found is None else found
        for cell, found in zip(cells, usual, strict=True)
    ]


def _in_use(netcon: Any) -> bool:
    """Whether a location is watched by other connections, which may already be gone."""
    return len(netcon.prelist()) > 1 or netcon.srcgid() >= 0 or netcon.get_recordvec() is not None


def _netcon(h: Any, place: Any) -> Any:
    return h.NetCon(place._ref_v, None, sec=place.sec)


class Detector:
    """Times at which one `NetCon` fires.

    Parameters
    ----------
    h : neuron's HocObject
    netcon : neuron NetCon
        Of ours; it has no target.
    by_call : bool
        Because the model has already put its own vector there.
    """

    def __init__(self, h: Any, netcon: Any, *, by_call: bool = False) -> None:
        self._netcon = netcon
        self.name = str(netcon)
        self._vector = None if by_call else h.Vector()
        self._times: list[float] = []
        if self._vector is not None:
            netcon.record(self._vector)
            return
        time, this = h._ref_t, weakref.ref(self)

        def fired() -> None:
            detector = this()
            if detector is not None:
                detector._times.append(time[0])

        netcon.record(fired)

    def times_ms(self) -> NDArray[np.float64]:
        """Return the times so far; by a call, none are added after this."""
        if self._vector is not None:
            return np.array(self._vector.as_numpy(), np.float64)
        # Unless its section has been deleted.
        if self._netcon.preseg() is not None:
            self._netcon.record("")
        return np.array(self._times, np.float64)


def _usual_places(cell: ModelCell) -> Iterator[Any]:
    axons = [part for part in cell.whole if section_type(part.name()) == "axon"]
    return (part(x) for part in (cell.soma, *axons) for x in (0.5, 1, 0))


def _all_places(cell: ModelCell) -> Iterator[Any]:
    return (place for section in cell.whole for place in section.allseg())
