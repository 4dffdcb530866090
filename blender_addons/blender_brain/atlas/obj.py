# SPDX-License-Identifier: GPL-3.0-or-later
"""Triangles from a Wavefront OBJ file, the meshes of BrainGlobe's layout v2.

Files as programs usually write them, three plain numbers per line, are read as two tables; any
others are read line by line, which takes thirty times as long.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_NEWLINE, _SPACE, _DOT, _MINUS = b"\n .-"
# With no more digits an integer is exact as a double, and so is its quotient by a power of ten.
_MOST_DIGITS: Final = 15
_OUT_OF_RANGE: Final = 1e30
_WORD: Final = 8
_POWERS: Final = 10.0 ** np.arange(_MOST_DIGITS + 1)
# Digits are their character's last four bits. The left of two neighbors is the lower byte.
_NEIGHBORS: Final = tuple(
    (np.uint64(mask), np.uint64((ten << bits) + 1), np.uint64(bits))
    for mask, ten, bits in (
        (0x0F0F0F0F0F0F0F0F, 10, 8),
        (0x00FF00FF00FF00FF, 100, 16),
        (0x0000FFFF0000FFFF, 10_000, 32),
    )
)


def read_obj(content: bytes) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Read vertices and faces; normals, textures and groups are ignored.

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
        Naming the line, if a number is invalid or a vertex is missing, or if there is no face.
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
        # Reading line by line finds the line at fault.
        return None
    return points, triangles - 1


def _table(block: bytes, letter: bytes) -> NDArray[np.float64] | NDArray[np.int64] | None:
    """Read lines of a letter and three numbers; None if some are anything else."""
    # In front, so that the eight bytes up to any number's end can be taken.
    data = np.frombuffer(bytes(_WORD) + block, np.uint8)
    is_digit = data - np.uint8(ord("0")) < 10
    line_ends, spaces = np.flatnonzero(data == _NEWLINE), np.flatnonzero(data == _SPACE)
    if len(spaces) != 3 * len(line_ends):
        return None
    letters = np.concatenate(([_WORD], line_ends[:-1] + 1))
    # Before each number is a space and after it another, or the line's end.
    ends = np.column_stack((spaces.reshape(-1, 3)[:, 1:], line_ends)).ravel()
    # A minus sign included.
    begins = spaces + 1
    others = len(line_ends) * 2 + len(spaces)
    regular = (
        np.array_equal(spaces[::3], letters + 1)
        and bool((data[letters] == letter[0]).all())
        and bool((ends > begins).all())
    )
    if not regular:
        return None
    if letter == b"f":
        if np.count_nonzero(is_digit) + others + _WORD != len(data):
            return None
        whole = _integers(data, begins, ends)
        return None if whole is None else whole.reshape(-1, 3)
    minus = data[begins] == _MINUS
    begins = begins + minus
    points = np.flatnonzero(data == _DOT)
    others += int(np.count_nonzero(minus)) + len(points)
    # One point in each number, with a digit on both sides, and nothing else besides digits.
    regular = (
        len(points) == len(ends)
        and bool((points > begins).all() and (points < ends - 1).all())
        and np.count_nonzero(is_digit) + others + _WORD == len(data)
        and bool((ends - begins <= _MOST_DIGITS + 1).all())
    )
    if not regular:
        return None
    whole, parts = _integers(data, begins, points), _integers(data, points + 1, ends)
    if whole is None or parts is None:
        return None
    scale = _POWERS[ends - points - 1]
    numbers: NDArray[np.float64] = (whole * scale + parts) / scale
    return np.where(minus, -numbers, numbers).reshape(-1, 3)


def _integers(
    data: NDArray[np.uint8], begins: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.int64] | None:
    """Read integers of digits alone, all at once; None if one has too many."""
    count = ends - begins
    most = int(count.max(initial=0))
    if most > 2 * _WORD - 1:
        return None
    low = _words(data, ends, np.minimum(count, _WORD))
    if most <= _WORD:
        return low
    high = _words(data, np.maximum(ends - _WORD, _WORD), np.maximum(count - _WORD, 0))
    return high * 10**_WORD + low


def _words(
    data: NDArray[np.uint8], ends: NDArray[np.int64], count: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Read up to eight digits before each end, as one 64-bit number each.

    Neighbors are put together three times: digits to pairs, pairs to fours, fours to eight. NumPy
    releases Python's lock meanwhile, so that several files can be read at once.
    """
    # One for each place, overlapping.
    every = np.ndarray(len(data) - _WORD + 1, "<u8", data, strides=(1,))
    words = every[ends - _WORD]
    # What comes before the number becomes leading zeros.
    unwanted = ((_WORD - count) * 8).astype(np.uint64)
    # A shift by all 64 bits does nothing.
    words = np.where(count > 0, words >> unwanted << unwanted, np.uint64(0))
    for mask, times, bits in _NEIGHBORS:
        words = (words & mask) * times >> bits
    return words.astype(np.int64)


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
        raise ValueError(f"a face refers to vertex {table.max() + 1}, but there are {len(points)}")
    return np.array(points, np.float64).reshape(-1, 3), table


def _position(words: list[bytes]) -> list[float]:
    if len(words) < 3:
        raise ValueError("a vertex has fewer than three coordinates")
    try:
        position = [float(word) for word in words[:3]]
    except ValueError:
        raise ValueError(f"{_shown(b' '.join(words))} is not a position") from None
    # This also refuses what is not a number.
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
