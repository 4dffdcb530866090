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
    showing,
    slicer_companions,
    slicing,
    surface,
)
from .surface import MENU_ENTRY

__all__ = ["CLASSES", "MENU_ENTRY"]

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
    *output.CLASSES,
    *showing.CLASSES,
    *adding.CLASSES,
)
