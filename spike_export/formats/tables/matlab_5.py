# SPDX-License-Identifier: BSD-3-Clause
"""MATLAB files of version 5, which is also what MATLAB 6 and 7 save: matrices and structures.

As MathWorks describes the format ("MAT-File Format", chapter 1). SciPy's reader crashes on some
damaged files, so it is only used as the reference in tests. Objects, such as tables, are skipped.
"""

from __future__ import annotations

import math
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from .text import TableError

_HEADER_BYTES: Final = 128
_MATRIX, _COMPRESSED = 14, 15
_TYPES: Final = {
    1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"
}  # fmt: skip
_ENCODINGS: Final = {1: "latin-1", 2: "latin-1", 4: "utf-16", 16: "utf-8", 17: "utf-16"}
_CELL, _STRUCTURE, _TEXT = 1, 2, 4
# Double to uint64; the other codes are objects and sparse matrices.
_NUMBERS: Final = range(6, 16)
_IS_COMPLEX: Final = 0x800
# A matrix's flags, dimensions and name take less.
_HEAD_BYTES: Final = 1024
_LARGEST_BYTES: Final = 8_000_000_000
# A matrix compressed more than a thousandfold is not genuine.
_UNSUSPICIOUS: Final = 64 << 20
_LARGEST_RATIO: Final = 1000
# Structures become Python objects, which take more memory than what they hold.
_LARGEST_STRUCTURE: Final = 16 << 20
_DEEPEST: Final = 16


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable in a file: its dimensions as in MATLAB, and where it is."""

    name: str
    shape: tuple[int, ...]
    begin: int
    stored: int
    is_compressed: bool
    order: str
    is_real: bool
    """Whether it is a matrix of real numbers, rather than a structure, cells or text."""


def matlab_variables(file: BinaryIO) -> list[Variable]:
    """List the real matrices of numbers, structures, cells and texts, without their values.

    Parameters
    ----------
    file : binary file
        A real one, whose size is known.

    Raises
    ------
    TableError
        If the file is damaged.
    """
    try:
        return list(_variables(file))
    except (ValueError, zlib.error) as error:
        raise _damaged(error) from None


def read_matlab_matrix(file: BinaryIO, variable: Variable) -> NDArray[Any]:
    """Read one of the real matrices listed by `matlab_variables`.

    Raises
    ------
    TableError
        If it is damaged, or claims an impossible size.
    """
    size = math.prod(variable.shape) * 8 + _HEAD_BYTES
    if size > min(_LARGEST_BYTES, max(_UNSUSPICIOUS, _LARGEST_RATIO * variable.stored)):
        raise TableError(f"{variable.name!r:.60} claims {size / 1e6:,.0f} MB")
    try:
        data = _content(file, variable, size)
        _, at = _flags(data, variable.order)
        _, _, at = _head(data, at, variable.order)
        return _numbers(data, at, variable.shape, variable.order)
    except (ValueError, zlib.error) as error:
        raise _damaged(error) from None


def read_matlab_structure(file: BinaryIO, variable: Variable) -> Any:
    """Read a variable with all that is nested in it.

    Returns
    -------
    object
        An array of structures is a list of dicts, in MATLAB's order; cells are a list, texts a str,
        real matrices arrays. None stands for anything else.

    Raises
    ------
    TableError
        If it is damaged, nested too deeply or too large.
    """
    try:
        data = _content(file, variable, _LARGEST_STRUCTURE + 1)
        if len(data) > _LARGEST_STRUCTURE:
            raise TableError(f"{variable.name!r:.60} is larger than {_LARGEST_STRUCTURE >> 20} MB")
        return _value(data, variable.order, 0)
    except (ValueError, zlib.error) as error:
        raise _damaged(error) from None


def _damaged(error: Exception) -> TableError:
    return error if isinstance(error, TableError) else TableError(f"it is damaged ({error})")


def _content(file: BinaryIO, variable: Variable, size: int) -> bytes:
    """Read a variable, of which `size` bytes are enough."""
    file.seek(variable.begin)
    data = file.read(variable.stored)
    return zlib.decompressobj().decompress(data, size)[8:] if variable.is_compressed else data


def _variables(stream: BinaryIO) -> Iterator[Variable]:
    size = os.fstat(stream.fileno()).st_size
    stream.seek(0)
    order = "<" if stream.read(_HEADER_BYTES)[126:] == b"IM" else ">"
    at = _HEADER_BYTES
    while at + 8 <= size:
        stream.seek(at)
        tag = stream.read(8)
        kind, _, stored, after = _element(tag, 0, order)
        is_compressed = kind == _COMPRESSED
        begin, at = at + 8, at + (8 + stored if is_compressed else after)
        if begin + stored > size:
            raise ValueError(f"what begins at byte {begin} extends beyond the end of the file")
        data = stream.read(min(stored, _HEAD_BYTES))
        if is_compressed:
            data = zlib.decompressobj().decompress(data, _HEAD_BYTES)
            kind, data = _element(data, 0, order)[0], data[8:]
        if kind != _MATRIX:
            continue
        flags, place = _flags(data, order)
        is_real = _is_real(flags)
        if is_real or flags & 0xFF in (_CELL, _STRUCTURE, _TEXT):
            shape, name, _ = _head(data, place, order)
            # What has no name belongs to MATLAB's objects.
            if name:
                yield Variable(name, shape, begin, stored, is_compressed, order, is_real)


def _is_real(flags: int) -> bool:
    return flags & 0xFF in _NUMBERS and not flags & _IS_COMPLEX


def _element(data: bytes, at: int, order: str) -> tuple[int, int, int, int]:
    """Read a tag: type, first byte, length, and where the next one begins."""
    if at + 8 > len(data):
        raise ValueError("an element is truncated")
    kind, length = (int(n) for n in np.frombuffer(data, f"{order}u4", 2, at))
    if kind >> 16:
        # Up to four bytes are stored in the tag itself.
        return kind & 0xFFFF, at + 4, kind >> 16, at + 8
    return kind, at + 8, length, at + 8 + (length + 7) // 8 * 8


def _flags(data: bytes, order: str) -> tuple[int, int]:
    """Read what a variable is; return where its dimensions begin."""
    _, begin, _, at = _element(data, 0, order)
    return int(np.frombuffer(data, f"{order}u4", 1, begin)[0]), at


def _head(data: bytes, at: int, order: str) -> tuple[tuple[int, ...], str, int]:
    """Read a variable's dimensions and name; return where its content begins."""
    kind, begin, length, at = _element(data, at, order)
    if kind != 5 or not 8 <= length <= 64:
        raise ValueError("a matrix has no dimensions")
    shape = tuple(int(n) for n in np.frombuffer(data, f"{order}i4", length // 4, begin))
    if min(shape) < 0:
        raise ValueError(f"a matrix has the dimensions {shape}")
    _, begin, length, at = _element(data, at, order)
    return shape, data[begin : begin + length].decode("latin-1"), at


def _numbers(data: bytes, at: int, shape: tuple[int, ...], order: str) -> NDArray[Any]:
    kind, begin, length, _ = _element(data, at, order)
    count = math.prod(shape)
    dtype = np.dtype(order + _TYPES.get(kind, "V1"))
    if dtype.kind == "V" or count * dtype.itemsize != length or begin + length > len(data):
        raise ValueError(f"a matrix holds {length} bytes for {count} numbers")
    return np.frombuffer(data, dtype, count, begin).reshape(shape, order="F")


def _value(data: bytes, order: str, depth: int) -> Any:
    if depth > _DEEPEST:
        raise TableError(f"it is nested deeper than {_DEEPEST} times")
    if not data:
        return np.zeros((0, 0))
    flags, at = _flags(data, order)
    kind = flags & 0xFF
    if not (_is_real(flags) or kind in (_CELL, _STRUCTURE, _TEXT)):
        return None
    shape, _, at = _head(data, at, order)
    if _is_real(flags):
        return _numbers(data, at, shape, order)
    if kind == _TEXT:
        code, begin, length, _ = _element(data, at, order)
        encoding = _ENCODINGS.get(code, "latin-1")
        if encoding == "utf-16":
            encoding += "-le" if order == "<" else "-be"
        return data[begin : begin + length].decode(encoding, "replace")
    fields: list[str] = []
    if kind == _STRUCTURE:
        _, begin, _, at = _element(data, at, order)
        (width,) = (int(n) for n in np.frombuffer(data, f"{order}i4", 1, begin))
        _, begin, length, at = _element(data, at, order)
        if width < 1:
            raise ValueError("the fields of a structure have no names")
        names = data[begin : begin + length]
        fields = [
            names[place : place + width].split(b"\0")[0].decode("latin-1")
            for place in range(0, len(names), width)
        ]
    if kind == _STRUCTURE and not fields:
        return []
    items: list[Any] = []
    for _ in range(math.prod(shape)):
        held: list[Any] = []
        for _ in fields or [""]:
            _, begin, length, at = _element(data, at, order)
            held.append(_value(data[begin : begin + length], order, depth + 1))
        items.append(dict(zip(fields, held, strict=True)) if kind == _STRUCTURE else held[0])
    return items
