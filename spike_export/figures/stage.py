# SPDX-License-Identifier: BSD-3-Clause
"""Axes for moving shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from .pictures import own_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Background = Literal["black", "white"]

_DPI: Final = 72
# Margin on each side, as a fraction of the picture's shorter side.
_MARGIN: Final = 0.08


@own_style()
def stage(
    x_limits: tuple[float, float],
    y_limits: tuple[float, float],
    *,
    equal: bool = False,
    background: Background = "black",
    transparent: bool = False,
    size: tuple[int, int] = (1920, 1080),
) -> tuple[Figure, Axes]:
    """Make axes with nothing in them: no frame, no ticks, no text.

    Parameters
    ----------
    x_limits, y_limits : (float, float)
        Limits, a margin away from the picture's edges; y increases upward if the first is the lower
        one.
    equal : bool
        Use the same scale for x and y.
    background : {"black", "white"}
    transparent : bool
        Make the background transparent.
    size : (int, int)
        Width and height in pixels.

    Returns
    -------
    figure : matplotlib Figure
        With 72 dots per inch: one point is one pixel.
    """
    from matplotlib.figure import Figure

    width, height = size
    figure = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI)
    figure.patch.set_facecolor(background)
    figure.patch.set_alpha(0.0 if transparent else 1.0)
    # The axes fill the whole picture, so that thick lines are not cut off at the limits.
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    spans = np.array([x_limits[1] - x_limits[0], y_limits[1] - y_limits[0]])
    pixels = np.array(size) - 2 * _MARGIN * min(size)
    per_pixel = np.abs(spans) / pixels
    if equal:
        per_pixel[:] = per_pixel.max()
    half = per_pixel * np.array(size) / 2 * np.sign(spans)
    axes.set_xlim(sum(x_limits) / 2 - half[0], sum(x_limits) / 2 + half[0])
    axes.set_ylim(sum(y_limits) / 2 - half[1], sum(y_limits) / 2 + half[1])
    return figure, axes


def size_factor(size: tuple[int, int]) -> float:
    """Return the scale factor for lengths in points, relative to 1920 x 1080 pixels.

    Parameters
    ----------
    size : (int, int)
        Width and height of the picture in pixels.
    """
    return float(np.sqrt(size[0] * size[1] / (1920 * 1080)))
