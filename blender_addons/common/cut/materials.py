# SPDX-License-Identifier: GPL-3.0-or-later
"""Insert the cut into existing materials, and remove it again without a trace.

The slicers' groups form a chain between the surface's own shader and the material output. Each one
can be removed by itself, wherever it is by then, by linking what comes before it to whatever comes
after it. So a material whose last slicer is removed has its original links again, and nodes added
between, before or after slicers meanwhile are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import bpy

from ..marks import Mark, holds
from .distance import SHADER
from .slicer_group import (
    ALL,
    AMOUNT,
    AMOUNT_BEFORE,
    CUT,
    CUT_BEFORE,
    SLICED_BEFORE,
    is_slicer_group,
)

# Material settings that a cut needs to look right in EEVEE: no noise on closed surfaces where the
# cut is sharp, light through what is cut away, and a visible inside of what is cut open.
_NEEDED: Final = {
    "surface_render_method": "DITHERED",
    "use_transparent_shadow": True,
    "use_backface_culling": False,
    "use_backface_culling_shadow": False,
}
_KEPT: Final = Mark(
    "surface_slicer",
    "kept",
    "before_slicing",
    lambda material: holds(material["before_slicing"], _NEEDED.keys()),
)
_WIDTH: Final = 240.0
_STEP: Final = _WIDTH + 40.0


@dataclass(frozen=True, slots=True)
class Cut:
    """A slicer in a material's chain: its group, and how it combines with those before it."""

    group: bpy.types.NodeTree
    all_of_them: bool = False


def cuts_of(material: bpy.types.Material) -> list[Cut]:
    """List a material's slicers, in the order in which they cut."""
    in_rows = [node for output in _outputs(material) for node in reversed(_row(output))]
    # Preceded by those that are followed by the user's own nodes.
    others = [node for node in _slicers(material.node_tree) if node not in in_rows]
    cuts: dict[bpy.types.NodeTree, Cut] = {}
    for node in (*others, *in_rows):
        cuts.setdefault(node.node_tree, Cut(node.node_tree, node.inputs[ALL].default_value > 0.5))
    return list(cuts.values())


def add_cut(material: bpy.types.Material, cut: Cut) -> None:
    """Add a slicer to a material, after its existing ones.

    Parameters
    ----------
    material : Material
        One of this file.
    cut : Cut
        Nothing changes if the material has this slicer already.
    """
    outputs = _outputs(material)
    if not outputs or any(other.group == cut.group for other in cuts_of(material)):
        return
    if not _KEPT.on(material):
        _KEPT.put(material, {name: getattr(material, name) for name in _NEEDED})
        for name, value in _NEEDED.items():
            setattr(material, name, value)
    for output in outputs:
        last = _nearest_slicer(output)
        # If outputs share a chain, the first of them already has it.
        if last is None or last.node_tree != cut.group:
            _put_in(material, output, last, cut)


def drop_cut(material: bpy.types.Material, group: bpy.types.NodeTree) -> None:
    """Remove a slicer from a material.

    Parameters
    ----------
    material : Material
        One of this file. Without slicers it becomes what it was before it had any.
    group : NodeTree
        The slicer's; nothing changes if the material does not have it.
    """
    slicers = list(_slicers(material.node_tree))
    for node in slicers:
        if node.node_tree == group:
            _take_out(material, node)
    kept: Any = _KEPT.of(material)
    if kept is None or material.library is not None or any(_slicers(material.node_tree)):
        return
    for name, value in kept.items():
        setattr(material, name, value)
    _KEPT.remove(material)


def _outputs(material: bpy.types.Material) -> list[Any]:
    tree = material.node_tree
    nodes: Any = tree.nodes if tree is not None else ()
    return [node for node in nodes if node.bl_idname == "ShaderNodeOutputMaterial"]


def _slicers(tree: Any) -> Iterator[Any]:
    """List our nodes in a tree, and in groups that some of its nodes were moved into."""
    for node in tree.nodes if tree is not None else ():
        if _is_slicer(node):
            yield node
        elif node.bl_idname == "ShaderNodeGroup" and _is_local(node.node_tree):
            yield from _slicers(node.node_tree)


def _is_slicer(node: Any) -> bool:
    return node.bl_idname == "ShaderNodeGroup" and is_slicer_group(node.node_tree)


def _is_local(group: Any) -> bool:
    return group is not None and group.library is None


def _giver(socket: Any) -> Any:
    """Return the output that an input is linked to; None if it is not linked."""
    return socket.links[0].from_socket if socket.is_linked else None


