# SPDX-License-Identifier: GPL-3.0-or-later
"""How large pictures say they are, against the programs that wrote them."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from surface_slicer.arrays.picture_size import cut_off, is_animated, picture_size


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.png", {}),
        ("a.jpg", {}),
        ("a.jpg", {"progressive": True}),
    ],
)
def test_what_pillow_writes(tmp_path, name, options):
    Image.fromarray(np.zeros((123, 321), np.uint8)).save(tmp_path / name, **options)
    assert picture_size(tmp_path / name) == (321, 123)


@pytest.mark.parametrize("name", ["a.png", "a.webp"])
def test_several_pictures_are_noticed(tmp_path, name):
    first, second = (Image.fromarray(np.full((20, 30), n, np.uint8)) for n in (50, 90))
    first.save(tmp_path / name)
    assert not is_animated(tmp_path / name)
    first.save(tmp_path / name, save_all=True, append_images=[second])
    assert is_animated(tmp_path / name)


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"v/1\1"])
def test_what_is_cut_off_has_no_size(tmp_path, data):
    (tmp_path / "a").write_bytes(data)
    assert picture_size(tmp_path / "a") is None
    assert picture_size(tmp_path) is None and picture_size(tmp_path / "nothing") is None


@pytest.mark.parametrize("share", [0.3, 0.7, 0.99])
def test_jpeg_that_is_cut_off(tmp_path, share):
    """Blender's loader fills the rest with gray and says nothing."""
    path = tmp_path / "a.jpg"
    noise = np.random.default_rng(0).integers(0, 255, (60, 80), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    content = path.read_bytes()
    assert cut_off(path) == ""
    path.write_bytes(content + b"a maker's own data")
    assert cut_off(path) == ""
    path.write_bytes(content[: int(len(content) * share)])
    assert cut_off(path) == "it ends early"


def test_what_blender_writes(bpy, tmp_path):
    for kind, name in (("OPEN_EXR", "a.exr"), ("PNG", "a.png")):
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
