# SPDX-License-Identifier: BSD-3-Clause
"""A distribution is drawn, fills, and morphs into another: before and after some data.

    python examples/draw_distribution.py distribution.mp4
    python examples/draw_distribution.py frames/%04d.png --transparent

Built from the parts of `spike_export.figures`. Each is driven by one number; here a single number
drives them all, first along the curve and then from one curve to the other.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from spike_export import figures
from spike_export.cli import drawing
from spike_export.figures.pictures import own_style

sys.path.insert(0, str(Path(__file__).resolve().parent))
length: Any = importlib.import_module("length")

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

SIZE = (1920, 1080)
COLORMAP = "cool"


class DrawnThenMorphed:
    """A filled curve that is drawn as the number goes to 1, and morphs into another up to 2.

    Parameters
    ----------
    axes : matplotlib Axes
    first, second : ndarray, shape (M, 2)
        x and y of both curves.
    top : float
        Value at which the fill is densest.
    """

    def __init__(
        self, axes: Axes, first: NDArray[np.float64], second: NDArray[np.float64], top: float
    ) -> None:
        x, y = first.T
        self._first, self._last = float(x[0]), float(x[-1])
        self._fill = figures.Fill(axes, x, y, limits=(0.0, top), colormap=COLORMAP)
        self._line = figures.PlainLine(axes, x, y, color="white", width=7)
        self._morph = figures.Morph(axes, first, second, width=7, fill=self._fill)
        own = self._morph.artists[-1]
        self._shown = (self._line.artists[0], own)
        self.artists: tuple[Artist, ...] = (*self._fill.artists, *self._shown)

    def draw_to(self, t: float) -> None:
        """Show the curves at a moment between 0 and 2."""
        is_drawing = t <= 1
        self._shown[0].set_visible(is_drawing)
        self._shown[1].set_visible(not is_drawing)
        if is_drawing:
            x = self._first + t * (self._last - self._first)
            self._fill.draw_to(x)
            self._line.draw_to(x)
        else:
            self._morph.draw_to(t - 1)


def main() -> None:
    """Compute, lay out, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", type=Path, help="film, picture, or frames/%%04d.png")
    length.add_length_options(parser, length=144)
    parser.add_argument("--transparent", action="store_true")
    options = parser.parse_args()
    target = drawing.target_of(options.output, SIZE, transparent=options.transparent)
    half = options.length // 2
    on = [frame.time for frame in figures.paced(0.0, 1.0, half, "smooth")]
    # One ends where the other begins: that moment is shown once.
    after = figures.paced(0.0, 1.0, options.length - half + 1, "smooth")[1:]
    over = [1 + frame.time for frame in after]
    every = [figures.Frame(number, time) for number, time in enumerate([*on, *over])]
    chosen = every[-1:] if target.holds_one else length.part_of(every, options)
    made = distribution_figure(transparent=options.transparent)
    drawing.draw(made, target, chosen, fps=options.fps, transparent=options.transparent)


@own_style()
def distribution_figure(*, transparent: bool = False) -> figures.MovingFigure:
    """Put two distributions on the same axes.

    Returns
    -------
    MovingFigure
        Driven by a number: 0 to 1 draws the first one, 1 to 2 morphs it into the second.
    """
    x = np.linspace(-4.0, 4.0, 800)
    before = normal(x, -0.8, 1.1)
    after = 0.65 * normal(x, 1.3, 0.45) + 0.35 * normal(x, -1.2, 0.5)
    top = float(max(before.max(), after.max()))
    figure, axes = figures.stage((-4.0, 4.0), (0.0, top), transparent=transparent, size=SIZE)
    curves = np.stack([x, before], axis=1), np.stack([x, after], axis=1)
    return figures.MovingFigure(figure, [DrawnThenMorphed(axes, *curves, top)], [axes], SIZE)


def normal(x: NDArray[np.float64], mean: float, deviation: float) -> NDArray[np.float64]:
    """Compute the density of a normal distribution."""
    scaled = (x - mean) / deviation
    density: NDArray[np.float64] = np.exp(-(scaled**2) / 2) / (deviation * np.sqrt(2 * np.pi))
    return density


if __name__ == "__main__":
    main()
