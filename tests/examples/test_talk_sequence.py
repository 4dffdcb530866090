# SPDX-License-Identifier: GPL-3.0-or-later
"""The film of phase, frequency and amplitude, at two frames per second."""

from __future__ import annotations

import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest
from helpers.blenders import run_script
from helpers.pictures import read_pixels

# Nearly every test starts another Blender.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPT = ROOT / "examples" / "talk_sequence.py"


def make(*arguments: object) -> subprocess.CompletedProcess[str]:
    return run_script(SCRIPT, *arguments)


def a_voice(path: Path) -> Path:
    """A click at 10 s, in 40 s."""
    samples = np.zeros(40 * 8000, "<i2")
    samples[80000:80800] = 16000 * (-1) ** np.arange(800)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(samples.tobytes())
    return path


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    """Every half second of it."""
    folder = tmp_path_factory.mktemp("talk")
    result = make(
        folder / "frames", "--resolution", "160x90", "--samples", 4, "--fps", 2, "--bloom", 0,
        "--blend", folder / "talk.blend", "--video", folder / "talk.mp4",
        "--voice", a_voice(folder / "voice.wav"),
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    assert "The film ends after 30.0 s, the voice after 40.0 s." in result.stdout
    return folder


def picture(film: Path, second: float) -> np.ndarray:
    return read_pixels(film / "frames" / f"frame_{1 + round(2 * second):04d}.png").astype(float)


def lit(pixels: np.ndarray, left: float, right: float, top: float, bottom: float) -> np.ndarray:
    """Colors of what is drawn in a part of the picture."""
    rows, columns = pixels.shape[:2]
    part = pixels[
        int(top * rows) : int(bottom * rows), int(left * columns) : int(right * columns)
    ].reshape(-1, 3)
    return part[part.max(axis=1) > 90]


def rows(pixels: np.ndarray, left: float, right: float, top: float, bottom: float) -> int:
    """In how many rows of a part of the picture there is light."""
    places = np.linspace(top, bottom, round((bottom - top) * len(pixels)), endpoint=False)
    height = 1 / len(pixels)
    return sum(len(lit(pixels, left, right, place, place + 1.5 * height)) > 0 for place in places)


def test_it_has_the_length_and_the_parts_of_its_table(film):
    assert len(list((film / "frames").iterdir())) == 60
    assert (film / "talk.mp4").read_bytes()[4:8] == b"ftyp"


def test_it_has_the_voice(film):
    ffmpeg = pytest.importorskip("imageio_ffmpeg").get_ffmpeg_exe()
    to = ["-f", "f32le", "-ac", "1", "-ar", "8000", "-"]
    result = subprocess.run(
        [ffmpeg, "-v", "error", "-i", film / "talk.mp4", *to], capture_output=True
    )
    sound = np.abs(np.frombuffer(result.stdout, "<f4"))
    assert sound.argmax() / 8000 == pytest.approx(10.05, abs=0.1)
    assert len(sound) / 8000 == pytest.approx(30, abs=0.1)
    alone = make(film, "--voice", film / "voice.wav", "--frames", "1")
    assert alone.returncode == 1 and "--voice: frames have no sound;" in alone.stderr


def test_the_ground_is_dark_and_the_same_throughout(film):
    for second in (0, 10, 20, 29):
        corner = picture(film, second)[:4, :4]
        assert 0 < corner.max() < 30 and np.ptp(corner[..., 2]) <= 2


def test_a_wave_is_drawn_in_the_colors_of_the_circle(film):
    half, whole = picture(film, 4.5), picture(film, 8)
    assert not len(lit(half, 0.75, 1, 0, 1)) and len(lit(whole, 0.75, 1, 0, 1)) > 20
    for place in ((0, 0.25), (0.27, 1)):
        colors = lit(whole, *place, 0.3, 0.67)
        # Red, green and blue are each the strongest somewhere.
        assert set(colors.argmax(axis=1)) == {0, 1, 2}


def test_rows_appear_one_after_the_other(film):
    rows = {"frequency": (0.1, 0.27), "amplitude": (0.4, 0.52), "wave": (0.65, 0.95)}
    shown = {
        second: {
            name for name, row in rows.items() if len(lit(picture(film, second), 0.3, 0.9, *row))
        }
        for second in (12.5, 17.5)
    }
    assert shown[12.5] == {"frequency", "wave"}
    assert shown[17.5] == set(rows)
    # By then the camera has moved down to the two that remain.
    later = picture(film, 20.5)
    rows = {(0.0, 0.15): False, (0.24, 0.35): True, (0.48, 0.77): True}
    assert {row: len(lit(later, 0.3, 0.9, *row)) > 0 for row in rows} == rows


def test_the_fill_of_the_amplitude_goes_from_orange_to_red(film):
    pixels = picture(film, 17.5)
    fill = lit(pixels, 0.6, 0.68, 0.38, 0.53)
    assert len(fill) > 30 and (fill[:, 0] >= fill.max(axis=1)).all()
    # Green is what makes orange of red, and there is less of it at the top.
    column = pixels[int(0.38 * 90) : int(0.53 * 90), int(0.64 * 160)]
    share = column[:, 1] / np.maximum(column[:, 0], 1)
    inside = column[:, 0] > 90
    top, bottom = share[inside][2], share[inside][-2]
    # Yellow has as much of it as red.
    assert top < bottom - 0.05 and bottom < 0.75


def test_the_wave_is_squeezed_under_both_envelopes(film):
    before, after = picture(film, 17), picture(film, 22)
    # By then the camera is closer.
    tall = [rows(before, 0.29, 0.37, 0.62, 0.99), rows(after, 0.27, 0.36, 0.46, 0.84)]
    assert 0 < tall[1] < 0.8 * tall[0]
    # Red to orange above the wave, and below it.
    for top, bottom in ((0.46, 0.65), (0.65, 0.84)):
        colors = lit(after, 0.61, 0.69, top, bottom)
        assert ((colors[:, 0] > 150) & (colors[:, 2] < 60)).any()


def test_it_comes_closer_and_wiggles(film):
    still = [picture(film, second) for second in (22.5, 25.2)]
    # Where both envelopes are farthest apart, which comes to the middle.
    far, near = rows(still[0], 0.56, 0.72, 0.46, 0.99), rows(still[1], 0.42, 0.58, 0.0, 0.99)
    assert near > 1.6 * far > 0
    # All of it stays in the picture while it wiggles.
    for second in (26, 27, 28, 29):
        border = picture(film, second)[[0, -1]]
        assert border.max() < 90
    moving = np.abs(picture(film, 27) - picture(film, 27.5)).max()
    rest = np.abs(still[1] - picture(film, 29.5)).max()
    assert moving > 100 > rest


def test_times_are_typed_and_checked(tmp_path):
    wrong = make(tmp_path, "--times", "wave=soon")
    assert wrong.returncode == 2 and "such as wave=2" in wrong.stderr
    short = make(tmp_path, "--times", "wave=2", "frequency=3")
    assert short.returncode == 1
    assert short.stderr.strip().splitlines()[-1] == (
        "'frequency' begins at 3 s, but 'wave', from 2 s on, takes 3 s."
    )
