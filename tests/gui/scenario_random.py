# SPDX-License-Identifier: GPL-3.0-or-later
"""Use controls of all three add-ons at random, and undo and redo in between.

Chance may pass by what `run.py --plant` would break, so nothing is broken for this one.
"""

from __future__ import annotations

import os

from random_play import play
from window import Step

WINDOW = (560, 760)
FILES = "all"
UNFOLDED = True
# Operators may say that they cannot do what they are told.
REFUSED = True


def scenario() -> Step:
    yield from play(dict(os.environ))
