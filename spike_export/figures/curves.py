# SPDX-License-Identifier: BSD-3-Clause
"""Curves that are drawn on: lines, fills under them, and a dot at their head.

Every part is moved by one number, the place on the x axis up to which it is drawn (the time, in a
trace), so that parts stay in step however that number runs: evenly, slowed down or backwards.
"""

from __future__ import annotations

import difflib
import importlib.util
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .sections import ChoiceError

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

Points = NDArray[np.float64]
Color = str | tuple[float, float, float, float]

_FILL_ALPHA: Final = 0.5
# Diameters of discs that together fade out like light, in diameters of the dot.
_HALO: Final = tuple(1.2 * 1.19**k for k in range(9))
_HALO_ALPHA: Final = 0.04


class Part(Protocol):
    """What an animation moves."""

    @property
    def artists(self) -> Sequence[Artist]:
        """The matplotlib artists it consists of."""

    def draw_to(self, t: float) -> None:
        """Show what lies at or before a place on the x axis, and nothing beyond."""


class GradientLine:
    """A line colored by its own value, as BlenderSpike colors the neuron, or by another one.

    It is cut where the value passes from one of the colormap's colors to the next, so that each
    piece has the very color that the colormap gives its values. All pieces of one color are
    drawn as one line with gaps: there are never more lines than colors, however long the curve.

    Parameters
    ----------
    axes : matplotlib Axes
    x, y : array-like, shape (M,)
        `x` grows; where `y` is not finite the line has a gap.
    colormap : str
        A colormap of matplotlib.
    limits : (float, float), optional
        Values at the colormap's two ends; the lowest and highest by default.
    width : float
        In points.
    color_by : array-like, shape (M,), optional
        The values that color the line; `y` itself by default. A gap where they are not finite.

    Raises
    ------
    ValueError
        If the arrays do not fit, or `x` does not grow.
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
    ) -> None:
        from matplotlib.collections import LineCollection

        colors = colormap_named(colormap)
        runs = _runs(x, y, color_by)
        bins, self._lines = _by_bin(runs, limits or _limits_of(runs), colors.N)
        self._collection = LineCollection(
            self._lines,
            # An empty list of colors would mean matplotlib's default.
            colors=colors((bins + 0.5) / colors.N) if bins.size else "none",
            linewidths=width,
            capstyle="round",
            joinstyle="round",
            # Pixels that a line snaps to would make it jump while it is drawn on.
            snap=False,
        )
        axes.add_collection(self._collection, autolim=False)
        self.artists: tuple[Artist, ...] = (self._collection,)

    def draw_to(self, t: float) -> None:
        """Draw the line as far as `t`."""
        self._collection.set_segments([_cut(line, t) for line in self._lines])


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

        self._runs = _runs(x, y)
        self._line = Line2D(
            *_joined(self._runs),
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
        self._line.set_data(*_joined(_runs_to(self._runs, t)))


class Fill:
    """The ground under a curve, fading out towards the lower limit.

    Parameters
    ----------
    axes : matplotlib Axes
    x, y : array-like, shape (M,)
        As for `GradientLine`.
    limits : (float, float)
        The fill reaches from the lower one up to the curve; it is densest from the upper one on.
    colormap : str, optional
        Colors each height as `GradientLine` colors that value.
    color : color, optional
        The one color, without a colormap.

    Attributes
    ----------
    artists : tuple of matplotlib AxesImage
    """

    def __init__(
        self,
        axes: Axes,
        x: ArrayLike,
        y: ArrayLike,
        *,
        limits: tuple[float, float],
        colormap: str | None = None,
        color: Color = "white",
    ) -> None:
        from matplotlib.colors import to_rgba
        from matplotlib.image import AxesImage

        self._runs = _runs(x, y)
        self._data = axes.transData
        low, high = limits
        self._base, self._top = low, max(high, _limits_of(self._runs)[1])
        rows = int(np.clip(256 * (self._top - low) / (high - low), 256, 4096))
        value = low + (np.arange(rows) + 0.5) / rows * (self._top - low)
        height = ((value - low) / (high - low)).clip(0.0, 1.0)
        rgba = np.empty((rows, 1, 4))
        rgba[:, 0] = colormap_named(colormap)(height) if colormap else to_rgba(color)
        rgba[:, 0, 3] *= _FILL_ALPHA * height
        # The axes keep their limits.
        axes.set_autoscale_on(False)
        self._image = AxesImage(axes, interpolation="nearest", origin="lower")
        self._image.set_data(rgba)
        axes.add_artist(self._image)
        self.artists: tuple[Artist, ...] = (self._image,)
        self._clip(self._runs)

    def draw_to(self, t: float) -> None:
        """Fill as far as `t`."""
        self._clip(_runs_to(self._runs, t))

    def reshape(self, points: ArrayLike) -> None:
        """Fill the ground under another curve, as far as it goes.

        Parameters
        ----------
        points : array-like, shape (M, 2)
            x and y; heights keep their colors.
        """
        self._clip([np.asarray(points, np.float64)])

    def _clip(self, runs: list[Points]) -> None:
        from matplotlib.path import Path

        outlines = [
            np.concatenate([[[run[0, 0], self._base]], run, [[run[-1, 0], self._base]] * 2])
            for run in runs
        ]
        self._image.set_visible(bool(outlines))
        if outlines:
            # No wider than it is seen, because every pixel is computed, but with some to spare
            # for the smooth edge.
            left = min(float(run[:, 0].min()) for run in runs)
            right = max(float(run[:, 0].max()) for run in runs)
            spare = (right - left) / 50 or 1.0
            self._image.set_extent((left, right + spare, self._base, self._top))
            codes = [
                np.r_[Path.MOVETO, [Path.LINETO] * (len(line) - 2), Path.CLOSEPOLY]
                for line in outlines
            ]
            area = Path(np.concatenate(outlines), np.concatenate(codes).astype(np.uint8))
            self._image.set_clip_path(area, self._data)


class Head:
    """A shining dot on a curve, at the value between the two samples that lie around it.

    Parameters
    ----------
    axes : matplotlib Axes
    x, y : array-like, shape (M,)
        As for `GradientLine`.
    limits : (float, float), optional
        As for `GradientLine`; needed with a colormap.
    colormap : str, optional
        Colors the dot by the value under it.
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

        self._x, self._y = _checked(x, y)
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
        """Move the dot to `t`; there is none in a gap or outside the curve."""
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


