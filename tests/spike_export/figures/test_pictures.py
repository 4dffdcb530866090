# SPDX-License-Identifier: BSD-3-Clause
"""Pictures of a figure, one after the other, and as files."""

from __future__ import annotations

from typing import Any

import matplotlib
import numpy as np
import pytest
from helpers.drawing import SMALL, draw
from helpers.simulations import branched, simulation
from PIL import Image

from spike_export import figures


def test_output_frames_show_the_simulation_s_times():
    time_ms = np.array([2.0, 2.1, 2.5, 3.0])
    assert figures.frames(time_ms) == [figures.Frame(k, t) for k, t in enumerate(time_ms)]
    slow = figures.frames(time_ms, 0.1)
    assert [frame.number for frame in slow] == list(range(11))
    assert [frame.time for frame in slow] == pytest.approx(np.linspace(2, 3, 11))
    assert slow[-1].time == 3.0
    assert len(figures.frames(np.array([0, 0.3]), 0.1)) == 4
    assert len(figures.frames(np.array([0, 6.0]), 0.07)) == 86
    assert len(figures.frames(time_ms[:1], 0.07)) == 1
    with pytest.raises(figures.ChoiceError, match="more than 1,000,000 frames"):
        figures.frames(time_ms, 1e-300)


def test_the_user_s_settings_of_matplotlib_do_not_matter_and_stay():
    made = simulation(branched())
    traces, _ = figures.choose_traces(made)

    def picture() -> Any:
        figure = figures.trace_figure(made, traces, draw_on=True, size=SMALL)
        return draw(figure.figure, figure.parts, 0.2)

    expected = picture()
    theirs = {"axes.grid": True, "text.usetex": True, "font.size": 30, "lines.marker": "x"}
    with matplotlib.rc_context(theirs):
        assert np.array_equal(picture(), expected)
        assert {key: matplotlib.rcParams[key] for key in theirs} == theirs


@pytest.mark.slow
def test_transparency_is_in_the_file(tmp_path):
    made = simulation(branched(), frames=9)
    traces, _ = figures.choose_traces(made)
    for transparent in (False, True):
        figure = figures.trace_figure(made, traces, transparent=transparent)
        picture = draw(figure.figure, figure.parts, 0.4)
        path = tmp_path / f"{transparent}.png"
        figures.save_picture(path, picture, transparent=transparent)
        with Image.open(path) as image:
            assert image.mode == ("RGBA" if transparent else "RGB")
            pixels = np.array(image.convert("RGBA"))
        assert np.array_equal(pixels, picture)
        # Black, not white, under what cannot be seen.
        assert pixels[0, 0].tolist() == [0, 0, 0, 0 if transparent else 255]
        shares = pixels[..., 3] / 255
        assert (shares == 1).sum() > 1000
        if transparent:
            clear = pixels
        else:
            opaque = pixels
    # Over black it is the opaque picture again.
    over = clear[..., :3] * (clear[..., 3:] / 255)
    # 8 bits of colour at little alpha, several times over each other.
    assert np.abs(over - opaque[..., :3]).max() <= 8
