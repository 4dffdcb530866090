# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes of a material that shows the attribute ``voltage``."""

from __future__ import annotations

from typing import Any, Final

import bpy

from ..common import nodes
from ..common.colormaps.in_material import add_colormap
from ..common.figures.drawing import tell_pass
from ..common.nodes import Linkable, Node, Tree
from ..common.value_color import between_limits, gray_without_data, is_on_figure, read_attribute
from ..playback.samples import DIM, VOLTAGE
from .neuron_look import Light, NeuronLook
from .synapse_colors import with_synapses

GLOW: Final = "Glow"
TYPES: Final = "Section Types"
FOG: Final = "Fog"
ADDED: Final = "Add Light"
NO_DATA_COLOR: Final = (0.25, 0.25, 0.25, 1.0)
"""Scene-linear grey for segments without a finite value."""
_GLOW_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Strength": {
        "kind": "Float",
        "default": 1.0,
        "minimum": 0.0,
        "description": "Emission strength; 1 shows the colormap's own colors",
    },
    "Glow at Rest": {
        "kind": "Float",
        "default": 1.0,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "Glow at the lower limit, as a fraction of Strength; at 0 only spikes glow",
    },
}
_ADDED_INPUTS: Final[dict[str, dict[str, Any]]] = {
    ADDED: {
        "kind": "Float",
        "default": 1.0,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "At 1, light is added to that of what is behind, so that nothing hides what "
        "is active; at 0, each point shows exactly its own color",
    },
}
# Okabe and Ito's colors, which color-blind people can tell apart, scene-linear.
COLOR_OF_TYPES: Final = {
    "Soma": (0.871, 0.776, 0.054, 1.0),
    "Dendrites": (0.0, 0.168, 0.445, 1.0),
    "Apical": (0.791, 0.347, 0.0, 1.0),
    "Axon": (0.0, 0.342, 0.171, 1.0),
    "Other": (0.604, 0.191, 0.386, 1.0),
}
TINT_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Tint": {
        "kind": "Float",
        "default": 0.0,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "0 shows the colormap, 1 the color of the section's type",
    },
    **{
        name: {"kind": "Color", "default": color, "description": f"Color of {what}"}
        for (name, color), what in zip(
            COLOR_OF_TYPES.items(),
            ("somata", "dendrites", "apical dendrites", "axons", "all other sections"),
            strict=True,
        )
    },
}


FOG_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Fog": {
        "kind": "Float",
        "default": 0.0,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "How much of what is far away takes on the color of the fog",
    },
    "Fog Start": {
        "kind": "Float",
        "default": 0.0,
        "unit": "DISTANCE",
        "description": "Distance from the camera at which it begins",
    },
    "Fog End": {
        "kind": "Float",
        "default": 10.0,
        "unit": "DISTANCE",
        "description": "Distance from the camera from which on it is as dense as it gets",
    },
    "Fog Color": {
        "kind": "Color",
        "default": (0.0, 0.0, 0.0, 1.0),
        "description": "Usually that of the background",
    },
}


def write_nodes(
    material: bpy.types.Material, look: NeuronLook, *, adds_light: bool = False
) -> None:
    """Write the nodes, replacing the material's existing ones.

    Parameters
    ----------
    adds_light : bool
        Add the light to that of what is behind, instead of hiding it; see `ADDED`.
    """
    with nodes.material(material) as tree:
        voltage = _of_point_or_instance(tree, VOLTAGE, "Voltage")
        position = between_limits(tree, voltage)
        colors = add_colormap(tree, position)
        by_type = tree.group(
            _types_group(),
            {"Color": colors, "Base Color": (0.18, 0.18, 0.2, 1.0)},
            name=TYPES,
        )
        color = gray_without_data(tree, voltage, by_type["Color"], NO_DATA_COLOR)
        strength = tree.group(_glow_group(), {"Position": position}, name=GLOW)
        shown = look.write(Light(tree, position, color, strength, by_type["Base Color"]))
        shown = tree.group(_fog_group(), {"Shader": shown}, name=FOG)
        if adds_light and not look.glows:
            shown = tree.group(_faint_group(), {"Shader": shown})
        if adds_light:
            shown = tree.group(_added_group(), {"Shader": shown}, name=ADDED)
            # EEVEE draws nothing of what only adds light otherwise.
            material.surface_render_method = "BLENDED"
        with tree.frame("A color bar shows plain colors"):
            on_figures = is_on_figure(tree)
            plain = tree.add("ShaderNodeEmission", {"Color": colors, "Strength": 1.0})
            finished = tree.mix_shader(on_figures, shown, plain)
        if not adds_light:
            # A network's cells are points, without room for synapses.
            finished = with_synapses(tree, finished)
        tree.add("ShaderNodeOutputMaterial", {"Surface": finished})
        tell_pass(tree, on_figures)


