# SPDX-License-Identifier: BSD-3-Clause
"""Arrow and matrix, by value and by pixel; and lines colored by a second array."""

from __future__ import annotations

from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import Normalize

from spike_export import figures
from spike_export.figures.named_colormap import colormap_named

SIZE = (200, 100)


def draw(figure: Any, parts: list[Any], t: float) -> Any:
    (picture,) = figures.pictures(figure, parts, [t])
    return picture.copy()


def pixel(picture: Any, axes: Any, x: float, y: float) -> list[int]:
    column, row = axes.transData.transform((x, y))
    return picture[SIZE[1] - 1 - int(row), int(column)].tolist()


def test_the_stage_is_bare_and_has_its_margin():
    figure, axes = figures.stage((0, 4), (-1, 1), size=SIZE)
    assert (draw(figure, [], 0)[..., :3] == 0).all()
    assert axes.transData.transform((0, -1)).round(6).tolist() == [8, 8]
    assert axes.transData.transform((4, 1)).round(6).tolist() == [192, 92]
    figure, axes = figures.stage((0, 4), (1, -1), equal=True, size=SIZE)
    corners = axes.transData.transform([(0, 1), (4, -1)])
    assert corners.round(6).tolist() == [[16, 8], [184, 92]]


def test_a_line_takes_its_colors_from_another_array():
    figure, axes = figures.stage((0, 10), (-1, 1), size=SIZE)
    values = np.linspace(-3, 5, 11)
    line = figures.GradientLine(
        axes, np.arange(11), np.zeros(11), color_by=values, limits=(-4, 6), width=9
    )
    picture = draw(figure, [line], 10)
    for x in (0.55, 3.3, 9.2):
        # Round ends reach half a width, 4.5 of the 18.4 pixels of a unit, over their neighbors.
        near = np.interp(x + np.linspace(-0.3, 0.3, 100), range(11), values)
        expected = np.round(255 * matplotlib.colormaps["plasma"](Normalize(-4, 6)(near)))
        difference = np.abs(expected - pixel(picture, axes, x, 0)).max(axis=1)
        assert difference.min() <= 1
    gap = figures.GradientLine(axes, [0, 1, 2], [0, 0, 0], color_by=[1, np.nan, 1])
    assert all(abs(s[0, 0] - 1) > 0.9 for s in gap.artists[0].get_segments())


def test_limits_are_those_of_the_coloring_array():
    _, axes = figures.stage((0, 2), (-1, 1), size=SIZE)
    line = figures.GradientLine(axes, [0, 1, 2], [5, 5, 5], color_by=[0, 1, 2])
    colors = line.artists[0].get_colors()
    assert np.allclose(colors[[0, -1]], matplotlib.colormaps["plasma"]([0.0, 1.0]))


@pytest.mark.parametrize("t", [0.0, 0.25, 1.0, 1.5, 3.0, 7.0])
def test_the_arrow_points_where_the_phase_is(t):
    _, axes = figures.stage((-1.1, 1.1), (-1.1, 1.1), equal=True, size=SIZE)
    arrow = figures.PhaseArrow(axes, [0, 1, 3], [0.0, np.pi / 2, 3 * np.pi])
    arrow.draw_to(t)
    _, shaft, head = arrow.artists
    phase = np.interp(t, [0, 1, 3], [0, np.pi / 2, 3 * np.pi])
    tip = head.get_xy()[0]
    assert np.allclose(tip / np.linalg.norm(tip), [np.cos(phase), np.sin(phase)])
    end = shaft.get_xydata()[-1]
    assert end[0] * tip[1] - end[1] * tip[0] == pytest.approx(0, abs=1e-12)
    assert shaft.get_xydata()[0].tolist() == [0, 0]


def test_the_circle_has_the_colors_of_its_angles():
    figure, axes = figures.stage((-1.1, 1.1), (-1.1, 1.1), equal=True, size=SIZE)
    arrow = figures.PhaseArrow(axes, [0], [0.3], colormap="hsv", width=3)
    picture = draw(figure, [arrow], 0)
    for angle in (1.0, 2.5, 4.0, 5.5):
        near = angle + np.linspace(-0.15, 0.15, 100)
        expected = np.round(255 * matplotlib.colormaps["hsv"](near / (2 * np.pi)))
        found = pixel(picture, axes, np.cos(angle), np.sin(angle))
        # Where pieces meet, their edges are mixed.
        assert np.abs(expected - found).max(axis=1).min() <= 5


