# SPDX-License-Identifier: GPL-3.0-or-later
"""A neuron as one mesh that carries its colors, for other programs.

The copy takes what the neuron's own modifier draws, in every frame: strands become tubes, spheres
become part of the mesh, and each vertex gets the color that the neuron's material shows. So it
plays by itself, and anything that writes meshes can write it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import bpy

from ..color.coloring import color_input, voltage_material
from ..color.voltage_nodes import COLOR_OF_TYPES, NO_DATA_COLOR, TINT_INPUTS
from ..common import nodes
from ..common.animation import fcurves
from ..common.colormaps.followers import COLORED_BY, FOLLOWER_INPUTS
from ..common.colormaps.in_geometry import COLOR, COLOR_INPUTS, color_group, follow_material
from ..common.nodes import Linkable, Node, Socket, Tree
from ..common.nodes.modifiers import (
    add_group_modifier,
    find_group_modifier,
    follow_socket,
    input_value,
    set_inputs,
)
from ..common.required import required
from ..common.value_color import gray_without_data
from ..playback.axon_pulses import PULSE
from ..playback.network_nodes import LAYOUT_PREFIX
from ..playback.samples import DIM, VOLTAGE
from ..playback.synapse_nodes import SYNAPSE

GROUP: Final = "BlenderSpike Mesh Copy"
MODIFIER: Final = "Mesh Copy"
CORNER_COLOR: Final = "Cd"
"""The attribute `COLOR` again, in 8 bits for each corner of a face: the only kind of color that
Blender writes to Alembic."""

# Attributes that only the neuron's own nodes need, and that would otherwise be exported.
_WORKINGS: Final = (
    "segment_*",
    "weight_b",
    "role",
    "starts_inside",
    "chain_*",
    "*_radius",
    "at_cell",
    "strand_*",
    "station*",
    "sphere*",
    "made_of",
    f"{LAYOUT_PREFIX}*",
    DIM,
)
_COPY_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Neuron": {"kind": "Object", "description": "What to copy, as drawn in each frame"},
    "Tube Resolution": {
        "kind": "Int",
        "default": 10,
        "minimum": 3,
        "maximum": 64,
        "description": "Corners of the cross-section where strands become tubes",
    },
    "Corner Colors": {
        "kind": "Bool",
        "default": True,
        "description": "Also store the colors as Cd, the only ones that Blender writes to Alembic",
    },
}


class NoColorsError(ValueError):
    """A neuron whose colors do not come from a colormap."""


def add_mesh_copy(neuron: bpy.types.Object, collection: bpy.types.Collection) -> bpy.types.Object:
    """Make an object that is a neuron's mesh in every frame.

    Parameters
    ----------
    neuron : Object
        An imported simulation, colored by voltage.
    collection : Collection
        Gets the copy.

    Returns
    -------
    Object
        Of type Mesh, at the neuron's position; it keeps showing what the neuron shows. Its vertices
        have the attributes `VOLTAGE` and `COLOR`, its corners `CORNER_COLOR`.

    Raises
    ------
    NoColorsError
        If the neuron's material is not from `coloring`.
    """
    material = colored_material(neuron)
    name = f"{neuron.name} mesh"
    copy = bpy.data.objects.new(name, _active_color(name, material))
    modifier = add_group_modifier(copy, MODIFIER, node_group(), {"Neuron": neuron})
    follow_colors(modifier, material)
    collection.objects.link(copy)
    _follow_place(copy, neuron)
    return copy


def colored_material(neuron: bpy.types.Object) -> bpy.types.Material:
    """Find the material whose colors a copy uses.

    Parameters
    ----------
    neuron : Object
        An imported simulation.

    Raises
    ------
    NoColorsError
        If the neuron's material is not from `coloring`.
    """
    material = voltage_material(neuron, linked=True)
    if material is None:
        raise NoColorsError(about_uncolored(neuron))
    return material


def about_uncolored(neuron: bpy.types.Object) -> str:
    """Say that a neuron has no material from `coloring`, without a full stop."""
    return f"'{neuron.name}' is not colored by voltage, so it has no colors"


def find_mesh_copy(thing: bpy.types.Object | None) -> bpy.types.NodesModifier | None:
    """Find the modifier that makes an object a neuron's copy.

    Returns
    -------
    NodesModifier or None
        None if the object is not a copy from `add_mesh_copy`.
    """
    return find_group_modifier(thing, GROUP)


def original_of(copy: bpy.types.Object) -> bpy.types.Object | None:
    """Find the neuron that a copy shows.

    Parameters
    ----------
    copy : Object
        Of `add_mesh_copy`.

    Returns
    -------
    Object or None
        None if it was deleted.
    """
    neuron: bpy.types.Object | None = input_value(required(find_mesh_copy(copy)), "Neuron").value
    return neuron


def show_instead(
    copy: bpy.types.Object, original: bpy.types.Object, heir: bpy.types.Object
) -> None:
    """Make a copy show the neuron that the one it shows is merged into.

    Parameters
    ----------
    copy : Object
        Of `add_mesh_copy`. If it was moved, what it shows stays where it was moved to.
    original : Object
        The neuron that it shows.
    heir : Object
        The one that it shows from now on, in which the original stays in place.
    """
    set_inputs(required(find_mesh_copy(copy)), {"Neuron": heir})
    along = [
        constraint
        for constraint in copy.constraints
        if isinstance(constraint, bpy.types.CopyTransformsConstraint)
        and constraint.target == original
    ]
    for constraint in along:
        constraint.target = heir
    if not along:
        moved = copy.matrix_world @ original.matrix_world.inverted()
        copy.matrix_world = moved @ heir.matrix_world


def _active_color(name: str, material: bpy.types.Material) -> bpy.types.Mesh:
    """Make the mesh that gives the copy its active color attribute and material."""
    mesh = bpy.data.meshes.new(name)
    mesh.materials.append(material)
    # A mesh without vertices would pass nothing on; the nodes remove this one.
    mesh.vertices.add(1)
    mesh.attributes.new(COLOR, "FLOAT_COLOR", "POINT")
    colors: Any = mesh.color_attributes
    colors.active_color_name = COLOR
    colors.render_color_index = colors.active_color_index
    return mesh


def _follow_place(copy: bpy.types.Object, neuron: bpy.types.Object) -> None:
    """Put a copy where its neuron is, and make it follow a neuron that moves."""
    moves = bool(neuron.parent or len(neuron.constraints)) or any(
        fcurves(neuron, f"{delta}{path}")
        for delta in ("", "delta_")
        for path in ("location", "rotation_euler", "rotation_quaternion", "scale")
    )
    if moves:
        constraint = copy.constraints.new("COPY_TRANSFORMS")
        assert isinstance(constraint, bpy.types.CopyTransformsConstraint)
        constraint.target = neuron
    else:
        copy.matrix_world = neuron.matrix_world.copy()


@nodes.group(GROUP)
def node_group(tree: Tree) -> None:
    """Build the group of a mesh copy, or return it if it exists."""
    own = tree.input("Geometry", "Geometry")
    copied = tree.inputs(_COPY_INPUTS)
    with tree.panel("Colors"):
        colors = tree.inputs(COLOR_INPUTS)
        tints = tree.inputs(TINT_INPUTS)
        material = tree.inputs(FOLLOWER_INPUTS)[COLORED_BY]
    drawn = tree.object(copied["Neuron"])["Geometry"]
    mesh = one_mesh(tree, drawn, copied["Tube Resolution"], own)
    shaded = tree.add("GeometryNodeSetMaterial", {"Geometry": mesh, "Material": material})
    colored = with_colors(tree, shaded, colors, tints)
    with tree.frame("The same for Alembic"):
        again = tree.store(
            colored, CORNER_COLOR, tree.attribute(COLOR, "FLOAT_COLOR"), "BYTE_COLOR", "CORNER"
        )
        finished = tree.switch("GEOMETRY", copied["Corner Colors"], colored, again)
    tree.output("Geometry", finished)


def one_mesh(
    tree: Tree, drawn: Linkable, resolution: Linkable, first: Linkable | None = None
) -> Node:
    """Add the nodes that make one mesh of all that a neuron draws.

    Parameters
    ----------
    drawn : Socket or Node
        Strands, meshes and instances with their voltages.
    resolution : Socket or Node
        Corners of the cross-section where strands become tubes.
    first : Socket or Node, optional
        A mesh without faces that provides its active color attribute and materials; single
        vertices, such as this one's, are then removed.

    Returns
    -------
    Node
        The mesh, without attributes that only the neuron's own nodes need.
    """
    with tree.frame("One mesh of all that is drawn"):
        lean = _without(tree, drawn, _WORKINGS)
        is_synapse = (tree.attribute(SYNAPSE) > 0.5) | (tree.attribute(PULSE) > 0.5)
        # Synapses are not part of it, nor pulses; as points, they are left behind below.
        neurites = tree.add(
            "GeometryNodeDeleteGeometry",
            {"Geometry": lean, "Selection": is_synapse},
            label="No synapses", domain="INSTANCE",
        )  # fmt: skip
        real = tree.add("GeometryNodeRealizeInstances", {"Geometry": neurites})
        kinds = tree.add("GeometryNodeSeparateComponents", {"Geometry": real})
        tubes = _tubes(tree, kinds["Curve"], resolution)
        if first is None:
            return tree.join(kinds["Mesh"], tubes)
        # A joined mesh has the active color attribute of the first.
        joined = tree.join(first, kinds["Mesh"], tubes)
        faces = tree.add("GeometryNodeInputMeshVertexNeighbors")["Face Count"]
        is_loose = faces.equals(0)
        return tree.add(
            "GeometryNodeDeleteGeometry", {"Geometry": joined, "Selection": is_loose},
            label="No single vertices", domain="POINT",
        )  # fmt: skip


def synapses_in(tree: Tree, drawn: Linkable) -> Node:
    """Add the nodes that take synapses and pulses from all that a neuron draws."""
    with tree.frame("The synapses"):
        kinds = tree.add("GeometryNodeSeparateComponents", {"Geometry": drawn})
        balls = tree.add(
            "GeometryNodeSeparateGeometry",
            {
                "Geometry": kinds["Instances"],
                "Selection": (tree.attribute(SYNAPSE) > 0.5) | (tree.attribute(PULSE) > 0.5),
            },
            domain="INSTANCE",
        )["Selection"]
        return tree.join(kinds["Point Cloud"], balls)


def with_colors(
    tree: Tree, mesh: Linkable, colors: dict[str, Socket], tints: dict[str, Socket]
) -> Node:
    """Add the nodes that store the material's color as `COLOR` on each vertex.

    Parameters
    ----------
    mesh : Socket or Node
        With the attributes `VOLTAGE` and ``section_type``.
    colors, tints : dict
        The tree's inputs by the names of `COLOR_INPUTS` and `TINT_INPUTS`.
    """
    with tree.frame("The material's colors"):
        voltage = tree.attribute(VOLTAGE)
        mapped = tree.group(color_group(), {"Value": voltage, **colors})
        color = _tinted(tree, mapped, tints)
        shown = gray_without_data(tree, voltage, color, NO_DATA_COLOR)
        return tree.store(mesh, COLOR, shown, "FLOAT_COLOR")


def follow_colors(modifier: bpy.types.NodesModifier, material: bpy.types.Material) -> None:
    """Make a modifier show a neuron's material, including later changes.

    Parameters
    ----------
    modifier : NodesModifier
        With the inputs `COLOR_INPUTS`, `TINT_INPUTS` and `FOLLOWER_INPUTS`.
    material : Material
        Of `coloring`.
    """
    follow_material(modifier, material)
    for name in TINT_INPUTS:
        socket = color_input(material, name)
        input_value(modifier, name).value = socket.default_value
        follow_socket(modifier, name, material, socket)


def _without(tree: Tree, geometry: Linkable, attributes: Sequence[str]) -> Linkable:
    """Remove attributes; a star matches any letters."""
    for name in attributes:
        geometry = tree.add(
            "GeometryNodeRemoveAttribute",
            {"Geometry": geometry, "Pattern Mode": "Wildcard", "Name": name},
        )
    return geometry


def _tubes(tree: Tree, strands: Linkable, resolution: Linkable) -> Node:
    """Give strands the thickness with which render engines draw them."""
    radius = tree.add("GeometryNodeInputRadius")
    has_radius = (radius > 0.0).labeled("Not thin as nothing")
    wanted = tree.add(
        "GeometryNodeSeparateGeometry", {"Geometry": strands, "Selection": has_radius},
        domain="CURVE",
    )["Selection"]  # fmt: skip
    mesh = tree.tube(wanted, resolution, 1.0, scale=radius, capped=True)
    return tree.add("GeometryNodeSetShadeSmooth", {"Mesh": mesh})


def _tinted(tree: Tree, color: Linkable, tints: dict[str, Any]) -> Node:
    """Mix a color with the section type's, as the material does."""
    section_type = tree.attribute("section_type", "INT")
    own = tree.index_switch("RGBA", section_type, [tints[name] for name in COLOR_OF_TYPES])
    return tree.mix(tints["Tint"], color, own, data_type="RGBA", label="Tint")
