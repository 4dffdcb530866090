# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a viewport shows colors as rendered, and how to make it do so.

*Solid* shading does not draw materials. So after an import, everything is gray there, unless the
viewport shows object colors or color attributes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import bpy
from bpy.props import EnumProperty

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

SolidColor = Literal["OBJECT", "VERTEX"]


def shading_of(context: bpy.types.Context) -> bpy.types.View3DShading | None:
    """Find the shading of the current viewport.

    Returns
    -------
    View3DShading or None
        That of the context's viewport, or else of the first one on its screen.
    """
    spaces: list[Any] = [context.space_data]
    spaces += [area.spaces.active for area in (context.screen.areas if context.screen else ())]
    views = (space for space in spaces if isinstance(space, bpy.types.SpaceView3D))
    return next((view.shading for view in views), None)


def shows_materials(context: bpy.types.Context) -> bool:
    """Tell whether the current viewport draws materials, and so their colors.

    Returns
    -------
    bool
        True if there is no viewport.
    """
    shading = shading_of(context)
    return shading is None or shading.type in ("MATERIAL", "RENDERED")


def shows_in_solid(context: bpy.types.Context, color: SolidColor) -> bool:
    """Tell whether the current viewport draws colors of this kind without materials.

    Parameters
    ----------
    color : str
        ``"OBJECT"`` for object colors, ``"VERTEX"`` for color attributes.
    """
    shading = shading_of(context)
    return shading is not None and shading.type == "SOLID" and shading.color_type == color


def show_materials(context: bpy.types.Context) -> None:
    """Switch the current viewport to Material Preview if it does not draw materials yet."""
    shading = shading_of(context)
    if shading is not None and not shows_materials(context):
        shading.type = "MATERIAL"


def frame_selected(context: bpy.types.Context) -> None:
    """Turn the current viewport to what is selected; nothing if the context has none."""
    area = context.area
    regions = area.regions if area is not None and area.type == "VIEW_3D" else ()
    for region in regions:
        if region.type == "WINDOW":
            override: Any = context.temp_override(region=region)
            with override:
                bpy.ops.view3d.view_selected()
            return


def show_in_solid(context: bpy.types.Context, color: SolidColor) -> None:
    """Switch the current viewport to Solid, with colors of this kind.

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
    """An operator that makes the current viewport show colors.

    An add-on prepares its objects in `solid` and reverts that in `plain`.
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
        """Prepare the chosen objects for Solid shading.

        Returns
        -------
        str
            A sentence that says why this is not possible, or an empty string.
        """
        raise NotImplementedError

    def plain(self, context: bpy.types.Context) -> None:
        """Remove what was prepared for Solid shading."""
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
    """Draw the buttons that make the viewport show colors, if it does not.

    Parameters
    ----------
    operator : str
        Identifier of the add-on's `ShowColors`.
    shown : bool
        Whether Solid shading currently shows the active object's colors.
    prepared : bool
        Whether showing them in Solid shading slows down frames and can be turned off here.
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
