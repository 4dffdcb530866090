# SPDX-License-Identifier: BSD-3-Clause
"""Arrays packed by hand in every way the version-2 format knows."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from spike_export import read

VALUES = bytes(4 * 6 * 4)


@pytest.mark.parametrize("dtype", ["<f4", "<f8", "<i2", "<i4", "<i8", "<u2", "<u4", "|u1", "|i1"])
@pytest.mark.parametrize("encoding", ["raw", "zlib"])
def test_dtypes(layout, save, dtype, encoding):
    stored = np.arange(24).reshape(4, 6).astype(dtype)
    data = stored.tobytes() if encoding == "raw" else zlib.compress(stored.tobytes())
    layout["values"] = {"dtype": dtype, "shape": [4, 6], "encoding": encoding, "data": data}
    values = read(save(layout)).values
    assert values.dtype == np.float32
    assert np.array_equal(values, stored)


@pytest.mark.parametrize("dtype", ["<u2", "<i2", "|u1", "<i4"])
def test_differences_wrap_around(layout, save, dtype):
    limits = np.iinfo(dtype)
    stored = np.zeros((4, 6), dtype)
    stored[0] = limits.max  # up over the end, down under it, and there and back
    stored[1] = limits.min
    stored[2] = [limits.max, 5, 0, 1, limits.min, 7]
    stored[3] = limits.max
    modulus = 1 << limits.bits
    differences = [stored[0].astype(object)]
    differences += [
        (stored[i].astype(object) - stored[i - 1].astype(object)) % modulus for i in (1, 2, 3)
    ]
    packed = np.array(differences, f"<u{limits.bits // 8}") if limits.min == 0 else np.array(
        [(row + modulus // 2) % modulus - modulus // 2 for row in differences], dtype
    )  # fmt: skip
    layout["values"] = {
        "dtype": dtype,
        "shape": [4, 6],
        "encoding": "delta-zlib",
        "scale": 0.5,
        "offset": -100,
        "data": zlib.compress(packed.tobytes()),
    }
    expected = (stored.astype(np.float64) * 0.5 - 100).astype(np.float32)
    assert np.array_equal(read(save(layout)).values, expected)


def test_hundredths_of_a_millivolt_in_16_bits(layout, save):
    voltages = np.linspace(-80, 40, 24).reshape(4, 6)
    stored = np.round((voltages + 100) * 100).astype("<u2")
    differences = np.diff(stored, axis=0, prepend=np.zeros((1, 6), "<u2"))
    layout["values"] = {
        "dtype": "<u2",
        "shape": [4, 6],
        "encoding": "delta-zlib",
        "scale": 0.01,
        "offset": -100.0,
        "data": zlib.compress(differences.tobytes()),
    }
    values = read(save(layout)).values
    assert np.abs(values - voltages).max() < 0.0051
    assert np.array_equal(values, (stored * 0.01 - 100.0).astype(np.float32))


def test_all_arrays_may_be_packed(layout, save, array):
    points = layout["cells"][0]["sections"][1]["points"]
    expected = np.frombuffer(points["data"], "<f4").reshape(points["shape"])
    points |= {"encoding": "zlib", "data": zlib.compress(points["data"])}
    layout["cells"][0]["sections"][2]["points"] = array(
        [[-10, 0, 0, 2], [-190, 0, 0, 2]], "<i2", scale=0.5
    )
    layout["time"] = array([0, 1, 2, 4], "|u1", scale=0.1, offset=2)
    layout["cells"][0]["spikes"] = array([5, 6], "<u2", scale=0.5)
    simulation = read(save(layout))
    assert np.array_equal(simulation.points_um[2:5], expected)
    assert simulation.points_um[5:7].tolist() == [[-5, 0, 0, 1], [-95, 0, 0, 1]]
    assert np.allclose(simulation.time_ms, [2, 2.1, 2.2, 2.4])
    assert simulation.cells[0].spikes_ms.tolist() == [2.5, 3]


def test_large_points_that_are_scaled_are_read_at_once(layout, save, array):
    stored = np.arange(600_000).reshape(-1, 4) % 1000
    layout["cells"][1]["sections"][0]["points"] = array(stored, "<u2", scale=0.25, offset=1)
    points = read(save(layout)).points_um[-len(stored) :]
    assert np.array_equal(points, (stored * 0.25 + 1).astype(np.float32))


def test_values_beyond_float32_get_infinite(layout, save, array):
    huge = np.full((4, 6), 1e300)
    layout["values"] = array(huge, "<f8")
    assert np.isinf(read(save(layout)).values).all()
    layout["values"] = array(huge, "<f8", scale=1e200)
    assert np.isinf(read(save(layout)).values).all()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"encoding": "zlib"}, "compressed array values is damaged"),
        ({"encoding": "zlib", "data": zlib.compress(VALUES)[:-5]}, "is cut off"),
        ({"encoding": "zlib", "data": zlib.compress(VALUES[:-1])}, "96 bytes, but holds 95"),
        ({"encoding": "zlib", "data": zlib.compress(VALUES + b"x")}, "96 bytes, but holds 97"),
        (
            {"encoding": "delta-zlib", "data": zlib.compress(VALUES)},
            "delta-zlib, which is for whole numbers, but the dtype <f4",
        ),
        ({"encoding": "lzma"}, "unknown encoding 'lzma'"),
        ({"data": b"x" * 95}, "96 bytes, but holds 95"),
        ({"dtype": "|O8"}, "unknown dtype '|O8'"),
        ({"dtype": ">f4"}, "unknown dtype '>f4'"),
        ({"shape": [6, 4]}, "shape [6, 4], not [4, 6]: a row for each frame"),
        ({"shape": [24]}, "shape [24], not [4, 6]: a row for each frame"),
        ({"shape": [2, 2, 6]}, "damaged shape [2, 2, 6]"),
        ({"shape": [-4, -6]}, "damaged shape [-4, -6]"),
        ({"shape": [4.0, 6]}, "damaged shape [4.0, 6]"),
        ({"shape": [0, 1 << 70], "data": b""}, "a whole number of 9 bytes at byte"),
        ({"shape": []}, "damaged shape []"),
        ({"scale": float("nan")}, "damaged scale nan"),
        ({"offset": float("inf")}, "damaged offset inf"),
        ({"scale": 10**400}, "which simulation data never needs"),
        ({"scale": "1"}, "damaged scale '1'"),
    ],
)
def test_what_contradicts_itself_is_refused(layout, save, refused, change, reason):
    layout["values"] |= change
    assert reason in refused(save(layout))
