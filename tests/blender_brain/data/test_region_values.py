# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of values come in as they were written, and what is wrong in them is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from blender_brain.atlas import Structure
from blender_brain.data.region_values import RegionValues, read_region_values
from blender_brain.data.tables import MOST_BYTES, TableError

ATLAS = [
    Structure(1, "root", "root", (0, 0, 0), (1,), True),
    Structure(463, "CA3", "Field CA3", (0, 0, 0), (1, 463), True),
    Structure(726, "DG", "Dentate gyrus", (0, 0, 0), (1, 726), True),
    Structure(821, "VISp2/3", "Primary visual area, layer 2/3", (0, 0, 0), (1, 821), True),
]


def read(folder: Path, content: str | bytes) -> RegionValues:
    path = folder / "values.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_region_values(path, ATLAS)


@pytest.mark.parametrize(
    "content",
    [
        "CA3,1.5\nDG,-2e3\n",
        "acronym,rate\r\nCA3,1.5\r\nDG,-2e3\r\n",
        "\ufeffregion;rate\nField CA3;1.5\n726;-2000",
        "CA3\t1.5\n\n# a remark, with a comma\nDG\t-2000\n",
        "ca3 1.5\ndg   -2000\n",
        '"CA3", "1.5"\n"DG","-2000"\n',
    ],
)
def test_two_columns(tmp_path: Path, content: str):
    table = read(tmp_path, content)
    assert [one.acronym for one in table.structures] == ["CA3", "DG"]
    assert table.times_ms.tolist() == [0]
    assert table.values.tolist() == [[1.5, -2000]]
    assert table.name == ("rate" if "rate" in content else "")


def test_names_with_commas(tmp_path: Path):
    table = read(tmp_path, 'region,density\n"Primary visual area, layer 2/3",7\n')
    assert table.structures[0].id == 821 and table.values.tolist() == [[7]]


def test_values_over_time(tmp_path: Path):
    table = read(tmp_path, "acronym,time_ms,rate\nCA3,10,1\nDG,10,2\nCA3,0,3\nDG,2.5,nan\n")
    assert table.times_ms.tolist() == [0, 2.5, 10]
    nan = np.nan
    assert np.array_equal(table.values, [[3, nan], [nan, nan], [1, 2]], equal_nan=True)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "values.csv: it has no rows."),
        ("a,b\n", "values.csv has no rows below its header."),
        ("CA3\nDG\n", "values.csv has 1 column; it should have"),
        ("CA3,1,2,3\n", "values.csv has 4 columns; it should have"),
        ("CA3,1\nDG,2,3\n", "values.csv, line 2 has 3 columns, but line 1 has 2 columns."),
        ("CA3,1\nCA3,2\n", "values.csv, line 2: CA3 already has a value, in line 1."),
        (
            "CA3,0,1\n463,0.0,2\n",
            "values.csv, line 2: CA3 already has a value at 0 ms, in line 1.",
        ),
        ("CA3,1\nDG,fast\n", "values.csv, line 2: 'fast' is not a number, or is too large."),
        ("CA3,1\nDG,1e999\n", "values.csv, line 2: '1e999' is not a number, or is too large."),
        ("CA3,1\nDG,1e39\n", "values.csv, line 2: '1e39' is not a number, or is too large."),
        ("CA3,1\nDG,1_0\n", "values.csv, line 2: '1_0' is not a number, or is too large."),
        ("CA3,nan\nDG,\n", "values.csv has no values, only gaps."),
        ("CA3,0,1\nDG,soon,2\n", "values.csv, line 2: 'soon' is not a time in ms."),
        ("CA3,0,1\nDG,inf,2\n", "values.csv, line 2: 'inf' is not a time in ms."),
        (
            "CA3,1\nDGG,2\n",
            'values.csv, line 2: There is no structure "DGG" in this atlas; the closest is',
        ),
        (b"CA3,1\nDG\0,2\n", "values.csv: it is not text: line 2 has bytes that are not text."),
        (b"PK\x03\x04....", "values.csv: it is a spreadsheet or an archive: save it as CSV."),
        ('CA3,1\n"DG,2\n', "values.csv, line 2 cannot be split:"),
        ("CA3,1\n" + "x" * 200_000 + ",1\n", "values.csv, line 2 cannot be split:"),
        ("1," * 2000, "values.csv, line 1 has more than 1,000 columns."),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, content: str | bytes, sentence: str):
    with pytest.raises(TableError) as error:
        read(tmp_path, content)
    assert str(error.value).startswith(sentence)


def test_many_unknown_regions_are_one_message(tmp_path: Path):
    with pytest.raises(TableError) as error:
        read(tmp_path, "".join(f"q{i},{i}\n" for i in range(10_000)))
    assert str(error.value).endswith("There are more in values.csv.")
    assert len(str(error.value)) < 500


def test_files_that_are_none(tmp_path: Path):
    with pytest.raises(TableError, match="none.csv is missing"):
        read_region_values(tmp_path / "none.csv", ATLAS)
    with pytest.raises(TableError, match="is not a file"):
        read_region_values(tmp_path, ATLAS)


@pytest.mark.slow
def test_sizes_are_checked_before_anything_is_read(tmp_path: Path):
    path = tmp_path / "large.csv"
    with path.open("wb") as stream:
        stream.truncate(MOST_BYTES + 1)
    with pytest.raises(TableError, match="larger than 256 MB"):
        read_region_values(path, ATLAS)
