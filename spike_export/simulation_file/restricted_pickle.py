# SPDX-License-Identifier: BSD-3-Clause
"""Load a pickle from a stranger: plain data, or plain data and NumPy arrays, and nothing else.

Two locks, one behind the other. First the opcodes are walked without carrying any of them out: an
opcode that plain data never needs, a length beyond the end of the file, a memo index out of order
(17 bytes of it can claim 64 GB), more containers than the file could honestly hold, or tuples in
tuples (deep ones overflow the stack when they are hashed) end the read before anything was
allocated. Then Python's own unpickler runs with a `find_class` that never imports: it raises, or,
for the older format, hands out the stand-ins defined here.

A file that passes can make Python take about seventeen times its size, at worst. Honest files of
the older format, with an array for each section and frame, take up to twelve.

The opcodes are those of `pickletools` in the standard library.
"""

from __future__ import annotations

import io
import math
import pickle
import pickletools
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO, Final, NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from .errors import ContentError, shown

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
_TUPLES: Final = frozenset(["TUPLE", "TUPLE1", "TUPLE2", "TUPLE3"])
_CALLS: Final = _TUPLES | {
    "EMPTY_TUPLE",
    "GLOBAL",
    "STACK_GLOBAL",
    "REDUCE",
    "BUILD",
    "BYTEARRAY8",
}
# How many bytes of file each such opcode must be able to show: about what an honest file has for
# it at least, and never less than a seventeenth of the memory it takes. Without this, `]` repeated,
# or a REDUCE of arguments from the memo, would take a hundred bytes of memory for each of file.
_COSTS: Final = {
    "EMPTY_DICT": 16,
    "EMPTY_LIST": 8,
    "EMPTY_TUPLE": 4,
    "TUPLE": 4,
    "TUPLE1": 4,
    "TUPLE2": 4,
    "TUPLE3": 4,
    "GLOBAL": 16,
    "STACK_GLOBAL": 16,
    "REDUCE": 12,
    "NONE": 2,
    "NEWTRUE": 2,
    "NEWFALSE": 2,
}
_FREE_ALLOWANCE: Final = 8192


class NeedsArraysError(ContentError):
    """The pickle is not of built-ins only, as the older format never is."""


_WINDOW: Final = 1 << 20
_LONG: Final = 1 << 20
_BYTES: Final = frozenset(["BINBYTES", "BINBYTES8"])
_LONGS: Final = frozenset(["LONG1", "LONG4"])
# Larger numbers can all have one hash, and as keys take a dict quadratic time.
_LONGEST_INTEGER: Final = 8
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

_SKIP, _COUNT, _TUPLE, _CHECK, _STOP, _REFUSE = range(6)

_CODES: Final = {opcode.name: ord(opcode.code) for opcode in pickletools.opcodes}
_COST_OF_CODE: Final = [_COSTS.get(name, 0) for name in _NAMES]
_INTEGERS: Final = frozenset(_CODES[name] for name in ("BININT", "BININT1", "BININT2"))
_CONSUMERS: Final = frozenset(_CODES[name] for name in ("REDUCE", "BUILD"))
_BETWEEN: Final = frozenset(_CODES[name] for name in ("MEMOIZE", "BINPUT", "LONG_BINPUT", "FRAME"))
_CALL_FOLLOWS: Final = frozenset([b"\x94R", b"\x94b"])
_NO_FRAME: Final = sys.maxsize


def _actions(allowed: frozenset[str]) -> list[int]:
    """Say what the walk does at each of the 256 opcode bytes."""
    actions = [_REFUSE] * 256
    for code, name in enumerate(_NAMES):
        if name not in allowed:
            continue
        if name == "STOP":
            actions[code] = _STOP
        elif name in _TUPLES:
            actions[code] = _TUPLE
        elif name in ("BINPUT", "LONG_BINPUT", "FRAME", "GLOBAL") or _SIZES[code] < 0:
            actions[code] = _CHECK
        else:
            actions[code] = _COUNT if name in _COSTS else _SKIP
    return actions


