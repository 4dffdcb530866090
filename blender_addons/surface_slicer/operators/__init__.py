# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators: each collects its settings, calls one function and reports the result."""

from __future__ import annotations

from . import (
    adding,
    arrow,
    color,
    color_ramp,
    curve,
    curve_axes,
    cyclic,
    fill,
    film,
    morph,
    output,
    pace,
    showing,
    slicer_companions,
    slicing,
    story,
    surface,
)
from .story import STORY_ENTRY
from .surface import MENU_ENTRY

__all__ = ["CLASSES", "MENU_ENTRY", "STORY_ENTRY"]

CLASSES = (
    *surface.CLASSES,
    *color.CLASSES,
    *color_ramp.CLASSES,
    *slicing.CLASSES,
    *slicer_companions.CLASSES,
    *curve.CLASSES,
    *curve_axes.CLASSES,
    *fill.CLASSES,
    *arrow.CLASSES,
    *morph.CLASSES,
    *cyclic.CLASSES,
    *film.CLASSES,
    *pace.CLASSES,
    *story.CLASSES,
    *output.CLASSES,
    *showing.CLASSES,
    *adding.CLASSES,
)
