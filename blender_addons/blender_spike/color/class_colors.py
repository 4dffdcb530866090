# SPDX-License-Identifier: GPL-3.0-or-later
"""Colors of values that count classes, such as cell types: one of a palette each, never mixed.

With limits half a class beyond both ends, each class lies in the middle of its palette's color.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

PALETTES: Final = (("tab10", 10), ("tab20", 20))
"""Colormaps of plain colors, and how many they have."""
MOST: Final = PALETTES[-1][1]


def palette(classes: int, measured: str = PALETTES[0][0]) -> str:
    """Name the colormap for a number of classes, and that of values without any."""
    if not classes:
        return measured
    return next((name for name, size in PALETTES if classes <= size), PALETTES[-1][0])


def class_limits(classes: int) -> tuple[float, float]:
    """Find the limits with which each class has its own color of the palette, up to `MOST`."""
    size = next((size for _, size in PALETTES if classes <= size), MOST)
    return -0.5, size - 0.5


def about_sharing(classes: Sequence[str]) -> str:
    """Say which classes have no color of their own; empty if all have one."""
    if len(classes) <= MOST:
        return ""
    return (
        f"the {len(classes) - MOST + 1:,} smallest of {len(classes):,} classes share the last color"
    )
