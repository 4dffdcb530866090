# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers of TIFF files, as another program wrote them; damaged and unknown ones are refused."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin
from surface_slicer.arrays.heightmap import HeightmapError
from surface_slicer.arrays.tiff import read_tiff
from surface_slicer.arrays.unpacking import unpack_lzw, unpack_packbits

RAMP = np.add.outer(np.arange(61) * 5, np.arange(83) * 3)


def written(*arrays, tags=None, **options) -> bytes:
    """By Pillow and libtiff."""
    info = TiffImagePlugin.ImageFileDirectory_v2()
    for tag, (kind, value) in (tags or {}).items():
        info.tagtype[tag] = kind
        info[tag] = value
    file = io.BytesIO()
    first, *others = map(Image.fromarray, arrays)
    more = {"save_all": True, "append_images": others} if others else {}
    first.save(file, "TIFF", tiffinfo=info, **more, **options)
    return file.getvalue()


def read(content: bytes, page: str = ""):
    said: list[str] = []
    return read_tiff(io.BytesIO(content), page, said.append), said


def refused(content: bytes, page: str = "") -> str:
    with pytest.raises(HeightmapError) as caught:
        read(content, page)
    return str(caught.value)


@pytest.mark.parametrize("dtype", ["u1", "u2", "i4", "f4"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"big_tiff": True},
        {"compression": "tiff_lzw"},
        {"compression": "tiff_adobe_deflate"},
        {"compression": "tiff_deflate"},
        {"compression": "packbits"},
        {"compression": "tiff_lzw", "tags": {317: (3, 2)}},
        {"compression": "tiff_adobe_deflate", "tags": {317: (3, 2), 278: (4, 7)}},
    ],
    ids=str,
)
def test_numbers_as_they_were_written(dtype, options):
    """In all packings; integers are not scaled."""
    array = (RAMP - (200 if dtype[0] != "u" else 0)).astype(dtype)
    if dtype == "f4":
        array = array / np.float32(7)
        if "tags" in options:
            options = {**options, "tags": {317: (3, 3)}}
    found, said = read(written(array, **options))
    np.testing.assert_array_equal(found.values, array)
    assert found.values.dtype == array.dtype
    assert not said


def handmade(
    order: str, array: np.ndarray, tile: tuple[int, int], entries=(), planar: bool = False
) -> bytes:
    """A file of tiles, each its own deflated block; Pillow reads it but does not write such."""
    rows, columns, samples = array.shape
    high, wide = tile
    padded = np.zeros((-(-rows // high) * high, -(-columns // wide) * wide, samples), array.dtype)
    padded[:rows, :columns] = array
    planes = [padded[..., n : n + 1] for n in range(samples)] if planar else [padded]
    blocks = [
        zlib.compress(plane[r : r + high, c : c + wide].astype(array.dtype).tobytes())
        for plane in planes
        for r in range(0, rows, high)
        for c in range(0, columns, wide)
    ]
    places = 8 + np.cumsum([0] + [len(b) for b in blocks])
    body = b"".join(blocks)
    tags = {
        256: columns, 257: rows, 258: [array.dtype.itemsize * 8] * samples, 259: 8,
        262: 2 if samples > 2 else 1, 277: samples, 284: 2 if planar else 1, 322: wide, 323: high,
        324: places[:-1].tolist(), 325: [len(b) for b in blocks], **dict(entries),
    }  # fmt: skip
    head = 8 + len(body)
    extra_place = head + 2 + 12 * len(tags) + 4
    extra, rows_of_tags = b"", b""
    for tag, value in sorted(tags.items()):
        values = value if isinstance(value, list) else [value]
        packed = struct.pack(f"{order}{len(values)}I", *values)
        if len(packed) > 4:
            packed, extra = struct.pack(f"{order}I", extra_place + len(extra)), extra + packed
        rows_of_tags += struct.pack(f"{order}HHI", tag, 4, len(values)) + packed
    start = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", head)
    return start + body + struct.pack(f"{order}H", len(tags)) + rows_of_tags + bytes(4) + extra


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("planar", [False, True])
def test_tiles_planes_and_both_byte_orders(order, planar):
    """The mean of the colors, as of Pillow's pixels."""
    colors = np.random.default_rng(0).integers(0, 255, (50, 70, 3)).astype("u1")
    content = handmade(order, colors, (16, 32), planar=planar)
    if not planar:
        np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(content))), colors)
    np.testing.assert_allclose(read(content)[0].values, colors.mean(axis=2))
    heights = RAMP[..., None].astype(f"{order}u2")
    content = handmade(order, heights, (16, 16))
    np.testing.assert_array_equal(read(content)[0].values, RAMP)


