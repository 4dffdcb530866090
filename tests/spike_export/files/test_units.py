# SPDX-License-Identifier: BSD-3-Clause
"""Numbers with units: each package's own conversion is the referee."""

from __future__ import annotations

import contextlib
import importlib
import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from spike_export import CellRecorder, Recorder, RecordingError, simulation_from_arrays, write
from spike_export.figures import ChoiceError, frames
from spike_export.figures.line_pieces import checked
from spike_export.files.units import UnitError, in_unit, without_unit
from spike_export.networks.from_spikes import SpikesError, simulation_from_spikes
from spike_export.networks.point_network import point_network

NUMBERS = np.array([0.1, 0.3, 2.0])
# Unit in the SI's words, unit in a file, factor.
CASES = [
    ("s", "ms", 1e3),
    ("ms", "ms", 1),
    ("V", "mV", 1e3),
    ("mm", "um", 1e3),
    ("nA", "nA", 1),
    ("A/m**2", "mA/cm2", 0.1),
    ("A/V", "uS", 1e6),
    ("mol/m**3", "mM", 1),
]


def _quantities() -> Callable[[Any, str], Any]:
    import quantities

    return lambda numbers, unit: quantities.Quantity(numbers, unit)


def _pint() -> Callable[[Any, str], Any]:
    import pint

    return pint.UnitRegistry().Quantity


def _astropy() -> Callable[[Any, str], Any]:
    from astropy import units

    return lambda numbers, unit: units.Quantity(numbers, unit)


def _unyt() -> Callable[[Any, str], Any]:
    import unyt

    return lambda numbers, unit: numbers * unyt.Unit(unit)


