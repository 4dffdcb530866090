# SPDX-License-Identifier: BSD-3-Clause
"""Smaller files: how exact they are, by the format's description alone, and what they refuse."""

from __future__ import annotations

import pickle
import zlib
from dataclasses import replace

import numpy as np
import pytest

from spike_export import Quantity, Simulation, read, write
from spike_export.files.writer import PrecisionError


@pytest.fixture
def simulation(layout, save) -> Simulation:
    return read(save(layout))


def with_values(simulation, values) -> Simulation:
    return replace(simulation, values=np.array(values, np.float32))


def stored(path) -> dict:
    return pickle.loads(path.read_bytes())["values"]


def test_deflated_values_are_the_same_bit_by_bit(tmp_path, simulation):
    values = simulation.values.copy()
    values[1, 2:5] = np.nan, np.inf, -np.inf
    path = write(tmp_path / "x.pickle", with_values(simulation, values), precision="zlib")
    packed = stored(path)
    assert (packed["dtype"], packed["encoding"], packed["shape"]) == ("<f4", "zlib", [4, 6])
    assert zlib.decompress(packed["data"]) == values.astype("<f4").tobytes()
    assert read(path).values.tobytes() == values.tobytes()


def test_hundredths_of_a_millivolt(tmp_path, simulation):
    rng = np.random.default_rng(0)
    values = rng.uniform(-90.123, 55.678, (4, 6)).astype(np.float32)
    path = write(tmp_path / "x.pickle", with_values(simulation, values), precision="0.01mV")
    packed = stored(path)
    assert (packed["dtype"], packed["encoding"], packed["scale"]) == ("<u2", "delta-zlib", 0.01)
    differences = np.frombuffer(zlib.decompress(packed["data"]), "<u2").reshape(4, 6)
    whole = differences.astype(np.int64).cumsum(axis=0) % 2**16
    decoded = whole * packed["scale"] + packed["offset"]
    assert np.abs(decoded - values).max() < 0.00501
    assert np.array_equal(read(path).values, decoded.astype(np.float32))


def test_currents_in_16_bits(tmp_path, simulation):
    rng = np.random.default_rng(0)
    currents = rng.uniform(-2.5, 4, (4, 6)).astype(np.float32)
    more = {"i_membrane_": Quantity("nA", currents), "flat": Quantity("nA", 0 * currents + 1)}
    path = write(tmp_path / "x.pickle", replace(simulation, more=more), precision="0.01mV")
    found = read(path).more
    assert 0 < np.abs(found["i_membrane_"].values - currents).max() <= 6.5 / 65_535 / 2 * 1.01
    assert (found["flat"].values == 1).all()


def test_differences_go_on_from_block_to_block(tmp_path, simulation):
    rng = np.random.default_rng(0)
    counts = np.array([1, 3, 1, 30_000], np.int32)
    many = replace(
        simulation,
        segment_counts=counts,
        time_ms=np.arange(20.0),
        values=rng.uniform(-400, 200, (20, counts.sum())).astype(np.float32),
    )
    path = write(tmp_path / "x.pickle", many, precision="0.01mV")
    assert np.abs(read(path).values - many.values).max() < 0.0051


@pytest.mark.parametrize("low", [-65.004, -65.006, 0, -1e-3, 123.456, -327.675])
def test_the_whole_range_of_16_bits_is_used(tmp_path, simulation, low):
    low = np.float32(low)
    values = np.linspace(low, low + 655.34, 24).reshape(4, 6)[::-1]
    path = write(tmp_path / "x.pickle", with_values(simulation, values), precision="0.01mV")
    assert np.abs(read(path).values - values).max() < 0.0051


def test_values_that_are_all_alike(tmp_path, simulation):
    values = np.full((4, 6), -70.25)
    path = write(tmp_path / "x.pickle", with_values(simulation, values), precision="0.01mV")
    assert (read(path).values == -70.25).all()


@pytest.mark.parametrize("precision", ["zlib", "0.01mV"])
def test_the_reader_believes_what_shrinks_to_nothing(tmp_path, simulation, precision):
    # So many that they are larger than what the reader believes without asking.
    counts = np.array([1, 3, 1, 9_000_000 // 4], np.int32)
    still = replace(
        simulation,
        segment_counts=counts,
        values=np.broadcast_to(np.float32(-65), (4, counts.sum())),
    )
    path = write(tmp_path / "x.pickle", still, precision=precision)
    assert len(stored(path)["data"]) < still.values.nbytes / 4
    assert (read(path).values == -65).all()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"values": np.nan}, "1 of 24 values are not finite"),
        ({"values": np.inf}, "1 of 24 values are not finite"),
        ({"values": 700}, "from -80 to 700 mV; use float32"),
        ({"values": 575.37}, "spans 655.35 mV"),
        ({"unit": "mM"}, "is for values in mV, but these are in mM"),
        ({"unit": ""}, "these are in another unit"),
    ],
)
def test_what_hundredths_cannot_store_is_refused(tmp_path, simulation, change, reason):
    if "values" in change:
        values = simulation.values.copy()
        values[2, 3] = change["values"]
        change = {"values": values}
    with pytest.raises(PrecisionError, match=reason) as caught:
        write(tmp_path / "x.pickle", replace(simulation, **change), precision="0.01mV")
    assert "float32" in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["run.pickle"]


def test_an_unknown_precision_is_refused(tmp_path, simulation):
    with pytest.raises(PrecisionError, match="'float16' is not one of float32, zlib, 0.01mV"):
        write(tmp_path / "x.pickle", simulation, precision="float16")


def test_time_is_not_made_up(tmp_path, older, save):
    with pytest.raises(ValueError, match="stores no times"):
        write(tmp_path / "x.pickle", read(save(older)))
    assert [path.name for path in tmp_path.iterdir()] == ["run.pickle"]
