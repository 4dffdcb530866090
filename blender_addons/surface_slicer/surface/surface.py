# SPDX-License-Identifier: GPL-3.0-or-later
"""From heights to an object: a flat grid that a modifier lifts.

A static surface is lifted by a Displace modifier with the heights as its texture, an animated one
by the node group of `playback`. The grid stores the values for colors as point attributes:
`build.X` and `build.Y`, and `playback.HEIGHT`, all in the units of the data.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from dataclasses import fields as settings_of
from typing import Any, Final

import bpy
import numpy as np

from ..arrays.array_file import Tell, silent
from ..arrays.heightmap import Heightmap, HeightmapError
from ..arrays.image_heights import TIFF
from ..arrays.source import Field, Source, read_field
from ..common.colormaps.cyclic import is_cyclic
from ..common.frame_range import make_room
from ..common.holders import keep_together, let_go
from ..common.nodes.modifiers import input_value, set_inputs
from ..common.placing import link, select_only
from ..common.required import required
from ..common.tables import find_period
from ..common.value_color import limit_inputs, set_limits
from ..properties import about
from . import motion
from .axes import add_axes, find_axes
from .base_plane import add_base_plane, find_base_plane
from .cyclic_colors import match_cyclic
from .datablocks import new_frames, new_grid, new_texture, set_color_values
from .lift import DISPLACE, extent, find_lift, height_of, is_surface, set_height
from .surface_color import ATTRIBUTES, find_material, shown

# Integers that 0.1.0 showed as 1.
_LARGEST_INTEGERS: Final = (255, 65_535, 127, 32_767)
# Blender's own limit of what a Displace modifier adds.
_MOST_HEIGHT: Final = 10_000
# Default height, relative to the longer side.
_FITTED: Final = 0.45


def create_surface(
    context: bpy.types.Context,
    source: Source | None = None,
    *,
    size: tuple[float, float] = (2.0, 0.0),
    height_scale: float = 0.0,
    smooth: bool = True,
    set_frame_range: bool = True,
    tell: Tell = silent,
) -> bpy.types.Object:
    """Make a surface from a file, an image or a formula.

    Parameters
    ----------
    context : Context
        The object goes into its active collection and becomes active.
    source : Source, optional
        The product of two mixtures of normal distributions if not given.
    size, height_scale, smooth, set_frame_range
        See `add_surface`.
    tell : callable
        See `array_file.Tell`.

    Returns
    -------
    Object
        A mesh. `reload_surface` reads its source again.

    Raises
    ------
    HeightmapError
        One sentence; nothing is added then.
    """
    source = source or Source()
    surface = add_surface(
        context,
        read_field(source, tell),
        size=size,
        height_scale=height_scale,
        smooth=smooth,
        set_frame_range=set_frame_range,
    )
    remember(surface, source)
    return surface


def add_surface(
    context: bpy.types.Context,
    field: Field,
    *,
    size: tuple[float, float] = (2.0, 0.0),
    height_scale: float = 0.0,
    smooth: bool = True,
    set_frame_range: bool = True,
) -> bpy.types.Object:
    """Make a surface from given heights.

    Parameters
    ----------
    context : Context
        The object goes into its active collection and becomes active.
    field : Field
        See `source.array_field` for arrays.
    size : tuple of float
        Extent along x and y in Blender units; 0 along y for square cells.
    height_scale : float
        Blender units per unit of the data, with the value 0 in the plane; 0 fits the heights to the
        size, with the lowest value in the plane unless the data has both signs.
    smooth : bool
        Shade smooth instead of showing the quads.
    set_frame_range : bool
        Make an empty scene as long as an animated surface, and extend one already in use if needed;
        see `common.frame_range`.
    """
    heights = field.heights
    made: list[bpy.types.ID] = []
    try:
        parts = _new_parts(field, size, smooth, made)
        surface = bpy.data.objects.new(field.title, parts.mesh)
        made.append(surface)
        _lift_by(surface, parts, heights)
        _keep_holders(surface, made)
        set_height(surface, *_fitted(heights, height_scale, size))
        _describe(surface, field, size)
        about(surface).period_begin, about(surface).period = _period(heights)
        if heights.frames > 1:
            scene = context.scene
            start = make_room(scene, heights.frames, 1, lengthen=set_frame_range)
            set_inputs(required(motion.find_modifier(surface)), {"Start Frame": float(start)})
        link(context, surface)
    except BaseException:
        bpy.data.batch_remove(made)
        raise
    select_only(context, [surface])
    return surface


def reload_surface(
    surface: bpy.types.Object, source: Source | None = None, tell: Tell = silent
) -> None:
    """Read a surface's source again, or replace it with another.

    Materials, modifiers and the height scale are kept. So is a second array from a file named in
    `about`, which is read again.

    Parameters
    ----------
    source : Source, optional
        The remembered one if not given.
    tell : callable
        See `array_file.Tell`.

    Raises
    ------
    HeightmapError
        One sentence; the surface is unchanged then.
    """
    source = source or remembered(surface)
    field = read_field(source, tell)
    data = about(surface)
    color = None
    if data.color_filepath:
        color = read_field(color_source(source, data.color_filepath, data.color_array), tell)
        check_same_shape(color, field)
    _adopt_integers(surface, field, tell)
    replace_heights(surface, field)
    remember(surface, source)
    if color is not None:
        # As the user left it.
        kept = data.color_period_begin, data.color_period
        set_color_array(surface, color)
        data.color_period_begin, data.color_period = kept
    material = find_material(surface)
    if material is not None and is_cyclic(material.node_tree):
        match_cyclic(surface, material, ATTRIBUTES[shown(material)], cyclic=True)


def replace_heights(surface: bpy.types.Object, field: Field) -> None:
    """Load other heights into an existing surface and its twins; see `reload_surface`."""
    mesh = surface.data
    assert isinstance(mesh, bpy.types.Mesh)
    data = about(surface)
    size = (data.size[0], data.size[1])
    smooth = bool(len(mesh.polygons)) and mesh.polygons[0].use_smooth
    sharing = [thing for thing in bpy.data.objects if thing.data == mesh and is_surface(thing)]
    made: list[bpy.types.ID] = []
    try:
        parts = _new_parts(field, size, smooth, made)
    except BaseException:
        bpy.data.batch_remove(made)
        raise
    for material in mesh.materials:
        parts.mesh.materials.append(material)
    old: list[Any] = [mesh]
    mesh.user_remap(parts.mesh)
    for thing in sharing:
        old += [block for block in _holders(thing) if block not in old]
        height = _rescaled(thing, field.heights)
        _lift_by(thing, parts, field.heights)
        _keep_holders(thing, made)
        set_height(thing, *height)
        _describe(thing, field, size)
        for find, fit in ((find_base_plane, add_base_plane), (find_axes, add_axes)):
            if find(thing) is not None:
                fit(thing)
    # Objects first, since they use the meshes.
    for block in sorted(old, key=lambda block: not isinstance(block, bpy.types.Object)):
        if not block.users:
            bpy.data.batch_remove([block])


def set_color_array(surface: bpy.types.Object, field: Field) -> None:
    """Give a surface a second array, which materials read as `playback.COLOR_VALUE`.

    Parameters
    ----------
    field : Field
        With as many rows and columns as the surface, and as many frames or just one.

    Raises
    ------
    HeightmapError
        If the numbers differ.
    """
    data, heights = about(surface), field.heights
    _check_shape_of(field, data.frames, data.rows, data.columns)
    mesh = surface.data
    assert isinstance(mesh, bpy.types.Mesh)
    modifier = motion.find_modifier(surface)
    moves = modifier is not None and heights.frames > 1
    if not moves:
        set_color_values(mesh, heights.values[0])
    if modifier is not None:
        before = input_value(modifier, "Color Values").value
        holder = new_frames(f"{surface.name} color values", heights, []) if moves else None
        set_inputs(modifier, {"Color Values": holder, "Has Color Values": moves})
        _keep_holders(surface, [])
        if before is not None and not before.users:
            bpy.data.batch_remove([before, before.data])
    data.color_title = field.title
    data.color_period_begin, data.color_period = _period(heights)
    data.color_low, data.color_high = heights.low, heights.high


def read_color_array(
    surface: bpy.types.Object, filepath: str, array: str = "", tell: Tell = silent
) -> None:
    """Give a surface a second array from a file, which `reload_surface` reads again.

    Parameters
    ----------
    filepath, array : str
        See `Source`.
    tell : callable
        See `array_file.Tell`.

    Raises
    ------
    HeightmapError
        One sentence; the surface is unchanged then.
    """
    if not filepath:
        raise HeightmapError("Choose an array or an image first.")
    set_color_array(surface, read_field(color_source(remembered(surface), filepath, array), tell))
    data = about(surface)
    data.color_filepath, data.color_array = filepath, array


def check_same_shape(color: Field, field: Field) -> None:
    """Check that a second array fits heights.

    Raises
    ------
    HeightmapError
        If it has other rows or columns, or several frames but not as many.
    """
    heights = field.heights
    _check_shape_of(color, heights.frames, heights.rows, heights.columns)


def shape_text(frames: int, rows: int, columns: int) -> str:
    """Write a shape in words."""
    return f"{rows:,} x {columns:,} values" + (f" in {frames:,} frames" if frames > 1 else "")


def remember(surface: bpy.types.Object, source: Source) -> None:
    """Store with a surface where it comes from."""
    data = about(surface)
    for setting in settings_of(Source):
        setattr(data, setting.name, getattr(source, setting.name))


def remembered(surface: bpy.types.Object) -> Source:
    """Return where a surface comes from."""
    return source_of(about(surface))


def source_of(settings: Any) -> Source:
    """Collect the settings that say where heights come from."""
    values: dict[str, Any] = {}
    for setting in settings_of(Source):
        value = getattr(settings, setting.name)
        values[setting.name] = value if isinstance(value, str | bool) else tuple(value)
    return Source(**values)


def color_source(source: Source, filepath: str, array: str = "") -> Source:
    """Return the source of a surface's second array: it has the layout of the heights.

    Parameters
    ----------
    source : Source
        Of the heights.
    filepath, array : str
        See `Source`.
    """
    return dataclasses.replace(source, filepath=filepath, array=array)


@dataclass(frozen=True, slots=True)
class _Parts:
    """The grid of a surface, and what lifts it: a texture, or an object with the frames."""

    mesh: bpy.types.Mesh
    texture: bpy.types.ImageTexture | None
    frames: bpy.types.Object | None


def _new_parts(
    field: Field, size: tuple[float, float], smooth: bool, made: list[bpy.types.ID]
) -> _Parts:
    heights = field.heights
    mesh = new_grid(field, extent(size, heights.rows, heights.columns), smooth=smooth, made=made)
    if heights.frames > 1:
        return _Parts(mesh, None, new_frames(f"{field.title} heights", heights, made))
    return _Parts(mesh, new_texture(field.title, heights, made), None)


def _lift_by(surface: bpy.types.Object, parts: _Parts, heights: Heightmap) -> None:
    """Give a surface the modifier that its heights need, or change the one it has."""
    modifier = find_lift(surface)
    kind = bpy.types.NodesModifier if parts.texture is None else bpy.types.DisplaceModifier
    if modifier is not None and not isinstance(modifier, kind):
        if isinstance(modifier, bpy.types.NodesModifier):
            # Otherwise Blender keeps counting it as a user of them.
            set_inputs(modifier, dict.fromkeys(motion.HELD))
        surface.modifiers.remove(modifier)
        modifier = None
    if modifier is None:
        if parts.texture is None:
            modifier = motion.add_modifier(surface, {})
        else:
            modifier = surface.modifiers.new(DISPLACE, "DISPLACE")
        # Before any other modifier on the surface.
        surface.modifiers.move(len(surface.modifiers) - 1, 0)
        modifier = surface.modifiers[0]
    if isinstance(modifier, bpy.types.DisplaceModifier):
        modifier.texture_coords = "UV"
        modifier.direction = "Z"
        modifier.texture = parts.texture
    elif isinstance(modifier, bpy.types.NodesModifier):
        set_inputs(
            modifier,
            {
                "Values": parts.frames,
                "Color Values": None,
                "Has Color Values": False,
                "Samples": heights.frames,
                "Lowest": heights.low,
                "Highest": heights.low + heights.span,
                "Has Holes": heights.holes > 0,
            },
        )


def _keep_holders(surface: bpy.types.Object, made: list[bpy.types.ID]) -> None:
    """Keep the objects that hold an animated surface's arrays together."""
    modifier = motion.find_modifier(surface)
    data = about(surface)
    before, data.holders = data.holders, None
    let_go(before)
    if modifier is not None:
        held = [input_value(modifier, name).value for name in motion.HELD]
        data.holders = keep_together(surface.name, held, made)


