# SPDX-License-Identifier: BSD-3-Clause
"""Tables as people save them: read as they are meant, or refused; nothing is dropped."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from spike_export.formats.tables import (
    TableError,
    how_to_convert,
    read_npy,
    read_numbers,
    read_rows,
)

NAN = float("nan")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,2\n3,4.5\n", [[1, 2], [3, 4.5]]),
        ("1\t2\n3\t4\n", [[1, 2], [3, 4]]),
        ("# x y\n 1   2 # and more\n\n3 4\n", [[1, 2], [3, 4]]),
        ('"1.5","2.5"\n"4",5\n', [[1.5, 2.5], [4, 5]]),
        # Rows that begin with gaps are rows.
        ("NA,0\nNA,0\n1,2\n", [[NAN, 0], [NAN, 0], [1, 2]]),
        ("NA,0,0\n0,NA,0\n1,,3\n", [[NAN, 0, 0], [0, NAN, 0], [1, NAN, 3]]),
        ("1e3;-2E-1\n", [[1000, -0.2]]),
        ("1,234.5;2\n1,000,000;3\n", [[1234.5, 2], [1000000, 3]]),
    ],
)
def test_plain_numbers(text, expected):
    table = read_numbers(text.encode())
    np.testing.assert_array_equal(table.values, expected)
    assert table.names == () and table.notes == ()


@pytest.mark.parametrize(
    ("text", "expected", "note"),
    [
        ("x,y\n1,2.5\n", [[1, 2.5]], "Line 1 names the columns."),
        ("1,5\t2,25\n3\t4\n", [[1.5, 2.25], [3, 4]], "commas were found, as in 1,5."),
        (
            "101,784;102,279\n1;2\n",
            [[101.784, 102.279], [1, 2]],
            "commas were found, as in 101,784.",
        ),
        ("1.234,5;2,0\n", [[1234.5, 2]], "commas were found, as in 1.234,5."),
        ("0,125 0,250\n", [[0.125, 0.25]], "commas were found, as in 0,125."),
        (",0,1\n0,5,6\n1,8,9\n", [[5, 6], [8, 9]], "they are not values."),
        ("1,5\n2,7\n", [[1, 5], [2, 7]], "two columns separated by a comma"),
        # As pandas writes a named index, and a series.
        ("year,0,1\n0,5,6\n1,8,9\n", [[5, 6], [8, 9]], "they are not values."),
        (",0\n0,1.5\n1,8\n2,3\n", [[1.5], [8], [3]], "they are not values."),
        ("1,2.5,\n4,5,\n", [[1, 2.5], [4, 5]], "its last column are empty; it was left out"),
        ("0,5,6\n1,9,8\n2,4,3\n3,5,7\n", [[0, 5, 6], [1, 9, 8], [2, 4, 3], [3, 5, 7]],
         "The first column was read as values; if it numbers the rows"),
        (",1,5,6\n2,1,1,1\n3,1,1,1\n7,1,1,1\n",
         [[NAN, 1, 5, 6], [2, 1, 1, 1], [3, 1, 1, 1], [7, 1, 1, 1]], "their steps must be even"),
    ],
)  # fmt: skip
def test_what_is_guessed_is_said(text, expected, note):
    table = read_numbers(text.encode())
    np.testing.assert_array_equal(table.values, expected)
    assert [note in said for said in table.notes] == [True]


def test_an_index_under_no_name_is_told():
    """As pandas writes a table whose columns have names."""
    table = read_numbers(b",a,b\n0,5,6\n1,8,9\n2,7,7\n")
    assert table.values.tolist() == [[5, 6], [8, 9], [7, 7]] and table.names == ("a", "b")
    assert table.notes[1:] == ("The first column counts the rows; it is not values.",)
    # Any other is left as it is.
    assert read_numbers(b",a\n3,5\n9,8\n").values.tolist() == [[3, 5], [9, 8]]


@pytest.mark.parametrize(
    ("encoding", "notes"),
    [("utf-8-sig", []), ("utf-16", []), ("cp1252", ["Line 1 is not UTF-8; it was read as"])],
)
def test_encodings_of_spreadsheets(encoding, notes):
    table = read_numbers("höhe,tiefe\n1,2.5\n".encode(encoding))
    assert table.names == ("höhe", "tiefe") and table.values.tolist() == [[1, 2.5]]
    assert [said.startswith(n) for n, said in zip(notes, table.notes, strict=False)] == [
        True for _ in notes
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "it has no rows"),
        (b"x,y\n", "no rows below its header"),
        (b"1,2\n3\n", "line 2 has 1 column, but line 1 has 2 columns"),
        (b"1,2\n3,high\n", "line 2, field 2: 'high' is not a number"),
        (b"x,1\n3,4\n", "line 1, field 1: 'x' is not a number"),
        (b"x,1,5,6\n3,4,4,4\n4,4,4,4\n", "no coordinates with even steps"),
        (b"x,y\nmV,ms\n1,2\n", "line 2, field 1: 'mV' is not a number"),
        (b"1_0,2\n", "line 1, field 1: '1_0' is not a number"),
        *[
            (f"{first};{first}\n5;6\n7;8\n".encode(), f"line 1, field 1: '{first}' is not a number")
            for first in ("1.0D+00", "1'234", "12_345", "0x1F", "(1+2j)", "−1.5e−3")
        ],
        (b"101,784\t102,279\n", "line 1: 101,784 could be 101.784 or 101784"),
        (b"1,5\t1.5,2\n", "line 1, field 2: '1.5,2' is not a number"),
        (b"PK\x03\x04", "save it as CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "save the sheet as CSV"),
        (b"PAR1" + bytes(600), "it is a Parquet file; save the array"),
        (b"\x1f\x8b\x08" + bytes(600), "it is compressed by gzip; unpack it first"),
        (b"GIF89a" + bytes(600), "it is a GIF; save the picture as PNG"),
        (b"1,2\n\x00\x01\xff", "it is not text: line 2"),
        (b'1,2\n"3,4\n', "line 2 cannot be split"),
    ],
)
def test_what_cannot_be_read_is_named(content, sentence):
    with pytest.raises(TableError, match=re.escape(sentence)):
        read_numbers(content)


@pytest.mark.parametrize("first", ["25%", "10um", "1st", "2020-01", "3d", "0.5 Hz"])
def test_names_may_begin_with_digits(first):
    found = read_numbers(f"{first};{first}\n5;6\n7;8\n".encode())
    assert found.names == (first, first) and found.values.tolist() == [[5, 6], [7, 8]]
    assert found.notes == ("Line 1 names the columns.",)


def test_two_arrays_in_one_file(tmp_path):
    """What `np.save` wrote twice is not half of it."""
    path = tmp_path / "two.npy"
    with path.open("wb") as file:
        for _ in range(2):
            np.save(file, np.ones((2, 3)))
    with path.open("rb") as file, pytest.raises(TableError, match="several arrays"):
        read_npy(file, lambda shape, dtype: None)


def test_limits_hold_before_the_memory_is_taken():
    with pytest.raises(TableError, match="more than 5 numbers"):
        read_numbers(b"1,2,3\n4,5,6\n", most_cells=5)
    with pytest.raises(TableError, match="more than 2 columns"):
        read_numbers(b"1,2,3\n", most_columns=2)
    with pytest.raises(TableError, match="more than 1 rows"):
        list(read_rows(b"a\nb\n", most_rows=1).rows)


def test_numbers_are_those_of_numpy():
    """To the last digit, however they are separated."""
    array = np.random.default_rng(1).normal(size=(7, 5)) * 10.0 ** np.arange(-3, 2)
    for delimiter in " ,;\t":
        stream = io.BytesIO()
        np.savetxt(stream, array, delimiter=delimiter)
        np.testing.assert_array_equal(read_numbers(stream.getvalue()).values, array)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("zz_drop1.csv", (5, 3)), ("zz_drop3.csv", (4, 3)), ("zz_drop4.txt", (4, 2)),
        ("c_drop.csv", (5, 2)), ("one_na.csv", (3, 2)), ("quoted.csv", (3, 3)), ("idx.csv", (3, 3)),
    ],
)  # fmt: skip
def test_no_row_is_lost(shared_data: Path, name: str, shape: tuple[int, int]):
    assert (
        read_numbers((shared_data / "cases" / "tables" / name).read_bytes()).values.shape == shape
    )


_ESRI = """NCOLS 4
nrows 3
xllcorner 100
yllcorner {low}
cellsize 10
NODATA_value -9999
1 2 3 4
5 -9999 7 8
9 10 11 12
"""


def test_esri_grid():
    """Values as NumPy's reader has them, holes, and the centers of the cells."""
    text = _ESRI.format(low=-50)
    found = read_numbers(text.encode())
    expected = np.loadtxt(text.splitlines()[6:])
    np.testing.assert_array_equal(found.values, np.where(expected == -9999, np.nan, expected))
    np.testing.assert_array_equal(found.x, [105, 115, 125, 135])
    np.testing.assert_array_equal(found.y, [-25, -35, -45])
    assert found.notes == (
        "It was read as an ESRI grid; -9999 means no data, as in 1 of its cells.",
    )
    by_centers = text.replace("llcorner", "llcenter")
    np.testing.assert_array_equal(read_numbers(by_centers.encode()).x, [100, 110, 120, 130])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("9 10 11 12", "9 10 11"), "has 11 values instead of 12"),
        (("cellsize 10", ""), "damaged header"),
        (("xllcorner 100\n", ""), "no xllcorner"),
        (("cellsize 10", "cellsize -1"), "impossible"),
        (("NCOLS 4", "NCOLS 40000000000"), "more than"),
        (("7 8", "7 eight"), "eight"),
    ],
)
def test_damaged_esri_grids(change, words):
    with pytest.raises(TableError, match=words):
        read_numbers(_ESRI.format(low=0).replace(*change).encode())


