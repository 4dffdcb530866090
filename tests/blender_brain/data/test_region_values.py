# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of values come in as they were written, and what is wrong in them is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from blender_brain.atlas import Structure
from blender_brain.data.region_values import (
    RegionValues,
    read_region_values,
    value_columns,
)
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


def test_a_second_column_is_no_time_unless_regions_are_there_again(tmp_path: Path):
    """As a count beside a density."""
    table = read(tmp_path, "region,count,density\nCA3,7,0.5\nDG,9,0.25\n")
    assert table.choices == ("count", "density") and table.name == "density"
    assert table.times_ms.tolist() == [0] and table.values.tolist() == [[0.5, 0.25]]
    table = read(tmp_path, "region,when,density\nCA3,7,0.5\nDG,9,0.25\nCA3,9,1\n")
    assert table.times_ms.tolist() == [7, 9]
    assert table.notes == (
        "values.csv: 'when' was taken for times in ms; regions are there again.",
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "values.csv: it has no rows."),
        ("a,b\n", "values.csv has no rows below its header."),
        ("CA3\nDG\n", "values.csv has 1 column; without a header that names them, it should"),
        ("CA3,1,2,3\n", "values.csv has 4 columns; without a header that names them, it should"),
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
            "DGG,2\n",
            'values.csv, line 1: There is no structure "DGG" in this atlas; the closest is',
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


def test_unknown_regions_are_skipped_and_named(tmp_path: Path):
    table = read(tmp_path, "CA3,1\nXX,2\n999,3\nDG,4\n")
    assert [one.acronym for one in table.structures] == ["CA3", "DG"]
    assert table.unknown == (
        "values.csv: 2 rows of regions that this atlas does not have or does not tell apart were"
        " skipped: 'XX', '999'."
    )
    assert not read(tmp_path, "CA3,1\n").unknown


HALVES = (
    "structure_name,left_cell_count,right_cell_count,total_cells,left_cells_per_mm3,"
    "right_cells_per_mm3\nField CA3,1,2,3,10,20\nDentate gyrus,4,5,9,40,50\n"
)


def by_half(table: RegionValues) -> dict[tuple[str, str], float]:
    keys = zip((one.acronym for one in table.structures), table.halves, strict=True)
    return dict(zip(keys, table.values[0].tolist(), strict=True))


def test_columns_of_halves(tmp_path: Path):
    """As in brainmapper's summary.csv: one choice for both, one for each."""
    table = read(tmp_path, HALVES)
    assert table.name == "cells_per_mm3"
    assert by_half(table) == {
        ("CA3", "LEFT"): 10, ("CA3", "RIGHT"): 20, ("DG", "LEFT"): 40, ("DG", "RIGHT"): 50,
    }  # fmt: skip
    assert table.notes[-1].startswith("values.csv: the values are those of 'cells_per_mm3'; choose")
    path = tmp_path / "values.csv"
    counts = read_region_values(path, ATLAS, "cell_count")
    assert by_half(counts)["CA3", "BOTH"] == 3 and by_half(counts)["CA3", "LEFT"] == 1
    only = read_region_values(path, ATLAS, "Total_Cells")
    assert by_half(only) == {("CA3", "BOTH"): 3, ("DG", "BOTH"): 9} and not only.notes
    with pytest.raises(TableError) as error:
        read_region_values(path, ATLAS, "volume")
    assert str(error.value).startswith(
        "values.csv has no column of values 'volume'; it has cell_count, cells_per_mm3, left_cell"
    )
    assert value_columns(path)[:2] == ["cell_count", "cells_per_mm3"]


def test_a_column_of_hemispheres(tmp_path: Path):
    table = read(tmp_path, "region,hemisphere,value\nCA3,left,1\nCA3,right,5\nDG,L,2\n")
    assert by_half(table) == {("CA3", "LEFT"): 1, ("CA3", "RIGHT"): 5, ("DG", "LEFT"): 2}
    with pytest.raises(TableError, match="line 2: 'top' is not a hemisphere: left, right or both."):
        read(tmp_path, "region,hemisphere,value\nCA3,top,1\n")


