# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulate a tracing or a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import bpy

from ..simulating import simulate
from ..simulating.job import is_model
from ..simulating.simulate_settings import SETTINGS, BLENDER_SPIKE_PG_simulate, fields
from ..watching import watch
from .tab import Tab

_LINE: Final = 34


class BLENDER_SPIKE_PT_simulate(Tab):
    """From a tracing or a model to a neuron that plays, with spike-export."""

    bl_label = "Simulate"
    bl_idname = "BLENDER_SPIKE_PT_simulate"
    bl_parent_id = "BLENDER_SPIKE_PT_simulation"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the fields and the button, or how far it is."""
        layout = self.layout
        current = simulate.running()
        if current is not None:
            layout.label(text=simulate.title(), icon="TIME", translate=False)
            known = current.total_ms > 0
            text = f"{current.reached_ms:.1f} ms" if current.reached_ms else "Building the cell"
            if known:
                text += f" of {current.total_ms:g} ms"
            layout.progress(factor=current.fraction, text=text)
            layout.operator("blender_spike.cancel_simulation", icon="CANCEL")
            if watch.is_watching():
                layout.operator("blender_spike.stop_watching", icon="HIDE_ON")
            return
        typed = fields(context.scene)
        if watch.is_watching():
            _draw_watched(layout)
            return
        layout.prop(typed, "filepath", text="", placeholder="Tracing (.swc) or model (.py, .hoc)")
        _draw_settings(layout, typed)
        row = layout.row()
        row.scale_y = 1.3
        row.enabled = bool(typed.filepath)
        operator = row.operator("blender_spike.simulate", icon="PLAY")
        operator.filepath = typed.filepath
        for name in SETTINGS:
            setattr(operator, name, getattr(typed, name))
        told, failed = simulate.last()
        if told:
            _draw_told(layout, told, failed)
        if path := simulate.ready():
            text = f"Import {Path(path).name}"
            operator = layout.operator("blender_spike.import_simulation", text=text, icon="IMPORT")
            operator.filepath = path
        row = layout.row(align=True)
        row.operator("blender_spike.watch", icon="HIDE_OFF").port = typed.port
        row.prop(typed, "port")
        told, failed = watch.last()
        if told:
            _draw_told(layout, told, failed)


def _draw_watched(layout: bpy.types.UILayout) -> None:
    """Draw how far a simulation is that was started elsewhere."""
    reached_ms, end_ms, frames = watch.progress()
    if not frames:
        layout.label(text="Waiting for its first frame", icon="TIME")
    else:
        layout.label(text=watch.title(), icon="TIME", translate=False)
        of = f" of {end_ms:g} ms" if end_ms else " ms"
        fraction = min(reached_ms / end_ms, 1.0) if end_ms else 0.0
        layout.progress(factor=fraction, text=f"{reached_ms:.1f}{of}, {frames:,} frames")
    layout.operator("blender_spike.stop_watching", icon="HIDE_ON")


def _draw_settings(layout: bpy.types.UILayout, typed: BLENDER_SPIKE_PG_simulate) -> None:
    """Draw what can be set: a model describes all but the length by itself."""
    column = layout.column()
    column.use_property_split = True
    column.use_property_decorate = False
    if typed.filepath and is_model(Path(typed.filepath)):
        column.prop(typed, "model_length_ms")
        column.prop(typed, "every_ms")
        column.prop(typed, "currents")
        column.prop(typed, "live")
        return
    column.prop(typed, "channels")
    column.prop(typed, "stimulus")
    part = column.column(align=True)
    if typed.stimulus == "SYNAPSES":
        names = ["synapses", "rate_hz", "seed"]
    else:
        names = ["amplitude_nA", "delay_ms", "duration_ms"]
        column.prop(typed, "place", placeholder="soma(0.5)")
    for name in names:
        part.prop(typed, name)
    column.prop(typed, "length_ms")
    column.prop(typed, "every_ms")
    column.prop(typed, "currents")
    column.prop(typed, "repair")
    column.prop(typed, "live")


def _draw_told(layout: bpy.types.UILayout, told: str, failed: bool) -> None:
    """Draw a message over as many lines as it needs."""
    icon: Any
    column, icon = layout.column(align=True), "ERROR" if failed else "CHECKMARK"
    for paragraph in told.splitlines():
        line = ""
        for word in paragraph.split():
            if line and len(line) + len(word) >= _LINE:
                column.label(text=line, icon=icon, translate=False)
                line, icon = "", "BLANK1"
            line = f"{line} {word}".strip()
        column.label(text=line, icon=icon, translate=False)
        icon = "BLANK1"


CLASSES = (BLENDER_SPIKE_PT_simulate,)
