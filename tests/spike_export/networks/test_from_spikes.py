# SPDX-License-Identifier: BSD-3-Clause
"""Spike times of any network, with places and connections, to a simulation file."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from spike_export import read
from spike_export.edit.rise_and_decay import Kernel
from spike_export.formats.spike_tables import read_spikes
from spike_export.networks.from_spikes import SpikesError, simulation_from_spikes


def table(text: str, name: str = "spikes.csv", encoding: str = "utf-8") -> Path:
    Path(name).write_bytes(text.encode(encoding))
    return Path(name)


@pytest.mark.parametrize(
    ("name", "text", "assumed"),
    [
        ("a.csv", "cell,time\n3,1.5\n3,4\n0,2.25\n", "ms"),
        ("b.csv", "3,1.5\n3,4.0\n0,2.25\n", "cell and time, ms"),
        ("c.csv", "Time_ms;GID\n1.5;3\n4;3\n2.25;0\n", ""),
        ("d.dat", "1.5\t3\n4\t3\n2.25\t0\n", "time and cell, ms"),
        ("e.txt", "# made by a model\n1.5 3\n\n2.25 0\n4 3\n", "time and cell, ms"),
        ("f.csv", '\ufefft,"neuron"\n1.5,3\n2.25,0\n4,3.0\n', "ms"),
    ],
)
def test_tables_of_spikes_are_understood(command, tmp_path, name, text, assumed):
    table(text, name)
    code, output, errors = command("from-spikes", name, "-o", "net.pickle", "--stop", 20)
    assert (code, errors) == (0, "")
    notes = output[: output.index("File ")]
    assert "placed on a grid" in notes
    said = re.findall("read as (.+)\\.|; (.+) was assumed", notes)
    assert ", ".join(one or other for one, other in said) == assumed
    made = read(tmp_path / "net.pickle")
    assert [cell.name for cell in made.cells] == ["0", "3"]
    assert [cell.gid for cell in made.cells] == [0, 3]
    assert [cell.spikes_ms.tolist() for cell in made.cells] == [[2.25], [1.5, 4.0]]
    assert made.time_ms.tolist() == list(range(21))
    kernel = Kernel(1, 10)
    expected = kernel.at(made.time_ms - 1.5) + kernel.at(made.time_ms - 4)
    assert np.abs(made.values[:, 1] - expected).max() < 1e-6


@pytest.mark.parametrize("text", ["1 2\n2 3\n", "1,2\n2,3\n"])
def test_columns_that_may_be_either_are_asked_for(command, tmp_path, text):
    table(text, "a.dat")
    code, _, errors = command("from-spikes", "a.dat")
    assert code == 1
    assert "use --order cell,time or --order time,cell" in errors
    for order, times in ("cell,time", [2, 3]), ("time,cell", [1, 2]):
        assert command("from-spikes", "a.dat", "--order", order, "--force")[0] == 0
        made = read(tmp_path / "a.pickle")
        assert [cell.spikes_ms.tolist() for cell in made.cells] == [[time] for time in times]


def test_spikes_out_of_order_are_sorted_and_said(command, tmp_path):
    table("cell,time\na,5\na,3\nb,1\n")
    code, output, _ = command("from-spikes", "spikes.csv")
    assert code == 0
    assert "The spikes of 1 of 2 cells were not in chronological order, those of cell 'a'" in output
    cells = read(tmp_path / "spikes.pickle").cells
    assert [(cell.name, cell.spikes_ms.tolist()) for cell in cells] == [("a", [3, 5]), ("b", [1])]


def test_places_and_connections_come_from_tables(command, tmp_path):
    table("cell,time\n5,1\n7,2\n")
    table("z,y,x,id\n1,2,3,7\n0,0,0,5\n4,5,6,9\n", "places.csv")
    table("pre,post\n5,7\n9,9\n", "pairs.csv")
    code, output, errors = command(
        "from-spikes", "spikes.csv", "--positions", "places.csv", "--connections", "pairs.csv",
        "--diameter", 4, "--every", 0.5,
    )  # fmt: skip
    assert (code, errors) == (0, "")
    made = read(tmp_path / "spikes.pickle")
    assert [cell.name for cell in made.cells] == ["7", "5", "9"]
    assert made.points_um.tolist() == [[3, 2, 1, 4], [0, 0, 0, 4], [6, 5, 4, 4]]
    assert made.connections.tolist() == [[1, 0], [2, 2]]
    assert made.cells[2].spikes_ms.size == 0
    assert (made.values[:, 2] == 0).all()


def test_sonata_spikes_and_nodes_are_read(command, tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "spikes.h5", "w") as file:
        group = file.create_group("spikes/cortex")
        group["node_ids"] = np.array([2, 0, 2], np.uint64)
        group["timestamps"] = [3.0, 1.0, 2.0]
    with h5py.File(tmp_path / "nodes.h5", "w") as file:
        group = file.create_group("nodes/cortex")
        group["node_type_id"] = [1, 1, 1]
        group["node_id"] = [0, 1, 2]
        group["node_group_id"] = [0, 0, 0]
        group["node_group_index"] = [0, 1, 2]
        for axis, row in zip("xyz", np.arange(9.0).reshape(3, 3), strict=True):
            group[f"0/{axis}"] = row
    code, _, errors = command("from-spikes", "spikes.h5", "--positions", "nodes.h5")
    assert (code, errors) == (0, "")
    made = read(tmp_path / "spikes.pickle")
    assert [cell.spikes_ms.tolist() for cell in made.cells] == [[1], [], [2, 3]]
    assert made.points_um[:, :3].tolist() == [[0, 3, 6], [1, 4, 7], [2, 5, 8]]
    code, _, errors = command("from-spikes", "spikes.h5", "-o", "x.pickle", "--population", "hpc")
    assert code == 1
    assert errors == "Error: Cannot use spikes.h5: it has no population 'hpc', but cortex.\n"


def test_neurons_vectors_will_do(h):
    pytest.importorskip("neuron")
    times = {3: h.Vector([1.0, 5.0]), 8: h.Vector()}
    made = simulation_from_spikes(times, stop_ms=10)
    assert [cell.spikes_ms.tolist() for cell in made.cells] == [[1, 5], []]
    assert len(np.unique(made.points_um, axis=0)) == 2


def test_it_lasts_until_the_last_spike_has_faded():
    made = simulation_from_spikes({"a": [0.0, 100.0]}, rise_ms=0.5, decay_ms=20)
    assert 0.005 < made.values[-1, 0] < 0.02


BAD = [
    ("cell,time\n1,-2\n", "line 2 has a spike at -2 ms, before 0."),
    ("cell,time\n1,x\n", "line 2 has the time 'x', which is not a number."),
    ("cell,time\n1,inf\n", "line 2 has the time 'inf', which is not finite."),
    ("cell,time\n1,3\n2\n", "line 3 has 1 column, but 2 are needed."),
    ("cell,when\n1,3\n", "has no column for time; its columns are cell, when, but one of these"),
    (
        "unit,when\n1,3\n",
        "needed: cell, gid, id, cell_id, node_id, neuron, neuron_id, sender, name",
    ),
    ("cell,time\n1,5,25\n", "line 2 has 3 columns, but the first line has 2; use decimal "),
    ("1,5\n1,5,25\n", "line 2 has 3 columns, but the first line has 2; use decimal "),
    ("1,5,25\n1,6,25\n", "has 3 columns but no header line to say which"),
    ("x,time,cell\n1,5\n", "line 2 has 2 columns, but 3 are needed."),
    ("cell,time\n", "holds no spikes."),
    ("", "holds no spikes."),
    ('cell,time\n"1,3\n', "line 2 is not a table row; a quotation mark may be missing."),
]


@pytest.mark.parametrize(("text", "reason"), BAD, ids=[reason for _, reason in BAD])
def test_what_is_wrong_with_a_table_is_a_sentence(command, text, reason):
    table(text)
    code, _, errors = command("from-spikes", "spikes.csv")
    assert code == 1
    assert errors.startswith("Error: Cannot use spikes.csv: ")
    assert reason in errors
    assert not Path("spikes.pickle").exists()


def test_other_bad_input_is_a_sentence(command):
    def error(*arguments):
        code, _, errors = command("from-spikes", *arguments)
        assert code == 1
        return errors

    assert error("none.csv") == "Error: Cannot read none.csv: file not found.\n"
    Path("folder.csv").mkdir()
    assert "is a folder without spike_times.npy and spike_clusters.npy" in error("folder.csv")
    table("cell,time\n1,2\nä,3\n", "latin.csv", "latin-1")
    assert "latin.csv: line 3 is not UTF-8 text" in error("latin.csv")
    table("1,0.5\n")
    table("cell,x,y,z\n2,0,0,0\n", "places.csv")
    assert "1 of 1 spiking cells have no position, cell 1 for example" in error(
        "spikes.csv", "--positions", "places.csv"
    )
    table("cell,x,y,z\n1,0,0,0\n1,0,0,0\n", "places.csv")
    assert "line 3 places cell '1' a second time" in error(
        "spikes.csv", "--positions", "places.csv"
    )
    table("1,4\n", "pairs.csv")
    assert "line 1 connects cell '4', which is not in the network" in error(
        "spikes.csv", "--connections", "pairs.csv"
    )
    assert "the limit is" in error("spikes.csv", "--every", 1e-9, "--stop", 1e9)
    assert "The rise, 5 ms, is longer" in error("spikes.csv", "--rise", 5, "--decay", 1)
    Path("fake.h5").write_bytes(b"no")
    assert "fake.h5: it is damaged or not an HDF5 file" in error("fake.h5")


def test_times_that_are_none_are_named():
    with pytest.raises(SpikesError, match="Cell a has a spike whose time is not finite"):
        simulation_from_spikes({"a": [np.nan]})
    with pytest.raises(SpikesError, match="Cell a has a spike at -1 ms, before 0"):
        simulation_from_spikes({"a": [2, -1]})
    with pytest.raises(SpikesError, match="There are no cells"):
        simulation_from_spikes({})


def test_names_of_cells_need_not_be_numbers(command):
    table("name,time\nbasket,1\n10,2\n9,1\n")
    assert list(read_spikes(Path("spikes.csv")).times_ms) == ["9", "10", "basket"]


def test_large_numbers_of_cells_are_kept(command, tmp_path):
    first, second = 720575940622838154, 720575940622838155
    table(f"cell,time\n{second},2\n{first},1\n1e3,1\n+7.0,1\n")
    table(f"cell,x,y,z\n{first},1,0,0\n{second},2,0,0\n1000,3,0,0\n7,4,0,0\n", "places.csv")
    table(f"{second},{first}\n", "pairs.csv")
    assert list(read_spikes(Path("spikes.csv")).times_ms) == ["7", "1000", str(first), str(second)]
    code, _, errors = command(
        "from-spikes", "spikes.csv", "--positions", "places.csv", "--connections", "pairs.csv"
    )
    assert (code, errors) == (0, "")
    made = read(tmp_path / "spikes.pickle")
    assert [cell.gid for cell in made.cells] == [first, second, 1000, 7]
    assert made.connections.tolist() == [[1, 0]]
    table("cell,time\n7.205759406228381e17,1\n7.2057594062283810e17,1\n")
    assert len(read_spikes(Path("spikes.csv")).times_ms) == 2, "rounded, they might be two cells"
    assert simulation_from_spikes({str(2**63): [1]}).cells[0].gid is None


def test_empty_fields_at_a_row_s_end_do_not_count(command):
    table("cell,time\n1,5,\n")
    assert read_spikes(Path("spikes.csv")).times_ms["1"].tolist() == [5]


def test_times_may_be_in_seconds(command, tmp_path):
    table("i,t\n0,0.0015\n0,0.004\n")
    assert command("from-spikes", "spikes.csv", "--unit", "s", "--stop", 10)[0] == 0
    assert read(tmp_path / "spikes.pickle").cells[0].spikes_ms.tolist() == [1.5, 4]


def test_spikes_after_the_last_frame_are_left_out():
    made = simulation_from_spikes({"a": [1.0, 5.0, 9.0], "b": [9.0]}, stop_ms=5)
    assert [cell.spikes_ms.tolist() for cell in made.cells] == [[1, 5], []]


def test_frames_too_far_apart_for_spikes_are_said_to_be(command):
    table("cell,time\n1,50\n")
    said = "Note: Frames are 100 ms apart, and a spike fades with 10 ms, so most spikes are"
    assert said in command("from-spikes", "spikes.csv", "--every", 100)[1]
    assert "Frames are" not in command("from-spikes", "spikes.csv", "--every", 5, "--force")[1]


@pytest.mark.parametrize(("column", "scale"), [("delay", 1), ("delay_ms", 1), ("delay_s", 1000)])
def test_a_table_of_connections_may_have_delays(command, tmp_path, column, scale):
    table("cell,time\n5,1\n7,2\n")
    table(f"pre,weight,post,{column}\n5,9,7,0.5\n7,9,5,2\n", "pairs.csv")
    options = ("from-spikes", "spikes.csv", "--connections", "pairs.csv", "--force")
    code, _, errors = command(*options)
    assert (code, errors) == (0, "")
    made = read(tmp_path / "spikes.pickle")
    assert made.connections.tolist() == [[0, 1], [1, 0]]
    assert made.delays_ms.tolist() == [0.5 * scale, 2 * scale]
    table(f"pre,{column},post\n5,0.5,7\n7,,5\n", "pairs.csv")
    code, output, _ = command(*options)
    assert code == 0 and "1 of 2 connections have a delay of at least 0 ms" in output
    assert read(tmp_path / "spikes.pickle").delays_ms is None
    table(f"pre,{column},post\n5,-1,7\n", "pairs.csv")
    code, _, errors = command(*options)
    assert code == 1 and "line 2 has the delay -1, which is negative" in errors
