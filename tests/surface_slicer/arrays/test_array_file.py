# SPDX-License-Identifier: GPL-3.0-or-later
"""Arrays from files: what NumPy wrote comes back, and what is hostile ends in a sentence."""

from __future__ import annotations

import io
import os
import pickle
import tracemalloc
import zipfile

import numpy as np
import pytest
from surface_slicer.arrays import heightmap
from surface_slicer.arrays.array_file import array_names, read_array
from surface_slicer.arrays.heightmap import HeightmapError, from_array, resampled


def refused(path, name="") -> str:
    """The sentence that reading ends with."""
    with pytest.raises(HeightmapError) as caught:
        from_array(read_array(path, name))
    return str(caught.value)


def sentence(path, name="") -> str:
    text = refused(path, name)
    assert path.name in text and text.endswith(".") and "\n" not in text
    return text


def npy_header(shape: str, descr: str = "'<f8'") -> bytes:
    """The beginning of a file, whatever it claims."""
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}"
    text = text.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


@pytest.mark.parametrize("dtype", ["f2", "f4", ">f8", "u1", "<u2", "i8", "?"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npy_as_numpy_reads_it(tmp_path, dtype, order):
    """All real kinds of number, both orders in memory."""
    array = np.array(np.random.default_rng(0).integers(0, 2, (3, 4, 5)), dtype, order=order)
    np.save(tmp_path / "a.npy", array)
    np.testing.assert_array_equal(read_array(tmp_path / "a.npy"), array)


def test_version_2_of_the_format(tmp_path):
    """The one with a longer header."""
    with (tmp_path / "a.npy").open("wb") as file:
        np.lib.format.write_array(file, np.eye(3), version=(2, 0))
    np.testing.assert_array_equal(read_array(tmp_path / "a.npy"), np.eye(3))


def test_npz_with_one_usable_array(tmp_path):
    """It need not be named; others can be."""
    path = tmp_path / "a.npz"
    np.savez_compressed(path, x=np.arange(4.0), heights=np.eye(4), title=np.array("text"))
    np.testing.assert_array_equal(read_array(path), np.eye(4))
    assert array_names(path) == ["x", "heights", "title"]
    np.savez(path, a=np.eye(2), b=np.eye(3))
    np.testing.assert_array_equal(read_array(path, "b"), np.eye(3))
    assert "'a', 'b'" in sentence(path)
    assert "no array 'c'" in sentence(path, "c")


@pytest.mark.parametrize(
    "text",
    [
        "1,2,3\n4,5,6\n",
        "1;2;3\r\n4;5;6",
        "1\t2\t3\n4\t5\t6\n\n",
        "# a note\n 1   2 3 \n4 5 6 # more\n",
        "\ufeffa, b, c\n1, 2, 3\n4, 5, 6\n",
        "1,0;2,0;3\n4;5;6,0",
    ],
)
def test_text_in_all_its_ways(tmp_path, text):
    """Separators, comments, names of columns, decimal commas."""
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    np.testing.assert_array_equal(read_array(path), [[1, 2, 3], [4, 5, 6]])


def test_text_as_numpy_writes_it(tmp_path):
    """To the last digit."""
    array = np.random.default_rng(1).normal(size=(7, 5))
    np.savetxt(tmp_path / "a.txt", array)
    np.testing.assert_array_equal(read_array(tmp_path / "a.txt"), np.loadtxt(tmp_path / "a.txt"))


def test_empty_fields_are_holes(tmp_path):
    """As spreadsheets write them."""
    (tmp_path / "a.csv").write_text("1,,3,4\n5,6,7,8\n9,,11,12\n")
    heights = from_array(read_array(tmp_path / "a.csv"), origin="LOWER")
    expected = [[1, np.nan, 3, 4], [5, 6, 7, 8], [9, np.nan, 11, 12]]
    np.testing.assert_array_equal(heights.values[0], expected)
    assert heights.holes == 2


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("1,2,3\n4,5\n", "line 2 has 2 columns, but line 1 has 3"),
        ("1,2\n3,x\n", "line 2, field 2: 'x'"),
        ("a,2\n3,4\n", "line 1, field 1: 'a'"),
        ("# nothing\n\n", "it has no rows"),
        ("1\n2\n3\n", "3 x 1"),
        ("1,2,3\n", "1 x 3"),
    ],
)
def test_text_that_is_no_table(tmp_path, text, place):
    """Ragged, not numbers, empty, one column, one row."""
    path = tmp_path / "bad.csv"
    path.write_text(text)
    assert place in sentence(path)


