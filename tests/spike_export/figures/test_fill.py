# SPDX-License-Identifier: BSD-3-Clause
"""The ground under a curve, by pixel."""

from __future__ import annotations

import matplotlib
import numpy as np
import pytest
from helpers.drawing import SMALL, X, bare, column, draw
from matplotlib.colors import Normalize

from spike_export import figures


def test_a_fill_lies_under_the_curve_and_fades_to_its_base(axes):
    figure, (ax,) = axes
    before = bare(figure).astype(int)
    fill = figures.Fill(ax, X, np.full(5, 40.0), limits=(-80, 60), color="white")
    light = (draw(figure, [fill], 4) - before)[:, column(ax, 2), 0]
    top, base = (SMALL[1] - ax.transData.transform((2, value))[1] for value in (40, -80))
    assert not light[: int(top) - 1].any()
    assert not light[int(base) + 1 :].any()
    inside = light[int(top) + 1 : int(base)]
    assert (np.diff(inside) <= 0).all()
    assert inside[0] > 90 > 5 > inside[-1]


def test_a_gradient_fill_has_the_colormap_s_colours(axes):
    figure, (ax,) = axes
    fill = figures.Fill(ax, X, np.full(5, 60.0), limits=(-80, 60), colormap="viridis")
    figure.patch.set_alpha(0)
    picture = draw(figure, [fill], 4)
    for value in (-20, 10, 50):
        y = SMALL[1] - ax.transData.transform((2, value))[1]
        pixel = picture[round(y), column(ax, 2)].astype(int)
        expected = 255 * np.array(matplotlib.colormaps["viridis"](Normalize(-80, 60)(value)))
        assert np.abs(pixel - expected)[:3].max() <= 6
        assert pixel[3] == pytest.approx(127 * (value + 80) / 140, abs=4)


def test_a_fill_goes_on_above_the_colours_limits(axes):
    figure, (ax,) = axes
    for colormap in ("viridis", None):
        fill = figures.Fill(ax, X, np.full(5, 50.0), limits=(-80, 0), colormap=colormap)
        figure.patch.set_alpha(0)
        picture = draw(figure, [fill], 4)
        rows = [round(SMALL[1] - ax.transData.transform((2, v))[1]) for v in (45, 20, 2)]
        pixels = picture[rows, column(ax, 2)]
        assert (pixels == pixels[0]).all()
        assert pixels[0, 3] == pytest.approx(127, abs=1)
        fill.artists[0].remove()


def test_a_fill_alone_is_lit_as_far_as_it_is_drawn(axes):
    figure, (ax,) = axes
    before = bare(figure)
    fill = figures.Fill(ax, X, np.full(5, 40.0), limits=(-80, 60))
    places = [0.0, 1.0, 2.0, 1.5, 4.0, 0.5]
    row = SMALL[1] - round(ax.transData.transform((0, 20))[1])
    for place, picture in zip(places, figures.pictures(figure, [fill], places), strict=True):
        lit = np.flatnonzero((picture != before)[row].any(axis=1))
        assert abs((lit.max() if lit.size else column(ax, 0)) - column(ax, place)) <= 1


def colors_at(figure: object, axes: object, fill: object, places: list[tuple[float, float]]):
    """The pixels at some places, of the fill alone."""
    figure.patch.set_alpha(0)
    picture = draw(figure, [fill], 4).astype(int)
    rows = [SMALL[1] - 1 - int(axes.transData.transform(place)[1]) for place in places]
    return picture[rows, [column(axes, place[0]) for place in places]]


def test_a_gradient_along_x_is_the_same_at_all_heights(axes):
    figure, (ax,) = axes
    fill = figures.Fill(
        ax, X, np.full(5, 40.0), limits=(-80, 60), colormap="viridis", gradient="x", opacity=0.6
    )
    places = [(x, y) for x in (0.5, 2.0, 3.5) for y in (-70, 0, 35)]
    found = colors_at(figure, ax, fill, places)
    expected = 255 * matplotlib.colormaps["viridis"](np.array([x for x, _ in places]) / 4)
    # A pixel is 1/60 of the curve's width, and half of its color is rounded away.
    assert np.abs(found - expected)[:, :3].max() <= 5
    assert (found[:, 3] == round(0.6 * 255)).all()


def test_a_gradient_of_values_has_the_color_of_the_curve_above(axes):
    figure, (ax,) = axes
    y = np.array([-60.0, 20.0, 55.0, 10.0, 40.0])
    fill = figures.Fill(
        ax, X, y, limits=(-80, 60), colormap="viridis", gradient="value", opacity=1.0
    )
    places = [(x, -75.0) for x in (0.4, 0.8, 1.2, 2.5, 3.6)]
    found = colors_at(figure, ax, fill, places)
    values = np.interp([x for x, _ in places], X, y)
    expected = 255 * matplotlib.colormaps["viridis"](Normalize(-80, 60)(values))
    assert np.abs(found - expected)[:, :3].max() <= 5


def test_a_fill_reaches_from_its_base_up_and_down(axes):
    figure, (ax,) = axes
    y = np.array([50.0, 50.0, 50.0, -50.0, -50.0])
    fill = figures.Fill(ax, X, y, limits=(-60, 60), color="red", opacity=0.5, base=0.0)
    inside, outside = [(0.5, 20), (0.5, 45), (3.5, -20), (3.5, -45)], [(0.5, -20), (3.5, 20)]
    assert np.abs(colors_at(figure, ax, fill, inside) - (255, 0, 0, 128)).max() <= 1
    assert (colors_at(figure, ax, fill, outside)[:, 3] == 0).all()
    fading = figures.Fill(ax, X, y, limits=(-60, 60), color="red", base=0.0)
    fill.artists[0].remove()
    alpha = colors_at(figure, ax, fading, inside)[:, 3]
    assert alpha == pytest.approx(np.array([20, 45, 20, 45]) / 60 * 127, abs=3)


@pytest.mark.parametrize("gradient", ["x", "y", "value"])
def test_a_fill_changes_its_shape(axes, gradient):
    figure, (ax,) = axes
    fill = figures.Fill(
        ax, X, np.full(5, -70.0), limits=(-80, 60), colormap="viridis", gradient=gradient, opacity=1
    )
    fill.reshape(np.stack([X, np.full(5, 40.0)], axis=1))
    figure.patch.set_alpha(0)
    (pixel,) = _still(figure, ax, fill, (2.0, 30.0))
    shown = {"x": 0.5, "y": 110 / 140, "value": 120 / 140}[gradient]
    expected = 255 * np.array(matplotlib.colormaps["viridis"](shown))
    assert np.abs(pixel - expected).max() <= 5


def _still(figure: object, axes: object, fill: object, *places: tuple[float, float]):
    """The pixels of a fill that stays as it is."""

    class Still:
        artists = fill.artists

        def draw_to(self, _t: float) -> None:
            pass

    return colors_at(figure, axes, Still(), list(places))
