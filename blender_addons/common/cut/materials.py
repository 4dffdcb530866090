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
from .distance import SHADER, VOLUME
from .slicer_group import (
    ALL,
    AMOUNT,
    AMOUNT_BEFORE,
    CUT,
    CUT_BEFORE,
    SLICED_BEFORE,
    is_slicer_group,
)

# Material settings that a cut needs to look right in EEVEE: light through what is cut away, and a
# visible inside of what is cut open.
_NEEDED: Final = {
    "use_transparent_shadow": True,
    "use_backface_culling": False,
    "use_backface_culling_shadow": False,
}
# Opaque faces are sorted by depth only if dithered; where the cut is sharp, there is no noise. What
# light passes through is noisy, so it stays blended; then what is behind a face must be drawn, too.
_OPAQUE: Final = {"surface_render_method": "DITHERED"}
_BLENDED: Final = {"use_transparency_overlap": True}
_LETS_LIGHT_THROUGH: Final = frozenset(
    {
        "ShaderNodeBsdfGlass",
        "ShaderNodeBsdfRefraction",
        "ShaderNodeBsdfTranslucent",
        "ShaderNodeBsdfTransparent",
        "ShaderNodeHoldout",
    }
)
# At these values of its inputs, a shader lets no light through.
_CLOSED: Final = {"Alpha": 1.0, "Transmission Weight": 0.0, "Transparency": 0.0}
_KEPT: Final = Mark(
    "surface_slicer",
    "kept",
    "before_slicing",
    lambda material: holds(
        material["before_slicing"], _NEEDED.keys() | _OPAQUE.keys() | _BLENDED.keys()
    ),
)
_WIDTH: Final = 240.0
_STEP: Final = _WIDTH + 40.0
_BELOW: Final = 320.0
_SURFACE: Final = "Surface"
_VOLUME: Final = "Volume"
# The inputs of a material output that are cut, and the output of our node for each.
_GIVEN: Final = {_SURFACE: SHADER, _VOLUME: VOLUME}


@dataclass(frozen=True, slots=True)
class Cut:
    """A slicer in a material's chain: its group, and how it combines with those before it."""

    group: bpy.types.NodeTree
    all_of_them: bool = False


def cuts_of(material: bpy.types.Material) -> list[Cut]:
    """List a material's slicers, in the order in which they cut."""
    in_rows = [
        node
        for output in _outputs(material)
        for route in _GIVEN
        for node in reversed(_row(output, route))
    ]
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
    for output in outputs:
        _take_out_needless(material, output)
    there = {
        _route_of(node) for node in _slicers(material.node_tree) if node.node_tree == cut.group
    }
    wanted = [(out, route) for out in outputs for route in _routes(out) if route not in there]
    if not wanted:
        return
    if not _KEPT.on(material):
        blended = material.surface_render_method == "BLENDED" and _lets_light_through(material)
        needed = _NEEDED | (_BLENDED if blended else _OPAQUE)
        _KEPT.put(material, {name: getattr(material, name) for name in needed})
        for name, value in needed.items():
            setattr(material, name, value)
    for output, route in wanted:
        last = _nearest_slicer(output, route)
        # If outputs share a chain, the first of them already has it.
        if last is None or last.node_tree != cut.group:
            _put_in(material, output, route, last, cut)


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


def _lets_light_through(owner: Any) -> bool:
    """Tell whether a shader among the nodes of a material or group is not opaque."""
    tree = getattr(owner, "node_tree", None)
    for node in tree.nodes if tree is not None else ():
        if node.bl_idname in _LETS_LIGHT_THROUGH:
            return True
        for name, closed in _CLOSED.items():
            socket = node.inputs.get(name)
            if socket is not None and (socket.is_linked or socket.default_value != closed):
                return True
        if node.bl_idname == "ShaderNodeGroup" and _lets_light_through(node):
            return True
    return False


def _outputs(material: bpy.types.Material) -> list[Any]:
    tree = material.node_tree
    nodes: Any = tree.nodes if tree is not None else ()
    return [node for node in nodes if node.bl_idname == "ShaderNodeOutputMaterial"]


def _routes(output: Any) -> list[str]:
    """List the inputs of an output that are to be cut.

    An empty *Surface* beside a volume is invisible; alone it is black.
    """
    used = [route for route in _GIVEN if output.inputs[route].is_linked]
    return used or [_SURFACE]


