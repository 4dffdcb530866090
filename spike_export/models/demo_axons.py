# SPDX-License-Identifier: BSD-3-Clause
"""The demo with axons: three neurons whose axons make synapses on a pyramidal cell.

The pyramidal cell ships with NEURON. The others are made up, and grow by a rule: an axon reaches
its synapses with little wire and short ways, as in Cuntz et al., PLoS Comput Biol 6 (2010),
e1000877. The model is for looking at: its numbers are plausible, but fitted to no recording.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..neuron.model import d_lambda_counts, run_until
from ..neuron.recorder import Recorder
from ..section_types import section_type
from ..simulation_file import Simulation
from .demo_inputs import EXCITATORY, INHIBITORY, Kind, calm_dendrites, with_kinds
from .demo_neuron import RESTING_POTENTIAL_MV, build

SPEED_UM_PER_MS: Final = 240.0
"""Of spikes along these axons: about what their channels and diameters give."""
SYNAPTIC_DELAY_MS: Final = 0.3

_SEED: Final = 12
_AXON_UM, _DENDRITE_UM, _SOMA_UM = 0.8, 1.4, 14.0
# An axon passes its synapses at this distance.
_GAP_UM: Final = 6.0
# How much a short way counts, beside little wire.
_BALANCE: Final = 0.35
_POINT_EVERY_UM: Final = 14.0
_SEGMENT_UM: Final = 60.0
# No point of the pyramidal cell is dropped that is farther from the line through the others:
# everybody who installs BlenderSpike downloads the file.
_STRAIGHT_UM: Final = 1.0
_D_LAMBDA: Final = 0.25

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Source:
    """A neuron with an axon.

    Attributes
    ----------
    name : str
    kind : Kind
        Of its synapses.
    place_um : tuple of float
        Of its soma; that of the pyramidal cell is around the origin, and its apical dendrite goes
        up along y.
    synapses : int
    near_um, far_um : float
        Path length from the pyramidal cell's soma to its synapses.
    weight_us : float
    fires_ms : tuple of float
        When a short current step begins.
    """

    name: str
    kind: Kind
    place_um: tuple[float, float, float]
    synapses: int
    near_um: float
    far_um: float
    weight_us: float
    fires_ms: tuple[float, ...]


SOURCES: Final = (
    Source("left", EXCITATORY, (-330.0, 120.0, 60.0), 34, 40, 420, 0.00045, (0.5, 11.2)),
    Source("right", EXCITATORY, (330.0, 620.0, -40.0), 34, 250, 960, 0.0006, (2.2, 13.0)),
    Source("basket", INHIBITORY, (250.0, -170.0, 50.0), 24, 0, 130, 0.002, (9.0,)),
)


def simulate(
    tstop_ms: float = 20.0,
    every_ms: float = 0.25,
    progress: Callable[[float], None] = lambda time_ms: None,
    variables: Sequence[str] = ("v",),
) -> Simulation:
    """Simulate the cells from rest, in a NEURON without any other model.

    Parameters
    ----------
    tstop_ms, every_ms, progress, variables
        As for `demo_neuron.simulate`.

    Returns
    -------
    Simulation
        Synapses lie where they were put; NEURON computes each in the middle of its segment.

    Raises
    ------
    ModuleNotFoundError
        If NEURON is not installed.
    """
    step = build()
    from neuron import h

    step.amp = 0.0
    pyramid = list(h.allsec())
    for section, count in zip(pyramid, d_lambda_counts(pyramid, _D_LAMBDA), strict=True):
        section.nseg = count
    calm_dendrites(pyramid)
    random = np.random.default_rng(_SEED)
    made = [_Cell(h, source, pyramid, random) for source in SOURCES]
    with Recorder(every_ms=every_ms, variable=variables, synapses=True) as recorder:
        h.finitialize(RESTING_POTENTIAL_MV)
        run_until(tstop_ms, progress)
        recorder.close()
        simulation = recorder.simulation(
            source="demo/pyramid.nrn, as shipped with NEURON, and three cells with axons",
            channels="hh",
            temperature_C=h.celsius,
            dt_ms=h.dt,
        )
    kinds = [kind for cell in made for kind in cell.kinds]
    positions = np.concatenate([cell.positions for cell in made])
    return _thinned(with_kinds(simulation, kinds, positions))


class _Cell:
    """A neuron in NEURON's memory, which exists as long as this does."""

    def __init__(
        self, h: Any, source: Source, pyramid: Sequence[Any], random: np.random.Generator
    ) -> None:
        self.name = source.name
        self.kinds = [source.kind] * source.synapses
        self._h = h
        self._kept: list[Any] = []
        place = np.array(source.place_um)
        self.soma = self._section(
            "soma", np.array([place - [7, 0, 0], place + [7, 0, 0]]), _SOMA_UM
        )
        targets, self.positions, where = _targets(h, source, pyramid, random)
        self._grow_dendrites(place, targets.mean(axis=0) - place, random)
        ways_um = self._grow_axon(place, targets, random)
        for section in self._kept:
            section.insert("hh")
            section.Ra, section.cm = 100.0, 1.0
            section.nseg = 1 + 2 * int(section.L / (2 * _SEGMENT_UM))
        for fires_ms in source.fires_ms:
            step = h.IClamp(self.soma(0.5))
            step.delay, step.dur, step.amp = fires_ms, 0.6, 2.0
            self._kept.append(step)
        for (section, x), way_um in zip(where, ways_um, strict=True):
            synapse = source.kind.synapse(h, section(x))
            connection = h.NetCon(self.soma(0.5)._ref_v, synapse, sec=self.soma)
            connection.threshold = 0.0
            connection.delay = way_um / SPEED_UM_PER_MS + SYNAPTIC_DELAY_MS
            connection.weight[0] = source.weight_us * random.uniform(0.6, 1.4)
            self._kept += [synapse, connection]

    def __repr__(self) -> str:
        return self.name

    def _section(self, name: str, points: Floats, diameter: float) -> Any:
        section = self._h.Section(name=name, cell=self)
        for x, y, z in points.tolist():
            self._h.pt3dadd(x, y, z, diameter, sec=section)
        self._kept.append(section)
        return section

    def _grow_dendrites(self, place: Floats, ahead: Floats, random: np.random.Generator) -> None:
        """Grow a few short ones, away from where the axon goes."""
        back = -ahead / np.linalg.norm(ahead)
        number = 0
        for _ in range(4):
            heading = _unit(back + 1.1 * random.normal(0, 1, 3))
            fork = place + heading * random.uniform(25, 45)
            trunk = self._section(
                f"dend[{number}]", _bent(place + heading * 6, fork, random), _DENDRITE_UM * 1.4
            )
            trunk.connect(self.soma(0.5))
            number += 1
            for _ in range(2):
                end = fork + _unit(heading + 0.6 * random.normal(0, 1, 3)) * random.uniform(30, 70)
                twig = self._section(f"dend[{number}]", _bent(fork, end, random), _DENDRITE_UM)
                twig.connect(trunk(1))
                number += 1

    def _grow_axon(
        self, place: Floats, targets: Floats, random: np.random.Generator
    ) -> list[float]:
        """Grow a section to each target from that before it; return the ways from the soma."""
        sections: dict[int, Any] = {}
        ways: dict[int, float] = {-1: 0.0}
        for target, before in _wired(place, targets):
            begin = place if before < 0 else targets[before]
            points = _bent(begin, targets[target], random)
            section = self._section(f"axon[{len(sections)}]", points, _AXON_UM)
            section.connect(self.soma(0.5) if before < 0 else sections[before](1))
            sections[target] = section
            ways[target] = section.L + ways[before]
        return [ways[target] for target in range(len(targets))]