def colormap_named(name: str) -> Colormap:
    """Find a colormap of matplotlib, or of seaborn and cmasher where they are installed.

    Parameters
    ----------
    name : str

    Returns
    -------
    matplotlib Colormap

    Raises
    ------
    ChoiceError
        With the names that come close.
    """
    import matplotlib

    # Both register their colormaps with matplotlib when they are imported.
    for library in ("", "seaborn", "cmasher"):
        if library and importlib.util.find_spec(library) is not None:
            importlib.import_module(library)
        for known in (name, f"cmr.{name}"):
            if known in matplotlib.colormaps:
                return matplotlib.colormaps[known]
    close = difflib.get_close_matches(name, list(matplotlib.colormaps), n=3)
    offer = f"; close to it: {', '.join(close)}" if close else "; plasma and viridis are two"
    missing = [
        library for library in ("seaborn", "cmasher") if importlib.util.find_spec(library) is None
    ]
    more = (
        f"; pip install 'spike-export[colormaps]' brings those of {' and '.join(missing)}"
        if missing
        else ""
    )
    raise ChoiceError(f"there is no colormap named {name!r}{offer}{more}")


def value_at(x: Points, y: Points, t: float) -> float:
    """Interpolate linearly between the two samples around a place.

    Parameters
    ----------
    x, y : ndarray, shape (M,)
        `x` grows.
    t : float

    Returns
    -------
    float
        NaN outside, and where one of the two samples is not finite.
    """
    after = int(np.searchsorted(x, t))
    if after < len(x) and x[after] == t:
        return float(y[after])
    if after in (0, len(x)):
        return np.nan
    weight = (t - x[after - 1]) / (x[after] - x[after - 1])
    return float(y[after - 1] * (1 - weight) + y[after] * weight)


