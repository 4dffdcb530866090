# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures in the picture: axes, color bars, scale bars, numbers.

Each is an object without its own geometry and with one geometry nodes modifier that draws it, so
that every setting stays live. Lengths are in the object's own units; `frame` makes one unit the
shorter side of the picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import bpy

from .. import nodes
from ..glow import glowing
from ..nodes import Linkable, Node, Tree, Value
from ..nodes.modifiers import add_group_modifier
from ..required import required

GROUP: Final = "Figure"
INK: Final = "Figure Ink"
FADING_INK: Final = "Fading Figure Ink"
INK_COLOR: Final = "figure_color"
"""The point attribute with the color of the materials `INK` and `FADING_INK`."""
PASS: Final = "Figures"
"""Render pass that is 1 on figures, to treat them separately."""
WHITE: Final = (0.8, 0.8, 0.8, 1.0)
"""Scene-linear; a little below white, so that bloom does not blur small type."""
_GOLDEN: Final = 0.6180339887
# At most: as many as a line of a few hundred samples has.
_LOOSE: Final = 2048.0
# Of the ink that version 0.1.0 made.
_KINDS_OF_0_1: Final = {"ShaderNodeAttribute", "ShaderNodeEmission", "ShaderNodeOutputMaterial"}

TEXT_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Text Size": {
        "kind": "Float",
        "default": 0.03,
        "minimum": 0.0,
        "description": "Height of a line of text; 1 is the picture's shorter side",
    },
    "Color": {"kind": "Color", "default": WHITE, "description": "Color of lines and text"},
    "Ink": {"kind": "Material", "hide": True},
}


def ink_material() -> bpy.types.Material:
    """Make the material of lines and text, or return the existing one.

    Returns
    -------
    Material
        It emits the color of the attribute `INK_COLOR`, independent of the lights.
    """
    existing = bpy.data.materials.get(INK)
    if existing is not None and existing.library is None:
        kinds = {node.bl_idname for node in required(existing.node_tree).nodes}
        # In version 0.1.0 it did not mark figures.
        if "ShaderNodeOutputAOV" in kinds or kinds != _KINDS_OF_0_1:
            return existing
    material = existing or glowing(INK)
    with nodes.material(material) as tree:
        color = tree.add(
            "ShaderNodeAttribute", label="Color", attribute_type="GEOMETRY",
            attribute_name=INK_COLOR,
        )["Color"]  # fmt: skip
        glow = tree.add("ShaderNodeEmission", {"Color": color, "Strength": 1.0})
        tree.add("ShaderNodeOutputMaterial", {"Surface": glow})
        tell_pass(tree, 1.0)
    return material


def fading_ink_material() -> bpy.types.Material:
    """Make the material of lines and text that come and go, or return the existing one.

    Returns
    -------
    Material
        Like `ink_material`, but as transparent as the alpha of the attribute `INK_COLOR` says.
    """
    existing = bpy.data.materials.get(FADING_INK)
    if existing is not None and existing.library is None:
        return existing
    material = glowing(FADING_INK)
    with nodes.material(material) as tree:
        color = tree.add(
            "ShaderNodeAttribute", label="Color", attribute_type="GEOMETRY",
            attribute_name=INK_COLOR,
        )  # fmt: skip
        glow = tree.add("ShaderNodeEmission", {"Color": color["Color"], "Strength": 1.0})
        clear = tree.add("ShaderNodeBsdfTransparent")
        surface = tree.mix_shader(color["Alpha"], clear, glow)
        tree.add("ShaderNodeOutputMaterial", {"Surface": surface})
        tell_pass(tree, color["Alpha"])
    return material


def tell_pass(tree: Tree, share: Linkable | float) -> None:
    """Make a material mark figures in the render pass `PASS`.

    Parameters
    ----------
    tree : Tree
        Of the material.
    share : Socket, Node or float
        1 on figures, 0 elsewhere.
    """
    tree.add("ShaderNodeOutputAOV", {"Value": share}, label=PASS, aov_name=PASS)


