# SPDX-License-Identifier: GPL-3.0-or-later
"""Color neurons, and share or split their materials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import EnumProperty

from ..at_hand import chosen_neurons, neuron_at_hand
from ..building.quantity_choice import CannotShowError, show_quantity
from ..color.coloring import (
    color_by_voltage,
    color_input,
    limits_of,
    look_of,
    make_single,
    set_limits,
    set_look,
    share_any,
    share_material,
    voltage_material,
)
from ..color.looks import LOOKS
from ..color.quantity_limits import has_moving_limits
from ..color.suiting import suit
from ..common.colormaps import UnknownColormapError
from ..common.colormaps.choice import ColormapPicker
from ..common.required import required
from ..common.selection import about_linked, editable, tell
from ..common.suggestions import text_property
from ..figures.owned import follow_materials
from ..meshes.mesh_copy import about_uncolored
from ..playback.quantities import UnknownQuantityError, check_has, quantities_of, written
from ..properties import ColorSettings, about
from .selection import NO_NEURON, ChangesNeurons, neuron_to_work_on, which

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems, WmReportItems


class BLENDER_SPIKE_OT_color_by_voltage(ColorSettings, bpy.types.Operator):
    """Color the selected neurons by voltage"""  # noqa: D400, D415

    bl_idname = "blender_spike.color_by_voltage"
    bl_label = "Color by Voltage"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Color all selected neurons alike, or the active one."""
        chosen = chosen_neurons(context)
        neurons = editable(chosen)
        if not neurons:
            self.report({"ERROR"}, about_linked(chosen) or f"{NO_NEURON}.")
            return {"CANCELLED"}
        given = [self.properties.is_property_set(name) for name in ("v_min", "v_max")]
        if not all(given) and (problem := _about_units(neurons)):
            self.report({"ERROR"}, problem)
            return {"CANCELLED"}
        low, high = limits_of(neurons)
        if not given[0]:
            self.v_min = low
        if not given[1]:
            self.v_max = high
        try:
            for neuron in neurons:
                color_by_voltage(
                    neuron,
                    self.colormap,
                    self.v_min,
                    self.v_max,
                    self.strength,
                    reverse=self.reverse,
                    start=self.start,
                    end=self.end,
                    steps=self.steps,
                    rest_glow=self.rest_glow,
                )
            follow_materials(neurons)
        except (ValueError, UnknownColormapError) as error:
            self.report({"ERROR"}, f"{error}".rstrip(".") + ".")
            return {"CANCELLED"}
        span = _span(neurons[0], self.v_min, self.v_max)
        text = f"Colored {which(neurons)} with {self.colormap} from {span}."
        tell(self, {"INFO"}, text, chosen)
        return {"FINISHED"}


