# SPDX-License-Identifier: BSD-3-Clause
"""Synapses from SONATA edges, in circuits that the tests make themselves."""

from __future__ import annotations

import json
from functools import partial

import numpy as np
import pytest

from spike_export import read

h5py = pytest.importorskip("h5py")

SPIKES = {"net": {0: [1.0, 4.5], 1: [2.0]}, "input": {5: [0.25, 3.0], 7: [9.0]}}
# From, to, section, position, type, weight, delay.
RECURRENT = [
    (0, 1, 1, 0.25, 20, 0.5, 1.5),
    (0, 1, 2, 1.0, 10, 0.25, 2.0),
    (1, 0, 0, 0.5, 10, 0.125, 0.5),
    # Onto a cell that has no report.
    (0, 4, 1, 0.5, 10, 1.0, 1.0),
]
FROM_INPUTS = [(5, 0, 2, 0.75, 30, 2.0, 1.0), (7, 1, 1, 0.0, 30, 4.0, 2.0)]


@pytest.fixture
def command(command):
    """Run ``spike-export sonata`` in an empty folder; return its exit code, output and errors."""
    return partial(command, "sonata")


def write_edges(path, rows, source="net", **changes):
    names = ("source_node_id", "target_node_id", "section", "position", "edge_type_id", "weight",
             "delay")  # fmt: skip
    columns = {name: np.array(column) for name, column in zip(names, zip(*rows, strict=True),
               strict=True)}  # fmt: skip
    columns |= changes
    with h5py.File(path, "w") as file:
        group = file.create_group("edges/e")
        for name, population in (("source_node_id", source), ("target_node_id", "net")):
            group[name] = columns[name].astype("u8")
            group[name].attrs["node_population"] = population
        group["edge_type_id"] = columns["edge_type_id"].astype("u4")
        group["edge_group_id"] = np.zeros(len(rows), "u4")
        # In another order than the edges.
        order = np.arange(len(rows))[::-1]
        group["edge_group_index"] = order.astype("u4")
        for name, own in (("section", "afferent_section_id"), ("position", "afferent_section_pos"),
                          ("weight", "syn_weight"), ("delay", "delay")):  # fmt: skip
            if columns[name] is not None:
                group[f"0/{own}"] = columns[name][order]


def write_spikes(path, populations):
    with h5py.File(path, "w") as file:
        for name, cells in populations.items():
            pairs = sorted((time, node) for node, times in cells.items() for time in times)
            group = file.create_group(f"spikes/{name}")
            group["timestamps"] = [time for time, _ in pairs]
            group["timestamps"].attrs["units"] = "ms"
            group["node_ids"] = np.array([node for _, node in pairs], "u8")


@pytest.fixture
def circuit(tmp_path):
    """Two of five cells with a report of 10 ms, and a population of inputs."""
    (tmp_path / "cell.swc").write_text(
        "1 1 0 0 0 5 -1\n2 3 0 5 0 1 1\n3 3 0 25 0 1 2\n4 4 0 -5 0 1 1\n5 4 0 -25 0 1 4\n"
    )
    with h5py.File(tmp_path / "nodes.h5", "w") as file:
        group = file.create_group("nodes/net")
        group["node_type_id"], group["node_group_id"] = np.full(5, 100), np.zeros(5, "i4")
        group["node_group_index"] = np.arange(5)
        group["0/morphology"] = ["cell"] * 5
        group["0/x"] = 100.0 * np.arange(5)
    with h5py.File(tmp_path / "v.h5", "w") as file:
        group = file.create_group("report/net")
        group["data"] = np.zeros((11, 6), "f4")
        group["data"].attrs["units"] = "mV"
        group["mapping/node_ids"] = np.array([0, 1], "u8")
        group["mapping/index_pointers"] = np.array([0, 3, 6], "u8")
        group["mapping/element_ids"] = np.array([0, 1, 2] * 2, "u4")
        group["mapping/time"] = [0, 11, 1.0]
    write_edges(tmp_path / "recurrent.h5", RECURRENT)
    write_edges(tmp_path / "inputs.h5", FROM_INPUTS, source="input")
    write_spikes(tmp_path / "spikes.h5", {"net": SPIKES["net"]})
    write_spikes(tmp_path / "input_spikes.h5", {"input": SPIKES["input"]})
    (tmp_path / "types.csv").write_text(
        "edge_type_id model_template dynamics_params delay syn_weight\n"
        "10 exp2syn AMPA_ExcToExc.json 3.5 9.0\n20 NULL GABA_InhToExc.json NULL NULL\n"
        "30 NULL NULL 0.75 NULL\n"
    )
    edges = [{"edges_file": f"{name}.h5", "edge_types_file": "types.csv"}
             for name in ("recurrent", "inputs")]  # fmt: skip
    (tmp_path / "config.json").write_text(
        json.dumps(
            {
                "components": {"morphologies_dir": "."},
                "networks": {"nodes": [{"nodes_file": "nodes.h5"}], "edges": edges},
                "inputs": {"in": {"input_type": "spikes", "input_file": "input_spikes.h5",
                                  "node_set": "input"}},
                "output": {"output_dir": ".", "spikes_file": "spikes.h5"},
                "reports": {"potential": {"file_name": "v.h5", "variable_name": "v"}},
            }
        )
    )  # fmt: skip


def events(synapses):
    ends = np.cumsum(synapses.event_counts)
    return [
        synapses.event_times_ms[end - count : end].tolist()
        for end, count in zip(ends, synapses.event_counts, strict=True)
    ]


