# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a viewport shows colors as they are rendered, and how to make it.

*Solid* shading draws no materials. So after an import, everything is gray there, unless an object's
own color or a color attribute is what the viewport shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import bpy
from bpy.props import EnumProperty

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

SolidColor = Literal["OBJECT", "VERTEX"]


def shading_of(context: bpy.types.Context) -> bpy.types.View3DShading | None:
    """Find how the viewport at hand is shaded.

    Returns
    -------
    View3DShading or None
        Of the viewport that the context is about, or else of the first one on its screen.
    """
    spaces: list[Any] = [context.space_data]
    spaces += [area.spaces.active for area in (context.screen.areas if context.screen else ())]
    views = (space for space in spaces if isinstance(space, bpy.types.SpaceView3D))
    return next((view.shading for view in views), None)


def shows_materials(context: bpy.types.Context) -> bool:
    """Tell whether the viewport at hand draws materials, and so their colors.

    Returns
    -------
    bool
        True where there is no viewport to show anything.
    """
    shading = shading_of(context)
    return shading is None or shading.type in ("MATERIAL", "RENDERED")


def shows_in_solid(context: bpy.types.Context, color: SolidColor) -> bool:
    """Tell whether the viewport at hand draws colors of this kind without materials.

    Parameters
    ----------
    color : str
        ``"OBJECT"`` for the objects' own, ``"VERTEX"`` for color attributes.
    """
    shading = shading_of(context)
    return shading is not None and shading.type == "SOLID" and shading.color_type == color


def show_materials(context: bpy.types.Context) -> None:
    """Switch the viewport at hand to Material Preview, where it draws none yet."""
    shading = shading_of(context)
    if shading is not None and not shows_materials(context):
        shading.type = "MATERIAL"


def show_in_solid(context: bpy.types.Context, color: SolidColor) -> None:
    """Switch the viewport at hand to Solid, with colors of this kind.

    Parameters
    ----------
    color : str
        See `shows_in_solid`.
    """
    shading = shading_of(context)
    if shading is not None:
        shading.type = "SOLID"
        shading.color_type = color


class ShowColors(bpy.types.Operator):
    """An operator that makes the viewport at hand show colors.

    What an add-on draws is given to `solid` or taken away again by `plain`.
    """

    bl_label = "Show Colors"
    bl_options: Any = {"REGISTER", "UNDO"}
    solid_color: SolidColor = "VERTEX"

    if TYPE_CHECKING:
        shading: str
        report: Any
    else:
        shading: EnumProperty(
            name="Shading",
            description="Shading in which colors are shown",
            items=[
                ("PREVIEW", "Material Preview", "Draw materials, whatever the scene's lights"),
                ("SOLID", "Solid", "Draw colors without materials; slows down every frame"),
            ],
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Switch the viewport, and prepare what it shows."""
        if self.shading == "PREVIEW":
            self.plain(context)
            show_materials(context)
            return {"FINISHED"}
        refused = self.solid(context)
        if refused:
            self.report({"ERROR"}, refused)
            return {"CANCELLED"}
        show_in_solid(context, self.solid_color)
        return {"FINISHED"}

    def solid(self, context: bpy.types.Context) -> str:
        """Prepare what is chosen for Solid shading.

        Returns
        -------
        str
            A sentence that says why this cannot be, or nothing.
        """
        raise NotImplementedError

    def plain(self, context: bpy.types.Context) -> None:
        """Take away what was prepared for Solid shading."""
        raise NotImplementedError


def draw_show_colors(
    layout: bpy.types.UILayout,
    context: bpy.types.Context,
    operator: str,
    *,
    shown: bool,
    prepared: bool = False,
    solid: bool = True,
) -> None:
    """Draw the buttons that make the viewport show colors, where it does not.

    Parameters
    ----------
    operator : str
        Identifier of the add-on's `ShowColors`.
    shown : bool
        Whether Solid shading shows the active object's colors at the moment.
    prepared : bool
        Whether it costs time to show them in Solid shading, which can be ended here.
    solid : bool
        Whether Solid shading can show them.
    """
    if (shows_materials(context) or shown) and not prepared:
        return
    note = layout.column(align=True)
    if not shown and not shows_materials(context):
        note.label(text="This shading does not show colors", icon="INFO")
    row = note.row(align=True)
    row.operator(operator, text="Show Colors", icon="SHADING_TEXTURE").shading = "PREVIEW"
    if solid:
        button = row.operator(operator, text="In Solid", icon="SHADING_SOLID", depress=shown)
        button.shading = "SOLID"
