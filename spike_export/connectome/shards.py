# SPDX-License-Identifier: BSD-3-Clause
"""The sharded format of Neuroglancer: many objects in one file.

All objects of a shard are listed in its own index, so the hash that leads from an object's number
to its shard is not needed to read them all. The format is described in `sharded.md` among
Neuroglancer's sources, as ``neuroglancer_uint64_sharded_v1``.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from .skeletons import MOST_CELLS, unusable

TYPE: Final = "neuroglancer_uint64_sharded_v1"
SUFFIX: Final = ".shard"
_MOST_BITS: Final = 20
_LARGEST_INDEX: Final = 24 * MOST_CELLS
_ENCODINGS: Final = ("raw", "gzip")


def objects(path: Path, sharding: dict[str, Any], largest: int) -> Iterator[tuple[int, bytes]]:
    """Read all objects of a shard.

    Parameters
    ----------
    sharding : dict
        From the folder's ``info``.
    largest : int
        How many bytes an object may have.

    Yields
    ------
    number : int
    content : bytes

    Raises
    ------
    ConnectomeError
        If the shard is damaged, or is not as its ``info`` says.
    """
    bits = sharding.get("minishard_bits")
    index_encoding = sharding.get("minishard_index_encoding", "raw")
    encoding = sharding.get("data_encoding", "raw")
    known = index_encoding in _ENCODINGS and encoding in _ENCODINGS
    if type(bits) is not int or not 0 <= bits <= _MOST_BITS or not known:
        raise unusable(path, "the sharding in its folder's info is not one that is known")
    size = path.stat().st_size
    begin = 16 << bits
    if size < begin:
        raise unusable(path, f"it has {size:,} bytes, but its index {begin:,}")
    with path.open("rb") as stream:
        minishards = np.frombuffer(stream.read(begin), "<u8").reshape(-1, 2).tolist()
        for low, high in minishards:
            if low == high:
                continue
            if not low < high <= size - begin:
                raise unusable(path, "a part of its index lies outside it")
            stream.seek(begin + low)
            packed = stream.read(min(high - low, _LARGEST_INDEX))
            table = decoded(packed, index_encoding, _LARGEST_INDEX, path)
            if len(table) % 24:
                raise unusable(path, "a part of its index is damaged")
            columns = np.frombuffer(table, "<u8").reshape(3, -1).tolist()
            number, place = 0, begin
            for step, gap, length in zip(*columns, strict=True):
                number, place = (number + step) % (1 << 64), place + gap
                if place + length > size or length > largest:
                    raise unusable(path, f"its object {number} lies outside it")
                stream.seek(place)
                yield number, decoded(stream.read(length), encoding, largest, path)
                place += length


def decoded(data: bytes, encoding: str, largest: int, path: Path) -> bytes:
    """Unpack data, if it is packed, but no more than a limit.

    Parameters
    ----------
    encoding : {"raw", "gzip"}
    """
    if encoding == "raw":
        return data
    unpacker = zlib.decompressobj(31)
    try:
        content = unpacker.decompress(data, largest)
    except zlib.error:
        raise unusable(path, "its compressed data is damaged") from None
    if unpacker.unconsumed_tail:
        raise unusable(path, f"it unpacks to more than {largest:,} bytes")
    if not unpacker.eof:
        raise unusable(path, "its compressed data is cut off")
    return content
