# SPDX-License-Identifier: BSD-3-Clause
"""Synapses of parts and wholes: everything that is left stays with its own synapse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spike_export import Simulation, Synapses, merge, read, simulation_from_arrays
from spike_export.edit.convert import convert, take_cells
from spike_export.edit.rejoining import Joint, rejoin
from spike_export.simulation_file.synapses import left_out

CELLS, PER_CELL = 5, 4


@pytest.fixture
def simulation() -> Simulation:
    """Five cells of four sections; a hundred synapses with up to five events each."""
    rng = np.random.default_rng(3)
    section = {"type": "dend", "points": [[0, 0, 0, 1], [9, 0, 0, 1]]}
    cells = [
        {"name": f"c{c}", "sections": [{**section, "name": f"d{s}"} for s in range(PER_CELL)]}
        for c in range(CELLS)
    ]
    count = 100
    return simulation_from_arrays(
        cells,
        [0.0, 10.0],
        np.zeros((2, CELLS * PER_CELL)),
        synapses={
            "cell": rng.integers(CELLS, size=count),
            "section": rng.integers(PER_CELL, size=count),
            "position": rng.uniform(size=count),
            "kind": rng.choice(["AMPA", "GABA", "NMDA"], count).tolist(),
            "times": [rng.uniform(0, 10, n) for n in rng.integers(0, 6, count)],
            # Tells one from the other, below.
            "weight": np.arange(count) / 1000,
            "weight_unit": "µS",
            "source": rng.integers(-1, CELLS, count),
            "delay": rng.uniform(0, 2, count),
        },
    )


def told(simulation: Simulation) -> dict[float, tuple[object, ...]]:
    """What is known of each synapse by its weight, with names instead of indices."""
    synapses = simulation.synapses
    assert synapses is not None
    assert synapses.weights is not None
    assert synapses.sources is not None
    assert synapses.delays_ms is not None
    firsts = np.r_[0, np.cumsum(synapses.event_counts)]
    return {
        float(synapses.weights[i]): (
            simulation.cells[synapses.cells[i]].name,
            simulation.cells[simulation.section_cells[synapses.sections[i]]].name,
            simulation.section_names[synapses.sections[i]],
            float(synapses.positions[i]),
            synapses.kind_names[synapses.kinds[i]],
            float(synapses.delays_ms[i]),
            simulation.cells[s].name if (s := synapses.sources[i]) >= 0 else None,
            tuple(synapses.event_times_ms[firsts[i] : firsts[i + 1]].tolist()),
        )
        for i in range(len(synapses))
    }


def test_cells_that_are_taken_take_their_synapses_along(simulation):
    before = told(simulation)
    taken = take_cells(simulation, np.array([3, 0, 4]))
    kept = {"c3", "c0", "c4"}
    expected = {
        weight: (*row[:6], row[6] if row[6] in kept else None, row[7])
        for weight, row in before.items()
        if row[0] in kept
    }
    assert told(taken) == expected
    gone = 100 - len(expected)
    lost = sum(row[6] is None for row in expected.values())
    assert left_out(simulation.synapses, taken.synapses) == (
        f"{gone} of 100 synapses are on cells or sections that were left out; {lost} of the others "
        "come from no cell that is left."
    )
    assert left_out(simulation.synapses, simulation.synapses) == ""


def test_parts_that_are_merged_are_the_whole(simulation):
    parts = [take_cells(simulation, np.array(cells)) for cells in ([0, 1], [2], [3, 4])]
    groups = [{"c0", "c1"}, {"c2"}, {"c3", "c4"}]
    expected = {
        weight: (*row[:6], row[6] if any({row[0], row[6]} <= g for g in groups) else None, row[7])
        for weight, row in told(simulation).items()
    }
    assert told(merge(parts)) == expected


def test_a_part_that_knows_less_is_unknown_there(simulation):
    first, second, bare = (take_cells(simulation, np.array([cell])) for cell in (0, 1, 2))
    assert first.synapses is not None
    assert second.synapses is not None
    second = replace(
        second, synapses=replace(second.synapses, weights=None, sources=None, delays_ms=None)
    )
    merged = merge([first, second, replace(bare, synapses=None)]).synapses
    assert merged is not None
    assert merged.weights is not None
    assert merged.sources is not None
    mine = len(first.synapses)
    assert np.array_equal(merged.weights[:mine], first.synapses.weights)
    assert np.isnan(merged.weights[mine:]).all()
    assert (merged.sources[mine:] == -1).all()
    assert merged.weight_unit == "µS"
    assert merge([replace(bare, synapses=None)]).synapses is None


def test_a_window_drops_events_but_no_synapse(simulation):
    window = convert(simulation, start_ms=2, stop_ms=5, every_ms=1)
    before, after = told(simulation), told(window)
    assert after.keys() == before.keys()
    for weight, row in after.items():
        assert row[7] == tuple(t for t in before[weight][7] if 2 <= t <= 5)
    assert sum(len(row[7]) for row in after.values()) not in (0, len(simulation.synapses))


def test_pieces_that_are_rejoined_keep_their_synapses(simulation):
    joints = [Joint("1", "c1", "d3", 1.0, False), Joint("1", "c4", "d0", 0.0, True)]
    joined, note = rejoin(simulation, joints)
    assert note == ""
    names = {"c4": "c1"}
    expected = {
        weight: (
            names.get(row[0], row[0]),
            names.get(row[1], row[1]),
            *row[2:6],
            names.get(row[6], row[6]),
            row[7],
        )
        for weight, row in told(simulation).items()
    }
    assert told(joined) == expected


def test_info_counts_them(simulation, command, tmp_path):
    from spike_export import write

    write(tmp_path / "run.pickle", simulation)
    synapses = simulation.synapses
    assert isinstance(synapses, Synapses)
    code, said, _ = command("info", "run.pickle")
    assert code == 0
    row = next(line for line in said.splitlines() if line.startswith("Synapses"))
    kinds = synapses.counts_by_kind()
    assert sum(kinds.values()) == 100
    without = sum(not row[7] for row in told(simulation).values())
    assert without
    events = sum(len(row[7]) for row in told(simulation).values())
    named = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    assert row.split(maxsplit=1)[1] == f"100 ({named}), {events} events; {without} without events"


def test_convert_says_what_is_left_out(simulation, command, tmp_path):
    from spike_export import write

    write(tmp_path / "run.pickle", simulation)
    code, said, warned = command("convert", "run.pickle", "some.pickle", "--cells", "c0, c1")
    assert code == 0
    assert " of 100 synapses are on cells or sections that were left out" in said + warned
    code, said, warned = command("convert", "run.pickle", "old.pickle", "--legacy")
    assert code == 0
    assert "The older format holds no synapses; they are left out." in said + warned
    assert read(tmp_path / "old.pickle").synapses is None
