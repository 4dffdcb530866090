# SPDX-License-Identifier: GPL-3.0-or-later
"""Background of a film: exact colors, and a uniform world."""

from __future__ import annotations

from typing import Any, Final

import bpy

from .. import nodes
from ..marks import SHARED, Mark
from ..required import required

WORLD: Final = "Film World"
GROUND: Final = "Ground"
"""Nodes of a compositor group that put a world's color under several view layers."""
_MADE_HERE: Final = Mark(SHARED, "world", WORLD, lambda world: world[WORLD] is True)


def use_standard_view(scene: bpy.types.Scene) -> None:
    """Show colors as they are; the default view transform, AgX, shifts them."""
    # The installed color configuration defines the options, so the stubs cannot know them.
    view_settings: Any = scene.view_settings
    view_settings.view_transform = "Standard"


def use_plain_world(
    scene: bpy.types.Scene, color: tuple[float, float, float] = (0.0, 0.0, 0.0)
) -> bpy.types.World:
    """Give the scene a world with a single color.

    Parameters
    ----------
    scene : Scene
        Its previous world is kept in the file, to be chosen again; so is one made here whose nodes
        were changed since.
    color : tuple of float
        Scene-linear; black by default.

    Returns
    -------
    World
        Made here before, or now.
    """
    world = scene.world
    if world is None or not _is_plain(world):
        keep(world)
        world = scene.world = bpy.data.worlds.new(WORLD)
        _MADE_HERE.put(world, True)
    with nodes.world(world) as tree:
        background = tree.add("ShaderNodeBackground", {"Color": (*color, 1.0), "Strength": 1.0})
        tree.add("ShaderNodeOutputWorld", {"Surface": background})
    _ground_follows(scene, color)
    return world


def plain_color(scene: bpy.types.Scene) -> tuple[float, float, float] | None:
    """Find the color that `use_plain_world` gave to a scene's world.

    Returns
    -------
    tuple of float or None
        Scene-linear; None if the world is another, or its nodes have changed.
    """
    world = scene.world
    if world is None or not _is_plain(world):
        return None
    background: Any = required(world.node_tree).nodes
    (node,) = (one for one in background if one.bl_idname == "ShaderNodeBackground")
    red, green, blue, _ = node.inputs["Color"].default_value
    return float(red), float(green), float(blue)


def _ground_follows(scene: bpy.types.Scene, color: tuple[float, float, float]) -> None:
    """Give its new color to a ground that view layers without a background lie on."""
    group: Any = scene.compositing_node_group
    for node in () if group is None or group.library is not None else group.nodes:
        if node.name.split(".")[0] == GROUND and node.inputs["Background"].default_value[3]:
            node.inputs["Background"].default_value = (*color, 1.0)


def _is_plain(world: bpy.types.World) -> bool:
    """Tell whether a world was made here and its nodes are unchanged."""
    if world.library is not None or not _MADE_HERE.on(world):
        return False
    kinds = sorted(node.bl_idname for node in required(world.node_tree).nodes)
    return kinds == ["ShaderNodeBackground", "ShaderNodeOutputWorld"]


def keep(block: bpy.types.ID | None) -> None:
    """Keep what a scene used so far in the file, although nothing uses it any more."""
    if block is not None and block.library is None:
        block.use_fake_user = True
