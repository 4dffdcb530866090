# SPDX-License-Identifier: GPL-3.0-or-later
"""Triangles from a Wavefront OBJ file, the meshes of BrainGlobe's layout v2.

Files as programs usually write them, with three numbers in each vertex and three corners in each
face, are read as two tables; any others are read line by line, which takes thirty times as long.
"""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_NEWLINE, _SPACE, _DOT, _MINUS, _V = b"\n .-v"
# What is between the numbers of a line and ends it.
_THREE_SPACES_AND_NEWLINE: Final = int.from_bytes(b"   \n", "little")
# With no more digits an integer is exact as a double, and so is its quotient by a power of ten.
_MOST_DIGITS: Final = 15
# In micrometers: farther away than any brain is.
_OUT_OF_RANGE: Final = 1e12
_WORD: Final = 8
_NUMBER: Final = re.compile(rb"-?(\d+\.?\d*|\.\d+)[eE][+-]?\d{1,3}")
_POWERS: Final = 10.0 ** np.arange(_MOST_DIGITS + 1)
# Line ends of Windows, and the blanks that some programs put behind or between numbers.
_HARMLESS: Final = ((b"\r\n", b"\n"), (b" \n", b"\n"), (b"  ", b" "))
# Digits are their character's last four bits. The left of two neighbors is the lower byte.
_NEIGHBORS: Final = tuple(
    (np.uint64(mask), np.uint64((ten << bits) + 1), np.uint64(bits))
    for mask, ten, bits in (
        (0x0F0F0F0F0F0F0F0F, 10, 8),
        (0x00FF00FF00FF00FF, 100, 16),
        (0x0000FFFF0000FFFF, 10_000, 32),
    )
)

# Bits of eight bytes at once. The last number has their places, counted from the right.
_DOTS, _ONES, _TOPS, _COUNTED = (
    np.uint64(int.from_bytes(bytes(eight), "little"))
    for eight in (8 * b".", 8 * b"\x01", 8 * b"\x80", range(8))
)

_DIGITS: Final = b"0123456789"
# Lines of faces without their digits: vertices alone, or with textures, normals or both. The first
# number of a corner is behind the blank, as many characters further in the next.
_CORNERS: Final = {b"f   \n": (0, 1), b"f / / /\n": (0, 2), b"f // // //\n": (0, 3)}


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
    if tables is None and any(odd in content for odd, _ in _HARMLESS):
        plain = content + b"\n"
        for odd, usual in _HARMLESS:
            plain = plain.replace(odd, usual)
        tables = _tables(plain)
    points, triangles = _lines(content) if tables is None else tables
    if not len(triangles):
        raise ValueError("it has no faces")
    return points.astype(np.float32), triangles.astype(np.int32)


_POINT, _FACE, _ANYTHING = 1, 2, 3


def _kinds() -> NDArray[np.uint8]:
    """Tell by its first two characters, the second times 256, what is in a line.

    Normals, textures, groups and comments are passed over; what begins with a blank may be
    anything.
    """
    kinds = np.zeros((256, 256), np.uint8)
    kinds[:, list(b" \t\r")] = _ANYTHING
    kinds[:, list(b"vf")] = _ANYTHING
    kinds[list(b"npt"), _V] = 0
    kinds[_SPACE, _V] = _POINT
    kinds[_SPACE, ord("f")] = _FACE
    return kinds.ravel()


_KINDS: Final = _kinds()


def _tables(content: bytes) -> tuple[NDArray[Any], NDArray[Any]] | None:
    """Read a file whose faces are triangles, and whose vertices are three numbers each."""
    if not content.endswith(b"\n"):
        content += b"\n"
    if len(content) < 2:
        return None
    for find in (_in_order, _sorted_out):
        blocks = find(content)
        points = None if blocks is None else _vertices(blocks[0])
        if blocks is None or points is None or (triangles := _corners(blocks[1])) is None:
            continue
        # Where a corner is missing, reading line by line finds the line at fault.
        there = triangles.min() >= 1 and triangles.max() <= len(points)
        return (points, triangles - 1) if there else None
    return None


