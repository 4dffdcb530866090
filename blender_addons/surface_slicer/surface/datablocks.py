# SPDX-License-Identifier: GPL-3.0-or-later
"""From heights to datablocks: a grid, a heightmap image, the frames of an animated surface.

Each function adds what it makes to ``made`` as soon as it exists, so that it can all be removed
after a failure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from ..arrays.grid import Grid, grid
from ..arrays.heightmap import Heightmap
from ..arrays.source import Field
from ..common.geometry import new_points, set_attribute
from ..common.holders import new_holder
from . import motion
from .motion import COLOR_VALUE, HEIGHT, frame_attribute

X: Final = "x"
Y: Final = "y"
"""Point attributes with the values of x and y, in the units of the data."""
CELL: Final = "cell"
"""If there are holes, the point attribute with the index of a vertex's cell in the full grid."""


def new_grid(
    field: Field, extent: tuple[float, float], *, smooth: bool, made: list[bpy.types.ID]
) -> bpy.types.Mesh:
    """Make the flat grid of a surface.

    Parameters
    ----------
    extent : tuple of float
        Along x and y, in Blender units.

    Returns
    -------
    Mesh
        With the attributes `X` and `Y`; if nothing moves, also `playback.HEIGHT`, and no faces at
        holes.
    """
    heights = field.heights
    first = heights.values[0]
    moves = heights.frames > 1
    layout = grid(np.ones(first.shape, bool) if moves else np.isfinite(first), extent)
    mesh = _mesh(field.title, layout, smooth, made)
    row, column = np.divmod(layout.cells, heights.columns)
    for name, (start, end), share in (
        (X, field.x_range, column / (heights.columns - 1)),
        (Y, field.y_range, row / (heights.rows - 1)),
    ):
        set_attribute(mesh, name, "POINT", start + (end - start) * share)
    if not moves:
        set_attribute(mesh, HEIGHT, "POINT", first.ravel()[layout.cells])
    if heights.holes:
        set_attribute(mesh, CELL, "POINT", layout.cells)
    return mesh


def set_color_values(mesh: bpy.types.Mesh, values: NDArray[np.float32]) -> None:
    """Store one number per cell as `playback.COLOR_VALUE`.

    Parameters
    ----------
    mesh : Mesh
        From `new_grid`.
    values : ndarray, shape (rows, columns)
    """
    existing = mesh.attributes.get(COLOR_VALUE)
    if existing is not None:
        mesh.attributes.remove(existing)
    flat = values.ravel()
    numbers: Any = mesh.attributes.get(CELL)
    if numbers is not None:
        cells = np.empty(len(mesh.vertices), np.int32)
        numbers.data.foreach_get("value", cells)
        flat = flat[cells]
    set_attribute(mesh, COLOR_VALUE, "POINT", flat)
    mesh.update()


def new_texture(title: str, heights: Heightmap, made: list[bpy.types.ID]) -> bpy.types.ImageTexture:
    """Make the heightmap that a Displace modifier reads.

    Parameters
    ----------
    heights : Heightmap
        Its first frame is taken.

    Returns
    -------
    ImageTexture
        Its image has a pixel for each cell: 0 for the lowest value, 1 for the highest. Blender
        computes with textures around 0.5, so unscaled values would lose their last digits.
    """
    texture = bpy.data.textures.new(f"{title} heightmap", "IMAGE")
    assert isinstance(texture, bpy.types.ImageTexture)
    made.append(texture)
    texture.image = _image(title, heights, made)
    texture.extension = "EXTEND"
    # Each vertex has its own pixel, and takes exactly that value.
    texture.use_interpolation = False
    return texture


def new_frames(name: str, heights: Heightmap, made: list[bpy.types.ID]) -> bpy.types.Object:
    """Make an object that holds all frames; it is in no collection and never drawn."""

    def frames() -> Iterator[tuple[str, NDArray[np.float32]]]:
        for frame, values in enumerate(heights.values):
            row = values.ravel()
            if heights.holes:
                row = np.where(np.isnan(row), np.float32(motion.HOLE), row)
            yield frame_attribute(frame), row

    mesh = new_points(name, heights.rows * heights.columns, frames())
    made.append(mesh)
    return new_holder(name, mesh, made)


def _mesh(title: str, layout: Grid, smooth: bool, made: list[bpy.types.ID]) -> bpy.types.Mesh:
    mesh = bpy.data.meshes.new(title)
    made.append(mesh)
    mesh.vertices.add(len(layout.cells))
    mesh.loops.add(layout.quads.size)
    mesh.polygons.add(len(layout.quads))
    if not layout.quads.size:
        return mesh
    positions = np.zeros((len(layout.cells), 3), np.float32)
    positions[:, :2] = layout.xy
    position: Any = mesh.attributes["position"]
    _fill(position.data, "vector", positions)
    _fill(mesh.polygons, "loop_start", np.arange(0, layout.quads.size, 4, dtype=np.int32))
    # Fifty times faster than the loops' own property.
    corners: Any = mesh.attributes[".corner_vert"]
    _fill(corners.data, "value", layout.quads)
    mesh.update(calc_edges=True)
    uvs: Any = mesh.uv_layers.new(name="UVMap")
    _fill(uvs.uv, "vector", layout.uv[layout.quads])
    if not smooth:
        mesh.shade_flat()
    return mesh


def _image(title: str, heights: Heightmap, made: list[bpy.types.ID]) -> bpy.types.Image:
    image = bpy.data.images.new(
        f"{title} heightmap", heights.columns, heights.rows, float_buffer=True, is_data=True
    )
    made.append(image)
    # In double precision, since a narrow range far from zero would lose digits.
    above = heights.values[0].astype(np.float64) - heights.low
    pixels = np.ones((heights.rows, heights.columns, 4), np.float32)
    pixels[:, :, :3] = np.nan_to_num(above / heights.span)[:, :, None]
    kept: Any = image.pixels
    kept.foreach_set(pixels.ravel())
    # Without these two, the file would be saved with the previous pixels.
    image.update()
    image.pack()
    return image


def _fill(elements: Any, key: str, values: NDArray[Any]) -> None:
    # The stubs only know lists of numbers, but an array is copied a thousand times faster.
    elements.foreach_set(key, values.ravel())
