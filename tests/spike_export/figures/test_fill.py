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
