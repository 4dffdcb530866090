# SPDX-License-Identifier: BSD-3-Clause
"""Matrices of numbers in MATLAB files of version 5, which is also what MATLAB 6 and 7 save.

As MathWorks describes the format ("MAT-File Format", chapter 1). SciPy's reader crashes on some
damaged files, so it is only used as the reference in tests. Anything but a real matrix of numbers
is skipped.
"""

from __future__ import annotations

import math
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from .content import FormatError, unusable

_HEADER_BYTES: Final = 128
_MATRIX, _COMPRESSED = 14, 15
_TYPES: Final = {
    1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"
}  # fmt: skip
# Double to uint64; lower codes are cells, structures, objects, text and sparse matrices.
_NUMBERS: Final = range(6, 16)
_IS_COMPLEX: Final = 0x800
# A matrix's flags, dimensions and name take less.
_HEAD_BYTES: Final = 1024
_LARGEST_BYTES: Final = 8_000_000_000
# A matrix compressed more than a thousandfold is not genuine.
_UNSUSPICIOUS: Final = 64 << 20
_LARGEST_RATIO: Final = 1000


@dataclass(frozen=True, slots=True)
class Variable:
    """A matrix in a file: its dimensions as in MATLAB, and where it is."""

    name: str
    shape: tuple[int, ...]
    begin: int
    stored: int
    is_compressed: bool
    order: str


def variables(path: Path) -> list[Variable]:
    """List the real matrices of numbers, without reading their values.

    Raises
    ------
    FormatError
        If the file is damaged.
    """
    try:
        with path.open("rb") as stream:
            return list(_variables(stream))
    except (ValueError, zlib.error) as error:
        raise _damaged(path, error) from None


def load(path: Path, variable: Variable) -> NDArray[Any]:
    """Read one of the matrices listed by `variables`.

    Raises
    ------
    FormatError
        If it is damaged, or claims an impossible size.
    """
    size = math.prod(variable.shape) * 8 + _HEAD_BYTES
    if size > min(_LARGEST_BYTES, max(_UNSUSPICIOUS, _LARGEST_RATIO * variable.stored)):
        raise unusable(path, f"{variable.name!r:.60} claims {size / 1e6:,.0f} MB")
    try:
        with path.open("rb") as stream:
            stream.seek(variable.begin)
            data = stream.read(variable.stored)
        if variable.is_compressed:
            data = zlib.decompressobj().decompress(data, size)[8:]
        *_, at = _head(data, variable.order)
        kind, begin, length, _ = _element(data, at, variable.order)
        count = math.prod(variable.shape)
        dtype = np.dtype(variable.order + _TYPES.get(kind, "V1"))
        if dtype.kind == "V" or count * dtype.itemsize != length or begin + length > len(data):
            raise ValueError(f"{variable.name!r:.60} holds {length} bytes for {count} numbers")
        return np.frombuffer(data, dtype, count, begin).reshape(variable.shape, order="F")
    except (ValueError, zlib.error) as error:
        raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception) -> FormatError:
    return error if isinstance(error, FormatError) else unusable(path, f"it is damaged ({error})")


def _variables(stream: BinaryIO) -> Iterator[Variable]:
    size = os.fstat(stream.fileno()).st_size
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
        if kind == _MATRIX:
            flags, shape, name, _ = _head(data, order)
            if flags & 0xFF in _NUMBERS and not flags & _IS_COMPLEX:
                yield Variable(name, shape, begin, stored, is_compressed, order)


def _element(data: bytes, at: int, order: str) -> tuple[int, int, int, int]:
    """Read a tag: type, first byte, length, and where the next one begins."""
    if at + 8 > len(data):
        raise ValueError("an element is truncated")
    kind, length = (int(n) for n in np.frombuffer(data, f"{order}u4", 2, at))
    if kind >> 16:
        # Up to four bytes are stored in the tag itself.
        return kind & 0xFFFF, at + 4, kind >> 16, at + 8
    return kind, at + 8, length, at + 8 + (length + 7) // 8 * 8


def _head(data: bytes, order: str) -> tuple[int, tuple[int, ...], str, int]:
    """Read a matrix's flags, dimensions and name; return where its numbers begin."""
    _, begin, _, at = _element(data, 0, order)
    flags = int(np.frombuffer(data, f"{order}u4", 1, begin)[0])
    kind, begin, length, at = _element(data, at, order)
    if kind != 5 or not 8 <= length <= 64:
        raise ValueError("a matrix has no dimensions")
    shape = tuple(int(n) for n in np.frombuffer(data, f"{order}i4", length // 4, begin))
    if min(shape) < 0:
        raise ValueError(f"a matrix has the dimensions {shape}")
    _, begin, length, at = _element(data, at, order)
    return flags, shape, data[begin : begin + length].decode("latin-1"), at
