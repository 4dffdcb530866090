# SPDX-License-Identifier: GPL-3.0-or-later
"""A colormap as an image in which shaders look up colors.

The image has 256 x 1 float pixels with linear values. Read with *Closest*, every pixel has exactly
the color that the colormap's own library gives for the value.
"""

from __future__ import annotations

from typing import Any, Final

import bpy
import numpy as np

from ..marks import SHARED, Mark
from . import table

NAME: Final = Mark(SHARED, "colormap", "colormap", lambda image: image.name.startswith("colormap "))
"""The image's custom property that holds the colormap's name, whatever the image is called."""


def colormap_image(name: str, *, reverse: bool = False) -> bpy.types.Image:
    """Make the image that holds a colormap, or return the existing one.

    Returns
    -------
    Image
        256 x 1 pixels, float, Non-Color, packed into the file.

    Raises
    ------
    UnknownColormapError
        If there is no such colormap.
    """
    stops = table.linear_stops(name, reverse=reverse)
    pixels = np.ones((len(stops), 4), np.float32)
    pixels[:, :3] = stops
    title = f"colormap {name}{' reversed' if reverse else ''}"
    image = bpy.data.images.get(title)
    if image is not None and image.library is None and tuple(image.size) == (len(stops), 1):
        kept = np.empty_like(pixels)
        _pixels(image).foreach_get(kept.ravel())
        if np.array_equal(kept, pixels):
            return image
    image = bpy.data.images.new(title, len(stops), 1, float_buffer=True, is_data=True)
    colorspace: Any = image.colorspace_settings
    colorspace.name = "Non-Color"
    _pixels(image).foreach_set(pixels.ravel())
    # Without these two, the file would be saved with the previous pixels.
    image.update()
    image.pack()
    NAME.put(image, name)
    return image


def _pixels(image: bpy.types.Image) -> Any:
    # The stubs only know lists of numbers, but an array is copied a thousand times faster.
    return image.pixels