@pytest.mark.parametrize("angle", [0.5, 4.0, -2.0, 23.0])
def test_an_arrow_has_the_color_of_the_circle_where_it_points(angle):
    figure, axes = figures.stage((-1.1, 1.1), (-1.1, 1.1), equal=True, size=SIZE)
    arrow = figures.PhaseArrow(axes, [0], [angle], colormap="hsv", color=None, width=5)
    picture = draw(figure, [arrow], 0)
    inside = pixel(picture, axes, 0.76 * np.cos(angle), 0.76 * np.sin(angle))
    expected = 255 * np.array(matplotlib.colormaps["hsv"](angle / (2 * np.pi) % 1))
    assert np.abs(inside - expected).max() <= 1


@pytest.mark.parametrize("shape", ["square", "circle"])
def test_a_matrix_changes_smoothly(shape):
    values = np.random.default_rng(1).uniform(-1, 1, (4, 2, 3))
    values[2, 1, 1] = np.nan
    figure, axes = figures.stage((-0.5, 2.5), (1.5, -0.5), equal=True, size=SIZE)
    cells = figures.MatrixCells(axes, [0, 1, 2, 4], values, limits=(-1, 1), shape=shape)
    for t, expected in (
        (1, values[1]),
        (0.25, 0.75 * values[0] + 0.25 * values[1]),
        (3, (values[2] + values[3]) / 2),
        (9, values[3]),
    ):
        picture = draw(figure, [cells], t)
        for row, column in np.ndindex(2, 3):
            found = pixel(picture, axes, column, row)
            if np.isnan(expected[row, column]):
                assert found[:3] == [0, 0, 0]
                continue
            color = matplotlib.colormaps["plasma"](Normalize(-1, 1)(expected[row, column]))
            assert np.abs(np.array(found) - np.round(255 * np.array(color))).max() <= 1
        # The corner of a square is filled, that of a circle is not.
        assert any(pixel(picture, axes, 0.4, 0.4)[:3]) == (shape == "square")


def test_the_number_runs_evenly_or_slowly_at_both_ends():
    even = [frame.time for frame in figures.paced(2, 12, 11)]
    smooth = [frame.time for frame in figures.paced(2, 12, 11, "smooth")]
    assert np.allclose(even, np.arange(2, 13))
    assert (smooth[0], smooth[5], smooth[-1]) == (2, 7, 12)
    steps = np.diff(smooth)
    assert steps[0] < steps[4] and np.allclose(steps, steps[::-1])
    assert [(f.number, f.time) for f in figures.paced(2, 12, 1)] == [(0, 12)]


def test_what_does_not_fit_is_named():
    _, axes = figures.stage((0, 1), (0, 1), size=SIZE)
    with pytest.raises(ValueError, match=r"frames, rows and columns, not \(3, 2\)"):
        figures.MatrixCells(axes, [0, 1, 2], np.zeros((3, 2)))
    with pytest.raises(ValueError, match="times must increase"):
        figures.PhaseArrow(axes, [0, 0], [1, 2])
    with pytest.raises(ValueError, match="must be finite"):
        figures.PhaseArrow(axes, [0, 1], [1, np.inf])


@pytest.mark.parametrize(
    ("name", "registered"), [("rocket", "rocket"), ("ember", "cmr.ember"), ("viridis", "viridis")]
)
def test_colormaps_of_all_three_libraries_have_their_names(name, registered):
    assert colormap_named(name).name in (registered, name)
    assert np.array_equal(
        colormap_named(name)(range(256)), matplotlib.colormaps[registered](range(256))
    )


def test_cyclic_cells_change_the_short_way_round():
    """Between 350 and 20 degrees lies 5, not 185; large values keep their differences."""
    from matplotlib import colormaps
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    values = np.array([[[350.0, 20.0]], [[20.0, 350.0]]])
    for cyclic, expected in ((True, 5.0), (False, 185.0)):
        cells = figures.MatrixCells(
            axes, [0, 1], values, colormap="hsv", limits=(0.0, 360.0), cyclic=cyclic
        )
        for t, shown in ((0.5, [expected] * 2), (0, [350, 20]), (1, [20, 350])):
            cells.draw_to(t)
            np.testing.assert_allclose(
                cells.artists[0].get_facecolor(), colormaps["hsv"](np.array(shown) / 360), atol=0.01
            )
    far = figures.MatrixCells(axes, [0], 1e9 + np.arange(8.0).reshape(1, 2, 4))
    far.draw_to(0)
    np.testing.assert_array_equal(
        far.artists[0].get_facecolor(), colormaps["plasma"](np.arange(8) / 7)
    )
