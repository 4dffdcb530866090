# SPDX-License-Identifier: GPL-3.0-or-later
"""OBJ and Draco files: as other programs write them, damaged, and hostile."""

from __future__ import annotations

import random
import struct

import DracoPy
import numpy as np
import pytest
from blender_brain.atlas import AtlasError, open_atlas, read_mesh
from blender_brain.atlas import obj as obj_module
from blender_brain.atlas.draco import read_draco
from blender_brain.atlas.obj import read_obj
from helpers.atlases import BIG, obj_text, obj_with_normals, write_v2, write_v3
from helpers.solids import sphere

TRIANGLE = "v 0 0 0\nv 1 0 0\nv 0 1 0\n"


def by_lines(content: bytes):
    points, triangles = obj_module._lines(content)
    return points.astype(np.float32), triangles.astype(np.int32)


def test_tables_give_what_lines_give_to_the_last_bit():
    """The fast way against the plain one, with digits of all lengths and signs."""
    rng = np.random.default_rng(1)
    numbers = rng.normal(0, 1, (500, 3)) * 10.0 ** rng.integers(-3, 6, (500, 3))
    rows = [[f"{x:.{rng.integers(1, 10)}f}" for x in row] for row in numbers.tolist()]
    text = "# a\n\no name\n" + "".join(f"v {' '.join(row)}\n" for row in rows)
    text += "".join(f"f {a} {b} {c}\n" for a, b, c in rng.integers(1, 501, (900, 3)).tolist())
    assert obj_module._tables(text.encode()) is not None
    for content in (text.encode(), text.rstrip().encode()):
        for fast, plain in zip(read_obj(content), by_lines(content), strict=True):
            np.testing.assert_array_equal(fast, plain)
    points = read_obj(text.encode())[0]
    np.testing.assert_array_equal(points, np.array(rows, np.float64).astype(np.float32))


def as_program(writing: str) -> bytes:
    """A sphere as different programs write it."""
    points, triangles = sphere(1234.5, 6, 8)
    # Of all sizes, so that some are whole, some have powers, and some are negative.
    points = points * 10.0 ** np.random.default_rng(3).integers(-9, 1, points.shape)
    points[0] = (7500.0, -0.0, 1e-05)
    text = obj_with_normals(points, triangles)
    lines = text.splitlines()
    v, vn, f = ([x for x in lines if x.startswith(f"{kind} ")] for kind in ("v", "vn", "f"))
    if writing == "a normal before each vertex":
        lines = [line for pair in zip(vn, v, strict=True) for line in pair] + f
    elif writing == "texture":
        lines = [*v, "vt 0 0.5", *vn, *(x.replace("//", "/1/") for x in f)]
    elif writing == "texture only":
        lines = [*v, "vt 0 0.5", *(" ".join(w.split("//")[0] + "/1" if w != "f" else w
                                            for w in x.split()) for x in f)]  # fmt: skip
    elif writing == "groups":
        lines = [
            "# vtk",
            "",
            "mtllib NONE",
            *v,
            *vn,
            "",
            "g grp0",
            "usemtl m",
            "s off",
            *f,
            "# end",
        ]
    elif writing == "blanks at the end":
        lines = [f"{line} " for line in lines]
    elif writing == "two blanks":
        lines = [line.replace("v ", "v  ") for line in lines]
    elif writing == "faces in between":
        lines = [*v[:30], *vn, *v[30:], *f]
    return ("\r\n" if writing == "lines of Windows" else "\n").join(lines).encode()


@pytest.mark.parametrize(
    "writing",
    [
        "plain", "a normal before each vertex", "texture", "texture only", "groups",
        "blanks at the end", "two blanks", "faces in between", "lines of Windows",
    ],
)  # fmt: skip
def test_normals_and_short_numbers_do_not_slow_reading_down(writing, monkeypatch):
    """What programs write besides positions and corners is passed over, not read line by line."""
    content = as_program(writing)
    plain = by_lines(content)
    monkeypatch.setattr(obj_module, "_lines", None)
    for fast, slow in zip(read_obj(content), plain, strict=True):
        np.testing.assert_array_equal(fast, slow)


