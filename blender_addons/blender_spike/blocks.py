# SPDX-License-Identifier: GPL-3.0-or-later
"""Node groups for trees of one's own, in the Add menus of the node editors.

They use nothing of the scene but what is plugged in, and stay in the file without the extension.
"""

from __future__ import annotations

from typing import Final

import bpy

from .common import nodes
from .common.blocks import GEOMETRY, SHADER, Block, add_group, describe
from .common.colormaps.image import colormap_image
from .common.colormaps.in_geometry import COLOR_INPUTS, color_group
from .common.colormaps.in_material import add_colormap
from .common.nodes import Tree
from .lines.styles.membrane import skin, skin_radius
from .playback.samples import VOLTAGE


@nodes.group("Sample Voltage")
def _sample_voltage(tree: Tree) -> None:
    neuron = tree.input(
        "Neuron", "Object", description="A neuron or network that BlenderSpike plays"
    )
    place = tree.input(
        "Position", "Vector", description="Where the value is wanted, in this object's space"
    )
    geometry = tree.object(neuron, relative=True)["Geometry"]
    kinds = tree.add("GeometryNodeSeparateComponents", {"Geometry": geometry})
    with tree.frame("Whatever it is made of, as points"):
        points = tree.join(
            tree.add("GeometryNodeMeshToPoints", {"Mesh": kinds["Mesh"]}),
            tree.add("GeometryNodeCurveToPoints", {"Curve": kinds["Curve"]}, mode="EVALUATED")[
                "Points"
            ],
            kinds["Point Cloud"],
            # Somata, and the cells of networks.
            tree.add("GeometryNodeInstancesToPoints", {"Instances": kinds["Instances"]}),
        )
    nearest = tree.add("GeometryNodeSampleNearest", {"Geometry": points, "Sample Position": place})
    value = tree.sample(points, tree.attribute(VOLTAGE), nearest)
    position = tree.add("GeometryNodeInputPosition")
    found = tree.sample(points, position, nearest, "FLOAT_VECTOR")
    tree.output("Voltage", value, kind="Float")
    tree.output("Distance", tree.vector_math("DISTANCE", found, place)["Value"], kind="Float")
    for item in tree.tree.interface.items_tree:
        if item.name == "Position":
            item.default_input = "POSITION"
    describe(tree.tree, "The voltage of a neuron at its nearest point, and how far that is")


@nodes.group("Tube")
def _tube(tree: Tree) -> None:
    curves = tree.input("Curves", "Geometry", description="Curves with a radius, such as strands")
    thickness = tree.input(
        "Thickness", "Float", default=1.0, minimum=0.0, description="Factor on the radius"
    )
    resolution = tree.input("Resolution", "Int", default=10, minimum=3, maximum=64)
    radius = tree.add("GeometryNodeInputRadius") * thickness
    mesh = tree.tube(curves, resolution, 1.0, scale=radius, capped=True)
    tree.output("Mesh", tree.add("GeometryNodeSetShadeSmooth", {"Mesh": mesh}))
    describe(tree.tree, "A mesh around curves, as thick as their radius; attributes stay")


@nodes.group("Membrane")
def _membrane(tree: Tree) -> None:
    curves = tree.input("Curves", "Geometry", description="Curves with a radius, such as strands")
    thickness = tree.input(
        "Thickness", "Float", default=1.0, minimum=0.0, description="Factor on the radius"
    )
    voxel = tree.input(
        "Voxel Size", "Float", default=0.02, minimum=0.0005, unit="DISTANCE",
        description="How fine it is: half as large gives four times as many vertices",
    )  # fmt: skip
    fillet = tree.input(
        "Fillet", "Int", default=2, minimum=0, maximum=10,
        description="How round it is where branches meet",
    )  # fmt: skip
    even = tree.add(
        "GeometryNodeResampleCurve", {"Curve": curves, "Mode": "Length", "Length": voxel}
    )
    points = tree.add("GeometryNodeCurveToPoints", {"Curve": even}, mode="EVALUATED")["Points"]
    thick = tree.add("GeometryNodeInputRadius") * thickness
    radius = skin_radius(tree, thick, voxel)
    mesh = skin(tree, points, radius, voxel, fillet)
    tree.output("Mesh", tree.add("GeometryNodeSetShadeSmooth", {"Mesh": mesh}))
    describe(tree.tree, "One smooth surface around curves, in which branches grow into each other")


@nodes.group("Value to Color: {}", nodes.shader_group)
def _value_to_color(tree: Tree, colormap: str) -> None:
    value = tree.input("Value", "Float", description="Such as the attribute voltage")
    limits = tree.inputs({name: COLOR_INPUTS[name] for name in ("Minimum", "Maximum")})
    position = tree.add(
        "ShaderNodeMapRange",
        {
            "Value": value, "From Min": limits["Minimum"], "From Max": limits["Maximum"],
            "To Min": 0.0, "To Max": 1.0,
        },
        label="Limits", clamp=True,
    )["Result"]  # fmt: skip
    tree.output("Color", add_colormap(tree, position, colormap_image(colormap)), kind="Color")
    tree.tree.description = "The color of a value between two limits, from a colormap"


BLOCKS: Final = {
    "SAMPLE_VOLTAGE": Block(
        "Sample Voltage",
        "The voltage of a neuron at its nearest point, and how far away that is",
        {GEOMETRY: lambda _: _sample_voltage()},
    ),
    "VALUE_TO_COLOR": Block(
        "Value to Color",
        "The color of a value between two limits, from a colormap",
        {GEOMETRY: lambda _: color_group(), SHADER: _value_to_color},
    ),
    "TUBE": Block(
        "Tube",
        "A mesh around curves, as thick as their radius; attributes stay",
        {GEOMETRY: lambda _: _tube()},
    ),
    "MEMBRANE": Block(
        "Membrane",
        "One smooth surface around curves, in which branches grow into each other",
        {GEOMETRY: lambda _: _membrane()},
    ),
}


def add_block(tree: bpy.types.NodeTree, identifier: str, colormap: str) -> bpy.types.Node:
    """Add a group to a tree, as its only selected node.

    Parameters
    ----------
    tree : NodeTree
        Of geometry or shader nodes.
    identifier : str
        Of `BLOCKS`.
    colormap : str
        For those that need one.

    Returns
    -------
    Node
        Not placed yet.

    Raises
    ------
    KeyError
        If there is no such group for trees of this kind.
    UnknownColormapError
        If there is no such colormap.
    """
    block = BLOCKS[identifier]
    group = block.write[tree.bl_idname](colormap)
    node = add_group(tree, group, block.name)
    if "Colormap" in node.inputs:
        node.inputs["Colormap"].default_value = colormap_image(colormap)
    return node  # type: ignore[no-any-return]
