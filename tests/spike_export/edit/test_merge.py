# SPDX-License-Identifier: BSD-3-Clause
"""The parts of one simulation put together: equal to the whole, or refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spike_export import Cell, Simulation, merge, read, write
from spike_export.edit.convert import take_cells
from spike_export.edit.merge import MergeError

ARRAYS = ("points_um", "time_ms", "values", "parents", "parent_x", "segment_counts",
          "point_counts", "section_types", "section_cells")  # fmt: skip


@pytest.fixture
def simulation(layout, save) -> Simulation:
    return read(save(layout))


@pytest.fixture
def parts(simulation) -> list[Simulation]:
    """The pyramidal cell, and the basket cell."""
    return [take_cells(simulation, np.array([index])) for index in (0, 1)]


def same(simulation: Simulation, other: Simulation) -> None:
    for name in ARRAYS:
        expected, found = getattr(other, name), getattr(simulation, name)
        assert np.array_equal(found, expected), name
        assert found.dtype == expected.dtype, name
    assert simulation.section_names == other.section_names
    assert [(c.name, c.gid) for c in simulation.cells] == [(c.name, c.gid) for c in other.cells]
    for cell, expected in zip(simulation.cells, other.cells, strict=True):
        assert np.array_equal(cell.spikes_ms, expected.spikes_ms)


def test_the_parts_are_the_whole_again(parts, simulation, tmp_path):
    merged = merge(parts)
    same(read(write(tmp_path / "x.pickle", merged)), simulation)
    assert (merged.source, merged.meta) == ("a test", {"temperature_C": 6.3})
    same(merge([merged]), simulation)


def test_ranks_that_took_turns_give_the_order_of_the_gids(simulation):
    cells = take_cells(simulation, np.array([0, 1]))
    ring = [replace(cells, cells=(Cell(f"c{i}", i), Cell(f"c{i + 2}", i + 2))) for i in (0, 1)]
    merged = merge(ring)
    assert [(cell.name, cell.gid) for cell in merged.cells] == [(f"c{i}", i) for i in range(4)]
    kinds = [0, 0, 1, 1]
    assert np.array_equal(
        merged.values,
        np.concatenate([(cells.values[:, :5], cells.values[:, 5:])[k] for k in kinds], axis=1),
    )
    assert merged.parents.tolist() == [-1, 0, 0, -1, 3, 3, -1, -1]


def test_names_that_occur_in_several_parts_are_kept_apart(parts):
    other = replace(parts[0], cells=(replace(parts[0].cells[0], gid=8),))
    odd = replace(parts[1], cells=(Cell("Pyramidal[0] (part 2)"),))
    merged = merge([parts[0], other, odd])
    assert [(cell.name, cell.gid) for cell in merged.cells] == [
        ("Pyramidal[0] (part 1)", 7),
        ("Pyramidal[0] (part 2)'", 8),
        ("Pyramidal[0] (part 2)", None),
    ]


def test_names_within_a_part_stay(simulation):
    twins = replace(simulation, cells=(Cell("a"), Cell("a")))
    assert [cell.name for cell in merge([twins]).cells] == ["a", "a"]


def test_free_text_stays_where_all_agree(parts):
    texts = [{"dt_ms": 0.1, "rank": 0, "seed": 1}, {"dt_ms": 0.1, "rank": 1}]
    named = [
        replace(part, meta=meta, source=f"m{i}")
        for i, (part, meta) in enumerate(zip(parts, texts, strict=True))
    ]
    merged = merge([*named, replace(named[1], cells=(Cell("third"),))])
    assert (merged.meta, merged.source) == ({"dt_ms": 0.1}, "m0, m1")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"time_ms": [0, 0.1, 0.26, 0.4]}, "has its frame 2 at 0.26 ms, but part 1 at 0.25 ms"),
        ({"time_ms": [0, 0.1, 0.25], "values": np.zeros((3, 1), np.float32)},
         "has 3 frames, the last at 0.25 ms, but part 1 has 4, the last at 0.3 ms"),
        ({"quantity": "cai", "unit": "mM"}, "holds cai in mM, but part 1 v in mV"),
        ({"cells": (Cell("other", 7),)}, "has a cell 'other' with the gid 7, as does part 1"),
        ({"has_time": False}, "is in the older format, which stores no times"),
    ],
)  # fmt: skip
def test_parts_that_do_not_belong_together_are_refused(parts, change, reason):
    if "time_ms" in change:
        change = {**change, "time_ms": np.array(change["time_ms"])}
    with pytest.raises(MergeError) as caught:
        merge([parts[0], replace(parts[1], **change)])
    assert str(caught.value).startswith(f"Part 2 {reason}")
    assert str(caught.value).endswith(".")
    assert caught.value.part == 1


def test_times_that_differ_in_the_last_digit_are_the_same(parts):
    nearly = replace(parts[1], time_ms=parts[1].time_ms + 1e-12)
    assert np.array_equal(merge([parts[0], nearly]).time_ms, parts[0].time_ms)


def test_nothing_cannot_be_merged():
    with pytest.raises(ValueError, match="no parts"):
        merge([])
