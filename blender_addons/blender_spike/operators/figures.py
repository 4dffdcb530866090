# SPDX-License-Identifier: GPL-3.0-or-later
"""Add figures of the active neuron, and remove them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, StringProperty

from ..at_hand import neuron_at_hand
from ..color.coloring import voltage_material
from ..common.changes import listed, settings_of, told
from ..common.figures.legend import MOST_ROWS
from ..common.required import required
from ..common.suggestions import Field, SuggestionsPopup
from ..figures import adding, owned
from ..figures.figure_settings import PlacementSetting, TraceSettings, new_figure_fields
from ..figures.trace_marks import add_mark, mark_of, remove_marks
from ..meshes.mesh_copy import about_uncolored
from ..playback.sections import nearest_segment, place_of, section_names, selected_places
from .selection import NO_ACTIVE_NEURON, neuron_to_work_on

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

_MOST_TRACES: Final = 12


class _OnFigures(bpy.types.Operator):
    """An operator on the active neuron's figures."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require an active neuron, or one of its figures."""
        if neuron_at_hand(context) is not None:
            return True
        cls.poll_message_set(NO_ACTIVE_NEURON)
        return False


def _sections(context: bpy.types.Context) -> list[tuple[str, str]]:
    neuron = neuron_at_hand(context)
    return [(name, "") for name in section_names(neuron)] if neuron is not None else []


class BLENDER_SPIKE_OT_suggest(SuggestionsPopup):
    """List the possible values of a field."""

    bl_idname = "blender_spike.suggest"
    FIELDS: ClassVar = {
        "section": Field(lambda context: new_figure_fields(context.scene), "section", _sections)
    }


class BLENDER_SPIKE_OT_add_trace(TraceSettings, PlacementSetting, _OnFigures):
    """Show the voltage at a place on the neuron as a curve that draws itself"""  # noqa: D400, D415

    bl_idname = "blender_spike.add_trace"
    bl_label = "Add Trace"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        at: str
    else:
        at: EnumProperty(
            name="At",
            description="How to choose the place on the neuron",
            items=[
                ("SECTION", "Section", "By section name and position along the section"),
                ("CURSOR", "3D Cursor", "The place nearest to the 3D cursor"),
                (
                    "SELECTED",
                    "Selected",
                    "The places nearest to other selected objects, or to points selected in Edit "
                    "Mode; one trace for each",
                ),
            ],
        )

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw only the relevant settings."""
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "at")
        if self.at == "SECTION":
            layout.prop(self, "section")
            layout.prop(self, "position")
        layout.prop(self, "own_axes")
        layout.prop(self, "placement")

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Find the places, and add a trace for each."""
        neuron = neuron_to_work_on(context)
        places = [(self.section, self.position)]
        if self.at != "SECTION":
            spots = [context.scene.cursor.location]
            if self.at == "SELECTED":
                spots = selected_places(context, neuron)
            segments = dict.fromkeys(nearest_segment(neuron, spot) for spot in spots)
            places = [place_of(neuron, segment) for segment in segments]
        if not places:
            self.report(
                {"ERROR"}, "Select another object as well as the neuron, or points of the neuron."
            )
            return {"CANCELLED"}
        if len(places) > _MOST_TRACES:
            text = f"{len(places)} places are selected; select at most {_MOST_TRACES}."
            self.report({"ERROR"}, text)
            return {"CANCELLED"}
        before = settings_of(context.scene)
        try:
            made = [
                adding.add_trace(
                    context, neuron, *place, own_axes=self.own_axes, placement=self.placement
                )
                for place in places
            ]
        except ValueError as error:
            self.report({"ERROR"}, f"{error}.")
            return {"CANCELLED"}
        names = ", ".join(f"'{trace.name}'" for trace in made)
        self.report({"INFO"}, told(f"Added {names}.", before, context.scene))
        return {"FINISHED"}


