# SPDX-License-Identifier: BSD-3-Clause
"""The demo with synapses: volleys of input on a pyramidal cell, the last of which makes it fire.

The model is for looking at: its numbers are plausible, but fitted to no recording.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..neuron.model import run_until
from ..neuron.recorder import Recorder
from ..section_types import section_type
from ..simulation_file import Simulation
from .demo_inputs import EXCITATORY, INHIBITORY, Kind, calm_dendrites, with_kinds
from .demo_neuron import RESTING_POTENTIAL_MV, build

DELAY_MS: Final = 0.5

_SEED: Final = 7
# Streams of random numbers: the first for places, the others for times.
_PLACES, _TIMES = 0, 1


@dataclass(frozen=True, slots=True)
class Volley:
    """Synapses that get their inputs at nearly the same time.

    Attributes
    ----------
    kind : Kind
    count : int
    near_um, far_um : float
        Path length from the soma.
    at_ms, within_ms : float
        When the first input comes, and the last.
    inputs : int
        For each of them.
    apart_ms : float
        The mean interval between its inputs.
    """

    kind: Kind
    count: int
    near_um: float
    far_um: float
    at_ms: float
    within_ms: float
    inputs: int = 1
    apart_ms: float = 1.0


VOLLEYS: Final = (
    # Here and there, most of the time.
    Volley(EXCITATORY, 50, 30, 900, 0.0, 14.0, 2, 6.0),
    Volley(INHIBITORY, 40, 0, 300, 1.0, 12.0, 2, 5.0),
    # On the tuft, and then on the basal dendrites: not enough for a spike.
    Volley(EXCITATORY, 30, 350, 960, 3.0, 1.5),
    Volley(EXCITATORY, 30, 30, 150, 7.0, 1.5),
    # All together.
    Volley(EXCITATORY, 150, 30, 500, 11.0, 1.6, 2, 1.2),
    # And calm again.
    Volley(INHIBITORY, 40, 0, 200, 15.0, 2.0, 2, 1.5),
)


def simulate(
    tstop_ms: float = 20.0,
    every_ms: float = 0.125,
    progress: Callable[[float], None] = lambda time_ms: None,
    variables: Sequence[str] = ("v",),
) -> Simulation:
    """Simulate the cell from rest, in a NEURON without any other model.

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
    calm_dendrites(h.allsec())
    made, kinds, positions = _connect(h)
    with Recorder(every_ms=every_ms, variable=variables, synapses=True) as recorder:
        h.finitialize(RESTING_POTENTIAL_MV)
        run_until(tstop_ms, progress)
        recorder.close()
        simulation = recorder.simulation(
            source="demo/pyramid.nrn, as shipped with NEURON, with synapses",
            channels="hh",
            temperature_C=h.celsius,
            dt_ms=h.dt,
        )
    # They are active as long as they exist.
    del made
    return with_kinds(simulation, kinds, positions)


def _connect(h: Any) -> tuple[list[Any], list[Kind], NDArray[np.float64]]:
    """Put synapses on the dendrites, each with its own input; also return kinds and positions."""
    h.distance(0, h.soma(0.5))
    dendrites = [s for s in h.allsec() if section_type(s.name()) != "soma"]
    made: list[Any] = []
    kinds: list[Kind] = []
    positions: list[float] = []
    # Random123 streams are the same on every machine.
    places, times = h.Random(), h.Random()
    places.Random123(_SEED, _PLACES, 0)
    times.Random123(_SEED, _TIMES, 0)
    for volley in VOLLEYS:
        ranges = [_range(h, section, volley) for section in dendrites]
        ends = np.cumsum(
            [(high - low) * s.L for (low, high), s in zip(ranges, dendrites, strict=True)]
        )
        for _ in range(volley.count):
            along = places.uniform(0, ends[-1])
            index = min(int(np.searchsorted(ends, along)), len(dendrites) - 1)
            section, (low, high) = dendrites[index], ranges[index]
            x = min(max(high - (ends[index] - along) / section.L, low), high)
            synapse = volley.kind.synapse(h, section(x))
            source = h.NetStim()
            source.start = volley.at_ms + times.uniform(0, volley.within_ms)
            source.number = volley.inputs
            source.interval = volley.apart_ms * times.uniform(0.6, 1.4)
            connection = h.NetCon(source, synapse)
            connection.weight[0] = volley.kind.weight_us * times.uniform(0.5, 1.5)
            connection.delay = DELAY_MS
            made += [synapse, source, connection]
            kinds.append(volley.kind)
            positions.append(1 - x if section.orientation() else x)
    return made, kinds, np.array(positions)


def _range(h: Any, section: Any, volley: Volley) -> tuple[float, float]:
    """Return the part of a section, 0..1, that lies in a volley's range."""
    near, far = h.distance(section(0)), h.distance(section(1))
    if near > far or far == near:
        return 0.0, 0.0
    low, high = np.clip((np.array([volley.near_um, volley.far_um]) - near) / (far - near), 0, 1)
    return float(low), float(high)