class Payload(NamedTuple):
    """A long run of bytes in a pickle: where its opcode stands, and the bytes themselves."""

    opcode: int
    begin: int
    length: int


def check_opcodes(stream: BinaryIO, size: int, *, calls: bool) -> list[Payload]:
    """Walk a pickle's opcodes without carrying them out.

    Parameters
    ----------
    stream : seekable binary file, at the pickle's first byte
    size : int
        The file's size in bytes: no length in the file may exceed what is left of it.
    calls : bool
        Whether the opcodes that NumPy arrays need are allowed too.

    Returns
    -------
    list of Payload
        All runs of a megabyte or more, in the order of the file.

    Raises
    ------
    ContentError
        At the first opcode that plain data does not need, or that asks for too much.
    """
    actions = _actions(_PLAIN | _CALLS if calls else _PLAIN)
    sizes, costs = _SIZES, _COST_OF_CODE
    # Opcodes that are of no consequence in a file of built-ins, where no tuple asks what came
    # before; nearly all of a large file is passed over by these lengths.
    steps = [
        0 if calls or action != _SKIP else 1 + n for action, n in zip(actions, sizes, strict=True)
    ]
    allowance = _FREE_ALLOWANCE + size
    puts = 0
    payloads: list[Payload] = []
    window = min(_WINDOW, size)
    before = previous = -1
    base = stream.tell()
    buffer = stream.read(window)
    i = 0
    # Counted from the buffer's first byte, as `i` is.
    frame_end = _NO_FRAME
    if not buffer.startswith(b"\x80"):
        raise ContentError("it is not a simulation file: it is no pickle of protocol 2 or newer")
    while True:
        if i >= len(buffer) - _LONGEST_LINES and base + len(buffer) < size:
            base += i
            frame_end -= i if frame_end != _NO_FRAME else 0
            stream.seek(base)
            buffer = stream.read(window)
            i = 0
            if len(buffer) < min(window, size - base):
                raise ContentError("it became shorter while it was read")
        if i >= len(buffer):
            raise ContentError(f"it is cut off after {size} bytes")
        if i >= frame_end:
            if i > frame_end:
                # The unpickler would drop the rest of the frame and go on elsewhere than this
                # walk does, and so carry out what was never looked at.
                raise ContentError(f"its frame before byte {base + i} ends inside an opcode")
            frame_end = _NO_FRAME
        more = base + len(buffer) < size
        end = min(len(buffer) - _LONGEST_LINES if more else len(buffer), frame_end)
        while i < end and (step := steps[buffer[i]]):
            i += step
        if i >= end:
            continue
        code = buffer[i]
        action = actions[code]
        if action == _SKIP:
            i += 1 + sizes[code]
            before, previous = previous, code
            continue
        if action <= _TUPLE:
            allowance -= costs[code]
            if allowance < 0:
                raise ContentError("it holds more containers than a file of its size can fill")
            if (
                action == _TUPLE
                # What nearly all are, without a call.
                and buffer[i + 1 : i + 3] not in _CALL_FOLLOWS
                and not _is_flat(buffer, i, before, previous)
            ):
                raise ContentError(
                    f"it holds a tuple at byte {base + i}, which simulation data never needs there"
                )
            i += 1 + sizes[code]
            before, previous = previous, code
            continue
        if action == _STOP:
            return payloads
        name = _NAMES[code]
        if action == _REFUSE:
            if name in _CALLS and not calls:
                raise NeedsArraysError(name)
            what = f"the opcode {name}" if name else f"the byte 0x{code:02x}"
            raise ContentError(
                f"it holds {what} at byte {base + i}, which simulation data never needs"
            )
        if name == "GLOBAL":
            allowance -= costs[code]
            line_end = buffer.find(b"\n", i)
            end = buffer.find(b"\n", line_end + 1) if line_end >= 0 else -1
            if end < 0 or allowance < 0:
                raise ContentError(f"its GLOBAL at byte {base + i} is damaged")
            i = end + 1
            before, previous = previous, code
            continue
        prefix = _PREFIX.get(sizes[code], sizes[code])
        number = int.from_bytes(buffer[i + 1 : i + 1 + prefix], "little")
        i += 1 + prefix
        if name in ("BINPUT", "LONG_BINPUT"):
            # Picklers count from 0 or, long ago, from 1.
            puts += 1
            if number > puts:
                raise ContentError(f"its memo index {number} at byte {base + i} is out of order")
            continue
        if number > size - base - i:
            raise ContentError(
                f"it is cut off: {name} at byte {base + i} announces {number} bytes, "
                f"but only {max(size - base - i, 0)} are left"
            )
        if name in _LONGS and number > _LONGEST_INTEGER:
            raise ContentError(
                f"it holds a whole number of {number} bytes at byte {base + i - 1 - prefix}, which "
                "simulation data never needs"
            )
        if name == "FRAME":
            if frame_end != _NO_FRAME:
                raise ContentError(f"its frame at byte {base + i} begins inside another one")
            frame_end = i + number
            continue
        if number >= _LONG and name in _BYTES and frame_end == _NO_FRAME:
            payloads.append(Payload(base + i - 1 - prefix, base + i, number))
        i += number
        before, previous = previous, code


