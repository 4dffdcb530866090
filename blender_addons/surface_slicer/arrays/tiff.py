# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers from TIFF files as they are stored: integers, several pages, GDAL's no data, places.

Blender's own loader scales integers to 0..1, reads the first page only, and fills what it cannot
decode with zeros. What is read here are samples of 8 to 64 bits in strips or tiles, uncompressed or
packed by Deflate, LZW or PackBits; everything else is refused by name.

The format is described in *TIFF Revision 6.0* and its supplements on BigTIFF and floating-point
predictors; places in *OGC GeoTIFF Standard 1.1*; no data in GDAL's manual.
"""

from __future__ import annotations

import math
import os
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from .arrangement import Located
from .heightmap import MOST_FRAMES, HeightmapError, check_shape
from .unpacking import unpack_lzw, unpack_packbits

_ORDERS: Final = {b"II": "<", b"MM": ">"}
# Packing by type number: bytes, text, integers, floating point numbers.
_TYPES: Final = {
    1: "B", 2: "B", 3: "H", 4: "I", 6: "b", 7: "B", 8: "h", 9: "i", 11: "f", 12: "d",
    13: "I", 16: "Q", 17: "q", 18: "Q",
}  # fmt: skip
_MOST_ENTRIES: Final = 4096
_MOST_VALUES: Final = 4_000_000
(
    _KIND, _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, _FILL_ORDER, _STRIPS, _SAMPLES,
    _STRIP_ROWS, _STRIP_SIZES, _PLANAR, _PREDICTOR, _TILE_WIDTH, _TILE_HEIGHT, _TILES, _TILE_SIZES,
    _EXTRA, _FORMAT, _SCALE, _TIE, _GEO_KEYS, _NO_DATA,
) = (
    254, 256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 317, 322, 323, 324, 325, 338, 339,
    33550, 33922, 34735, 42113,
)  # fmt: skip
_WANTED: Final = frozenset(
    (_KIND, _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, _FILL_ORDER, _STRIPS, _SAMPLES)
    + (_STRIP_ROWS, _STRIP_SIZES, _PLANAR, _PREDICTOR, _TILE_WIDTH, _TILE_HEIGHT, _TILES)
    + (_TILE_SIZES, _EXTRA, _FORMAT, _SCALE, _TIE, _GEO_KEYS, _NO_DATA)
)
_REDUCED, _MASK = 1, 4
_RGB, _PALETTE = 2, 3
_GRAY: Final = (0, 1)
_RASTER_TYPE, _AT_POINTS = 1025, 2
_COMPRESSIONS: Final = {
    2: "CCITT", 3: "CCITT", 4: "CCITT", 6: "JPEG", 7: "JPEG", 34712: "JPEG 2000", 34887: "LERC",
    34925: "LZMA", 50000: "Zstandard", 50001: "WebP", 50002: "JPEG XL",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Page:
    """One picture of the file: its tags."""

    tags: dict[int, tuple[Any, ...]]
    order: str

    def one(self, tag: int, default: Any = None) -> Any:
        values = self.tags.get(tag, ())
        if values:
            return values[0]
        if default is None:
            raise HeightmapError(f"it is damaged: a page has no tag {tag}")
        return default

    @property
    def shape(self) -> tuple[int, int, int]:
        return int(self.one(_HEIGHT)), int(self.one(_WIDTH)), int(self.one(_SAMPLES, 1))

    @property
    def dtype(self) -> np.dtype[Any]:
        bits = self.tags.get(_BITS, (1,))
        kinds = self.tags.get(_FORMAT, (1,))
        kind = {1: "u", 2: "i", 3: "f", 4: "u"}.get(kinds[0])
        if len(set(bits)) > 1 or len(set(kinds)) > 1:
            raise HeightmapError("its channels are numbers of several kinds")
        if kind is None or bits[0] not in ((16, 32, 64) if kind == "f" else (8, 16, 32, 64)):
            raise HeightmapError(f"its numbers have {bits[0]} bits; convert them to 8, 16 or 32")
        return np.dtype(f"{self.order}{kind}{bits[0] // 8}")


def read_tiff(file: BinaryIO, page: str, tell: Callable[[str], object]) -> Located:
    """Read the numbers of a TIFF file.

    Parameters
    ----------
    file : binary file
        A real one, whose size is known.
    page : str
        Number of the one page to read, counted from 1; empty for all of them, as frames.
    tell : callable
        Called with a sentence for what was left out or guessed.

    Returns
    -------
    Located
        Row 0 at the top. Of pictures in color the mean of the channels; NaN where they are
        transparent or have no data.

    Raises
    ------
    HeightmapError
        If it is damaged, or packed in a way that is not read. The text begins in lower case, to
        follow a file's name.
    """
    try:
        pages = list(_pages(file))
    except (struct.error, OverflowError):
        raise HeightmapError("it is not a TIFF file, or its header is damaged") from None
    whole = [p for p in pages if not int(p.one(_KIND, 0)) & (_REDUCED | _MASK)] or pages[:1]
    if any(int(p.one(_KIND, 0)) & _MASK for p in pages):
        tell("Its mask was not read.")
    if not whole:
        raise HeightmapError("it has no pages")
    if page:
        if not page.isascii() or not page.isdigit() or not 1 <= int(page) <= len(whole):
            raise HeightmapError(f"it has no page '{page[:20]}'; its pages are 1 to {len(whole)}")
        whole = [whole[int(page) - 1]]
    first = whole[0]
    rows, columns, _ = first.shape
    if any((p.shape, p.dtype) != (first.shape, first.dtype) for p in whole):
        raise HeightmapError(
            f"its {len(whole)} pages differ in size or kind; under Array, type the number of one"
        )
    check_shape((len(whole), rows, columns) if len(whole) > 1 else (rows, columns), first.dtype)
    _check_readable(whole)
    if int(first.one(_PHOTOMETRIC, 1)) == _PALETTE:
        tell("Its heights are the numbers of its colors in their palette.")
    if int(first.one(_PHOTOMETRIC, 1)) == _RGB:
        tell("Its heights are the mean of its colors.")
    frames = [_heights(_samples(file, p), p) for p in whole]
    values = np.stack(frames) if len(frames) > 1 else frames[0]
    return Located(values, *_places(first))


def _pages(file: BinaryIO) -> Iterator[_Page]:
    """Read the tags of all pages."""
    start = file.read(8)
    order = _ORDERS.get(start[:2])
    if order is None:
        raise HeightmapError("it is not a TIFF file, or its header is damaged")
    # BigTIFF has numbers of 8 bytes instead of 2 and 4.
    large = start[2:4] in (b"+\0", b"\0+")
    count_kind, place_kind, entry = ("Q", "Q", 20) if large else ("H", "I", 12)
    (place,) = struct.unpack(order + place_kind, file.read(8) if large else start[4:])
    size = file.seek(0, os.SEEK_END)
    seen: set[int] = set()
    while place:
        if place in seen or len(seen) > MOST_FRAMES:
            raise HeightmapError("it is damaged: its pages have no end")
        seen.add(place)
        file.seek(place)
        count_size = struct.calcsize(order + count_kind)
        (count,) = struct.unpack(order + count_kind, file.read(count_size))
        if count > _MOST_ENTRIES:
            raise HeightmapError("it is damaged: a page has too many tags")
        content = file.read(count * entry)
        following = file.read(entry - 8 if large else 4)[: struct.calcsize(place_kind)]
        tags: dict[int, tuple[Any, ...]] = {}
        for begin in range(0, count * entry, entry):
            tag, kind, length = struct.unpack_from(f"{order}HH{place_kind}", content, begin)
            if tag in _WANTED and kind in _TYPES:
                held = content[begin + (12 if large else 8) : begin + entry]
                tags[tag] = _values(file, order, kind, length, held, size)
        yield _Page(tags, order)
        (place,) = struct.unpack(order + place_kind, following)


def _values(
    file: BinaryIO, order: str, kind: int, count: int, held: bytes, size: int
) -> tuple[Any, ...]:
    """Read the values of a tag: those held in its entry, or elsewhere in the file."""
    letter = _TYPES[kind]
    length = struct.calcsize(letter) * count
    if count > _MOST_VALUES or length > size:
        raise HeightmapError("it is damaged: a tag is longer than the file")
    if length > len(held):
        (place,) = struct.unpack(order + ("Q" if len(held) == 8 else "I"), held)
        file.seek(place)
        held = file.read(length)
    if letter == "B":
        return tuple(held[:length])
    return struct.unpack(f"{order}{count}{letter}", held[:length])


def _check_readable(pages: list[_Page]) -> None:
    for page in pages:
        packed = int(page.one(_COMPRESSION, 1))
        if packed not in _UNPACK:
            raise HeightmapError(
                f"it is packed by {_COMPRESSIONS.get(packed, f'method {packed}')}, which is not "
                "read; save it without compression, or convert it: gdal_translate -co "
                "COMPRESS=DEFLATE in.tif out.tif"
            )
        if int(page.one(_PREDICTOR, 1)) not in (1, 2, 3):
            raise HeightmapError("it uses a predictor that is not read; save it without")
        _, _, samples = page.shape
        photometric = int(page.one(_PHOTOMETRIC, 1))
        if photometric not in (*_GRAY, _RGB, _PALETTE):
            raise HeightmapError("its colors are neither gray, RGB nor a palette; convert them")
        colors = 3 if photometric == _RGB else 1
        if samples > colors and not (samples == colors + 1 and _has_alpha(page)):
            raise HeightmapError(
                f"it has {samples} bands; save one of them: gdal_translate -b 1 in.tif out.tif"
            )
        if samples < colors:
            raise HeightmapError("it is damaged: it has too few channels for colors")


def _has_alpha(page: _Page) -> bool:
    return page.tags.get(_EXTRA, (0,))[0] in (1, 2)


def _samples(file: BinaryIO, page: _Page) -> NDArray[Any]:
    """Unpack a page: an array of rows, columns and samples."""
    rows, columns, samples = page.shape
    dtype = page.dtype
    tiled = _TILES in page.tags
    if tiled:
        high, wide = int(page.one(_TILE_HEIGHT)), int(page.one(_TILE_WIDTH))
    else:
        high, wide = min(int(page.one(_STRIP_ROWS, rows)), rows), columns
    places = page.tags.get(_TILES if tiled else _STRIPS, ())
    sizes = page.tags.get(_TILE_SIZES if tiled else _STRIP_SIZES, ())
    if min(high, wide) < 1 or high * wide > 4 * max(rows * columns, 1 << 16):
        raise HeightmapError("it is damaged: the size of its strips or tiles is impossible")
    planes = samples if int(page.one(_PLANAR, 1)) == 2 else 1
    together = samples // planes
    down, across = math.ceil(rows / high), math.ceil(columns / wide)
    if not len(places) == len(sizes) == down * across * planes:
        raise HeightmapError("it is damaged: the number of its strips or tiles is wrong")
    whole = np.empty((rows, columns, samples), dtype.newbyteorder("="))
    unpack = _UNPACK[int(page.one(_COMPRESSION, 1))]
    for number, (place, size) in enumerate(zip(places, sizes, strict=True)):
        plane, cell = divmod(number, down * across)
        row, column = (n * step for n, step in zip(divmod(cell, across), (high, wide), strict=True))
        # The last strip may be shorter; a tile is always complete.
        there = high if tiled else min(high, rows - row)
        expected = there * wide * together * dtype.itemsize
        file.seek(place)
        packed = file.read(size)
        what = f"{'tile' if tiled else 'strip'} {number + 1} of {len(places)}"
        if len(packed) < size:
            raise HeightmapError(f"it ends early: {what} is not complete")
        if int(page.one(_FILL_ORDER, 1)) == 2:
            raise HeightmapError("the bits in its bytes are reversed; save it again")
        try:
            content = unpack(packed, expected)
        except (zlib.error, ValueError) as error:
            raise HeightmapError(f"it is damaged: {what} cannot be unpacked ({error})") from None
        if len(content) < expected:
            raise HeightmapError(
                f"it is damaged: {what} has {len(content):,} bytes of numbers instead of "
                f"{expected:,}"
            )
        part = _predicted(
            content[:expected], (there, wide, together), dtype, int(page.one(_PREDICTOR, 1))
        )
        target = whole[row : row + there, column : column + wide]
        target[:, :, plane * together : (plane + 1) * together] = part[
            : target.shape[0], : target.shape[1]
        ]
    return whole


def _predicted(
    content: bytes, shape: tuple[int, int, int], dtype: np.dtype[Any], predictor: int
) -> NDArray[Any]:
    """Turn bytes into numbers, which may be stored as differences from their left neighbors."""
    if predictor == 3:
        if dtype.kind != "f":
            raise HeightmapError("it is damaged: its predictor is for floating point numbers")
        rows, columns, samples = shape
        steps = np.frombuffer(content, np.uint8).reshape(rows, -1, samples)
        summed = np.cumsum(steps, axis=1, dtype=np.uint8).reshape(rows, dtype.itemsize, -1)
        # The highest bytes of a row come first, then the second highest.
        joined = np.ascontiguousarray(summed.transpose(0, 2, 1))
        return joined.view(f">f{dtype.itemsize}").reshape(shape)
    values = np.frombuffer(content, dtype).reshape(shape)
    if predictor == 2:
        native = values.astype(dtype.newbyteorder("="))
        # Differences are of the bits, whatever kind of number they are.
        bits = native.view(f"u{dtype.itemsize}")
        return np.cumsum(bits, axis=1, dtype=bits.dtype).view(native.dtype)
    return values


def _heights(samples: NDArray[Any], page: _Page) -> NDArray[Any]:
    """Turn samples into heights, with holes."""
    colors = 3 if int(page.one(_PHOTOMETRIC, 1)) == _RGB else 1
    values: NDArray[Any] = samples[:, :, 0]
    if colors == 3:
        values = samples[:, :, :3].mean(axis=2, dtype=np.float64)
    holes = np.zeros(values.shape, bool)
    if samples.shape[2] > colors:
        holes |= samples[:, :, colors] == 0
    if _NO_DATA in page.tags:
        text = bytes(b for b in page.tags[_NO_DATA] if b).decode("ascii", "replace").strip()
        try:
            # In the file's own precision, as GDAL compares.
            missing = float(text)
            if samples.dtype.kind == "f":
                missing = float(samples.dtype.type(missing))
        except ValueError:
            raise HeightmapError(f"its value for no data, '{text[:30]}', is no number") from None
        holes |= values == missing
    if not holes.any():
        return values
    values = values.astype(np.float64)
    values[holes] = np.nan
    return values


def _places(page: _Page) -> tuple[NDArray[np.float64] | None, NDArray[np.float64] | None]:
    """Return x of the columns and y of the rows, if the file has them: of the cells' centers."""
    scale, tie = page.tags.get(_SCALE, ()), page.tags.get(_TIE, ())
    # A picture that is turned, or tied at several points, has no axes of its own.
    if len(scale) < 2 or len(tie) != 6 or not (scale[0] > 0 and scale[1] > 0):
        return None, None
    if not np.isfinite([*scale[:2], *tie]).all():
        return None, None
    keys = page.tags.get(_GEO_KEYS, ())
    at_points = any(
        keys[n : n + 4] == (_RASTER_TYPE, 0, 1, _AT_POINTS) for n in range(4, len(keys), 4)
    )
    half = 0.0 if at_points else 0.5
    rows, columns, _ = page.shape
    x = tie[3] + (np.arange(columns) + half - tie[0]) * scale[0]
    y = tie[4] - (np.arange(rows) + half - tie[1]) * scale[1]
    return np.asarray(x, np.float64), np.asarray(y, np.float64)


def _inflated(packed: bytes, expected: int) -> bytes:
    return zlib.decompressobj().decompress(packed, max(expected, 1))


_UNPACK: Final[dict[int, Callable[[bytes, int], bytes]]] = {
    1: lambda packed, _expected: packed,
    5: unpack_lzw,
    8: _inflated,
    32946: _inflated,
    32773: unpack_packbits,
}
