# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel of what has a pace, and its operator; each extension has its own of both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import StringProperty

from ..animation import replaced
from ..selection import refusal
from .paced_number import PacedNumber, pace_of, set_pace, shown_pace

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

_DEFAULT = "smooth"
_EXAMPLE = "0 0, 2s 0.5, 4s 0.5, 5s 1 smooth"


class _HasPace:
    """What is at hand and has numbers."""

    @staticmethod
    def numbers(context: bpy.types.Context) -> Sequence[PacedNumber]:
        """List the numbers of what is active; each extension knows its own."""
        raise NotImplementedError


class SetPace(_HasPace, bpy.types.Operator):
    """An operator that gives a number its pace."""

    bl_label = "Pace"
    bl_options: Any = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        number: str
        pace: str
    else:
        number: StringProperty(
            name="Number",
            description="What moves, as the panel names it; the first one if empty",
            options={"SKIP_SAVE"},
        )
        pace: StringProperty(
            name="Pace",
            description="linear or smooth, over all of the scene's frames; or points: seconds, the "
            f"part of the way, and smooth to ease there. {_EXAMPLE} goes half the way, holds, and "
            "goes on; 0 0, 2s 1, 4s 0 goes back and forth",
            default=_DEFAULT,
            options={"SKIP_SAVE"},
        )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require something with a number."""
        if not cls.numbers(context):
            cls.poll_message_set("Make something active that plays, moves, or is drawn")
            return False
        return True

    def invoke(
        self, context: bpy.types.Context, _event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Ask for the points, beginning with those that it has."""
        found = self._found(context)
        if found is not None:
            self.number = found.name
            self.pace = pace_of(context.scene, found) or _DEFAULT
        return context.window_manager.invoke_props_dialog(self, width=400)

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw the points, and what they look like."""
        field = self.layout.row()
        # One types at once.
        field.activate_init = True
        field.prop(self, "pace", text=self.number or "Pace")
        self.layout.label(text=f"linear, smooth, or: {_EXAMPLE}")

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Write the keyframes."""
        scene, found = context.scene, self._found(context)
        if found is None:
            names = ", ".join(one.name for one in self.numbers(context))
            self.report({"ERROR"}, f"There is no '{self.number}' here, only {names}.")
            return {"CANCELLED"}
        if not found.owner.is_editable:
            self.report({"ERROR"}, refusal(found.owner))
            return {"CANCELLED"}
        previous = replaced(found.owner, found.path)
        try:
            first, last = set_pace(scene, found, self.pace)
        except ValueError as error:
            text = str(error).rstrip(".")
            self.report({"ERROR"}, f"{text[:1].upper()}{text[1:]}.")
            return {"CANCELLED"}
        scene.frame_set(scene.frame_current)
        text = f"{found.name} of '{found.owner.name}' has keyframes from frame {first} to {last}"
        if last > scene.frame_end:
            text += f", of which the scene ends in {scene.frame_end}"
        self.report({"INFO"}, f"{text}{previous}.")
        return {"FINISHED"}

    def _found(self, context: bpy.types.Context) -> PacedNumber | None:
        numbers = self.numbers(context)
        wanted = self.number or numbers[0].name
        return next((one for one in numbers if one.name == wanted), None)


class PacePanel(_HasPace, bpy.types.Panel):
    """What an extension's panel *Pace* draws."""

    bl_label = "Pace"
    bl_options: Any = {"DEFAULT_CLOSED"}
    addon = ""
    """The extension's name, with which its operator begins."""

    if TYPE_CHECKING:
        layout: bpy.types.UILayout

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require something with a number."""
        return bool(cls.numbers(context))

    def draw(self, context: bpy.types.Context) -> None:
        """Draw each number, and its pace on a button that changes it."""
        column = self.layout.column(align=True)
        for number in self.numbers(context):
            row = column.split(factor=0.3, align=True)
            row.label(text=number.name)
            text = shown_pace(context.scene, number)
            row.operator(f"{self.addon}.set_pace", text=text).number = number.name
