# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export sound``, on the demos and on what cannot be heard."""

from __future__ import annotations

import dataclasses
import pickle
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from helpers.hearing import onsets, read_wave
from helpers.simulations import branched, simulation

import spike_export
from spike_export.cli import main

DEMOS = Path(__file__).resolve().parents[3] / "blender_addons" / "blender_spike" / "demos"
NEURON, NETWORK = (str(DEMOS / f"demo_{name}.pickle") for name in ("neuron", "network"))


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["sound", *map(str, words)])
    return result.exit_code, result.output


def test_neuron_s_own_spikes_are_heard_on_the_film_s_time(tmp_path):
    """The demo's spike, as NEURON's detector timed it."""
    path = tmp_path / "a.wav"
    code, told = run(NEURON, "-o", path, "--each", "cell", "--ms-per-frame", 0.02, "--fps", 25)
    assert code == 0 and "1 spike of 1 cell." in told
    (spike,) = spike_export.read(NEURON).cells[0].spikes_ms
    rate, sound = read_wave(path)
    assert onsets(sound, rate) == pytest.approx([spike / 0.02 / 25], abs=1e-3)
    assert len(sound) / rate == pytest.approx(301 / 25)
    assert np.abs(sound).max() <= 1


def test_a_network_s_steps_are_heard(tmp_path):
    path = tmp_path / "a.wav"
    code, told = run(NETWORK, "-o", path, "--fps", 10)
    assert code == 0 and "448 spikes of 173 cells." in told
    network = spike_export.read(NETWORK)
    steps = np.unique(np.concatenate([cell.spikes_ms for cell in network.cells]))
    rate, sound = read_wave(path)
    assert onsets(sound, rate) == pytest.approx(steps / 10, abs=1e-3)
    assert run(NETWORK, "-o", path, "--force", "--cells", "0-9")[0] == 0


def test_the_voltage_in_real_time(tmp_path):
    path = tmp_path / "a.wav"
    code, told = run(NEURON, "-o", path, "--voltage", "soma", "--real-time")
    assert code == 0 and "The voltage is heard in real time." in told
    code, told = run(NEURON, "-o", path, "--voltage", "soma", "--force")
    assert code == 1 and "slowed down" in told


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["-o", "a.mp3"], "the name must end in .wav"),
        (["--real-time", "--ms-per-frame", "1"], "exclude each other"),
        (["--cells", "nobody"], 'no cell is "nobody"'),
        (["--voltage", "soma[9]"], "There is no section 'soma[9]'"),
        (["--threshold", "1000"], "nothing rises to 1000 mV"),
        (["--low", "5"], "it can rise from 20"),
        (["--ms-per-frame", "1e-9"], "a sound can have 1,800 s at most"),
    ],
)
def test_what_cannot_be_heard_is_one_sentence(tmp_path, monkeypatch, words, sentence):
    monkeypatch.chdir(tmp_path)
    code, told = run(NEURON, *words)
    assert code in (1, 2) and sentence in told
    assert not list(tmp_path.iterdir())


def test_the_older_format_has_no_times(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sim = simulation(branched(), frames=30)
    spike_export.write_older("old.pickle", sim)
    code, told = run("old.pickle", "--real-time")
    assert code == 2 and "stores no times" in told
    assert run("old.pickle")[0] == 0


def test_hostile_files_are_refused_as_everywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("bad.pickle").write_bytes(pickle.dumps(print))
    code, told = run("bad.pickle")
    assert code == 1 and "bad.pickle" in told
    sim = simulation(branched())
    values = np.full_like(sim.values, np.nan)
    spike_export.write("nan.pickle", dataclasses.replace(sim, values=values))
    code, told = run("nan.pickle")
    assert code == 1 and "There are no spikes" in told
    code, told = run("nan.pickle", "--voltage", "soma", "--real-time")
    assert code == 1 and "no values" in told