class BLENDER_SPIKE_OT_choose_colormap(ColormapPicker):
    """Give the active neuron's material a colormap."""

    bl_idname = "blender_spike.choose_colormap"

    @classmethod
    def material(cls, context: bpy.types.Context) -> bpy.types.Material | None:
        """Find the active neuron's material."""
        neuron = neuron_at_hand(context)
        return None if neuron is None else voltage_material(neuron)

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Use the named colormap, also in figures."""
        done = super().execute(context)
        # Only now, since a refused choice must not create an undo step.
        if "FINISHED" in done:
            neuron_to_work_on(context)
        return done


def _search_quantities(
    _operator: bpy.types.Operator, context: bpy.types.Context, _typed: str
) -> list[str]:
    neuron = neuron_at_hand(context)
    return [] if neuron is None else list(quantities_of(neuron))


class BLENDER_SPIKE_OT_choose_quantity(ChangesNeurons):
    """Show another quantity of the file, such as a concentration instead of the voltage.

    All selected neurons that have it show it, and those that share their materials. Each quantity
    has color limits of its own
    """  # noqa: D400, D415

    bl_idname = "blender_spike.choose_quantity"
    bl_label = "Choose Quantity"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        quantity: str
    else:
        quantity: text_property(
            _search_quantities,
            name="Quantity",
            description="Its name, as in the simulation file",
            options={"SKIP_SAVE"},
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Show it on all selected neurons that have it."""
        chosen = chosen_neurons(context)
        able = editable(chosen)
        neurons = [neuron for neuron in able if self.quantity in quantities_of(neuron)]
        try:
            for neuron in able if not neurons else ():
                check_has(neuron, self.quantity)
            follow_materials(neurons)
            everyone, fitted = show_quantity(neurons, self.quantity)
        except (UnknownQuantityError, CannotShowError) as error:
            self.report({"ERROR"}, f"{error}.")
            return {"CANCELLED"}
        text, warned = f"{which(everyone)} now shows {self.quantity}", False
        found = (voltage_material(neuron) for neuron in everyone)
        materials = dict.fromkeys(material for material in found if material is not None)
        if len(everyone) > 1:
            text = f"{which(everyone)} now show {self.quantity}"
        if len(materials) == 1:
            (material,) = materials
            low, high = (color_input(material, name) for name in ("Minimum", "Maximum"))
            span = _span(everyone[0], low.default_value, high.default_value)
            text += f", in colors from {span}"
        if fitted:
            names = ", ".join(f"'{axes.name}'" for axes in fitted)
            text += f"; the limits of {names} were fitted to the new unit"
        if any(map(has_moving_limits, materials)):
            text, warned = f"{text}; keyframes or drivers go on setting its limits", True
        if others := [neuron for neuron in able if neuron not in everyone]:
            names = ", ".join(f"'{neuron.name}'" for neuron in others)
            text, warned = f"{text}. Left alone, as they do not have it: {names}", True
        tell(self, {"WARNING"} if warned else {"INFO"}, f"{text}.", chosen)
        return {"FINISHED"}


class BLENDER_SPIKE_OT_set_limits(ChangesNeurons):
    """Fit the colormap's limits to the values of all selected neurons"""  # noqa: D400, D415

    bl_idname = "blender_spike.set_limits"
    bl_label = "Set Limits"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        kind: str
    else:
        kind: EnumProperty(
            name="Limits",
            description="Values at the colormap's two ends",
            items=[
                ("DATA", "Data", "The lowest and the highest value"),
                ("PERCENTILES", "Percentiles", "Leave out 1% of the values at each end"),
                ("SYMMETRIC", "Symmetric", "Equally far from zero on both sides"),
            ],
        )

    @classmethod
    def description(
        cls, _context: bpy.types.Context, properties: bpy.types.OperatorProperties | None
    ) -> str:
        """Return the tooltip of this button."""
        given: Any = properties
        kinds: Any = required(properties).bl_rna.properties["kind"]
        what = str(kinds.enum_items[given.kind].description)
        return f"Limits for all selected neurons: {what[0].lower()}{what[1:]}"

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Set the limits of all selected neurons' materials."""
        chosen = chosen_neurons(context)
        neurons = [neuron for neuron in editable(chosen) if voltage_material(neuron) is not None]
        others = [neuron for neuron in editable(chosen) if neuron not in neurons]
        if not neurons:
            self.report({"ERROR"}, f"{about_uncolored(others[0])}.")
            return {"CANCELLED"}
        if problem := _about_units(neurons):
            self.report({"ERROR"}, problem)
            return {"CANCELLED"}
        follow_materials(neurons)
        low, high = set_limits(neurons, self.kind)
        text = f"Colors from {_span(neurons[0], low, high)}."
        if others:
            names = ", ".join(f"'{neuron.name}'" for neuron in others)
            text += f" Not colored by voltage, so unchanged: {names}."
        tell(self, {"WARNING"} if others else {"INFO"}, text, chosen)
        return {"FINISHED"}