def new_figure(
    name: str, group: Any, inputs: Mapping[str, Any], mesh: bpy.types.Mesh | None = None
) -> bpy.types.Object:
    """Make an object drawn by a node group.

    Parameters
    ----------
    group : NodeTree
        Its modifier has the same name.
    inputs : mapping
        Of the modifier, by name. An input *Ink* gets the material of lines and text.
    mesh : Mesh, optional
        Geometry input of the group.

    Returns
    -------
    Object
        In no collection yet.
    """
    figure = bpy.data.objects.new(name, bpy.data.meshes.new(name) if mesh is None else mesh)
    add_group_modifier(figure, group.name, group, {"Ink": ink_material(), **inputs})
    # It is visible, but neither lights nor shadows what is behind it.
    figure.visible_diffuse = figure.visible_glossy = figure.visible_transmission = False
    figure.visible_volume_scatter = figure.visible_shadow = False
    # Cycles is an add-on. What a figure draws at a time is not to be smeared, such as the dot of a
    # trace; moving along with a camera is. EEVEE needs `unblurred`.
    cycles: Any = getattr(figure, "cycles", None)
    if cycles is not None:
        cycles.use_deform_motion = False
    return figure


def find_drawing(thing: bpy.types.Object) -> bpy.types.NodesModifier | None:
    """Find the modifier that draws a figure.

    Parameters
    ----------
    thing : Object
        From `new_figure`; it may have other modifiers before and after that one.

    Returns
    -------
    NodesModifier or None
        None if it no longer has it.
    """
    for modifier in thing.modifiers:
        if isinstance(modifier, bpy.types.NodesModifier) and modifier.node_group is not None:
            items: Any = required(modifier.node_group.interface).items_tree
            if any(item.item_type == "SOCKET" and item.name == "Ink" for item in items):
                return modifier
    return None


def remove_figure(figure: bpy.types.Object) -> None:
    """Remove a figure from `new_figure`, and its mesh unless a user's copy shares that."""
    mesh: Any = figure.data
    bpy.data.objects.remove(figure)
    if not mesh.users:
        bpy.data.batch_remove([mesh])


# --- Building blocks of other groups ---


def rectangle(tree: Tree, width: Value, height: Value, x: Value, y: Value) -> Node:
    """Add a rectangle around a point."""
    inputs = {"Size X": width, "Size Y": height, "Vertices X": 2, "Vertices Y": 2}
    return moved(tree, tree.add("GeometryNodeMeshGrid", inputs)["Mesh"], x, y)


def moved(tree: Tree, geometry: Linkable, x: Value, y: Value, z: Value = 0.0) -> Node:
    """Move geometry."""
    way = tree.vector(x, y, z)
    return tree.add("GeometryNodeTransform", {"Geometry": geometry, "Translation": way})


def unblurred(tree: Tree, geometry: Linkable) -> Node:
    """Keep EEVEE's motion blur off geometry that is drawn anew at each time.

    EEVEE has no switch for it, but blurs only between meshes with the same number of vertices. So
    there are loose vertices, which no engine draws, in a number that differs from time to time.
    """
    frame = tree.add("GeometryNodeInputSceneTime")["Frame"]
    # Multiples of the golden ratio are far apart, whatever the shutter's time: further than lines
    # grow in it.
    spread = tree.math("FRACT", frame * _GOLDEN) * _LOOSE
    loose = tree.add(
        "GeometryNodePointsToVertices",
        {"Points": tree.add("GeometryNodePoints", {"Count": spread + 1.0})},
    )
    return tree.join(geometry, loose)


def inked(tree: Tree, geometry: Linkable, style: Mapping[str, Linkable]) -> Node:
    """Give lines and text their color and material.

    Parameters
    ----------
    style : mapping
        Holds the inputs *Color* and *Ink*.
    """
    real = tree.add("GeometryNodeRealizeInstances", {"Geometry": geometry})
    colored = tree.store(real, INK_COLOR, style["Color"], "FLOAT_COLOR", label=INK_COLOR)
    return tree.add("GeometryNodeSetMaterial", {"Geometry": colored, "Material": style["Ink"]})
