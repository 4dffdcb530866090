# SPDX-License-Identifier: BSD-3-Clause
"""Opcodes of pickle, to write by hand what no pickler would."""

from __future__ import annotations

import struct
from pathlib import Path

PROTO = b"\x80\x04"
MARK, STOP, NONE, LIST, DICT = b"(", b".", b"N", b"]", b"}"
APPEND, APPENDS, SETITEM, SETITEMS = b"a", b"e", b"s", b"u"
MEMOIZE, REDUCE, BUILD, STACK_GLOBAL = b"\x94", b"R", b"b", b"\x93"
TUPLE, TUPLE1, TUPLE2, TUPLE3 = b"t", b"\x85", b"\x86", b"\x87"


def text(content: str) -> bytes:
    encoded = content.encode("utf-8", "surrogatepass")
    return b"X" + struct.pack("<I", len(encoded)) + encoded


def data(content: bytes) -> bytes:
    return b"B" + struct.pack("<I", len(content)) + content


def get(index: int) -> bytes:
    return b"h" + bytes([index])


def name(module: str, attribute: str) -> bytes:
    return f"c{module}\n{attribute}\n".encode()


def frame(content: bytes, length: int | None = None) -> bytes:
    return b"\x95" + struct.pack("<Q", len(content) if length is None else length) + content


DTYPE = name("numpy", "dtype") + text("f8") + TUPLE1 + REDUCE
FROMBUFFER = name("numpy.core.numeric", "_frombuffer")
RECONSTRUCT = name("numpy.core.multiarray", "_reconstruct")
EMPTY_ARRAY = (
    RECONSTRUCT + name("numpy", "ndarray") + b"K\x00" + TUPLE1 + b"C\x01b" + TUPLE3 + REDUCE
)


def padded(path: Path, size: int) -> Path:
    """Make a file of this size; what follows the pickle is never looked at."""
    path.write_bytes(path.read_bytes().ljust(size, b"\0"))
    return path