def test_allensdk_unionize(tmp_path: Path):
    """Ids of structures and of hemispheres; rows of the injection are left out."""
    table = read(
        tmp_path,
        "hemisphere_id,id,is_injection,projection_density,structure_id,volume\n"
        "3,9,False,0.5,463,1\n1,8,False,0.25,463,1\n2,7,False,0.75,463,1\n3,6,True,9,463,1\n"
        "3,5,False,0.1,123456,1\n",
    )
    assert table.name == "projection_density"
    assert by_half(table) == {("CA3", "BOTH"): 0.5, ("CA3", "LEFT"): 0.25, ("CA3", "RIGHT"): 0.75}
    assert table.notes[-1] == "values.csv: rows of injection sites, 1, were left out."
    assert "'123456'" in table.unknown


@pytest.mark.parametrize(("name", "factor"), [("time", 1), ("time_ms", 1), ("time (s)", 1000)])
def test_a_column_for_each_region(tmp_path: Path, name: str, factor: int):
    table = read(tmp_path, f"{name},CA3,Dentate gyrus,XX\n0,1,2,3\n10,2,3,4\n")
    assert [one.acronym for one in table.structures] == ["CA3", "DG"]
    assert table.times_ms.tolist() == [0, 10 * factor]
    assert table.values.tolist() == [[1, 2], [2, 3]]
    assert table.unknown.startswith("values.csv: 1 column of regions that this atlas does not have")


def test_cases_of_real_shapes(shared_data: Path):
    """Small files as labs have them."""
    atlas = [
        *ATLAS, Structure(382, "CA1", "Field CA1", (0, 0, 0), (1, 382), True),
        Structure(8, "grey", "Basic cell groups and regions", (0, 0, 0), (1, 8), True),
        Structure(997, "all", "everything", (0, 0, 0), (1, 997), True),
        Structure(64, "AD", "Anterodorsal nucleus", (0, 0, 0), (1, 64), True),
    ]  # fmt: skip
    seen = {}
    for path in sorted((shared_data / "cases" / "regions").iterdir()):
        found = read_region_values(path, atlas)
        acronyms = "".join(dict.fromkeys(one.acronym for one in found.structures))
        seen[path.name] = found.name, acronyms, found.values.shape, bool(found.unknown)
    assert seen == {
        "hemi.csv": ("value", "CA3DG", (1, 3), False),
        "summary.csv": ("cells_per_mm3", "CA3CA1", (1, 4), True),
        "unionize.csv": ("projection_density", "allgrey", (1, 2), True),
        "volumes.csv": ("volume_mm3", "AD", (1, 3), True),
        "wide.csv": ("", "CA3DGCA1", (2, 3), False),
    }


def test_a_column_of_values_that_is_there_twice_is_refused(tmp_path: Path):
    with pytest.raises(TableError, match="^values.csv has 2 columns 'Rate'; rename all but the"):
        read(tmp_path, "region,rate,Rate\nCA3,1,9\nDG,3,8\n")


def test_how_certain_values_are_is_not_taken_for_them(tmp_path: Path):
    table = read(tmp_path, "region,strength,strength_sd,p_value\nCA3,1,0.1,0.01\nDG,2,0.2,0.5\n")
    assert table.name == "strength" and table.values.tolist() == [[1, 2]]
    assert "are those of 'strength'; choose from strength_sd, p_value." in table.notes[0]
    # If somebody wants them, they are there.
    assert read(tmp_path, "region,p\nCA3,0.01\nDG,0.5\n").name == "p"


def test_regions_without_a_value_are_named(tmp_path: Path):
    table = read(tmp_path, "region,rate\nCA3,\nDG,3\n")
    assert table.notes == ("values.csv: CA3 has no value.",)
    assert np.isnan(table.values[0, 0])


def test_a_column_for_each_region_may_have_unknown_ones(tmp_path: Path):
    table = read(tmp_path, "time,CA3,Foo,Bar\n0,1,2,3\n1,2,3,4\n")
    assert table.times_ms.tolist() == [0, 1] and "2 columns" in table.unknown