def _is_flat(buffer: bytes, i: int, before: int, previous: int) -> bool:
    """Whether the tuple made at `i` is an array's shape, or goes into a call that checks it.

    With `_check_flat` in all that can be called, no tuple gets deeper than two.
    """
    name = _NAMES[buffer[i]]
    i += 1
    while buffer[i : i + 1] and buffer[i] in _BETWEEN:
        i += 1 + _SIZES[buffer[i]]
    if buffer[i : i + 1] and buffer[i] in _CONSUMERS:
        return True
    if name == "TUPLE1":
        return previous in _INTEGERS
    return name == "TUPLE2" and previous in _INTEGERS and before in _INTEGERS


class _NoGlobals(pickle.Unpickler):
    """Python's unpickler, with nothing it could call."""

    def __init__(self, stream: BinaryIO, payloads: list[Payload]) -> None:
        super().__init__(_without(stream, payloads) if payloads else stream)
        self._stream = stream
        self._payloads = payloads

    def persistent_load(self, index: object, /) -> memoryview:
        """Read a payload that `_without` has left out; files have no way to call this."""
        assert isinstance(index, int)
        payload = self._payloads[index]
        self._stream.seek(payload.begin)
        # NumPy takes memory in huge pages: four times as fast as `bytes` for hundreds of megabytes.
        data = np.fromfile(self._stream, np.uint8, payload.length)
        if data.size != payload.length:
            raise ContentError("it became shorter while it was read")
        data.flags.writeable = False
        return memoryview(data)

    def find_class(self, module_name: str, global_name: str, /) -> NoReturn:
        raise _not_for_data(module_name, global_name)


def _without(stream: BinaryIO, payloads: list[Payload]) -> BinaryIO:
    """Copy a pickle with a number in place of each payload, to be loaded as a persistent object."""
    pieces = []
    for index, payload in enumerate(payloads):
        pieces.append(stream.read(payload.opcode - stream.tell()))
        pieces.append(pickle.BININT + index.to_bytes(4, "little") + pickle.BINPERSID)
        stream.seek(payload.begin + payload.length)
    pieces.append(stream.read())
    return io.BytesIO(b"".join(pieces))


