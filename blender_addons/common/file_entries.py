# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries in Blender's menus, such as *File > Import*, and dropping on a 3D viewport."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy


class MenuEntry:
    """An entry at the end of one of Blender's menus.

    Parameters
    ----------
    menu : str
        Its ``bl_idname``.
    draw : callable
        Draws the entry in the layout that it is given.
    """

    def __init__(self, menu: str, draw: Callable[[bpy.types.UILayout], object]) -> None:
        def draw_entry(shown: Any, _context: bpy.types.Context) -> None:
            draw(shown.layout)

        self._menu = menu
        # A function, since Blender tags it with its owner.
        self._draw = draw_entry

    def add(self) -> None:
        """Add it to the menu."""
        getattr(bpy.types, self._menu).append(self._draw)

    def remove(self) -> None:
        """Remove it from the menu."""
        getattr(bpy.types, self._menu).remove(self._draw)


class ImportEntry(MenuEntry):
    """An entry of *File > Import*.

    Parameters
    ----------
    operator : str
        Its ``bl_idname``.
    text : str
    """

    def __init__(self, operator: str, text: str) -> None:
        super().__init__(
            "TOPBAR_MT_file_import", lambda layout: layout.operator(operator, text=text)
        )


class DropsOnViewports(bpy.types.FileHandler):
    """A `FileHandler` that accepts files dropped on a 3D viewport."""

    @classmethod
    def poll_drop(cls, context: bpy.types.Context) -> bool:
        """Accept drops on 3D viewports."""
        area = context.area
        return area is not None and area.type == "VIEW_3D"
