# SPDX-License-Identifier: BSD-3-Clause
"""Networks whose spikes, places and connections come from SONATA's files, tables, or both."""

from __future__ import annotations

import json
from functools import partial

import numpy as np
import pytest

from spike_export import read

h5py = pytest.importorskip("h5py")


@pytest.fixture
def command(command):
    return partial(command, "from-spikes")


def write_spikes(path, unit="milliseconds", **populations):
    with h5py.File(path, "a") as file:
        for name, (nodes, times) in populations.items():
            group = file.create_group(f"spikes/{name}")
            group["node_ids"] = np.array(nodes, "u8")
            group["timestamps"] = np.array(times, "f8")
            group["timestamps"].attrs["units"] = unit


def write_nodes(path, count, population="v1", **columns):
    with h5py.File(path, "a") as file:
        group = file.create_group(f"nodes/{population}")
        group["node_type_id"] = np.full(count, 100)
        group["node_group_id"] = np.zeros(count, "i4")
        group["node_group_index"] = np.arange(count)
        for name, column in columns.items():
            group[f"0/{name}"] = column


def write_edges(path, pairs, source="v1", target="v1"):
    with h5py.File(path, "a") as file:
        group = file.create_group(f"edges/{source}_{target}")
        for end, nodes, name in zip(
            ("source", "target"), np.transpose(pairs), (source, target), strict=True
        ):
            group[f"{end}_node_id"] = np.array(nodes, "u8")
            group[f"{end}_node_id"].attrs["node_population"] = name


@pytest.mark.parametrize(("unit", "scale"), [("milliseconds", 1), ("s", 1000)])
def test_units_are_converted(command, tmp_path, unit, scale):
    write_spikes("a.h5", unit, v1=([2, 0], [0.25, 0.5]))
    assert command("a.h5")[0] == 0
    made = read(tmp_path / "a.pickle")
    assert [cell.spikes_ms.tolist() for cell in made.cells] == [[0.5 * scale], [0.25 * scale]]


def test_gids_are_spikes_without_populations(command, tmp_path):
    """As SONATA was at first."""
    with h5py.File("old.h5", "w") as file:
        file["spikes/gids"] = np.array([4, 1, 4], "u8")
        file["spikes/timestamps"] = [3.0, 1, 2]
    code, output, errors = command("old.h5")
    assert (code, errors) == (0, "")
    made = read(tmp_path / "old.pickle")
    assert [(cell.gid, cell.spikes_ms.tolist()) for cell in made.cells] == [(1, [1]), (4, [2, 3])]


def test_populations_together_with_their_nodes_and_edges(command, tmp_path):
    write_spikes("s.h5", v1=([1], [5]), lgn=([1, 0], [1, 2]))
    write_nodes("v1.h5", 2, positions=np.array([[1.0, 2, 3], [4, 5, 6]]))
    write_nodes("lgn.h5", 2, "lgn", x=[7.0, 8], y=[9.0, 10])
    write_nodes("lgn.h5", 1, "noise", x=[0.0])
    write_edges("e.h5", [[0, 1], [1, 0]])
    write_edges("e.h5", [[1, 0]], "lgn")
    write_edges("e.h5", [[0, 0]], "noise")
    code, output, errors = command(
        "s.h5", "--positions", "v1.h5", "--positions", "lgn.h5", "--connections", "e.h5"
    )
    assert (code, errors) == (0, "")
    made = read(tmp_path / "s.pickle")
    assert [cell.name for cell in made.cells] == ["lgn 0", "lgn 1", "v1 0", "v1 1"]
    assert made.points_um[:, :3].tolist() == [[7, 9, 0], [8, 10, 0], [1, 2, 3], [4, 5, 6]]
    assert [cell.spikes_ms.tolist() for cell in made.cells] == [[2], [1], [], [5]]
    assert sorted(made.connections.tolist()) == [[1, 2], [2, 3], [3, 2]]
    assert "Nodes have no z; 0 was assumed." in output
    assert "1 of 4 connections have an end that is not one of the 4 cells, and were left" in output
    code, _, errors = command("s.h5", "--population", "v1", "--positions", "v1.h5", "--force")
    assert (code, errors) == (0, "")
    assert [cell.name for cell in read(tmp_path / "s.pickle").cells] == ["0", "1"]


