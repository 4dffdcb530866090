# SPDX-License-Identifier: GPL-3.0-or-later
"""Put the cut into materials that exist, and take it out again so that nothing shows it was there.

The slicers' groups stand in a row between the surface's own shader and the material output. They
are changed by writing the whole row anew, from the shader at its beginning, so that a material
whose last slicer is taken out has its own links again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import bpy

from .slicing import (
    ALL,
    AMOUNT,
    AMOUNT_BEFORE,
    CUT,
    CUT_BEFORE,
    SHADER,
    SLICED_BEFORE,
    is_slicer_group,
)

_KEPT: Final = "before_slicing"
# Of the material, what a cut needs to look right in EEVEE: no noise on closed surfaces where the
# cut is sharp, light through what is cut away, and the inside of what is cut open.
_NEEDED: Final = {
    "surface_render_method": "DITHERED",
    "use_transparent_shadow": True,
    "use_backface_culling": False,
    "use_backface_culling_shadow": False,
}
_WIDTH: Final = 240.0
_STEP: Final = _WIDTH + 40.0


@dataclass(frozen=True, slots=True)
class Cut:
    """A slicer in a material's row: its group, and how it goes with those before it."""

    group: bpy.types.NodeTree
    all_of_them: bool = False


def cuts_of(material: bpy.types.Material) -> list[Cut]:
    """List the slicers that a material has, in the order in which they cut.

    Parameters
    ----------
    material : Material

    Returns
    -------
    list of Cut
    """
    for output in _outputs(material):
        if row := _row(output):
            return [Cut(n.node_tree, n.inputs[ALL].default_value > 0.5) for n in reversed(row)]
    return []


def set_cuts(material: bpy.types.Material, cuts: list[Cut]) -> None:
    """Let these slicers cut a material, and no others.

    Parameters
    ----------
    material : Material
        Of this file. Without slicers it becomes what it was before it had any.
    cuts : list of Cut
    """
    kept: Any = material.get(_KEPT)
    if kept is None and cuts:
        material[_KEPT] = {name: getattr(material, name) for name in _NEEDED}
        for name, value in _NEEDED.items():
            setattr(material, name, value)
    for output in _outputs(material):
        source = _take_out(material, output)
        if cuts:
            _put_in(material, output, source, cuts)
    if kept is not None and not cuts:
        for name, value in kept.items():
            setattr(material, name, value)
        del material[_KEPT]


def add_cut(material: bpy.types.Material, cut: Cut) -> None:
    """Let one more slicer cut a material, after those it has.

    Parameters
    ----------
    material : Material
        Of this file.
    cut : Cut
        Nothing changes if the material has this slicer already.
    """
    cuts = cuts_of(material)
    if all(other.group != cut.group for other in cuts):
        # The first one has none before it to go with.
        set_cuts(material, [*cuts, cut if cuts else Cut(cut.group)])


def drop_cut(material: bpy.types.Material, group: bpy.types.NodeTree) -> None:
    """Let a slicer cut a material no more.

    Parameters
    ----------
    material : Material
        Of this file.
    group : NodeTree
        The slicer's; nothing changes if the material does not have it.
    """
    cuts = cuts_of(material)
    left = [cut for cut in cuts if cut.group != group]
    if len(left) < len(cuts):
        left[:1] = [Cut(cut.group) for cut in left[:1]]
        set_cuts(material, left)


def _outputs(material: bpy.types.Material) -> list[Any]:
    tree = material.node_tree
    nodes: Any = tree.nodes if tree is not None else ()
    return [node for node in nodes if node.bl_idname == "ShaderNodeOutputMaterial"]


def _row(output: Any) -> list[Any]:
    """List our nodes before an output, from the last to the first."""
    row: list[Any] = []
    socket = output.inputs["Surface"]
    while socket.is_linked:
        node = socket.links[0].from_node
        if node.bl_idname != "ShaderNodeGroup" or not is_slicer_group(node.node_tree):
            break
        row.append(node)
        socket = node.inputs[SLICED_BEFORE]
    return row


def _take_out(material: bpy.types.Material, output: Any) -> Any:
    """Remove our row before an output; return what gave its surface, if anything did."""
    tree: Any = material.node_tree
    row = _row(output)
    beginning = row[-1].inputs[SHADER] if row else output.inputs["Surface"]
    source = beginning.links[0].from_socket if beginning.is_linked else None
    if row:
        shift = len(row) * _STEP
        own = [row[-1]["output_x"], row[-1]["output_y"]]
        x, y = output.location
        # Somebody may have moved it meanwhile.
        moved = abs(x - own[0] - shift) + abs(y - own[1]) > 0.01
        output.location = (x - shift, y) if moved else own
        for node in row:
            tree.nodes.remove(node)
        if source is not None:
            tree.links.new(source, output.inputs["Surface"])
    return source


def _put_in(material: bpy.types.Material, output: Any, source: Any, cuts: list[Cut]) -> None:
    tree: Any = material.node_tree
    x, y = output.location
    before: Any = None
    for number, cut in enumerate(cuts):
        node = tree.nodes.new("ShaderNodeGroup")
        node.node_tree = cut.group
        node.name = node.label = cut.group.name
        node.width = _WIDTH
        node.parent = output.parent
        node.location = x + number * _STEP, y
        node.select = False
        node.inputs[ALL].default_value = float(cut.all_of_them)
        if before is None:
            # Its own, exactly: a sum and difference of floats may be off by a bit.
            node["output_x"], node["output_y"] = x, y
        shown = source if before is None else before.outputs[SHADER]
        for socket, shader in ((SHADER, source), (SLICED_BEFORE, shown)):
            if shader is not None:
                tree.links.new(shader, node.inputs[socket])
        if before is not None:
            tree.links.new(before.outputs[CUT], node.inputs[CUT_BEFORE])
            tree.links.new(before.outputs[AMOUNT], node.inputs[AMOUNT_BEFORE])
        before = node
    tree.links.new(before.outputs[SHADER], output.inputs["Surface"])
    output.location = x + len(cuts) * _STEP, y