def test_bytes_that_are_no_text(tmp_path):
    """A picture by another name."""
    path = tmp_path / "bad.csv"
    path.write_bytes(b"1,2\n\xff\xfe\x00")
    assert "not text" in sentence(path)


class Evil:
    """Runs a command when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        """Say how it is unpickled."""
        return os.system, (f"touch {self.path}",)


def test_pickled_arrays_are_refused(tmp_path):
    """In both formats, and nothing in them is run."""
    evil = np.empty((2, 2), object)
    evil[:] = Evil(tmp_path / "PWNED")
    for path, save in ((tmp_path / "a.npy", np.save), (tmp_path / "a.npz", np.savez)):
        save(path, evil)
        assert "Python objects" in sentence(path)
    (tmp_path / "b.npy").write_bytes(pickle.dumps(Evil(tmp_path / "PWNED")))
    assert "not a NumPy array" in sentence(tmp_path / "b.npy")
    assert not (tmp_path / "PWNED").exists()


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros((0, 0)), "empty (0 x 0)"),
        (np.zeros((1, 9)), "1 x 9"),
        (np.zeros((5, 2, 1)), "5 x 2 x 1"),
        (np.zeros(9), "1 dimension;"),
        (np.array(1.0), "a single number"),
        (np.zeros((2, 2, 2, 2)), "4 dimensions"),
        (np.zeros((2, 2), complex), "complex"),
        (np.array([["a", "b"], ["c", "d"]]), "it holds text, not numbers"),
        (np.zeros((2, 2), "M8[s]"), "it holds dates, not numbers"),
        (np.zeros((2, 2), [("a", "f4")]), "it holds records, not numbers"),
    ],
)
def test_arrays_that_are_no_surface(tmp_path, array, words):
    """Each with what it is instead."""
    np.save(tmp_path / "bad.npy", array)
    assert words in sentence(tmp_path / "bad.npy")


def test_values_that_are_no_heights():
    """Infinities and numbers beyond single precision name their place; NaN alone is nothing."""
    array = np.zeros((2, 3, 4))
    array[1, 2, 3] = -np.inf
    with pytest.raises(HeightmapError, match="1 value is infinite, .* frame 1, row 2, column 3"):
        from_array(array)
    for large in (1e300, -1e21):
        with pytest.raises(HeightmapError, match="beyond 1e.20, too large.*, .* row 0, column 1"):
            from_array(np.array([[0, large], [0, 0]]))
    with pytest.raises(HeightmapError, match="none of its values"):
        from_array(np.full((2, 2), np.nan))


@pytest.mark.parametrize("large", [1e9, -1e12, 1.7e9])
def test_the_low_end_is_subtracted_before_single_precision(large):
    """Times and places far from zero keep their differences; what was subtracted is told."""
    slope = np.linspace(100, 400, 3692).reshape(52, 71)
    found = from_array(large + slope, origin="LOWER")
    assert len(np.unique(found.values)) == len(np.unique(large + slope))
    np.testing.assert_allclose(found.base + found.values[0].astype(float), large + slope)
    assert found.base == large
    np.testing.assert_allclose([found.low, found.high], [100, 400], rtol=1e-3)
    finer = resampled(found, 100, 100)
    assert finer.base == large


def test_large_integers_are_subtracted_exactly():
    array = 2**53 + np.array([[1, 2], [3, 8]])
    found = from_array(array, origin="LOWER")
    assert (found.base, found.values[0].tolist()) == (2**53 - 2, [[3, 4], [5, 10]])
    # Where the base is no number of the array's kind.
    low = np.iinfo(np.int32).min
    found = from_array(np.array([[low, low + 1], [low, low]], np.int32))
    assert np.ptp(found.values) == 1 and found.base <= low


def test_values_that_need_no_subtraction_are_kept():
    """Whatever single precision can tell apart, or holds exactly."""
    slope = np.linspace(0, 1, 20).reshape(4, 5)
    assert from_array(np.full((3, 3), 1e9)).low == 1e9
    for array in (slope, 100 + slope, np.arange(20.0).reshape(4, 5) + 2**22):
        found = from_array(array, origin="LOWER")
        assert found.base == 0
        np.testing.assert_allclose(found.values[0], array, rtol=1e-7)


def test_differences_too_small_for_single_precision():
    """A sentence, instead of a flat surface."""
    slope = np.linspace(1, 4, 20).reshape(4, 5)
    with pytest.raises(HeightmapError, match="from 1e-298 to 4e-298, too close together"):
        from_array(1e-298 * slope)


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ("(30000, 30000)", "too large"),
        ("(5000, 5000)", "ends early"),
        ("(1000000, 2, 2)", "too large"),
        ("(-3, 5, 5)", "damaged"),
        ("(99999999999999999999, 99999999999999999999)", "too large"),
        ("(2, 2.5)", "header is damaged"),
        ("'x'", "header is damaged"),
        ("(2, __import__('os').getpid())", "header is damaged"),
    ],
)
def test_headers_that_lie_take_no_memory(tmp_path, shape, words):
    """A short file is refused before a byte is set aside for its numbers."""
    path = tmp_path / "bad.npy"
    path.write_bytes(npy_header(shape) + bytes(100))
    tracemalloc.start()
    try:
        assert words in sentence(path)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_archives_that_lie(tmp_path):
    """Bombs, cut ends, damaged members, encryption, far too many members."""
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", npy_header("(60000, 60000)", "'|u1'") + bytes(30_000_000))
    assert path.stat().st_size < 100_000
    tracemalloc.start()
    try:
        assert "too large" in sentence(path)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.npy", npy_header("(100, 100)") + bytes(100))
    assert "ends early" in sentence(path)
    np.savez_compressed(path, a=np.random.default_rng(0).normal(size=(50, 50)))
    content = bytearray(path.read_bytes())
    path.write_bytes(content[:3000])
    assert "damaged" in sentence(path)
    content[2000] ^= 0xFF
    path.write_bytes(content)
    assert "damaged" in sentence(path)
    np.savez(path, a=np.eye(3))
    content = bytearray(path.read_bytes())
    # The flag of encryption, in the member's own header and in the directory.
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert "encrypted" in sentence(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no array")
    assert "no array" in sentence(path)


def test_files_that_are_no_files(tmp_path):
    """Missing, a folder, empty."""
    assert "no such file" in sentence(tmp_path / "missing.npy")
    (tmp_path / "empty.npy").touch()
    assert "empty (0 bytes)" in sentence(tmp_path / "empty.npy")
    folder = tmp_path / "folder.npy"
    folder.mkdir()
    assert "folder" in sentence(folder)


def test_every_damaged_byte_ends_well(tmp_path):
    """No error but ours, whatever a byte of the header is changed to."""
    stream = io.BytesIO()
    np.save(stream, np.eye(4))
    good = stream.getvalue()
    path = tmp_path / "a.npy"
    random = np.random.default_rng(5)
    for place in range(len(good)):
        bad = bytearray(good)
        bad[place] = random.integers(256)
        path.write_bytes(bad)
        try:
            from_array(read_array(path))
        except HeightmapError as error:
            assert "\n" not in str(error)


def test_origin_is_matplotlibs():
    """Row 0 of `values` is the lowest y: the last row of an array that begins at the top."""
    array = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(from_array(array, origin="UPPER").values[0], array[::-1])
    np.testing.assert_array_equal(from_array(array, origin="LOWER").values[0], array)


def test_resampling_is_bilinear():
    """A plane stays that plane, corners stay, and a hole makes holes only where it counts."""
    x, y = np.meshgrid(np.linspace(0, 1, 5), np.linspace(0, 1, 4))
    finer = resampled(from_array(3 * x - 2 * y + x * y, origin="LOWER"), 10, 13).values[0]
    x, y = np.meshgrid(np.linspace(0, 1, 13), np.linspace(0, 1, 10))
    np.testing.assert_allclose(finer, 3 * x - 2 * y + x * y, atol=1e-6)
    holed = np.zeros((3, 3))
    holed[0, 0] = np.nan
    found = np.isnan(resampled(from_array(holed, origin="LOWER"), 5, 5).values[0])
    expected = np.zeros((5, 5), bool)
    expected[:2, :2] = True
    np.testing.assert_array_equal(found, expected)


def test_limits_hold_for_resampling_too():
    """Nobody asks for more vertices than a surface may have."""
    with pytest.raises(HeightmapError, match="too large"):
        resampled(from_array(np.zeros((2, 2))), heightmap.MOST_CELLS, 2)
