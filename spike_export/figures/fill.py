# SPDX-License-Identifier: BSD-3-Clause
"""The area under a curve, drawn together with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike

from ..files.units import without_unit
from .line_pieces import Points, finite_runs, limits_of, runs_to
from .named_colormap import colormap_named

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

Color = str | tuple[float, float, float, float]

_FILL_ALPHA: Final = 0.5


class Fill:
    """The area under a curve, fading out toward the lower limit.

    Parameters
    ----------
    axes : matplotlib Axes
    x, y : array-like, shape (M,)
        As for `GradientLine`.
    limits : (float, float)
        The fill reaches from the lower limit up to the curve; it is densest at and above the upper
        one.
    colormap : str, optional
        Colors each height as `GradientLine` would color that value.
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

        self._runs = finite_runs(x, y)
        self._data = axes.transData
        low, high = limits
        self._base, self._top = low, max(high, limits_of(self._runs)[1])
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
        self._clip(runs_to(self._runs, t))

    def reshape(self, points: ArrayLike) -> None:
        """Fill the area under another curve.

        Parameters
        ----------
        points : array-like, shape (M, 2)
            x and y; heights keep their colors.
        """
        self._clip([np.asarray(without_unit(points, "a curve's points"), np.float64)])

    def _clip(self, runs: list[Points]) -> None:
        from matplotlib.path import Path

        outlines = [
            np.concatenate([[[run[0, 0], self._base]], run, [[run[-1, 0], self._base]] * 2])
            for run in runs
        ]
        self._image.set_visible(bool(outlines))
        if outlines:
            # No wider than visible, because every pixel is computed, but with a margin for the
            # smooth edge.
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
