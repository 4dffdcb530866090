# SPDX-License-Identifier: BSD-3-Clause
"""A LEMS simulation as pyNeuroML writes it, with output as jNeuroML writes that."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spike_export import read

LEMS = """
<Lems>
    <!-- Specify which component to run -->
    <Target component="sim1"/>
    <Include file="Cells.xml"/>
    <Include file="net.nml"/>
    <Simulation id="sim1" length="0.3ms" step="0.1ms" target="net1" seed="12345">
        <OutputFile id="o" fileName="v.dat">
            <OutputColumn id="a" quantity="pyr/1/iz/v"/>
            <OutputColumn id="b" quantity="bask[1]/v"/>
        </OutputFile>
        <OutputFile id="u" fileName="u.dat">
            <OutputColumn id="a" quantity="pyr/0/iz/u"/>
        </OutputFile>
        <EventOutputFile id="e" fileName="s.spikes" format="ID_TIME">
            <EventSelection id="0" select="pyr/0/iz" eventPort="spike"/>
            <EventSelection id="1" select="bask[0]" eventPort="spike"/>
        </EventOutputFile>
    </Simulation>
</Lems>
"""
V = (
    "0.0\t-0.06\t-0.065\t\n1.0E-4\t-0.05\t-0.064\t\n"
    "2.0E-4\t0.02\t-0.063\t\n3.0E-4\t-0.07\t-0.062\t\n"
)
U = "0.0\t0.0\t\n1.0E-4\t1.0E-11\t\n2.0E-4\t2.0E-11\t\n3.0E-4\t3.0E-11\t\n"


@pytest.fixture
def files(tmp_path, network) -> Path:
    network = network.replace('<population id="noplace" component="iz" size="2"/>', "")
    for name, text in (("LEMS_sim.xml", LEMS), ("net.nml", network), ("v.dat", V), ("u.dat", U),
                       ("s.spikes", "1\t2.0E-4\n0\t2.5E-4\n0\t1.0E-4\n")):  # fmt: skip
        (tmp_path / name).write_text(text)
    return tmp_path


def test_columns_are_of_the_cells_that_they_name(files, command, places):
    code, out, error = command("read", "LEMS_sim.xml")
    assert code == 0, error
    assert "Of v, u, spikes, v was read" in out and "2 of 5 cells have values." in out
    made = read("LEMS_sim.pickle")
    np.testing.assert_array_equal(made.points_um[:, :3], places)
    wanted = np.full((4, 5), np.nan)
    wanted[:, 1], wanted[:, 4] = [-60, -50, 20, -70], [-65, -64, -63, -62]
    np.testing.assert_allclose(made.values, wanted, rtol=1e-6)
    np.testing.assert_allclose(made.time_ms, [0, 0.1, 0.2, 0.3])
    assert (made.quantity, made.unit) == ("v", "mV")
    assert made.connections.tolist() == [[2, 3], [0, 4], [3, 4]]
    assert [np.round(c.spikes_ms, 9).tolist() for c in made.cells] == [
        [0.1, 0.25], [], [], [0.2], []
    ]  # fmt: skip


def test_other_variables_stay_in_si_units(files, command):
    code, out, error = command("read", "LEMS_sim.xml", "--of", "u")
    assert code == 0 and "The values of u are in SI units" in out, error
    made = read("LEMS_sim.pickle")
    np.testing.assert_allclose(made.values[:, 0], [0, 1e-11, 2e-11, 3e-11], rtol=1e-6)
    assert made.unit == ""


def test_spikes_alone(files, command):
    assert command("read", "LEMS_sim.xml", "--of", "spikes", "--every", 0.05)[0] == 0
    made = read("LEMS_sim.pickle")
    assert (made.values.max(axis=0) > 0.5).tolist() == [True, False, False, True, False]


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        ("LEMS_sim.xml", "v.dat", "w.dat", "its file 'w.dat' was not found; it may not have run"),
        ("LEMS_sim.xml", "v.dat", "../w.dat", "it names 'w.dat', which is outside its folder"),
        ("LEMS_sim.xml", "0.3ms", "0.0003s", ""),
        ("LEMS_sim.xml", "0.3ms", "0.2ms", "it lasts 0.2 ms, but its output 0.3 ms"),
        ("LEMS_sim.xml", "pyr/1/iz/v", "elsewhere", ""),
        ("v.dat", "-0.065\t", "", "damaged (the number of columns changed"),
        ("v.dat", "\t-0.06\t", "\t-0.06\t0\t", "damaged (the number of columns changed"),
        ("u.dat", "E-11", "E-11\t0", "it has 3 columns, not 2"),
        ("s.spikes", "1\t2", "7\t2", "line 1 is of '7', which is not a cell"),
    ],
)
def test_what_does_not_fit_is_refused(files, command, name, old, new, sentence):
    text = (files / name).read_text()
    text = text.replace("0.0\t0.0", "0.0\t0.0\t0") if name == "u.dat" else text
    (files / name).write_text(text.replace(old, new))
    code, _, error = command("read", "LEMS_sim.xml", *(("--of", "u") if name == "u.dat" else ()))
    assert code == bool(sentence) and sentence in error, error


def test_delays_of_the_network_are_kept(files, command):
    text = (files / "net.nml").read_text().replace(" preCellId=", " delay='2ms' preCellId=")
    begin, end = text.index("<electricalProjection"), text.index("<inputList")
    (files / "net.nml").write_text(text[:begin] + text[end:])
    code, _, error = command("read", "LEMS_sim.xml")
    assert code == 0, error
    assert read("LEMS_sim.pickle").delays_ms.tolist() == [2, 2]
