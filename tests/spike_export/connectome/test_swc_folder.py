# SPDX-License-Identifier: BSD-3-Clause
"""SWC files as connectomes' tools write them, and as nobody should."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.skeletons import edges_of, grown, swc_text

from spike_export.connectome.skeletons import ConnectomeError
from spike_export.connectome.swc_folder import read_skeleton


@pytest.fixture
def swc(tmp_path: Path) -> Any:
    def write(text: str | bytes, name: str = "7.swc") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_numbers_are_those_that_are_written(swc, end):
    points, radii, parents = grown(1)
    read = read_skeleton(swc(swc_text(points, radii, parents).replace("\n", end)))
    assert np.array_equal(read.points, points)
    assert np.array_equal(read.radii, radii)
    assert np.array_equal(read.edges, edges_of(parents))
    assert (read.name, read.roots.tolist(), read.oddities) == ("7", [0], ())


def test_any_decimal_is_read_as_python_reads_it(swc):
    random = np.random.default_rng(2)
    words = [
        *(repr(float(x)) for x in random.normal(0, 1e5, 400)),
        *(f"{x:.{k}f}" for x, k in zip(random.normal(0, 1e5, 400), range(400), strict=True)
          for k in (k % 8,)),
        *("1e3", "-2.5E-2", "+7", ".5", "-0.0", "3."),
    ]  # fmt: skip
    for few in (words[:400], words[400:800], words[800:]):
        text = "".join(f"{i + 1} 0 {x} 0 0 1 {i or -1}\n" for i, x in enumerate(few))
        assert read_skeleton(swc(text)).points[:, 0].tolist() == list(map(float, few))


def test_types_radii_and_order_as_people_have_them(swc):
    """A child before its parent, gaps in ids, navis's labels, radii of 0, -1 and NaN."""
    read = read_skeleton(
        swc("5 6 3 0 0 0 9\n9 5 2 0 0 -1 2\n2 1 1 0 0 4 -1\n7 2 5 0 0 nan 9\n8 3 6 0 0 2 0\n")
    )
    assert read.kinds.tolist() == [0, 0, 1, 2, 3]
    assert read.edges.tolist() == [[1, 0], [2, 1], [1, 3]]
    assert sorted(read.roots) == [2, 4]
    assert np.isfinite(read.radii).tolist() == [False, False, True, False, True]


def test_navis_s_unit_is_found(swc):
    meta = ' Meta: {"name": "x", "id": "7", "units": "8 nanometer"}'
    assert read_skeleton(swc(f"# SWC\n#{meta}\n1 0 0 0 0 1 -1\n")).unit == "8 nanometer"
    assert read_skeleton(swc('# Meta: {"units": 8}\n1 0 0 0 0 1 -1\n')).unit == ""


def test_what_is_odd_is_read_and_said(swc):
    read = read_skeleton(swc("id type x y z r p\n1,0,0,0,0,1,-1\n2,0,3,0,0,1,77\n"))
    assert read.points[:, 0].tolist() == pytest.approx([0, 3])
    assert len(read.roots) == 2
    told = " ".join(read.oddities)
    assert "holds words" in told and "commas" in told and "not in the file" in told


def test_circles_are_read_as_loops(swc):
    read = read_skeleton(swc("1 0 0 0 0 1 3\n2 0 1 0 0 1 1\n3 0 2 0 0 1 2\n4 0 5 0 0 1 4\n"))
    assert sorted(map(sorted, read.edges.tolist())) == [[0, 1], [0, 2], [1, 2]]
    assert read.roots.tolist() == [3]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "it holds no points"),
        ("# nothing\n", "it holds no points"),
        ("1 0 0 0 0 1\n", "line 1: it has 6 columns instead of 7"),
        ("1 0 0 0 0 1 -1\n2 0 0 x 0 1 1\n", "line 2: its y is 'x', not a number"),
        ("1 0 0 0 0 1 -1\n1 0 0 0 1 1 1\n", "the id 1 occurs twice"),
        ("1 0 nan 0 0 1 -1\n", "point 1 has no usable place"),
        ("1 0 1e300 0 0 1 -1\n", "point 1 has no usable place"),
        ("1.5 0 0 0 0 1 -1\n", "the id of its point number 1 is 1.5, not a whole number"),
        ("1 nan 0 0 0 1 -1\n", "the type of its point number 1 is nan, not a whole number"),
        ("1 0 0 0 0 1 -1\n2 0 0 0 0 1 1e30\n", "the parent of its point number 2"),
        (b"\x00\x01\x02", "a zero byte: this is not a text file"),
        (b"1 0 0 0 0 1 -1\n\xff\xfe 0 0 0 0 1 1", "line 2: its id is"),
    ],
)
def test_damaged_files_are_refused_with_the_place(swc, content, reason):
    path = swc(content)
    with pytest.raises(ConnectomeError, match=re.escape(reason)) as caught:
        read_skeleton(path)
    assert str(caught.value).startswith("Cannot use 7.swc: ")
    assert str(caught.value).isprintable()


def test_a_folder_and_a_missing_file_are_refused(tmp_path):
    for path in (tmp_path, tmp_path / "none.swc"):
        with pytest.raises(ConnectomeError, match="it is not a regular file"):
            read_skeleton(path)
