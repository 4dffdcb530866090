# SPDX-License-Identifier: GPL-3.0-or-later
"""Triangles from a Wavefront OBJ file, the meshes of BrainGlobe's layout v2.

Files that are written as programs write them, three plain numbers a line, are read as two tables;
any other goes line by line, which takes thirty times as long.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_NEWLINE, _SPACE, _DOT, _MINUS = b"\n .-"
# With no more digits an integer is exact as a double, and so is its quotient by a power of ten.
_MOST_DIGITS: Final = 15
_OUT_OF_RANGE: Final = 1e30


def read_obj(content: bytes) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Read vertices and faces; normals, textures and groups are left out.

    Parameters
    ----------
    content : bytes
        Of the file.

    Returns
    -------
    points : ndarray, shape (V, 3)
    triangles : ndarray, shape (F, 3)
        Faces with more corners become fans of triangles.

    Raises
    ------
    ValueError
        Naming the line, if there is no such number or no such vertex, or if there is no face.
    """
    tables = _tables(content)
    points, triangles = _lines(content) if tables is None else tables
    if not len(triangles):
        raise ValueError("it has no faces")
    return points.astype(np.float32), triangles.astype(np.int32)


def _tables(content: bytes) -> tuple[NDArray[Any], NDArray[Any]] | None:
    """Read a file that is nothing but comments, then vertices, then triangles."""
    begin = 0 if content.startswith(b"v ") else content.find(b"\nv ") + 1
    faces = content.find(b"\nf ") + 1
    if not begin < faces or b"\r" in content:
        return None
    header = content[:begin].split(b"\n")
    if not all(line.startswith((b"#", b"o ", b"g ", b"mtllib ")) for line in header if line):
        return None
    points = _table(content[begin:faces], b"v")
    triangles = _table(content[faces:].rstrip() + b"\n", b"f")
    if points is None or triangles is None:
        return None
    if triangles.min() < 1 or triangles.max() > len(points):
        # The other way knows the line.
        return None
    return points, triangles - 1


def _table(block: bytes, letter: bytes) -> NDArray[np.float64] | NDArray[np.int64] | None:
    """Read lines of a letter and three numbers; None if some are anything else."""
    allowed = b"0123456789 \n" + letter + (b".-" if letter == b"v" else b"")
    if block.translate(None, allowed):
        return None
    data = np.frombuffer(block, np.uint8)
    line_ends, spaces = np.flatnonzero(data == _NEWLINE), np.flatnonzero(data == _SPACE)
    if len(spaces) != 3 * len(line_ends):
        return None
    befores = spaces.reshape(-1, 3)
    begins = np.concatenate(([0], line_ends[:-1] + 1))
    # Before each number is a space and after it another, or the line's end.
    ends = np.column_stack((befores[:, 1:], line_ends))
    digits = ends - befores - 1
    regular = (
        np.array_equal(befores[:, 0], begins + 1)
        and bool((data[begins] == letter[0]).all())
        and np.count_nonzero(data == letter[0]) == len(begins)
        and bool((digits > 0).all())
        and bool((digits <= _MOST_DIGITS).all())
    )
    if not regular:
        return None
    if letter == b"f":
        return _integers(block.translate(None, letter)).reshape(-1, 3)
    minus = np.flatnonzero(data == _MINUS)
    dots = np.flatnonzero(data == _DOT)
    # One point in each number, with a digit on both sides.
    if len(dots) != ends.size or not (data[minus - 1] == _SPACE).all():
        return None
    points = dots.reshape(-1, 3)
    is_digit = data >= ord("0")
    inside = (points > befores) & (points < ends - 1) & is_digit[points - 1]
    if not inside.all():
        return None
    whole = _integers(block.translate(None, letter + b".")).reshape(-1, 3)
    return np.asarray(whole / 10.0 ** (ends - points - 1))


def _integers(text: bytes) -> NDArray[np.int64]:
    # The stubs know no bytes here; a copy as text would take as long as reading the numbers.
    source: Any = text
    return np.fromstring(source, np.int64, sep=" ")


def _lines(content: bytes) -> tuple[NDArray[Any], NDArray[Any]]:
    points: list[list[float]] = []
    triangles: list[tuple[int, int, int]] = []
    for number, line in enumerate(content.split(b"\n"), 1):
        words = line.split()
        if not words or words[0] not in (b"v", b"f"):
            continue
        try:
            if words[0] == b"v":
                points.append(_position(words[1:]))
            else:
                corners = [_corner(word, len(points)) for word in words[1:]]
                if len(corners) < 3:
                    raise ValueError("a face has fewer than three corners")
                triangles += [
                    (corners[0], b, c) for b, c in zip(corners[1:], corners[2:], strict=False)
                ]
        except ValueError as problem:
            raise ValueError(f"line {number}: {problem}") from None
    table = np.array(triangles, np.int64).reshape(-1, 3)
    if len(table) and table.max() >= len(points):
        raise ValueError(f"a face has the corner {table.max() + 1}, of {len(points)} vertices")
    return np.array(points, np.float64).reshape(-1, 3), table


def _position(words: list[bytes]) -> list[float]:
    if len(words) < 3:
        raise ValueError("a vertex has fewer than three coordinates")
    try:
        position = [float(word) for word in words[:3]]
    except ValueError:
        raise ValueError(f"{_shown(b' '.join(words))} is not a position") from None
    # Which also refuses what is not a number.
    if not all(abs(number) < _OUT_OF_RANGE for number in position):
        raise ValueError(f"{_shown(b' '.join(words))} is out of range")
    return position


def _corner(word: bytes, n_points: int) -> int:
    """Index of ``7``, ``7/1/2`` or, counted from the last vertex so far, ``-1``."""
    try:
        index = int(word.partition(b"/")[0])
    except ValueError:
        raise ValueError(f"{_shown(word)} is not a corner of a face") from None
    index = index + n_points if index < 0 else index - 1
    if not 0 <= index < 2**31:
        raise ValueError(f"there is no vertex {_shown(word)}")
    return index


def _shown(text: bytes) -> str:
    return repr(text[:40].decode("ascii", "replace"))
