# SPDX-License-Identifier: GPL-3.0-or-later
"""The material of a sheet: a diverging colormap, transparent where the field is weak."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import bpy

from ..common import nodes
from ..common.colormaps.in_material import add_colormap, set_colormap
from ..common.figures.drawing import tell_pass
from ..common.glow import glowing
from ..common.nodes import Linkable, Node, Socket, Tree
from ..common.required import required
from ..common.value_color import is_on_figure, read_attribute
from ..playback.samples import VOLTAGE
from .field_nodes import EDGE, SLOPE

FIELD: Final = "Field"
"""Name of the node that has all settings but the colormap."""
COLORMAP: Final = "icefire"
"""Dark in the middle, so that nothing is seen where there is no field, on a dark ground."""
SCALE_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Limit": {
        "kind": "Float",
        "default": 50.0,
        "minimum": 1e-6,
        "description": "Potential in µV at the colormap's upper end; minus this is at the lower",
    },
    "Logarithmic": {
        "kind": "Float",
        "default": 1.0,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "1 shows weak potentials as well, on a logarithmic scale to both sides of "
        "zero; 0 is linear",
    },
    "Linear Up To": {
        "kind": "Float",
        "default": 1.0,
        "minimum": 1e-6,
        "description": "Potential in µV up to which the logarithmic scale is about linear",
    },
    "Strength": {
        "kind": "Float",
        "default": 1.0,
        "minimum": 0.0,
        "description": "Emission strength; 1 shows the colormap's own colors",
    },
}
"""From a potential to a color, in all materials of fields."""
FIELD_INPUTS: Final[dict[str, dict[str, Any]]] = SCALE_INPUTS | {
    "Opacity": {
        "kind": "Float",
        "default": 0.9,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "How much a strong field covers what is behind",
    },
    "Fade": {
        "kind": "Float",
        "default": 0.8,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "Part of the scale on which the sheet fades out toward zero; 0 for no "
        "transparency",
    },
    "Soft Edge": {
        "kind": "Float",
        "default": 0.4,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "How far from its edges the sheet fades out; 0 for sharp edges",
    },
    "Isolines": {
        "kind": "Float",
        "default": 0.0,
        "minimum": 0.0,
        "maximum": 50.0,
        "description": "Number of lines of equal potential on each side of zero, in even steps of "
        "the scale",
    },
    "Line Width": {
        "kind": "Float",
        "default": 0.02,
        "minimum": 0.0,
        "unit": "DISTANCE",
        "description": "Width of the isolines",
    },
    "Line Color": {
        "kind": "Color",
        "default": (0.9, 0.9, 0.9, 1.0),
        "description": "Color of the isolines",
    },
}


def field_material(name: str) -> bpy.types.Material:
    """Make the material of a sheet."""
    material = glowing(name)
    with nodes.material(material) as tree:
        at_point = {
            label: read_attribute(tree, attribute, label=label)
            for attribute, label in ((VOLTAGE, "Potential"), (SLOPE, "Slope"), (EDGE, "Edge"))
        }
        scaled = tree.group(_field_group(), at_point, name=FIELD)
        colors = add_colormap(tree, scaled["Position"])
        lined = tree.mix(
            scaled["Line"], colors, scaled["Line Color"], data_type="RGBA", label="Isolines"
        )
        light = tree.add("ShaderNodeEmission", {"Color": lined, "Strength": scaled["Strength"]})
        clear = tree.add("ShaderNodeBsdfTransparent", {"Color": (1.0, 1.0, 1.0, 1.0)})
        shown = tree.mix_shader(scaled["Cover"], clear, light)
        with tree.frame("A color bar shows plain colors"):
            on_figures = is_on_figure(tree)
            plain = tree.add("ShaderNodeEmission", {"Color": colors, "Strength": 1.0})
            finished = tree.mix_shader(on_figures, shown, plain)
        tree.add("ShaderNodeOutputMaterial", {"Surface": finished})
        tell_pass(tree, on_figures)
    # EEVEE shows smooth transparency only then.
    material.surface_render_method = "BLENDED"
    set_colormap(required(material.node_tree), COLORMAP)
    return material


def is_field_material(material: bpy.types.Material | None) -> bool:
    """Tell whether a material is from `field_material`."""
    return (
        material is not None
        and material.node_tree is not None
        and FIELD in material.node_tree.nodes
    )


def field_inputs(material: bpy.types.Material) -> list[str]:
    """Name the settings of a material, in their order."""
    inputs: Any = required(material.node_tree).nodes[FIELD].inputs
    return [socket.name for socket in inputs if not socket.is_linked]


def field_input(material: bpy.types.Material, name: str) -> Any:
    """Find a setting of a material.

    Parameters
    ----------
    name : str
        One of `field_inputs`.

    Returns
    -------
    NodeSocket
        Its ``default_value`` can be read, set, keyframed and shown in a panel.
    """
    return required(material.node_tree).nodes[FIELD].inputs[name]


class Scaled(NamedTuple):
    """A potential on the scale: nodes of a material."""

    size: Node
    strength: Node
    """0 at zero, and 1 at the limits."""
    along: Node
    """`strength`, not above 1."""
    position: Node
    """In the colormap, 0..1."""
    whole: Node
    """The binary logarithm at the limits."""


def add_scale(tree: Tree, potential: Linkable, given: dict[str, Socket]) -> Scaled:
    """Add the nodes that find a potential on the scale.

    Parameters
    ----------
    given : dict
        `SCALE_INPUTS`.
    """
    with tree.frame("Scale: -1 and 1 at the limits"):
        size = abs(potential)
        sign = tree.math("SIGN", potential)
        ratio = (size / given["Linear Up To"] + 1.0).labeled("1 + ratio")
        whole = tree.math("LOGARITHM", given["Limit"] / given["Linear Up To"] + 1.0, 2.0)
        logarithmic = tree.math("LOGARITHM", ratio, 2.0) / whole
        linear = (size / given["Limit"]).labeled("Linear")
        strength = tree.mix(given["Logarithmic"], linear, logarithmic, label="Strength of field")
        along = tree.minimum(strength, 1.0)
        position = tree.math("MULTIPLY_ADD", along * sign, 0.5, 0.5, label="Position")
    return Scaled(size, strength, along, position, whole)


@nodes.group(f"BlenderSpike {FIELD} Scale", nodes.shader_group)
def _field_group(tree: Tree) -> None:
    """From a potential to its position in the colormap, and how much it covers."""
    potential = tree.input("Potential", "Float")
    slope = tree.input("Slope", "Float")
    edge = tree.input("Edge", "Float")
    given = tree.inputs(FIELD_INPUTS)
    scaled = add_scale(tree, potential, given)
    strength, along = scaled.strength, scaled.along
    with tree.frame("Isolines"):
        # The scale's own slope: the logarithm's is 1 / ((1 + ratio) ln 2).
        ratio = (scaled.size / given["Linear Up To"] + 1.0).labeled("1 + ratio")
        of_log = 1.4426950409 / (ratio * given["Linear Up To"] * scaled.whole)
        of_scale = tree.mix(given["Logarithmic"], 1.0 / given["Limit"], of_log)
        steps = (along * given["Isolines"]).labeled("In steps")
        off = abs(tree.math("FRACT", steps + 0.5) - 0.5)
        # Even where the field is flat, a line is no wider than its step.
        gradient = tree.maximum(slope * of_scale * given["Isolines"], 1e-6)
        distance = (off / gradient).labeled("Distance to the line")
        half = given["Line Width"] * 0.5
        sharp = tree.add(
            "ShaderNodeMapRange",
            {
                "Value": distance, "From Min": half * 0.6, "From Max": half * 1.4,
                "To Min": 1.0, "To Max": 0.0,
            },
            clamp=True, interpolation_type="SMOOTHSTEP",
        )["Result"]  # fmt: skip
        # Zero is no line: there is nothing around it. Nor is what is beyond the limit.
        is_line = (steps > 0.5) * (strength < 1.0) * (off < 0.25)
        line = (sharp * is_line).labeled("Line")
    with tree.frame("Transparent where the field is weak"):
        fade = tree.maximum(given["Fade"], 1e-5)
        shown = tree.add(
            "ShaderNodeMapRange",
            {"Value": strength, "From Min": 0.0, "From Max": fade},
            clamp=True, interpolation_type="SMOOTHSTEP",
        )["Result"]  # fmt: skip
        soft = tree.add(
            "ShaderNodeMapRange",
            {
                "Value": edge, "From Min": 0.0,
                "From Max": tree.maximum(given["Soft Edge"], 1e-5),
            },
            clamp=True, interpolation_type="SMOOTHSTEP",
        )["Result"]  # fmt: skip
        # What does not fade is whole, to the edges and where there is no field.
        within = tree.maximum(soft, given["Soft Edge"] < 1e-4)
        most = given["Opacity"] * within
        cover = tree.maximum(shown, given["Fade"] < 1e-4) * most
        # Lines stand out of what they lie on.
        covered = tree.maximum(cover, line * most * 0.6)
    for name, value, kind in (
        ("Position", scaled.position, "Float"),
        ("Cover", covered, "Float"),
        ("Line", line * 0.6, "Float"),
        ("Line Color", given["Line Color"], "Color"),
        ("Strength", given["Strength"], "Float"),
    ):
        tree.output(name, value, kind=kind)