def _row(output: Any) -> list[Any]:
    """List our nodes right before an output, reroutes aside, from the last to the first."""
    row: list[Any] = []
    passed: list[Any] = []
    giver = _giver(output.inputs["Surface"])
    # Nothing prevents users from linking a node to itself.
    while giver is not None and giver.node not in passed:
        node = giver.node
        passed.append(node)
        if node.bl_idname == "NodeReroute":
            giver = _giver(node.inputs[0])
        elif _is_slicer(node):
            row.append(node)
            giver = _giver(node.inputs[SLICED_BEFORE])
        else:
            break
    return row


def _nearest_slicer(output: Any) -> Any:
    """Find the last of our nodes before an output, whatever is between; None if there is none."""
    level, passed = [output], [output]
    while level:
        sockets = [s for node in level for s in node.inputs if s.is_linked]
        before = [link.from_node for socket in sockets for link in socket.links]
        level = []
        for node in before:
            if _is_slicer(node):
                return node
            if node not in passed:
                passed.append(node)
                level.append(node)
    return None


def _take_out(material: bpy.types.Material, node: Any) -> None:
    """Remove one of our nodes, and link what comes before it to what comes after it."""
    tree: Any = node.id_data
    rows = [(output, row) for output in _outputs(material) if node in (row := _row(output))]
    homes = [_home(output, row) for output, row in rows]
    before = _giver(node.inputs[SLICED_BEFORE]) or _giver(node.inputs[SHADER])
    givers = {
        SHADER: before,
        CUT: _giver(node.inputs[CUT_BEFORE]),
        AMOUNT: _giver(node.inputs[AMOUNT_BEFORE]),
    }
    for name, giver in givers.items():
        for taker in [link.to_socket for link in node.outputs[name].links]:
            if giver is not None:
                tree.links.new(giver, taker)
            elif name == CUT and _is_slicer(taker.node):
                # It is now the first, with none before it to combine with.
                taker.node.inputs[ALL].default_value = 0.0
    for (output, row), home in zip(rows, homes, strict=True):
        row.remove(node)
        _line_up(output, row, home)
    tree.nodes.remove(node)


def _put_in(material: bpy.types.Material, output: Any, last: Any, cut: Cut) -> None:
    """Add one of our nodes after the last one, or before an output that has none yet."""
    tree: Any = material.node_tree
    row = _row(output)
    home = _home(output, row)
    surface = output.inputs["Surface"]
    source = _giver(surface if last is None else last.inputs[SHADER])
    shown = source if last is None else last.outputs[SHADER]
    takers = [surface] if last is None else [k.to_socket for k in last.outputs[SHADER].links]
    node = tree.nodes.new("ShaderNodeGroup")
    node.node_tree = cut.group
    node.name = node.label = cut.group.name
    node.width = _WIDTH
    node.select = False
    for taker in takers:
        tree.links.new(node.outputs[SHADER], taker)
    for name, shader in ((SHADER, source), (SLICED_BEFORE, shown)):
        if shader is not None:
            tree.links.new(shader, node.inputs[name])
    if last is not None:
        # The first one has none before it to combine with.
        node.inputs[ALL].default_value = float(cut.all_of_them)
        tree.links.new(last.outputs[CUT], node.inputs[CUT_BEFORE])
        tree.links.new(last.outputs[AMOUNT], node.inputs[AMOUNT_BEFORE])
    if last is None or row:
        node.parent = output.parent
        _line_up(output, [node, *row], home)
    else:
        node.parent = last.parent
        node.location = last.location.x + _STEP, last.location.y


def _home(output: Any, row: list[Any]) -> tuple[float, float]:
    """Return where an output would be without our chain before it."""
    x, y = output.location
    shift = len(row) * _STEP
    first = row[-1] if row else {}
    own = (first.get("output_x", x), first.get("output_y", y))
    # It may have been moved meanwhile, or nodes may have been removed.
    moved = abs(x - own[0] - shift) + abs(y - own[1]) > 0.01
    return (x - shift, y) if moved else own


def _line_up(output: Any, row: list[Any], home: tuple[float, float]) -> None:
    """Put our chain where the output was, and the output after it."""
    x, y = home
    for number, node in enumerate(reversed(row)):
        node.location = x + number * _STEP, y
    if row:
        # Exactly its own: a sum and difference of floats may be off by a bit.
        row[-1]["output_x"], row[-1]["output_y"] = x, y
    output.location = x + len(row) * _STEP, y
