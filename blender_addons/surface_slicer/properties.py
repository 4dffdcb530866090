# SPDX-License-Identifier: GPL-3.0-or-later
"""What is stored with a surface, and what the panel's fields hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import bpy
from bpy.props import PointerProperty, StringProperty


class SURFACE_SLICER_PG_scene(bpy.types.PropertyGroup):
    """Fields of the panel."""

    if TYPE_CHECKING:
        filepath: str
    else:
        filepath: StringProperty(
            name="File",
            description="Array or image to make a surface of",
            subtype="FILE_PATH",
            options={"PATH_SUPPORTS_BLEND_RELATIVE"},
        )


def fields(scene: bpy.types.Scene) -> SURFACE_SLICER_PG_scene:
    """Return the fields of the panel."""
    return cast(SURFACE_SLICER_PG_scene, scene.surface_slicer)  # type: ignore[attr-defined]


CLASSES = (SURFACE_SLICER_PG_scene,)


def attach() -> None:
    """Give scenes their properties; the classes are registered already."""
    bpy.types.Scene.surface_slicer = PointerProperty(type=SURFACE_SLICER_PG_scene)  # type: ignore[attr-defined]


def detach() -> None:
    """Take the properties away again; what files stored in them stays in the files."""
    del bpy.types.Scene.surface_slicer  # type: ignore[attr-defined]
