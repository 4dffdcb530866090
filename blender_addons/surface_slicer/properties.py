# SPDX-License-Identifier: GPL-3.0-or-later
"""What is stored with a surface, and the panel's fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import bpy
from bpy.props import (
    BoolProperty,
    EnumProperty,
    FloatProperty,
    FloatVectorProperty,
    IntProperty,
    IntVectorProperty,
    PointerProperty,
    StringProperty,
)

from .arrays.arrangement import Arrangement
from .arrays.array_file import array_names
from .arrays.formula import DEFAULT
from .arrays.heightmap import Origin
from .common.colormaps.choice import ColormapChoice
from .common.colormaps.colormap_settings import (
    END,
    REVERSE,
    START,
    STEPS,
    STRENGTH,
    colormap_property,
)
from .common.suggestions import text_property
from .ramps.ramp_stops import MOST_STOPS

NEW_RELIEF: Final = 0.6
"""Relief of new surfaces, so that their shape is visible; see `surface_color.color_surface`."""
HOLDING_SEVERAL: Final = (".npz", ".tif", ".tiff")
"""Endings of files of which *Array* chooses a part."""
COLOR_SOURCES: Final = (
    ("HEIGHT", "Height", "The array's own values"),
    ("X", "Along x", "From the first column to the last"),
    ("Y", "Along y", "From the first row to the last"),
    ("ARRAY", "Second Array", "An array of the same shape, from Color by Array"),
)


def _search_arrays(
    owner: bpy.types.bpy_struct, _context: bpy.types.Context, typed: str
) -> list[str]:
    """Suggest the arrays of the archive whose names contain the typed text."""
    filepath: str = owner.filepath  # type: ignore[attr-defined]
    listed = array_names(bpy.path.abspath(filepath))
    return [name for name in listed if typed.casefold() in name.casefold()]


def _array(search: Any = None) -> Any:
    return text_property(
        search,
        name="Array",
        description="Which array of a file that holds several; or which page of a TIFF, counted "
        "from 1, instead of all as frames",
    )


class SourceSettings:
    """Where heights come from; stored by the panel and each surface, used by the operator."""

    if TYPE_CHECKING:
        filepath: str
        array: str
        image: str
        formula: str
        x_range: tuple[float, float]
        y_range: tuple[float, float]
        origin: Origin
        resolution: tuple[int, int]
        arrangement: Arrangement
        own_ranges: bool
        no_data: str
    else:
        filepath: StringProperty(
            name="File",
            description="Array (.npy, .npz, .csv, .txt, .asc) or image to make a surface from",
            subtype="FILE_PATH",
            options={"PATH_SUPPORTS_BLEND_RELATIVE", "SKIP_SAVE"},
        )
        array: _array(_search_arrays)
        image: StringProperty(
            name="Image",
            description="Image in this .blend to make a surface from, instead of a file",
        )
        formula: StringProperty(
            name="Formula",
            description="Formula of x and y, with +, -, *, /, ** and functions such as exp, sin, "
            "sqrt, hypot and where",
            default=DEFAULT,
        )
        x_range: FloatVectorProperty(
            name="x",
            description="Values of x at the left and the right end",
            size=2,
            default=(0.0, 1.0),
            options=set(),
        )
        y_range: FloatVectorProperty(
            name="y",
            description="Values of y at the bottom and the top, seen from above",
            size=2,
            default=(0.0, 1.0),
            options=set(),
        )
        origin: EnumProperty(
            name="Row 0",
            description="Where the array's first row is, seen from above; matplotlib calls this "
            "origin",
            items=[
                ("UPPER", "At the Top", "The highest y, as imshow shows arrays and pictures"),
                ("LOWER", "At the Bottom", "The lowest y, as contour and plot_surface show arrays"),
            ],
            options=set(),
        )
        resolution: IntVectorProperty(
            name="Resolution",
            description="Vertices along x and y; 0 for as many as the array has, or 257 for a "
            "formula",
            size=2,
            default=(0, 0),
            min=0,
            max=10_000,
            options=set(),
        )
        arrangement: EnumProperty(
            name="Arrangement",
            description="What the dimensions of an array mean",
            items=[
                ("AUTO", "Recognized", "As the numbers say; refused if they could be several"),
                ("FRAMES", "Frames", "Rows and columns, after frames if there are three"),
                ("COLORS", "Colors", "Rows, columns and color channels, whose mean is the height"),
                ("POINTS", "Points", "Each row is a point of a grid: x, y and height"),
            ],
            options=set(),
        )
        own_ranges: BoolProperty(
            name="Set x and y",
            description="Set the values of x and y at the ends, instead of taking them from the "
            "file or counting columns and rows",
            options=set(),
        )
        no_data: StringProperty(
            name="No Data",
            description="Number that means no data, such as -9999, and makes holes; empty for none",
        )


class SURFACE_SLICER_PG_surface(SourceSettings, bpy.types.PropertyGroup):
    """What a surface was made from."""

    if TYPE_CHECKING:
        title: str
        frames: int
        rows: int
        columns: int
        low: float
        high: float
        holes: int
        base: float
        size: tuple[float, float]
        x_limits: tuple[float, float]
        y_limits: tuple[float, float]
        color_title: str
        color_filepath: str
        color_array: str
        color_low: float
        color_high: float
        period: float
        period_begin: float
        color_period: float
        color_period_begin: float
        holders: bpy.types.Collection | None
    else:
        array: _array()
        title: StringProperty(name="Source")
        frames: IntProperty(name="Frames", options=set())
        rows: IntProperty(name="Rows", options=set())
        columns: IntProperty(name="Columns", options=set())
        low: FloatProperty(name="Lowest Value", options=set())
        high: FloatProperty(name="Highest Value", options=set())
        holes: IntProperty(name="Holes", options=set())
        base: FloatProperty(
            name="Subtracted", description="Number subtracted from all values", options=set()
        )
        size: FloatVectorProperty(
            name="Size",
            description="Extent along x and y; 0 along y for square cells",
            size=2,
            default=(2.0, 0.0),
            min=0.0,
            unit="LENGTH",
            options=set(),
        )
        x_limits: FloatVectorProperty(name="x", size=2, options=set())
        y_limits: FloatVectorProperty(name="y", size=2, options=set())
        color_title: StringProperty(name="Second Array")
        color_filepath: StringProperty(
            name="Color File",
            description="Second array, whose values set the colors; empty for none",
            subtype="FILE_PATH",
        )
        color_array: StringProperty(
            name="Color Array", description="Which array of the color file, if that is an archive"
        )
        color_low: FloatProperty(name="Lowest Color Value", options=set())
        color_high: FloatProperty(name="Highest Color Value", options=set())
        period: FloatProperty(name="Period of the Values", options=set())
        period_begin: FloatProperty(name="Begin of the Period", options=set())
        color_period: FloatProperty(name="Period of the Second Array", options=set())
        color_period_begin: FloatProperty(name="Begin of Its Period", options=set())
        holders: PointerProperty(name="Data Objects", type=bpy.types.Collection)


class ColorSettings:
    """Settings of a surface's color, used by the operator."""

    if TYPE_CHECKING:
        by: str
        colormap: str
        reverse: bool
        start: float
        end: float
        steps: int
        low: float
        high: float
        strength: float
        relief: float
        ramp: bool
    else:
        by: EnumProperty(
            name="Color",
            description="What the colors show",
            items=list(COLOR_SOURCES),
            options=set(),
        )
        colormap: colormap_property()
        reverse: REVERSE
        start: START
        end: END
        steps: STEPS
        low: FloatProperty(
            name="Minimum",
            description="Value at the colormap's lower end; the lowest value if not given",
            options=set(),
        )
        high: FloatProperty(
            name="Maximum",
            description="Value at the colormap's upper end; the highest value if not given",
            default=1.0,
            options=set(),
        )
        strength: STRENGTH
        relief: FloatProperty(
            name="Relief",
            description="How much to darken slopes that face away from the light; 0 shows the "
            "colormap's own colors everywhere",
            default=NEW_RELIEF,
            min=0.0,
            max=1.0,
            subtype="FACTOR",
            options=set(),
        )
        ramp: BoolProperty(
            name="Color Ramp",
            description="Use a color ramp, whose stops can be edited, instead of the exact table",
            options=set(),
        )