def _in_order(content: bytes) -> tuple[bytes, bytes] | None:
    """Find all vertices, then all normals, then all faces, without looking at each line."""
    begin = 0
    while content.startswith(b"#", begin):
        begin = content.index(b"\n", begin) + 1
    if not content.startswith(b"v ", begin):
        return None
    data = np.frombuffer(content, np.uint8)
    faces = begin + int((data[begin:] == ord("f")).argmax())
    if not content.startswith(b"\nf ", faces - 1):
        return None
    middle = data[begin:faces]
    normals = begin + int((middle == ord("n")).argmax()) - 1
    if normals < begin:
        # There are none.
        normals = faces
    lines = data[normals - 1 : faces]
    is_end, is_v = lines == _NEWLINE, lines == _V
    n_lines = int(np.count_nonzero(is_end)) - 1
    # Each line from here to the faces begins with vn, and these letters are nowhere else.
    in_order = (
        bool(is_end[0])
        and np.count_nonzero(is_v) == n_lines
        and np.count_nonzero(is_v[1:] & is_end[:-1]) == n_lines
        and np.count_nonzero(is_v[:-1] & (lines[1:] == ord("n"))) == n_lines
    )
    return (content[begin:normals], content[faces:]) if in_order else None


def _sorted_out(content: bytes) -> tuple[bytes, bytes] | None:
    """Take the lines of vertices and those of faces out of a file."""
    data = np.frombuffer(content, np.uint8)
    line_ends = np.flatnonzero(data == _NEWLINE)
    begins = np.concatenate(([0], line_ends[:-1] + 1))
    # The first two characters as one number; of an empty one at the end, two line ends.
    pairs = np.ndarray(len(data) - 1, "<u2", data, strides=(1,))
    kinds = _KINDS[pairs[np.minimum(begins, len(pairs) - 1)]]
    is_point, is_face = kinds == _POINT, kinds == _FACE
    if (kinds == _ANYTHING).any():
        return None
    return (
        _lines_of(content, is_point, begins, line_ends),
        _lines_of(content, is_face, begins, line_ends),
    )


def _lines_of(
    content: bytes, wanted: NDArray[np.bool_], begins: NDArray[np.int64], ends: NDArray[np.int64]
) -> bytes:
    """Take lines out of a file."""
    rows = np.flatnonzero(wanted)
    if not len(rows):
        return b""
    first, last = int(rows[0]), int(rows[-1])
    if last - first + 1 == len(rows):
        return content[begins[first] : ends[last] + 1]
    of_lines = np.repeat(wanted, ends + 1 - begins)
    return np.frombuffer(content, np.uint8)[of_lines].tobytes()


def _vertices(block: bytes) -> NDArray[np.float64] | None:
    """Read lines of a v and three numbers; None if some are anything else."""
    if not block:
        return None
    # In front, so that the eight bytes up to any number's end can be taken.
    data = np.frombuffer(_WORD * b"0" + block, np.uint8)
    marks = np.flatnonzero(data <= _SPACE)
    if len(marks) % 4 or (data[marks].view("<u4") != _THREE_SPACES_AND_NEWLINE).any():
        return None
    lines = marks.reshape(-1, 4)
    letters = np.concatenate(([_WORD], lines[:-1, 3] + 1))
    # Before each number is a space and after it another, or the line's end.
    begins, ends = (lines[:, :3] + 1).ravel(), lines[:, 1:].ravel()
    if (
        not np.array_equal(lines[:, 0], letters + 1)
        or (data[letters] != _V).any()
        or not (ends > begins).all()
    ):
        return None
    # All that is not a digit: letters, spaces and line ends.
    numbers = _positions(data, begins, ends, len(lines) + len(marks))
    return None if numbers is None else numbers.reshape(-1, 3)


def _corners(block: bytes) -> NDArray[Any] | None:
    """Read the vertices of faces; None if some are anything but triangles, all of one kind."""
    pattern = block[: block.find(b"\n") + 1].translate(None, _DIGITS)
    # The first number of each corner is between these of a line's characters that are no digits.
    places = _CORNERS.get(pattern)
    if places is None:
        return None
    data = np.frombuffer(_WORD * b"0" + block, np.uint8)
    n_lines = int(np.count_nonzero(data == _NEWLINE))
    if block.translate(None, _DIGITS) != pattern * n_lines:
        return None
    begin, step = places
    marks = np.flatnonzero(data < ord("0")).reshape(n_lines, -1)
    begins = (marks[:, begin : begin + 2 * step + 1 : step] + 1).ravel()
    ends = marks[:, begin + 1 : begin + 2 * step + 2 : step].ravel()
    # A digit may also be beside the letter.
    letters = np.concatenate(([_WORD], marks[:-1, -1] + 1))
    if not np.array_equal(marks[:, 0], letters + 1) or not (ends > begins).all():
        return None
    numbers = _integers(data, begins, ends)
    return None if numbers is None else numbers.reshape(-1, 3)


