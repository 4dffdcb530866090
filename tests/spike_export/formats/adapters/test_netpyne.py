# SPDX-License-Identifier: BSD-3-Clause
"""Results laid out as NetPyNE 1.1 saves them, as JSON and as a pickle of its own classes."""

from __future__ import annotations

import json
import pickle
import sys
from collections import OrderedDict
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from spike_export import read
from spike_export.formats.adapters import netpyne


def results() -> dict[str, Any]:
    """Two cells with a soma and a dendrite, one of which fires, and a source of spikes."""
    soma = {"geom": {"L": 20, "diam": 20, "pt3d": [[0, 0, 0, 20], [0, 20, 0, 20]]}, "topol": {}}
    dend = {
        "geom": {"L": 100, "diam": 2, "nseg": 5, "pt3d": [[0, 20, 0, 2], [0, 120, 0, 1]]},
        "topol": {"childX": 0, "parentSec": "soma", "parentX": 0.5},
    }
    return {
        "netpyne_version": "1.1.1",
        "netpyne_changeset": "",
        "net": {
            "cells": [
                {
                    "gid": 0, "tags": {"pop": "E", "x": 10.0, "y": 30.0, "z": 5.0},
                    "secs": {"dend": dend, "soma": soma}, "conns": [{"preGid": "NetStim"}],
                },
                {
                    "gid": 1, "tags": {"pop": "I", "x": 50.0, "y": 60.0, "z": 0.0},
                    "secs": {"soma": soma}, "conns": [{"preGid": 0, "sec": "soma"}],
                },
                {"gid": 2, "tags": {"pop": "bkg", "x": 1.0, "y": 2.0, "z": 3.0}, "conns": []},
            ]
        },
        "simConfig": {
            "recordStep": 0.5,
            "invertedYCoord": True,
            "pt3dRelativeToCellLocation": True,
            "recordTraces": {
                "V_soma": {"sec": "soma", "loc": 0.5, "var": "v"},
                "V_dend": {"sec": "dend", "loc": 0.7, "var": "v"},
                "g": {"sec": "soma", "loc": 0.5, "mech": "hh", "var": "gna"},
            },
        },
        "simData": {
            "t": [0.0, 0.5, 1.0],
            "spkt": [0.75, 0.25, 0.5],
            "spkid": [0.0, 0.0, 2.0],
            "V_soma": {"cell_0": [-65.0, 20.0, -70.0], "cell_1": [-64.0, -63.0, -62.0]},
            "V_dend": {"cell_0": [-66.0, -50.0, -60.0]},
            "g": {"cell_1": [0.1, 0.2, 0.3]},
        },
    }  # fmt: skip


@pytest.fixture
def saved(tmp_path):
    """Save results under a name that tells nothing."""

    def saved(data: Any, as_pickle: bool = False) -> str:
        written = pickle.dumps(data, 4) if as_pickle else json.dumps(data).encode()
        (tmp_path / "results").write_bytes(written)
        return "results"

    return saved


@pytest.fixture
def own_class(monkeypatch):
    """A class of NetPyNE's, which is gone when the file is read."""
    module = ModuleType("netpyne.specs.dicts")
    made = type("Dict", (dict,), {"__module__": module.__name__, "__qualname__": "Dict"})
    module.Dict = made
    for name in ("netpyne", "netpyne.specs", module.__name__):
        monkeypatch.setitem(sys.modules, name, module)
    yield made


