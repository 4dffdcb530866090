# SPDX-License-Identifier: GPL-3.0-or-later
"""Use controls of all three add-ons at random, and undo and redo in between."""

from __future__ import annotations

import os

from random_play import play
from window import Step

# What `run.py --plant` breaks, each by itself; this has to notice.
FAULTS = {
    "operator": "BLENDER_SPIKE_OT_set_limits",
    "draw": "BLENDER_SPIKE_PT_color",
    "poll": "BLENDER_SPIKE_OT_film_scene",
}
WINDOW = (760, 760)
FILES = "all"
UNFOLDED = True
# Operators may say that they cannot do what they are told.
REFUSED = True


def scenario() -> Step:
    yield from play(dict(os.environ))
