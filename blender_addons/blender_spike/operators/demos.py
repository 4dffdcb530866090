# SPDX-License-Identifier: GPL-3.0-or-later
"""The demos, for users who do not have a simulation yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import bpy
from bpy.props import EnumProperty

from .. import demos
from ..common.required import required
from ..common.viewport import frame_selected, show_materials
from .importing import import_told

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

_FILES: Final = {
    "NEURON": demos.NEURON,
    "SYNAPSES": demos.SYNAPSES,
    "AXONS": demos.AXONS,
    "NETWORK": demos.NETWORK,
}


class BLENDER_SPIKE_OT_import_demo(bpy.types.Operator):
    """Import a simulation that comes with BlenderSpike, and show it in its colors"""  # noqa: D400, D415

    bl_idname = "blender_spike.import_demo"
    bl_label = "Import Demo"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        demo: str
    else:
        demo: EnumProperty(
            name="Demo",
            description="Which simulation is imported",
            items=[
                (
                    "NEURON",
                    "Demo Neuron",
                    "A spike spreads from the soma into the dendrites of a pyramidal cell",
                ),
                (
                    "SYNAPSES",
                    "Demo Synapses",
                    "Volleys arrive at the synapses of a pyramidal cell, until it fires",
                ),
                (
                    "AXONS",
                    "Demo Axons",
                    "Pulses run along the axons of three cells to synapses on a pyramidal cell",
                ),
                (
                    "NETWORK",
                    "Demo Network",
                    "Avalanches of spikes in 12 layers of 20 cells, in a branching model",
                ),
            ],
        )

    @classmethod
    def description(
        cls, _context: bpy.types.Context, properties: bpy.types.OperatorProperties | None
    ) -> str:
        """Return the tooltip of this button."""
        given: Any = properties
        items: Any = required(properties).bl_rna.properties["demo"]
        return f"{items.enum_items[given.demo].description}; the space bar plays it"

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Import it, and show it in the viewport, whole and in its colors."""
        if not import_told(self, context, str(_FILES[self.demo])):
            return {"CANCELLED"}
        show_materials(context)
        frame_selected(context)
        # The outline of what is selected would hide the colors of thin lines.
        for thing in required(context.selected_objects):
            thing.select_set(False)
        return {"FINISHED"}


CLASSES = (BLENDER_SPIKE_OT_import_demo,)
