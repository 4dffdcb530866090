# SPDX-License-Identifier: GPL-3.0-or-later
"""The tab in the sidebar of the 3D viewport, a module for each subject."""

from __future__ import annotations

from . import adding, color, curve, film, output, pace, slicing, story, surface
from .adding import NODES_ENTRY

__all__ = ["CLASSES", "NODES_ENTRY"]

# In the order in which they are shown.
CLASSES = (
    *surface.CLASSES,
    *color.CLASSES,
    *slicing.CLASSES,
    *curve.CLASSES,
    *pace.CLASSES,
    *film.CLASSES,
    *story.CLASSES,
    *output.CLASSES,
    *adding.CLASSES,
)