def _check_shape_of(color: Field, frames: int, rows: int, columns: int) -> None:
    heights = color.heights
    same = (heights.rows, heights.columns) == (rows, columns)
    if not same or heights.frames not in (1, frames):
        raise HeightmapError(
            f"'{color.title}' has {shape_text(heights.frames, heights.rows, heights.columns)}, "
            f"the surface {shape_text(frames, rows, columns)}; they must be the same."
        )


def _fitted(
    heights: Heightmap, height_scale: float, size: tuple[float, float]
) -> tuple[float, float]:
    """Height and midlevel of a new surface."""
    zero = -heights.low / heights.span
    if height_scale:
        height = heights.span * height_scale
        if abs(height) > _MOST_HEIGHT:
            raise HeightmapError(
                f"The surface would be {abs(height):,.6g} Blender units high; at most "
                f"{_MOST_HEIGHT:,} are possible, so lower Height Scale."
            )
        return height, zero
    both_signs = heights.low < 0 < heights.high
    return _FITTED * max(extent(size, heights.rows, heights.columns)), zero if both_signs else 0.0


def _rescaled(surface: bpy.types.Object, heights: Heightmap) -> tuple[float, float]:
    """Height and midlevel that give other heights the surface's current scale."""
    data = about(surface)
    before = (data.high - data.low) or 1.0
    height, midlevel = height_of(surface)
    if data.base != heights.base:
        return height / before * heights.span, midlevel
    in_plane = data.low + midlevel * before
    return height / before * heights.span, (in_plane - heights.low) / heights.span


