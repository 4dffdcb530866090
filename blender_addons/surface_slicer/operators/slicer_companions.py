# SPDX-License-Identifier: GPL-3.0-or-later
"""Add twins, caps and profiles to sliced objects, and animate the slicer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, FloatVectorProperty, IntProperty

from ..common.animation import replaced
from ..common.placing import leave_edit_mode
from ..common.required import required
from ..common.selection import editable, tell
from ..slicer.cap import add_cap
from ..slicer.profile import add_profile
from ..slicer.sweep import Easing, animate_sweep
from ..slicer.twin import WIRE_COLOR, add_wireframe_twin
from ..slicer.wire_nodes import DRAWN
from .slicer_selection import OnSliced, OnSlicer, chosen_sliced, chosen_slicer

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class _Companion(OnSliced):
    """An operator that adds a companion to each of the sliced objects."""

    if TYPE_CHECKING:
        color: tuple[float, float, float]
        strength: float
    else:
        strength: FloatProperty(
            name="Strength", description="Brightness of its glow", default=1.0, min=0.0
        )

    def add(
        self,
        context: bpy.types.Context,
        what: str,
        make: Callable[[bpy.types.Object], bpy.types.Object],
    ) -> set[OperatorReturnItems]:
        """Add what can be added, and say why the rest cannot be."""
        made, sliced = [], chosen_sliced(context)
        leave_edit_mode(context)
        for source in editable(sliced):
            try:
                made.append(make(source))
            except ValueError as error:
                self.report({"WARNING"}, str(error))
        if not made:
            return {"CANCELLED"}
        names = f"'{made[0].name}'" if len(made) == 1 else f"{len(made)} objects"
        tell(self, {"INFO"}, f"Added {names}: {what}.", sliced)
        return {"FINISHED"}


class SURFACE_SLICER_OT_add_wireframe_twin(_Companion):
    """Show a wireframe of the sliced objects where they are cut away"""  # noqa: D400, D415

    bl_idname = "surface_slicer.add_wireframe_twin"
    bl_label = "Wireframe Twin"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        own_colors: bool
        lines: int
        width: float
        along: str
    else:
        own_colors: BoolProperty(
            name="Own Colors",
            description="Draw the wires with the object's own material instead of one color",
            default=True,
        )
        color: FloatVectorProperty(
            name="Color",
            description="Color of the wires",
            subtype="COLOR",
            default=WIRE_COLOR,
            min=0.0,
            max=1.0,
        )
        lines: IntProperty(
            name="Lines",
            description="Wires along the object's longest side; 0 for as many as there are",
            default=0,
            min=0,
            soft_max=200,
        )
        width: FloatProperty(
            name="Width",
            description="Width of the wires; 0 for a part of their distance",
            default=0.0,
            min=0.0,
            subtype="DISTANCE",
        )
        along: EnumProperty(
            name="Along",
            description="What the wires run along",
            items=[
                ("AUTO", "Automatic", "Lines on surfaces, sections on anything else"),
                *((name, name, description) for name, description in DRAWN.items()),
            ],
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Add a twin to each, or change the wires of existing ones."""
        # Scripts of version 0.1.0 only give a color.
        is_set = self.properties.is_property_set
        own = self.own_colors and (is_set("own_colors") or not is_set("color"))
        return self.add(
            context,
            "wires where the surface is cut away",
            lambda source: add_wireframe_twin(
                context,
                source,
                color=None if own else tuple(self.color),
                strength=self.strength,
                lines=self.lines,
                width=self.width,
                draw="" if self.along == "AUTO" else self.along,
            ),
        )


class _OfTheCut(_Companion):
    """An operator whose companion needs to know where the slicer is."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require something sliced whose slicer was not deleted."""
        if not super().poll(context):
            return False
        if chosen_slicer(context) is None:
            cls.poll_message_set("The slicer was deleted; remove the slicing and slice again")
            return False
        return True


