# SPDX-License-Identifier: GPL-3.0-or-later
"""A frame of a film as a picture, which a notebook shows."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import bpy

from ..rendering.frames import output_path


class Picture:
    """A picture.

    Parameters
    ----------
    png : bytes
        As a PNG file.
    """

    def __init__(self, png: bytes) -> None:
        self.png = png

    def _repr_png_(self) -> bytes:
        """Return what a notebook shows."""
        return self.png

    def save(self, path: str | Path) -> Path:
        """Write it to a file."""
        Path(path).write_bytes(self.png)
        return Path(path)


def render_picture(scene: Any, frame: int, *, percent: int, samples: int) -> Picture:
    """Render a frame, and leave the scene's settings as they are.

    Raises
    ------
    ValueError
        If the size or the samples are out of range.
    RuntimeError
        If rendering is cancelled.
    """
    if not 1 <= percent <= 400 or not 1 <= samples <= 65536:
        raise ValueError(f"{percent} % with {samples} samples cannot be rendered")
    render, image = scene.render, scene.render.image_settings
    sampling: Any = scene.cycles if render.engine == "CYCLES" else scene.eevee
    most = "samples" if render.engine == "CYCLES" else "taa_render_samples"
    settings = [
        (render, "resolution_percentage", percent),
        (sampling, most, min(samples, getattr(sampling, most))),
        (image, "media_type", "IMAGE"),
        (image, "file_format", "PNG"),
        (image, "color_depth", "8"),
        (render, "use_file_extension", True),
    ]
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in settings]
    path, current = render.filepath, scene.frame_current
    try:
        for owner, name, value in settings:
            setattr(owner, name, value)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "frame.png"
            render.filepath = output_path(file)
            scene.frame_set(frame)
            if bpy.ops.render.render(write_still=True, scene=scene.name) != {"FINISHED"}:
                raise RuntimeError(f"Rendering frame {frame} was cancelled.")
            return Picture(file.read_bytes())
    finally:
        for owner, name, value in before:
            setattr(owner, name, value)
        render.filepath = path
        scene.frame_set(current)
