# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes do not change with time: an object that nobody sees makes them once, for all frames.

It has a copy of the neuron's curves, and the inputs of its modifier follow those of the neuron's.
A number says what a mesh was made of. Playback takes the mesh only if that is what it has to draw,
and makes its own in each frame otherwise: slower, but the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import bpy

from ..common import nodes
from ..common.holders import new_holder
from ..common.nodes import Linkable, Node, Socket, Tree, Value
from ..common.nodes.modifiers import (
    add_group_modifier,
    follow,
    has_input,
    input_value,
    set_inputs,
)
from ..common.required import required
from ..lines.round_ends import whole
from ..lines.stations import STRAND_POINT
from ..lines.style import Lines
from ..lines.styles import STYLES
from ..lines.surface_input import SURFACES_INPUTS
from ..properties import about
from .samples import GROUP, RECORDING_INPUTS, SPHERES_INPUTS, joined_group
from .thickness import (
    LOOK_INPUTS,
    SHAPE_INPUTS,
    STATISTICS_INPUTS,
    THICKNESS_INPUTS,
    TYPES_INPUTS,
    is_exact,
    is_line,
    is_sphere,
    thickness_group,
    without_menus,
)

SHAPE: Final = "Shape"
"""The modifier's input that takes the object."""
STILL_INPUTS: Final[dict[str, dict[str, Any]]] = {
    SHAPE: {
        "kind": "Object",
        "description": "Holds the neuron's mesh, so that it need not be made in each frame",
    },
}
MADE_OF: Final = "made_of"
_OF_MODIFIER: Final = LOOK_INPUTS | TYPES_INPUTS | STATISTICS_INPUTS
# So that a sum over many points stays within 32 bits.
_PARTS: Final = 1 << 12
# Of strands' ends: how many points they have, and how far they reach, in radii.
_TIP_POINTS, _TIP = 3, 0.75


def keep_shape(
    neuron: bpy.types.Object, modifier: bpy.types.NodesModifier, made: list[bpy.types.ID]
) -> None:
    """Give a neuron the object that makes its meshes; a network has none.

    Parameters
    ----------
    neuron : Object
        With the collection of its data objects, which gets this one.
    modifier : NodesModifier
        The one that plays it, of this version.
    made : list of ID
        Gets the object and its curves as soon as they exist.
    """
    if not has_input(modifier, SHAPE):
        return
    curves = required(neuron.data).copy()
    made.append(curves)
    curves.name = f"{neuron.name} shape"
    holder = new_holder(curves.name, curves, made)
    added = add_group_modifier(holder, SHAPE, holder_group())
    # These do not change while the curves stay; and a driver is no integer of 32 bits.
    fixed = (*SPHERES_INPUTS, *RECORDING_INPUTS, *SURFACES_INPUTS)
    set_inputs(added, {name: input_value(modifier, name).value for name in fixed})
    for name in SHAPE_INPUTS:
        source = input_value(modifier, name)
        input_value(added, name).value = source.value
        follow(added, name, neuron, source.path_from_id("value"))
    set_inputs(modifier, {SHAPE: holder})
    required(about(neuron).holders).objects.link(holder)


def shape_of(modifier: bpy.types.NodesModifier) -> bpy.types.Object | None:
    """Find the object that makes the meshes of a neuron.

    Returns
    -------
    Object or None
        None for networks and neurons that an older version imported.
    """
    return input_value(modifier, SHAPE).value if has_input(modifier, SHAPE) else None


@nodes.group(f"{GROUP}: {{}}")
def _style_group(tree: Tree, name: str) -> None:
    """Build the group of a style.

    Blender looks at a whole tree whenever a link is added, so several small ones are made in a
    fraction of the time of a single one.
    """
    curves = tree.input("Strands", "Geometry")
    spheres = tree.input("Spheres", "Geometry")
    given = tree.inputs(SHAPE_INPUTS | SURFACES_INPUTS)
    lines = Lines(tree, curves, is_line(tree, given), given, spheres, is_sphere(tree, given))
    tree.output("Geometry", STYLES[name].write(lines))


@nodes.group(f"{GROUP}: Mesh")
def mesh_group(tree: Tree) -> None:
    """Build the group that makes what the styles draw, all but its values.

    Returns
    -------
    NodeTree
        Its meshes have `STRAND_POINT` or `STATION`, and beside those with stations these lie as
        points. For styles that the engine draws, curves with `STRAND_POINT`.
    """
    curves = tree.input("Strands", "Geometry")
    spheres = tree.input("Spheres", "Geometry")
    given = tree.inputs(SHAPE_INPUTS | SURFACES_INPUTS)
    numbered = tree.store(curves, STRAND_POINT, tree.add("GeometryNodeInputIndex"), "INT")
    thickness = {name: given[name] for name in THICKNESS_INPUTS}
    thick = tree.group(thickness_group(), {"Strands": numbered, **thickness})
    lines = Lines(tree, thick["Strands"], is_line(tree, given), given)
    # Cycles adds half a ball to each end, and EEVEE nothing, so this is between the two.
    smooth, _ = whole(lines, 0.0, given["Strand Smoothing"], _TIP_POINTS, _TIP)
    even = tree.index_switch("GEOMETRY", is_exact(tree, thick, given), [smooth, None])
    drawn = {"Strands": thick["Strands"], "Spheres": spheres, **given}
    made: list[Value] = [
        even if style.drawn_by_engine else tree.group(_style_group(style.name), drawn)
        for style in STYLES.values()
    ]
    tree.output("Geometry", tree.index_switch("GEOMETRY", given["Style"], made))


