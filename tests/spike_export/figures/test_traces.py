# SPDX-License-Identifier: BSD-3-Clause
"""Figures of traces, by value and by pixel."""

from __future__ import annotations

import dataclasses
from typing import Any

import matplotlib
import numpy as np
import pytest
from helpers.drawing import SMALL, draw
from helpers.fast import fast_first
from helpers.simulations import branched, simulation
from matplotlib.colors import Normalize

from spike_export import figures


@pytest.mark.parametrize("draw_on", [False, True])
def test_frame_k_shows_the_values_of_frame_k(draw_on):
    made = simulation(branched(), time_ms=[0, 0.1, 0.25, 0.7, 0.75])
    traces, _ = figures.choose_traces(made)
    figure = figures.trace_figure(made, traces, draw_on=draw_on, fill=True, size=SMALL)
    heads = [part for part in figure.parts if isinstance(part, figures.Head)]
    lines = [part for part in figure.parts if isinstance(part, figures.GradientLine)]
    assert len(heads) == len(traces) > 1
    assert len(lines) == (len(traces) if draw_on else 0)
    times = [frame.time for frame in figures.frames(made.time_ms)]
    assert len(times) == 5
    low, high = made.values.min(), made.values.max()
    for k, _ in enumerate(figures.pictures(figure.figure, figure.parts, times)):
        for head, trace in zip(heads, traces, strict=True):
            value = made.values[k, trace.segment]
            dot = head.artists[-1]
            assert np.array_equal(dot.get_data(), [[made.time_ms[k]], [value]])
            expected = matplotlib.colormaps["plasma"](Normalize(low, high)(float(value)))
            assert np.allclose(matplotlib.colors.to_rgba(dot.get_color()), expected, atol=0.02)
        for line in lines:
            drawn = np.concatenate([s for s in line.artists[0].get_segments() if len(s)])
            assert drawn[:, 0].max() == made.time_ms[k]


def test_a_picture_does_not_depend_on_those_before_it():
    made = simulation(branched(), frames=9)
    traces, _ = figures.choose_traces(made)

    def film(times: list[float]) -> list[Any]:
        made_figure = figures.trace_figure(made, traces, draw_on=True, fill=True, size=SMALL)
        shown = figures.pictures(made_figure.figure, made_figure.parts, times)
        return [picture.copy() for picture in shown]

    there, back = film([0.1, 0.35, 0.6]), film([0.6, 0.35, 0.35, 0.1])
    for one, other in zip(there, [back[3], back[2], back[0]], strict=True):
        assert np.array_equal(one, other)
    assert np.array_equal(back[1], back[2])
    assert not np.array_equal(back[0], back[1])


def test_values_beyond_the_colours_limits_are_still_drawn():
    made = simulation(branched())
    traces, _ = figures.choose_traces(made)
    figure = figures.trace_figure(made, traces, limits=(-20, -10), size=SMALL)
    for ax in figure.axes:
        low, high = ax.get_ylim()
        assert low < made.values.min() < made.values[:, 0].max() < high


def test_limits_are_those_of_the_whole_file():
    made = simulation(branched())
    made.values[2, 3] = np.nan
    expected = float(np.nanmin(made.values)), float(np.nanmax(made.values))
    assert figures.color_limits(made) == expected
    assert figures.color_limits(made, v_min=-100) == (-100, expected[1])
    made.values[:] = -65
    assert figures.color_limits(made) == (-66, -64)
    with pytest.raises(figures.ChoiceError, match=r"-65, is not below the upper limit, -65"):
        figures.color_limits(made, -65, -65)


def test_a_quantity_without_a_unit_has_no_empty_brackets():
    made = dataclasses.replace(simulation(branched()), quantity="m_hh", unit="")
    traces, _ = figures.choose_traces(made)
    texts = [text.get_text() for text in figures.trace_figure(made, traces).figure.texts]
    assert "m_hh" in texts


def test_text_of_a_file_is_neither_mathematics_nor_missing_glyphs():
    made = simulation([{"points": [[0, 0, 0, 1]], "name": "$\\frac{$\n\x1b日本" + 50 * "x"}])
    made = dataclasses.replace(made, unit="$m_V", quantity="\ud7ff$^")
    traces, _ = figures.choose_traces(made)
    figure = figures.trace_figure(made, traces, size=SMALL)
    draw(figure.figure, figure.parts, 0.1)
    texts = [text.get_text() for text in figure.figure.texts]
    assert texts == ["$\\frac{$????" + 15 * "x" + "…", "Time (ms)", "?$^ ($m_V)"]


@fast_first("size", [(320, 180), (720, 1280), (1920, 1080), (2000, 200)], fast=2)
def test_nothing_is_cut_off(size):
    made = simulation([{"points": [[0, 0, 0, 1]], "name": f"dend_{i}[{i}]"} for i in range(12)])
    traces, _ = figures.choose_traces(made, ["dend.*"])
    assert len(traces) == 12
    figure = figures.trace_figure(made, traces, size=size)
    draw(figure.figure, figure.parts, 0.1)
    canvas = figure.figure.canvas
    for artist in [*figure.figure.texts, *(ax.yaxis for ax in figure.axes), figure.axes[-1].xaxis]:
        box = artist.get_tightbbox(canvas.get_renderer())
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= size[0]
        assert box.y1 <= size[1]
