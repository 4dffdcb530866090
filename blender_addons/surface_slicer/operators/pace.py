# SPDX-License-Identifier: GPL-3.0-or-later
"""The pace of sweeps, of curves that are drawn, and of surfaces that change in time."""

from __future__ import annotations

from collections.abc import Callable

import bpy

from ..common.animation import Value
from ..common.nodes.modifiers import has_input, input_value, set_inputs
from ..common.paced.pace_panel import SetPace
from ..common.paced.paced_number import PacedNumber
from ..curve.curve import drawn_modifier
from ..curve.morph import has_second
from ..slicer.sweep import location_ends
from ..surface import motion
from .selection import curve_at_hand, surface_at_hand
from .slicer_selection import chosen_slicer


def _whole() -> tuple[Value, Value]:
    return 0.0, 1.0


def numbers_at_hand(context: bpy.types.Context) -> list[PacedNumber]:
    """List what of the active surface, curve and slicer has a pace."""
    found = []
    surface, curve = surface_at_hand(context), curve_at_hand(context)
    slicer = chosen_slicer(context)
    if slicer is not None:
        found.append(PacedNumber("Sweep", slicer, "location", _ends_of(context, slicer)))
    drawn = drawn_modifier(curve) if curve is not None else None
    if curve is not None and drawn is not None:
        names = ["Drawn"]
        if has_second(curve) and has_input(drawn, "Morph"):
            names.append("Morph")
        for name in names:
            path = str(input_value(drawn, name).path_from_id("value"))
            found.append(PacedNumber(name, curve, path, _whole))
    moving = motion.find_modifier(surface)
    if surface is not None and moving is not None:
        last = float(input_value(moving, "Samples").value - 1)
        found.append(
            PacedNumber(
                "Sample",
                surface,
                str(input_value(moving, "Sample").path_from_id("value")),
                lambda: (0.0, last),
                lambda: set_inputs(moving, {"Use Sample": True, "At the Ends": "Hold"}),
            )
        )
    return found


def _ends_of(
    context: bpy.types.Context, slicer: bpy.types.Object
) -> Callable[[], tuple[Value, Value]]:
    return lambda: location_ends(context, slicer)


class SURFACE_SLICER_OT_set_pace(SetPace):
    """Set when a sweep, a curve that is drawn, or a surface that changes is how far: in points, with stops and ways back"""  # noqa: D400, D415, E501

    bl_idname = "surface_slicer.set_pace"
    numbers = staticmethod(numbers_at_hand)


CLASSES = (SURFACE_SLICER_OT_set_pace,)
