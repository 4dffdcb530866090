# SPDX-License-Identifier: GPL-3.0-or-later
"""Glow around what is bright, in all view layers of a picture of any size."""

from __future__ import annotations

from typing import Any, Final

import bpy

from .. import nodes
from ..figures.drawing import INK, PASS, ink_material
from ..figures.scales import FIGURE
from ..nodes import Linkable, Node, Tree, Value
from ..required import required
from .world import GROUND, keep, plain_color

BLOOM: Final = "Bloom"
# Nodes that exclude figures from the bloom, one for each view layer; the second factor is 1 if
# they do.
_FIGURES: Final = "Figures Left Out"
_LAYER: Final = "View Layer"
_GROUNDS: Final = (GROUND, f"{GROUND} of What Glows")
# Number of nodes of a bloom in version 0.1.0, where figures always glowed.
_NODES_OF_0_1: Final = 3
# The glow is made of blurs, each twice as wide as the one before, and is nowhere finer than this
# many lines.
_LINES: Final = 270.0
_BLURS: Final = 7
# Of the same weight are what is bright itself, twice, and each blur: so does Blender's own bloom
# look at a height of 1080.
_WEIGHT: Final = 1 / 9
_CORE: Final = 2.0
# Blender's blur reaches as far as this many standard deviations.
_REACH: Final = 3.0


class LayersError(ValueError):
    """View layers that cannot be put together."""


@nodes.group(BLOOM, nodes.compositor_group)
def bloom_group(tree: Tree) -> None:
    """Blur what is bright, by parts of the picture's shorter side.

    Wide blurs are made of a small picture, so they take the same time at every resolution.
    """
    picture = tree.input("Image", "Color")
    threshold = tree.input("Threshold", "Float", default=0.3, minimum=0.0)
    strength = tree.input("Strength", "Float", default=1.0, minimum=0.0)
    size = tree.input("Size", "Float", default=0.5, minimum=0.0, maximum=1.0, unit="FACTOR")

    dimensions = tree.parts(tree.add("CompositorNodeImageInfo", {"Image": picture})["Dimensions"])
    lines = tree.minimum(dimensions["X"], dimensions["Y"]).labeled("Shorter side")
    given = tree.add("CompositorNodeSeparateColor", {"Image": picture})
    brightest = tree.maximum(tree.maximum(given["Red"], given["Green"]), given["Blue"])
    above = tree.maximum(brightest - threshold, 0.0) / tree.maximum(brightest, 1e-6)
    bright = _scaled(tree, picture, above).labeled("What glows")

    finest = _blurred(tree, bright, lines / _LINES, "Gaussian")
    small = _resized(tree, finest, _LINES / lines)
    wide: list[Node] = []
    for step in range(1, _BLURS):
        sigma = size * 2.0 ** (step + 1)
        # The small picture is blurred by one line already.
        more = tree.maximum(sigma * sigma - 1.0, 0.0) ** 0.5
        wide.append(_blurred(tree, small, more, "Fast Gaussian"))
    widest = _resized(tree, _sum(tree, wide), lines / _LINES)
    total = _sum(tree, [_scaled(tree, bright, _CORE), finest, widest])
    tree.output("Glare", _scaled(tree, total, strength * _WEIGHT), kind="Color")


def _scaled(tree: Tree, color: Linkable, factor: Value) -> Node:
    inputs = {"Vector": color, "Scale": factor}
    return tree.add("ShaderNodeVectorMath", inputs, operation="SCALE")


def _sum(tree: Tree, parts: list[Node]) -> Node:
    total, *others = parts
    for other in others:
        total = tree.vector_math("ADD", total, other)
    return total


def _blurred(tree: Tree, picture: Linkable, sigma: Node, kind: str) -> Node:
    reach = sigma * _REACH
    size = tree.vector(reach, reach)
    return tree.add("CompositorNodeBlur", {"Image": picture, "Size": size, "Type": kind})


def _resized(tree: Tree, picture: Linkable, factor: Node) -> Node:
    inputs = {"Image": picture, "X": factor, "Y": factor, "Type": "Relative"}
    return tree.add("CompositorNodeScale", {**inputs, "Interpolation": "Bilinear"})