def _adopt_integers(surface: bpy.types.Object, field: Field, tell: Tell) -> None:
    """Keep the shape and the colors of a surface that 0.1.0 made of a TIFF's integers, as 0..1."""
    data, heights = about(surface), field.heights
    if not data.filepath.lower().endswith(TIFF):
        return
    for factor in _LARGEST_INTEGERS:
        before = np.array([data.low, data.high]) * factor
        if not np.allclose(before, [heights.low, heights.high], rtol=1e-4) or data.low == data.high:
            continue
        data.low, data.high = heights.low, heights.high
        material = find_material(surface)
        if material is not None and shown(material) == "HEIGHT":
            low, high = (socket.default_value * factor for socket in limit_inputs(material))
            set_limits(material, low, high)
        tell(f"Its values are the file's own integers now, not {factor:,} times smaller.")
        return


def _holders(surface: bpy.types.Object) -> list[Any]:
    """List a surface's other datablocks: texture and image, or its frames."""
    modifier = find_lift(surface)
    if isinstance(modifier, bpy.types.DisplaceModifier):
        texture = modifier.texture
        assert isinstance(texture, bpy.types.ImageTexture)
        # The image may have been removed.
        return [block for block in (texture, texture.image) if block is not None]
    assert isinstance(modifier, bpy.types.NodesModifier)
    holders = [input_value(modifier, name).value for name in motion.HELD]
    return [block for holder in holders if holder for block in (holder, holder.data)]


def _describe(surface: bpy.types.Object, field: Field, size: tuple[float, float]) -> None:
    """Store what the panel shows with the object, so that the source is no longer needed."""
    data, heights = about(surface), field.heights
    data.title = field.title
    data.frames, data.rows, data.columns = heights.frames, heights.rows, heights.columns
    data.low, data.high, data.holes = heights.low, heights.high, heights.holes
    data.base = heights.base
    data.x_limits, data.y_limits = field.x_range, field.y_range
    data.size = size
    data.color_title = ""


def _period(heights: Heightmap) -> tuple[float, float]:
    """Where the values' period begins, and its length: 0 if they do not come round."""
    return find_period(heights.values, axes=(-2, -1)) or (0.0, 0.0)
