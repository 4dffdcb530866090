# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes from another .blend, linked or appended."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def save_as_library(bpy: Any, folder: Path) -> str:
    """Save the scene, and go on with an empty file.

    Returns
    -------
    str
        The saved file.
    """
    blend = str(folder / "library.blend")
    bpy.ops.wm.save_as_mainfile(filepath=blend, copy=True)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    return blend


def bring(bpy: Any, blend: str, *names: str, link: bool) -> list[Any]:
    """Link or append objects, and put them into the active collection."""
    with bpy.data.libraries.load(blend, link=link) as (_, here):
        here.objects = list(names)
    for thing in here.objects:
        bpy.context.collection.objects.link(thing)
    bpy.context.view_layer.update()
    return list(here.objects)


def activate_linked_collection(bpy: Any, folder: Path) -> None:
    """Go on with an empty file whose active collection is linked: nothing can be added to it."""
    # Nothing uses it, so saving the scene would leave it out.
    bpy.data.collections.new("linked").use_fake_user = True
    blend = save_as_library(bpy, folder)
    with bpy.data.libraries.load(blend, link=True) as (_, here):
        here.collections = ["linked"]
    bpy.context.scene.collection.children.link(here.collections[0])
    layer = bpy.context.view_layer.layer_collection.children["linked"]
    bpy.context.view_layer.active_layer_collection = layer
