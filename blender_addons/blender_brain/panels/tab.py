# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared by all panels of the tab."""

from __future__ import annotations

from typing import Any

import bpy


class Tab(bpy.types.Panel):
    """Where the panels are."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "BlenderBrain"


def draw_wrapped(layout: bpy.types.UILayout, text: str, icon: Any = "NONE") -> None:
    """Draw a sentence in lines that fit into the sidebar."""
    column = layout.column(align=True)
    line = ""
    most = 38 if icon == "NONE" else 34
    for word in text.split():
        if len(line) + 1 + len(word) > most:
            column.label(text=line, icon=icon)
            icon, line = "NONE" if icon == "NONE" else "BLANK1", ""
        line = f"{line} {word}".strip()
    column.label(text=line, icon=icon)
