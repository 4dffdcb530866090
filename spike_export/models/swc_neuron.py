# SPDX-License-Identifier: BSD-3-Clause
"""A cell from a morphology: channels, a current step or synapses, and a run."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np

from ..formats.swc import Sections
from ..neuron.broadcast import Broadcast
from ..neuron.model import d_lambda_counts, quiet_stderr, run_until
from ..neuron.parallel import rename_cells
from ..neuron.recorder import Recorder
from ..section_types import section_type
from ..simulation_file import Simulation

Biophysics = Literal["hh", "pas"]

RESTING_POTENTIAL_MV: Final = -65.0
AXIAL_RESISTANCE_OHM_CM: Final = 100.0
CAPACITANCE_UF_CM2: Final = 1.0
# A membrane resistance of 20 kOhm cm2, as measured in many pyramidal cells.
LEAK_S_CM2: Final = 5e-5
SYNAPTIC_WEIGHT_US: Final = 0.001
SYNAPTIC_TAU_MS: Final = 2.0
SYNAPTIC_REVERSAL_MV: Final = 0.0

_MOST_SEGMENTS: Final = 500_000
_MOST_SEGMENTS_IN_SECTION: Final = 32_767
_LARGEST_RECORDING: Final = 8 << 30
_PLACE: Final = re.compile(
    r"\s*([A-Za-z_]\w*)(?:\[(\d{1,9})\])?\s*(?:\(\s*([0-9.]{1,20})\s*\))?\s*"
)


class ModelError(ValueError):
    """A model that cannot be built or run as requested; the text says why."""


@dataclass(frozen=True, slots=True)
class CurrentStep:
    """A current that is switched on and off at one position, ``section(x)``."""

    place: str = "soma(0.5)"
    amplitude_nA: float = 1.0  # noqa: N815
    delay_ms: float = 5.0
    duration_ms: float = 2.0


@dataclass(frozen=True, slots=True)
class Synapses:
    """Excitatory synapses at random positions, each with its own Poisson input."""

    count: int
    rate_hz: float = 10.0
    seed: int = 0


class _Owner:
    """Gives the sections in NEURON their cell's name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __str__(self) -> str:
        return self._name


def parse_place(place: str, sections: Sections) -> tuple[int, float]:
    """Find the position given by a text.

    Parameters
    ----------
    place : str
        For example ``"soma(0.5)"`` or ``"apic[3](0.1)"``. Without an index, the first section of
        that name is used; without a position, its middle.

    Returns
    -------
    int
        Index of the section.
    float
        Position along it, 0..1.

    Raises
    ------
    ModelError
        If there is no such section, or the text is not a position.
    """
    match = _PLACE.fullmatch(place)
    if match is None:
        raise ModelError(
            f"{place!r} is not a valid position; write it like 'soma(0.5)' or 'apic[3](0.1)'."
        )
    kind, number, position = match.groups()
    try:
        x = 0.5 if position is None else float(position)
    except ValueError:
        x = -1.0
    if not 0 <= x <= 1:
        raise ModelError(f"{place!r} is not a valid position: {position} is not between 0 and 1.")
    name = f"{kind}[{int(number or 0)}]"
    if name not in sections.names:
        raise ModelError(f"There is no section {name}; the cell has {_kinds(sections)}.")
    return sections.names.index(name), x


def simulate(
    sections: Sections,
    name: str,
    biophysics: Biophysics = "hh",
    step: CurrentStep | None = None,
    synapses: Synapses | None = None,
    tstop_ms: float = 50.0,
    every_ms: float = 0.1,
    d_lambda: float = 0.1,
    progress: Callable[[float], None] = lambda time_ms: None,
    variables: Sequence[str] = ("v",),
    live: Broadcast | None = None,
) -> Simulation:
    """Simulate a cell from rest, in a NEURON without any other model.

    Parameters
    ----------
    name : str
        Name of the cell.
    biophysics : {"hh", "pas"}
        Hodgkin-Huxley channels in all sections, or only a leak.
    tstop_ms : float
        End of the simulation.
    every_ms : float
        Sampling interval.
    d_lambda : float
        No segment is longer than this fraction of the length constant at 100 Hz.
    progress : callable
        Called with the time reached, in ms.
    variables : sequence of str
        What is recorded; see `Recorder`.
    live : Broadcast, optional
        Where it can be watched.

    Raises
    ------
    ModelError
        If the position of the step does not exist, or the run would be too large.
    ModuleNotFoundError
        If NEURON is not installed.
    """
    where = None if step is None else parse_place(step.place, sections)
    with quiet_stderr():
        from neuron import h

        h.load_file("stdrun.hoc")
    # NEURON accepts only ASCII.
    owner = _Owner("cell")
    cell = build(sections, owner)
    for section in cell:
        section.Ra, section.cm = AXIAL_RESISTANCE_OHM_CM, CAPACITANCE_UF_CM2
        section.insert(biophysics)
        if biophysics == "pas":
            section.g_pas, section.e_pas = LEAK_S_CM2, RESTING_POTENTIAL_MV
    segments = discretize(cell, d_lambda)
    needed = segments * (tstop_ms / every_ms + 2) * 4 * len(variables)
    if needed > _LARGEST_RECORDING:
        raise ModelError(
            f"The recording of {segments:,} segments would take {needed / 1e9:,.0f} GB; choose a "
            "longer time between frames or a shorter simulation."
        )
    meta: dict[str, str | int | float | bool | None] = {}
    inputs: list[Any] = []
    if step is not None and where is not None:
        index, x = where
        inputs.append(_clamp(h, cell[index](x), step))
        meta |= {"current_step_nA": step.amplitude_nA, "current_step_at": step.place}
    if synapses is not None:
        inputs.extend(_synapses(h, cell, synapses))
        meta |= {
            "synapses": synapses.count,
            "synapse_rate_Hz": synapses.rate_hz,
            "seed": synapses.seed,
        }
    try:
        with Recorder(
            cell,
            every_ms=every_ms,
            variable=variables,
            synapses=synapses is not None,
            live=live,
        ) as recorder:
            h.finitialize(RESTING_POTENTIAL_MV)
            run_until(tstop_ms, progress)
            recorder.close()
            simulation = recorder.simulation(
                source=name,
                channels=biophysics,
                d_lambda=d_lambda,
                temperature_C=h.celsius,
                dt_ms=h.dt,
                **meta,
            )
            if simulation.synapses is not None and synapses is not None:
                # Where they were put; NEURON computes each in the middle of its segment.
                xs = np.array([x for _, x in _places(h, cell, synapses)], np.float32)
                exact = replace(simulation.synapses, positions=xs)
                simulation = replace(simulation, synapses=exact)
            return rename_cells(simulation, {"cell": name})
    finally:
        # NEURON is left without a model; point processes are deleted before their sections.
        inputs.clear()
        for section in cell:
            h.delete_section(sec=section)