def test_edges_that_connect_nothing_are_refused(command):
    write_spikes("s.h5", v1=([1], [5]))
    write_edges("e.h5", [[0, 1]], "lgn")
    code, _, errors = command("s.h5", "--connections", "e.h5")
    assert code == 1
    assert "none of its 1 connections joins two of the 1 cells" in errors


def test_a_configuration_names_spikes_and_nodes(command, tmp_path):
    (tmp_path / "output").mkdir()
    (tmp_path / "config.json").write_text(
        json.dumps({
            "networks": {"nodes": [{"nodes_file": "n.h5"}]},
            "output": {"output_dir": "output", "spikes_file": "s.h5",
                       "spikes_file_csv": "s.csv"},
        })
    )  # fmt: skip
    write_nodes("n.h5", 2, x=[1.0, 2], y=[0.0, 0])
    code, _, errors = command("config.json")
    assert (code, errors) == (
        1, "Error: Cannot use config.json: there is no s.csv in its output folder.\n"
    )  # fmt: skip
    (tmp_path / "output" / "s.csv").write_text("timestamps population node_ids\n2.5 v1 1\n")
    assert command("config.json")[0] == 0
    assert [len(cell.spikes_ms) for cell in read(tmp_path / "config.pickle").cells] == [0, 1]
    write_spikes("output/s.h5", v1=([0], [5]))
    assert command("config.json", "--force")[0] == 0
    assert [len(cell.spikes_ms) for cell in read(tmp_path / "config.pickle").cells] == [1, 0]


def test_files_of_different_kinds_are_refused(command):
    write_spikes("s.h5", v1=([1], [5]))
    with open("t.csv", "w") as stream:
        stream.write("cell,time\n1,2\n")
    code, _, errors = command("t.csv", "s.h5")
    assert code == 1
    assert "Cannot use t.csv with s.h5: they are of different kinds" in errors


def test_delays_come_with_edges_or_from_their_types(command, tmp_path):
    """An edge's own delay counts; others are those of its type, in the table beside the file."""
    write_spikes("s.h5", v1=([0, 1, 2], [5, 6, 7]))
    write_edges("v1_edges.h5", [[0, 1], [1, 0], [0, 2], [2, 2]])
    with h5py.File("v1_edges.h5", "a") as file:
        group = file["edges/v1_v1"]
        group["edge_type_id"] = [7, 8, 7, 8]
        group["edge_group_id"], group["edge_group_index"] = [0, 1, 1, 0], [1, 0, 1, 0]
        group["0/delay"] = [0.5, 2.0]
        group.create_group("1")
    code, out, errors = command("s.h5", "--connections", "v1_edges.h5")
    assert (code, errors) == (0, "") and "2 of 4 connections have a delay of at least 0 ms" in out
    assert read(tmp_path / "s.pickle").delays_ms is None
    (tmp_path / "v1_edge_types.csv").write_text("edge_type_id delay\n7 3.5\n8 1.25\n")
    code, out, errors = command("s.h5", "--connections", "v1_edges.h5", "--force")
    assert (code, errors) == (0, "")
    assert "Delays that v1_edges.h5 does not have are those of v1_edge_types.csv" in out
    made = read(tmp_path / "s.pickle")
    assert made.connections.tolist() == [[0, 1], [1, 0], [0, 2], [2, 2]]
    assert made.delays_ms.tolist() == [2, 1.25, 3.5, 0.5]
    (tmp_path / "v1_edge_types.csv").write_text("edge_type_id delay\n7 soon\n")
    code, _, errors = command("s.h5", "--connections", "v1_edges.h5", "--force")
    assert code == 1 and "v1_edge_types.csv: edge type 7 has the delay 'soon'" in errors


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        ("edge_group_id", [0], "has 1 entries for 2 edges"),
        ("edge_group_index", [0, 5], "has 2 entries, fewer than its edges"),
    ],
)
def test_delays_that_do_not_fit_edges_are_refused(command, name, values, sentence):
    write_spikes("s.h5", v1=([0, 1], [5, 6]))
    write_edges("e.h5", [[0, 1], [1, 0]])
    with h5py.File("e.h5", "a") as file:
        file["edges/v1_v1"][name], file["edges/v1_v1/0/delay"] = values, [1.0, 2.0]
    code, _, errors = command("s.h5", "--connections", "e.h5")
    assert code == 1 and sentence in errors
