# SPDX-License-Identifier: BSD-3-Clause
"""Synapses of a NEURON model, and when events arrive at them, without affecting the run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..simulation_file import Synapses
from .model import ModelCell
from .spike_detectors import Detector, SpikeDetectors

SYNAPSE_NOTE: Final = "synapses_unknown"
"""Key in `Simulation.meta` of what is not known about synapses."""

# The only ones that ship with NEURON; in others, a weight can mean anything.
_IN_MICROSIEMENS: Final = frozenset({"ExpSyn", "Exp2Syn"})
# Times closer than this are equal: they come from sums of steps.
_SAME_TIME_MS: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Unknown:
    """What is not known about a model's synapses: numbers of connections, each a NetCon."""

    outside: int = 0
    to_artificial: int = 0
    from_elsewhere: int = 0
    without_source: int = 0
    also_sent: int = 0
    unheard: int = 0
    made: int = 0
    deleted: int = 0
    reweighted: int = 0
    delayed: int = 0
    switched: int = 0

    def __add__(self, other: Unknown) -> Unknown:
        """Sum the numbers of two processes."""
        return Unknown(*map(sum, zip(astuple(self), astuple(other), strict=True)))

    @property
    def text(self) -> str:
        """Sentences about it; empty if there is nothing to say."""
        said = [
            sentence.format(count, "s" * (count != 1))
            for count, sentence in zip(astuple(self), _SENTENCES, strict=True)
            if count
        ]
        return " ".join(said)


# In the order of the fields above.
_SENTENCES: Final = (
    "Left out: {:,} connection{} onto sections that are not recorded.",
    "Left out: {:,} connection{} onto artificial cells, which have no place.",
    "Without a source in the file: {:,} synapse{}, from cells that are not in it.",
    "Without a source: {:,} synapse{}; of the events that the model sends itself (NetCon.event), "
    "only those are known that were on their way when a frame was taken.",
    "With events that the model sends itself (NetCon.event): {:,} synapse{}; those that it sends "
    "during the run are not known.",
    "With unknown events: {:,} synapse{}; the model records their sources in a way that cannot be "
    "shared in several threads, or once a run has begun.",
    "Left out: {:,} connection{} made during the run.",
    "Deleted during the run: the connections of {:,} synapse{}; their events are those that would "
    "have arrived.",
    "With weights that changed during the run: {:,} synapse{}; those at its beginning are kept.",
    "With delays that changed during the run: {:,} synapse{}; those at its beginning are used.",
    "Switched on or off during the run: {:,} synapse{}; their events are as if they were on.",
)


@dataclass(slots=True)
class _Row:
    """One synapse, without any reference to the model: NetCons live as long as these do."""

    name: str
    cell: int
    section: int
    position: float
    kind: str
    weight: float
    delay_ms: float
    active: bool
    source: int
    gid: int
    heard: _Heard | None


@dataclass(slots=True)
class _Heard:
    """One source's events: in a vector of ours, or by the detector of a cell's spikes."""

    name: str
    vector: Any = None
    detector: Detector | None = None
    replaced: bool = False
    times_ms: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))


