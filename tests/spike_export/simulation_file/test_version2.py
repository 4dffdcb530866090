# SPDX-License-Identifier: BSD-3-Clause
"""The version-2 file: what the writer writes, and what the reader takes and refuses."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import pickletools
import zlib
from typing import Any

import numpy as np
import pytest

from spike_export import SECTION_TYPES, Cell, Quantity, Simulation, read, write

ARRAYS = ("points_um", "time_ms", "values", "parents", "parent_x", "segment_counts",
          "point_counts", "section_types", "section_cells")  # fmt: skip
TEXTS = ("section_names", "quantity", "unit", "created_by", "source", "meta", "has_time",
         "version")  # fmt: skip


def decode(packed: dict[str, Any]) -> np.ndarray:
    """The array in a file, by the format's description alone."""
    assert set(packed) == {"dtype", "shape", "encoding", "data"}
    assert packed["encoding"] == "raw"
    assert type(packed["shape"]) is list
    return np.frombuffer(packed["data"], packed["dtype"]).reshape(packed["shape"])


@pytest.fixture
def two_cells() -> Simulation:
    rng = np.random.default_rng(1)
    return Simulation(
        cells=(Cell("A[0]", 3, np.array([0.5, 1.5])), Cell("Ä", None, None), Cell("C", 0,
               np.zeros(0))),
        section_names=("A[0].soma", "A[0].dend", "soma", "p"),
        section_types=np.array([0, 1, 0, 4], np.uint8),
        section_cells=np.array([0, 0, 1, 2], np.int32),
        parents=np.array([-1, 0, -1, -1], np.int32),
        parent_x=np.array([0, 0.75, 0, 0]),
        segment_counts=np.array([1, 5, 3, 1], np.int32),
        point_counts=np.array([2, 3, 2, 1], np.int32),
        points_um=rng.uniform(0, 9, (8, 4)).astype(np.float32),
        time_ms=np.array([0, 0.1, 0.2000001]),
        values=rng.normal(-65, 9, (3, 10)).astype(np.float32),
        quantity="cai",
        unit="mM",
        created_by="x 1.0",
        source="m",
        meta={"text": "t", "number": 1.5, "count": 3, "yes": True, "nothing": None},
    )  # fmt: skip


def test_what_is_written_is_read(tmp_path, two_cells):
    back = read(write(tmp_path / "x.pickle", two_cells))
    for name in ARRAYS:
        expected, found = getattr(two_cells, name), getattr(back, name)
        assert found.dtype == expected.dtype, name
        assert np.array_equal(found, expected), name
    for name in TEXTS:
        assert getattr(back, name) == getattr(two_cells, name), name
    assert [(c.name, c.gid) for c in back.cells] == [(c.name, c.gid) for c in two_cells.cells]
    assert [None if c.spikes_ms is None else c.spikes_ms.tolist() for c in back.cells] == [
        [0.5, 1.5],
        None,
        [],
    ]


def test_values_that_are_not_finite_are_read_as_they_are(tmp_path, two_cells):
    two_cells.values[1, 2:5] = np.nan, np.inf, -np.inf
    back = read(write(tmp_path / "x.pickle", two_cells))
    assert np.array_equal(back.values, two_cells.values, equal_nan=True)


def test_arrays_are_written_in_one_order_of_bytes_whatever_they_were(tmp_path, two_cells):
    odd = copy.copy(two_cells)
    object.__setattr__(odd, "values", np.asfortranarray(two_cells.values.astype(">f8")))
    object.__setattr__(odd, "points_um", np.repeat(two_cells.points_um, 2, axis=0)[::2])
    back = read(write(tmp_path / "x.pickle", odd))
    assert np.array_equal(back.values, two_cells.values)
    assert np.array_equal(back.points_um, two_cells.points_um)


def test_the_file_needs_no_globals(tmp_path, two_cells):
    data = write(tmp_path / "x.pickle", two_cells).read_bytes()
    opcodes = {opcode.name for opcode, _, _ in pickletools.genops(data)}
    assert not opcodes & {
        "GLOBAL", "STACK_GLOBAL", "INST", "OBJ", "REDUCE", "BUILD", "NEWOBJ", "NEWOBJ_EX", "EXT1",
        "PERSID", "BINPERSID",
    }  # fmt: skip


