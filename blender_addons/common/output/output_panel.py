# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel of what a film is written as; each extension has its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy

from .output_settings import format_of, is_transparent, rate_shown, size_shown
from .passes import figures_of_scene
from .setting import shown_format


class OutputPanel(bpy.types.Panel):
    """What an extension's panel *Output* draws."""

    bl_label = "Output"
    bl_options: Any = {"DEFAULT_CLOSED"}
    addon = ""
    """The extension's name, with which its operators begin."""

    if TYPE_CHECKING:
        layout: bpy.types.UILayout

    def draw(self, context: bpy.types.Context) -> None:
        """Draw menus that say what is set, the path, and the button that renders."""
        layout, scene = self.layout, context.scene
        render: Any = scene.render
        column = layout.column(align=True)
        column.operator_menu_enum(
            f"{self.addon}.picture_size", "size", text=size_shown(scene), icon="IMAGE_BACKGROUND"
        )
        column.operator_menu_enum(
            f"{self.addon}.frame_rate", "rate", text=rate_shown(scene), icon="TIME"
        )
        column.operator_menu_enum(
            f"{self.addon}.output_format", "format", text=shown_format(scene), icon="FILE_MOVIE"
        )
        chosen, clear = format_of(scene), is_transparent(scene)
        button = layout.operator(
            f"{self.addon}.output_format", text="Transparent", icon="TEXTURE", depress=clear
        )
        button.format = "png" if chosen is None else chosen.identifier
        button.transparent = not clear
        row = layout.row(align=True)
        row.operator(f"{self.addon}.add_passes", icon="RENDERLAYERS")
        if figures_of_scene(scene) is not None:
            apart = row.operator(f"{self.addon}.add_passes", text="Figures Apart", icon="GRAPH")
            apart.figures_apart = True
        layout.prop(render, "filepath", text="")
        row = layout.row(align=True)
        row.scale_y = 1.3
        row.operator(f"{self.addon}.render_film", icon="RENDER_ANIMATION")
        row.operator(f"{self.addon}.render_film", text="", icon="FILE_REFRESH").again = True
