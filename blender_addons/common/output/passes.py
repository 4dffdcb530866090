# SPDX-License-Identifier: GPL-3.0-or-later
"""Render passes for editing programs: values, figures, objects, and light without bloom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import bpy

from ..changes import listed
from ..colormaps.in_material import LIMITS
from ..figures.drawing import PASS
from ..film import rendered_layers
from ..required import required
from .output_settings import format_of

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

VALUE: Final = "Value"
"""Render pass with what is mapped to color: voltage, activity, a region's value, height."""
_SWITCHES: Final = {
    "Emission": "use_pass_emit",
    "Cryptomatte of objects": "use_pass_cryptomatte_object",
    "Depth": "use_pass_z",
}


def add_passes(scene: bpy.types.Scene) -> list[str]:
    """Let all view layers that are rendered have passes for editing programs.

    Materials with a colormap get a node that writes the value. Passes that are there stay.

    Returns
    -------
    list of str
        Their names.
    """
    for material in bpy.data.materials:
        if material.library is None and material.node_tree is not None:
            _write_value(material.node_tree)
    for layer in rendered_layers(scene):
        for name in (VALUE, PASS):
            if name not in layer.aovs:
                added = layer.aovs.add()
                added.name, added.type = name, "VALUE"
        for switch in _SWITCHES.values():
            setattr(layer, switch, True)
    return [VALUE, PASS, *_SWITCHES]


def _write_value(tree: Any) -> None:
    """Write the number that a material maps to color into the pass `VALUE`, once."""
    limits = tree.nodes.get(LIMITS)
    if limits is None or not limits.inputs["Value"].is_linked:
        return
    source = limits.inputs["Value"].links[0].from_socket
    for node in tree.nodes:
        if node.bl_idname == "ShaderNodeOutputAOV" and node.aov_name == VALUE:
            break
    else:
        node = tree.nodes.new("ShaderNodeOutputAOV")
        node.aov_name = node.label = VALUE
        node.location = limits.location.x, limits.location.y - 260.0
    tree.links.new(source, node.inputs["Value"])


class AddPasses(bpy.types.Operator):
    """An operator that adds passes; each extension has its own."""

    bl_label = "Add Passes"
    bl_options: Any = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        report: Any

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Add them, and say which format writes them."""
        scene = required(context.scene)
        names = listed(add_passes(scene))
        chosen = format_of(scene)
        writes = chosen is not None and chosen.identifier == "exr_multilayer"
        more = "" if writes else " The format OpenEXR, Multilayer writes them."
        self.report({"INFO"}, f"Passes: {names}.{more}")
        return {"FINISHED"}