def test_pages_are_frames_or_a_choice():
    """Never silently the first; a picture's smaller copies are no pages."""
    pages = [(RAMP + n).astype("u2") for n in range(3)]
    content = written(*pages)
    np.testing.assert_array_equal(read(content)[0].values, pages)
    np.testing.assert_array_equal(read(content, "2")[0].values, pages[1])
    assert "its pages are 1 to 3" in refused(content, "4")
    assert "no page 'x'" in refused(content, "x")
    different = written(pages[0], pages[1][:30])
    assert "its 2 pages differ in size" in refused(different)
    np.testing.assert_array_equal(read(different, "2")[0].values, pages[1][:30])


def test_no_data_and_transparency():
    """GDAL's tag and pixels without opacity are holes."""
    array = RAMP.astype("i2")
    array[3, 4:9] = -32768
    found = read(written(array, tags={42113: (2, "-32768")}))[0].values
    np.testing.assert_array_equal(np.isnan(found), array == -32768)
    np.testing.assert_array_equal(found[10:], array[10:])
    single = (RAMP / 10).astype("f4")
    single[0, 0] = np.float32(-3.4e38)
    assert np.isnan(read(written(single, tags={42113: (2, "-3.4e+38")}))[0].values[0, 0])
    rgba = np.random.default_rng(0).integers(1, 255, (20, 30, 4)).astype("u1")
    rgba[5:9, :, 3] = 0
    found = read(written(rgba))[0].values
    np.testing.assert_array_equal(np.isnan(found), rgba[..., 3] == 0)
    np.testing.assert_allclose(found[:5], rgba[:5, :, :3].mean(axis=2))
    assert "for no data, 'none'" in refused(written(array, tags={42113: (2, "none")}))


def test_places():
    """Centers of the cells, unless the file says that they are points."""
    tags = {33550: (12, (10.0, 5.0, 0.0)), 33922: (12, (0.0, 0.0, 0.0, 500_000.0, 4_000_000.0, 0))}
    found = read(written(RAMP.astype("u2"), tags=tags))[0]
    np.testing.assert_allclose(found.x, 500_005 + 10 * np.arange(83))
    np.testing.assert_allclose(found.y, 4_000_000 - 2.5 - 5 * np.arange(61))
    tags[34735] = (3, (1, 1, 0, 1, 1025, 0, 1, 2))
    found = read(written(RAMP.astype("u2"), tags=tags))[0]
    assert (found.x[0], found.y[0]) == (500_000, 4_000_000)


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_cut_off_and_damaged(compression):
    """Every beginning of a file is refused, and no damage does anything but that or read on."""
    noise = np.random.default_rng(0).integers(0, 999, (40, 50)).astype("u2")
    content = written(noise, compression=compression)
    for share in np.linspace(0, 0.99, 40):
        assert refused(content[: int(share * len(content))])
    rng = np.random.default_rng(1)
    for _ in range(300):
        damaged = bytearray(content)
        for place in rng.integers(0, len(content), 3):
            damaged[place] = rng.integers(256)
        with contextlib.suppress(HeightmapError):
            read(bytes(damaged))


def test_unknown_packings_are_named():
    array = RAMP.astype("u1")
    assert "packed by JPEG" in refused(written(array, compression="jpeg"))
    zstd = handmade("<", array[..., None], (16, 16), {259: 50000})
    assert "packed by Zstandard" in refused(zstd)
    assert "method 7777" in refused(handmade("<", array[..., None], (16, 16), {259: 7777}))
    assert "its numbers have 1 bits" in refused(written(array > 99))
    bands = np.zeros((20, 20, 5), "u1")
    assert "5 bands" in refused(handmade("<", bands, (16, 16), {262: 1}))


def test_header_that_lies_takes_no_memory():
    content = handmade("<", RAMP[..., None].astype("u2"), (16, 16), {256: 60_000, 257: 60_000})
    assert "too large" in refused(content)


def test_packings_of_nothing():
    assert unpack_lzw(b"", 10) == b"" and unpack_packbits(b"\x05ab", 10) == b"ab"
    with pytest.raises(ValueError, match="code without"):
        unpack_lzw(b"\x80\x7f\xff\xff", 10)
