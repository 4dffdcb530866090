# SPDX-License-Identifier: GPL-3.0-or-later
"""Electrodes as pynwb writes them, and arrays of points in other HDF5 files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from blender_brain.data.point_formats import read_point_set
from blender_brain.data.tables import TableError

pytest.importorskip("pyfive")
h5py = pytest.importorskip("h5py")
TABLE = "general/extracellular_ephys/electrodes"
COLUMNS = {
    "id": np.arange(4),
    "x": np.array([7000.0, 7020.0, np.nan, 7060.0]),
    "y": np.array([1500.0, 1540.0, np.nan, 1620.0]),
    "z": np.array([3500.0, 3500.0, np.nan, 3500.0]),
    "location": ["VISp4", "CA1", "root", "CA1"],
    "imp": np.array([1.0, 2.0, 3.0, 4.0]),
}


def write(path: Path, columns: dict) -> Path:
    """Write the table as pynwb does: chunked, with texts of any length and references."""
    with h5py.File(path, "w") as file:
        group = file.create_group(f"{TABLE}/shank").parent
        for name, values in columns.items():
            group.create_dataset(name, data=values, maxshape=(None,), chunks=(4,))
        references = np.array([group.ref] * 4, h5py.ref_dtype)
        group.create_dataset("group", data=references, maxshape=(None,))
    return path


def test_electrodes(tmp_path):
    found = read_point_set(write(tmp_path / "s.nwb", COLUMNS))
    assert found.what == "electrode" and found.coordinates.unit == "um"
    np.testing.assert_array_equal(
        found.numbers, [[7000, 1500, 3500], [7020, 1540, 3500], [7060, 1620, 3500]]
    )
    assert found.structures == ("VISp4", "CA1", "CA1") and found.structure_column == "location"
    np.testing.assert_array_equal(found.values["imp"], [1, 2, 4])
    assert found.taken(found.coordinates) == "'x' for AP, 'y' for DV, 'z' for ML"
    assert "choose Flip ML if the sides are swapped" in found.notes[0]
    assert found.notes[1:] == ("s.nwb: 1 rows have no coordinates and were left out.",)


def test_locations_of_another_kind_are_said_to_be_missing(tmp_path):
    found = read_point_set(write(tmp_path / "s.nwb", COLUMNS | {"location": np.arange(4)}))
    assert not found.structures
    assert found.notes[-1] == "s.nwb: the locations of its electrodes were not read."


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"z": None}, "its electrodes have no x, y and z, so it does not say where"),
        ({"z": np.arange(3.0)}, "its electrodes have no x, y and z, so it does not say where"),
        (dict.fromkeys("xyz", np.full(4, np.nan)), "of all its electrodes are empty."),
        ({"x": np.full(4, np.inf)}, "of all its electrodes are empty."),
        ({"x": np.full(4, 1e20)}, "s.nwb: point 1 is farther away than 1e+12."),
    ],
)
def test_electrodes_without_a_place(tmp_path, change, sentence):
    columns = {name: v for name, v in (COLUMNS | change).items() if v is not None}
    with pytest.raises(TableError) as error:
        read_point_set(write(tmp_path / "s.nwb", columns))
    assert str(error.value).startswith("s.nwb: ") and sentence in str(error.value)


def test_the_only_array_of_points(tmp_path):
    path, points = tmp_path / "a.h5", np.random.default_rng(1).random((9, 3))
    with h5py.File(path, "w") as file:
        file["run/points"], file["run/times"] = points, np.arange(9)
    np.testing.assert_array_equal(read_point_set(path).numbers, points)
    with h5py.File(path, "a") as file:
        file["run/others"] = points
    with pytest.raises(TableError, match="a.h5: it holds several arrays, choose one: 'run/others'"):
        read_point_set(path)


@pytest.mark.parametrize("content", [{}, {"a": np.eye(2)}, {"a": np.array(3)}])
def test_other_hdf5_is_refused(tmp_path, content):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for name, value in content.items():
            file[name] = value
    with pytest.raises(TableError, match="^a.h5: it "):
        read_point_set(tmp_path / "a.h5")


def test_a_file_that_is_large_is_not_read_whole(tmp_path, monkeypatch):
    """Recordings of hours are beside the electrodes."""
    monkeypatch.setattr("blender_brain.data.tables.MOST_BYTES", 100)
    assert len(read_point_set(write(tmp_path / "s.nwb", COLUMNS)).numbers) == 3


def test_damage_is_a_sentence(tmp_path):
    path = write(tmp_path / "s.nwb", COLUMNS)
    good, rng, refused = path.read_bytes(), np.random.default_rng(2), 0
    for _ in range(100):
        data = bytearray(good[: None if rng.random() < 0.7 else rng.integers(16, len(good))])
        data[rng.integers(8, len(data))] = rng.integers(256)
        path.write_bytes(data)
        try:
            read_point_set(path)
        except TableError as error:
            refused += 1
            assert str(error).startswith("s.nwb: ") and "\n" not in str(error)
    assert refused > 20
