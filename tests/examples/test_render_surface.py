# SPDX-License-Identifier: GPL-3.0-or-later
"""The headless script on a small array."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from helpers.blenders import run_script
from helpers.pictures import read_pixels

# Nearly every test starts another Blender.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPT = ROOT / "examples" / "render_surface.py"


def render(*arguments: object) -> subprocess.CompletedProcess[str]:
    return run_script(SCRIPT, *arguments)


def test_an_animated_array_becomes_a_film(tmp_path):
    """As many frames as the array has, a film and a scene; the picture changes with the frames."""
    x, y = np.meshgrid(np.linspace(-1, 1, 20), np.linspace(-1, 1, 15))
    np.save(tmp_path / "a.npy", [np.exp(-(x**2 + y**2) * k) for k in (1, 5)])
    result = render(
        tmp_path / "a.npy", tmp_path / "frames", "--resolution", "96x64", "--samples", 4,
        "--preset", "diagram", "--no-axes", "--colormap", "viridis", "--orbit", 0, "--bloom", 0,
        "--cut", "none",
        "--video", tmp_path / "a.mp4", "--blend", tmp_path / "a.blend",
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    frames = sorted((tmp_path / "frames").iterdir())
    assert [path.name for path in frames] == ["frame_0001.png", "frame_0002.png"]
    first, second = (read_pixels(path).astype(float) for path in frames)
    assert first.shape == (64, 96, 3)
    # The surface takes a good part of the picture, whose corners are black.
    assert (first.max(axis=2) > 40).mean() > 0.15 and first[0, 0].max() == 0
    assert np.abs(first - second).max() > 50
    assert (tmp_path / "a.mp4").read_bytes()[4:8] == b"ftyp"
    assert (tmp_path / "a.blend").exists()


def test_the_cut_travels_through_the_surface_and_back(tmp_path):
    """Colors up to the picture's border, then wires of them, then the very same colors again."""
    result = render(
        tmp_path / "frames", "--formula", "x * 0 + y", "--length", 3, "--resolution", "96x64",
        "--samples", 4, "--orbit", 0, "--bloom", 0,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    whole, gone, again = (read_pixels(path) for path in sorted((tmp_path / "frames").iterdir()))
    shown = [picture.max(axis=2) > 60 for picture in (whole, gone)]
    assert shown[0][-1].mean() > 0.5 and shown[0].mean() > 0.3
    # Between the wires the ground is seen; they have the colormap's colors, which have no grey.
    assert 0.1 * shown[0].mean() < shown[1].mean() < 0.9 * shown[0].mean()
    assert np.median(np.ptp(gone, axis=2)[shown[1]]) > 60
    np.testing.assert_allclose(whole, again, atol=1)


@pytest.mark.parametrize(
    ("arguments", "sentence", "code"),
    [
        (["/nowhere.npy", "out"], "there is no such file", 1),
        (["--formula", "z", "out"], "'z'", 1),
        (["--colormap", "plasam", "out"], "plasma", 1),
        (["--frames", "9-3", "out"], "ends before it begins", 2),
    ],
)
def test_mistakes_end_with_a_sentence_and_a_code(tmp_path, arguments, sentence, code):
    """What a farm and a person both need."""
    filled = [str(tmp_path / "out") if a == "out" else a for a in arguments]
    result = render(*filled)
    assert result.returncode == code
    assert sentence in result.stderr and "Traceback" not in result.stderr
