# SPDX-License-Identifier: GPL-3.0-or-later
"""What frames are written as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Pictures:
    """A format of frames."""

    identifier: str
    name: str
    description: str
    ending: str
    """Of their names."""
    media: str
    file_format: str
    """Blender's names for these."""
    depth: str
    """Bits of each color."""
    is_premultiplied: bool = False
    """Whether colors are stored times coverage, so that light without coverage is kept."""


def use_pictures(
    settings: Any, pictures: Pictures, *, transparent: bool, depth: str | None = None
) -> None:
    """Make a scene's output pictures.

    Parameters
    ----------
    settings : ImageFormatSettings
        Of the scene.
    depth : str, optional
        Other than the format's own.
    """
    settings.media_type = pictures.media
    settings.file_format = pictures.file_format
    settings.color_mode = "RGBA" if transparent else "RGB"
    settings.color_depth = depth or pictures.depth
