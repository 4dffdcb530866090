# SPDX-License-Identifier: BSD-3-Clause
"""Curves that are drawn on: lines, and a dot at their head.

Every part is driven by one number, the position on the x axis up to which it is drawn (the time, in
a trace), so that parts stay in sync however that number changes: evenly, slowed down or backward.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
from numpy.typing import ArrayLike

from .fill import Color
from .line_pieces import by_bin, checked, cut, finite_runs, joined, limits_of, runs_to, value_at
from .named_colormap import colormap_named

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

# Diameters of discs that together fade out like light, in diameters of the dot.
_HALO: Final = tuple(1.2 * 1.19**k for k in range(9))
_HALO_ALPHA: Final = 0.04


class Part(Protocol):
    """A part that an animation moves."""

    @property
    def artists(self) -> Sequence[Artist]:
        """The matplotlib artists it consists of."""

    def draw_to(self, t: float) -> None:
        """Show what is at or before a position on the x axis, and nothing beyond."""


class GradientLine:
    """A line colored by its own value, as in BlenderSpike, or by another array.

    It is split where the value passes from one of the colormap's colors to the next, so that each
    piece has exactly the color that the colormap gives its values. All pieces of one color are
    drawn as one line with gaps: there are never more lines than colors, however long the curve.

    Parameters
    ----------
    axes : matplotlib Axes
    x, y : array-like, shape (M,)
        `x` increases; the line has a gap where `y` is not finite.
    colormap : str
        Name of a matplotlib colormap.
    limits : (float, float), optional
        Values at the colormap's two ends; the lowest and highest by default.
    width : float
        In points.
    color_by : array-like, shape (M,), optional
        The values that color the line; `y` itself by default. A gap where they are not finite.
    cyclic : bool
        The values come round: the two limits, a period apart, are the same value, and between two
        samples it changes the short way round.

    Raises
    ------
    ValueError
        If the arrays do not match, or `x` does not increase.
    ChoiceError
        If there is no such colormap.

    Attributes
    ----------
    artists : tuple of matplotlib LineCollection
    """

    def __init__(
        self,
        axes: Axes,
        x: ArrayLike,
        y: ArrayLike,
        *,
        colormap: str = "plasma",
        limits: tuple[float, float] | None = None,
        width: float = 3.0,
        color_by: ArrayLike | None = None,
        cyclic: bool = False,
    ) -> None:
        from matplotlib.collections import LineCollection

        colors = colormap_named(colormap)
        runs = finite_runs(x, y, color_by)
        bins, self._lines = by_bin(runs, limits or limits_of(runs), colors.N, cyclic=cyclic)
        self._collection = LineCollection(
            self._lines,
            # An empty list of colors would mean matplotlib's default.
            colors=colors((bins + 0.5) / colors.N) if bins.size else "none",
            linewidths=width,
            capstyle="round",
            joinstyle="round",
            # Snapping to pixels would make the line jump while it is drawn.
            snap=False,
        )
        axes.add_collection(self._collection, autolim=False)
        self.artists: tuple[Artist, ...] = (self._collection,)

    def draw_to(self, t: float) -> None:
        """Draw the line as far as `t`."""
        self._collection.set_segments([cut(line, t) for line in self._lines])


class PlainLine:
    """A line of one color; see `GradientLine` for the parameters.

    Attributes
    ----------
    artists : tuple of matplotlib Line2D
    """

    def __init__(
        self, axes: Axes, x: ArrayLike, y: ArrayLike, *, color: Color, width: float = 3.0
    ) -> None:
        from matplotlib.lines import Line2D

        self._runs = finite_runs(x, y)
        self._line = Line2D(
            *joined(self._runs),
            color=color,
            linewidth=width,
            solid_capstyle="round",
            solid_joinstyle="round",
            snap=False,
        )
        axes.add_artist(self._line)
        self.artists: tuple[Artist, ...] = (self._line,)

    def draw_to(self, t: float) -> None:
        """Draw the line as far as `t`."""
        self._line.set_data(*joined(runs_to(self._runs, t)))


class Head:
    """A glowing dot on a curve, interpolated between the two samples around it.

    Parameters
    ----------
    axes : matplotlib Axes
    x, y : array-like, shape (M,)
        As for `GradientLine`.
    limits : (float, float), optional
        As for `GradientLine`; needed with a colormap.
    colormap : str, optional
        Colors the dot by its value.
    color : color, optional
        The one color, without a colormap.
    size : float
        Diameter in points.

    Attributes
    ----------
    artists : tuple of matplotlib Line2D
        The dot is the last one.
    """

    def __init__(
        self,
        axes: Axes,
        x: ArrayLike,
        y: ArrayLike,
        *,
        limits: tuple[float, float] = (0.0, 1.0),
        colormap: str | None = None,
        color: Color = "white",
        size: float = 11.0,
    ) -> None:
        from matplotlib.lines import Line2D

        self._x, self._y = checked(x, y)
        self._limits = limits
        self._colormap = colormap_named(colormap) if colormap else None
        self._dots = [
            Line2D(
                [], [], linestyle="none", marker="o", markersize=size * scale, alpha=alpha,
                markeredgewidth=0.0, color=color, clip_on=False,
            )
            for scale, alpha in (*((disc, _HALO_ALPHA) for disc in reversed(_HALO)), (1.0, 1.0))
        ]  # fmt: skip
        for dot in self._dots:
            axes.add_artist(dot)
        self.artists: tuple[Artist, ...] = tuple(self._dots)

    def draw_to(self, t: float) -> None:
        """Move the dot to `t`; it is hidden in gaps and outside the curve."""
        value = value_at(self._x, self._y, t)
        for dot in self._dots:
            dot.set_data([t], [value])
            dot.set_visible(bool(np.isfinite(value)))
            if self._colormap is not None and np.isfinite(value):
                dot.set_color(_rgba(self._colormap, value, self._limits))


class Cursor:
    """A thin vertical line through all axes.

    Parameters
    ----------
    rows : sequence of matplotlib Axes
    color : color
    width : float
        In points.

    Attributes
    ----------
    artists : tuple of matplotlib Line2D
    """

    def __init__(self, rows: Sequence[Axes], *, color: Color, width: float = 1.0) -> None:
        self._lines = [
            axes.axvline(axes.get_xlim()[0], color=color, linewidth=width) for axes in rows
        ]
        self.artists: tuple[Artist, ...] = tuple(self._lines)

    def draw_to(self, t: float) -> None:
        """Move the line to `t`."""
        for line in self._lines:
            line.set_xdata([t, t])


def _rgba(colormap: Colormap, value: Any, limits: tuple[float, float]) -> Any:
    return colormap(np.clip((value - limits[0]) / (limits[1] - limits[0]), 0.0, 1.0))
