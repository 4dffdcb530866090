# SPDX-License-Identifier: BSD-3-Clause
"""Load a pickle from a stranger: plain data, or plain data and NumPy arrays, and nothing else.

Two locks, one behind the other. First the opcodes are walked without carrying any of them out: an
opcode that plain data never needs, a length beyond the end of the file, a memo index out of order
(17 bytes of it can claim 64 GB) or more containers than the file could honestly hold end the read
before anything was allocated. Then Python's own unpickler runs with a `find_class` that never
imports: it raises, or, for the older format, hands out the stand-ins defined here.

The opcodes are those of `pickletools` in the standard library.
"""

from __future__ import annotations

import pickle
import pickletools
import re
from collections.abc import Callable
from typing import Any, BinaryIO, Final, NoReturn

import numpy as np
from numpy.typing import NDArray

from .errors import ContentError

_PLAIN: Final = frozenset(
    [
        "PROTO",
        "FRAME",
        "MARK",
        "STOP",
        "MEMOIZE",
        "BINPUT",
        "LONG_BINPUT",
        "BINGET",
        "LONG_BINGET",
        "EMPTY_DICT",
        "SETITEM",
        "SETITEMS",
        "EMPTY_LIST",
        "APPEND",
        "APPENDS",
        "EMPTY_TUPLE",
        "TUPLE",
        "TUPLE1",
        "TUPLE2",
        "TUPLE3",
        "NONE",
        "NEWTRUE",
        "NEWFALSE",
        "BININT",
        "BININT1",
        "BININT2",
        "LONG1",
        "LONG4",
        "BINFLOAT",
        "SHORT_BINUNICODE",
        "BINUNICODE",
        "BINUNICODE8",
        "SHORT_BINBYTES",
        "BINBYTES",
        "BINBYTES8",
    ]
)
_CALLS: Final = frozenset(["GLOBAL", "STACK_GLOBAL", "REDUCE", "BUILD", "BYTEARRAY8"])
_CONTAINERS: Final = frozenset(
    [
        "EMPTY_DICT",
        "EMPTY_LIST",
        "TUPLE",
        "TUPLE1",
        "TUPLE2",
        "TUPLE3",
        "REDUCE",
        "STACK_GLOBAL",
        "GLOBAL",
    ]
)


class NeedsArraysError(ContentError):
    """The pickle is not of built-ins only, as the older format never is."""


_WINDOW: Final = 1 << 20
# The longest argument read without skipping: two lines of a GLOBAL opcode.
_LONGEST_LINES: Final = 1024


def _opcode_table() -> tuple[list[str], list[int]]:
    """Name of each opcode byte, and its argument's size (negative: see `pickletools`)."""
    names, sizes = [""] * 256, [0] * 256
    for opcode in pickletools.opcodes:
        names[ord(opcode.code)] = opcode.name
        if opcode.arg is not None:
            sizes[ord(opcode.code)] = opcode.arg.n
    return names, sizes


_NAMES, _SIZES = _opcode_table()
# What `pickletools` means by a negative size, as bytes of a little-endian length prefix.
_PREFIX: Final = {-2: 1, -3: 4, -4: 4, -5: 8}

_SKIP, _COUNT, _CHECK, _STOP, _REFUSE = range(5)


def _actions(allowed: frozenset[str]) -> list[int]:
    """Say what the walk does at each of the 256 opcode bytes."""
    actions = [_REFUSE] * 256
    for code, name in enumerate(_NAMES):
        if name not in allowed:
            continue
        if name == "STOP":
            actions[code] = _STOP
        elif name in ("BINPUT", "LONG_BINPUT", "FRAME", "GLOBAL") or _SIZES[code] < 0:
            actions[code] = _CHECK
        else:
            actions[code] = _COUNT if name in _CONTAINERS else _SKIP
    return actions