class RampSettings:
    """Settings of a colormap on a color ramp; stored by the panel, used by the operator."""

    if TYPE_CHECKING:
        ramp_colormap: str
        ramp_reverse: bool
        ramp_start: float
        ramp_end: float
        stops: int
    else:
        ramp_colormap: colormap_property()
        ramp_reverse: REVERSE
        ramp_start: START
        ramp_end: END
        stops: IntProperty(
            name="Stops",
            description="Maximum number of stops; fewer are easier to edit, more are "
            "closer to the colormap",
            default=MOST_STOPS,
            min=2,
            max=MOST_STOPS,
            options=set(),
        )


class SURFACE_SLICER_PG_material(ColormapChoice, bpy.types.PropertyGroup):
    """The colormap of a surface's material."""


class SURFACE_SLICER_PG_scene(SourceSettings, RampSettings, bpy.types.PropertyGroup):
    """Fields of the panel; `suggestions` accompany those that search elsewhere."""

    if TYPE_CHECKING:
        kind: str
    else:
        array: _array()
        ramp_colormap: colormap_property(search=None)
        kind: EnumProperty(
            name="From",
            description="What to make the surface from",
            items=[
                ("FILE", "File", "An array or an image"),
                ("IMAGE", "Image", "An image in this .blend"),
                ("FORMULA", "Formula", "A formula of x and y"),
            ],
            options=set(),
        )


def about(surface: bpy.types.Object) -> SURFACE_SLICER_PG_surface:
    """Return what is stored with a surface."""
    return cast(SURFACE_SLICER_PG_surface, surface.surface_slicer)  # type: ignore[attr-defined]


def fields(scene: bpy.types.Scene) -> SURFACE_SLICER_PG_scene:
    """Return the fields of the panel."""
    return cast(SURFACE_SLICER_PG_scene, scene.surface_slicer)  # type: ignore[attr-defined]


CLASSES = (SURFACE_SLICER_PG_surface, SURFACE_SLICER_PG_material, SURFACE_SLICER_PG_scene)


def attach() -> None:
    """Add the properties to objects, materials and scenes; the classes must be registered first."""
    bpy.types.Object.surface_slicer = PointerProperty(type=SURFACE_SLICER_PG_surface)  # type: ignore[attr-defined]
    bpy.types.Material.surface_slicer = PointerProperty(type=SURFACE_SLICER_PG_material)  # type: ignore[attr-defined]
    bpy.types.Scene.surface_slicer = PointerProperty(type=SURFACE_SLICER_PG_scene)  # type: ignore[attr-defined]


def detach() -> None:
    """Remove the properties; values stored in files are kept there."""
    del bpy.types.Object.surface_slicer  # type: ignore[attr-defined]
    del bpy.types.Material.surface_slicer  # type: ignore[attr-defined]
    del bpy.types.Scene.surface_slicer  # type: ignore[attr-defined]