@pytest.mark.parametrize(
    ("text", "triangles"),
    [
        (TRIANGLE + "f 1 2 3", [[0, 1, 2]]),
        (TRIANGLE.replace("\n", "\r\n") + "f 1 2 3\r\n", [[0, 1, 2]]),
        (TRIANGLE + "vn 0 0 1\nvt 0 0\nf 1/1/1 2/1/1 3//1\n", [[0, 1, 2]]),
        (TRIANGLE + "v 1 1 0\nf 1 2 4 3\n", [[0, 1, 3], [0, 3, 2]]),
        (TRIANGLE + "v 1 1 0\nf 1 2 4 3\nf 1 2\t 3", [[0, 1, 3], [0, 3, 2], [0, 1, 2]]),
        (TRIANGLE + "f -3 -2 -1\n", [[0, 1, 2]]),
        (TRIANGLE + "f -1 -2 -3\nv 5 5 5\nf -1 1 2\n", [[2, 1, 0], [3, 0, 1]]),
        ("f 1 2 3\n" + TRIANGLE, [[0, 1, 2]]),
        ("v 0e0 0 0 1\nv 1. +0 0 0.5 0.5 0.5\nv 0 .1e1 -0\nf 1 2 3", [[0, 1, 2]]),
        ("  v 0 0 0\n v 1 0 0\nv 0 1 0 # c\ng a\ns 1\nusemtl x\nl 1 2\nf 1 2 3", [[0, 1, 2]]),
    ],
)
def test_what_other_programs_write_is_read(text, triangles):
    """Line ends, normals, quads as fans, indices from the end, exponents, groups."""
    points, found = read_obj(text.encode())
    assert found.tolist() == triangles
    assert points[:3].tolist() == [[0, 0, 0], [1, 0, 0], [0, 1, 0]]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "no faces"),
        ("v 1 2 3\n", "no faces"),
        ("\x00" * 50, "no faces"),
        (TRIANGLE + "f 1 2 4\n", "vertex 4, but there are 3"),
        (TRIANGLE + "f 0 1 2\n", "line 4: there is no vertex '0'"),
        (TRIANGLE + "f -4 1 2\n", "line 4: there is no vertex '-4'"),
        (TRIANGLE + "f 1 2 99999999999999999999999\n", "line 4: there is no vertex"),
        (TRIANGLE + "f 1 2 " + "9" * 5000, "line 4"),
        (TRIANGLE + "f 1 2\n", "line 4: a face has fewer than three"),
        (TRIANGLE + "f 1 2 3.5\n", "line 4: '3.5' is not a corner"),
        (TRIANGLE + "f 1 2 ^\n", "line 4"),
        ("v 0 nan 0\nf 1 1 1\n", "line 1: '0 nan 0' is out of range"),
        ("v 0 -inf 0\nf 1 1 1\n", "line 1"),
        ("v 0 1e999 0\nf 1 1 1\n", "out of range"),
        ("v 0 0\nf 1 1 1\n", "line 1: a vertex has fewer than three"),
        ("v 0 0 0\nv5 1 2 3\nf 1 1 2\n", "vertex 2, but there are 1"),
        ("v 0 0 0\n5v 1 2 3\nf 1 1 2\n", "vertex 2, but there are 1"),
        (TRIANGLE + "vn 0 0 1\nv 1 n\nvn 0 0 1\nf 1 2 3\n", "line 5: a vertex has fewer"),
        (TRIANGLE + "vn 0 0 1\nv n 1\nf 1 2 3\n", "line 5: a vertex has fewer"),
        (TRIANGLE + "f 1 2 3\nf5 1 2 3\nf 9 9 9\n", "vertex 9, but there are 3"),
        (TRIANGLE + "f 1 2 3\nf 1/2 2 3/1\nf 9 9 9\n", "vertex 9, but there are 3"),
        ("v 0 0 1-2\nf 1 1 1\n", "line 1: '0 0 1-2' is not a position"),
        ("v 0.0 0.0 1.0-2\nf 1 1 1\n", "line 1"),
        ("v 0.0 0.0 1..2\nf 1 1 1\n", "line 1"),
        ("v 0.0 0.0 -\nf 1 1 1\n", "line 1"),
    ],
)
def test_damaged_obj_is_refused(text, what):
    with pytest.raises(ValueError) as caught:
        read_obj(text.encode())
    assert what in str(caught.value) and len(str(caught.value)) < 200


def test_numbers_too_large_for_single_precision_are_refused(tmp_path):
    atlas = write_v2(tmp_path)
    (atlas / "meshes/463.obj").write_text("v 0 1e300 0\n" * 3 + "f 1 2 3\n")
    with pytest.raises(AtlasError, match=r"the mesh of 'CA3', 463.obj, cannot be read: line 1"):
        read_mesh(open_atlas(atlas), 463)