def _route_of(node: Any) -> str:
    """Find out which input of an output one of our nodes is for."""
    medium = node.outputs.get(VOLUME)
    return _VOLUME if medium is not None and medium.is_linked else _SURFACE


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


def _row(output: Any, route: str) -> list[Any]:
    """List our nodes right before an output, reroutes aside, from the last to the first."""
    row: list[Any] = []
    passed: list[Any] = []
    giver = _giver(output.inputs[route])
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


def _nearest_slicer(output: Any, route: str) -> Any:
    """Find the last of our nodes before an output, whatever is between; None if there is none."""
    sockets = [output.inputs[route]]
    passed = [output]
    while sockets:
        before = [link.from_node for socket in sockets for link in socket.links]
        level = []
        for node in before:
            if _is_slicer(node):
                return node
            if node not in passed:
                passed.append(node)
                level.append(node)
        sockets = [s for node in level for s in node.inputs if s.is_linked]
    return None


def _take_out_needless(material: bpy.types.Material, output: Any) -> None:
    """Remove what version 0.1.0 put before the empty surface of a volume, which it made black."""
    row = _row(output, _SURFACE)
    if row and output.inputs[_VOLUME].is_linked and _giver(row[-1].inputs[SHADER]) is None:
        for node in row:
            _take_out(material, node)


def _take_out(material: bpy.types.Material, node: Any) -> None:
    """Remove one of our nodes, and link what comes before it to what comes after it."""
    tree: Any = node.id_data
    rows = [
        (output, route, row)
        for output in _outputs(material)
        for route in _GIVEN
        if node in (row := _row(output, route))
    ]
    homes = [_home(output, row) for output, _, row in rows]
    before = _giver(node.inputs[SLICED_BEFORE]) or _giver(node.inputs[SHADER])
    givers = {
        SHADER: before,
        VOLUME: before,
        CUT: _giver(node.inputs[CUT_BEFORE]),
        AMOUNT: _giver(node.inputs[AMOUNT_BEFORE]),
    }
    for name, giver in givers.items():
        # Groups of version 0.1.0 have none for volumes.
        outgoing = node.outputs[name].links if name in node.outputs else ()
        for taker in [link.to_socket for link in outgoing]:
            if giver is not None:
                tree.links.new(giver, taker)
            elif name == CUT and _is_slicer(taker.node):
                # It is now the first, with none before it to combine with.
                taker.node.inputs[ALL].default_value = 0.0
    for (output, route, row), home in zip(rows, homes, strict=True):
        row.remove(node)
        _line_up(output, route, row, home)
    tree.nodes.remove(node)


def _put_in(material: bpy.types.Material, output: Any, route: str, last: Any, cut: Cut) -> None:
    """Add one of our nodes after the last one, or before an output that has none yet."""
    tree: Any = material.node_tree
    given = _GIVEN[route]
    row = _row(output, route)
    home = _home(output, row)
    end = output.inputs[route]
    source = _giver(end if last is None else last.inputs[SHADER])
    shown = source if last is None else last.outputs[given]
    takers = [end] if last is None else [k.to_socket for k in last.outputs[given].links]
    node = tree.nodes.new("ShaderNodeGroup")
    node.node_tree = cut.group
    node.name = node.label = cut.group.name
    node.width = _WIDTH
    node.select = False
    for taker in takers:
        tree.links.new(node.outputs[given], taker)
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
        _line_up(output, route, [node, *row], home)
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


def _line_up(output: Any, route: str, row: list[Any], home: tuple[float, float]) -> None:
    """Put our chain where the output was, and the output after it.

    The chain of a volume is placed below that of a surface, which moves the output.
    """
    if route == _VOLUME and output.inputs[_SURFACE].is_linked:
        x, y = output.location
        for number, node in enumerate(row, start=1):
            node.location = x - number * _STEP, y - _BELOW
        return
    x, y = home
    for number, node in enumerate(reversed(row)):
        node.location = x + number * _STEP, y
    if row:
        # Exactly its own: a sum and difference of floats may be off by a bit.
        row[-1]["output_x"], row[-1]["output_y"] = x, y
    output.location = x + len(row) * _STEP, y
