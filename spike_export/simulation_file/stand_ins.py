# SPDX-License-Identifier: BSD-3-Clause
"""What pickles of NumPy arrays get instead of NumPy.

A file decides what these are called with, and BUILD lets it write into an object's __dict__ or call
its __setstate__. So none of them is NumPy's own object (BUILD on a function could replace its
defaults for the whole process), none has a __dict__, and each refuses a state it does not expect.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .errors import ContentError, shown

_DTYPE = re.compile(r"[<>=|]?[fiub][1248]")
_NO_NUMBERS: Final = np.empty(0)


def check_flat(arguments: Iterable[object]) -> None:
    """Raise `ContentError` if a tuple among the arguments holds anything but whole numbers."""
    for argument in arguments:
        if isinstance(argument, tuple) and not all(type(n) is int for n in argument):
            raise ContentError("an array in it is damaged")


class _Sealed:
    __slots__ = ()

    def __setstate__(self, state: object) -> None:
        raise ContentError("it tries to change what it was given")


class Name(_Sealed):
    """Stand-in for a class that is only named, such as ``numpy.ndarray``."""

    __slots__ = ()


class Function(_Sealed):
    """Stand-in for a NumPy function; checks its arguments."""

    __slots__ = ("_function",)

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def __call__(self, *arguments: Any) -> Any:
        """Call the function if no argument is nested."""
        check_flat(arguments)
        try:
            return self._function(*arguments)
        except TypeError:
            raise ContentError("an array in it is damaged") from None


class DType:
    """Stand-in for ``numpy.dtype``: a plain number type, with the byte order set afterward."""

    __slots__ = ("code",)

    def __init__(self, code: object, *_flags: object) -> None:
        if not isinstance(code, str) or not _DTYPE.fullmatch(code):
            raise ContentError(f"an array in it holds {shown(code)}, not plain numbers")
        self.code = code

    def __setstate__(self, state: object) -> None:
        """Take the byte order."""
        if not (isinstance(state, tuple) and len(state) > 1):
            raise ContentError("an array in it has a damaged number type")
        check_flat(state)
        order = state[1]
        if order not in ("<", ">", "|", "="):
            raise ContentError("an array in it has a damaged number type")
        self.code = f"{order}{self.code.lstrip('<>=|')}"


class PickledArray:
    """Stand-in for ``numpy.ndarray``: `array` is set once its state has been checked."""

    __slots__ = ("array",)

    def __init__(self) -> None:
        self.array: NDArray[Any] = _NO_NUMBERS

    def __setstate__(self, state: object) -> None:
        """Build the array from its state in the file."""
        if not (isinstance(state, tuple) and len(state) == 5):
            raise ContentError("an array in it is damaged")
        check_flat(state)
        _version, shape, dtype, fortran, data = state
        self.array = _array(data, dtype, shape, "F" if fortran else "C")


def _array(data: object, dtype: object, shape: object, order: object) -> NDArray[Any]:
    if not isinstance(dtype, DType) or not isinstance(data, bytes | bytearray):
        raise ContentError("an array in it does not hold plain numbers")
    if not isinstance(shape, tuple) or not all(type(n) is int and n >= 0 for n in shape):
        raise ContentError("an array in it has a damaged shape")
    code = np.dtype(dtype.code)
    if len(shape) > 2 or math.prod(shape) * code.itemsize != len(data):
        raise ContentError(
            f"an array in it claims the shape {shown(shape)} of {dtype.code}, "
            f"but holds {len(data)} bytes"
        )
    return np.ndarray(shape, code, data, order="F" if order == "F" else "C")


def frombuffer(data: object, dtype: object, shape: object, order: object) -> PickledArray:
    """Make an array as protocol 5 does."""
    made = PickledArray()
    made.array = _array(data, dtype, shape, order)
    return made


def scalar(dtype: object, data: object) -> float:
    """Convert a NumPy number to a Python number."""
    return float(_array(data, dtype, (1,), "C")[0])


class Latin1:
    """Stand-in for ``_codecs.encode``, which is how protocol 2 writes bytes.

    Each call makes new bytes, so they are counted: with arguments from the memo, a call takes only
    five bytes in the file.
    """

    __slots__ = ("_left",)

    def __init__(self, size: int) -> None:
        self._left = size

    def __call__(self, text: object, encoding: object = "latin1") -> bytes:
        """Return the text's bytes."""
        if not isinstance(text, str) or encoding not in ("latin1", "latin-1"):
            raise ContentError("an array in it is damaged")
        self._left -= len(text)
        if self._left < 0:
            raise ContentError("it claims more bytes than it has")
        try:
            return text.encode("latin-1")
        except UnicodeEncodeError:
            raise ContentError("an array in it is damaged") from None
