# SPDX-License-Identifier: GPL-3.0-or-later
"""Brains in films that scripts and stories make; see `common.story`."""

from __future__ import annotations

from typing import Final

from ..common.story.thing import Thing
from .brain_thing import BrainThing

THINGS: Final[dict[str, type[Thing]]] = {BrainThing.kind: BrainThing}
"""By the names of their tables."""
