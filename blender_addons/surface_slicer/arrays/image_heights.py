# SPDX-License-Identifier: GPL-3.0-or-later
"""Heights from images: TIFF as the numbers it holds, others by Blender's own loader."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from .arrangement import Located
from .array_file import Tell, silent
from .heightmap import HeightmapError, check_shape
from .picture_size import cut_off, is_animated, picture_size
from .tiff import read_tiff

TIFF: Final = (".tif", ".tiff")
# Formats of numbers that are not between 0 and a maximum.
_FLOATS: Final = (".exr", ".hdr")
EXTENSIONS: Final = (".png", *TIFF, ".exr", ".hdr", ".jpg", ".jpeg", ".bmp", ".webp")


def read_picture(filepath: str | os.PathLike[str], page: str = "", tell: Tell = silent) -> Located:
    """Read an image's values as stored in the file.

    Parameters
    ----------
    page : str
        Which page of a TIFF; see `tiff.read_tiff`.
    tell : callable
        Called with a sentence for each guess.

    Returns
    -------
    Located
        The mean of the color channels, row 0 at the top; NaN where the image is transparent.
        Integers of a TIFF keep their values, those of other images are divided by their maximum,
        255 or 65,535; floating point numbers are unchanged.

    Raises
    ------
    HeightmapError
        One sentence with the file's name.
    """
    path = Path(os.fspath(filepath))
    if not path.is_file():
        problem = "it is a folder" if path.is_dir() else "there is no such file"
        raise HeightmapError(f"Cannot read {path.name}: {problem}.")
    if path.suffix.lower() in TIFF:
        return _read_tiff(path, page, tell)
    if problem := cut_off(path):
        raise HeightmapError(f"Cannot read {path.name}: {problem}.")
    size = picture_size(path)
    if size is not None:
        _check_size(size, path.name)
    try:
        image = bpy.data.images.load(str(path.resolve()))
    except RuntimeError:
        raise HeightmapError(
            f"Cannot read {path.name}: Blender cannot open it as an image."
        ) from None
    try:
        # Otherwise 16-bit and float images are converted to linear light,
        colorspace: Any = image.colorspace_settings
        colorspace.name = "Non-Color"
        # and the colors of transparent pixels are lost.
        image.alpha_mode = "CHANNEL_PACKED"
        heights = pixel_heights(image, path.name, lambda note: tell(f"{path.name}: {note}"))
    finally:
        bpy.data.images.remove(image)
    if is_animated(path):
        tell(f"{path.name}: It is animated; its first picture was read.")
    if path.suffix.lower() not in _FLOATS:
        tell(
            f"{path.name}: Its numbers were divided by their maximum, so white is 1; those of a "
            "TIFF stay as they are."
        )
    return Located(heights)


def pixel_heights(
    image: bpy.types.Image, name: str = "", tell: Tell = silent
) -> NDArray[np.float32]:
    """Read the heights from the pixels of an image.

    Parameters
    ----------
    name : str
        Its name in errors; the image's own if not given.
    tell : callable
        Called with a sentence if it has colors.

    Returns
    -------
    ndarray of float32, shape (rows, columns)
        The mean of the color channels, row 0 at the top; NaN where it is transparent.

    Raises
    ------
    HeightmapError
        If it has no pixels, too many, or only transparent ones.
    """
    name = name or f"image '{image.name}'"
    size: Any = image.size
    columns, rows = (int(n) for n in size)
    channels = image.channels
    if not (rows and columns and channels):
        raise HeightmapError(
            f"Cannot read {name}: it is damaged, or not an image that Blender can read."
        )
    _check_size((columns, rows), name)
    flat = np.empty(rows * columns * channels, np.float32)
    pixels: Any = image.pixels
    pixels.foreach_get(flat)
    every = flat.reshape(rows, columns, channels)[::-1]
    # In double precision, since the mean of three equal numbers must be exactly that number.
    colors = every[:, :, : 1 if channels < 3 else 3]
    heights = np.asarray(colors.mean(axis=2, dtype=np.float64), np.float32)
    if (colors != colors[:, :, :1]).any():
        tell("Its heights are the mean of its colors.")
    if channels in (2, 4):
        clear = every[:, :, -1] == 0.0
        if clear.all():
            raise HeightmapError(f"Cannot read {name}: all of its pixels are transparent.")
        heights[clear] = np.nan
    return heights


def _read_tiff(path: Path, page: str, tell: Tell) -> Located:
    try:
        with path.open("rb") as file:
            return read_tiff(file, page, lambda note: tell(f"{path.name}: {note}"))
    except HeightmapError as error:
        problem = str(error)
    except OSError as error:
        problem = error.strerror or str(error)
    except MemoryError:
        problem = "there is not enough memory"
    raise HeightmapError(f"Cannot read {path.name}: {problem}.") from None


def _check_size(size: tuple[int, int], name: str) -> None:
    columns, rows = size
    try:
        check_shape((rows, columns), np.dtype(np.float32))
    except HeightmapError as error:
        raise HeightmapError(f"Cannot read {name}: {error}.") from None