def test_the_written_layout_is_the_described_one(tmp_path, two_cells):
    content = pickle.loads(write(tmp_path / "x.pickle", two_cells).read_bytes())
    assert list(content) == ["format", "version", "created_by", "source", "meta", "quantity",
                             "time", "cells", "values"]  # fmt: skip
    assert (content["format"], content["version"]) == ("spike-export", 2)
    assert (content["created_by"], content["source"]) == ("x 1.0", "m")
    assert content["meta"] == two_cells.meta
    assert content["quantity"] == {"name": "cai", "unit": "mM"}
    assert content["time"]["dtype"] == "<f8"
    assert np.array_equal(decode(content["time"]), two_cells.time_ms)
    assert content["values"]["dtype"] == "<f4"
    assert np.array_equal(decode(content["values"]), two_cells.values)

    cells = content["cells"]
    assert [(cell["name"], cell["gid"]) for cell in cells] == [("A[0]", 3), ("Ä", None), ("C", 0)]
    assert all(list(cell) == ["name", "gid", "sections", "spikes"] for cell in cells)
    assert decode(cells[0]["spikes"]).tolist() == [0.5, 1.5]
    assert cells[1]["spikes"] is None
    assert decode(cells[2]["spikes"]).tolist() == []

    sections = [section for cell in cells for section in cell["sections"]]
    assert [len(cell["sections"]) for cell in cells] == [2, 1, 1]
    assert all(set(s) == {"name", "type", "parent", "parent_x", "points", "nseg"} for s in sections)
    assert [s["name"] for s in sections] == list(two_cells.section_names)
    assert [s["type"] for s in sections] == ["soma", "dend", "soma", "other"]
    assert [s["parent"] for s in sections] == [-1, 0, -1, -1]
    assert [s["parent_x"] for s in sections] == [0, 0.75, 0, 0]
    assert [s["nseg"] for s in sections] == [1, 5, 3, 1]
    assert all(s["points"]["dtype"] == "<f4" for s in sections)
    assert np.array_equal(
        np.concatenate([decode(s["points"]) for s in sections]), two_cells.points_um
    )
    plain = (dict, list, str, int, float, bool, bytes, type(None))
    assert all(type(value) in plain for section in sections for value in section.values())


def test_parents_count_within_their_cell(tmp_path, two_cells):
    object.__setattr__(two_cells, "section_cells", np.array([0, 1, 1, 2], np.int32))
    object.__setattr__(two_cells, "parents", np.array([-1, -1, 1, -1], np.int32))
    path = write(tmp_path / "x.pickle", two_cells)
    assert pickle.loads(path.read_bytes())["cells"][1]["sections"][1]["parent"] == 0
    assert read(path).parents.tolist() == [-1, -1, 1, -1]


def test_a_file_made_by_hand_is_read(layout, save):
    simulation = read(save(layout))
    assert [(c.name, c.gid) for c in simulation.cells] == [("Pyramidal[0]", 7), ("Basket[0]", None)]
    assert simulation.cells[0].spikes_ms.tolist() == [0.125, 0.25]
    assert simulation.cells[1].spikes_ms is None
    assert simulation.section_names == ("soma", "dend[0]", "axon", "soma")
    assert [SECTION_TYPES[i] for i in simulation.section_types] == ["soma", "dend", "axon", "soma"]
    assert simulation.section_cells.tolist() == [0, 0, 0, 1]
    assert simulation.parents.tolist() == [-1, 0, 0, -1]
    assert simulation.parent_x.tolist() == [0, 1, 0.5, 0]
    assert simulation.segment_counts.tolist() == [1, 3, 1, 1]
    assert simulation.point_counts.tolist() == [2, 3, 2, 1]
    assert simulation.points_um[4].tolist() == [45, 20, 0, 1]
    assert simulation.time_ms.tolist() == [0.0, 0.1, 0.25, 0.3]
    assert np.array_equal(simulation.values, decode(layout["values"]))
    assert (simulation.created_by, simulation.source) == ("by hand", "a test")
    assert simulation.meta == {"temperature_C": 6.3}
    assert simulation.has_time
    assert simulation.version == 2


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_every_protocol_is_read(layout, save, protocol):
    # Protocol 2 has no bytes of its own and calls a function to make them.
    assert np.array_equal(read(save(layout, protocol)).values, decode(layout["values"]))


def test_a_shape_may_be_a_tuple(layout, save):
    layout["values"]["shape"] = tuple(layout["values"]["shape"])
    layout["time"]["shape"] = tuple(layout["time"]["shape"])
    assert read(save(layout)).values.shape == (4, 6)


def test_optional_keys_may_be_missing_or_strange(layout, save):
    for key in ("created_by", "source", "meta", "quantity"):
        del layout[key]
    for cell in layout["cells"]:
        del cell["gid"], cell["spikes"], cell["name"]
    simulation = read(save(layout))
    assert (simulation.quantity, simulation.unit, simulation.meta) == ("v", "mV", {})
    assert [cell.name for cell in simulation.cells] == ["cell 0", "cell 1"]
    layout |= {"created_by": 5, "source": None, "meta": [], "quantity": "v"}
    simulation = read(save(layout))
    assert (simulation.created_by, simulation.source, simulation.unit) == ("", "", "mV")


def test_what_other_programs_add_is_ignored(layout, save):
    expected = read(save(layout))
    layout["cells"][0]["color"] = "red"
    layout["cells"][0]["sections"][1]["swc"] = [1, 2]
    layout["later"] = {"x": b"\0"}
    layout["meta"]["nested"] = {"is": "left out"}
    simulation = read(save(layout))
    assert np.array_equal(simulation.values, expected.values)
    assert simulation.meta == expected.meta


