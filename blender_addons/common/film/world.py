# SPDX-License-Identifier: GPL-3.0-or-later
"""Background and light of a film: exact colors, a uniform background, and glow."""

from __future__ import annotations

from typing import Any, Final

import bpy

from .. import nodes
from ..figures.drawing import INK, PASS, ink_material
from ..figures.scales import FIGURE
from ..marks import SHARED, Mark
from ..required import required

BLOOM: Final = "Bloom"
WORLD: Final = "Film World"
_MADE_HERE: Final = Mark(SHARED, "world", WORLD, lambda world: world[WORLD] is True)
# The node that excludes figures from the bloom; its second factor is 1 if it does.
_FIGURES: Final = "Figures Left Out"

# Number of nodes of a bloom in version 0.1.0, where figures always glowed.
_NODES_OF_0_1: Final = 3


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
        _keep(world)
        world = scene.world = bpy.data.worlds.new(WORLD)
        _MADE_HERE.put(world, True)
    with nodes.world(world) as tree:
        background = tree.add("ShaderNodeBackground", {"Color": (*color, 1.0), "Strength": 1.0})
        tree.add("ShaderNodeOutputWorld", {"Surface": background})
    return world


def add_bloom(
    scene: bpy.types.Scene,
    strength: float = 1.0,
    threshold: float = 0.3,
    size: float = 0.5,
    *,
    figures_glow: bool = False,
) -> bpy.types.NodeTree:
    """Make bright parts of the picture glow, in the compositor, for every engine.

    Parameters
    ----------
    scene : Scene
        Its previous compositor group is kept in the file, to be chosen again. One made here only
        gets the new settings, and keeps nodes added to it.
    threshold : float
        Scene-linear brightness above which a pixel glows.
    size : float
        0..1, of the picture.
    figures_glow : bool
        Let figures glow as well, which makes small text harder to read.
    """
    _mark_older_figures()
    settings = {"Threshold": threshold, "Strength": strength, "Size": size}
    scene.render.use_compositing = True
    for layer in scene.view_layers:
        if PASS not in layer.aovs:
            added = layer.aovs.add()
            added.name, added.type = PASS, "VALUE"
    there: Any = scene.compositing_node_group
    glare = _bloom_of(scene)
    # An unchanged one from version 0.1.0 gets the current nodes.
    if glare is not None and (_FIGURES in there.nodes or len(there.nodes) > _NODES_OF_0_1):
        for name, value in settings.items():
            glare.inputs[name].default_value = value
        if _FIGURES in there.nodes:
            there.nodes[_FIGURES].inputs[1].default_value = float(not figures_glow)
        return required(scene.compositing_node_group)
    title = f"{BLOOM} of {scene.name}"
    if glare is None and there is not None and there.library is None and there.name == title:
        # Its glare or its picture was removed, and may have been replaced.
        nodes.disown(there)
    # A separate group for each scene, since it refers to the scene's picture.
    with nodes.compositor_group(title) as tree:
        layers = tree.add("CompositorNodeRLayers", scene=scene)
        rendered = layers["Image"]
        left_out = tree.math(
            "MULTIPLY", layers[PASS], float(not figures_glow), name=_FIGURES, label=_FIGURES
        )
        black = (0.0, 0.0, 0.0, 1.0)
        bright = tree.mix(left_out, rendered, black, label="What glows", data_type="RGBA")
        glare = tree.add(
            "CompositorNodeGlare",
            {"Image": bright, "Type": "Bloom", "Quality": "High", **settings},
            name=BLOOM,
        )
        shone = tree.mix(1.0, rendered, glare["Glare"], data_type="RGBA", blend_type="ADD")
        tree.output("Image", shone, kind="Color")
    group: bpy.types.NodeTree = tree.tree
    if scene.compositing_node_group != group:
        _keep(scene.compositing_node_group)
    scene.compositing_node_group = group
    return group


def show_bloom(context: bpy.types.Context) -> str:
    """Make the 3D viewports of a window show the compositor's result.

    Parameters
    ----------
    context : Context
        Its window is used; without one, as in background mode, nothing changes.

    Returns
    -------
    str
        Where it is visible besides renders, to be appended to a sentence about those.
    """
    if bpy.app.background or context.window is None:
        return ""
    spaces = [area.spaces.active for area in context.window.screen.areas]
    viewports = [space for space in spaces if isinstance(space, bpy.types.SpaceView3D)]
    for viewport in viewports:
        viewport.shading.use_compositor = "ALWAYS"
    return " and in the viewport's Material Preview and Rendered" if viewports else ""


def bloom_strength(scene: bpy.types.Scene) -> float | None:
    """Find how strongly `add_bloom` makes a scene glow.

    Returns
    -------
    float or None
        None if it has no bloom.
    """
    glare = _bloom_of(scene)
    return None if glare is None else float(glare.inputs["Strength"].default_value)


def set_bloom_strength(scene: bpy.types.Scene, strength: float) -> None:
    """Change the glow of a scene that has bloom; 0 turns it off."""
    glare = _bloom_of(scene)
    if glare is not None:
        glare.inputs["Strength"].default_value = strength


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


def _mark_older_figures() -> None:
    """Make materials of version 0.1.0 mark the figures that they draw in the render pass `PASS`."""
    if INK in bpy.data.materials:
        ink_material()
    for material in bpy.data.materials:
        tree: Any = material.node_tree
        if material.library is not None or tree is None:
            continue
        kinds = {node.bl_idname for node in tree.nodes}
        on_figures = next(
            (node for node in tree.nodes if getattr(node, "attribute_name", "") == FIGURE), None
        )
        if on_figures is None or "ShaderNodeOutputAOV" in kinds:
            continue
        mark = tree.nodes.new("ShaderNodeOutputAOV")
        mark.aov_name = mark.label = PASS
        mark.location = on_figures.location.x, on_figures.location.y - 200.0
        tree.links.new(on_figures.outputs["Factor"], mark.inputs["Value"])


def _bloom_of(scene: bpy.types.Scene) -> Any:
    """Find the glare node in the compositor group that `add_bloom` made for a scene."""
    group: Any = scene.compositing_node_group
    if group is None or group.library is not None or not nodes.is_written(group):
        return None
    pictures = [node for node in group.nodes if node.bl_idname == "CompositorNodeRLayers"]
    # A copy of a scene has its original's group, which uses the original's picture.
    if all(picture.scene != scene for picture in pictures):
        return None
    glares = [node for node in group.nodes if node.bl_idname == "CompositorNodeGlare"]
    # Version 0.1.0 did not name it; nodes added by the user came later.
    named = [node for node in glares if node.name == BLOOM]
    return next(iter(named or glares), None)


def _is_plain(world: bpy.types.World) -> bool:
    """Tell whether a world was made here and its nodes are unchanged."""
    if world.library is not None or not _MADE_HERE.on(world):
        return False
    kinds = sorted(node.bl_idname for node in required(world.node_tree).nodes)
    return kinds == ["ShaderNodeBackground", "ShaderNodeOutputWorld"]


def _keep(block: bpy.types.ID | None) -> None:
    """Keep what a scene used so far in the file, although nothing uses it any more."""
    if block is not None and block.library is None:
        block.use_fake_user = True