def test_a_line_that_may_number_the_columns():
    """It is kept, since it may be values, and told."""
    found = read_numbers(b"0,1,2\n5,6,7\n8,9,10")
    assert found.values.shape == (3, 3)
    assert found.notes[0].startswith("Line 1 was read as values; if its 0, 1, 2")


ARRAY = np.arange(12.0).reshape(3, 4)
GAP = np.where(ARRAY == 5, np.nan, ARRAY)


def in_hdf5(path):
    with pytest.importorskip("h5py").File(path, "w") as file:
        file["NAME"] = ARRAY
    return ARRAY


def in_matlab(path, version="5"):
    pytest.importorskip("scipy.io").savemat(path, {"NAME": ARRAY}, format=version)
    return ARRAY


def in_matlab_4(path):
    return in_matlab(path, "4")


def in_matlab_7(path):
    """As MATLAB does: HDF5 after a block of its own, columns first."""
    with pytest.importorskip("h5py").File(path, "w", userblock_size=512) as file:
        file["NAME"] = ARRAY.T
    with path.open("r+b") as raw:
        raw.write(b"MATLAB 7.3 MAT-file")
    return ARRAY


def in_netcdf(path, kind="NETCDF4"):
    """As measurements are: whole numbers with a scale, and gaps."""
    with pytest.importorskip("netCDF4").Dataset(path, "w", format=kind) as file:
        for name, size in zip("yx", ARRAY.shape, strict=True):
            file.createDimension(name, size)
        stored = file.createVariable("NAME", "i2", ("y", "x"), fill_value=-999)
        stored.scale_factor, stored.add_offset = 0.5, -3.0
        stored[:] = np.ma.array(ARRAY, mask=np.isnan(GAP))
    return GAP


