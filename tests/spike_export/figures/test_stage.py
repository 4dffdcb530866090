# SPDX-License-Identifier: BSD-3-Clause
"""Ruled axes: where their numbers stand, and that nothing leaves the picture."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from spike_export import figures

SIZE = (640, 360)


def numbers(figure: Any, axis: Any) -> list[tuple[float, str]]:
    FigureCanvasAgg(figure).draw()
    return [
        (tick.get_loc(), tick.label1.get_text().replace("\N{MINUS SIGN}", "-"))
        for tick in axis.get_major_ticks()
    ]


@pytest.mark.parametrize(
    ("low", "high", "factor", "offset"),
    [
        (0.0, 10.0, 1.0, 0.0),
        (-0.999, 0.999, 1.0, 0.0),
        (0.0, 1e-6, 1e-6, 0.0),
        (1e9 - 3, 1e9 + 3, 1.0, 1e9),
        (-4e12, 5e12, 1e12, 0.0),
        (2e3, 2e3 + 3e-6, 1e-6, 2e3),
    ],
)
def test_numbers_with_what_their_label_adds_are_their_places(low, high, factor, offset):
    figure, axes = figures.stage((0, 1), (low, high), size=SIZE, ruling=figures.Ruling())
    found = numbers(figure, axes.yaxis)
    assert len(found) >= 4
    label = axes.get_ylabel().replace("\N{MINUS SIGN}", "-")
    said = re.fullmatch(r"(?:\((?:× (1e-?\d+))?([+-][\d.e]+)?\))?", label)
    assert said and float(said[1] or 1) == factor and float(said[2] or 0) == offset
    for place, text in found:
        # Beyond 1e9 doubles are 2.4e-7 apart.
        rounding = 0.011 * factor + 1e-15 * abs(offset)
        assert abs(float(text) * factor + offset - place) <= rounding
    # From end to end, a little farther than the values at most.
    reach = (high - low) * 0.06
    ends = axes.spines["left"].get_bounds()
    assert low - reach <= ends[0] <= low and high <= ends[1] <= high + reach


def test_text_and_numbers_are_in_the_picture():
    ruling = figures.Ruling(grid=True, x_label="Time (s) $", y_label="Voltage (mV)")
    figure, axes = figures.stage((0, 10), (-70, 40), size=SIZE, ruling=ruling)
    FigureCanvasAgg(figure).draw()
    texts = [axes.xaxis.label, axes.yaxis.label]
    texts += [tick.label1 for axis in (axes.xaxis, axes.yaxis) for tick in axis.get_major_ticks()]
    for text in texts:
        box = text.get_window_extent()
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= SIZE[0] and box.y1 <= SIZE[1]
    assert axes.xaxis.label.get_text() == "Time (s) $"


@pytest.mark.parametrize("equal", [False, True])
def test_curves_lie_within_their_axes(equal):
    ruling = figures.Ruling(grid=True)
    figure, axes = figures.stage((0, 9.7), (-1, 1), size=SIZE, equal=equal, ruling=ruling)
    (left, bottom), (right, top) = axes.transData.transform([(0, -1), (9.7, 1)])
    assert left >= 60 and bottom >= 50 and right <= SIZE[0] - 20 and top <= SIZE[1] - 20
    if equal:
        assert (right - left) / 9.7 == pytest.approx((top - bottom) / 2)
    bare, _ = figures.stage((0, 9.7), (-1, 1), size=SIZE, equal=equal)
    (picture,), (empty,) = (
        [picture.copy() for picture in figures.pictures(one, [], [0])] for one in (figure, bare)
    )
    assert (picture != empty).any()
    # A grid crosses the middle, in gray and thin.
    row = picture[SIZE[1] // 2, round(left) + 5 : round(right) - 5, 0]
    assert 3 <= np.count_nonzero(np.diff((row > 10).astype(int)) > 0) <= 12
    assert row.max() < 128


def test_a_ruled_axis_shows_a_curve_where_its_numbers_say():
    figure, axes = figures.stage((0, 4), (0, 3), size=SIZE, ruling=figures.Ruling())
    line = figures.PlainLine(axes, [0, 4], [2, 2], color="red", width=3)
    (picture,) = figures.pictures(figure, [line], [4])
    red = np.flatnonzero((picture[..., 0] > 200) & (picture[..., 1] < 50))
    rows, columns = np.divmod(red, SIZE[0])
    tick = next(place for place, text in numbers(figure, axes.yaxis) if float(text) == 2)
    expected = SIZE[1] - axes.transData.transform((0, tick))[1]
    assert abs(rows.mean() + 0.5 - expected) <= 1
    assert abs(columns.min() - axes.transData.transform((0, 0))[0]) <= 3
