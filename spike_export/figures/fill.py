# SPDX-License-Identifier: BSD-3-Clause
"""The area under a curve, drawn together with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..files.units import without_unit
from .line_pieces import Points, finite_runs, limits_of, runs_to
from .named_colormap import colormap_named

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

Color = str | tuple[float, float, float, float]

Gradient = Literal["x", "y", "value"]

_FILL_ALPHA: Final = 0.5
# More are not told apart in a picture; across, where rows fade too, fewer rows keep it small.
_COLUMNS: Final = 4096
_ROWS_OF_COLUMNS: Final = 256
# A margin beside the curve for its smooth edge, relative to its width.
_SPARE: Final = 0.02


class Fill:
    """The area under a curve, fading out toward its base or of constant opacity.

    Parameters
    ----------
    axes : matplotlib Axes
    x, y : array-like, shape (M,)
        As for `GradientLine`.
    limits : (float, float)
        Values at the colormap's two ends. A fill that fades out is densest at and above the upper
        one, or at and below the lower one if that is farther from the base.
    colormap : str, optional
        Colors the fill, along `gradient`.
    color : color, optional
        The one color, without a colormap.
    gradient : {"y", "x", "value"}
        What the colormap shows: each height, as `GradientLine` would color that value; the position
        along x, from the curve's first to its last; or, at each x, the curve's value there.
    opacity : float, optional
        0..1, constant. By default, the fill fades out toward its base.
    base : float, optional
        The fill reaches from here to the curve, above or below; the lower limit by default.

    Raises
    ------
    ChoiceError
        If there is no such colormap.

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
        gradient: Gradient = "y",
        opacity: float | None = None,
        base: float | None = None,
    ) -> None:
        from matplotlib.image import AxesImage

        self._runs = finite_runs(x, y)
        self._data = axes.transData
        self._limits, self._gradient, self._opacity = limits, gradient, opacity
        self._colormap, self._color = colormap_named(colormap) if colormap else None, color
        self._base = limits[0] if base is None else base
        lowest, highest = limits_of(self._runs)
        self._bottom = min(self._base, lowest) if base is not None else self._base
        self._top = max(limits[1], highest, self._base)
        self._ends = (
            (float(self._runs[0][0, 0]), float(self._runs[-1][-1, 0])) if self._runs else (0.0, 1.0)
        )
        # The axes keep their limits.
        axes.set_autoscale_on(False)
        self._image = AxesImage(axes, interpolation="nearest", origin="lower")
        self._image.set_data(self._colored(self._runs))
        axes.add_artist(self._image)
        self.artists: tuple[Artist, ...] = (self._image,)
        self._clip(self._runs)

    def draw_to(self, t: float) -> None:
        """Fill as far as `t`."""
        self._clip(runs_to(self._runs, t))

    def reshape(self, points: ArrayLike) -> None:
        """Fill the area under another curve.

        Parameters
        ----------
        points : array-like, shape (M, 2)
            x and y; heights and positions keep their colors.

        Raises
        ------
        ValueError
            If the fill shows values along a curve whose x does not increase.
        """
        points = np.asarray(without_unit(points, "a curve's points"), np.float64)
        runs = [points]
        if self._gradient == "value":
            runs = finite_runs(points[:, 0], points[:, 1])
            self._ends = (float(points[0, 0]), float(points[-1, 0]))
            self._image.set_data(self._colored(runs))
        self._clip(runs)

    def _colored(self, runs: list[Points]) -> NDArray[np.float64]:
        """Make the picture of which the curve shows a part."""
        from matplotlib.colors import to_rgba

        low, high = self._limits
        across = self._colormap is not None and self._gradient != "y"
        fades = self._opacity is None
        rows = int(np.clip(256 * (self._top - self._bottom) / (high - low), 256, 4096))
        rows = 1 if across and not fades else _ROWS_OF_COLUMNS if across else rows
        height = self._bottom + (np.arange(rows) + 0.5) / rows * (self._top - self._bottom)
        shown = ((height - low) / (high - low))[:, None]
        if across:
            share = -_SPARE + (1 + 2 * _SPARE) * (np.arange(_COLUMNS) + 0.5) / _COLUMNS
            shown = share[None]
            if self._gradient == "value" and runs:
                x, y = np.concatenate(runs).T
                value = np.interp(self._ends[0] + share * (self._ends[1] - self._ends[0]), x, y)
                shown = ((value - low) / (high - low))[None]
        rgba = np.empty((rows, shown.shape[1], 4))
        if self._colormap is None:
            rgba[:] = to_rgba(self._color)
        else:
            rgba[:] = self._colormap(shown.clip(0.0, 1.0))
        if self._opacity is None:
            farthest = max(high - self._base, self._base - low)
            density = (np.abs(height - self._base) / farthest).clip(0.0, 1.0)
            rgba[:, :, 3] *= _FILL_ALPHA * density[:, None]
        else:
            rgba[:, :, 3] *= self._opacity
        return rgba

    def _clip(self, runs: list[Points]) -> None:
        from matplotlib.path import Path

        outlines = [
            np.concatenate([[[run[0, 0], self._base]], run, [[run[-1, 0], self._base]] * 2])
            for run in runs
        ]
        self._image.set_visible(bool(outlines))
        if outlines:
            left, right = self._ends
            if self._colormap is None or self._gradient == "y":
                # No wider than visible, because every pixel is computed.
                left = min(float(run[:, 0].min()) for run in runs)
                right = max(float(run[:, 0].max()) for run in runs)
            spare = _SPARE * (right - left) or 1.0
            left, right = left - spare, right + spare
            self._image.set_extent((left, right, self._bottom, self._top))
            codes = [
                np.r_[Path.MOVETO, [Path.LINETO] * (len(line) - 2), Path.CLOSEPOLY]
                for line in outlines
            ]
            area = Path(np.concatenate(outlines), np.concatenate(codes).astype(np.uint8))
            self._image.set_clip_path(area, self._data)
