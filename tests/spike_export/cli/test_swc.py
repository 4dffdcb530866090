# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export swc``: what it prints, writes and exits with."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from spike_export import read

CELL = """\
1 1 0 0 0 5 -1
2 3 0 5 0 1 1
3 3 0 120 0 0.5 2
4 2 0 -5 0 0.5 1
5 2 0 -150 0 0.5 4
"""


@pytest.fixture
def command(command):
    """Run ``spike-export swc`` in an empty folder; return its exit code, output and errors."""
    return partial(command, "swc")


@pytest.fixture
def cell(tmp_path):
    path = tmp_path / "L5 cell.v2.swc"
    path.write_text(CELL)
    return path


def test_a_cell_fires_by_default(h, command, cell, tmp_path):
    code, output, errors = command(cell, "--tstop", 10)
    assert (code, errors) == (0, "")
    assert "/ 10 ms" not in output
    simulation = read(tmp_path / "L5 cell.v2.pickle")
    assert [c.name for c in simulation.cells] == ["L5 cell.v2"]
    assert simulation.section_names[0] == "L5 cell.v2.soma[0]"
    assert len(simulation.time_ms) == 101
    assert (simulation.cells[0].spikes_ms > 5).all()
    assert len(simulation.cells[0].spikes_ms) == 1
    code, _, errors = command(cell)
    assert code == 1
    assert "already exists; use --force to overwrite it" in errors


def test_progress_is_shown_in_a_terminal_beside_the_result(h, command, cell, in_terminal):
    in_terminal()
    code, output, errors = command(cell, "--tstop", 10)
    assert code == 0
    assert "/ 10 ms" in errors
    assert "/ 10 ms" not in output


def test_options_reach_the_model(h, command, cell, tmp_path):
    code, _, errors = command(
        cell, "-o", "out.pickle", "--biophysics", "pas", "--inject", "axon(1)", "--amp", -0.1,
        "--delay", 1, "--dur", 1, "--tstop", 3, "--every", 0.5, "--d-lambda", 0.05,
    )  # fmt: skip
    assert (code, errors) == (0, "")
    simulation = read(tmp_path / "out.pickle")
    assert np.allclose(simulation.time_ms, [0, 0.5, 1, 1.5, 2, 2.5, 3])
    assert simulation.values[3].argmin() == 1 + simulation.segment_counts[1] - 1
    assert simulation.meta["current_step_nA"] == -0.1
    assert simulation.meta["d_lambda"] == 0.05


def test_synapses_replace_the_step_unless_both_are_asked_for(h, command, cell, tmp_path):
    options = ("--synapses", 10, "--rate", 100, "--seed", 4, "--tstop", 2, "--force")
    assert command(cell, *options)[0] == 0
    alone = read(tmp_path / "L5 cell.v2.pickle")
    assert alone.meta["synapses"] == 10
    assert "current_step_nA" not in alone.meta
    assert command(cell, *options, "--inject", "soma")[0] == 0
    assert read(tmp_path / "L5 cell.v2.pickle").meta["current_step_nA"] == 1


def test_a_cell_without_a_soma_is_driven_at_its_root(h, command, tmp_path):
    path = tmp_path / "axon.swc"
    path.write_text("1 2 0 0 0 1 -1\n2 2 0 50 0 1 1\n")
    assert command(path, "--tstop", 1)[0] == 0
    assert read(tmp_path / "axon.pickle").meta["current_step_at"] == "axon[0](0.5)"
    code, _, errors = command(path, "--inject", "soma(0.5)", "--force")
    assert (code, errors) == (1, "Error: There is no section soma[0]; the cell has axon[0].\n")


def test_checking_needs_no_neuron(command, cell, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "neuron", None)
    code, output, errors = command(cell, "--check")
    assert (code, errors) == (0, "")
    assert output == (
        "L5 cell.v2.swc: 5 points in 3 sections (1 soma, 1 axon, 1 dend), 270 µm long; "
        "no errors found.\n"
    )
    assert list(tmp_path.iterdir()) == [cell]
    code, _, errors = command(cell)
    assert code == 1
    assert "pip install 'spike-export[neuron]'" in errors


def test_faults_are_listed_and_mended(command, tmp_path):
    path = tmp_path / "bad.swc"
    path.write_text("\ufeff" + CELL.replace("2 3 0 5 0 1 1", "2,3,0,5,0,0,1") + "9 3 8 8 8 1 8\n")
    code, output, errors = command(path, "--check")
    assert (code, output) == (1, "")
    lines = errors.splitlines()
    assert lines[0] == "Error: Cannot read bad.swc:"
    assert [line.split(":")[0] for line in lines[1:-1]] == [
        "line 1", "line 2", "line 2", "line 6"
    ]  # fmt: skip
    assert lines[-1] == "--repair can fix this."
    code, output, errors = command(path, "--check", "--repair")
    assert (code, errors) == (0, "")
    lines = output.splitlines()
    assert lines[0] == "Repaired in bad.swc:"
    assert lines[2] == "  line 2: the columns are separated by commas; they are read as blanks."
    assert lines[-1].endswith("(1 soma, 1 axon, 2 dend), 284 µm long; fine after repair.")