@pytest.mark.parametrize("as_pickle", [False, True], ids=["json", "pickle"])
def test_traces_are_where_they_were_recorded(saved, command, as_pickle):
    code, out, error = command("read", saved(results(), as_pickle))
    assert code == 0, error
    # All cells with sections have a voltage.
    assert "Of v, hh.gna, spikes, v was read" in out
    assert "3 of 8 segments were recorded" in out
    made = read("results.pickle")
    assert made.section_names == ("soma", "dend", "soma", "soma")
    assert made.parents.tolist() == [-1, 0, -1, -1] and made.parent_x[1] == 0.5
    assert made.segment_counts.tolist() == [1, 5, 1, 1]
    # NetPyNE puts a cell at x, -y, z.
    np.testing.assert_array_equal(
        made.points_um,
        [[10, -30, 5, 20], [10, -10, 5, 20], [10, -10, 5, 2], [10, 90, 5, 1],
         [50, -60, 0, 20], [50, -40, 0, 20], [1, -2, 3, 10]],
    )  # fmt: skip
    wanted = np.full((3, 8), np.nan)
    wanted[:, 0], wanted[:, 6] = [-65, 20, -70], [-64, -63, -62]
    wanted[:, 1 + 3] = [-66, -50, -60]
    np.testing.assert_array_equal(made.values, wanted)
    assert (made.quantity, made.unit, made.time_ms.tolist()) == ("v", "mV", [0, 0.5, 1])
    assert [(c.name, c.gid, c.spikes_ms.tolist()) for c in made.cells] == [
        ("E[0]", 0, [0.25, 0.75]), ("I[1]", 1, []), ("bkg[2]", 2, [0.5])
    ]  # fmt: skip
    assert made.connections.tolist() == [[0, 1]]


def test_compact_connections_have_their_fields_in_order(saved, command):
    data = results()
    data["simConfig"]["compactConnFormat"] = ["sec", "preGid", "weight"]
    data["net"]["cells"][0]["conns"] = [["soma", "NetStim", 0.1], ["dend", 2, 0.1]]
    data["net"]["cells"][1]["conns"] = [["soma", 0, 0.1]]
    assert command("read", saved(data))[0] == 0
    assert read("results.pickle").connections.tolist() == [[2, 0], [0, 1]]


def test_what_contradicts_itself_in_time_or_place_is_said(saved, command):
    data = results()
    data["simData"]["t"].append(1.5)
    data["simConfig"]["recordTraces"]["V_near"] = {"sec": "soma", "loc": 0.4, "var": "v"}
    data["simData"]["V_near"] = {"cell_0": [1.0, 2.0, 3.0], "cell_1": [-64.0, -63.0, -62.0]}
    code, out, error = command("read", saved(data))
    assert code == 0, error
    assert "It has 4 times for 3 frames; they were taken to be 0.5 ms apart" in out
    assert "1 of its traces were left out, because an earlier one is of the same segment." in out
    made = read("results.pickle")
    assert made.values[:, 0].tolist() == [-65, 20, -70] and made.time_ms.tolist() == [0, 0.5, 1]


def test_spikes_light_whole_cells(saved, command):
    data = results()
    del data["simData"]["V_soma"], data["simData"]["g"]
    code, out, error = command("read", saved(data), "--every", 0.25)
    assert code == 0, error
    assert "Of v, spikes, spikes was read" in out
    made = read("results.pickle")
    assert made.values.shape[1] == 8
    assert (made.values[:, 1:6] == made.values[:, :1]).all() and made.values[:, 0].max() > 0.9
    assert made.values[:, 6].max() == 0


def test_cells_without_points_are_points(saved, command):
    data = results()
    for cell in data["net"]["cells"][:2]:
        for section in cell["secs"].values():
            section["geom"].pop("pt3d", None)
    code, out, error = command("read", saved(data))
    assert code == 0, error
    assert "1 traces were left out, because their cells have no morphology" in out
    assert read("results.pickle").points_um.tolist() == [
        [10, -30, 5, 20], [50, -60, 0, 20], [1, -2, 3, 10]
    ]  # fmt: skip


def test_a_section_that_hangs_on_its_end_is_turned(saved, command):
    data = results()
    data["net"]["cells"][0]["secs"]["dend"]["topol"]["childX"] = 1.0
    assert command("read", saved(data))[0] == 0
    made = read("results.pickle")
    assert made.points_um[2].tolist() == [10, 90, 5, 1]
    # 0.7 from one end is 0.3 from the other.
    assert np.isfinite(made.values[0, 1:6]).tolist() == [False, True, False, False, False]


