# SPDX-License-Identifier: GPL-3.0-or-later
"""Previews of colormaps in a band along the lower edge of a 3D viewport, and their positions.

The band leaves the rest of the viewport free, so that the object to color stays visible. `Band` is
arithmetic; `draw` needs a window.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import blf
import bpy
import gpu
import numpy as np
from gpu_extras.batch import batch_for_shader

from . import table

# In pixels at standard density, like all sizes here.
_CELL_WIDTH: Final = 168
_CELL_HEIGHT: Final = 20
_PICTURE: Final = 64
_HEAD: Final = 26
_GAP: Final = 4
_TEXT: Final = 11
# Maximum fraction of the viewport's height that the previews cover.
_SHARE: Final = 0.3
# The band goes above a panel as low as this, and beside a higher one.
_LOW_SHARE: Final = 0.15
# Rectangles per preview, each of one color.
_COLUMNS: Final = 64
_BACKGROUND: Final = (0.09, 0.09, 0.09, 0.92)
_CHOSEN: Final = (0.28, 0.45, 0.70, 1.0)
_WORDS: Final = (0.9, 0.9, 0.9, 1.0)
_HINT: Final = (0.62, 0.62, 0.62, 1.0)


@dataclass(frozen=True, slots=True)
class Band:
    """Where previews are, in pixels from the viewport's lower left corner.

    Attributes
    ----------
    left, right, bottom : float
        Bounds of the area free of other regions, see `free_part`.
    height : float
        The viewport's.
    scale : float
        Size of the interface.
    count : int
        Number of colormaps to choose from.
    first_row : int
        The first visible one.
    """

    left: float
    right: float
    bottom: float
    height: float
    scale: float
    count: int
    first_row: int = 0

    @property
    def columns(self) -> int:
        """Number of previews side by side."""
        return max(1, int((self.right - self.left) // (_CELL_WIDTH * self.scale)))

    @property
    def rows(self) -> int:
        """Number of rows."""
        return math.ceil(self.count / self.columns)

    @property
    def seen_rows(self) -> int:
        """Number of rows visible at once."""
        most = max(1, int(self.height * _SHARE // (_CELL_HEIGHT * self.scale)))
        return max(1, min(self.rows, most))

    @property
    def top(self) -> float:
        """Position of the band's upper edge."""
        return self.bottom + (self.seen_rows * _CELL_HEIGHT + _HEAD + _GAP) * self.scale

    def seen(self) -> range:
        """List the colormaps whose previews are visible."""
        begin = self.first_row * self.columns
        return range(begin, min(begin + self.seen_rows * self.columns, self.count))

    def cell(self, number: int) -> tuple[float, float, float, float]:
        """Return where a preview and its name are: left, bottom, right, top."""
        row, column = divmod(number, self.columns)
        width = (self.right - self.left) / self.columns
        left = self.left + column * width
        top = self.top - (_HEAD + (row - self.first_row) * _CELL_HEIGHT) * self.scale
        return left, top - _CELL_HEIGHT * self.scale, left + width, top

    def at(self, x: float, y: float) -> int | None:
        """Return which colormap is at a position, if there is one."""
        for number in self.seen():
            left, bottom, right, top = self.cell(number)
            if left <= x < right and bottom <= y < top:
                return number
        return None

    def row_to_see(self, number: int) -> int:
        """Return which row must be the first so that a colormap is visible."""
        row = number // self.columns
        last = max(0, self.rows - self.seen_rows)
        return min(max(self.first_row, row - self.seen_rows + 1, 0), row, last)


def step(number: int | None, key: str, count: int, columns: int, page: int) -> int:
    """Move to another colormap.

    Parameters
    ----------
    number : int or None
        The current one.
    key : str
        Type of the event: an arrow, the mouse wheel, Home, End, Page Up, Page Down.
    count, columns, page : int
        Numbers in all, in a row and on a page.

    Returns
    -------
    int
        Clamped to the first and the last one.
    """
    if number is None or key == "HOME":
        return 0
    by = {
        "LEFT_ARROW": -1, "WHEELUPMOUSE": -1, "UP_ARROW": -columns, "PAGE_UP": -page,
        "RIGHT_ARROW": 1, "WHEELDOWNMOUSE": 1, "DOWN_ARROW": columns, "PAGE_DOWN": page,
        "END": count,
    }[key]  # fmt: skip
    return min(max(number + by, 0), count - 1)


