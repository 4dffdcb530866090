# SPDX-License-Identifier: BSD-3-Clause
"""Load a pickle from a stranger: plain data, optionally with NumPy arrays, and nothing else.

There are two barriers. First `opcode_walk` refuses whatever plain data never needs. Then
Python's own unpickler runs with a `find_class` that never imports: it raises, or, for the older
format, hands out the `stand_ins`.

At worst, a file that passes takes about seventeen times its size in memory. Valid files in the
older format, with an array for each section and frame, take up to twelve times.
"""

from __future__ import annotations

import io
import pickle
from typing import Any, BinaryIO, NoReturn

import numpy as np

from .errors import ContentError, shown
from .opcode_walk import Payload, check_opcodes
from .stand_ins import DType, Function, Latin1, Name, PickledArray, frombuffer, scalar


class _NoGlobals(pickle.Unpickler):
    """Python's unpickler, with nothing to call."""

    def __init__(self, stream: BinaryIO, payloads: list[Payload]) -> None:
        super().__init__(_without(stream, payloads) if payloads else stream)
        self._stream = stream
        self._payloads = payloads

    def persistent_load(self, index: object, /) -> memoryview:
        """Read a payload that `_without` left out; files cannot call this."""
        assert isinstance(index, int)
        payload = self._payloads[index]
        self._stream.seek(payload.begin)
        # NumPy allocates huge pages: four times as fast as `bytes` for hundreds of megabytes.
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
    size : int
        The file's size in bytes.

    Returns
    -------
    object
        Made of dict, list, str, int, float, bool, None and bytes; bytes of a megabyte or more are a
        read-only memoryview.

    Raises
    ------
    NeedsArraysError
        If it contains anything else; `load_with_arrays` may be able to read it.
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
    size : int
        The file's size in bytes.

    Returns
    -------
    object
        Built-ins, with each array as a `PickledArray`.

    Raises
    ------
    ContentError
        If it contains anything else or is damaged.
    """
    start = stream.tell()
    check_opcodes(stream, size, calls=True)
    stream.seek(start)
    return _load(ArraysOnly(stream, size))


def _load(unpickler: pickle.Unpickler) -> Any:
    try:
        return unpickler.load()
    except ContentError:
        raise
    except MemoryError:
        raise ContentError("it needs more memory than is available") from None
    except Exception as error:
        # The unpickler raises whatever its input provokes: KeyError, IndexError, TypeError, …
        raise ContentError(f"its pickle is damaged ({type(error).__name__}: {error})") from None


class ArraysOnly(pickle.Unpickler):
    """Python's unpickler, which finds the stand-ins and imports nothing."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        super().__init__(stream)
        self._latin1 = Latin1(size)

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        """Return a stand-in, or the result of `find_other`."""
        # NumPy 2 moved the module; both spellings occur in files.
        module = module_name.replace("numpy._core.", "numpy.core.", 1)
        match (module, global_name):
            case ("numpy.core.multiarray", "_reconstruct"):
                return Function(lambda _type, _shape, _code: PickledArray())
            case ("numpy", "ndarray"):
                return Name()
            case ("numpy", "dtype"):
                return Function(DType)
            case ("numpy.core.numeric", "_frombuffer"):
                return Function(frombuffer)
            case ("numpy.core.multiarray", "scalar"):
                return Function(scalar)
            case ("_codecs", "encode"):
                return Function(self._latin1)
        return self.find_other(module_name, global_name)

    def find_other(self, module_name: str, global_name: str) -> Any:
        """Refuse anything that is not an array."""
        raise _not_for_data(module_name, global_name)
