# SPDX-License-Identifier: GPL-3.0-or-later
"""A node editor, for operators that need one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def node_editor(bpy: Any) -> Iterator[Any]:
    """Give a function that opens a tree in a node editor; the operators run there."""
    window = bpy.context.window_manager.windows[0]
    area = window.screen.areas[0]
    kind = area.ui_type

    def open_(tree: Any) -> Any:
        area.ui_type = tree.bl_idname
        space = area.spaces.active
        space.pin = True
        space.node_tree = tree
        region = next(r for r in area.regions if r.type == "WINDOW")
        return bpy.context.temp_override(window=window, area=area, region=region, space_data=space)

    yield open_
    area.ui_type = kind
