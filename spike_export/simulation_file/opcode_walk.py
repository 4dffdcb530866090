# SPDX-License-Identifier: BSD-3-Clause
"""Walk over a pickle's opcodes without executing any of them.

An opcode that plain data never needs, a length beyond the end of the file, a memo index out of
order (17 bytes of it can claim 64 GB), more containers than the file could plausibly hold, or
nested tuples (deep ones overflow the stack when hashed) end the read before anything is allocated.

The opcodes are those of `pickletools` in the standard library.
"""

from __future__ import annotations

import pickletools
import sys
from typing import BinaryIO, Final, NamedTuple

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
# How many bytes of file each such opcode must account for: about the minimum in a valid file, and
# never less than a seventeenth of the memory it takes. Without this, repeated `]`, or a REDUCE with
# arguments from the memo, would take a hundred bytes of memory per byte of file.
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
# Larger numbers can all have the same hash and, as keys, make a dict take quadratic time.
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
# The meaning of a negative size in `pickletools`: bytes of a little-endian length prefix.
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
    """Walk over a pickle's opcodes without executing them.

    Parameters
    ----------
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
    # Opcodes without consequences in a file of built-ins, where no tuple depends on what came
    # before; nearly all of a large file is skipped by these lengths.
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
        raise ContentError("it is not a simulation file: it is not a pickle of protocol 2 or newer")
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
                # The unpickler would drop the rest of the frame, continue elsewhere than this walk,
                # and so execute what was never checked.
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
                # The most common case, without a call.
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

    Since everything callable uses `stand_ins.check_flat`, no tuple gets deeper than two.
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
