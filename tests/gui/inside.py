# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays one scenario in a Blender with a window; started by `run.py`.

``blender --python inside.py -- SCENARIO DATA PICTURES``. A scenario is a module beside this one
with a generator ``scenario()``.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from pathlib import Path

import bpy

# An open splash screen swallows every event, and the user's preferences are not ours to save.
bpy.context.preferences.view.show_splash = False
bpy.context.preferences.use_preferences_save = False

sys.path.insert(0, str(Path(__file__).resolve().parent))
window = importlib.import_module("window")

# Between two steps Blender handles events and draws once, however long that takes.
STEP_S = 0.005


def run() -> float | None:
    """Do the next step, or end Blender with the scenario's exit code."""
    code = 0
    try:
        next(steps)
        return STEP_S
    except StopIteration:
        print("scenario done", flush=True)
    except BaseException:
        traceback.print_exc()
        window.picture("failed")
        code = 1
    sys.stderr.flush()
    os._exit(code)


steps = importlib.import_module(sys.argv[sys.argv.index("--") + 1]).scenario()
# Opening a file ends other timers.
bpy.app.timers.register(run, first_interval=1.0, persistent=True)