def _targets(
    h: Any, source: Source, pyramid: Sequence[Any], random: np.random.Generator
) -> tuple[Floats, Floats, list[tuple[Any, float]]]:
    """Choose places beside dendrites; also return the synapses' positions and NEURON's places."""
    h.distance(0, h.soma(0.5))
    dendrites = [s for s in pyramid if section_type(s.name()) != "soma"]
    spans = [np.sort([h.distance(s(0)), h.distance(s(1))]) for s in dendrites]
    fits = [
        (section, *np.clip([source.near_um, source.far_um], *span))
        for section, span in zip(dendrites, spans, strict=True)
    ]
    lengths = np.array([high - low for _, low, high in fits])
    places, positions, where = [], [], []
    for section in random.choice(len(fits), source.synapses, p=lengths / lengths.sum()):
        chosen, low, high = fits[section]
        begin = h.distance(chosen(0))
        x = abs(random.uniform(low, high) - begin) / chosen.L
        x = float(np.clip(x, 0.01, 0.99))
        arc = np.array([chosen.arc3d(i) for i in range(chosen.n3d())])
        row = [[f(i) for i in range(chosen.n3d())] for f in (chosen.x3d, chosen.y3d, chosen.z3d)]
        position = 1 - x if chosen.orientation() else x
        place = np.array([np.interp(position * arc[-1], arc, column) for column in row])
        places.append(place + _unit(random.normal(0, 1, 3)) * _GAP_UM)
        positions.append(position)
        where.append((chosen, x))
    return np.array(places), np.array(positions), where


