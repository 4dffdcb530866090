# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's undo steps, and whether undo and redo bring back the scene of each."""

from __future__ import annotations

import ctypes
import os
import re
import sys
import tempfile
from collections.abc import Iterator

import bpy
from scene_state import State, difference, scene_state, undoable
from window import key, until

# So many that none is given up while a scene is tested.
MOST_STEPS = 200
_LISTED = re.compile(r"^\[(.)...\] +\d+ .* name='(.*)'$", re.MULTILINE)
_done = {"undo": 0, "redo": 0}


@bpy.app.handlers.persistent
def _count_undo(*_: object) -> None:
    _done["undo"] += 1


@bpy.app.handlers.persistent
def _count_redo(*_: object) -> None:
    _done["redo"] += 1


def listen() -> None:
    """Notice from now on when Blender has undone or redone, and keep all steps."""
    bpy.app.handlers.undo_post.append(_count_undo)
    bpy.app.handlers.redo_post.append(_count_redo)
    bpy.context.preferences.edit.undo_steps = MOST_STEPS


def steps() -> tuple[list[str], int]:
    """List the undo steps as Blender prints them.

    Returns
    -------
    names : list of str
        From the oldest to the newest, those that can be redone included.
    active : int
        Index of the one that the scene is at.
    """
    sys.stdout.flush()
    kept = os.dup(1)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 1)
        try:
            bpy.context.window_manager.print_undo_steps()
            # It is C that prints.
            ctypes.CDLL(None).fflush(None)
        finally:
            os.dup2(kept, 1)
            os.close(kept)
        file.seek(0)
        listed = _LISTED.findall(file.read().decode(errors="replace"))
    active = [index for index, (mark, _) in enumerate(listed) if mark == "*"]
    return [name for _, name in listed], active[0] if active else -1


class History:
    """The states of the scene at each undo step, as far as they have been seen."""

    def __init__(self) -> None:
        """Begin with the step that the scene is at."""
        self.seen: dict[int, State] = {}
        self.names: list[str] = []
        self.active = 0
        self.note()

    def state(self) -> State:
        """Describe the scene now."""
        return undoable(scene_state())

    def note(self) -> None:
        """Keep the present state as that of the active step; what could be redone is gone."""
        self.names, self.active = steps()
        self.seen = {index: state for index, state in self.seen.items() if index < self.active}
        self.seen[self.active] = self.state()

    def after(self, what: str) -> str:
        """Note what a control did, and tell what is wrong with its steps.

        Parameters
        ----------
        what : str
            The control, for the sentence.

        Returns
        -------
        str
            Empty if it changed the scene in one step, or not at all.
        """
        names, active = steps()
        made = active - self.active
        change = difference(self.seen[self.active], self.state())
        problem = ""
        if made == 0 and names == self.names and not change.startswith("0 things"):
            problem = f"{what} is no step of its own to undo: {change}"
        elif made > 1:
            problem = f"{what} makes {made} steps to undo: {names[self.active + 1 : active + 1]}"
        elif made or names != self.names:
            self.note()
        return problem

    def travel(self, times: int, *, back: bool) -> Iterator[None]:
        """Press Ctrl Z, or Ctrl Shift Z, and compare the scene after each press.

        The pointer must be where keys mean the scene.

        Parameters
        ----------
        times : int
            At most; there may be fewer steps.
        back : bool
            Undo, else redo.

        Raises
        ------
        AssertionError
            If the scene is not as it was at the step.
        """
        which = "undo" if back else "redo"
        for _ in range(times):
            goal = self.active + (-1 if back else 1)
            if not 0 <= goal < len(self.names):
                return
            then = _done[which]
            yield from key("Z", ctrl=True, shift=not back)
            yield from until(lambda n=then: _done[which] > n, f"{which} is done by its keys")
            # What is wrong in memory shows when it is drawn.
            yield
            yield
            names, self.active = steps()
            step = f"{which} to step {goal} of {len(names)}, {names[goal]!r}"
            assert self.active == goal, f"{step} leads to step {self.active}"
            if goal in self.seen:
                state = self.state()
                if state != self.seen[goal]:
                    raise AssertionError(f"{step}: {difference(self.seen[goal], state)}")
            else:
                self.seen[goal] = self.state()
