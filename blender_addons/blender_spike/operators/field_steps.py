# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators that compute a field step by step."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final

import bpy

from ..common.required import required
from ..extracellular.computed import Found
from ..extracellular.field_box import InBox
from ..potential.line_sources import FieldError
from .selection import OnActiveNeuron

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

# Shorter work needs no progress: nobody could press Esc.
_LONG_S: Final = 1.0
_INTERVAL_S: Final = 0.01


class Computing(OnActiveNeuron):
    """An operator that computes, with progress and Esc if it takes longer than a second."""

    _steps: Generator[float, None, list[Found | InBox]] | None = None
    _timer: Any = None

    def prepare(self, context: bpy.types.Context) -> float:
        """Check everything, and return the estimated duration in s.

        Raises
        ------
        FieldError
        """
        raise NotImplementedError

    def steps(self) -> Generator[float, None, list[Found | InBox]]:
        """Compute what was prepared; nothing in the scene is changed."""
        raise NotImplementedError

    def finish(self, context: bpy.types.Context, found: list[Found | InBox]) -> str:
        """Put it into the scene, and return what to report."""
        raise NotImplementedError

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Compute it now, while the pointer shows how far it is."""
        manager = context.window_manager
        manager.progress_begin(0.0, 1.0)
        try:
            self.prepare(context)
            steps = self.steps()
            while True:
                try:
                    manager.progress_update(next(steps))
                except StopIteration as end:
                    return self._done(context, end.value)
        except FieldError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        finally:
            manager.progress_end()

    def invoke(
        self, context: bpy.types.Context, _event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Compute it now, or step by step if it takes long, so that Esc can end it."""
        try:
            takes_s = self.prepare(context)
        except FieldError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        if takes_s < _LONG_S or bpy.app.background or context.window is None:
            return self.execute(context)
        self._steps = self.steps()
        manager = context.window_manager
        self._timer = manager.event_timer_add(_INTERVAL_S, window=context.window)
        manager.progress_begin(0.0, 1.0)
        manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[OperatorReturnItems]:
        """Go on; Esc ends it, and nothing has changed."""
        if event.type == "ESC":
            self._stop(context)
            self.report({"INFO"}, "Nothing was changed.")
            return {"CANCELLED"}
        if event.type != "TIMER":
            # Whatever else is done meanwhile could change what is computed.
            return {"RUNNING_MODAL"}
        try:
            share = next(required(self._steps))
        except StopIteration as end:
            self._stop(context)
            return self._done(context, end.value)
        except FieldError as error:
            self._stop(context)
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        context.window_manager.progress_update(share)
        required(context.workspace).status_text_set(f"Field: {share:.0%}. Esc: stop")
        return {"RUNNING_MODAL"}

    def cancel(self, context: bpy.types.Context) -> None:
        """Blender ends, or opens another file."""
        self._stop(context)

    def _stop(self, context: bpy.types.Context) -> None:
        self._steps = None
        manager = context.window_manager
        if self._timer is not None:
            manager.event_timer_remove(self._timer)
            manager.progress_end()
            self._timer = None
        if context.workspace is not None:
            context.workspace.status_text_set(None)

    def _done(
        self, context: bpy.types.Context, found: list[Found | InBox]
    ) -> set[OperatorReturnItems]:
        told = [self.finish(context, found)]
        told += dict.fromkeys(one.told for one in found if one.told)
        self.report({"INFO"}, " ".join(told))
        return {"FINISHED"}