def _wired(soma: Floats, targets: Floats) -> list[tuple[int, int]]:
    """Connect targets to a soma, one by one, with little wire and short ways.

    Returns
    -------
    list of tuple of int
        Each target, and the one before that it is connected to; -1 for the soma.
    """
    places = np.concatenate([targets, [soma]])
    ways = np.full(len(places), np.inf)
    ways[-1] = 0.0
    left = np.isinf(ways)
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    order: list[tuple[int, int]] = []
    while left.any():
        costs = apart + _BALANCE * (ways[:, None] + apart)
        # Only one branch leaves the soma: the axon.
        costs[~np.isfinite(ways)] = np.inf
        costs[-1] = apart[-1] if not order else np.inf
        costs[:, ~left] = np.inf
        begin, end = divmod(int(np.argmin(costs)), len(places))
        ways[end] = ways[begin] + apart[begin, end]
        left[end] = False
        order.append((end, -1 if begin == len(targets) else begin))
    return order


def _thinned(simulation: Simulation) -> Simulation:
    """Drop points that lie on the line through others, all but."""
    kept = np.ones(len(simulation.points_um), bool)
    for first, count in zip(simulation.first_points, simulation.point_counts, strict=True):
        waiting = [(int(first), int(first + count - 1))]
        while waiting:
            begin, end = waiting.pop()
            if end - begin < 2:
                continue
            rows = simulation.points_um[begin : end + 1].astype(np.float64)
            along = rows[-1] - rows[0]
            way = np.clip((rows - rows[0]) @ along / max(along @ along, 1e-12), 0, 1)
            off = np.linalg.norm(rows - rows[0] - way[:, None] * along, axis=1)
            middle = int(np.argmax(off))
            if off[middle] > _STRAIGHT_UM:
                waiting += [(begin, begin + middle), (begin + middle, end)]
            else:
                kept[begin + 1 : end] = False
    counts = np.add.reduceat(kept, simulation.first_points)
    return replace(
        simulation,
        points_um=simulation.points_um[kept],
        point_counts=counts.astype(np.int32),
    )


def _bent(begin: Floats, end: Floats, random: np.random.Generator) -> Floats:
    """Draw a line that bends a little."""
    along = end - begin
    length = float(np.linalg.norm(along))
    count = max(int(length / _POINT_EVERY_UM), 2)
    t = np.linspace(0, 1, count + 1)[:, None]
    across = [_unit(np.cross(along, random.normal(0, 1, 3))) for _ in range(3)]
    bend = sum(
        side * np.sin(np.pi * turns * t) * length * size * random.uniform(0.4, 1)
        for side, turns, size in zip(across, (1, 2, 5), (0.08, 0.035, 0.012), strict=True)
    )
    points: Floats = begin + t * along + bend
    return points


def _unit(vector: Floats) -> Floats:
    length = np.linalg.norm(vector)
    unit: Floats = vector / length if length > 0 else vector
    return unit
