# SPDX-License-Identifier: BSD-3-Clause
"""Synapses in files: read as they were written, and refused in a sentence where they lie."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from spike_export import Synapses, read, simulation_from_arrays, write

ARRAYS = ("cells", "sections", "positions", "kinds", "event_counts", "event_times_ms", "weights",
          "sources", "delays_ms")  # fmt: skip


@pytest.fixture
def stored(array) -> dict[str, Any]:
    """Four synapses, as the format's description says."""
    return {
        "cell": array([0, 1, 0, 0], "<i4"),
        "section": array([1, 0, 2, 1], "<i2"),
        "position": array([0.25, 0, 1, 0.25], "<f8"),
        "kind": array([0, 1, 0, 0], "|u1"),
        "kinds": ["AMPA", "GABA"],
        "weight": array([0.5, np.nan, 0.25, 1], "<f4"),
        "weight_unit": "µS",
        "source": array([1, -1, -1, 0], "<i4"),
        "delay": array([1, np.nan, 0, 0.5], "<f4"),
        "event_count": array([2, 0, 3, 1], "<i8"),
        "event_times": array([1, 2, 0.5, 0.5, 7, 3], "<f8"),
    }


@pytest.mark.parametrize("version", [2, 3])
def test_they_are_read_and_written(layout, save, stored, tmp_path, version):
    found = read(save({**layout, "synapses": stored}))
    synapses = found.synapses
    assert isinstance(synapses, Synapses)
    assert synapses.cells.tolist() == [0, 1, 0, 0]
    # The second cell's only section is the fourth of all.
    assert synapses.sections.tolist() == [1, 3, 2, 1]
    assert synapses.kind_names == ("AMPA", "GABA")
    assert synapses.event_counts.tolist() == [2, 0, 3, 1]
    assert synapses.event_times_ms.tolist() == [1, 2, 0.5, 0.5, 7, 3]
    assert synapses.first_events.tolist() == [0, 2, 2, 5]
    again = read(write(tmp_path / "again.pickle", replace(found, version=version))).synapses
    assert again is not None
    for name in ARRAYS:
        expected, back = getattr(synapses, name), getattr(again, name)
        assert back.dtype == expected.dtype, name
        assert np.array_equal(back, expected, equal_nan=True), name
    assert (again.kind_names, again.weight_unit) == (("AMPA", "GABA"), "µS")


def test_what_is_optional_may_be_missing(layout, save, stored):
    for key in ("weight", "weight_unit", "source", "delay"):
        del stored[key]
    synapses = read(save({**layout, "synapses": stored})).synapses
    assert synapses is not None
    assert (synapses.weights, synapses.sources, synapses.delays_ms) == (None, None, None)


def test_a_file_without_synapses_is_as_before(layout, save, tmp_path):
    written = write(tmp_path / "x.pickle", read(save(layout))).read_bytes()
    assert list(pickle.loads(written)) == list(layout)


WRONG: list[tuple[str, Any, str]] = [
    ("cell", [0, 2, 0, 0], "synapse 1 has the cell 2, but there are 2 cells"),
    ("cell", [0, -1, 0, 0], "synapse 1 has the cell -1, but there are 2 cells"),
    ("cell", [0, 1, 0], "the synapses' section has the shape [4], not [3], as cell has"),
    ("cell", [[0, 1, 0, 0]], "the array cell of the synapses has the shape [1, 4] of int32"),
    ("section", [1, 1, 2, 1], "synapse 1 is on section 1 of cell 1, which has 1 section."),
    ("section", [3, 0, 2, 1], "synapse 0 is on section 3 of cell 0, which has 3 sections."),
    ("position", [0.25, 0, 1.01, 0], "synapse 2 is at 1.01 of its section, not between 0 and 1"),
    ("position", [0.25, np.nan, 1, 0], "synapse 1 is at nan of its section"),
    ("position", [0.25, 0, 1], "the synapses' position has the shape [3], not [4], as cell has"),
    ("kind", [0, 2, 0, 0], "synapse 1 has the kind 2, but there are 2 kinds"),
    ("kinds", ["AMPA", "AMPA"], "the kind of synapses 'AMPA' occurs twice"),
    ("kinds", ["AMPA", ""], "kind 1 of the synapses is '', not a name"),
    ("kinds", ["AMPA", 7], "kind 1 of the synapses is 7, not a name"),
    ("kinds", "AMPA", "are not a list of at most 1,000 names"),
    ("kinds", ["x"] * 1001, "are not a list of at most 1,000 names"),
    ("source", [2, -1, -1, 0], "synapse 0 has the source 2, but there are 2 cells"),
    ("source", [-2, -1, -1, 0], "synapse 0 has the source -2, but there are 2 cells"),
    ("weight", [0, np.inf, 0, 0], "synapse 1 has no finite weight"),
    ("weight", [0, 0], "the synapses' weight has the shape [2], not [4], as cell has"),
    ("delay", [0, -1, 0, 0], "synapse 1 has a delay of -1 ms"),
    ("delay", [0, 0, np.inf, 0], "synapse 2 has a delay of inf ms"),
    ("event_count", [3, 0, 3, 1], "7 events according to event_count, but event_times holds 6"),
    ("event_count", [7, 0, -2, 1], "synapse 2 has -2 events"),
    ("event_count", [1 << 31, 0, 3, 1], "synapse 0 has the event_count 2147483648, beyond 32 bits"),
    ("event_times", [1, 2, 0.5, 0.4, 7, 3], "synapse 2 has an event at 0.5 ms and then one at 0.4"),
    ("event_times", [1, 2, 0.5, 0.5, 7, np.nan], "synapse 3 has an event without a finite time"),
    ("event_times", [2, 1, 0.5, 0.5, 7, 3], "synapse 0 has an event at 2 ms and then one at 1 ms"),
    ("event_times", [[1, 2, 0.5, 0.5, 7, 3]], "has the shape [1, 6] of float64, not one row"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "wrong", "reason"), WRONG, ids=[reason for *_, reason in WRONG])
