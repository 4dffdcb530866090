# SPDX-License-Identifier: GPL-3.0-or-later
"""The materials of a field in a box: isosurfaces like glass, and a glowing volume."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import bpy

from ..common import nodes
from ..common.colormaps.in_material import add_colormap, set_colormap
from ..common.glow import glowing
from ..common.nodes import Node, Tree
from ..common.required import required
from ..common.value_color import read_attribute
from ..playback.samples import VOLTAGE
from .field_light import COLORMAP, FIELD, SCALE_INPUTS, add_scale

_HALF: Final = "Half Size"
SURFACE_INPUTS: Final[dict[str, dict[str, Any]]] = SCALE_INPUTS | {
    "Opacity": {
        "kind": "Float",
        "default": 0.25,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "How much the rim of a surface covers what is behind",
    },
    "Center": {
        "kind": "Float",
        "default": 0.08,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "Light and opacity where one looks straight at a surface, relative to its "
        "rim; 1 for surfaces without a rim",
    },
    "Rim": {
        "kind": "Float",
        "default": 3.0,
        "minimum": 0.1,
        "maximum": 20.0,
        "description": "How narrow the rim is",
    },
}
VOLUME_INPUTS: Final[dict[str, dict[str, Any]]] = SCALE_INPUTS | {
    "Density": {
        "kind": "Float",
        "default": 1.0,
        "minimum": 0.0,
        "description": "Light from a unit of length where the field is strong",
    },
    "Opacity": {
        "kind": "Float",
        "default": 0.3,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "How much of what is behind it a volume absorbs where it glows",
    },
    "Contrast": {
        "kind": "Float",
        "default": 2.0,
        "minimum": 0.1,
        "maximum": 10.0,
        "description": "Higher values show strong fields only; 1 is in proportion to the scale",
    },
    "Soft Edge": {
        "kind": "Float",
        "default": 0.4,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "How far from its faces the volume fades out; 0 for sharp edges",
    },
}


def surfaces_material(name: str) -> bpy.types.Material:
    """Make the material of isosurfaces: bright at their rims, and nearly clear in between."""
    material = glowing(name)
    with nodes.material(material) as tree:
        facing = tree.add("ShaderNodeLayerWeight", {"Blend": 0.5})["Facing"]
        potential = read_attribute(tree, VOLTAGE, label="Potential")
        inputs = {"Potential": potential, "Facing": facing}
        scaled = tree.group(_surface_group(), inputs, name=FIELD)
        colors = add_colormap(tree, scaled["Position"])
        light = tree.add("ShaderNodeEmission", {"Color": colors, "Strength": scaled["Light"]})
        # Light adds up, so that the order of surfaces does not matter in EEVEE.
        clear = tree.add("ShaderNodeBsdfTransparent", {"Color": scaled["Clear"]})
        shown = tree.add("ShaderNodeAddShader", {"Shader": clear, "Shader_001": light})
        tree.add("ShaderNodeOutputMaterial", {"Surface": shown})
    material.surface_render_method = "BLENDED"
    set_colormap(required(material.node_tree), COLORMAP)
    return material


def volume_material(name: str) -> bpy.types.Material:
    """Make the material of a volume that glows where the field is strong."""
    material = glowing(name)
    with nodes.material(material) as tree:
        inputs = {
            "Potential": read_attribute(tree, VOLTAGE, label="Potential"),
            "Edge": _from_faces(tree),
        }
        scaled = tree.group(_volume_group(), inputs, name=FIELD)
        colors = add_colormap(tree, scaled["Position"])
        light = tree.add("ShaderNodeEmission", {"Color": colors, "Strength": scaled["Light"]})
        absorbed = tree.add(
            "ShaderNodeVolumeAbsorption",
            {"Color": (0.0, 0.0, 0.0, 1.0), "Density": scaled["Absorbed"]},
        )
        shown = tree.add("ShaderNodeAddShader", {"Shader": light, "Shader_001": absorbed})
        tree.add("ShaderNodeOutputMaterial", {"Volume": shown})
    set_colormap(required(material.node_tree), COLORMAP)
    return material


def set_half_size(material: bpy.types.Material, half: Sequence[float]) -> None:
    """Tell a volume's material how far its faces are from its middle, along each axis."""
    inputs: Any = required(material.node_tree).nodes[_HALF].inputs
    for socket, size in zip(inputs, half, strict=True):
        socket.default_value = size


def _from_faces(tree: Tree) -> Node:
    """Add the nodes for what is 1 in the middle and 0 at the faces, round at the edges."""
    half = tree.add("ShaderNodeCombineXYZ", name=_HALF, label=_HALF)
    place = tree.add("ShaderNodeTexCoord")["Object"]
    parts = tree.parts(tree.vector_math("DIVIDE", place, half))
    # An even power, since a negative base has none in a shader.
    squares = [parts[axis] * parts[axis] for axis in "XYZ"]
    fourths = [square * square for square in squares]
    return 1.0 - (fourths[0] + fourths[1] + fourths[2]) ** 0.25


@nodes.group(f"BlenderSpike {FIELD} Isosurfaces", nodes.shader_group)
def _surface_group(tree: Tree) -> None:
    """From a potential and how a surface is turned to its position in the colormap, and light."""
    potential = tree.input("Potential", "Float")
    facing = tree.input("Facing", "Float")
    given = tree.inputs(SURFACE_INPUTS)
    scaled = add_scale(tree, potential, given)
    with tree.frame("Bright at the rim"):
        rim = facing ** given["Rim"]
        shape = tree.mix(given["Center"], rim, 1.0, label="Shape")
        clear = (1.0 - shape * given["Opacity"]).labeled("Clear")
    tree.output("Position", scaled.position, kind="Float")
    tree.output("Light", shape * given["Strength"], kind="Float")
    tree.output("Clear", clear, kind="Float")


@nodes.group(f"BlenderSpike {FIELD} Volume", nodes.shader_group)
def _volume_group(tree: Tree) -> None:
    """From a potential to its position in the colormap, light, and absorption."""
    potential = tree.input("Potential", "Float")
    edge = tree.input("Edge", "Float")
    given = tree.inputs(VOLUME_INPUTS)
    scaled = add_scale(tree, potential, given)
    with tree.frame("Strong where the field is"):
        soft = tree.add(
            "ShaderNodeMapRange",
            {
                "Value": edge, "From Min": 0.0,
                "From Max": tree.maximum(given["Soft Edge"], 1e-5),
            },
            clamp=True, interpolation_type="SMOOTHSTEP",
        )["Result"]  # fmt: skip
        within = tree.maximum(soft, given["Soft Edge"] < 1e-4)
        density = scaled.along ** given["Contrast"] * within * given["Density"]
    tree.output("Position", scaled.position, kind="Float")
    tree.output("Light", density * given["Strength"], kind="Float")
    tree.output("Absorbed", density * given["Opacity"], kind="Float")