def add_bloom(
    scene: bpy.types.Scene,
    strength: float = 1.0,
    threshold: float = 0.3,
    size: float = 0.5,
    *,
    figures_glow: bool = False,
) -> bpy.types.NodeTree:
    """Make bright parts of the picture glow, in the compositor, for every engine.

    For Cycles it works on the processor, which every machine has.

    Parameters
    ----------
    scene : Scene
        Its previous compositor group is kept in the file, to be chosen again. One made here only
        gets the new settings and view layers, and keeps nodes added to it. If several view layers
        are rendered, each lies over those before it, without a background of its own: *Film >
        Transparent* is turned on, and the color of the scene's world is put below.
    threshold : float
        Scene-linear brightness above which a pixel glows.
    size : float
        0..1, how far the glow reaches, by parts of the picture's shorter side: a draft glows as its
        film does.
    figures_glow : bool
        Let figures glow as well, which makes small text harder to read.

    Raises
    ------
    LayersError
        If several view layers are rendered before a world that is not of one color, and *Film >
        Transparent* is off; nothing has changed then.
    """
    ground = _ground_of(scene)
    _mark_older_figures()
    render: Any = scene.render
    render.use_compositing = True
    if render.engine == "CYCLES":
        # On a graphics card, Blender would end where there is none, as on many farms.
        render.compositor_device = "CPU"
    _mark_passes(scene)
    there: Any = scene.compositing_node_group
    glare = _bloom_of(scene)
    if glare is None or not _can_stay(there, several=len(rendered_layers(scene)) > 1):
        title = f"{BLOOM} of {scene.name}"
        # One of version 0.1.0 gets the current nodes. Another's glare or picture was removed, and
        # may have been replaced.
        older = glare is not None and len(there.nodes) <= _NODES_OF_0_1
        if there is not None and there.library is None and there.name == title and not older:
            nodes.disown(there)
        _write(scene, title)
    group: Any = scene.compositing_node_group
    glare = _bloom_of(scene)
    for name, value in {"Threshold": threshold, "Strength": strength, "Size": size}.items():
        glare.inputs[name].default_value = value
    if GROUND in group.nodes:
        _cover(scene, group, ground)
    for node in group.nodes:
        if node.name.split(".")[0] == _FIGURES:
            node.inputs[1].default_value = float(not figures_glow)
    return required(scene.compositing_node_group)


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
        required(viewport.shading).use_compositor = "ALWAYS"
    return " and in the viewport's Material Preview and Rendered" if viewports else ""


def cover_layers(scene: bpy.types.Scene) -> None:
    """Put view layers that are rendered and not yet in the picture of a bloom into it.

    Raises
    ------
    LayersError
        See `add_bloom`; nothing has changed then.
    """
    group: Any = scene.compositing_node_group
    if _bloom_of(scene) is not None and GROUND in group.nodes:
        ground = _ground_of(scene)
        _mark_passes(scene)
        _cover(scene, group, ground)


def _cover(scene: bpy.types.Scene, group: Any, ground: tuple[float, float, float] | None) -> None:
    _add_layers(scene, group)
    if ground is not None:
        scene.render.film_transparent = True
    lay_on(group, ground)


def _mark_passes(scene: bpy.types.Scene) -> None:
    """Let all view layers have the pass of figures."""
    for layer in scene.view_layers:
        if PASS not in layer.aovs:
            added = layer.aovs.add()
            added.name, added.type = PASS, "VALUE"


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


def rendered_layers(scene: bpy.types.Scene) -> list[bpy.types.ViewLayer]:
    """List the view layers that are rendered, from the lowest up."""
    return [layer for layer in scene.view_layers if layer.use] or list(scene.view_layers)[:1]


def _write(scene: bpy.types.Scene, title: str) -> None:
    """Write a scene's own group, since it refers to the scene's picture: its first view layer."""
    first = rendered_layers(scene)[0]
    with nodes.compositor_group(title) as tree:
        picture = tree.add(
            "CompositorNodeRLayers", name=f"{_LAYER} 1", scene=scene, layer=first.name
        )
        glows = _without_figures(tree, picture)
        below = {"Background": (0.0, 0.0, 0.0, 0.0)}
        whole, bright = (
            tree.add("CompositorNodeAlphaOver", {**below, "Foreground": one}, name=name, label=name)
            for name, one in zip(_GROUNDS, (picture["Image"], glows), strict=True)
        )
        glare = tree.group(bloom_group(), {"Image": bright}, name=BLOOM)
        shone = tree.mix(1.0, whole, glare, data_type="RGBA", blend_type="ADD")
        tree.output("Image", shone, kind="Color")
    group: bpy.types.NodeTree = tree.tree
    if scene.compositing_node_group != group:
        keep(scene.compositing_node_group)
    scene.compositing_node_group = group


