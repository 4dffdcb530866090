# SPDX-License-Identifier: GPL-3.0-or-later
"""The tab in the sidebar of the 3D viewport, a module for each subject."""

from __future__ import annotations

from . import color, curve, film, output, slicing, surface

__all__ = ["CLASSES"]

# In the order in which they are shown.
CLASSES = (
    *surface.CLASSES,
    *color.CLASSES,
    *slicing.CLASSES,
    *curve.CLASSES,
    *film.CLASSES,
    *output.CLASSES,
)