def test_parents_may_come_after_their_children(layout, save):
    sections = layout["cells"][0]["sections"]
    sections.reverse()
    for section, parent in zip(sections, (2, 2, -1), strict=True):
        section["parent"] = parent
    assert read(save(layout)).parents.tolist() == [2, 2, -1, -1]


def test_a_long_chain_of_parents_after_their_children_is_no_circle(layout, save, array):
    soma = layout["cells"][0]["sections"][0]
    n = 300
    layout["cells"] = [
        {"name": "c", "sections": [{**soma, "points": copy.deepcopy(soma["points"]),
                                    "parent": i + 1 if i < n - 1 else -1} for i in range(n)]}
    ]  # fmt: skip
    layout["values"] = array(np.zeros((4, n)), "<f4")
    assert read(save(layout)).parents.tolist() == [*range(1, n), -1]


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_arrays_of_megabytes_are_read_exactly(layout, save, array, protocol):
    # The reader takes these by a way of their own.
    chance = np.random.default_rng(2)
    values = chance.normal(-65, 9, (70_000, 6)).astype("<f4")
    layout["values"] = array(values, "<f4")
    layout["time"] = {**array(np.arange(70_000) * 0.025, "<f8"), "encoding": "zlib"}
    layout["time"]["data"] = zlib.compress(layout["time"]["data"])
    points = chance.uniform(0, 9, (80_000, 4)).astype("<f4")
    layout["cells"][0]["sections"][1]["points"] = array(points, "<f4")
    spikes = np.sort(chance.uniform(0, 1e4, 150_000))
    layout["cells"][1]["spikes"] = array(spikes, "<f8")
    layout["kept"] = [layout["values"]["data"], layout["values"]["data"]]
    simulation = read(save(layout, protocol))
    assert np.array_equal(simulation.values, values)
    assert np.array_equal(simulation.points_um[2:-3], points)
    assert np.array_equal(simulation.cells[1].spikes_ms, spikes)
    assert simulation.section_names == ("soma", "dend[0]", "axon", "soma")


def test_a_file_with_an_array_of_megabytes_cut_off_in_it_is_refused(layout, save, array, refused):
    layout["values"] = array(np.zeros((70_000, 6)), "<f4")
    content = save(layout).read_bytes()
    for length in (len(content) // 2, len(content) - 1, len(content) - 30):
        refused(save(content[:length]))


def test_further_quantities_are_written_and_read(tmp_path, two_cells):
    more = {
        "v": Quantity("mV", np.full((3, 10), -65, np.float32)),
        "ExpSyn.i": Quantity("nA", np.full((3, 10), np.nan, np.float32)),
    }
    simulation = dataclasses.replace(two_cells, more=more)
    for precision in ("float32", "zlib", "0.01mV"):
        if precision == "0.01mV":
            simulation = simulation.showing("v")
        back = read(write(tmp_path / "x.pickle", simulation, precision))
        assert list(back.quantities) == list(simulation.quantities)
        for name, one in simulation.quantities.items():
            found = back.quantities[name]
            assert found.unit == one.unit
            assert np.allclose(found.values, one.values, rtol=0, atol=0.0051, equal_nan=True)
            if name != "v":
                assert np.array_equal(found.values, one.values, equal_nan=True)


def test_a_reader_that_does_not_know_more_reads_the_rest(tmp_path, two_cells):
    more = {"v": Quantity("mV", np.zeros((3, 10), np.float32))}
    path = write(tmp_path / "x.pickle", dataclasses.replace(two_cells, more=more))
    content = pickle.loads(path.read_bytes())
    assert set(content.pop("more")) == {"v"}
    without = pickle.loads(write(tmp_path / "y.pickle", two_cells).read_bytes())
    assert content == without


def test_one_of_the_quantities_is_shown(two_cells):
    more = {"v": Quantity("mV", np.zeros((3, 10), np.float32))}
    simulation = dataclasses.replace(two_cells, more=more)
    shown = simulation.showing("v")
    assert (shown.quantity, shown.unit, list(shown.more)) == ("v", "mV", ["cai"])
    assert shown.values is more["v"].values
    assert shown.showing("cai").values is two_cells.values
    with pytest.raises(ValueError, match=r"no quantity 'x'; there is cai, v\."):
        simulation.showing("x")


def test_quantities_that_contradict_are_not_written(tmp_path, two_cells):
    for more, reason in (
        ({"cai": Quantity("mM", two_cells.values)}, "'cai' occurs twice"),
        (
            {"v": Quantity("mV", two_cells.values[:2])},
            r"'v' has the shape \[2, 10\], not \[3, 10\]",
        ),
    ):
        with pytest.raises(ValueError, match=reason):
            write(tmp_path / "x.pickle", dataclasses.replace(two_cells, more=more))
    assert not list(tmp_path.iterdir())
