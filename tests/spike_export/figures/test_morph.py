# SPDX-License-Identifier: BSD-3-Clause
"""A curve that morphs into another: its points, and its colors against matplotlib's own."""

from __future__ import annotations

from typing import Any

import matplotlib
import numpy as np
import pytest

from spike_export import figures

SIZE = (200, 100)


def test_a_morph_is_exact_at_both_ends_and_in_the_middle():
    random = np.random.default_rng(0)
    first, second = random.random((2, 40, 2))
    _, axes = figures.stage((0, 1), (0, 1), size=SIZE)
    morph = figures.Morph(axes, first, second, color="black", second_color="white")
    (line,) = morph.artists
    for t, expected, grey in ((0, first, 0), (0.5, (first + second) / 2, 0.5), (1, second, 1)):
        morph.draw_to(t)
        assert np.array_equal(line.get_xydata(), expected)
        assert line.get_color() == (grey, grey, grey, 1)
    morph.draw_to(7)
    assert np.array_equal(line.get_xydata(), second)


def pieces(line: Any) -> list[tuple[Any, Any]]:
    """The middle of each piece of one color, and that color."""
    colors = line.get_colors()
    found = []
    for index, path in enumerate(line.get_paths()):
        pairs = np.stack([path.vertices[:-1], path.vertices[1:]], axis=1)
        found += [(pair.mean(axis=0), colors[index]) for pair in pairs if np.isfinite(pair).all()]
    return found


@pytest.mark.parametrize("t", [0.0, 0.3, 1.0])
def test_each_place_has_the_color_of_its_value(t):
    """Colors along a curve that moves back along x, of y and of two arrays."""
    first = np.array([[0.0, 0], [1, 2], [3, 1], [2, 4]])
    second = np.array([[4.0, 5], [1, 1], [3, 3], [0, 0]])
    begin, end = np.array([0.0, 1, 3, 2]), np.array([3.0, 0, 1, 3])
    _, axes = figures.stage((0, 4), (0, 5), size=SIZE)
    points = (1 - t) * first + t * second
    for values, by in (
        (points[:, 1], {}),
        (begin, {"color_by": begin}),
        ((1 - t) * begin + t * end, {"color_by": begin, "second_color_by": end}),
    ):
        morph = figures.Morph(axes, first, second, colormap="viridis", limits=(-1, 6), **by)
        morph.draw_to(t)
        found = pieces(morph.artists[0])
        assert len(found) > 30
        # Where on the path a piece lies, by the straight segment it is nearest to.
        for middle, color in found:
            step = np.diff(points, axis=0)
            share = ((middle - points[:-1]) * step).sum(axis=1) / (step**2).sum(axis=1)
            off = np.linalg.norm(points[:-1] + share[:, None] * step - middle, axis=1)
            off[(share < 0) | (share > 1)] = np.inf
            near = np.flatnonzero(off < 1e-9)
            expected = [
                matplotlib.colormaps["viridis"](
                    ((1 - share[k]) * values[k] + share[k] * values[k + 1] + 1) / 7
                )
                for k in near
            ]
            assert any(np.array_equal(one, color) for one in expected)


def test_phases_change_the_short_way_round():
    """Between 350 and 30 degrees lies 10, in time and along the curve."""
    line = np.array([[0.0, 0], [1, 0]])
    _, axes = figures.stage((0, 1), (0, 1), size=SIZE)
    morph = figures.Morph(
        axes, line, line + [0, 1], colormap="hsv", limits=(0, 360), cyclic=True,
        color_by=[350, 350], second_color_by=[30, 30],
    )  # fmt: skip
    morph.draw_to(0.5)
    for _, color in pieces(morph.artists[0]):
        np.testing.assert_allclose(color, matplotlib.colormaps["hsv"](10 / 360), atol=0.01)


def test_a_morph_has_gaps_where_its_colors_have_none():
    line = np.stack([np.arange(5.0), np.zeros(5)], axis=1)
    _, axes = figures.stage((0, 4), (-1, 1), size=SIZE)
    values = [0, 1, np.nan, 1, 2]
    morph = figures.Morph(axes, line, line, colormap="plasma", color_by=values)
    morph.draw_to(0)
    x = np.array([middle[0] for middle, _ in pieces(morph.artists[0])])
    assert x.size and not ((x > 1) & (x < 3)).any()
    nothing = figures.Morph(axes, line, line, colormap="plasma", color_by=np.full(5, np.nan))
    nothing.draw_to(0.5)
    assert not pieces(nothing.artists[0])


def test_what_does_not_fit_is_named():
    _, axes = figures.stage((0, 1), (0, 1), size=SIZE)
    with pytest.raises(ValueError, match="a curve of 3 points cannot morph into one of 2"):
        figures.Morph(axes, np.zeros((3, 2)), np.zeros((2, 2)))
    with pytest.raises(ValueError, match=r"of 3 points need as many values, not the shape \(2,\)"):
        figures.Morph(axes, np.zeros((3, 2)), np.ones((3, 2)), colormap="plasma", color_by=[1, 2])
