# SPDX-License-Identifier: GPL-3.0-or-later
"""Films read back: their frames, as Blender decodes them, and their color tags."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray


def film_frames(bpy: Any, film: Path, count: int, size: tuple[int, int]) -> list[NDArray[Any]]:
    """Decode a film, in colors as a screen shows them.

    Returns
    -------
    list of ndarray, shape (height, width, 4)
        0 to 255, with fractions if the film has more than 8 bit. Colors are beside coverage, as the
        film has them.
    """
    cutting = bpy.data.scenes.new("Cutting")
    strips = cutting.sequence_editor_create().strips
    strip = strips.new_movie("Film", str(film), channel=1, frame_start=1)
    strip.blend_type, strip.use_float = "ALPHA_OVER", True
    cutting.view_settings.view_transform = "Standard"
    render = cutting.render
    render.resolution_x, render.resolution_y = size
    settings = render.image_settings
    settings.file_format, settings.color_mode, settings.color_depth = "OPEN_EXR", "RGBA", "32"
    found = []
    for frame in range(1, count + 1):
        cutting.frame_set(frame)
        render.filepath = str(film.with_name(f"{film.stem}_{frame}.seen.exr"))
        bpy.ops.render.render(write_still=True, scene=cutting.name)
        found.append(_decoded(bpy, Path(render.filepath), is_float=film.suffix == ".mov"))
    bpy.data.scenes.remove(cutting)
    return found


def by_ffmpeg(film: Path, size: tuple[int, int]) -> NDArray[np.float64]:
    """Decode the first frame with another program than Blender, shape (height, width, 4).

    Colors are as a screen shows them, 0 to 255, beside coverage, as the film has them.
    """
    ffmpeg = pytest.importorskip("imageio_ffmpeg").get_ffmpeg_exe()
    # FFmpeg's own VP9 leaves transparency out.
    decoder = ["-c:v", "libvpx-vp9"] if film.suffix == ".webm" else []
    words = ["-v", "error", *decoder, "-i", str(film), "-frames:v", "1", "-f", "rawvideo"]
    done = subprocess.run(
        [ffmpeg, *words, "-pix_fmt", "rgba64le", "-"], capture_output=True, check=True
    )
    width, height = size
    return np.frombuffer(done.stdout, "<u2").reshape(height, width, 4) / 257.0


def _decoded(bpy: Any, path: Path, *, is_float: bool) -> NDArray[Any]:
    """Read what Blender made of a frame: linear light times coverage.

    Blender takes colors of more than 8 bit for colors times coverage, and divides them.
    """
    image = bpy.data.images.load(str(path), check_existing=False)
    image.colorspace_settings.name, image.alpha_mode = "Non-Color", "PREMUL"
    (width, height), pixels = image.size, np.empty(image.size[0] * image.size[1] * 4, np.float32)
    image.pixels.foreach_get(pixels)
    bpy.data.images.remove(image)
    seen = pixels.reshape(height, width, 4)[::-1].astype(np.float64)
    alpha = seen[..., 3:]
    linear = seen[..., :3] / np.where(alpha > 0, alpha, 1)
    curve = 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055
    shown = np.where(linear <= 0.0031308, 12.92 * linear, curve)
    return 255 * np.concatenate([shown * (alpha if is_float else 1), alpha], axis=2)


def png16(bpy: Any, path: Path) -> NDArray[Any]:
    """Read a PNG file of 8 or 16 bit: 0 to 255, colors beside coverage, the top row first."""
    image = bpy.data.images.load(str(path), check_existing=False)
    image.colorspace_settings.name, image.alpha_mode = "Non-Color", "CHANNEL_PACKED"
    (width, height), pixels = image.size, np.empty(image.size[0] * image.size[1] * 4, np.float32)
    image.pixels.foreach_get(pixels)
    bpy.data.images.remove(image)
    return pixels.reshape(height, width, 4)[::-1].astype(np.float64) * 255


def color_tags(film: Path) -> tuple[int, int, int]:
    """Find what a film says about its primaries, transfer and matrix, as in ISO/IEC 23091-2.

    From the atom `colr` of MP4 and QuickTime, or the elements of `Colour` in WebM. 1 is BT.709.
    """
    data = film.read_bytes()
    if film.suffix == ".webm":
        elements = (b"\x55\xbb\x81", b"\x55\xba\x81", b"\x55\xb1\x81")
        return tuple(data[data.index(one) + 3] for one in elements)  # type: ignore[return-value]
    place = data.index(b"colr")
    assert data[place + 4 : place + 8] in (b"nclx", b"nclc")
    return tuple(  # type: ignore[return-value]
        int.from_bytes(data[place + 8 + 2 * k : place + 10 + 2 * k], "big") for k in range(3)
    )
