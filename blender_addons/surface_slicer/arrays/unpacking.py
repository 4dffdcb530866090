# SPDX-License-Identifier: GPL-3.0-or-later
"""Packings of TIFF files that Python's own library does not know; see *TIFF Revision 6.0*."""

from __future__ import annotations

from typing import Final

_CLEAR: Final = 256
_END: Final = 257
_MOST_BITS: Final = 12
_MEANINGLESS: Final = "a code without meaning"


def unpack_lzw(packed: bytes, expected: int) -> bytes:
    """Unpack LZW: codes of 9 to 12 bits, the highest bit first.

    Parameters
    ----------
    expected : int
        Unpacking ends at this many bytes or soon after.

    Returns
    -------
    bytes
        Fewer if the content ends early.

    Raises
    ------
    ValueError
        If a code has no meaning.
    """
    start = [bytes((n,)) for n in range(256)] + [b"", b""]
    table = list(start)
    parts: list[bytes] = []
    length = 0
    before = b""
    bits, held, have = 9, 0, 0
    for byte in packed:
        held = held << 8 | byte
        have += 8
        if have < bits:
            continue
        have -= bits
        code = held >> have
        held &= (1 << have) - 1
        if code == _CLEAR:
            table = list(start)
            bits, before = 9, b""
            continue
        if code == _END:
            break
        if not before:
            if code > _END:
                raise ValueError(_MEANINGLESS)
            entry = table[code]
        else:
            if code < len(table):
                entry = table[code]
            elif code == len(table):
                entry = before + before[:1]
            else:
                raise ValueError(_MEANINGLESS)
            table.append(before + entry[:1])
            # One code early, as all writers do.
            if len(table) + 1 >= 1 << bits and bits < _MOST_BITS:
                bits += 1
        parts.append(entry)
        length += len(entry)
        if length >= expected:
            break
        before = entry
    return b"".join(parts)


def unpack_packbits(packed: bytes, expected: int) -> bytes:
    """Unpack PackBits: runs of bytes, each after its length.

    Parameters
    ----------
    expected : int
        Unpacking ends at this many bytes or soon after.

    Returns
    -------
    bytes
        Fewer if the content ends early.
    """
    made = bytearray()
    place = 0
    while place < len(packed) and len(made) < expected:
        count = packed[place]
        if count < 128:
            made += packed[place + 1 : place + 2 + count]
            place += 2 + count
        else:
            # 128 stands for nothing.
            if count > 128:
                made += packed[place + 1 : place + 2] * (257 - count)
            place += 1 if count == 128 else 2
    return bytes(made)