def test_what_is_wrong_is_named(layout, save, refused, array, stored, key, wrong, reason):
    if key == "kinds":
        stored[key] = wrong
    else:
        kind = "<f8" if key in ("position", "weight", "delay", "event_times") else "<i4"
        stored[key] = array(wrong, "<i8" if key == "event_count" else kind)
    assert reason in refused(save({**layout, "synapses": stored}))


@pytest.mark.parametrize(
    "key", ["cell", "section", "position", "kind", "kinds", "event_count", "event_times"]
)
def test_what_is_missing_is_named(layout, save, refused, stored, key):
    del stored[key]
    assert f"the synapses' key '{key}' is missing" in refused(save({**layout, "synapses": stored}))


def test_a_small_file_cannot_ask_for_much(layout, save, refused, stored, array):
    assert "its synapses are [a dict], not a dict" in refused(save({**layout, "synapses": [{}]}))
    # One array listed for all that there is, by reference.
    one = array(np.zeros(100_000), "<f8")
    shared = {**stored, "position": one, "weight": one, "delay": one, "event_times": one}
    assert "are together larger than the file" in refused(save({**layout, "synapses": shared}))
    stored["event_times"] = {**one, "encoding": "zlib", "shape": [1 << 40], "data": b"x" * 100}
    assert "cannot honestly hold" in refused(save({**layout, "synapses": stored}))
    stored["event_times"] = array(["1"] * 6, "S1")
    assert "unknown dtype" in refused(save({**layout, "synapses": stored}))


@pytest.fixture
def arrays() -> dict[str, Any]:
    section = {"name": "d", "type": "dend", "points": [[0, 0, 0, 1], [9, 0, 0, 1]]}
    return {
        "cells": [{"name": "c", "sections": [section]}, {"name": "e", "sections": [section]}],
        "time_ms": [0, 1],
        "values": np.zeros((2, 2)),
        "synapses": {
            "cell": [1, 0],
            "section": [0, 0],
            "position": [0.5, 1],
            "kind": ["GABA", "AMPA"],
            "times": [[3, 1, 2], []],
        },
    }


def test_arrays_make_them(arrays):
    synapses = simulation_from_arrays(**arrays).synapses
    assert synapses is not None
    assert synapses.sections.tolist() == [1, 0]
    assert [synapses.kind_names[kind] for kind in synapses.kinds] == ["GABA", "AMPA"]
    assert synapses.event_times_ms.tolist() == [1, 2, 3]
    assert synapses.without_events == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"section": [0, 1]}, "synapse 1 is on section 1 of cell 0, which has 1 section."),
        ({"cell": [0.5, 0]}, "the array cell of synapses holds numbers that are not whole"),
        ({"kind": ["GABA", 3]}, "synapse 1 has the kind 3, not a name"),
        ({"times": [[1]]}, "the synapses' event_count has the shape [1], not [2], as cell has"),
        ({"times": [["x"], []]}, "the array of synapse 0's times holds <U1, not numbers"),
        ({"tau": [1, 2]}, "synapses: the key 'tau' is not one of cell, section, position"),
        ({"weight_unit": 3}, "the unit of the synapses' weights is 3, not text"),
        ({"times": [[np.nan], []]}, "synapse 0 has an event without a finite time"),
    ],
)
def test_arrays_that_are_wrong_are_refused(arrays, change, reason):
    arrays["synapses"].update(change)
    with pytest.raises(ValueError, match="These arrays are not a simulation") as caught:
        simulation_from_arrays(**arrays)
    assert reason in str(caught.value)


def test_a_simulation_that_contradicts_itself_is_not_written(arrays, tmp_path):
    simulation = simulation_from_arrays(**arrays)
    assert simulation.synapses is not None
    odd = replace(simulation.synapses, sections=np.array([0, 0], np.int32))
    with pytest.raises(ValueError, match="synapse 0 is of cell 1, but its section is of cell 0"):
        write(tmp_path / "x.pickle", replace(simulation, synapses=odd))
