# SPDX-License-Identifier: BSD-3-Clause
"""Other moving shapes: an arrow on a circle, a matrix.

Like the parts in `curves`, each is driven by one number, independent of frames.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..files.units import without_unit
from .fill import Color
from .named_colormap import colormap_named

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

CellShape = Literal["square", "circle"]

# Pieces of the circle: with fewer, the steps of a cyclic colormap are visible.
_PIECES: Final = 720
_HEAD: Final = 0.16
"""Length of an arrow's head, in radii of its circle."""


class PhaseArrow:
    """An arrow that rotates with a phase, on a circle in the colors of a cyclic colormap.

    Parameters
    ----------
    axes : matplotlib Axes
        The circle is around 0, 0 with radius 1.
    t, phase : array-like, shape (M,)
        Phase in radians, counterclockwise from the right; `t` increases. Between two samples the
        arrow turns by their difference, so phases that jump should be unwrapped.
    colormap : str
        A cyclic one shows no seam.
    color : color, optional
        Of the arrow; without one, it has the color of the circle where it points.
    width : float
        Of arrow and circle, in points.

    Attributes
    ----------
    artists : tuple of matplotlib Artist
        Circle and arrow.
    """

    def __init__(
        self,
        axes: Axes,
        t: ArrayLike,
        phase: ArrayLike,
        *,
        colormap: str = "twilight_shifted",
        color: Color | None = "white",
        width: float = 4.0,
    ) -> None:
        from matplotlib.collections import LineCollection
        from matplotlib.lines import Line2D
        from matplotlib.patches import Polygon

        self._colormap = None if color else colormap_named(colormap)
        color = color or "white"
        self._t, self._phase = _samples(t, phase)
        edges = np.linspace(0, 2 * np.pi, _PIECES + 1)
        around = np.stack([np.cos(edges), np.sin(edges)], axis=1)
        colors = colormap_named(colormap)((np.arange(_PIECES) + 0.5) / _PIECES)
        circle = LineCollection(
            list(np.stack([around[:-1], around[1:]], axis=1)), colors=colors, linewidths=2 * width,
            capstyle="round",
        )  # fmt: skip
        axes.add_collection(circle, autolim=False)
        self._shaft = Line2D([], [], color=color, linewidth=width, solid_capstyle="round")
        self._head = Polygon(np.zeros((3, 2)), closed=True, color=color, linewidth=0)
        axes.add_artist(self._shaft)
        axes.add_artist(self._head)
        self.artists: tuple[Artist, ...] = (circle, self._shaft, self._head)

    def draw_to(self, t: float) -> None:
        """Turn the arrow to the phase at `t`; beyond the samples it stays still."""
        phase = float(np.interp(t, self._t, self._phase))
        if self._colormap is not None:
            color = self._colormap(phase / (2 * np.pi) % 1.0)
            self._shaft.set_color(color)
            self._head.set_color(color)
        along = np.array([np.cos(phase), np.sin(phase)])
        across = np.array([-along[1], along[0]])
        tip = 0.86 * along
        neck = tip - _HEAD * along
        self._shaft.set_data([0, neck[0]], [0, neck[1]])
        self._head.set_xy(np.array([tip, neck + _HEAD / 2 * across, neck - _HEAD / 2 * across]))


class MatrixCells:
    """A matrix of squares or circles whose colors change smoothly from frame to frame.

    Parameters
    ----------
    axes : matplotlib Axes
        Cell (row, column) is around (column, row); `matrix_axes` turns rows downward.
    t : array-like, shape (F,)
        Grows.
    values : array-like, shape (F, rows, columns)
        Nothing is drawn where a value is not finite.
    colormap : str
    limits : (float, float), optional
        Values at the colormap's two ends; the lowest and highest by default.
    shape : {"square", "circle"}
    size : float
        Of a cell, 0..1, as a fraction of the distance to the next.
    cyclic : bool
        The values come round: the two limits, a period apart, are the same value, and between two
        frames it changes the short way round.

    Raises
    ------
    ValueError
        If the arrays do not match.

    Attributes
    ----------
    artists : tuple of matplotlib PatchCollection
    """

    def __init__(
        self,
        axes: Axes,
        t: ArrayLike,
        values: ArrayLike,
        *,
        colormap: str = "plasma",
        limits: tuple[float, float] | None = None,
        shape: CellShape = "square",
        size: float = 0.9,
        cyclic: bool = False,
    ) -> None:
        from matplotlib.collections import PatchCollection
        from matplotlib.patches import Circle, Patch, Rectangle

        values = np.asarray(without_unit(values, "a matrix's values"), np.float64)
        if values.ndim != 3 or not values.size:
            raise ValueError(
                f"a matrix over time needs frames, rows and columns, not {values.shape}"
            )
        self._t, _ = _samples(t, np.zeros(len(values)))
        finite = values[np.isfinite(values)]
        low, high = limits or (
            (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        )
        low, high = (low, high) if low < high else (low - 1.0, low + 1.0)
        # Between the limits before single precision, which could not tell large values apart.
        self._places = ((values - low) / (high - low)).astype(np.float32)
        self._cyclic = cyclic
        self._colors = colormap_named(colormap)
        _, rows, columns = values.shape
        row, column = np.divmod(np.arange(rows * columns), columns)
        patches: list[Patch] = [
            Circle((x, y), size / 2)
            if shape == "circle"
            else Rectangle((x - size / 2, y - size / 2), size, size)
            for x, y in zip(column.tolist(), row.tolist(), strict=True)
        ]
        self._cells = PatchCollection(patches, linewidths=0)
        axes.add_collection(self._cells, autolim=False)
        self.artists: tuple[Artist, ...] = (self._cells,)

    def draw_to(self, t: float) -> None:
        """Show the values at `t`, interpolated between frames; beyond them, they stay constant."""
        place = float(np.interp(t, self._t, np.arange(len(self._t))))
        before = int(place)
        after = min(before + 1, len(self._t) - 1)
        share = np.float32(place - before)
        now = self._places[before]
        if share:
            # From infinity to infinity nothing is drawn.
            with np.errstate(invalid="ignore"):
                change = self._places[after] - now
                if self._cyclic:
                    change -= np.rint(change)
                now = now + share * change
        now = now.ravel()
        colors = self._colors(now % 1.0 if self._cyclic else np.clip(now, 0.0, 1.0))
        colors[~np.isfinite(now)] = 0.0
        self._cells.set_facecolor(colors)


def _samples(t: ArrayLike, values: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    t = np.asarray(without_unit(t, "times"), np.float64)
    values = np.asarray(without_unit(values, "values"), np.float64)
    if t.ndim != 1 or t.shape != values.shape or not t.size:
        raise ValueError(f"there must be as many times as values, not {t.shape} and {values.shape}")
    if not (np.isfinite(t).all() and np.isfinite(values).all()):
        raise ValueError("times and values must be finite")
    if (np.diff(t) <= 0).any():
        raise ValueError("times must increase from sample to sample")
    return t, values