def thinned(x: Points, y: Points, columns: int) -> NDArray[np.int64]:
    """Choose the samples that a curve's picture needs.

    Of all samples that share one of the columns, the first, the last, the lowest, the highest and
    one that is not finite are enough: no spike and no gap is lost.

    Parameters
    ----------
    x, y : ndarray, shape (M,)
        `x` grows.
    columns : int
        Into how many equal parts `x` is divided: as many as there are pixels.

    Returns
    -------
    ndarray of int64, shape (at most 5 * columns,)
        Indices, in order; all of them where there are not that many samples.
    """
    if len(x) <= 5 * columns:
        return np.arange(len(x))
    column = ((x - x[0]) / (x[-1] - x[0]) * columns).astype(np.int64).clip(0, columns - 1)
    firsts = np.flatnonzero(np.diff(column, prepend=-1))
    finite = np.isfinite(y)
    lowest = np.lexsort((np.where(finite, y, np.inf), column))[firsts]
    highest = np.lexsort((np.where(finite, -y, np.inf), column))[firsts]
    gaps = np.flatnonzero(~finite)
    gaps = gaps[np.unique(column[gaps], return_index=True)[1]]
    lasts = np.r_[firsts[1:] - 1, len(x) - 1]
    return np.unique(np.concatenate([firsts, lowest, highest, lasts, gaps]))


def _checked(x: ArrayLike, y: ArrayLike) -> tuple[Points, Points]:
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    if x.ndim != 1 or x.shape != y.shape or not x.size:
        raise ValueError(f"a curve has as many x as y, in one row, not {x.shape} and {y.shape}")
    if not np.isfinite(x).all() or (np.diff(x) <= 0).any():
        raise ValueError("a curve's x must be finite and grow from sample to sample")
    return x, np.where(np.isfinite(y), y, np.nan)


def _runs(x: ArrayLike, y: ArrayLike, color_by: ArrayLike | None = None) -> list[Points]:
    """Part a curve at its gaps, into arrays of shape (m, 2), or (m, 3) with colors; m > 1."""
    x, y = _checked(x, y)
    columns = [x, y] if color_by is None else [x, y, _checked(x, color_by)[1]]
    points = np.stack(columns, axis=1)
    edges = np.diff(np.isfinite(points).all(axis=1).astype(np.int8), prepend=0, append=0)
    runs = [
        points[begin:end]
        for begin, end in zip(np.flatnonzero(edges > 0), np.flatnonzero(edges < 0), strict=True)
    ]
    # One sample between two gaps: a line's round cap is drawn where there is a line, however short.
    tiny = max(1e-6 * (x[-1] - x[0]), 4 * float(np.spacing(np.abs(x).max())), 1e-12)
    return [
        run if len(run) > 1 else np.concatenate([run - np.eye(1, run.shape[1]) * tiny, run])
        for run in runs
    ]


def _runs_to(runs: list[Points], t: float) -> list[Points]:
    return [_cut(run, t) for run in runs if run[0, 0] <= t]


def _cut(points: Points, t: float) -> Points:
    """End a line, which may have gaps, at `t`: between the last point before it and the next."""
    count = int(np.searchsorted(points[:, 0], t, side="right"))
    before = points[:count]
    # A gap is a NaN in y; it has an x, so that x can be searched.
    if count in (0, len(points)) or np.isnan(points[count - 1, 1]):
        return before
    (x0, y0), (x1, y1) = points[count - 1 : count + 1]
    weight = (t - x0) / (x1 - x0)
    return np.concatenate([before, [[t, y0 * (1 - weight) + y1 * weight]]])


