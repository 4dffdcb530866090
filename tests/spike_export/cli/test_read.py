# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export read`` finds the command that reads a file; adapters have tests of their own."""

from __future__ import annotations

import numpy as np
import pytest

from spike_export import read

pytest.importorskip("scipy")
SPIKES = "cell,time\n1,5\n2,7\n"


def test_tables_of_spikes_go_to_from_spikes(tmp_path, command):
    (tmp_path / "a.csv").write_text(SPIKES)
    (tmp_path / "places.csv").write_text("cell,x,y,z\n1,0,0,0\n2,30,0,0\n")
    options = ("--positions", "places.csv", "--stop", 20, "--diameter", 4)
    code, out, error = command("read", "a.csv", *options, "-o", "read.pickle")
    assert code == 0, error
    assert out.startswith("a.csv is a table; running spike-export from-spikes.\n")
    assert command("from-spikes", "a.csv", *options, "-o", "own.pickle")[0] == 0
    assert (tmp_path / "read.pickle").read_bytes() == (tmp_path / "own.pickle").read_bytes()
    code, _, error = command("read", "a.csv", "-o", "read.pickle")
    assert code == 1 and "read.pickle already exists; use --force to overwrite it." in error


def test_swc_goes_to_swc(tmp_path, command):
    pytest.importorskip("neuron")
    (tmp_path / "cell.txt").write_text("1 1 0 0 0 5 -1\n2 3 10 0 0 1 1\n3 3 20 0 0 1 2\n")
    code, _, error = command("read", "cell.txt")
    assert code == 0, error
    assert read("cell.pickle").section_names == ("cell.soma[0]", "cell.dend[0]")


def test_options_that_do_not_belong_are_refused(tmp_path, command):
    (tmp_path / "a.csv").write_text(SPIKES)
    (tmp_path / "b.npy").write_bytes(b"")
    code, _, error = command("read", "a.csv", "--interval", 3)
    assert code == 2 and "--interval does not apply to a table." in error
    np.save(tmp_path / "m.npy", np.zeros((2, 3)))
    code, _, error = command("read", "m.npy", "a.csv", "--rows", "cells", "--interval", 3)
    assert code == 2 and "a.csv is not a matrix of values, as m.npy is." in error


def test_what_no_command_reads_is_named(tmp_path, command):
    (tmp_path / "a.txt").write_text("dear reader\n")
    assert command("read", "a.txt")[2] == "Error: Cannot use a.txt: it is a text.\n"
    assert "file not found" in command("read", "b.txt")[2]
    code, _, error = command("read", tmp_path)
    assert code == 1 and "it is a folder" in error
    code, _, error = command("read", "/dev/null")
    assert code == 1 and "it is not a regular file" in error


def test_a_folder_of_phy_s_goes_to_from_spikes(tmp_path, command):
    folder = tmp_path / "phy"
    folder.mkdir()
    np.save(folder / "spike_times.npy", np.array([30, 60, 90]))
    np.save(folder / "spike_clusters.npy", np.array([3, 0, 3]))
    (folder / "params.py").write_text("sample_rate = 30000.\n")
    code, out, error = command("read", "phy")
    assert code == 0, error
    assert "phy is a Kilosort or Phy folder; running spike-export from-spikes." in out
    found = read(tmp_path / "phy.pickle")
    assert [cell.spikes_ms.tolist() for cell in found.cells] == [[2], [1, 3]]


def test_names_of_files_tell_nothing(tmp_path, command):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "spikes.csv", "w") as file:
        file["spikes/net/node_ids"], file["spikes/net/timestamps"] = [1, 2], [5.0, 7.0]
    code, _, error = command("from-spikes", "spikes.csv")
    assert code == 0, error
    assert [cell.gid for cell in read("spikes.pickle").cells] == [1, 2]
    (tmp_path / "run.h5").write_text('{"run": {}, "network": "nowhere.json"}')
    assert "nowhere.json" in command("sonata", "run.h5")[2]