class SURFACE_SLICER_OT_add_cap(_OfTheCut):
    """Fill the cut face of the sliced objects, if they are closed"""  # noqa: D400, D415

    bl_idname = "surface_slicer.add_cap"
    bl_label = "Cap"
    bl_options = {"REGISTER", "UNDO"}

    if not TYPE_CHECKING:
        color: FloatVectorProperty(
            name="Color",
            description="Color of the cut face",
            subtype="COLOR",
            default=(0.08, 0.1, 0.14),
            min=0.0,
            max=1.0,
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Add a cap to each."""
        slicer = required(chosen_slicer(context))
        return self.add(
            context,
            "the cut face, filled",
            lambda source: add_cap(
                context, source, slicer, color=self.color, strength=self.strength
            ),
        )


class SURFACE_SLICER_OT_add_profile(_OfTheCut):
    """Draw the curve along which the slicer cuts the sliced objects, on them or as a graph"""  # noqa: D400, D415

    bl_idname = "surface_slicer.add_profile"
    bl_label = "Profile"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        graph: bool
    else:
        graph: BoolProperty(
            name="As a Graph",
            description="Draw it upright beside the surface, over the distance along the cut",
        )
        color: FloatVectorProperty(
            name="Color",
            description="Color of the curve",
            subtype="COLOR",
            default=(1.0, 1.0, 1.0),
            min=0.0,
            max=1.0,
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Add a profile to each."""
        slicer = required(chosen_slicer(context))
        return self.add(
            context,
            "a graph of the cut" if self.graph else "the curve of the cut",
            lambda source: add_profile(
                context,
                source,
                slicer,
                graph=self.graph,
                color=self.color,
                strength=self.strength,
            ),
        )


class SURFACE_SLICER_OT_animate_sweep(OnSlicer):
    """Animate the slicer along its arrow, through everything it cuts"""  # noqa: D400, D415

    bl_idname = "surface_slicer.animate_sweep"
    bl_label = "Animate Sweep"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        frame_start: int
        frame_end: int
        easing: Easing
        back: bool
        reverse: bool
        margin: float
    else:
        frame_start: IntProperty(
            name="Start", description="First frame; the scene's if not given", default=1
        )
        frame_end: IntProperty(
            name="End", description="Last frame; the scene's if not given", default=250
        )
        easing: EnumProperty(
            name="Easing",
            description="How it speeds up and slows down",
            items=[
                ("SINE", "Soft", "Start and end softly"),
                ("CUBIC", "Softer", "Start and end slowly, faster between"),
                ("LINEAR", "Constant", "The same speed all the way"),
            ],
        )
        back: BoolProperty(name="And Back", description="Return to where it started")
        reverse: BoolProperty(
            name="Reverse", description="Start with everything cut away instead of nothing"
        )
        margin: FloatProperty(
            name="Margin",
            description="How far outside the objects it starts and ends, as a fraction of their "
            "extent",
            default=0.05,
            min=0.0,
            soft_max=1.0,
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Keyframe the slicer's location."""
        scene, slicer = context.scene, required(chosen_slicer(context))
        if not self.properties.is_property_set("frame_start"):
            self.frame_start = scene.frame_start
        if not self.properties.is_property_set("frame_end"):
            self.frame_end = scene.frame_end
        leave_edit_mode(context)
        previous = replaced(slicer, "location")
        try:
            animate_sweep(
                context,
                slicer,
                self.frame_start,
                self.frame_end,
                easing=self.easing,
                back=self.back,
                reverse=self.reverse,
                margin=self.margin,
            )
        except ValueError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self.report(
            {"INFO"},
            f"'{slicer.name}' travels from frame {self.frame_start} to {self.frame_end}"
            f"{', and back' if self.back else ''}{previous}.",
        )
        return {"FINISHED"}


CLASSES = (
    SURFACE_SLICER_OT_add_wireframe_twin,
    SURFACE_SLICER_OT_add_cap,
    SURFACE_SLICER_OT_add_profile,
    SURFACE_SLICER_OT_animate_sweep,
)