def test_edges_onto_the_report_s_cells_are_synapses(command, circuit, tmp_path):
    code, output, error = command("config.json", "--synapses", "-o", "x.pickle")
    assert code == 0, error
    synapses = read(tmp_path / "x.pickle").synapses
    assert synapses.cells.tolist() == [1, 1, 0, 0, 1]
    # Three sections to each cell.
    assert synapses.sections.tolist() == [4, 5, 0, 2, 4]
    assert synapses.positions.tolist() == [0.25, 1.0, 0.5, 0.75, 0.0]
    assert synapses.sources.tolist() == [0, 0, 1, -1, -1]
    assert synapses.weights.tolist() == [0.5, 0.25, 0.125, 2.0, 4.0]
    assert synapses.delays_ms.tolist() == [1.5, 2.0, 0.5, 1.0, 2.0]
    assert [synapses.kind_names[kind] for kind in synapses.kinds] == [
        "GABA_InhToExc", "exp2syn", "exp2syn", "type 30", "type 30",
    ]  # fmt: skip
    # The spike and the delay; what comes after the report's end is left out.
    assert events(synapses) == [[2.5, 6.0], [3.0, 6.5], [2.5], [1.25, 4.0], []]
    assert "Left out: 1 edge onto cells that the report does not have." in output
    assert "Synapses" in output
    assert read(tmp_path / "x.pickle").cells[0].spikes_ms.tolist() == [1.0, 4.5]


def test_files_given_one_by_one(command, circuit, tmp_path):
    write_edges(tmp_path / "plain.h5", RECURRENT, weight=None, delay=None)
    report = ("v.h5", "--nodes", "nodes.h5", "--morphologies", ".")
    code, output, error = command(*report, "--synapses", "--edges", "plain.h5")
    assert code == 0, error
    synapses = read(tmp_path / "v.pickle").synapses
    assert synapses.kind_names == ("e",), "there are no types"
    assert np.isnan(synapses.weights).all() and np.isnan(synapses.delays_ms).all()
    assert not len(synapses.event_times_ms)
    assert "Without a delay: 3 synapses, where events" in output
    assert "in no file: 3 synapses; give these with --spikes" in output
    typed = ("--edge-types", "types.csv", "--spikes", "spikes.h5", "--force")
    code, _, error = command(*report, "--synapses", "--edges", "plain.h5", *typed)
    assert code == 0, error
    synapses = read(tmp_path / "v.pickle").synapses
    assert np.array_equal(synapses.delays_ms, [np.nan, 3.5, 3.5], equal_nan=True)
    assert np.array_equal(synapses.weights, [np.nan, 9, 9], equal_nan=True)
    assert events(synapses) == [[1.0, 4.5], [4.5, 8.0], [5.5]]


def test_cells_that_are_points(command, circuit, tmp_path):
    with h5py.File(tmp_path / "v.h5", "a") as file:
        group = file["report/net"]
        for name in ("data", "mapping/index_pointers", "mapping/element_ids"):
            del group[name]
        group["data"] = np.zeros((11, 2), "f4")
        group["mapping/index_pointers"] = np.array([0, 1, 2], "u8")
        group["mapping/element_ids"] = np.zeros(2, "u4")
    code, output, error = command("config.json", "--synapses", "-o", "x.pickle")
    assert code == 0, error
    assert "At the points of cells without a shape: 5 synapses." in output
    assert read(tmp_path / "x.pickle").synapses.positions.tolist() == [0.5] * 5


WRONG = {
    "section": ({"section": np.array([1, 2, 3, 1])}, "has edge 2 at section 3 of cell 'net 0', "
                "which has 3 sections"),
    "half a section": ({"section": np.array([1, 0.5, 0, 1])}, "has edge 1 at section 0.5"),
    "position": ({"position": np.array([0.5, 1.5, 0, 1])}, "has edge 1 at 1.5 of its section"),
    "delay": ({"delay": np.array([1, -1, 0, 1])}, "has a delay below 0, of edge 1"),
    "places": ({"section": None}, "None of the edges ends at a known place"),
    "cells": ({"target_node_id": np.full(4, 3)}, "None of the edges ends at a known place"),
    "lengths": ({"target_node_id": np.array([1, 1, 0])}, "has 3 entries for 4 nodes"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "reason"), WRONG.values(), ids=WRONG)
def test_edges_that_do_not_fit_are_refused(command, circuit, tmp_path, changes, reason):
    write_edges(tmp_path / "wrong.h5", RECURRENT, **changes)
    code, _, error = command("config.json", "--synapses", "--edges", "wrong.h5")
    assert code == 1
    assert reason in error
    assert error.count("\n") == 1
    assert not list(tmp_path.glob("*.pickle"))


def test_options_that_belong_together(command, circuit, tmp_path):
    assert "need --synapses" in command("config.json", "--edges", "recurrent.h5")[2]
    assert (
        "--edge-types needs --edges"
        in command("config.json", "--synapses", "--edge-types", "types.csv")[2]
    )
    code, _, error = command("v.h5", "--nodes", "nodes.h5", "--morphologies", ".", "--synapses")
    assert code == 1 and "No edges are known; give their files with --edges." in error
    (tmp_path / "types.csv").write_text("edge_type_id delay\n10 soon\n")
    assert (
        "edge type 10 has the delay 'soon', which is not a number"
        in command("config.json", "--synapses")[2]
    )


def test_more_events_than_memory_are_refused(command, circuit, monkeypatch):
    monkeypatch.setattr("spike_export.formats.sonata_synapses._MOST_EVENTS", 4)
    assert "more than 4 events together" in command("config.json", "--synapses")[2]