def _brian2() -> Callable[[Any, str], Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import brian2

    names = {"s": "second", "V": "volt", "mm": "mmetre", "A": "amp", "m": "metre", "mol": "mole"}

    def quantity(numbers: Any, unit: str) -> Any:
        named = re.sub(r"[A-Za-z]+", lambda match: names.get(match[0], match[0]), unit)
        return numbers * eval(named, vars(brian2))

    return quantity


@pytest.fixture(params=["quantities", "pint", "astropy", "unyt", "brian2"])
def quantity(request) -> Callable[[Any, str], Any]:
    """Make a quantity of numbers and a unit, with one package."""
    with contextlib.suppress(ImportError):
        importlib.import_module(request.param)
        return globals()[f"_{request.param}"]()
    pytest.skip(f"needs {request.param}")


@pytest.mark.parametrize(("unit", "wanted", "factor"), CASES)
def test_values_become_what_a_file_has(quantity, unit, wanted, factor):
    given = quantity(NUMBERS, unit)
    assert np.allclose(in_unit(given, wanted), NUMBERS * factor, rtol=1e-14)
    listed = [quantity(number, unit) for number in NUMBERS.tolist()]
    assert np.allclose(in_unit(listed, wanted), NUMBERS * factor, rtol=1e-14)
    assert np.allclose(in_unit([listed, tuple(listed)], wanted)[1], NUMBERS * factor, rtol=1e-14)
    with pytest.raises(UnitError, match="is in .+, which cannot be converted to mol"):
        in_unit(given, "mol")
    with pytest.raises(UnitError, match="which cannot be converted to a number without a unit"):
        in_unit(given, "")
    with pytest.raises(UnitError, match="'furlong' is not a unit"):
        in_unit(given, "furlong")
    with pytest.raises(UnitError, match="with a unit and numbers without"):
        in_unit([*listed, 3.0], wanted)
    with pytest.raises(UnitError, match="y must be plain numbers; divide by a unit"):
        without_unit(listed, "y")


def test_numbers_stay_what_they_are():
    for plain in (3, 2.5, np.float32(1), NUMBERS, [1, [2.0]], (), np.ma.masked_array([1.0]), "x"):
        assert in_unit(plain, "nonsense") is plain
        assert without_unit(plain, "y") is plain


def section(quantity: Any) -> dict[str, Any]:
    corner = quantity(np.array([[0, 0, 0, 2], [0.1, 0, 0, 2]]), "mm")
    return {"name": "dend", "type": "dend", "points": corner, "nseg": 2}


def test_every_array_of_a_simulation_is_converted(quantity, tmp_path):
    cell = {
        "name": "c",
        "sections": [section(quantity)],
        "spikes": quantity(np.array([0.0005]), "s"),
    }
    arrays: dict[str, Any] = {
        "cells": [cell],
        "time_ms": quantity(np.array([0, 0.001]), "s"),
        "values": quantity(np.array([[-0.07, -0.06], [0.03, 0.02]]), "V"),
        "layouts": {"flat": quantity(np.array([[1.0, 2, 3]]), "mm")},
        "more": {
            "cai": {"unit": "mM", "values": quantity(np.full((2, 2), 0.5), "mol/m**3")},
        },
    }
    made = simulation_from_arrays(**arrays)
    assert made.time_ms.tolist() == [0, 1]
    assert np.allclose(made.values, [[-70, -60], [30, 20]])
    assert np.allclose(made.points_um, [[0, 0, 0, 2000], [100, 0, 0, 2000]])
    assert made.cells[0].spikes_ms is not None and made.cells[0].spikes_ms.tolist() == [0.5]
    assert np.allclose(made.layouts["flat"], [[1000, 2000, 3000]])
    assert np.allclose(made.more["cai"].values, 0.5)
    assert made.more["cai"].unit == "mM"
    for change, reason in (
        (
            {"time_ms": arrays["values"]},
            r"the array time_ms is in \S+.*, which cannot be "
            "converted to ms",
        ),
        ({"unit": "mM"}, r"the array values is in \S+.*, which cannot be converted to mM"),
        ({"connections": [[quantity(0, "s"), quantity(0, "s")]]}, "the array connections is in s"),
    ):
        with pytest.raises(ValueError, match=reason):
            write(tmp_path / "x.pickle", **{**arrays, **change})
    assert not list(tmp_path.iterdir())


def test_networks_of_points_are_converted(quantity):
    made = point_network(
        quantity(np.array([[0.0, 0, 1]]), "mm"),
        quantity(np.array([0, 0.002]), "s"),
        quantity(np.array([[0.1], [0.2]]), "V"),
        unit="mV",
        diameter_um=quantity(0.02, "mm"),
        spikes_ms=[quantity(np.array([0.001]), "s")],
    )
    assert made.time_ms.tolist() == [0, 2]
    assert np.allclose(made.values, [[100], [200]])
    assert np.allclose(made.points_um, [[0, 0, 1000, 20]])
    assert np.allclose(made.cells[0].spikes_ms, [1])
    with pytest.raises(ValueError, match="The array of times is in"):
        point_network([[0, 0, 0]], quantity(np.array([0, 1]), "V"), [[0], [1]])


def test_spikes_are_converted(quantity):
    pytest.importorskip("scipy")
    made = simulation_from_spikes(
        {"a": quantity(np.array([0.005, 0.001]), "s")},
        {"a": quantity(np.array([1.0, 0, 0]), "mm")},
        every_ms=quantity(0.001, "s"),
        stop_ms=quantity(0.01, "s"),
    )
    assert np.allclose(made.cells[0].spikes_ms, [1, 5])
    assert np.allclose(made.time_ms, np.arange(11))
    assert made.points_um[0, 0] == 1000
    with pytest.raises(SpikesError, match="The row of spikes of cell 7 is in"):
        simulation_from_spikes({7: quantity(np.array([1.0]), "V")})


def test_recorders_take_intervals_with_units(quantity, h):
    section = h.Section(name="soma")
    section.insert("hh")
    with Recorder(every_ms=quantity(0.0005, "s"), threshold_mv=quantity(0.01, "V")) as recorder:
        h.finitialize(-65)
        h.continuerun(1)
    simulation = recorder.simulation()
    assert np.allclose(simulation.time_ms, [0, 0.5, 1])
    assert simulation.meta["threshold_mv"] == 10
    with pytest.raises(RecordingError, match="The sampling interval is in"):
        Recorder(every_ms=quantity(1, "V"))
    older = CellRecorder([section], dt=quantity(0.0005, "s"))
    with pytest.raises(RecordingError, match=r"voltage_data of section soma is in"):
        older.save_pickle("x", 2, [quantity(np.ones((1, 3)), "s")])


def test_figures_refuse_what_they_cannot_label(quantity):
    with pytest.raises(ValueError, match="a curve's y must be plain numbers"):
        checked([0, 1, 2], quantity(NUMBERS, "V"))
    assert len(frames(quantity(np.array([0, 0.01]), "s"), quantity(0.001, "s"))) == 11
    with pytest.raises(ChoiceError, match="the time of frames is in"):
        frames(quantity(NUMBERS, "V"))


def test_a_simulation_s_own_arrays_are_plain(quantity, tmp_path):
    from dataclasses import replace

    made = point_network([[0, 0, 0]], [0, 1], [[0], [1]])
    odd = replace(made, time_ms=quantity(np.array([0, 1]), "s"))
    with pytest.raises(ValueError, match="time_ms must be plain numbers"):
        write(tmp_path / "x.pickle", odd)