@nodes.group(f"BlenderSpike {FOG}", nodes.shader_group)
def _fog_group(tree: Tree) -> None:
    """Mix what is far from the camera with the color of fog."""
    shader = tree.input("Shader", "Shader")
    given = tree.inputs(FOG_INPUTS)
    depth = tree.add("ShaderNodeCameraData")["View Z Depth"]
    share = tree.add(
        "ShaderNodeMapRange",
        {"Value": depth, "From Min": given["Fog Start"], "From Max": given["Fog End"]},
    )["Result"]
    fog = tree.add("ShaderNodeEmission", {"Color": given["Fog Color"], "Strength": 1.0})
    tree.output("Shader", tree.mix_shader(share * given["Fog"], shader, fog), kind="Shader")


@nodes.group(f"BlenderSpike {ADDED}", nodes.shader_group)
def _added_group(tree: Tree) -> None:
    """Let through what is behind, or not."""
    shown = tree.input("Shader", "Shader")
    given = tree.inputs(_ADDED_INPUTS)
    clear = tree.add("ShaderNodeBsdfTransparent", {"Color": (1.0, 1.0, 1.0, 1.0)})
    both = tree.add("ShaderNodeAddShader", {"Shader": shown, "Shader_001": clear})
    # The light of the far side would be added to that of the near one.
    far = tree.add("ShaderNodeNewGeometry")["Backfacing"]
    once = tree.mix_shader(far, both, clear)
    tree.output("Shader", tree.mix_shader(given[ADDED], shown, once), kind="Shader")


@nodes.group("BlenderSpike Faint", nodes.shader_group)
def _faint_group(tree: Tree) -> None:
    """Let what is active be seen through what would be darker if it glowed."""
    shown = tree.input("Shader", "Shader")
    clear = tree.add("ShaderNodeBsdfTransparent", {"Color": (1.0, 1.0, 1.0, 1.0)})
    cover = tree.clamp(1.0 - read_attribute(tree, DIM, label="Dim"))
    tree.output("Shader", tree.mix_shader(cover, clear, shown), kind="Shader")


def _of_point_or_instance(tree: Tree, attribute: str, label: str) -> Node:
    """Read an attribute of strands and tubes, or of the instances used for somata and cells."""
    own, instanced = (
        read_attribute(tree, attribute, where, label=label) for where in ("GEOMETRY", "INSTANCER")
    )
    # Without the attribute this gives 0.
    return (own + instanced).labeled(label)


@nodes.group(f"BlenderSpike {GLOW}", nodes.shader_group)
def _glow_group(tree: Tree) -> None:
    """From a position between the limits to emission strength."""
    position = tree.input("Position", "Float", minimum=0.0, maximum=1.0)
    given = tree.inputs(_GLOW_INPUTS)
    share = tree.mix(position, given["Glow at Rest"], 1.0, label="Share")
    full = given["Strength"] * share
    dim = read_attribute(tree, DIM, label="Dim")
    left = 1.0 - dim
    tree.output("Strength", full * left, kind="Float")


@nodes.group(f"BlenderSpike {TYPES}", nodes.shader_group)
def _types_group(tree: Tree) -> None:
    """Colors of glow and surface, mixed with the section type's color."""
    color = tree.input("Color", "Color")
    base = tree.input("Base Color", "Color", description="Color of the lit surface")
    given = tree.inputs(TINT_INPUTS)
    with tree.frame("Color of the type"):
        number = _of_point_or_instance(tree, "section_type", "Section type")
        names = list(COLOR_OF_TYPES)
        own: Linkable = given[names[0]]
        for index, name in enumerate(names[1:], 1):
            from_here = (number > index - 0.5).labeled(name)
            own = tree.mix(from_here, own, given[name], data_type="RGBA", label=name)
    with tree.frame("Tint"):
        tinted = {
            name: tree.mix(given["Tint"], socket, own, data_type="RGBA", label="Tinted")
            for name, socket in (("Color", color), ("Base Color", base))
        }
    for name, node in tinted.items():
        tree.output(name, node, kind="Color")