@nodes.group("BlenderSpike Shape")
def holder_group(tree: Tree) -> None:
    """Build the group of the object that makes meshes for all frames."""
    curves = tree.input("Geometry", "Geometry")
    menus = tree.inputs({name: _OF_MODIFIER[name] for name in SHAPE_INPUTS})
    given = without_menus(tree, menus) | tree.inputs(
        SPHERES_INPUTS | RECORDING_INPUTS | SURFACES_INPUTS
    )
    spheres = tree.object(given["Spheres"])["Geometry"]
    strands = tree.group(joined_group(), {"Strands": curves, "Recording": given["Recording"]})
    look = {name: given[name] for name in (*SHAPE_INPUTS, *SURFACES_INPUTS)}
    mesh = tree.group(mesh_group(), {"Strands": strands, "Spheres": spheres, **look})
    number = made_of(tree, curves, spheres, given)
    # A slot that is empty: the neuron's own material reaches it there.
    slotted = tree.add("GeometryNodeSetMaterial", {"Geometry": mesh})
    tree.output("Geometry", tree.store(slotted, MADE_OF, number, "INT"))


@nodes.group(f"{GROUP}: Made Of")
def _made_of_group(tree: Tree) -> None:
    """Build the group that gives a number for all that a mesh is made of."""
    curves = tree.input("Strands", "Geometry")
    spheres = tree.input("Spheres", "Geometry")
    given = tree.inputs(SHAPE_INPUTS | RECORDING_INPUTS)
    with tree.frame("Settings"):
        number: Value = given["Recording"]
        for name, settings in SHAPE_INPUTS.items():
            kind = "FLOAT" if settings["kind"] == "Float" else "INT"
            number = _hashed(tree, given[name], kind, number)
    with tree.frame("Places and radii"):
        index = tree.add("GeometryNodeInputIndex")
        recorded = tree.attribute("recorded_radius")
        # One number for all of a point, since each costs as much as the values of a vertex.
        radii = tree.vector(recorded, tree.add("GeometryNodeInputRadius") * 2.0, recorded * 3.0)
        place = tree.add("GeometryNodeInputPosition")
        each = _hashed(tree, place + radii, "VECTOR", index)
        for geometry in (curves, spheres):
            small = tree.add("FunctionNodeBitMath", {"A": each, "B": _PARTS - 1}, operation="AND")
            total = tree.add("GeometryNodeAccumulateField", {"Value": small}, data_type="INT")
            found = tree.sample(geometry, total["Total"], 0, "INT")
            number = _hashed(tree, found, "INT", number)
    tree.output("Number", number, kind="Int")


def made_of(tree: Tree, curves: Linkable, spheres: Linkable, given: Mapping[str, Socket]) -> Node:
    """Add the nodes that give a number for all that a mesh is made of.

    Parameters
    ----------
    curves, spheres : Socket
        As they are in the file, before anything is joined or valued.
    given : mapping
        The inputs by name, with *Recording*.
    """
    chosen = {name: given[name] for name in (*SHAPE_INPUTS, *RECORDING_INPUTS)}
    return tree.group(_made_of_group(), {"Strands": curves, "Spheres": spheres, **chosen})


def _hashed(tree: Tree, value: Value, kind: str, seed: Value) -> Node:
    return tree.add("FunctionNodeHashValue", {"Value": value, "Seed": seed}, data_type=kind)


def kept_or_made(
    tree: Tree,
    strands: Linkable,
    spheres: Linkable,
    given: Mapping[str, Socket],
    wanted: Linkable,
    is_of_object: Linkable,
) -> Socket | Node:
    """Add the nodes that take the object's mesh, or make it here.

    Parameters
    ----------
    strands, spheres : Socket
        To make it of.
    given : mapping
        The inputs by name, with *Shape*.
    wanted : Socket
        From `made_of`.
    is_of_object : Socket
        Whether the material is the object's; a mesh of other curves does not have that of these.
    """
    look = {name: given[name] for name in (*SHAPE_INPUTS, *SURFACES_INPUTS)}
    here = tree.group(mesh_group(), {"Strands": strands, "Spheres": spheres, **look})
    kept = tree.object(given[SHAPE])["Geometry"]
    number = tree.sample(kept, tree.attribute(MADE_OF, "INT"), 0, "INT")
    is_same = number.equals(wanted) & is_of_object
    return tree.switch("GEOMETRY", is_same, here, kept)
