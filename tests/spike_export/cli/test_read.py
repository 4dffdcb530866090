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
    assert code == 1 and "it is not a regular file" in error


def test_names_of_files_tell_nothing(tmp_path, command):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "spikes.csv", "w") as file:
        file["spikes/net/node_ids"], file["spikes/net/timestamps"] = [1, 2], [5.0, 7.0]
    code, _, error = command("from-spikes", "spikes.csv")
    assert code == 0, error
    assert [cell.gid for cell in read("spikes.pickle").cells] == [1, 2]
    (tmp_path / "run.h5").write_text('{"run": {}, "network": "nowhere.json"}')
    assert "nowhere.json" in command("sonata", "run.h5")[2]