def test_classes_of_netpyne_s_are_dicts(saved, command, own_class):
    data = results()
    data["net"]["params"] = own_class(a=OrderedDict(b=own_class()))
    data["simConfig"] = own_class(data["simConfig"])
    data["simData"]["spkt"] = np.array(data["simData"]["spkt"])
    data["simData"]["avgRate"] = np.float64(2.0)
    name = saved(data, True)
    for module in ("netpyne.specs.dicts", "netpyne.specs", "netpyne"):
        del sys.modules[module]
    assert command("read", name)[0] == 0
    assert read("results.pickle").cells[0].spikes_ms.tolist() == [0.25, 0.75]


def _no_cells(data: Any) -> None:
    data["net"]["cells"] = []


def _unequal(data: Any) -> None:
    data["simData"]["spkt"].append(3.0)


def _stranger(data: Any) -> None:
    data["simData"]["spkid"][0] = 9.0


def _orphan(data: Any) -> None:
    data["net"]["cells"][0]["secs"]["soma"]["topol"] = {"parentSec": "dend"}


def _huge(data: Any) -> None:
    data["net"]["cells"][0]["secs"]["dend"]["geom"]["nseg"] = 10**12


def _endless(data: Any) -> None:
    data["net"]["cells"][0]["secs"]["dend"]["geom"]["nseg"] = float("inf")


def _beyond_float(data: Any) -> None:
    data["simData"]["spkt"][0] = 10**400


def _fraction(data: Any) -> None:
    data["simData"]["spkid"][0] = 0.5


def _twice(data: Any) -> None:
    data["net"]["cells"][1]["gid"] = 0


def _no_tags(data: Any) -> None:
    del data["net"]["cells"][1]["tags"]


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_no_cells, "it holds no cells; NetPyNE saves them with saveDataInclude = ['net']"),
        (_unequal, "it has 4 spike times for 3 cells"),
        (_stranger, "cell 9 spikes, but is not among its cells"),
        (_orphan, "sections whose parents are missing"),
        (_huge, "dend has nseg 1000000000000, and NEURON at most 32,767"),
        (_endless, "OverflowError: cannot convert float infinity to integer"),
        (_beyond_float, "OverflowError: int too large to convert to float"),
        (_fraction, "cell 0.5 spikes, but is not among its cells"),
        (_twice, "it has two cells with the gid 0"),
        (_no_tags, "it is damaged, or not as NetPyNE saves it (KeyError: 'tags')"),
    ],
)
def test_what_cannot_be_is_refused(saved, command, spoil, sentence):
    data = results()
    spoil(data)
    code, _, error = command("read", saved(data))
    assert code == 1 and sentence in error and error.count("\n") == 1


def test_values_that_take_too_much_are_refused(saved, command, monkeypatch):
    monkeypatch.setattr(netpyne, "_LARGEST_VALUES", 20)
    code, _, error = command("read", saved(results()))
    assert code == 1 and "segments are too many" in error


@pytest.mark.parametrize("as_pickle", [False, True], ids=["json", "pickle"])
def test_delays_of_connections_are_kept(saved, command, as_pickle):
    """Where all have one; else it is said that they were left out."""
    data = results()
    data["net"]["cells"][0]["conns"] = [{"preGid": 2, "sec": "soma", "delay": 1.5}]
    data["net"]["cells"][1]["conns"] = [
        {"preGid": 0, "sec": "soma", "delay": 5},
        {"preGid": "NetStim", "sec": "soma", "delay": "NetStim's"},
    ]
    assert command("read", saved(data, as_pickle))[0] == 0
    made = read("results.pickle")
    assert (made.connections.tolist(), made.delays_ms.tolist()) == ([[2, 0], [0, 1]], [1.5, 5])
    del data["net"]["cells"][0]["conns"][0]["delay"]
    code, out, _ = command("read", saved(data, as_pickle), "--force")
    assert code == 0 and "1 of 2 connections have a delay" in out
    assert read("results.pickle").delays_ms is None


def test_compact_connections_have_delays(saved, command):
    data = results()
    data["simConfig"]["compactConnFormat"] = ["preGid", "sec", "delay"]
    data["net"]["cells"][0]["conns"] = []
    data["net"]["cells"][1]["conns"] = [[0, "soma", 0.5], [2, "soma", 0]]
    assert command("read", saved(data))[0] == 0
    assert read("results.pickle").delays_ms.tolist() == [0.5, 0]