def free_part(area: bpy.types.Area, region: bpy.types.Region) -> tuple[int, int, int]:
    """Find the part of a viewport left free by sidebar, toolbar and the last operation's panel.

    Parameters
    ----------
    region : Region
        Of type WINDOW, in that area.

    Returns
    -------
    left, right, bottom : int
        In pixels from the region's lower left corner.
    """
    left, right, bottom = 0, region.width, 0
    for other in area.regions:
        if other.width <= 1 or other.type not in ("TOOLS", "UI", "HUD"):
            continue
        if other.type == "HUD":
            top = other.y + other.height - region.y
            if top < region.height * _LOW_SHARE:
                bottom = max(bottom, top)
            else:
                left = max(left, other.x + other.width - region.x)
        elif other.alignment == "RIGHT":
            right = min(right, other.x - region.x)
        elif other.alignment == "LEFT":
            left = max(left, other.x + other.width - region.x)
    return left, max(right, left + 1), bottom


def draw(band: Band, names: Sequence[str], chosen: int | None, head: str, hint: str) -> None:
    """Draw the band into the viewport that is being drawn.

    Parameters
    ----------
    names : sequence of str
        Of the colormaps to choose from.
    chosen : int or None
        The current one among them.
    head, hint : str
        Text above the previews, with the hint on the right if there is space.
    """
    scale = band.scale
    gpu.state.blend_set("ALPHA")
    _fill(band.left, band.bottom, band.right, band.top, _BACKGROUND)
    if chosen is not None and chosen in band.seen():
        left, bottom, right, top = band.cell(chosen)
        _fill(left + scale, bottom + scale, right - scale, top - scale, _CHOSEN)
    _draw_pictures(band, names)
    for number in band.seen():
        left, bottom, right, _top = band.cell(number)
        x = left + (_PICTURE + 3 * _GAP) * scale
        _write(names[number], x, bottom + 6 * scale, right - x - _GAP * scale, scale, _WORDS)
    y = band.top - 18 * scale
    end = _write(head, band.left + 2 * _GAP * scale, y, band.right - band.left, scale, _WORDS)
    blf.size(0, _TEXT * scale)
    begin = band.right - blf.dimensions(0, hint)[0] - 2 * _GAP * scale
    if begin > end + 4 * _GAP * scale:
        _write(hint, begin, y, band.right - begin, scale, _HINT)
    gpu.state.blend_set("NONE")


def _draw_pictures(band: Band, names: Sequence[str]) -> None:
    """Draw all previews at once, each as a row of rectangles."""
    corners, colors = [], []
    places = (np.arange(_COLUMNS) + 0.5) / _COLUMNS
    for number in band.seen():
        left, bottom, _right, top = band.cell(number)
        edges = left + (_GAP + np.linspace(0, _PICTURE, _COLUMNS + 1)) * band.scale
        low, high = bottom + 3 * band.scale, top - 3 * band.scale
        rectangles = np.empty((_COLUMNS, 4, 2), np.float32)
        rectangles[:, 0::3, 0], rectangles[:, 1:3, 0] = edges[:-1, None], edges[1:, None]
        rectangles[:, :2, 1], rectangles[:, 2:, 1] = low, high
        corners.append(rectangles)
        colors.append(np.repeat(table.shown_colors(names[number], places), 4, axis=0))
    if not corners:
        return
    positions = np.concatenate(corners).reshape(-1, 2)
    rgba = np.ones((len(positions), 4), np.float32)
    rgba[:, :3] = np.concatenate(colors)
    quads = np.arange(len(positions), dtype=np.int32).reshape(-1, 4)
    triangles = np.ascontiguousarray(quads[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3))
    shader = gpu.shader.from_builtin("FLAT_COLOR")
    content: Any = {"pos": positions, "color": rgba}
    indices: Any = triangles
    batch_for_shader(shader, "TRIS", content, indices=indices).draw(shader)


def _fill(left: float, bottom: float, right: float, top: float, color: Sequence[float]) -> None:
    shader = gpu.shader.from_builtin("UNIFORM_COLOR")
    shader.uniform_float("color", color)
    corners = [(left, bottom), (right, bottom), (left, top), (right, top)]
    batch_for_shader(shader, "TRI_STRIP", {"pos": corners}).draw(shader)


def _write(
    text: str, x: float, y: float, room: float, scale: float, color: Sequence[float]
) -> float:
    """Write as much of a line as fits, and return where it ends."""
    blf.size(0, _TEXT * scale)
    blf.color(0, *color)
    while len(text) > 1 and blf.dimensions(0, text)[0] > room:
        text = f"{text.removesuffix('…')[:-1]}…"
    blf.position(0, x, y, 0)
    blf.draw(0, text)
    return x + float(blf.dimensions(0, text)[0])
