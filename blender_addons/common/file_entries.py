# SPDX-License-Identifier: GPL-3.0-or-later
"""Where people give files to Blender: *File > Import*, and drops on a 3-D viewport."""

from __future__ import annotations

from typing import Any

import bpy

from .required import required


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

        # A function, since Blender marks it with whose it is.
        self._draw = draw

    def add(self) -> None:
        """Put it into the menu."""
        bpy.types.TOPBAR_MT_file_import.append(self._draw)  # type: ignore[arg-type]

    def remove(self) -> None:
        """Take it out again."""
        bpy.types.TOPBAR_MT_file_import.remove(self._draw)  # type: ignore[arg-type]


class DropsOnViewports:
    """A `FileHandler` that takes files dropped on a 3-D viewport."""

    @classmethod
    def poll_drop(cls, context: bpy.types.Context | None) -> bool:
        """Take drops on 3-D viewports."""
        area = required(context).area
        return area is not None and area.type == "VIEW_3D"
