# SPDX-License-Identifier: BSD-3-Clause
"""Axes for moving shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np

from .pictures import own_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Background = Literal["black", "white"]

_DPI: Final = 72
# Margin on each side, as a fraction of the picture's shorter side.
_MARGIN: Final = 0.08
# On the sides of numbers and labels, as fractions of the picture's width and height.
_LEFT: Final = 0.1
_BELOW: Final = 0.15
_TEXT: Final = 22.0
_THIN: Final = 1.5
# How far, relative to their length, axes reach out to their next number.
_NEAR: Final = 0.06
_GREY: Final = "#808080"
# Of the grid, so that curves stand out from it.
_GRID_ALPHA: Final = 0.35


class Ruling(NamedTuple):
    """Thin axes with numbers at the left and below, and what goes with them."""

    grid: bool = False
    x_label: str = ""
    y_label: str = ""


@own_style()
def stage(
    x_limits: tuple[float, float],
    y_limits: tuple[float, float],
    *,
    equal: bool = False,
    background: Background = "black",
    transparent: bool = False,
    size: tuple[int, int] = (1920, 1080),
    ruling: Ruling | None = None,
) -> tuple[Figure, Axes]:
    """Make axes with nothing in them: no frame, no ticks, no text, unless they are ruled.

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
    ruling : Ruling, optional
        Draw the axes.

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
    whole = np.array(size)
    before = after = np.full(2, _MARGIN * min(size))
    if ruling is not None:
        x_limits, y_limits = _to_ticks(x_limits), _to_ticks(y_limits)
        before = np.array([_LEFT, _BELOW]) * whole
    spans = np.array([x_limits[1] - x_limits[0], y_limits[1] - y_limits[0]])
    pixels = whole - before - after
    per_pixel = np.abs(spans) / pixels
    if equal:
        per_pixel[:] = per_pixel.max()
    # In units of the data, from the middle of what is shown to the picture's edges.
    signs = np.sign(spans)
    down, up = per_pixel * (pixels / 2 + before) * signs, per_pixel * (pixels / 2 + after) * signs
    middle = np.array([sum(x_limits) / 2, sum(y_limits) / 2])
    axes.set_xlim(middle[0] - down[0], middle[0] + up[0])
    axes.set_ylim(middle[1] - down[1], middle[1] + up[1])
    if ruling is not None:
        _rule(axes, x_limits, y_limits, ruling, size_factor(size), background)
    return figure, axes


def size_factor(size: tuple[int, int]) -> float:
    """Return the scale factor for lengths in points, relative to 1920 x 1080 pixels.

    Parameters
    ----------
    size : (int, int)
        Width and height of the picture in pixels.
    """
    return float(np.sqrt(size[0] * size[1] / (1920 * 1080)))


def _to_ticks(limits: tuple[float, float]) -> tuple[float, float]:
    """Move limits out to the next number on the axis, if that is near."""
    from matplotlib.ticker import AutoLocator

    low, high = limits
    near = _NEAR * (high - low)
    ticks = np.asarray(AutoLocator().tick_values(low, high))
    below = ticks[(ticks <= low) & (ticks >= low - near)]
    above = ticks[(ticks >= high) & (ticks <= high + near)]
    return float(below.max() if below.size else low), float(above.min() if above.size else high)


def _rule(
    axes: Axes,
    x_limits: tuple[float, float],
    y_limits: tuple[float, float],
    ruling: Ruling,
    scale: float,
    background: Background,
) -> None:
    """Draw axes at the lower limits, from limit to limit, with numbers between."""
    from matplotlib.ticker import AutoLocator, ScalarFormatter

    axes.set_axis_on()
    axes.patch.set_alpha(0.0)
    thin = _THIN * scale
    ink = "white" if background == "black" else "black"
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    sides = (
        ("bottom", axes.xaxis, x_limits, y_limits, ruling.x_label),
        ("left", axes.yaxis, y_limits, x_limits, ruling.y_label),
    )
    for side, axis, along, across, label in sides:
        spine = axes.spines[side]
        spine.set(position=("data", across[0]), bounds=along, color=_GREY, linewidth=thin)
        low, high = sorted(along)
        room = 1e-9 * (high - low)
        ticks = np.asarray(AutoLocator().tick_values(low, high))
        ticks = ticks[(ticks >= low - room) & (ticks <= high + room)]
        numbers = ScalarFormatter()
        numbers.set_axis(axis)
        axis.set_ticks(ticks.tolist(), numbers.format_ticks(ticks.tolist()))
        # What all numbers have in common, which matplotlib writes beyond the axis.
        common = numbers.get_offset()
        common = f"× {common}" if common[:1].isdigit() else common
        text = f"{label} ({common})" if common else label
        # As typed: a single $ is no formula.
        axis.set_label_text(text.strip(), color=ink, fontsize=_TEXT * scale, parse_math=False)
        if ruling.grid:
            paint = axes.vlines if side == "bottom" else axes.hlines
            lines = paint(
                axis.get_majorticklocs(), *across, colors=_GREY, linewidths=thin, zorder=0
            )
            lines.set_alpha(_GRID_ALPHA)
    axes.tick_params(
        color=_GREY, labelcolor=ink, width=thin, length=8 * scale, labelsize=_TEXT * scale
    )
    # The picture's edges are the axes' own limits, which nothing that is added may move.
    axes.set_autoscale_on(False)
