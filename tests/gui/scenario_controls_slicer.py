# SPDX-License-Identifier: GPL-3.0-or-later
"""Surface Slicer: use every control of its panels, and undo and redo each."""

from __future__ import annotations

from every_control import every_control
from window import Step

# What `run.py --plant` breaks, each by itself; this has to notice.
FAULTS = {
    "operator": "SURFACE_SLICER_OT_add_axes",
    "draw": "SURFACE_SLICER_PT_surface",
    "poll": "SURFACE_SLICER_OT_add_cap",
}
# Drawing by software takes as long as a window is large, and one panel is shown at a time.
WINDOW = (560, 760)
FILES = "all"
# Parts of panels that are closed at first are open.
UNFOLDED = True
# Operators may say that they cannot do what they are told in this state of the scene.
REFUSED = True


def scenario() -> Step:
    yield from every_control("surface_slicer")
