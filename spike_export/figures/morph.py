# SPDX-License-Identifier: BSD-3-Clause
"""A curve that morphs into another, in one color or in those of its values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..files.units import without_unit
from .fill import Color, Fill
from .line_pieces import by_bin, limits_of, split_at_gaps
from .named_colormap import colormap_named

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes


class Morph:
    """A curve that morphs into another: each point moves straight to its new position.

    Parameters
    ----------
    axes : matplotlib Axes
    first, second : array-like, shape (M, 2)
        x and y of both curves, with the same number of points; x need not increase.
    color, second_color : color
        Of the curve at the beginning and at the end, without a colormap.
    width : float
        In points.
    fill : Fill, optional
        Changes its shape with the curve.
    colormap : str, optional
        Colors each place as `GradientLine` would color its value.
    limits : (float, float), optional
        Values at the colormap's two ends; the lowest and highest of both curves by default.
    color_by, second_color_by : array-like, shape (M,), optional
        The values that color the curve at the beginning and at the end, with a colormap: its y by
        default, and the same values throughout if there is no second array. A gap where they are
        not finite.
    cyclic : bool
        As for `GradientLine`; values also change the short way round from beginning to end.

    Raises
    ------
    ValueError
        If the curves, or their colors, have different numbers of points.
    ChoiceError
        If there is no such colormap.

    Attributes
    ----------
    artists : tuple of matplotlib Line2D, or of LineCollection with a colormap
    """

    def __init__(
        self,
        axes: Axes,
        first: ArrayLike,
        second: ArrayLike,
        *,
        color: Color = "white",
        second_color: Color | None = None,
        width: float = 4.0,
        fill: Fill | None = None,
        colormap: str | None = None,
        limits: tuple[float, float] | None = None,
        color_by: ArrayLike | None = None,
        second_color_by: ArrayLike | None = None,
        cyclic: bool = False,
    ) -> None:
        from matplotlib.collections import LineCollection
        from matplotlib.colors import to_rgba
        from matplotlib.lines import Line2D

        self._first, self._second = _curve(first), _curve(second)
        if self._first.shape != self._second.shape:
            raise ValueError(
                f"a curve of {len(self._first)} points cannot morph into one of {len(self._second)}"
            )
        self._colors = np.array([to_rgba(color), to_rgba(second_color or color)])
        self._colormap = colormap_named(colormap) if colormap else None
        self._cyclic = cyclic
        self._values = self._ends(color_by, second_color_by)
        self._limits = limits or limits_of(
            [run for end in self._values for run in split_at_gaps(np.stack([end, end], axis=1))]
        )
        self._line = Line2D(
            [], [], linewidth=width, solid_capstyle="round", solid_joinstyle="round", snap=False
        )
        # As in GradientLine.
        self._pieces = LineCollection(
            [], linewidths=width, capstyle="round", joinstyle="round", snap=False
        )
        if self._colormap is None:
            axes.add_artist(self._line)
        else:
            axes.add_collection(self._pieces, autolim=False)
        self._fill = fill
        line = self._line if self._colormap is None else self._pieces
        self.artists: tuple[Artist, ...] = (*(fill.artists if fill else ()), line)

    def draw_to(self, t: float) -> None:
        """Go the fraction `t` of the way, 0..1."""
        share = min(max(t, 0.0), 1.0)
        points = (1 - share) * self._first + share * self._second
        if self._fill is not None:
            self._fill.reshape(points)
        if self._colormap is None:
            self._line.set_data(points[:, 0], points[:, 1])
            color = (1 - share) * self._colors[0] + share * self._colors[1]
            self._line.set_color((color[0], color[1], color[2], color[3]))
            return
        begin, end = self._values
        if self._cyclic:
            period = self._limits[1] - self._limits[0]
            end = end - period * np.rint((end - begin) / period)
        values = (1 - share) * begin + share * end
        runs = split_at_gaps(np.column_stack([points, values]))
        count = self._colormap.N
        bins, lines = by_bin(runs, self._limits, count, cyclic=self._cyclic)
        self._pieces.set_segments(lines)
        self._pieces.set_color(self._colormap((bins + 0.5) / count).tolist())

    def _ends(
        self, color_by: ArrayLike | None, second_color_by: ArrayLike | None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the values that color the curve at the beginning and at the end."""
        if color_by is None:
            ends = (self._first[:, 1], self._second[:, 1])
        else:
            last = color_by if second_color_by is None else second_color_by
            ends = (_values(color_by), _values(last))
        for values in ends:
            if values.shape != (len(self._first),):
                raise ValueError(
                    f"the colors of a curve of {len(self._first)} points need as many values, not "
                    f"the shape {values.shape}"
                )
        return ends


def _curve(points: ArrayLike) -> NDArray[np.float64]:
    points = np.asarray(without_unit(points, "a curve's points"), np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ValueError(f"a curve needs rows of x and y, not the shape {points.shape}")
    return points


def _values(values: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(without_unit(values, "values"), np.float64)
    return np.where(np.isfinite(values), values, np.nan)
