# SPDX-License-Identifier: BSD-3-Clause
"""Arrays straight in, as other simulators have them."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from spike_export import __version__, read, simulation_from_arrays, write


@pytest.fixture
def arrays() -> dict[str, Any]:
    """Two cells of two sections and one, four segments, three frames."""
    return {
        "cells": [
            {
                "name": "P",
                "gid": np.int64(4),
                "spikes": np.array([1, 2]),
                "sections": [
                    {"name": "soma", "type": "soma", "points": [[0, 0, 0, 9], [9, 0, 0, 9]]},
                    {
                        "name": "dend",
                        "type": "dend",
                        "parent": np.int32(0),
                        "parent_x": np.float32(0.5),
                        "points": np.ones((3, 4)),
                        "nseg": np.uint8(2),
                    },
                ],
            },
            {"name": "Q", "sections": [{"name": "p", "type": "other", "points": [[1, 2, 3, 4]]}]},
        ],
        "time_ms": [0, 0.5, 2],
        "values": np.arange(12).reshape(3, 4),
    }


def test_arrays_are_written_and_read(arrays, tmp_path):
    path = write(tmp_path / "x.pickle", **arrays, source="Arbor", quantity="cai", unit="mM",
                 meta={"seed": 3})  # fmt: skip
    simulation = read(path)
    assert [(c.name, c.gid) for c in simulation.cells] == [("P", 4), ("Q", None)]
    assert simulation.cells[0].spikes_ms.tolist() == [1, 2]
    assert simulation.cells[1].spikes_ms is None
    assert simulation.section_names == ("soma", "dend", "p")
    assert simulation.section_types.tolist() == [0, 1, 4]
    assert simulation.section_cells.tolist() == [0, 0, 1]
    assert simulation.parents.tolist() == [-1, 0, -1]
    assert simulation.parent_x.tolist() == [1, 0.5, 1]
    assert simulation.segment_counts.tolist() == [1, 2, 1]
    assert simulation.point_counts.tolist() == [2, 3, 1]
    assert simulation.points_um[-1].tolist() == [1, 2, 3, 4]
    assert simulation.time_ms.tolist() == [0, 0.5, 2]
    assert np.array_equal(simulation.values, arrays["values"])
    assert (simulation.quantity, simulation.unit, simulation.source) == ("cai", "mM", "Arbor")
    assert simulation.meta == {"seed": 3}
    assert simulation.created_by == f"spike-export {__version__}"


def test_a_precision_may_be_given_with_arrays(arrays, tmp_path):
    path = write(tmp_path / "x.pickle", precision="0.01mV", **arrays)
    assert np.allclose(read(path).values, arrays["values"], atol=0.0051, rtol=0)


def test_large_values_are_not_copied(arrays):
    values = np.zeros((3, 4), np.float32)
    assert np.shares_memory(simulation_from_arrays(**arrays | {"values": values}).values, values)


def test_what_was_given_stays_as_it_was(arrays):
    before = copy.deepcopy(arrays)
    simulation_from_arrays(**arrays)
    assert repr(arrays) == repr(before)


def test_a_simulation_and_arrays_exclude_each_other(arrays, tmp_path):
    simulation = simulation_from_arrays(**arrays)
    with pytest.raises(TypeError, match="a Simulation and cells, time_ms, values were given"):
        write(tmp_path / "x.pickle", simulation, **arrays)
    with pytest.raises(TypeError, match="'time_ms' and 'values'"):
        write(tmp_path / "x.pickle", cells=arrays["cells"])
    assert not list(tmp_path.iterdir())


DEND = "cell 0 'P', section 1 'dend': "


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (("time_ms",), [0, 2, 1], "frame 2 at 1 ms does not come after frame 1 at 2 ms"),
        (("time_ms",), [0, np.nan, 1], "frame 1 has no finite time"),
        (("time_ms",), [], "it holds no frames"),
        (("time_ms",), ["a", "b", "c"], "the array time_ms holds <U1, not numbers"),
        (("values",), np.zeros((3, 5)), r"not \[3, 4\]: a row for each frame"),
        (("values",), np.zeros((0, 4)), r"not \[3, 4\]: a row for each frame"),
        (("values",), [[1, 2], [3]], "the array values has rows of different lengths"),
        (("values",), None, "the array values holds object, not numbers"),
        (("values",), np.zeros((3, 4), complex), "holds complex128, not numbers"),
        (("cells",), [], "it holds no cells"),
        (("cells", 0), "P", "cell 0 is str, not a dict"),
        (("cells", 0, "sections"), [], "cell 0 'P'.* no sections"),
        (("cells", 0, "sections"), None, "cell 0 'P': its sections are NoneType, not a list"),
        (("cells", 0, "gid"), 1.5, "cell 0 'P': its gid is 1.5, not a whole number"),
        (("cells", 0, "spikes"), [1, np.inf], "cell 0 'P': a spike has no finite time"),
        (("cells", 0, "spikes"), [[1, 2]], "cell 0 'P': its spikes are not one row"),
        (("cells", 0, "name"), 3, "cell 0: its name is 3, not text"),
        (("cells", 0, "spike"), [1], "cell 0: the key 'spike' is not one of name, gid, sections"),
        (("cells", 0, "sections", 1), 5, "cell 0 'P', section 1 is int, not a dict"),
        (("cells", 0, "sections", 1, "nseg"), 0, f"{DEND}its nseg is 0"),
        (("cells", 0, "sections", 1, "nseg"), 2.0, f"{DEND}its nseg is 2.0, not a whole number"),
        (("cells", 0, "sections", 1, "nseg"), 10**30, f"{DEND}its nseg is a number beyond"),
        (
            ("cells", 0, "sections", 1, "parent"),
            2,
            f"{DEND}its parent is section 2, but the cell's last is 1",
        ),
        (("cells", 0, "sections", 1, "parent"), 1, f"{DEND}it is its own parent"),
        (("cells", 0, "sections", 1, "parent"), "soma", f"{DEND}its parent is 'soma', not a whole"),
        (("cells", 0, "sections", 1, "parent_x"), 1.5, f"{DEND}its parent_x is 1.5"),
        (("cells", 0, "sections", 1, "parent_x"), None, f"{DEND}its parent_x is None"),
        (("cells", 0, "sections", 1, "type"), "basal", f"{DEND}its type is 'basal', not one of"),
        (("cells", 0, "sections", 1, "points"), [1, 2, 3], rf"{DEND}its points have the shape \[3"),
        (("cells", 0, "sections", 1, "points"), [], f"{DEND}its points have the shape"),
        (("cells", 0, "sections", 1, "points"), [[0, 0, 0, -1]], f"{DEND}a point is not finite or"),
        (("cells", 0, "sections", 1, "points"), [[1e300, 0, 0, 1]], f"{DEND}a point is not finite"),
        (("cells", 0, "sections", 1, "points"), [[0, 0], [0]], f"{DEND}its points has rows of"),
        (("cells", 0, "sections", 1, "diam"), 3, f"{DEND[:-9]}.*the key 'diam' is not one of name"),
    ],
)
def test_what_is_wrong_is_named(arrays, place, value, reason):
    *way, last = place
    thing: Any = arrays
    for key in way:
        thing = thing[key]
    thing[last] = value
    with pytest.raises(ValueError, match=reason) as caught:
        simulation_from_arrays(**arrays)
    sentence = str(caught.value)
    assert sentence.startswith("These arrays are not a simulation: ")
    assert sentence.endswith(".")


@pytest.mark.parametrize("key", ["name", "type", "points"])
def test_what_is_missing_is_named(arrays, key):
    del arrays["cells"][0]["sections"][1][key]
    with pytest.raises(ValueError, match=f"section 1: the key '{key}' is missing"):
        simulation_from_arrays(**arrays)


def test_masked_numbers_are_no_data(arrays):
    values = np.ma.masked_equal(np.arange(12).reshape(3, 4), 5)
    made = simulation_from_arrays(**{**arrays, "values": values}).values
    assert np.argwhere(np.isnan(made)).tolist() == [[1, 1]]
    assert made[1].tolist()[2:] == [6, 7]
    pairs = np.ma.array([[0, 1]])
    assert simulation_from_arrays(**arrays, connections=pairs).connections.tolist() == [[0, 1]]
    pairs[0, 0] = np.ma.masked
    with pytest.raises(ValueError, match="the array connections holds masked numbers"):
        simulation_from_arrays(**arrays, connections=pairs)
    with pytest.raises(ValueError, match="time"):
        simulation_from_arrays(**{**arrays, "time_ms": np.ma.masked_less([0, 0.5, 2], 0.5)})
