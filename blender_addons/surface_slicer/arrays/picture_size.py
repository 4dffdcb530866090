# SPDX-License-Identifier: GPL-3.0-or-later
"""What the header of an image says: its size, and whether it is animated.

Blender only knows it after unpacking the whole image, and a small file may hold an image that fills
all memory.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import BinaryIO, Final

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8"
_JPEG_END: Final = b"\xff\xd9"
_MOST_BEHIND: Final = 1 << 20
# Color profiles stand before the pixels of a PNG.
_MOST_BEFORE: Final = 1 << 22
_EXR: Final = b"v/1\x01"
# Entries of a header; no program writes more.
_MOST_ENTRIES: Final = 4096


def picture_size(filepath: str | os.PathLike[str]) -> tuple[int, int] | None:
    """Read the size of an image without its pixels.

    Returns
    -------
    columns, rows : int
        None if it is not a PNG, OpenEXR or JPEG image, or is damaged.
    """
    try:
        with Path(os.fspath(filepath)).open("rb") as file:
            start = file.read(8)
            if start == _PNG:
                return _of_png(file)
            if start[:4] == _EXR:
                return _of_exr(file)
            if start[:2] == _JPEG:
                return _of_jpeg(file)
    except (OSError, struct.error):
        pass
    return None


def cut_off(filepath: str | os.PathLike[str]) -> str:
    """Say whether the end of a JPEG image is missing, for which Blender's loader invents colors.

    Returns
    -------
    str
        To follow the file's name; empty if nothing is missing, and for other images, which Blender
        itself refuses.
    """
    try:
        with Path(os.fspath(filepath)).open("rb") as file:
            if file.read(2) != _JPEG:
                return ""
            # Some cameras add their own data behind the end.
            file.seek(max(0, file.seek(0, os.SEEK_END) - _MOST_BEHIND))
            return "" if _JPEG_END in file.read() else "it ends early"
    except OSError:
        return ""


def is_animated(filepath: str | os.PathLike[str]) -> bool:
    """Tell whether a PNG or WebP image holds several pictures, of which Blender reads the first."""
    with Path(os.fspath(filepath)).open("rb") as file:
        start = file.read(_MOST_BEFORE)
    if start.startswith(_PNG):
        return b"acTL" in start.partition(b"IDAT")[0]
    return start[:4] == b"RIFF" and start[8:16] == b"WEBPVP8X" and bool(start[20] & 2)


def _of_png(file: BinaryIO) -> tuple[int, int] | None:
    _, kind, columns, rows = struct.unpack(">I4sII", file.read(16))
    return (columns, rows) if kind == b"IHDR" else None


def _of_exr(file: BinaryIO) -> tuple[int, int] | None:
    for _ in range(_MOST_ENTRIES):
        name = _until_zero(file)
        if not name:
            break
        _until_zero(file)
        (length,) = struct.unpack("<I", file.read(4))
        if name == b"dataWindow":
            left, low, right, high = struct.unpack("<4i", file.read(16))
            return right - left + 1, high - low + 1
        file.seek(length, os.SEEK_CUR)
    return None


def _until_zero(file: BinaryIO) -> bytes:
    text = b""
    while len(text) < 256 and (letter := file.read(1)) not in (b"\0", b""):
        text += letter
    return text


def _of_jpeg(file: BinaryIO) -> tuple[int, int] | None:
    file.seek(2)
    for _ in range(_MOST_ENTRIES):
        marker, kind, length = struct.unpack(">BBH", file.read(4))
        if marker != 0xFF:
            break
        # Frames begin with these, except for tables (C4, CC) and a reserved one (C8).
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            _, rows, columns = struct.unpack(">BHH", file.read(5))
            return columns, rows
        file.seek(length - 2, os.SEEK_CUR)
    return None
