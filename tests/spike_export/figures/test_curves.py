# SPDX-License-Identifier: BSD-3-Clause
"""Lines that are drawn on: colours against matplotlib's own, by value and by pixel."""

from __future__ import annotations

from typing import Any

import matplotlib
import numpy as np
import pytest
from helpers.drawing import SMALL, X, Y, bare, column, draw
from matplotlib.colors import Normalize

from spike_export import figures


def segments(line: Any) -> list[tuple[Any, Any]]:
    """Everything a gradient line draws: pairs of points, and their colours."""
    (collection,) = line.artists
    colors = collection.get_colors()
    found = []
    for index, path in enumerate(collection.get_paths()):
        vertices = path.vertices
        pairs = np.stack([vertices[:-1], vertices[1:]], axis=1)
        found += [(pair, colors[index]) for pair in pairs if np.isfinite(pair).all()]
    return found


@pytest.mark.parametrize("colormap", ["plasma", "twilight", "tab10"])
@pytest.mark.parametrize("limits", [(-80, 40), (-30, 10), (-70, 60)])
def test_each_piece_has_the_colour_of_its_values(axes, colormap, limits):
    figure, (ax,) = axes
    pieces = segments(figures.GradientLine(ax, X, Y, colormap=colormap, limits=limits))
    expected = matplotlib.colormaps[colormap]
    for share in (0.01, 0.5, 0.99):
        values = np.array([a[1] + share * (b[1] - a[1]) for (a, b), _ in pieces])
        colors = expected(Normalize(*limits, clip=True)(values))
        assert np.array_equal(colors, np.array([color for _, color in pieces]))


def test_the_pieces_are_the_whole_curve(axes):
    figure, (ax,) = axes
    pieces = segments(figures.GradientLine(ax, X, Y))
    ends = np.array(sorted((pair.tolist() for pair, _ in pieces)))
    assert ends[0, 0].tolist() == [0, -70]
    assert ends[-1, 1].tolist() == [4, 60]
    assert np.array_equal(ends[1:, 0], ends[:-1, 1])
    assert np.allclose(ends[:, :, 1], np.interp(ends[:, :, 0], X, Y))
    assert set(X) <= set(ends[:, :, 0].ravel())


@pytest.mark.parametrize("value", [-80, -41.3, 0, 40])
def test_a_pixel_has_the_very_colour(axes, value):
    figure, (ax,) = axes
    line = figures.GradientLine(ax, X, np.full(5, value), limits=(-80, 40), width=5)
    picture = draw(figure, [line], 4)
    _, y = ax.transData.transform((2, value))
    expected = np.round(255 * np.array(matplotlib.colormaps["plasma"](Normalize(-80, 40)(value))))
    assert picture[SMALL[1] - round(y) - 1, column(ax, 2)].tolist() == expected.tolist()


@pytest.mark.parametrize("t", [0.0, 0.4, 1.0, 1.2, 2.9, 3.999, 4.0, 9.0])
def test_lines_are_drawn_to_the_interpolated_value_and_no_further(axes, t):
    figure, (ax,) = axes
    gradient = figures.GradientLine(ax, X, Y)
    plain = figures.PlainLine(ax, X, Y, color="white")
    for part in (gradient, plain):
        part.draw_to(3.5)
        part.draw_to(t)
    drawn = np.concatenate(
        [s[np.isfinite(s[:, 1])] for s in gradient.artists[0].get_segments() if len(s)]
    )
    x, y = plain.artists[0].get_data()
    for points in (drawn[np.argsort(drawn[:, 0])], np.stack([x, y], 1)[np.isfinite(y)]):
        last = min(t, 4.0)
        assert points[:, 0].max() == last
        assert points[-1] == pytest.approx([last, np.interp(t, X, Y)])
        assert np.allclose(points[:, 1], np.interp(points[:, 0], X, Y))


@pytest.mark.parametrize("t", [-1.0, 0.5, 2.0, 3.3])
def test_no_pixel_is_touched_beyond_the_time(axes, t):
    figure, (ax,) = axes
    before = bare(figure)
    parts = [
        figures.Fill(ax, X, Y, limits=(-80, 60), colormap="plasma"),
        figures.GradientLine(ax, X, Y, width=2),
        figures.PlainLine(ax, X, Y, color="white", width=2),
    ]
    picture = draw(figure, parts, t)
    changed = np.flatnonzero((picture != before).any(axis=(0, 2)))
    if t < 0:
        assert not changed.size
    else:
        # Half the line's width and the smooth edge.
        assert abs(changed.max() - column(ax, t)) <= 2


@pytest.mark.parametrize("part", [figures.GradientLine, figures.PlainLine, figures.Fill])
def test_values_that_are_not_finite_are_gaps(axes, part):
    figure, (ax,) = axes
    before = bare(figure)
    more = {
        figures.GradientLine: {},
        figures.PlainLine: {"color": "white"},
        figures.Fill: {"limits": (-80, 60)},
    }[part]
    x = np.arange(0, 4.01, 0.25)
    y = np.full(17, 30.0)
    y[4:8] = np.nan, np.inf, -np.inf, np.nan
    y[10] = y[12] = np.nan
    picture = draw(figure, [part(ax, x, y, **more)], 4)
    changed = (picture != before).any(axis=(0, 2))
    gap = slice(column(ax, 0.75) + 4, column(ax, 2.0) - 4)
    assert not changed[gap].any()
    assert changed[column(ax, 0.5)]
    assert changed[column(ax, 3.5)]
    if part is not figures.Fill:
        assert changed[column(ax, 2.75)], "one sample between two gaps is a dot"
        assert not changed[column(ax, 2.5)]


@pytest.mark.parametrize("y", [[np.nan] * 5, [0.0] * 5])
def test_curves_without_any_range_or_value(axes, y):
    figure, (ax,) = axes
    parts = [
        figures.GradientLine(ax, X, y),
        figures.PlainLine(ax, X, y, color="white"),
        figures.Fill(ax, X, y, limits=(-80, 60)),
        figures.Head(ax, X, y),
    ]
    before = bare(figure)
    assert (draw(figure, parts, 2.5) != before).any() == np.isfinite(y[0])


@pytest.mark.parametrize(
    ("x", "y"), [([], []), ([0, 1], [0]), ([0, 0], [1, 2]), ([1, 0], [1, 2]), ([0, np.nan], [1, 2])]
)
def test_curves_that_are_none(axes, x, y):
    with pytest.raises(ValueError, match="a curve"):
        figures.PlainLine(axes[1][0], x, y, color="white")


# --- Which sections ---


# --- Files ---
