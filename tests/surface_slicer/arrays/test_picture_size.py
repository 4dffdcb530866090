# SPDX-License-Identifier: GPL-3.0-or-later
"""How large pictures say they are, against the programs that wrote them."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from surface_slicer.arrays.picture_size import picture_size


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.png", {}),
        ("a.tif", {}),
        ("a.tif", {"compression": "tiff_lzw"}),
        ("a.tif", {"big_tiff": True}),
        ("a.jpg", {}),
        ("a.jpg", {"progressive": True}),
    ],
)
def test_what_pillow_writes(tmp_path, name, options):
    Image.fromarray(np.zeros((123, 321), np.uint8)).save(tmp_path / name, **options)
    assert picture_size(tmp_path / name) == (321, 123)


def test_tiff_of_the_other_byte_order(tmp_path):
    entries = [(256, 3, 1, 321 << 16), (257, 4, 1, 123)]
    data = b"MM\0*" + struct.pack(">IH", 8, 2)
    data += b"".join(struct.pack(">HHII", *entry) for entry in entries)
    (tmp_path / "a.tif").write_bytes(data)
    assert picture_size(tmp_path / "a.tif") == (321, 123)


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"II*\0\xff\xff\xff\xff", b"v/1\1"])
def test_what_is_cut_off_has_no_size(tmp_path, data):
    (tmp_path / "a").write_bytes(data)
    assert picture_size(tmp_path / "a") is None
    assert picture_size(tmp_path) is None and picture_size(tmp_path / "nothing") is None


def test_what_blender_writes(bpy, tmp_path):
    for kind, name in (("OPEN_EXR", "a.exr"), ("TIFF", "a.tif"), ("PNG", "a.png")):
        image = bpy.data.images.new("a", 32, 12, float_buffer=True)
        image.pixels.foreach_set(np.zeros(32 * 12 * 4, np.float32))
        image.file_format = kind
        image.save(filepath=str(tmp_path / name))
        assert picture_size(tmp_path / name) == (32, 12)


def huge_png(path):
    """A small file of a picture that takes 14 GB once it is unpacked."""
    rows = columns = 60_000
    parts = [(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 1, 0, 0, 0, 0))]
    packer = zlib.compressobj(9)
    row = bytes(1 + columns // 8)
    packed = b"".join(packer.compress(row * 100) for _ in range(rows // 100)) + packer.flush()
    parts += [(b"IDAT", packed), (b"IEND", b"")]
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))


@pytest.mark.slow
def test_a_picture_that_would_take_all_memory(bpy, tmp_path, monkeypatch):
    """It is refused before Blender opens it."""
    from surface_slicer.arrays import image_heights
    from surface_slicer.arrays.heightmap import HeightmapError

    huge_png(tmp_path / "huge.png")
    assert (tmp_path / "huge.png").stat().st_size < 3_000_000
    monkeypatch.setattr(image_heights, "bpy", None)
    with pytest.raises(HeightmapError, match=r"huge.png: its array is .*too large for a surface"):
        image_heights.read_picture(tmp_path / "huge.png")