class BLENDER_SPIKE_OT_share_material(ChangesNeurons):
    """Give all selected neurons the active one's material, so that they change together"""  # noqa: D400, D415

    bl_idname = "blender_spike.share_material"
    bl_label = "Share Material"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require another neuron beside the active one."""
        active = neuron_at_hand(context)
        others = [n for n in chosen_neurons(context) if n != active]
        if active is None or not others:
            cls.poll_message_set("Select several neurons; the others get the active one's material")
            return False
        if not editable(others):
            cls.poll_message_set(about_linked(others))
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Assign the active neuron's material to the others."""
        active = required(neuron_at_hand(context))
        chosen = chosen_neurons(context)
        neurons = editable(chosen)
        changed = share_material(active, neurons)
        follow_materials(editable([active, *neurons]))
        text = f"{changed} more now share the material of '{active.name}'."
        kind: set[WmReportItems] = {"INFO"}
        if others := [n for n in neurons if about(n).quantity != about(active).quantity]:
            names = ", ".join(f"'{neuron.name}'" for neuron in others)
            text += f" Its limits are for {about(active).quantity}, which is not shown by {names}."
            kind = {"WARNING"}
        tell(self, kind, text, (thing for thing in chosen if thing != active))
        return {"FINISHED"}


class BLENDER_SPIKE_OT_make_single(ChangesNeurons):
    """Give each selected neuron its own copy of the material"""  # noqa: D400, D415

    bl_idname = "blender_spike.make_single"
    bl_label = "Make Single"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a neuron whose material others use as well."""
        if not super().poll(context):
            return False
        if share_any(editable(chosen_neurons(context))):
            return True
        cls.poll_message_set("Select a neuron that shares its material")
        return False

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Copy shared materials."""
        chosen = chosen_neurons(context)
        neurons = editable(chosen)
        changed = make_single(neurons)
        follow_materials(neurons)
        owners = "neuron now has its" if changed == 1 else "neurons now have their"
        text = f"{changed} {owners} own material."
        tell(self, {"INFO"}, text, chosen)
        return {"FINISHED"}


class BLENDER_SPIKE_OT_set_look(ChangesNeurons):
    """Show the selected neurons in another look, with the same colors, settings and keyframes.

    Lines become a surface where the look needs one, and a plain world gets its background. Neurons
    that share their materials change with them; nodes you added stay in the previous materials
    """  # noqa: D400, D415

    bl_idname = "blender_spike.set_look"
    bl_label = "Set Look"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        look: str
    else:
        look: EnumProperty(
            name="Look",
            description="How the colors of the values are shown",
            items=[(k, look.name, look.description, look.number) for k, look in LOOKS.items()],
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Change the materials of all selected neurons that are colored by voltage."""
        chosen = chosen_neurons(context)
        neurons = [neuron for neuron in editable(chosen) if voltage_material(neuron) is not None]
        if not neurons:
            self.report({"ERROR"}, f"{about_uncolored(editable(chosen)[0])}.")
            return {"CANCELLED"}
        for material in dict.fromkeys(required(voltage_material(neuron)) for neuron in neurons):
            if look_of(material) is not LOOKS[self.look]:
                set_look(material, self.look)
        follow_materials(neurons)
        look = LOOKS[self.look]
        text = "; ".join([f"{look.name} on {which(neurons)}", *suit(context.scene, neurons, look)])
        tell(self, {"INFO"}, f"{text}.", chosen)
        return {"FINISHED"}


def _about_units(neurons: Sequence[bpy.types.Object]) -> str:
    """Say that no limits suit all of these neurons, if their values have several units."""
    shown = {about(neuron).unit: about(neuron).quantity for neuron in neurons}
    if len(shown) < 2:
        return ""
    listed = ", ".join(written(name, unit) for unit, name in shown.items())
    return f"The selected neurons show {listed}; select those of one unit."


def _span(neuron: bpy.types.Object, low: float, high: float) -> str:
    """Write limits with their unit; activity has none."""
    return f"{low:g} to {high:g} {about(neuron).unit}".rstrip()


CLASSES = (
    BLENDER_SPIKE_OT_color_by_voltage,
    BLENDER_SPIKE_OT_choose_colormap,
    BLENDER_SPIKE_OT_choose_quantity,
    BLENDER_SPIKE_OT_set_look,
    BLENDER_SPIKE_OT_set_limits,
    BLENDER_SPIKE_OT_share_material,
    BLENDER_SPIKE_OT_make_single,
)