def build(sections: Sections, owner: object) -> list[Any]:
    """Create sections in NEURON's memory, with their shapes and connections.

    Parameters
    ----------
    owner : object
        The cell; its text is the prefix of the section names.

    Returns
    -------
    list of neuron Section
        They exist as long as the list does.
    """
    from neuron import h

    cell = [h.Section(name=name, cell=owner) for name in sections.names]
    for section, points in zip(cell, sections.points_of, strict=True):
        for point in points.tolist():
            section.pt3dadd(*point)
    for section, parent, x in zip(
        cell, sections.parents.tolist(), sections.parent_x.tolist(), strict=True
    ):
        if parent >= 0:
            section.connect(cell[parent](x), 0)
    return cell


def discretize(cell: list[Any], d_lambda: float) -> int:
    """Divide sections into odd numbers of segments by the d_lambda rule.

    Hines and Carnevale (2001), "NEURON: a tool for neuroscientists".

    Parameters
    ----------
    d_lambda : float
        The longest segment, as a fraction of the length constant at 100 Hz.

    Returns
    -------
    int
        The number of segments.

    Raises
    ------
    ModelError
        If there would be too many for NEURON or the memory.
    """
    counts = d_lambda_counts(cell, d_lambda)
    if sum(counts) > _MOST_SEGMENTS or max(counts) > _MOST_SEGMENTS_IN_SECTION:
        raise ModelError(
            f"With d_lambda {d_lambda:g} the cell would have {sum(counts):,} segments, up to "
            f"{max(counts):,} in a section; the limits are {_MOST_SEGMENTS:,} and "
            f"{_MOST_SEGMENTS_IN_SECTION:,}."
        )
    for section, count in zip(cell, counts, strict=True):
        section.nseg = count
    return sum(counts)


def _clamp(h: Any, segment: Any, step: CurrentStep) -> Any:
    clamp = h.IClamp(segment)
    clamp.delay, clamp.dur, clamp.amp = step.delay_ms, step.duration_ms, step.amplitude_nA
    return clamp


def _synapses(h: Any, cell: list[Any], synapses: Synapses) -> list[Any]:
    """Synapses, their inputs and connections; they are active as long as they exist."""
    made: list[Any] = []
    for number, (section, x) in enumerate(_places(h, cell, synapses), 1):
        synapse = h.ExpSyn(section(x))
        synapse.tau, synapse.e = SYNAPTIC_TAU_MS, SYNAPTIC_REVERSAL_MV
        source = h.NetStim()
        source.start, source.number, source.noise = 0.0, 1e9, 1.0
        source.interval = 1000.0 / synapses.rate_hz
        source.noiseFromRandom123(synapses.seed, number, 1)
        connection = h.NetCon(source, synapse)
        connection.weight[0], connection.delay = SYNAPTIC_WEIGHT_US, 0.0
        made += [synapse, source, connection]
    return made


def _places(h: Any, cell: list[Any], synapses: Synapses) -> list[tuple[Any, float]]:
    """Sections and positions of synapses, evenly spread over the length of the dendrites."""
    dendrites = [s for s in cell if section_type(s.name()) not in ("soma", "axon")] or cell
    ends = np.cumsum([section.L for section in dendrites])
    # Random123 streams are the same on every machine; one for the positions, and one per input.
    places = h.Random()
    places.Random123(synapses.seed, 0, 0)
    places.uniform(0, ends[-1])
    found = []
    for _ in range(synapses.count):
        place = places.repick()
        index = min(int(np.searchsorted(ends, place)), len(dendrites) - 1)
        section = dendrites[index]
        found.append((section, min(max((ends[index] - place) / section.L, 0.0), 1.0)))
    return found


def _kinds(sections: Sections) -> str:
    counts: dict[str, int] = {}
    for name in sections.names:
        kind = name.split("[")[0]
        counts[kind] = counts.get(kind, 0) + 1
    return ", ".join(
        f"{kind}[0]" + (f" to {kind}[{count - 1}]" if count > 1 else "")
        for kind, count in counts.items()
    )
