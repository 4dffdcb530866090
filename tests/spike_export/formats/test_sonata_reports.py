# SPDX-License-Identifier: BSD-3-Clause
"""Several SONATA reports of one run in one file: the same cells at the same times, or refused."""

from __future__ import annotations

import json
from functools import partial

import numpy as np
import pytest

from spike_export import read

h5py = pytest.importorskip("h5py")

COUNT = 3


@pytest.fixture
def command(command):
    """Run ``spike-export sonata`` in an empty folder; return its exit code, output and errors."""
    return partial(command, "sonata")


def write_report(path, ids, *, unit="", frames=4, step=0.1, sections=(0, 1, 2), seed=0):
    """Write a report of cells with a value in each of some sections; return its values."""
    rows = len(ids) * len(sections)
    values = np.random.default_rng(seed).normal(0, 1, (frames, rows)).astype("f4")
    with h5py.File(path, "w") as file:
        group = file.create_group("report/net")
        group["data"] = values
        if unit:
            group["data"].attrs["units"] = unit
        group["mapping/node_ids"] = np.array(ids, "u8")
        group["mapping/index_pointers"] = np.arange(0, rows + 1, len(sections)).astype("u8")
        group["mapping/element_ids"] = np.array(list(sections) * len(ids), "u4")
        group["mapping/time"] = [0, frames * step, step]
    return values


@pytest.fixture
def circuit(tmp_path):
    """Cells with a soma, a basal and an apical dendrite, and a configuration of their run."""
    (tmp_path / "cell.swc").write_text(
        "1 1 0 0 0 5 -1\n2 3 0 5 0 1 1\n3 3 0 25 0 1 2\n4 4 0 -5 0 1 1\n5 4 0 -25 0 1 4\n"
    )
    with h5py.File(tmp_path / "nodes.h5", "w") as file:
        group = file.create_group("nodes/net")
        group["node_type_id"], group["node_group_id"] = np.full(8, 100), np.zeros(8, "i4")
        group["node_group_index"] = np.arange(8)
        group["0/morphology"] = ["cell"] * 8
        group["0/x"] = 100.0 * np.arange(8)
    reports = {
        "potential": {"file_name": "v.h5", "variable_name": "v"},
        "calcium": {"file_name": "ca.h5", "variable_name": "cai"},
    }
    (tmp_path / "config.json").write_text(
        json.dumps(
            {
                "components": {"morphologies_dir": "."},
                "networks": {"nodes": [{"nodes_file": "nodes.h5"}]},
                "output": {"output_dir": "."},
                "reports": reports,
            }
        )
    )
    return (
        write_report(tmp_path / "v.h5", [0, 1], unit="mV"),
        write_report(tmp_path / "ca.h5", [1, 0], unit="mM", seed=1),
    )


def test_a_configuration_s_reports_are_quantities_of_one_file(command, circuit, tmp_path):
    code, output, error = command("config.json")
    assert code == 0, error
    assert "Note: Spikes" not in output and "is called" not in output
    simulation = read(tmp_path / "v.pickle")
    assert (simulation.quantity, simulation.unit) == ("v", "mV")
    assert np.array_equal(simulation.values, circuit[0])
    assert list(simulation.more) == ["cai"] and simulation.more["cai"].unit == "mM"
    # Its cells are in another order in the file.
    swapped = np.hstack([circuit[1][:, COUNT:], circuit[1][:, :COUNT]])
    assert np.array_equal(simulation.more["cai"].values, swapped)
    assert simulation.source == "v.h5, ca.h5"


def test_reports_are_chosen_in_an_order(command, circuit, tmp_path):
    assert command("config.json", "--report", "calcium", "--report", "potential")[0] == 0
    simulation = read(tmp_path / "ca.pickle")
    assert list(simulation.quantities) == ["cai", "v"]
    assert [cell.gid for cell in simulation.cells] == [1, 0]
    assert command("config.json", "--report", "calcium", "-o", "one.pickle")[0] == 0
    assert list(read(tmp_path / "one.pickle").quantities) == ["cai"]


FILES = ("--nodes", "nodes.h5", "--morphologies", ".")


def test_files_of_reports(command, circuit, tmp_path):
    write_report(tmp_path / "other.h5", [0, 1], unit="mV", seed=2)
    code, output, error = command("v.h5", "ca.h5", "other.h5", *FILES)
    assert code == 0, error
    assert "Note: What ca holds has no name of its own; it is called 'ca'." in output
    assert "Note: What other holds is 'v', as before it; it is called 'other'." in output
    assert list(read(tmp_path / "v.pickle").quantities) == ["v", "ca", "other"]


DIFFERING = {
    "fewer cells": ({"ids": [0]}, "lacks cell 'net 1'"),
    "more cells": ({"ids": [0, 1, 7]}, "has one more cell, 'net 7'"),
    "frames": ({"frames": 3}, "has 3 frames, from 0 to 0.2 ms, and not 4, from 0 to 0.3 ms"),
    "times": ({"step": 0.2}, "has its frame 1 at 0.2 ms, and not at 0.1 ms"),
    "somata": ({"sections": [0]}, "has 1 section of cell 'net 0', and not 3"),
    "segments": ({"sections": [0, 1, 1, 2]}, "has section 'dend[0]' of cell 'net 0' with 2 "
                 "segments, and not 'dend[0]' with 1"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "reason"), DIFFERING.values(), ids=DIFFERING)
def test_reports_that_differ_are_refused(command, circuit, tmp_path, changes, reason):
    write_report(tmp_path / "ca.h5", **{"ids": [0, 1], "unit": "mM", **changes})
    code, _, error = command("config.json")
    assert code == 1
    sentence = f"Error: Cannot put ca.h5 and v.h5 in one file: the first one {reason}. Convert them"
    assert error == f"{sentence} separately, with --report potential or calcium.\n"
    assert command("v.h5", "ca.h5", *FILES)[2] == f"{sentence} separately.\n"
    assert not list(tmp_path.glob("*.pickle"))


def test_a_configuration_goes_alone(command, circuit):
    code, _, error = command("config.json", "v.h5")
    assert code == 2 and "A configuration names its reports; give it alone." in error


def test_reports_that_were_not_written_are_named(command, circuit, tmp_path):
    (tmp_path / "ca.h5").unlink()
    assert (
        "it names the reports 'potential', 'calcium', but there is no ca.h5; choose by --report"
        in command("config.json")[2]
    )
    assert command("config.json", "--report", "potential")[0] == 0
