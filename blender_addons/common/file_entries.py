# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways to open files in Blender: *File > Import*, and dropping on a 3D viewport."""

from __future__ import annotations

from typing import Any

import bpy


class ImportEntry:
    """An entry of *File > Import*.

    Parameters
    ----------
    operator : str
        Its ``bl_idname``.
    text : str
    """

    def __init__(self, operator: str, text: str) -> None:
        def draw(menu: Any, _context: bpy.types.Context) -> None:
            menu.layout.operator(operator, text=text)

        # A function, since Blender tags it with its owner.
        self._draw = draw

    def add(self) -> None:
        """Add it to the menu."""
        bpy.types.TOPBAR_MT_file_import.append(self._draw)  # type: ignore[arg-type]

    def remove(self) -> None:
        """Remove it from the menu."""
        bpy.types.TOPBAR_MT_file_import.remove(self._draw)  # type: ignore[arg-type]


class DropsOnViewports(bpy.types.FileHandler):
    """A `FileHandler` that accepts files dropped on a 3D viewport."""

    @classmethod
    def poll_drop(cls, context: bpy.types.Context) -> bool:
        """Accept drops on 3D viewports."""
        area = context.area
        return area is not None and area.type == "VIEW_3D"