def test_what_cannot_be_mended_is_said(command, tmp_path):
    path = tmp_path / "bad.swc"
    path.write_text(CELL + "5 2 0 -150 0 0.5 1\n7,3,1,1,1,1,1\n")
    assert "--repair can fix 1 of these 2." in command(path)[2]
    code, _, errors = command(path, "--repair")
    assert code == 1
    assert errors == ("Error: Cannot read bad.swc:\nline 6: the id 5 was already used in line 5.\n")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--rate", 5), "--rate needs --synapses"),
        (("--synapses", 5, "--amp", 1), "--amp needs --inject"),
        (("--synapses", 0), "0 is not in the range"),
        (("--amp", "nan"), "nan is not a finite number"),
        (("--dur", "inf"), "inf is not a finite number"),
        (("--rate", "nan", "--synapses", 1), "nan is not a finite number"),
        (("--every", 60), "--every 60 leaves no second frame before --tstop 50"),
        (("--biophysics", "xx"), "'xx' is not one of 'hh', 'pas'"),
        (("--seed", -1, "--synapses", 1), "-1 is not in the range"),
    ],
)
def test_options_that_make_no_sense(command, cell, options, reason):
    code, _, errors = command(cell, *options)
    assert code == 2
    assert reason in errors


def test_files_that_are_not_there(command, tmp_path):
    assert command("no.swc")[2] == "Error: Cannot read no.swc: file not found.\n"
    assert "it is a folder" in command(tmp_path)[2]
    assert "it is not a regular file" in command("/dev/null")[2]


def test_a_tracing_that_is_no_swc_is_simulated(h, command, tmp_path):
    path = tmp_path / "traced.asc"
    path.write_text(
        '("CellBody" (CellBody) (-5 -5 0 .1) (5 -5 0 .1) (5 5 0 .1) (-5 5 0 .1))\n'
        "( (Dendrite) (4 0 0 2) (90 0 0 1) Normal)\n"
    )
    code, output, errors = command(path, "--check")
    assert (code, errors) == (0, "")
    assert output.endswith(
        "2 sections (1 soma, 1 dend), 96 µm long; read by NEURON as Neurolucida.\n"
    )
    assert command(path, "--tstop", 10)[0] == 0
    simulation = read(tmp_path / "traced.pickle")
    assert simulation.section_names == ("traced.soma[0]", "traced.dend[0]")
    assert simulation.values.max() > 0
    assert "--repair is for SWC" in command(path, "--repair")[2]


def test_what_is_noted_is_said(command, tmp_path):
    path = tmp_path / "loose.swc"
    path.write_text("id type x y z r parent\n" + CELL + "6 2 30 0 0 1 -1\n7 2 60 0 0 1 6 9\n")
    code, output, errors = command(path, "--check")
    assert (code, errors) == (0, "")
    assert output.splitlines() == [
        "Notes on loose.swc:",
        "  line 1: it holds words, not a point; it is read as a header and skipped.",
        "  line 7: a tree of 2 points begins here that is connected to nothing; it is connected to "
        "the soma of line 2, 30 µm away, as NEURON does.",
        "  line 8: it has 8 columns instead of 7; everything after the seventh is ignored.",
        "loose.swc: 7 points in 4 sections (1 soma, 2 axon, 1 dend), 300 µm long; no errors found.",
    ]


def test_what_repairing_loses_is_said_in_one_total(command, tmp_path):
    path = tmp_path / "axons.swc"
    path.write_text("1 2 0 0 0 1 -1\n2 2 0 90 0 1 1\n3 2 5 0 0 1 -1\n4 2 5 10 0 1 3\n")
    assert command(path, "--check")[2].endswith("--repair can fix this.\n")
    code, output, errors = command(path, "--check", "--repair")
    assert (code, output) == (1, "")
    assert errors.splitlines()[1:] == [
        "repairing it would lose 2 of its 4 points and 10 of its 100 µm, more than 5 %.",
        "Use --may-lose to let it drop more.",
    ]
    code, output, errors = command(path, "--check", "--repair", "--may-lose", 50)
    assert (code, errors) == (0, "")
    assert output.splitlines()[2] == "  In total, 2 of 4 points and 10.0 of 100.0 µm are lost."
    assert command(path, "--may-lose", 50)[2].endswith("--may-lose needs --repair.\n")


def test_a_size_that_leaves_a_doubt_asks_for_the_unit(command, tmp_path):
    path = tmp_path / "nm.swc"
    path.write_text("1 1 0 0 0 5000 -1\n2 3 0 5000 0 900 1\n3 3 0 295000 0 900 2\n")
    assert command(path, "--check")[2] == (
        "Error: Cannot read nm.swc:\n"
        "it would be 300 mm long and 295 mm wide if its numbers are in µm; give their unit with "
        "--unit um, nm or mm.\n"
    )
    assert " 300 µm long" in command(path, "--check", "--unit", "nm")[1]
    assert " 300,000 µm long" in command(path, "--check", "--unit", "um")[1]
    # In millimeters a cell would shrink to less than a soma.
    path.write_text("1 1 0 0 0 .005 -1\n2 3 0 .005 0 .001 1\n3 3 0 .2 0 .001 2\n"
                    "4 3 .1 .3 0 .001 3\n5 3 -.1 .3 0 .001 3\n")  # fmt: skip
    assert "it would be 0.49 µm long in 4 sections" in command(path, "--check")[2]
    assert " 488 µm long" in command(path, "--check", "--unit", "mm")[1]
