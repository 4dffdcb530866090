# SPDX-License-Identifier: GPL-3.0-or-later
"""Electrodes around the active neuron."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import bpy
from bpy.props import EnumProperty, FloatProperty, IntProperty

from ..common.changes import settings_of, told
from ..extracellular.electrodes import probe
from ..figures import adding
from ..figures.figure_settings import PlacementSetting
from ..potential.line_sources import SIGMA_S_PER_M, FieldError
from .selection import OnActiveNeuron, neuron_to_work_on, selected_beside

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

# More curves in the same axes could not be told apart.
_MOST_SITES: Final = 12


class BLENDER_SPIKE_OT_add_electrodes(PlacementSetting, OnActiveNeuron):
    """Show the extracellular potential at places around the neuron as curves that draw themselves, each marked at its place"""  # noqa: D400, D415, E501

    bl_idname = "blender_spike.add_electrodes"
    bl_label = "Add Electrodes"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        at: str
        sites: int
        spacing_um: float
        along: str
        sigma: float
    else:
        at: EnumProperty(
            name="At",
            description="Where the electrodes are",
            items=[
                ("CURSOR", "3D Cursor", "One at the 3D cursor"),
                ("SELECTED", "Selected", "One at each other selected object"),
                ("PROBE", "Probe", "The sites of a straight probe that begins at the 3D cursor"),
            ],
        )
        sites: IntProperty(
            name="Sites", description="Of the probe", default=4, min=1, max=_MOST_SITES
        )
        spacing_um: FloatProperty(
            name="Spacing (µm)",
            description="From one site to the next; negative against the axis",
            default=50.0,
            soft_min=-1000.0,
            soft_max=1000.0,
        )
        along: EnumProperty(
            name="Along",
            description="The neuron's own axis along which the probe goes on",
            items=[(axis, axis, f"The neuron's {axis} axis") for axis in "XYZ"],
            default="Y",
        )
        sigma: FloatProperty(
            name="Conductivity (S/m)",
            description="Of the tissue; 0.3 S/m is usual for gray matter",
            default=SIGMA_S_PER_M,
            min=1e-4,
            soft_max=3.0,
            precision=3,
        )

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw only the relevant settings."""
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "at")
        if self.at == "PROBE":
            for name in ("sites", "spacing_um", "along"):
                layout.prop(self, name)
        layout.prop(self, "sigma")
        layout.prop(self, "placement")

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Find the places, and add a trace for each."""
        neuron = neuron_to_work_on(context)
        spots = [context.scene.cursor.location.copy()]
        if self.at == "SELECTED":
            spots = [one.matrix_world.translation for one in selected_beside(context, neuron)]
        if not 0 < len(spots) <= _MOST_SITES:
            self.report(
                {"ERROR"},
                f"{len(spots) or 'No'} other objects are selected; select 1 to {_MOST_SITES} "
                "where the electrodes are.",
            )
            return {"CANCELLED"}
        inverse = neuron.matrix_world.inverted()
        places = [inverse @ spot for spot in spots]
        before = settings_of(context.scene)
        try:
            if self.at == "PROBE":
                places = probe(neuron, places[0], self.sites, self.spacing_um, self.along)
            made = adding.add_electrodes(
                context, neuron, places, self.sigma, placement=self.placement
            )
        except FieldError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        names = ", ".join(f"'{trace.name}'" for trace in made)
        self.report({"INFO"}, told(f"Added {names}.", before, context.scene))
        return {"FINISHED"}


CLASSES = (BLENDER_SPIKE_OT_add_electrodes,)
