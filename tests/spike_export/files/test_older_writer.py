# SPDX-License-Identifier: BSD-3-Clause
"""The older format as it is written: by NumPy's own unpickling, and by older programs' habits."""

from __future__ import annotations

import pickle
import pickletools

import numpy as np
import pytest

from spike_export import SECTION_TYPES, Simulation, read, write_older


@pytest.fixture
def simulation(layout, save) -> Simulation:
    return read(save(layout))


def test_plain_unpickling_gives_the_older_layout(tmp_path, simulation):
    sections = pickle.loads(write_older(tmp_path / "x.pickle", simulation).read_bytes())
    assert type(sections) is list
    assert [section["ID"] for section in sections] == [0, 1, 2, 3]
    first_point = first_segment = 0
    for index, section in enumerate(sections):
        assert list(section) == ["ID", "type", "X", "Y", "Z", "DIAM", "Voltage"]
        assert section["type"] == SECTION_TYPES[simulation.section_types[index]]
        points = simulation.points_um[first_point:][: simulation.point_counts[index]]
        for key, column in zip(("X", "Y", "Z", "DIAM"), points.T, strict=True):
            assert section[key].dtype == np.float64
            assert np.array_equal(section[key], column)
        segments = int(simulation.segment_counts[index])
        assert list(section["Voltage"]) == [0, 1, 2, 3]
        for frame, row in section["Voltage"].items():
            assert type(frame) is int
            assert row.dtype == np.float64
            assert row.flags.writeable
            assert row.shape == (segments,)
            assert np.array_equal(row, simulation.values[frame, first_segment:][:segments])
        first_point += len(points)
        first_segment += segments
    assert (first_point, first_segment) == (8, 6)


def test_it_is_what_pickle_would_write(tmp_path, older, save):
    written = write_older(tmp_path / "x.pickle", read(save(older)))
    expected = [
        s | {"Voltage": {k: v.astype(np.float32) for k, v in s["Voltage"].items()}} for s in older
    ]
    found = pickle.loads(written.read_bytes())
    for section, other in zip(found, expected, strict=True):
        for key in ("X", "Y", "Z", "DIAM"):
            assert np.array_equal(section[key], other[key])
        for frame, row in other["Voltage"].items():
            assert np.array_equal(section["Voltage"][frame], row)


def test_it_is_read_again(tmp_path, simulation):
    back = read(write_older(tmp_path / "x.pickle", simulation))
    assert np.array_equal(back.values, simulation.values)
    assert np.array_equal(back.points_um, simulation.points_um)
    assert np.array_equal(back.section_types, simulation.section_types)
    assert (back.version, back.has_time) == (1, False)


def test_numpy_of_older_blenders_finds_all_it_names(tmp_path, simulation):
    data = write_older(tmp_path / "x.pickle", simulation).read_bytes()
    assert data[:2] == b"\x80\x04"
    texts = [argument for _, argument, _ in pickletools.genops(data) if isinstance(argument, str)]
    modules = {text for text in texts if text.startswith("numpy")}
    assert modules == {"numpy", "numpy.core.multiarray"}


def test_many_frames_and_segments(tmp_path, simulation):
    rng = np.random.default_rng(0)
    for name, value in {
        "segment_counts": np.array([1, 300, 70_000, 1], np.int32),
        "values": rng.normal(size=(3, 70_302)).astype(np.float32),
    }.items():
        object.__setattr__(simulation, name, value)
    wide = pickle.loads(write_older(tmp_path / "x.pickle", simulation).read_bytes())
    assert np.array_equal(wide[2]["Voltage"][2], simulation.values[2, 301:-1])
    object.__setattr__(simulation, "segment_counts", np.ones(4, np.int32))
    object.__setattr__(simulation, "values", rng.normal(size=(1_000, 4)).astype(np.float32))
    path = write_older(tmp_path / "x.pickle", simulation)
    long = pickle.loads(path.read_bytes())
    assert list(long[3]["Voltage"]) == list(range(1_000))
    assert long[3]["Voltage"][999] == simulation.values[-1, 3]
    assert np.array_equal(read(path).values, simulation.values)


def test_what_is_not_finite_stays(tmp_path, simulation):
    values = simulation.values.copy()
    values[1, 2:5] = np.nan, np.inf, -np.inf
    object.__setattr__(simulation, "values", values)
    back = read(write_older(tmp_path / "x.pickle", simulation))
    assert np.array_equal(back.values, values, equal_nan=True)


def test_a_write_that_fails_leaves_the_old_file(tmp_path, simulation, monkeypatch):
    path = write_older(tmp_path / "x.pickle", simulation)
    before = path.read_bytes()
    monkeypatch.setattr("spike_export.files.older_writer._frames", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_older(path, simulation)
    assert path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["run.pickle", "x.pickle"]
