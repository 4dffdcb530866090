# SPDX-License-Identifier: BSD-3-Clause
"""Pickles of other programs as plain data: their classes become dicts, and nothing is executed.

As for simulation files, the opcodes are checked before any is executed. Here objects are allowed,
but they are only made as empty dicts, and what they then do to themselves is ignored.
"""

from __future__ import annotations

import io
import pickletools
from pathlib import Path
from typing import Any, Final

from ..simulation_file.errors import ContentError, shown
from ..simulation_file.restricted_pickle import ArraysOnly
from .content import unusable

_LARGEST: Final = 1 << 30
_DEEPEST_TUPLE: Final = 8
_LONGEST_INTEGER: Final = 64
# Opcodes that picklers of protocol 2 and newer do not write for data.
_REFUSED: Final = frozenset(
    ["PERSID", "BINPERSID", "EXT1", "EXT2", "EXT4", "INST", "OBJ", "DUP", "NEXT_BUFFER",
     "READONLY_BUFFER", "INT", "LONG", "STRING", "UNICODE", "FLOAT", "GET", "PUT"]
)  # fmt: skip
# Bytes of file that each must account for, so that none uses a hundred bytes of memory per byte.
_COSTS: Final = {
    "EMPTY_DICT": 6, "EMPTY_LIST": 4, "EMPTY_SET": 16, "FROZENSET": 16, "DICT": 6, "LIST": 4,
    "TUPLE": 4, "TUPLE1": 4, "TUPLE2": 4, "TUPLE3": 4, "REDUCE": 8, "NEWOBJ": 8, "NEWOBJ_EX": 8,
    "GLOBAL": 16, "STACK_GLOBAL": 16,
}  # fmt: skip


def load(path: Path, size: int) -> Any:
    """Load a pickle of plain data, NumPy's arrays and objects that are dicts.

    Parameters
    ----------
    size : int
        The file's size in bytes.

    Returns
    -------
    object
        Built-ins, with each array as a `PickledArray`, and each other object as a dict.

    Raises
    ------
    FormatError
        If it is damaged or contains anything else.
    """
    if size > _LARGEST:
        raise unusable(path, "it is a pickle of more than 1 GiB")
    try:
        data = _checked(path.read_bytes())
        return _DictsOnly(io.BytesIO(data), len(data)).load()
    except ContentError as error:
        raise unusable(path, str(error)) from None
    except MemoryError:
        raise unusable(path, "it needs more memory than is available") from None
    except Exception as error:
        # The unpickler raises whatever its input provokes: KeyError, IndexError, TypeError, …
        raise unusable(path, f"its pickle is damaged ({type(error).__name__})") from None


def _checked(data: bytes) -> bytes:
    """Refuse memo indices out of order, too many containers, and deeply nested tuples.

    The returned pickle has no frames: one that ends inside an opcode would make the unpickler
    continue elsewhere than this walk.
    """
    left, puts, pieces, begin = 8192 + len(data), 0, [], 0
    # How deep in tuples each object on the stack and in the memo is; -1 is a mark.
    stack: list[int] = []
    memo: dict[int, int] = {}
    for opcode, argument, position in pickletools.genops(data):
        name, at, number = opcode.name, position or 0, argument or 0
        left -= _COSTS.get(name, 0)
        if name in _REFUSED:
            raise ContentError(f"it holds the opcode {name} at byte {at}")
        if left < 0:
            raise ContentError("it holds more containers than a file of its size can fill")
        if name in ("LONG1", "LONG4") and number.bit_length() > _LONGEST_INTEGER:
            raise ContentError(f"it contains an oversized integer at byte {at}")
        if name == "FRAME":
            pieces.append(data[begin:at])
            begin = at + 9
        elif name in ("BINPUT", "LONG_BINPUT", "MEMOIZE"):
            index = puts if argument is None else argument
            puts += 1
            if index > puts:
                raise ContentError(f"its memo index {index} at byte {at} is out of order")
            memo[index] = stack[-1]
        elif name in ("BINGET", "LONG_BINGET"):
            stack.append(memo[number])
        else:
            stack.append(_tuple_depth(opcode, stack))
            if stack[-1] > _DEEPEST_TUPLE:
                raise ContentError(f"it contains deeply nested tuples at byte {at}")
            if not opcode.stack_after:
                stack.pop()
    return b"".join([*pieces, data[begin:]])


def _tuple_depth(opcode: pickletools.OpcodeInfo, stack: list[int]) -> int:
    """Pop what an opcode takes from the stack; return the tuple nesting of its result."""
    if pickletools.markobject in opcode.stack_after:
        return -1
    takes, deepest = list(opcode.stack_before), 0
    if pickletools.stackslice in takes:
        while (depth := stack.pop()) >= 0:
            deepest = max(deepest, depth)
        takes = takes[: takes.index(pickletools.markobject)]
    for _ in takes:
        deepest = max(deepest, stack.pop())
    return deepest + 1 if opcode.name.startswith("TUPLE") else 0


class _Object(dict[Any, Any]):
    """Stand-in for any class: anything but dict items is ignored."""

    __slots__ = ()

    def __init__(self, *_arguments: object) -> None:
        super().__init__()

    def __setstate__(self, _state: object) -> None:
        pass

    def append(self, item: object) -> None:
        raise ContentError(f"it puts {shown(item)} into an object as if that were a list")


class _DictsOnly(ArraysOnly):
    """The unpickler of simulation files, in which any other class is a dict."""

    def find_other(self, _module_name: str, _global_name: str) -> Any:
        return _Object