def check_opcodes(stream: BinaryIO, size: int, *, calls: bool) -> None:
    """Walk a pickle's opcodes without carrying them out.

    Parameters
    ----------
    stream : seekable binary file, at the pickle's first byte
    size : int
        The file's size in bytes: no length in the file may exceed what is left of it.
    calls : bool
        Whether the opcodes that NumPy arrays need are allowed too.

    Raises
    ------
    ContentError
        At the first opcode that plain data does not need, or that asks for too much.
    """
    actions = _actions(_PLAIN | _CALLS if calls else _PLAIN)
    sizes = _SIZES
    # An honest container is preceded or followed by content; 8 bytes each is far below any real
    # file and keeps what a file can make Python allocate to about ten times its own size.
    containers_left = 1000 + size // 8
    opcodes_seen = 0
    base = stream.tell()
    buffer = stream.read(_WINDOW)
    i = 0
    if not buffer.startswith(b"\x80"):
        raise ContentError("it is not a pickle of protocol 2 or newer")
    while True:
        if i > len(buffer) - _LONGEST_LINES and base + len(buffer) < size:
            base += i
            stream.seek(base)
            buffer = stream.read(_WINDOW)
            i = 0
        if i >= len(buffer):
            raise ContentError(f"it is cut off after {size} bytes")
        code = buffer[i]
        action = actions[code]
        opcodes_seen += 1
        if action == _SKIP:
            i += 1 + sizes[code]
            continue
        if action == _COUNT:
            containers_left -= 1
            if containers_left < 0:
                raise ContentError("it holds more containers than a file of its size can fill")
            i += 1 + sizes[code]
            continue
        if action == _STOP:
            return
        name = _NAMES[code]
        if action == _REFUSE:
            if name in _CALLS and not calls:
                raise NeedsArraysError(f"it holds {name} at byte {base + i}")
            what = f"the opcode {name}" if name else f"the byte 0x{code:02x}"
            raise ContentError(
                f"it holds {what} at byte {base + i}, which simulation data never needs"
            )
        if name == "GLOBAL":
            containers_left -= 1
            end = buffer.find(b"\n", buffer.find(b"\n", i) + 1)
            if end < 0:
                raise ContentError(f"it is cut off after {size} bytes")
            i = end + 1
            continue
        prefix = _PREFIX.get(sizes[code], sizes[code])
        number = int.from_bytes(buffer[i + 1 : i + 1 + prefix], "little")
        i += 1 + prefix
        if name in ("BINPUT", "LONG_BINPUT"):
            if number > opcodes_seen:
                raise ContentError(f"its memo index {number} at byte {base + i} is out of order")
            continue
        if number > size - base - i:
            raise ContentError(
                f"it is cut off: {name} at byte {base + i} announces {number} bytes, "
                f"but only {max(size - base - i, 0)} are left"
            )
        if name != "FRAME":
            i += number
            if i > len(buffer):
                base += i
                stream.seek(base)
                buffer = stream.read(_WINDOW)
                i = 0


class _NoGlobals(pickle.Unpickler):
    """Python's unpickler, with nothing it could call."""

    def find_class(self, module_name: str, global_name: str, /) -> NoReturn:
        raise ContentError(f"it asks for {module_name}.{global_name}, which it may not use")


def load_plain(stream: BinaryIO, size: int) -> Any:
    """Load a pickle of built-ins only.

    Parameters
    ----------
    stream : seekable binary file, at the pickle's first byte
    size : int
        The file's size in bytes.

    Returns
    -------
    object
        Made of dict, list, tuple, str, int, float, bool, None and bytes.

    Raises
    ------
    NeedsArraysError
        If it holds anything else: `load_with_arrays` may be able to read it.
    ContentError
        If it is damaged.
    """
    return _load(_NoGlobals, stream, size, calls=False)


def load_with_arrays(stream: BinaryIO, size: int) -> Any:
    """Load a pickle of built-ins and NumPy arrays of numbers.

    Parameters
    ----------
    stream : seekable binary file, at the pickle's first byte
    size : int
        The file's size in bytes.

    Returns
    -------
    object
        Built-ins, with each array as a `PickledArray`.

    Raises
    ------
    ContentError
        If it holds anything else or is damaged.
    """
    return _load(_ArraysOnly, stream, size, calls=True)


def _load(unpickler: type[pickle.Unpickler], stream: BinaryIO, size: int, *, calls: bool) -> Any:
    start = stream.tell()
    check_opcodes(stream, size, calls=calls)
    stream.seek(start)
    try:
        return unpickler(stream).load()
    except ContentError:
        raise
    except MemoryError:
        raise ContentError("it needs more memory than there is") from None
    except Exception as error:
        # The unpickler raises whatever its input provokes: KeyError, IndexError, TypeError, …
        raise ContentError(f"its pickle is damaged ({type(error).__name__}: {error})") from None