def _by_bin(
    runs: list[Points], limits: tuple[float, float], count: int
) -> tuple[NDArray[np.int64], list[Points]]:
    """Sort a curve's pieces by color.

    Returns
    -------
    bins : ndarray, shape (K,)
        Those of the colormap's `count` equal parts that the curve passes.
    lines : list of K ndarrays, shape (m, 2)
        The pieces in each of them, by x, each ended by a point whose y is NaN.
    """
    split = [_split(run, limits, count) for run in runs]
    if not split:
        return np.empty(0, np.int64), []
    points = np.concatenate([own for own, _ in split])
    # Between the end of a run and the beginning of the next is no piece: bin -1.
    bins = np.concatenate([np.append(own, -1) for _, own in split])
    firsts = np.flatnonzero(np.diff(bins, prepend=-1))
    lengths = np.diff(firsts, append=len(bins)) + 1
    drawn = bins[firsts] >= 0
    firsts, lengths = firsts[drawn], lengths[drawn]
    by_bin = np.argsort(bins[firsts], kind="stable")
    firsts, lengths = firsts[by_bin], lengths[by_bin]
    # Each piece's points, and its last one again, to be made the gap.
    ends = np.cumsum(lengths + 1)
    index = np.arange(ends[-1]) + np.repeat(firsts - (ends - lengths - 1), lengths + 1)
    index[ends - 1] -= 1
    pieces = points[index]
    pieces[ends - 1, 1] = np.nan
    passed, first_piece = np.unique(bins[firsts], return_index=True)
    return passed, np.split(pieces, ends[first_piece[1:] - 1])


def _split(
    run: Points, limits: tuple[float, float], count: int
) -> tuple[Points, NDArray[np.int64]]:
    """Add the points where a line passes from one of `count` equal bins to the next.

    Parameters
    ----------
    run : ndarray, shape (m, 2) or (m, 3)
        The last column decides about the bin.

    Returns
    -------
    points : ndarray, shape (m, 2)
    bins : ndarray, shape (m - 1,)
        Of what lies between each point and the next.
    """
    level = ((run[:, -1] - limits[0]) / (limits[1] - limits[0]) * count).clip(0, count)
    begin, end = level[:-1], level[1:]
    lower = np.floor(np.minimum(begin, end)).astype(np.int64) + 1
    passed = np.maximum(np.ceil(np.maximum(begin, end)).astype(np.int64) - lower, 0)
    # The k-th edge between two bins that each step from sample to sample passes.
    step = np.repeat(np.arange(len(passed)), passed)
    k = np.arange(passed.sum()) - np.repeat(np.cumsum(passed) - passed, passed)
    edge = lower[step] + np.where((end > begin)[step], k, passed[step] - 1 - k)
    value = limits[0] + edge / count * (limits[1] - limits[0])
    weight = ((value - run[step, -1]) / (run[step + 1, -1] - run[step, -1])).clip(0, 1)
    between = run[step] * (1 - weight[:, None]) + run[step + 1] * weight[:, None]
    between[:, -1] = value
    points = np.insert(run, step + 1, between, axis=0)[:, :2]
    levels = np.insert(level, step + 1, edge)
    bins = np.floor((levels[:-1] + levels[1:]) / 2).astype(np.int64).clip(0, count - 1)
    return points, bins


def _joined(runs: list[Points]) -> tuple[Points, Points]:
    """Put runs into one line with gaps, as matplotlib's lines have them."""
    if not runs:
        return np.empty(0), np.empty(0)
    gap = np.full((1, 2), np.nan)
    parts = [part for run in runs for part in (run, gap)]
    whole = np.concatenate(parts)
    return whole[:, 0], whole[:, 1]


def _limits_of(runs: list[Points]) -> tuple[float, float]:
    if not runs:
        return 0.0, 1.0
    low = min(float(run[:, -1].min()) for run in runs)
    high = max(float(run[:, -1].max()) for run in runs)
    return (low, high) if low < high else (low - 1.0, low + 1.0)


def _rgba(colormap: Colormap, value: Any, limits: tuple[float, float]) -> Any:
    return colormap(np.clip((value - limits[0]) / (limits[1] - limits[0]), 0.0, 1.0))