def _positions(
    data: NDArray[np.uint8], begins: NDArray[np.int64], ends: NDArray[np.int64], others: int
) -> NDArray[np.float64] | None:
    """Read numbers with or without a point."""
    if (is_power := (data | np.uint8(32)) == ord("e")).any():
        powers = np.flatnonzero(is_power)
        return _with_powers(data, begins, ends, others, powers)
    minus = data[begins] == _MINUS
    begins = begins + minus
    if (ends - begins).max() <= _WORD:
        return _short_positions(data, ends, ends - begins, others, minus)
    points = np.flatnonzero(data == _DOT)
    others += int(np.count_nonzero(minus)) + len(points)
    places = ends
    if len(points) == len(ends):
        places = points
    elif len(points):
        places = ends.copy()
        places[np.searchsorted(ends, points)] = points
    has_point = places < ends
    # At most one point in each number, at least one digit, and nothing else.
    regular = (
        np.count_nonzero(has_point) == len(points)
        and np.count_nonzero(data - np.uint8(ord("0")) < 10) + others == len(data)
        and bool((places >= begins).all())
        and bool((ends - begins > has_point).all())
        and bool((ends - begins - has_point <= _MOST_DIGITS).all())
    )
    if not regular:
        return None
    behind = places + has_point
    whole, parts = _integers(data, begins, places), _integers(data, behind, ends)
    if whole is None or parts is None:
        return None
    scale = _POWERS[ends - behind]
    numbers: NDArray[np.float64] = (whole * scale + parts) / scale
    return np.where(minus, -numbers, numbers)


def _short_positions(
    data: NDArray[np.uint8], ends: NDArray[np.int64], count: NDArray[np.int64], others: int,
    minus: NDArray[np.bool_],
) -> NDArray[np.float64] | None:  # fmt: skip
    """Read numbers of up to eight characters without their sign, each as a single word."""
    words = _characters(data, ends, count)
    # The highest bit of each byte that has a point, and then its lowest.
    odd = words ^ _DOTS
    points = (odd - _ONES & ~odd & _TOPS) >> np.uint64(7)
    has_point = points != 0
    n_points = int(np.count_nonzero(data == _DOT))
    others += int(np.count_nonzero(minus)) + n_points
    # At most one point in each number, at least one digit, and nothing else.
    regular = (
        np.count_nonzero(has_point) == n_points
        and np.count_nonzero(data - np.uint8(ord("0")) < 10) + others == len(data)
        and bool((count > has_point).all())
    )
    if not regular:
        return None
    before = points - np.uint64(1)
    behind = ~((points << np.uint64(8)) - np.uint64(1))
    # What is before the point goes in its place.
    words = (words & before) << (has_point * np.uint64(8)) | (words & behind)
    scale = _POWERS[(points * _COUNTED >> np.uint64(56)).astype(np.intp)]
    numbers = _digits(words) / scale
    return np.where(minus, -numbers, numbers)


def _with_powers(
    data: NDArray[np.uint8], begins: NDArray[np.int64], ends: NDArray[np.int64], others: int,
    powers: NDArray[np.int64],
) -> NDArray[np.float64] | None:  # fmt: skip
    """Read numbers a few of which are like ``1e-05``, those one by one."""
    places = np.unique(np.searchsorted(ends, powers))
    if len(places) > max(64, len(ends) // 50):
        return None
    data = data.copy()
    values = []
    for begin, end in zip(begins[places].tolist(), ends[places].tolist(), strict=True):
        word = data[begin:end].tobytes()
        if not _NUMBER.fullmatch(word):
            return None
        values.append(float(word))
        if not abs(values[-1]) < _OUT_OF_RANGE:
            return None
        data[begin:end] = ord("0")
    numbers = _positions(data, begins, ends, others)
    if numbers is not None:
        numbers[places] = values
    return numbers


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
    """Read up to eight digits before each end."""
    return _digits(_characters(data, ends, count))


def _characters(
    data: NDArray[np.uint8], ends: NDArray[np.int64], count: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """Take up to eight characters before each end, as one 64-bit number each."""
    # One for each place, overlapping.
    every = np.ndarray(len(data) - _WORD + 1, "<u8", data, strides=(1,))
    words = every[ends - _WORD]
    # What comes before the number becomes leading zeros.
    unwanted = ((_WORD - count) * 8).astype(np.uint64)
    words >>= unwanted
    words <<= unwanted
    if not count.all():
        # A shift by all 64 bits may do nothing.
        words[count == 0] = 0
    return words


def _digits(words: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Read eight digits in each number.

    Neighbors are put together three times: digits to pairs, pairs to fours, fours to eight. NumPy
    releases Python's lock meanwhile, so that several files can be read at once.
    """
    for mask, times, bits in _NEIGHBORS:
        words = words & mask
        words *= times
        words >>= bits
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
