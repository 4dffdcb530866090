# SPDX-License-Identifier: BSD-3-Clause
"""Arrays in a version-2 file: a dict of built-ins that contains the bytes.

``{"dtype": "<f4", "shape": [2, 3], "encoding": "raw", "data": b"…"}``, with optional ``scale`` and
``offset``: value = stored * scale + offset. ``zlib`` deflates the bytes; ``delta-zlib`` deflates
the first row followed by the differences between rows, as integers modulo their own size.
"""

from __future__ import annotations

import math
import zlib
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .errors import ContentError, shown

DTYPES: Final = frozenset(f"<{kind}" for kind in ("f4", "f8", "i2", "i4", "i8", "u2", "u4")) | {
    "|u1",
    "|i1",
}
ENCODINGS: Final = ("raw", "zlib", "delta-zlib")

# Beyond this, NumPy cannot index.
_LONGEST: Final = 1 << 62
_LARGEST_FACTOR: Final = 1e300

# Deflate cannot shrink anything by more than this factor, so a larger claim is false.
_DEFLATE_LIMIT: Final = 1032
# Data that shrank more than this is trusted only if it is small: a megabyte of file must not claim
# a gigabyte of memory.
_BELIEVED_RATIO: Final = 100
_BELIEVED_BYTES: Final = 1 << 24
# How many numbers are scaled at once, in float64.
_CHUNK: Final = 1 << 16


class Unpacker:
    """Unpacks the arrays of one file into NumPy arrays, and counts their bytes.

    By reference, a pickle can list the same array a million times. So stored bytes may add up to at
    most the file's size, and inflated bytes to a fixed limit.

    Parameters
    ----------
    file_size : int
        In bytes.
    """

    def __init__(self, file_size: int) -> None:
        self._stored_left = file_size
        self._inflated_left = max(_BELIEVED_BYTES, _BELIEVED_RATIO * file_size)

    def take(self, size: int, what: str) -> None:
        """Account for stored bytes that are read without `unpack`.

        Parameters
        ----------
        what : str
            Their name in error messages.

        Raises
        ------
        ContentError
            If they add up to more than the file's size.
        """
        self._stored_left -= size
        if self._stored_left < 0:
            raise ContentError(f"the arrays up to {what} are together larger than the file")

    def unpack(self, packed: Any, what: str) -> NDArray[Any]:
        """Unpack an array, checking every claim before memory is allocated.

        Parameters
        ----------
        packed : object
            What the file has in place of the array.
        what : str
            Its name in error messages, for example ``"time"``.

        Returns
        -------
        ndarray
            Read-only and without a copy where the bytes are stored as they are.

        Raises
        ------
        ContentError
            If it is not a packed array, is inconsistent, or the file is too small for it.
        """
        if not isinstance(packed, dict):
            raise ContentError(f"{what} should be an array but is {shown(packed)}")
        for key in ("dtype", "shape", "encoding", "data"):
            if key not in packed:
                raise ContentError(f"the array {what} has no {key!r}")
        dtype, shape = packed["dtype"], packed["shape"]
        encoding, data = packed["encoding"], packed["data"]
        if not isinstance(dtype, str) or dtype not in DTYPES:
            raise ContentError(f"the array {what} has the unknown dtype {shown(dtype)}")
        if encoding not in ENCODINGS:
            raise ContentError(f"the array {what} has the unknown encoding {shown(encoding)}")
        if not isinstance(data, bytes | memoryview):
            raise ContentError(f"the array {what} holds {type(data).__name__} instead of bytes")
        if (
            not isinstance(shape, list | tuple)
            or not 1 <= len(shape) <= 2
            or not all(type(n) is int and 0 <= n < _LONGEST for n in shape)
        ):
            raise ContentError(f"the array {what} has the damaged shape {shown(shape)}")
        self.take(len(data), what)
        size = math.prod(shape) * np.dtype(dtype).itemsize
        if encoding != "raw":
            data = self._inflate(data, size, what)
        if len(data) != size:
            raise ContentError(
                f"the array {what} claims the shape {shown(shape)} of {dtype}, {size} bytes, "
                f"but holds {len(data)}"
            )
        array = np.frombuffer(data, dtype=dtype).reshape(shape)
        if encoding == "delta-zlib":
            if array.dtype.kind == "f":
                raise ContentError(
                    f"the array {what} has the encoding delta-zlib, which is for whole numbers, "
                    f"but the dtype {dtype}"
                )
            # Unsigned arithmetic wraps around, as required.
            unsigned = array.view(f"u{array.itemsize}")
            array = np.cumsum(unsigned, axis=0, dtype=unsigned.dtype).view(array.dtype)
        return _scaled(array, packed, what)

    def _inflate(self, data: bytes | memoryview, size: int, what: str) -> bytes:
        self._inflated_left -= size
        if size > _DEFLATE_LIMIT * len(data) + 64 or self._inflated_left < 0:
            raise ContentError(
                f"the array {what} claims {size} bytes, which its {len(data)} compressed ones "
                "cannot honestly hold"
            )
        try:
            inflater = zlib.decompressobj()
            inflated = inflater.decompress(data, size + 1)
        except zlib.error as error:
            raise ContentError(f"the compressed array {what} is damaged ({error})") from None
        if not inflater.eof and len(inflated) <= size:
            raise ContentError(f"the compressed array {what} is cut off")
        return inflated


def _scaled(array: NDArray[Any], packed: dict[Any, Any], what: str) -> NDArray[Any]:
    scale, offset = packed.get("scale"), packed.get("offset")
    if scale is None and offset is None:
        return array
    scale = 1.0 if scale is None else scale
    offset = 0.0 if offset is None else offset
    for name, number in (("scale", scale), ("offset", offset)):
        # Not `isfinite`: an integer in the file may be too large for any float.
        if not isinstance(number, int | float) or not abs(number) < _LARGEST_FACTOR:
            raise ContentError(f"the array {what} has the damaged {name} {shown(number)}")
    with np.errstate(all="ignore"):
        if array.itemsize > 4:
            return array * float(scale) + float(offset)
        # Part by part in float64, so that only the float32 result exists as a whole.
        result = np.empty(array.shape, np.float32)
        stored, scaled = array.reshape(-1), result.reshape(-1)
        for begin in range(0, stored.size, _CHUNK):
            part = slice(begin, begin + _CHUNK)
            scaled[part] = stored[part] * float(scale) + float(offset)
    return result
