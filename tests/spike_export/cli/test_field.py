# SPDX-License-Identifier: GPL-3.0-or-later
"""``spike-export field``: NEURON's own currents and LFPykit's own numbers, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from helpers.lfp import close, firing_cell, lfpykit_weights, neuron_lines
from helpers.simulations import branched, simulation

from spike_export.cli import main
from spike_export.files.writer import write
from spike_export.neuron.recorder import Recorder

PROBE = ("--probe", "40,-300,-5", "--sites", 12, "--spacing", 60)
SITES = np.array([[40, -300 + 60 * site, -5] for site in range(12)])


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["field", *map(str, words)])
    return result.exit_code, result.output


def recorded(h, path: Path, *, variable_steps: bool) -> np.ndarray:
    """Write a file, and return what LFPykit makes of NEURON's own segments and vectors."""
    *sections, _step = firing_cell(h)
    h.cvode_active(int(variable_steps))
    h.cvode.use_fast_imem(1)
    try:
        with Recorder(every_ms=0.05, variable=["v", "i_membrane_"]) as recorder:
            segments = [segment for section in sections for segment in section]
            time = h.Vector().record(h._ref_t)
            vectors = [h.Vector().record(segment._ref_i_membrane_) for segment in segments]
            h.finitialize(-65)
            h.continuerun(4)
            recorder.save(path)
    finally:
        h.cvode.use_fast_imem(0)
        h.cvode_active(0)
    frames = recorder.simulation().time_ms
    times = np.array(time)
    currents = np.array([np.interp(frames, times, np.array(one)) for one in vectors])
    return (lfpykit_weights(neuron_lines(sections), SITES) @ currents).T


@pytest.mark.parametrize(("variable_steps", "within"), [(False, 1e-4), (True, 0.01)])
def test_potentials_are_lfpykit_s(h, tmp_path, variable_steps, within):
    """From NEURON's memory on one way, through the file on the other."""
    pytest.importorskip("lfpykit")
    path, made = tmp_path / "a.pickle", tmp_path / "a.npz"
    right = recorded(h, path, variable_steps=variable_steps)
    code, told = run(path, *PROBE, "-o", made)
    assert code == 0 and "12 electrodes" in told
    assert "add up to 1.5 nA" in told and "an electrode injects this current" in told
    with np.load(made) as found:
        assert np.array_equal(found["sites_um"], SITES)
        # Currents jump as the injection begins and ends, in the middle of a step of CVode's.
        steady = (np.abs(found["time_ms"] - 0.5) > 0.06) & (np.abs(found["time_ms"] - 2.5) > 0.06)
        assert np.abs(right).max() > 10 and steady.sum() > 70
        assert close(found["potential_uv"][steady], right[steady]) < within


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    """A current from the soma, which flows back in at the last segment."""
    from dataclasses import replace

    from spike_export import Quantity

    made = simulation(branched(), frames=3)
    currents = np.zeros((3, 19), np.float32)
    currents[:, 1] = [0, 1, -2]
    currents[:, -1] = [0, -1, 2]
    path = tmp_path_factory.mktemp("field") / "cell.pickle"
    return write(path, replace(made, more={"i_membrane_": Quantity("nA", currents)}))


def test_a_table_for_figures(file, tmp_path):
    made = tmp_path / "a.csv"
    code, told = run(file, "--at", "0,20,0", "-o", made)
    assert code == 0 and "3 frames of 1 electrode, " in told and "add up" not in told
    picture = tmp_path / "a.png"
    words = ["figure", "wave", str(made), "-o", str(picture), "--size", "320x200"]
    assert CliRunner().invoke(main, words).exit_code == 0 and picture.stat().st_size > 500
    table = np.loadtxt(made, delimiter=",", skiprows=2)
    assert table[:, 0] == pytest.approx([0, 0.1, 0.2])
    assert table[2, 1] == pytest.approx(-2 * table[1, 1]) and table[1, 1] > 1


def test_electrodes_of_a_table_and_a_probe_together(file, tmp_path):
    places = tmp_path / "places.csv"
    places.write_text("x,y,z\n0,20,0\n5,30,1\n")
    made = tmp_path / "a.npz"
    assert run(file, "--positions", places, *PROBE, "--at", "1,2,3", "-o", made)[0] == 0
    with np.load(made) as found:
        assert found["sites_um"][:3].tolist() == [[1, 2, 3], [0, 20, 0], [5, 30, 1]]
        assert found["potential_uv"].shape == (3, 15)


def test_a_sheet_is_a_moving_surface(file, tmp_path):
    made = tmp_path / "a.npz"
    words = ("--plane", "xz", "--size", "40x20", "--center", "0,20,0", "--pixels", 5)
    code, told = run(file, *words, "-o", made)
    assert code == 0 and "5 x 3 pixels in the plane xz at y = 20 µm" in told
    with np.load(made) as found:
        assert found["z"].shape == (3, 3, 5)
        assert found["x"].tolist() == [-20, -10, 0, 10, 20]
        assert found["y"].tolist() == [-10, 0, 10]
        middle = found["z"][:, 1, 2]
    run(file, "--at", "0,20,0", "-o", tmp_path / "b.npz")
    with np.load(tmp_path / "b.npz") as found:
        assert middle == pytest.approx(found["potential_uv"][:, 0], rel=1e-6)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "Give electrodes or a sheet"),
        (("--at", "1,2,3", "--plane", "xy"), "Give electrodes or a sheet"),
        (("--at", "1,2"), "'1,2' is not a place"),
        (("--at", "1,nan,3"), "'1,nan,3' is not a place"),
        (("--at", "1,2,3", "--pixels", 9), "--pixels needs --plane"),
        (("--plane", "xy", "--sites", 9), "--sites needs --probe"),
        (("--plane", "xy", "--size", "big"), "'big' is not a size"),
        (("--plane", "xy", "--size", "0x5"), "both must be above 0"),
        (("--plane", "xy", "--pixels", 10**7), "it can have from 2 x 2"),
        (("--probe", "0,0,0", "--sites", 10**9), "there can be 1 to 10,000"),
        (("--at", "1,2,3", "--sigma", 0), "0"),
    ],
)
def test_what_cannot_be_computed(file, tmp_path, words, sentence):
    code, told = run(file, *words, "-o", tmp_path / "a.npz")
    assert code != 0 and sentence in told
    assert not list(tmp_path.iterdir())


def test_names_that_do_not_fit(file, tmp_path):
    assert "must end in .csv or .npz" in run(file, "--at", "1,2,3", "-o", tmp_path / "a.png")[1]
    assert "must end in .npz" in run(file, "--plane", "xy", "-o", tmp_path / "a.csv")[1]


def test_a_file_without_currents(tmp_path):
    path = write(tmp_path / "v.pickle", simulation(branched()))
    code, told = run(path, "--at", "1,2,3", "-o", tmp_path / "a.npz")
    assert code == 1 and "v.pickle: There are no membrane currents (i_membrane_). Record" in told


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("1,2\n3,4\n", "it has the shape (2, 2)"),
        ("1,2,3\n4,,6\n", "the place in row 2 is not finite"),
        ("", "it has no rows"),
    ],
)
def test_tables_that_are_no_places(file, tmp_path, table, sentence):
    places = tmp_path / "places.csv"
    places.write_text(table)
    code, told = run(file, "--positions", places, "-o", tmp_path / "a.npz")
    assert code == 1 and sentence in told