class SynapseRecording:
    """The synapses of one run.

    An event's arrival is its source's event and the connection's delay, as NEURON itself computes
    it. Events of sources are recorded by NEURON where a spike is sent, so that nothing is put into
    its queue, which would end a step of CVode.

    Parameters
    ----------
    h : neuron's HocObject
    cells : list of ModelCell
        Those that are recorded.
    detectors : SpikeDetectors
        Of the same cells.

    Attributes
    ----------
    unknown : Unknown
        After `finish`.
    source_gids : ndarray of int64, shape (N,)
        After `finish`: the global identifiers of sources in other processes, -1 for all others.
    """

    def __init__(self, h: Any, cells: Sequence[ModelCell], detectors: SpikeDetectors) -> None:
        self._h = h
        self._one_thread = h.ParallelContext().nthread() < 2
        self._section_of = {
            section: (cell, number)
            for number, (cell, section) in enumerate(
                (cell, section) for cell, one in enumerate(cells) for section in one.sections
            )
        }
        self._cell_of = {section: cell for cell, one in enumerate(cells) for section in one.whole}
        self._detectors = detectors.by_netcon()
        self._every: Any = h.List("NetCon")
        self._heard: dict[str, _Heard | None] = {}
        self._rows: list[_Row] = []
        self._outside = self._to_artificial = self._from_elsewhere = 0
        self._sent: set[tuple[str, float]] = set()
        self._count = 0
        self._changed = False
        self._looked = self._without_source = False
        self.unknown = Unknown()
        self.source_gids = np.zeros(0, np.int64)
        # Sources may fire when their initial values are set, so before `begin`.
        for netcon in self._netcons():
            if self._place_of(netcon) is not None:
                self._listen(netcon)

    def begin(self) -> None:
        """Note all synapses, once the initial values are set."""
        for netcon in self._netcons():
            place = self._place_of(netcon)
            if place is not None:
                self._rows.append(self._row(netcon, *place))
            elif netcon.syn() is None:
                continue
            elif _segment_of(netcon.syn()) is None:
                self._to_artificial += 1
            else:
                self._outside += 1
        self._count = int(self._every.count())
        self._without_source = any(row.source == _NO_SOURCE for row in self._rows)
        self._from_queue()

    def look(self, _time_ms: float) -> None:
        """Look for what changes, whenever a frame or a step is sampled."""
        if self._every is None:
            return
        if int(self._every.count()) != self._count:
            self._changed = True
        if not self._looked or self._without_source:
            self._looked = True
            self._from_queue()

    def finish(self, begin_ms: float, end_ms: float) -> Synapses:
        """Return all synapses with the events that arrived within a run, which has ended."""
        now = {str(netcon): netcon for netcon in self._netcons()}
        self._take(now)
        made = deleted = reweighted = delayed = switched = 0
        known = {row.name for row in self._rows}
        gone = [row for row in self._rows if row.name not in now]
        new = [one for name, one in now.items() if name not in known and self._place_of(one)]
        if self._changed or (gone and new):
            made, deleted = len(new), len(gone)
        arrivals: list[NDArray[np.float64]] = []
        extra = self._extra()
        for row in self._rows:
            netcon = now.get(row.name)
            active = row.active
            if netcon is not None:
                weight = _weight(netcon)
                reweighted += weight != row.weight and not np.isnan(weight)
                delayed += netcon.delay != row.delay_ms
                switched += bool(netcon.active()) != row.active
                active |= bool(netcon.active())
            times_ms = np.zeros(0)
            if row.heard is not None and active:
                times_ms = row.heard.times_ms + row.delay_ms
            own = np.array(extra.get(row.name, ()), np.float64)
            times_ms = np.sort(np.concatenate([times_ms, own]))
            inside = (times_ms >= begin_ms) & (times_ms <= end_ms + _SAME_TIME_MS)
            arrivals.append(times_ms[inside])
        without = [row for row in self._rows if row.heard is None]
        self.unknown = Unknown(
            outside=self._outside,
            to_artificial=self._to_artificial,
            from_elsewhere=self._from_elsewhere,
            without_source=sum(row.source == _NO_SOURCE for row in without),
            also_sent=sum(row.heard is not None and row.name in extra for row in self._rows),
            unheard=sum(row.source != _NO_SOURCE for row in without)
            + sum(row.heard is not None and row.heard.replaced for row in self._rows),
            made=made,
            deleted=deleted,
            reweighted=reweighted,
            delayed=delayed,
            switched=switched,
        )
        self.source_gids = np.array([row.gid for row in self._rows], np.int64)
        found = self._synapses(arrivals)
        self.let_go()
        return found

    def let_go(self) -> None:
        """Release all sections, and stop listening."""
        self._section_of.clear()
        self._cell_of.clear()
        self._detectors.clear()
        self._heard.clear()
        self._rows = []
        self._every = None

    def _netcons(self) -> Iterator[Any]:
        """All connections, one by one: a model may rely on them being deleted."""
        for index in range(int(self._every.count())):
            yield self._every.o(index)

    def _place_of(self, netcon: Any) -> tuple[int, int, Any] | None:
        """Return the recorded cell and section of a connection's target, and its segment."""
        target = netcon.syn()
        segment = None if target is None else _segment_of(target)
        found = None if segment is None else self._section_of.get(segment.sec)
        return None if found is None else (*found, segment)

    def _row(self, netcon: Any, cell: int, section: int, segment: Any) -> _Row:
        x = float(segment.x)
        source, gid = self._source_of(netcon)
        return _Row(
            name=str(netcon),
            cell=cell,
            section=section,
            position=1 - x if segment.sec.orientation() else x,
            kind=str(netcon.syn().hname()).partition("[")[0],
            weight=_weight(netcon),
            delay_ms=float(netcon.delay),
            active=bool(netcon.active()),
            source=source,
            gid=gid,
            heard=self._listen(netcon),
        )

    def _source_of(self, netcon: Any) -> tuple[int, int]:
        """Return the index of the presynaptic cell, and its identifier if it is elsewhere."""
        segment = netcon.preseg()
        if segment is None:
            source = netcon.pre()
            if source is None:
                gid = int(netcon.srcgid())
                return (_NO_SOURCE, -1) if gid < 0 else (-1, gid)
            segment = _segment_of(source)
            if segment is None:
                return -1, -1
        cell = self._cell_of.get(segment.sec, -1)
        self._from_elsewhere += cell < 0
        return cell, -1

    def _listen(self, netcon: Any) -> _Heard | None:
        """Record the events of a connection's source, once for all its connections."""
        name = str(netcon)
        if name in self._heard:
            return self._heard[name]
        if netcon.preseg() is None and netcon.pre() is None and netcon.srcgid() < 0:
            self._heard[name] = None
            return None
        together = [str(one) for one in netcon.prelist()]
        known = next((found for one in together if (found := self._heard.get(one))), None)
        heard = known or self._new(netcon, together)
        for one in together:
            self._heard[one] = heard
        return heard

    def _new(self, netcon: Any, together: list[str]) -> _Heard | None:
        for name in together:
            if name in self._detectors:
                return _Heard(str(netcon), detector=self._detectors[name])
        if netcon.get_recordvec() is None:
            vector = self._h.Vector()
            netcon.record(vector)
            return _Heard(str(netcon), vector)
        if not self._one_thread:
            # The callback would come from a thread other than Python's.
            return None
        segment, source = netcon.preseg(), netcon.pre()
        if segment is not None:
            own = self._h.NetCon(segment._ref_v, None, sec=segment.sec)
        elif source is not None:
            own = self._h.NetCon(source, None)
        else:
            return None
        if str(own) not in {str(one) for one in netcon.prelist()}:
            # It looks at something other than the voltage.
            return None
        return _Heard(str(netcon), detector=Detector(self._h, own, by_call=True))

    def _from_queue(self) -> None:
        """Note the events on their way: those that the model sends itself are not recorded."""
        times, netcons = self._h.Vector(), self._h.List()
        self._h.CVode().event_queue_info(2, times, netcons)
        self._sent.update(
            (str(netcon), time_ms) for netcon, time_ms in zip(netcons, times, strict=True)
        )

    def _take(self, now: dict[str, Any]) -> None:
        for heard in {id(one): one for one in self._heard.values() if one is not None}.values():
            if heard.detector is not None:
                heard.times_ms = heard.detector.times_ms()
                continue
            netcon = now.get(heard.name)
            # Whoever records the same source later takes its place.
            heard.replaced = netcon is not None and netcon.get_recordvec() != heard.vector
            heard.times_ms = np.array(heard.vector.as_numpy(), np.float64)

    def _extra(self) -> dict[str, list[float]]:
        """List the events on their way that no source has sent."""
        extra: dict[str, list[float]] = {}
        rows = {row.name: row for row in self._rows}
        for name, time_ms in sorted(self._sent):
            row = rows.get(name)
            if row is None:
                continue
            sent_ms = np.zeros(0) if row.heard is None else row.heard.times_ms + row.delay_ms
            if not (np.abs(sent_ms - time_ms) < _SAME_TIME_MS).any():
                extra.setdefault(name, []).append(time_ms)
        return extra

    def _synapses(self, arrivals: list[NDArray[np.float64]]) -> Synapses:
        rows = self._rows
        names = tuple(dict.fromkeys(row.kind for row in rows))
        number_of = {name: number for number, name in enumerate(names)}
        return Synapses(
            cells=np.array([row.cell for row in rows], np.int32),
            sections=np.array([row.section for row in rows], np.int32),
            positions=np.array([row.position for row in rows], np.float32),
            kinds=np.array([number_of[row.kind] for row in rows], np.int32),
            kind_names=names,
            event_counts=np.array([len(times) for times in arrivals], np.int32),
            event_times_ms=np.concatenate([np.zeros(0), *arrivals]),
            weights=np.array([row.weight for row in rows], np.float32),
            weight_unit="µS" if names and _IN_MICROSIEMENS.issuperset(names) else "",
            sources=np.array([max(row.source, -1) for row in rows], np.int32),
            delays_ms=np.array([row.delay_ms for row in rows], np.float32),
        )


_NO_SOURCE: Final = -2


def _segment_of(point_process: Any) -> Any:
    """Return where it is; None for an artificial cell, which is nowhere."""
    find = getattr(point_process, "get_segment", None)
    return None if find is None else find()


def _weight(netcon: Any) -> float:
    return float(netcon.weight[0]) if netcon.wcnt() else float("nan")