def test_connections_are_in_a_file_of_their_own(tmp_path, command):
    np.save(tmp_path / "m.npy", np.zeros((3, 4)))
    (tmp_path / "pairs.csv").write_text("from,to,delay\n0,2,1.5\n2,1,3\n")
    options = ("--rows", "cells", "--interval", 1, "--force")
    code, out, error = command("read", "m.npy", *options, "--connections", "pairs.csv")
    assert code == 0, error
    assert "The ends of connections were taken to count the cells from 0 on." in out
    assert read("m.pickle").connections.tolist() == [[0, 2], [2, 1]]
    assert read("m.pickle").delays_ms.tolist() == [1.5, 3]
    # By their names where these fit.
    (tmp_path / "pairs.csv").write_text("from,to\ncell 2,cell 0\n")
    code, out, _ = command("read", "m.npy", *options, "--connections", "pairs.csv")
    assert code == 0 and "count the cells" not in out
    assert read("m.pickle").connections.tolist() == [[2, 0]]
    (tmp_path / "pairs.csv").write_text("from,to\n0,3\n")
    code, _, error = command("read", "m.npy", *options, "--connections", "pairs.csv")
    assert code == 1 and "connects cell '0', which is not in the network" in error


def write_recording(path, gids) -> None:
    rows = [f"{gid} {time} {gid + time}" for time in (1, 2) for gid in gids]
    path.write_text("\n".join(["sender time_ms V_m", *rows]))


def test_connections_between_the_cells_of_several_files(tmp_path, command):
    h5py = pytest.importorskip("h5py")
    write_recording(tmp_path / "a.dat", [3, 9])
    write_recording(tmp_path / "b.dat", [5])
    with h5py.File(tmp_path / "edges.h5", "w") as file:
        file["edges/e/source_node_id"] = np.array([3, 9, 1])
        file["edges/e/target_node_id"] = np.array([5, 3, 5])
    code, out, error = command("read", "a.dat", "b.dat", "--connections", "edges.h5")
    assert code == 0, error
    assert "1 of 3 connections have an end that is not one of the 3 cells" in out
    made = read("a.pickle")
    assert [cell.gid for cell in made.cells] == [3, 5, 9]
    assert made.connections.tolist() == [[0, 1], [2, 0]]


def test_connections_that_the_file_has_are_not_replaced(tmp_path, command):
    (tmp_path / "net.nml").write_text(
        '<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="n"><network id="net">'
        '<population id="p" type="populationList">'
        '<instance id="0"><location x="0" y="0" z="0"/></instance>'
        '<instance id="1"><location x="9" y="0" z="0"/></instance></population>'
        '<projection id="pp" presynapticPopulation="p" postsynapticPopulation="p">'
        '<connection id="0" preCellId="../p/0/c" postCellId="../p/1/c"/></projection>'
        "</network></neuroml>"
    )
    (tmp_path / "pairs.csv").write_text("from,to\n1,0\n")
    code, _, error = command("read", "net.nml", "--connections", "pairs.csv")
    assert code == 1
    assert error == "Error: The file connects its cells itself; leave connections out.\n"


def test_options_of_positions_are_refused_where_nothing_is_to_be_chosen(tmp_path, command):
    np.save(tmp_path / "m.npy", np.zeros((2, 3)))
    (tmp_path / "places.csv").write_text("cell,x,y,z\n0,0,0,0\n1,9,0,0\n")
    options = ("--rows", "cells", "--interval", 1)
    code, _, error = command("read", "m.npy", *options, "--positions-of", "units")
    assert code == 2 and "--positions-of is for --positions; give both." in error
    options += ("--positions", "places.csv", "--positions-of", "units")
    code, _, error = command("read", "m.npy", *options)
    assert code == 2
    assert "--positions-of is for files that hold several things; places.csv is a table" in error
