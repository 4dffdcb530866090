# SPDX-License-Identifier: GPL-3.0-or-later
"""Small simulations for tests, and values as an independent reader of the format sees them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spike_export import SECTION_TYPES, Cell, Simulation
from spike_export.simulation_file.simulation import Quantity


def simulation(
    sections: list[dict[str, Any]], frames: int = 5, *, time_ms: Any = None, seed: int = 0
) -> Simulation:
    """Make a simulation of one cell; a section needs ``points`` and may have the rest.

    The values are random, between -80 and 40 mV.
    """
    nseg = np.array([s.get("nseg", 1) for s in sections], np.int32)
    points = [np.array(s["points"], np.float32).reshape(-1, 4) for s in sections]
    values = np.random.default_rng(seed).uniform(-80, 40, (frames, nseg.sum()))
    return Simulation(
        cells=(Cell("cell", None, np.array([1.0])),),
        section_names=tuple(s.get("name", f"dend[{i}]") for i, s in enumerate(sections)),
        section_types=np.array(
            [SECTION_TYPES.index(s.get("type", "dend")) for s in sections], np.uint8
        ),
        section_cells=np.zeros(len(sections), np.int32),
        parents=np.array([s.get("parent", -1) for s in sections], np.int32),
        parent_x=np.array([s.get("parent_x", 1.0) for s in sections]),
        segment_counts=nseg,
        point_counts=np.array([len(p) for p in points], np.int32),
        points_um=np.concatenate(points),
        time_ms=np.arange(frames) * 0.1 if time_ms is None else np.array(time_ms, float),
        values=values.astype(np.float32),
    )


def branched() -> list[dict[str, Any]]:
    """A soma with a forked, bent dendrite whose branches begin beside their parents."""
    return [
        {
            "name": "soma",
            "type": "soma",
            "points": [[-10, 0, 0, 20], [0, 0, 0, 20], [10, 0, 0, 20]],
            "nseg": 3,
        },
        {
            "points": [[0, 9, 0, 4], [0, 40, 0, 3], [30, 80, 0, 2]],
            "nseg": 7,
            "parent": 0,
            "parent_x": 0.5,
        },
        {"points": [[33, 80, 0, 2], [33, 120, 5, 1]], "nseg": 4, "parent": 1},
        {"points": [[30, 84, 0, 2], [0, 120, -5, 0.5]], "nseg": 5, "parent": 1},
    ]


def several(sim: Simulation, seed: int = 9) -> Simulation:
    """The same with two further quantities: a small concentration, and a current about zero."""
    rng = np.random.default_rng(seed)
    cai = (rng.random(sim.values.shape) * 1e-4).astype(np.float32)
    ina = rng.uniform(-0.3, 0.1, sim.values.shape).astype(np.float32)
    more = {"cai": Quantity("mM", cai), "ina": Quantity("mA/cm2", ina)}
    return dataclasses.replace(sim, more=more)


def typed(sim: Simulation, types: Sequence[str] = ("pyramidal", "basket")) -> Simulation:
    """The same in a single frame, with a type for each section in turn, and a depth."""
    of = np.arange(sim.n_sections) % len(types)
    values = np.repeat(of, sim.segment_counts)[None].astype(np.float32)
    return dataclasses.replace(
        sim, quantity="type", unit="", time_ms=np.zeros(1), values=values,
        more={"depth": Quantity("µm", values * 100)}, classes={"type": tuple(types)},
    )  # fmt: skip


def sample_at(simulation: Simulation, time_ms: float) -> NDArray[np.float64]:
    """Interpolate all segments' values linearly in time, holding the ends."""
    return np.array(
        [np.interp(time_ms, simulation.time_ms, column) for column in simulation.values.T]
    )


def with_currents(sim: Simulation, seed: int = 0) -> Simulation:
    """Add membrane currents, which add up to zero in each cell."""
    currents = np.random.default_rng(seed).normal(0, 1, sim.values.shape)
    of = np.repeat(sim.section_cells, sim.segment_counts)
    for cell in range(len(sim.cells)):
        currents[:, of == cell] -= currents[:, of == cell].mean(axis=1, keepdims=True)
    more = {**sim.more, "i_membrane_": Quantity("nA", currents.astype(np.float32))}
    return dataclasses.replace(sim, more=more)