# --- The stand-ins for NumPy ------------------------------------------------------------------
#
# A file decides what they are called with, and BUILD lets it write into an object's __dict__ or
# call its __setstate__. So none of them is NumPy's own object (BUILD on a function could replace
# its defaults for the whole process), none has a __dict__, and each refuses a state it does not
# expect.

_DTYPE = re.compile(r"[<>=|]?[fiub][1248]")


class _Sealed:
    __slots__ = ()

    def __setstate__(self, state: object) -> None:
        raise ContentError("it tries to change what it was given")


class _Name(_Sealed):
    """Stands for a class that is only named, such as ``numpy.ndarray``."""

    __slots__ = ()


class _Callable(_Sealed):
    __slots__ = ("_function",)

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def __call__(self, *arguments: Any) -> Any:
        try:
            return self._function(*arguments)
        except TypeError:
            raise ContentError("an array in it is damaged") from None


class _DType:
    """Stands for ``numpy.dtype``: a plain number type, byte order set afterwards."""

    __slots__ = ("code",)

    def __init__(self, code: object, *_flags: object) -> None:
        if not isinstance(code, str) or not _DTYPE.fullmatch(code):
            raise ContentError(f"an array in it holds {str(code)[:20]!r}, not plain numbers")
        self.code = code

    def __setstate__(self, state: object) -> None:
        order = state[1] if isinstance(state, tuple) and len(state) > 1 else None
        if order not in ("<", ">", "|", "="):
            raise ContentError("an array in it has a damaged number type")
        self.code = f"{order}{self.code.lstrip('<>=|')}"


class PickledArray:
    """Stands for ``numpy.ndarray``: `array` is filled when its state has been checked."""

    __slots__ = ("array",)

    def __init__(self) -> None:
        self.array: NDArray[Any] = np.empty(0)

    def __setstate__(self, state: object) -> None:
        """Take the array from what the file says it is."""
        if not (isinstance(state, tuple) and len(state) == 5):
            raise ContentError("an array in it is damaged")
        _version, shape, dtype, fortran, data = state
        self.array = _array(data, dtype, shape, "F" if fortran else "C")


def _array(data: object, dtype: object, shape: object, order: object) -> NDArray[Any]:
    if not isinstance(dtype, _DType) or not isinstance(data, bytes | bytearray):
        raise ContentError("an array in it does not hold plain numbers")
    if not isinstance(shape, tuple) or not all(type(n) is int and n >= 0 for n in shape):
        raise ContentError("an array in it has a damaged shape")
    numbers = np.frombuffer(data, dtype=dtype.code)
    count = 1
    for n in shape:
        count *= n
    if len(shape) > 2 or count != numbers.size:
        raise ContentError(
            f"an array in it claims the shape {str(shape)[:60]} but holds {numbers.size} numbers"
        )
    return numbers.reshape(shape, order="F" if order == "F" else "C")


def _frombuffer(data: object, dtype: object, shape: object, order: object) -> PickledArray:
    made = PickledArray()
    made.array = _array(data, dtype, shape, order)
    return made


def _scalar(dtype: object, data: object) -> float:
    return float(_array(data, dtype, (1,), "C")[0])


def _latin1(text: object, encoding: object = "latin1") -> bytes:
    # How protocol 2 spells bytes.
    if not isinstance(text, str) or encoding not in ("latin1", "latin-1"):
        raise ContentError("an array in it is damaged")
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        raise ContentError("an array in it is damaged") from None


class _ArraysOnly(pickle.Unpickler):
    """Python's unpickler, which finds the stand-ins above and nothing else."""

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        # NumPy 2 moved the module; both spellings occur in files.
        module = module_name.replace("numpy._core.", "numpy.core.", 1)
        match (module, global_name):
            case ("numpy.core.multiarray", "_reconstruct"):
                return _Callable(lambda _type, _shape, _code: PickledArray())
            case ("numpy", "ndarray"):
                return _Name()
            case ("numpy", "dtype"):
                return _Callable(_DType)
            case ("numpy.core.numeric", "_frombuffer"):
                return _Callable(_frombuffer)
            case ("numpy.core.multiarray", "scalar"):
                return _Callable(_scalar)
            case ("_codecs", "encode"):
                return _Callable(_latin1)
        raise ContentError(
            f"it asks for {module_name}.{global_name}, which simulation data never needs; "
            "nothing was run"
        )