@pytest.mark.parametrize("text", [obj_text, obj_with_normals])
def test_obj_cut_off_or_changed_anywhere_is_read_as_line_by_line(text):
    """Or refused; the fast ways never take for a number what is none."""
    points, triangles = sphere(100.0, 6, 8)
    whole = text(points.round(2), triangles).encode()
    rng = random.Random(2)
    for _ in range(600):
        content = bytearray(whole[: rng.randrange(len(whole) + 1)])
        for _ in range(rng.randrange(4)):
            if content:
                # What the file is made of says more than any other byte.
                byte = rng.choice(b"vnf 0123456789./-#\n") if rng.random() < 0.7 else None
                content[rng.randrange(len(content))] = rng.randrange(256) if byte is None else byte
        try:
            found, faces = read_obj(bytes(content))
        except ValueError:
            continue
        assert faces.min() >= 0 and faces.max() < len(found)
        for fast, plain in zip((found, faces), by_lines(bytes(content)), strict=True):
            np.testing.assert_array_equal(fast, plain)


def encoded(**settings) -> bytes:
    points, triangles = sphere(1000.0, 12, 16)
    return DracoPy.encode(points.astype(np.float32), faces=triangles.astype(np.uint32), **settings)


@pytest.mark.parametrize("level", [0, 1, 7, 10])
def test_draco_of_each_kind_is_read(level):
    """Sequential and edgebreaker, as levels of compression choose them."""
    content = encoded(compression_level=level, quantization_bits=20)
    points, triangles = read_draco(content)
    assert len(points) == len(sphere(1000.0, 12, 16)[0])
    assert len(triangles) == len(sphere(1000.0, 12, 16)[1])
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1000.0, rtol=1e-4)


@pytest.mark.parametrize("level", [1, 7])
def test_draco_cut_off_at_200_places_is_refused(level):
    whole = encoded(compression_level=level)
    places = random.Random(3).sample(range(len(whole)), 200)
    for place in [*places, 0, 1, 5, 10, 11, 12, len(whole) - 1]:
        with pytest.raises(ValueError) as caught:
            read_draco(whole[:place])
        assert len(str(caught.value)) < 100


@pytest.mark.parametrize("level", [1, 7])
def test_draco_garbage_never_crashes_nor_names_missing_corners(level):
    whole = encoded(compression_level=level)
    rng = random.Random(4)
    refused = 0
    for _ in range(400):
        content = bytearray(whole)
        for _ in range(rng.randrange(1, 5)):
            content[rng.randrange(len(content))] = rng.randrange(256)
        try:
            points, triangles = read_draco(bytes(content))
        except ValueError:
            refused += 1
            continue
        assert triangles.min() >= 0 and triangles.max() < len(points)
    assert refused > 20
    for _ in range(200):
        with pytest.raises(ValueError):
            read_draco(whole[:11] + rng.randbytes(rng.randrange(500)))


def _varint(number: int) -> bytes:
    parts = []
    while number > 0x7F:
        parts.append(0x80 | number & 0x7F)
        number >>= 7
    return bytes([*parts, number])


def test_draco_that_asks_for_more_than_it_holds_is_refused_before_it_is_decoded(monkeypatch):
    """The decoder would take 2 GB for a file of 2 kB that announces 100 million faces."""
    from blender_brain.atlas import draco

    class Decoder:
        @staticmethod
        def decode(_content: bytes) -> None:
            raise AssertionError("was decoded")

    monkeypatch.setattr(draco, "_dracopy", lambda: Decoder)
    start = b"DRACO" + bytes([2, 2, 1])
    many = _varint(100_000_000)
    for content, what in (
        (start + b"\x01" + struct.pack("<H", 0) + b"\x00" + many + many, "claims 100,000,000"),
        (start + b"\x00" + struct.pack("<H", 0) + many + many, "claims 100,000,000"),
        (start + b"\x00" + struct.pack("<H", 0) + b"\x00\x00", "claims 0 faces"),
        (start + b"\x00" + struct.pack("<H", 0) + b"\xff" * 9, "cut off"),
        (start + b"\x01" + struct.pack("<H", 0x8000) + many, "plain mesh"),
        (b"DRACO" + bytes([1, 1, 1, 1, 0, 0]) + many, "plain mesh"),
        (b"DRACO" + bytes([2, 2, 0, 0, 0, 0]) + many, "plain mesh"),
        (b"", "empty"),
        (b"<html>", "not a Draco file"),
    ):
        with pytest.raises(ValueError, match=what):
            draco.read_draco(content + bytes(1000) if len(content) > 20 else content)


def test_damaged_mesh_of_an_atlas_is_named(tmp_path):
    atlas = open_atlas(write_v3(tmp_path))
    path = atlas.mesh_path(BIG)
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(AtlasError) as caught:
        read_mesh(atlas, BIG)
    assert f"made_up_100um_v3.0: the mesh of 'HPF', {BIG}, cannot be read: " in str(caught.value)
    path.write_bytes(b"")
    with pytest.raises(AtlasError, match="it is empty"):
        read_mesh(atlas, BIG)
