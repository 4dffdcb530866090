# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel of figures: add them, and edit and remove those of the active neuron."""

from __future__ import annotations

from typing import Final

import bpy

from ..at_hand import neuron_at_hand
from ..common.nodes.modifiers import input_value
from ..common.required import required
from ..common.suggestions import draw_field
from ..figures import class_legend, kind_legend, trace_marks, traces
from ..figures.figure_settings import new_figure_fields
from ..figures.owned import COLOR_BAR, SCALE_BAR, TIME_LABEL, figures_of, modifier_of
from ..playback.network import is_network
from ..playback.quantities import classes_of
from ..playback.synapse_kinds import count_synapses
from ..properties import about_figure
from .tab import Tab

_ICONS: Final = {
    traces.AXES_KIND: "EMPTY_AXIS",
    traces.KIND: "FCURVE",
    COLOR_BAR: "COLOR",
    class_legend.KIND: "PRESET",
    kind_legend.KIND: "PRESET",
    TIME_LABEL: "TIME",
    SCALE_BAR: "DRIVER_DISTANCE",
}
# Inputs of each kind's modifier; None leaves a gap.
_SETTINGS: Final[dict[str, tuple[str | None, ...]]] = {
    traces.AXES_KIND: (
        "X From", "X To", "X Step", None, "Y From", "Y To", "Y Step", None,
        "Width", "Height", "Text Size", "Line Width", "Color",
    ),
    traces.KIND: ("Neuron's Colors", "Color", "Line Width", "Dot Size"),
    traces.TITLE_KIND: ("Title", "Row"),
    COLOR_BAR: ("Direction", "Length", "Width", "Step", "Unit", "Text Size", "Color"),
    class_legend.KIND: ("Align", "Rows", "More", "Text Size", "Color"),
    kind_legend.KIND: ("Align", "Rows", "More", "Text Size", "Color"),
    TIME_LABEL: ("Text", "Decimals", "Unit", "Text Size", "Color"),
    SCALE_BAR: ("Length", "Unit", "Text Size", "Line Width", "Color"),
}  # fmt: skip


class BLENDER_SPIKE_PT_figures(Tab):
    """Traces, color bar, legend, time label and scale bar of the active neuron."""

    bl_label = "Figures"
    bl_order = 1
    bl_idname = "BLENDER_SPIKE_PT_figures"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require an active neuron, or one of its figures."""
        return neuron_at_hand(context) is not None

    def draw(self, context: bpy.types.Context) -> None:
        """Draw what can be added, then the existing figures."""
        layout = self.layout
        fields = new_figure_fields(context.scene)
        layout.row().prop(fields, "placement", expand=True)
        column = layout.column(align=True)
        cells = is_network(neuron_at_hand(context))
        wanted = "Cell (the first)" if cells else "Section (the soma)"
        suggest = "blender_spike.suggest"
        draw_field(column, fields, "section", suggest, text="", placeholder=wanted)
        if not cells:
            column.prop(fields, "position")
        column.prop(fields, "own_axes")
        row = column.row(align=True)
        row.scale_y = 1.2
        for at, text in (
            ("SECTION", "Add Trace"),
            ("CURSOR", "At Cursor"),
            ("SELECTED", "At Selected"),
        ):
            operator = row.operator("blender_spike.add_trace", text=text)
            operator.at, operator.own_axes = at, fields.own_axes
            operator.placement = fields.placement
            operator.section, operator.position = fields.section, fields.position
        row = layout.row(align=True)
        row.scale_y = 1.2
        for name, text in (
            ("color_bar", "Color Bar"),
            ("time_label", "Time"),
            ("scale_bar", "Scale Bar"),
        ):
            operator = row.operator(f"blender_spike.add_{name}", text=text)
            operator.placement = fields.placement
        if classes_of(required(neuron_at_hand(context))):
            operator = layout.operator("blender_spike.add_legend", text="Legend of Classes")
            operator.placement = fields.placement
        if count_synapses(required(neuron_at_hand(context))):
            operator = layout.operator(
                "blender_spike.add_synapse_legend", text="Legend of Synapses"
            )
            operator.placement = fields.placement
        figures = figures_of(required(neuron_at_hand(context)))
        for figure in figures:
            _draw_figure(layout, figure)
        if len(figures) > 1:
            layout.operator(
                "blender_spike.remove_figures", text="Remove All", icon="TRASH"
            ).name = ""


def _draw_figure(layout: bpy.types.UILayout, figure: bpy.types.Object) -> None:
    kind = about_figure(figure).kind
    header, body = layout.panel(
        f"{BLENDER_SPIKE_PT_figures.bl_idname}_{figure.name}", default_closed=True
    )
    header.label(text=figure.name, icon=_ICONS[kind])  # type: ignore[arg-type]
    header.operator(
        "blender_spike.remove_figures", text="", icon="X", emboss=False
    ).name = figure.name
    if body is None:
        return
    body.use_property_split = True
    body.use_property_decorate = False
    _draw_settings(body, figure)
    if kind == traces.KIND:
        marked = trace_marks.mark_of(figure)
        toggle = body.operator("blender_spike.mark_trace", depress=marked is not None)
        toggle.name = figure.name
        if marked is not None:
            size = input_value(modifier_of(marked), "Size")
            body.prop(size, "value", text="Mark Size")
        title = traces.title_object(figure)
        if title is not None:
            _draw_settings(body, title)
        return
    body.separator()
    column = body.column(align=True)
    column.prop(figure, "location", index=0, text="Place X")
    column.prop(figure, "location", index=1, text="Y")


def _draw_settings(layout: bpy.types.UILayout, figure: bpy.types.Object) -> None:
    modifier = modifier_of(figure)
    for name in _SETTINGS[about_figure(figure).kind]:
        if name is None:
            layout.separator()
        else:
            layout.prop(input_value(modifier, name), "value", text=name)
    if about_figure(figure).kind in (class_legend.KIND, kind_legend.KIND):
        names = layout.column(align=True)
        for number in range(1, class_legend.named_rows(figure) + 1):
            names.prop(input_value(modifier, f"Name {number}"), "value", text=f"Name {number}")


CLASSES = (BLENDER_SPIKE_PT_figures,)
