# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripts that draw curves for compositing."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

# Nearly every test starts another Blender.
pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"


def module(name):
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.mark.parametrize("name", ["draw_phase", "draw_distribution"])
def test_frames_are_written_with_transparency(name, tmp_path):
    result = subprocess.run(
        [sys.executable, EXAMPLES / f"{name}.py", "f/%02d.png", "--length", "4", "--transparent"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    frames = []
    for k in range(4):
        with Image.open(tmp_path / "f" / f"{k:02d}.png") as image:
            frames.append(np.array(image))
    assert {frame.shape for frame in frames} == {(1080, 1920, 4)}
    assert all((frame[0, :, 3] == 0).all() and frame[..., 3].max() == 255 for frame in frames[1:])
    assert not np.array_equal(frames[1], frames[2])


def test_arrow_and_wave_show_the_same_moment():
    made = module("draw_phase").phase_figure()
    line, head, arrow = made.parts
    for t in np.linspace(0.1, 5.9, 20):
        for part in made.parts:
            part.draw_to(t)
        drawn = np.concatenate([s for s in line.artists[0].get_segments() if len(s)])
        assert np.nanmax(drawn[:, 0]) == pytest.approx(t)
        assert head.artists[-1].get_xdata()[0] == t
        tip = arrow.artists[2].get_xy()[0]
        phase = 2 * np.pi * 5 * t / 6 + 0.6 * np.sin(1.1 * t)
        assert np.angle(complex(*tip) / np.exp(1j * phase)) == pytest.approx(0, abs=1e-3)


def test_the_distribution_ends_as_the_other_one():
    script = module("draw_distribution")
    (part,) = script.distribution_figure().parts
    fill, first, second = part.artists
    part.draw_to(0.5)
    assert first.get_visible() and not second.get_visible()
    assert np.nanmax(first.get_xdata()) == pytest.approx(0, abs=1e-9)
    part.draw_to(2.0)
    assert second.get_visible() and not first.get_visible()
    x, y = second.get_data()
    expected = 0.65 * script.normal(x, 1.3, 0.45) + 0.35 * script.normal(x, -1.2, 0.5)
    assert np.allclose(y, expected)
    outline = fill.get_clip_path().get_fully_transformed_path().vertices
    heights = fill.axes.transData.inverted().transform(outline)[:, 1]
    assert heights.max() == pytest.approx(expected.max(), rel=1e-6)


def test_a_part_is_drawn_as_in_the_whole_film(tmp_path):
    """And what the film does not have is refused."""
    for options, code in ((["--frames", "2"], 0), ([], 0), (["--frames", "2-4"], 1)):
        result = subprocess.run(
            [sys.executable, EXAMPLES / "draw_phase.py", f"{len(options)}/%d.png", "--length", "4",
             *options],
            cwd=tmp_path, capture_output=True, text=True,
        )  # fmt: skip
        assert result.returncode == code, result.stderr
    assert "the film has frames 0 to 3." in result.stderr
    assert [path.name for path in (tmp_path / "2").iterdir()] == ["2.png"]
    parts = []
    for folder in ("0", "2"):
        with Image.open(tmp_path / folder / "2.png") as image:
            parts.append(np.array(image))
    np.testing.assert_array_equal(*parts)


@pytest.mark.parametrize(("text", "rate"), [("23.976", 24000 / 1001), ("29.97", 30000 / 1001)])
def test_short_decimals_mean_the_rates_of_television(text, rate):
    assert module("length").frame_rate(text) == rate