class BLENDER_SPIKE_OT_mark_trace(_OnFigures):
    """Mark on the neuron where a trace is taken, in its color; or remove the mark"""  # noqa: D400, D415

    bl_idname = "blender_spike.mark_trace"
    bl_label = "Mark on Cell"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        name: str
    else:
        name: StringProperty(name="Name", description="The trace; all of the neuron's if empty")

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Mark those that have no mark, or else unmark all."""
        neuron = required(neuron_at_hand(context))
        chosen = [f for f in owned.traces_of(neuron) if self.name in ("", f.name)]
        if not chosen:
            what = f"trace '{self.name}'" if self.name else "traces"
            self.report({"ERROR"}, f"'{neuron.name}' has no {what}.")
            return {"CANCELLED"}
        bare = [trace for trace in chosen if mark_of(trace) is None]
        if not bare:
            remove_marks(chosen)
            self.report({"INFO"}, f"Removed {len(chosen)} mark{'s' * (len(chosen) != 1)}.")
            return {"FINISHED"}
        try:
            for trace in bare:
                add_mark(context.scene, trace)
        except ValueError as error:
            self.report({"ERROR"}, f"{error}.")
            return {"CANCELLED"}
        self.report({"INFO"}, f"Marked on '{neuron.name}': {listed([t.name for t in bare])}.")
        return {"FINISHED"}


class BLENDER_SPIKE_OT_add_color_bar(PlacementSetting, _OnFigures):
    """Add a color bar for the neuron's colormap"""  # noqa: D400, D415

    bl_idname = "blender_spike.add_color_bar"
    bl_label = "Add Color Bar"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        horizontal: bool
    else:
        horizontal: BoolProperty(
            name="Horizontal", description="Values increase to the right instead of upwards"
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Add it, if there are colors."""
        neuron = required(neuron_at_hand(context))
        if voltage_material(neuron, linked=True) is None:
            self.report({"ERROR"}, f"{about_uncolored(neuron)}.")
            return {"CANCELLED"}
        return _add(self, context, adding.add_color_bar, horizontal=self.horizontal)


class BLENDER_SPIKE_OT_add_legend(PlacementSetting, _OnFigures):
    """Add a legend: the names of the classes that the neuron shows, such as cell types"""  # noqa: D400, D415

    bl_idname = "blender_spike.add_legend"
    bl_label = "Add Legend"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        rows: int
    else:
        rows: IntProperty(
            name="Rows",
            description="At most; the last one counts what is left. 0 for as many as fit",
            default=0,
            min=0,
            max=MOST_ROWS,
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Add it, if there are classes and colors."""
        neuron = required(neuron_at_hand(context))
        if voltage_material(neuron, linked=True) is None:
            self.report({"ERROR"}, f"{about_uncolored(neuron)}.")
            return {"CANCELLED"}
        try:
            return _add(self, context, adding.add_legend, rows=self.rows)
        except ValueError as error:
            self.report({"ERROR"}, f"{error}.")
            return {"CANCELLED"}


class BLENDER_SPIKE_OT_add_synapse_legend(PlacementSetting, _OnFigures):
    """Add a legend: the kinds of the neuron's synapses, beside their colors"""  # noqa: D400, D415

    bl_idname = "blender_spike.add_synapse_legend"
    bl_label = "Add Legend of Synapses"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Add it, if there are synapses and colors."""
        try:
            return _add(self, context, adding.add_synapse_legend)
        except ValueError as error:
            self.report({"ERROR"}, f"{error}.")
            return {"CANCELLED"}


class BLENDER_SPIKE_OT_add_time_label(PlacementSetting, _OnFigures):
    """Add a label that shows the simulated time"""  # noqa: D400, D415

    bl_idname = "blender_spike.add_time_label"
    bl_label = "Add Time Label"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        decimals: int
    else:
        decimals: IntProperty(
            name="Decimals",
            description="Digits after the decimal point",
            default=1,
            min=0,
            max=6,
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Add it."""
        return _add(self, context, adding.add_time_label, decimals=self.decimals)


class BLENDER_SPIKE_OT_add_scale_bar(PlacementSetting, _OnFigures):
    """Add a scale bar for the neuron"""  # noqa: D400, D415

    bl_idname = "blender_spike.add_scale_bar"
    bl_label = "Add Scale Bar"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        length_um: float
    else:
        length_um: FloatProperty(
            name="Length (µm)",
            description="0 picks a round number that suits the neuron",
            default=0.0,
            min=0.0,
        )

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw the settings, and what 0 means."""
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "placement")
        layout.prop(
            self, "length_um", text="Length (µm)" if self.length_um else "Length (automatic)"
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Add it."""
        return _add(self, context, adding.add_scale_bar, length_um=self.length_um)


class BLENDER_SPIKE_OT_remove_figures(_OnFigures):
    """Remove figures of the neuron"""  # noqa: D400, D415

    bl_idname = "blender_spike.remove_figures"
    bl_label = "Remove Figures"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        name: str
    else:
        name: StringProperty(
            name="Name", description="Figure to remove; all of the neuron's if empty"
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Remove one or all."""
        neuron = required(neuron_at_hand(context))
        chosen = [f for f in owned.figures_of(neuron) if self.name in ("", f.name)]
        if not chosen:
            what = f"figure '{self.name}'" if self.name else "figures"
            self.report({"ERROR"}, f"'{neuron.name}' has no {what}.")
            return {"CANCELLED"}
        count = owned.remove_figures(chosen)
        self.report({"INFO"}, f"Removed {count} figure{'s' * (count != 1)}.")
        return {"FINISHED"}


def _add(
    operator: Any, context: bpy.types.Context, add: Any, **settings: Any
) -> set[OperatorReturnItems]:
    scene = context.scene
    before = settings_of(scene)
    neuron = neuron_to_work_on(context)
    figure = add(context, neuron, placement=operator.placement, **settings)
    done = f"Added '{figure.name}'"
    if (other := owned.lies_on(figure)) is not None:
        done += f"; it overlaps '{other.name}' until one of them is moved"
    operator.report({"INFO"}, told(f"{done}.", before, scene))
    return {"FINISHED"}


CLASSES = (
    BLENDER_SPIKE_OT_suggest,
    BLENDER_SPIKE_OT_add_trace,
    BLENDER_SPIKE_OT_mark_trace,
    BLENDER_SPIKE_OT_add_color_bar,
    BLENDER_SPIKE_OT_add_legend,
    BLENDER_SPIKE_OT_add_synapse_legend,
    BLENDER_SPIKE_OT_add_time_label,
    BLENDER_SPIKE_OT_add_scale_bar,
    BLENDER_SPIKE_OT_remove_figures,
)
