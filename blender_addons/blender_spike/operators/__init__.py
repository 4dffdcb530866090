# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators: each collects its settings, calls one function and reports the result."""

from __future__ import annotations

from . import (
    adding,
    coloring,
    combining,
    demos,
    electrodes,
    exporting,
    field,
    figures,
    film,
    importing,
    network,
    output,
    pace,
    showing,
    simulating,
    sound,
    story,
    timing,
    watching,
)
from .importing import MENU_ENTRY
from .story import STORY_ENTRY

__all__ = ["CLASSES", "MENU_ENTRY", "STORY_ENTRY"]

CLASSES = (
    *importing.CLASSES,
    *demos.CLASSES,
    *simulating.CLASSES,
    *watching.CLASSES,
    *coloring.CLASSES,
    *combining.CLASSES,
    *timing.CLASSES,
    *figures.CLASSES,
    *network.CLASSES,
    *film.CLASSES,
    *sound.CLASSES,
    *field.CLASSES,
    *electrodes.CLASSES,
    *pace.CLASSES,
    *story.CLASSES,
    *output.CLASSES,
    *exporting.CLASSES,
    *showing.CLASSES,
    *adding.CLASSES,
)
