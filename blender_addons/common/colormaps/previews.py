# SPDX-License-Identifier: GPL-3.0-or-later
"""Previews of colormaps and pictures for panels, made when they are first drawn.

Icons are square, so a gradient is drawn as a row of them. `free` releases the memory; an add-on
calls it when it is unregistered.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import bpy.utils.previews
import numpy as np
from numpy.typing import NDArray

# Blender draws icons at 16 pixels, or 32 on high-density screens.
_SIDE = 32

_previews: Any = None
_shown: dict[str, bytes] = {}


def gradient(key: str, colors: NDArray[np.float64]) -> list[int]:
    """Make the icons that show a gradient.

    Parameters
    ----------
    key : str
        Identifies the gradient. The icons of a key stay the same, whatever they show.
    colors : ndarray, shape (icons * columns, 3)
        sRGB-encoded, 0 to 1, from left to right; at least one column for each of some icons.

    Returns
    -------
    list of int
        Icons from left to right, for ``layout.label(icon_value=...)``; 32 columns to an icon.
    """
    global _previews
    if _previews is None:
        _previews = bpy.utils.previews.new()
    count = max(len(colors) // _SIDE, 1)
    rgba = np.full((len(colors), 4), 255, np.uint8)
    rgba[:, :3] = np.rint(colors * 255)
    is_new = _shown.get(key) != rgba.tobytes()
    icons = []
    for index in range(count):
        name = f"{key} {index}"
        preview = _previews[name] if name in _previews else _previews.new(name)
        if is_new:
            columns = np.tile(rgba[index * _SIDE : (index + 1) * _SIDE], (_SIDE, 1))
            preview.icon_size = (_SIDE, _SIDE)
            preview.icon_pixels.foreach_set(np.ascontiguousarray(columns).view(np.int32).ravel())
        icons.append(preview.icon_id)
    _shown[key] = rgba.tobytes()
    return icons


def picture(path: Path) -> int:
    """Return the icon that shows a picture file, for ``layout.template_icon``."""
    global _previews
    if _previews is None:
        _previews = bpy.utils.previews.new()
    name = str(path)
    if name not in _previews:
        _previews.load(name, name, "IMAGE")
    return int(_previews[name].icon_id)


def columns(icons: int) -> NDArray[np.float64]:
    """Return the columns' positions in a row of icons, from 0 at the left to 1 at the right."""
    count = icons * _SIDE
    return (np.arange(count) + 0.5) / count


def free() -> None:
    """Release the memory of all previews; they are rebuilt when drawn again."""
    global _previews
    if _previews is not None:
        bpy.utils.previews.remove(_previews)
    _previews = None
    _shown.clear()
