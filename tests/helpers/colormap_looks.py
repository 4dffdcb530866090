# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of a colormap, and what matplotlib shows for them."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np

WIDTH = 250
# Whole colormaps, and parts of them; smooth, in steps, and the other way round.
LOOKS = [
    {},
    {"Steps": 7},
    {"Start": 0.2, "End": 0.85},
    {"Start": 0.15, "End": 0.7, "Steps": 4},
    {"Reverse": True},
    {"Reverse": True, "Steps": 5},
    {"Reverse": True, "Start": 0.33, "Steps": 6},
    {"Start": 1.0, "End": 0.0},
    {"Steps": 2},
]
COLORMAPS = ("plasma", "viridis", "coolwarm", "tab10", "turbo")


def expected(look, colormap):
    """The same by matplotlib, in 8-bit units."""
    cmap = mpl.colormaps[colormap]
    start, end = look.get("Start", 0.0), look.get("End", 1.0)
    reverse, steps = look.get("Reverse", False), look.get("Steps", 0)
    x = (np.arange(WIDTH) + 0.5) / WIDTH
    if (start, end) == (0.0, 1.0):
        cmap = cmap.reversed() if reverse else cmap
        return 255 * (cmap.resampled(steps) if steps else cmap)(x)[:, :3]
    if steps:
        part = mpl.colors.ListedColormap(cmap(np.linspace(start, end, steps)))
        part = part.reversed() if reverse else part
        return 255 * part(x)[:, :3]
    return 255 * cmap(start + (end - start) * (1 - x if reverse else x))[:, :3]


def check_colors(found, look, colormap):
    """Compare colors along a colormap, in 8-bit units, with matplotlib's."""
    away = np.abs(found - expected(look, colormap)).max(axis=1)
    # Colormaps made of line segments are computed anew for each number of steps, where the
    # table has 256 colors. A place that a border goes through may have either color.
    listed = isinstance(mpl.colormaps[colormap], mpl.colors.ListedColormap)
    assert np.mean(away > (0.6 if listed else 1.5)) <= 0.01, f"{colormap} {look}: {away.max():.1f}"
