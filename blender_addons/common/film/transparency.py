# SPDX-License-Identifier: GPL-3.0-or-later
"""Films without a background: what glows beside things stays in the picture.

Light without a surface has a color but no coverage. Formats that store colors times coverage, such
as OpenEXR, hold that; it adds to whatever is put below. PNG and video store colors as they are
seen, beside the coverage, and where there is none the color is lost.
"""

from __future__ import annotations

from typing import Any, Final

import bpy

from .. import nodes
from ..nodes import Tree
from .bloom import ground_below, lay_on
from .world import GROUND

GROUP: Final = "Glow with Coverage"
# Colors of the film, and as a screen shows them.
_LINEAR: Final = "Linear Rec.709"
_SHOWN: Final = "sRGB"


@nodes.group(GROUP, nodes.compositor_group)
def coverage_group(tree: Tree) -> None:
    """Give light as much coverage as it is bright, so that nothing is lost over black.

    Editors mix colors as they are shown, so the sums are done with these.
    """
    picture = tree.input("Image", "Color")
    given = tree.add("CompositorNodeSeparateColor", {"Image": picture})
    shown = _converted(tree, [given[name] for name in _RGB], _LINEAR, _SHOWN)
    brightest = tree.maximum(tree.maximum(shown["Red"], shown["Green"]), shown["Blue"])
    coverage = tree.clamp(tree.maximum(given["Alpha"], brightest)).labeled("Coverage")
    divisor = tree.maximum(coverage, 1e-6)
    straight = _converted(tree, [shown[name] / divisor for name in _RGB], _SHOWN, _LINEAR)
    # The compositor's colors are times their coverage.
    parts = {name: straight[name] * coverage for name in _RGB}
    tree.output(
        "Image",
        tree.add("CompositorNodeCombineColor", {**parts, "Alpha": coverage}),
        kind="Color",
    )


_RGB: Final = ("Red", "Green", "Blue")


def _converted(tree: Tree, parts: list[Any], begin: str, end: str) -> Any:
    """Convert a color that covers all."""
    given = dict(zip(_RGB, parts, strict=True))
    color = tree.add("CompositorNodeCombineColor", {**given, "Alpha": 1.0})
    converted = tree.add(
        "CompositorNodeConvertColorSpace",
        {"Image": color},
        from_color_space=begin,
        to_color_space=end,
    )
    return tree.add("CompositorNodeSeparateColor", {"Image": converted})


def use_transparent_ground(scene: bpy.types.Scene, *, straight: bool) -> None:
    """Render a scene without its background, and with all its light.

    Parameters
    ----------
    scene : Scene
        With or without bloom; nodes in its compositor group stay.
    straight : bool
        For PNG and video. Over black, the result is the same as with a black background; over other
        grounds, light covers what is below as much as it is bright. Otherwise for OpenEXR, where
        light adds to any ground.
    """
    render = scene.render
    render.film_transparent = True
    group: Any = scene.compositing_node_group
    if group is not None and GROUND in group.nodes:
        lay_on(group, None)
    there = None if group is None else _covering(group)
    if not straight:
        if there is not None:
            _taken_out(group, there)
        return
    if there is not None:
        return
    render.use_compositing = True
    if group is None:
        with nodes.compositor_group(f"{GROUP} of {scene.name}") as tree:
            layers = tree.add("CompositorNodeRLayers", scene=scene)
            covered = tree.group(coverage_group(), {"Image": layers["Image"]}, name=GROUP)
            tree.output("Image", covered["Image"], kind="Color")
        scene.compositing_node_group = tree.tree
        return
    (output,) = (node for node in group.nodes if node.bl_idname == "NodeGroupOutput")
    (link,) = output.inputs[0].links
    added = group.nodes.new("CompositorNodeGroup")
    added.node_tree, added.name, added.label = coverage_group(), GROUP, GROUP
    added.location = output.location
    output.location.x += 220.0
    group.links.new(link.from_socket, added.inputs[0])
    group.links.new(added.outputs[0], output.inputs[0])


def use_opaque_ground(scene: bpy.types.Scene) -> None:
    """Render a scene with its background again; what `use_transparent_ground` did is undone.

    Raises
    ------
    LayersError
        See `bloom.add_bloom`; nothing has changed then.
    """
    ground = ground_below(scene)
    group: Any = scene.compositing_node_group
    there = None if group is None else _covering(group)
    if there is not None:
        _taken_out(group, there)
    scene.render.film_transparent = ground is not None
    if group is not None and GROUND in group.nodes:
        lay_on(group, ground)


def _covering(group: Any) -> Any:
    return next((node for node in group.nodes if node.name.split(".")[0] == GROUP), None)


def _taken_out(group: Any, node: Any) -> None:
    for given in node.inputs[0].links:
        for link in list(node.outputs[0].links):
            group.links.new(given.from_socket, link.to_socket)
    group.nodes.remove(node)