def _not_for_data(module_name: str, global_name: str) -> ContentError:
    name = shown(f"{module_name[:60]}.{global_name[:60]}")
    return ContentError(f"it asks for {name}, which simulation data never needs; nothing was run")


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
        Made of dict, list, str, int, float, bool, None and bytes; a megabyte of bytes or more
        is a read-only memoryview.

    Raises
    ------
    NeedsArraysError
        If it holds anything else: `load_with_arrays` may be able to read it.
    ContentError
        If it is damaged.
    """
    start = stream.tell()
    payloads = check_opcodes(stream, size, calls=False)
    stream.seek(start)
    return _load(_NoGlobals(stream, payloads))


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
    start = stream.tell()
    check_opcodes(stream, size, calls=True)
    stream.seek(start)
    return _load(_ArraysOnly(stream, size))


def _load(unpickler: pickle.Unpickler) -> Any:
    try:
        return unpickler.load()
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
_NO_NUMBERS: Final = np.empty(0)


def _check_flat(arguments: Iterable[object]) -> None:
    """Raise `ContentError` if a tuple among the arguments holds anything but whole numbers."""
    for argument in arguments:
        if isinstance(argument, tuple) and not all(type(n) is int for n in argument):
            raise ContentError("an array in it is damaged")


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
        _check_flat(arguments)
        try:
            return self._function(*arguments)
        except TypeError:
            raise ContentError("an array in it is damaged") from None


class _DType:
    """Stands for ``numpy.dtype``: a plain number type, byte order set afterwards."""

    __slots__ = ("code",)

    def __init__(self, code: object, *_flags: object) -> None:
        if not isinstance(code, str) or not _DTYPE.fullmatch(code):
            raise ContentError(f"an array in it holds {shown(code)}, not plain numbers")
        self.code = code

    def __setstate__(self, state: object) -> None:
        if not (isinstance(state, tuple) and len(state) > 1):
            raise ContentError("an array in it has a damaged number type")
        _check_flat(state)
        order = state[1]
        if order not in ("<", ">", "|", "="):
            raise ContentError("an array in it has a damaged number type")
        self.code = f"{order}{self.code.lstrip('<>=|')}"


class PickledArray:
    """Stands for ``numpy.ndarray``: `array` is filled when its state has been checked."""

    __slots__ = ("array",)

    def __init__(self) -> None:
        self.array: NDArray[Any] = _NO_NUMBERS

    def __setstate__(self, state: object) -> None:
        """Take the array from what the file says it is."""
        if not (isinstance(state, tuple) and len(state) == 5):
            raise ContentError("an array in it is damaged")
        _check_flat(state)
        _version, shape, dtype, fortran, data = state
        self.array = _array(data, dtype, shape, "F" if fortran else "C")


def _array(data: object, dtype: object, shape: object, order: object) -> NDArray[Any]:
    if not isinstance(dtype, _DType) or not isinstance(data, bytes | bytearray):
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


def _frombuffer(data: object, dtype: object, shape: object, order: object) -> PickledArray:
    made = PickledArray()
    made.array = _array(data, dtype, shape, order)
    return made


def _scalar(dtype: object, data: object) -> float:
    return float(_array(data, dtype, (1,), "C")[0])


class _Latin1:
    """Stands for ``_codecs.encode``, which is how protocol 2 spells bytes.

    Each call makes new bytes, so they are counted: with its arguments from the memo, a call costs
    a file five bytes.
    """

    __slots__ = ("_left",)

    def __init__(self, size: int) -> None:
        self._left = size

    def __call__(self, text: object, encoding: object = "latin1") -> bytes:
        if not isinstance(text, str) or encoding not in ("latin1", "latin-1"):
            raise ContentError("an array in it is damaged")
        self._left -= len(text)
        if self._left < 0:
            raise ContentError("it claims more bytes than it has")
        try:
            return text.encode("latin-1")
        except UnicodeEncodeError:
            raise ContentError("an array in it is damaged") from None


class _ArraysOnly(pickle.Unpickler):
    """Python's unpickler, which finds the stand-ins above and nothing else."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        super().__init__(stream)
        self._latin1 = _Latin1(size)

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
                return _Callable(self._latin1)
        raise _not_for_data(module_name, global_name)