def _without_figures(tree: Tree, picture: Node) -> Node:
    left_out = tree.math("MULTIPLY", picture[PASS], 1.0, name=_FIGURES, label=_FIGURES)
    black = (0.0, 0.0, 0.0, 1.0)
    return tree.mix(left_out, picture["Image"], black, label="Without figures", data_type="RGBA")


def _add_layers(scene: bpy.types.Scene, group: Any) -> None:
    """Put view layers that are not yet in the picture over those that are."""
    there = [
        node.layer
        for node in group.nodes
        if node.bl_idname == "CompositorNodeRLayers"
        and node.scene == scene
        and node.name.startswith(_LAYER)
    ]
    for layer in rendered_layers(scene):
        if layer.name in there:
            continue
        tree = Tree(group, group.name)
        name = f"{_LAYER} {len(there) + 1}"
        picture = tree.add("CompositorNodeRLayers", name=name, scene=scene, layer=layer.name)
        for ground, above in zip(
            _GROUNDS, (picture["Image"], _without_figures(tree, picture)), strict=True
        ):
            foreground = group.nodes[ground].inputs["Foreground"]
            (link,) = foreground.links
            inputs = {"Background": tree.existing(link.from_socket), "Foreground": above}
            over = tree.add("CompositorNodeAlphaOver", inputs, label=f"{layer.name} above")
            group.links.new(over.bpy_node.outputs[0], foreground)
        tree.finish()
        there.append(layer.name)


def ground_below(scene: bpy.types.Scene) -> tuple[float, float, float] | None:
    """Find the color to put below a scene's view layers; None if there is just one.

    Raises
    ------
    LayersError
        If the world is not of one color.
    """
    count = len(rendered_layers(scene))
    if count == 1 or _bloom_of(scene) is None:
        return None
    return _color_below(scene, count)


def check_ground(scene: bpy.types.Scene) -> None:
    """Refuse further view layers where none could lie over the others.

    Raises
    ------
    LayersError
        See `add_bloom`.
    """
    if not scene.render.film_transparent:
        _color_below(scene, len(rendered_layers(scene)) + 1)


def _color_below(scene: bpy.types.Scene, count: int) -> tuple[float, float, float]:
    color = (0.0, 0.0, 0.0) if scene.world is None else plain_color(scene)
    if color is None:
        raise LayersError(
            f"{count} view layers are rendered, and without a background that is of one color none "
            "can lie over the others: choose Black World, or turn on Film > Transparent in the "
            "render properties."
        )
    return color


def _ground_of(scene: bpy.types.Scene) -> tuple[float, float, float] | None:
    """Find the color below view layers after adding some; None if they need none."""
    group: Any = scene.compositing_node_group
    if _bloom_of(scene) is not None and GROUND in group.nodes:
        red, green, blue, alpha = group.nodes[GROUND].inputs["Background"].default_value
        if alpha:
            return plain_color(scene) or (red, green, blue)
    count = len(rendered_layers(scene))
    if count == 1 or scene.render.film_transparent:
        return None
    return _color_below(scene, count)


def lay_on(group: Any, color: tuple[float, float, float] | None) -> None:
    """Put a color below a scene's view layers, or nothing.

    Parameters
    ----------
    group : NodeTree
        From `add_bloom`.
    """
    for name in _GROUNDS:
        below = (0.0, 0.0, 0.0, 0.0) if color is None else (*color, 1.0)
        group.nodes[name].inputs["Background"].default_value = below


def _can_stay(group: Any, *, several: bool) -> bool:
    """Tell whether a bloom can stay as it is, perhaps with nodes that somebody added.

    One from before view layers were put together can, if there is only one.
    """
    current = all(name in group.nodes for name in _GROUNDS)
    return current or (not several and len(group.nodes) > _NODES_OF_0_1)


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
    """Find the node that glows in the compositor group that `add_bloom` made for a scene."""
    group: Any = scene.compositing_node_group
    if group is None or group.library is not None or not nodes.is_written(group):
        return None
    pictures = [node for node in group.nodes if node.bl_idname == "CompositorNodeRLayers"]
    # A copy of a scene has its original's group, which uses the original's picture.
    if all(picture.scene != scene for picture in pictures):
        return None
    # Version 0.1.0 used a glare, without a name; nodes added by the user came later.
    glares = [node for node in group.nodes if node.bl_idname == "CompositorNodeGlare"]
    named = [node for node in group.nodes if node.name == BLOOM]
    return next(iter(named or glares), None)