def in_netcdf_3(path):
    return in_netcdf(path, "NETCDF3_CLASSIC")


def in_netcdf_5(path):
    return in_netcdf(path, "NETCDF3_64BIT_DATA")


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    [in_hdf5, in_matlab, in_matlab_4, in_matlab_7, in_netcdf, in_netcdf_3, in_netcdf_5],
)
def test_files_of_other_programs_say_how_to_convert(kind, tmp_path):
    """The code in the sentence makes the array that was stored."""
    path, out = tmp_path / "a.nc", tmp_path / "out.npy"
    array = kind(path)
    with pytest.raises(TableError, match="it is an? ") as caught:
        read_numbers(path.read_bytes())
    code = str(caught.value).partition('python -c "')[2].removesuffix('"')
    code = code.replace("'FILE'", repr(str(path))).replace("'out.npy'", repr(str(out)))
    subprocess.run([sys.executable, "-c", code], check=True)
    np.testing.assert_array_equal(np.load(out), array)


def test_what_begins_like_them_is_not_taken_for_them():
    assert how_to_convert(b"CDF\4") == how_to_convert(b"\x89HDF") == how_to_convert(bytes(64)) == ""
    assert how_to_convert(bytes(512) + b"\x89HDF\r\n\x1a\n").startswith("it is an HDF5 file")
