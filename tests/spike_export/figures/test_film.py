# SPDX-License-Identifier: BSD-3-Clause
"""Films as ffmpeg reads them, and what an interruption leaves."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.drawing import SMALL

from spike_export import figures
from spike_export.files.whole_file import whole_file


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
@pytest.mark.parametrize("name", ["film.mp4", "film.mov", "picture.png"])
def test_what_is_interrupted_leaves_the_old_file(tmp_path, name, error, request):
    path = tmp_path / name
    path.write_bytes(b"old")
    picture = np.zeros((SMALL[1], SMALL[0], 4), np.uint8)

    class Broken:
        shape, __array_interface__ = picture.shape, picture.__array_interface__

        def tobytes(self) -> bytes:
            raise error

    if path.suffix == ".png":
        with pytest.raises(error), whole_file(path) as unfinished:
            unfinished.write_bytes(b"half")
            raise error
    else:
        request.getfixturevalue("ffmpeg")
        with pytest.raises(error), figures.film_writer(path, SMALL) as add:
            add(picture)
            add(Broken())
    assert [entry.name for entry in tmp_path.iterdir()] == [name]
    assert path.read_bytes() == b"old"


def decode(ffmpeg: str, path: Path, *options: str) -> Any:
    done = subprocess.run(
        [ffmpeg, "-v", "error", *options, "-i", path, "-f", "rawvideo", "-pix_fmt", "rgba", "-"],
        capture_output=True,
        check=True,
    )
    return np.frombuffer(done.stdout, np.uint8).reshape(-1, SMALL[1], SMALL[0], 4).astype(int)


@pytest.mark.parametrize(
    ("suffix", "transparent", "decoder", "tolerance"),
    [
        (".mp4", False, (), 5),
        (".webm", False, (), 5),
        (".webm", True, ("-c:v", "libvpx-vp9"), 5),
        (".mov", False, (), 2),
        (".mov", True, (), 2),
    ],
)
def test_films_hold_every_frame_its_colours_and_its_alpha(
    ffmpeg, tmp_path, suffix, transparent, decoder, tolerance
):
    # Planes of one colour, which no encoder may change by more than it rounds.
    colors = [(240, 240, 32, 255), (13, 8, 135, 255), (204, 71, 120, 255)]
    shown = np.zeros((3, SMALL[1], SMALL[0], 4), np.uint8)
    shown[..., 3] = 0 if transparent else 255
    for picture, color in zip(shown, colors, strict=True):
        picture[40:120, 80:240] = color
    path = tmp_path / f"film{suffix}"
    with figures.film_writer(path, SMALL, 24, transparent=transparent) as add:
        for picture in shown:
            add(picture)
    film = decode(ffmpeg, path, *decoder)
    assert len(film) == 3
    inside = (slice(None), slice(56, 104), slice(96, 224))
    assert np.abs(film[inside] - shown[inside]).max() <= tolerance
    assert film[:, :20, :, 3].max() <= (1 if transparent else 255)
    assert film[:, :20, :, :3].max() <= 3
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_mp4_has_no_transparency(tmp_path):
    with (
        pytest.raises(
            figures.FilmError,
            match=r"\.mp4 does not support transparency; use \.webm, \.mov",
        ),
        figures.film_writer(tmp_path / "x.mp4", SMALL, transparent=True),
    ):
        pass


def test_ffmpeg_s_own_reason(ffmpeg, tmp_path):
    # Odd numbers are more than H.264 can do.
    with (
        pytest.raises(figures.FilmError, match="^ffmpeg failed: "),
        figures.film_writer(tmp_path / "x.mp4", (101, 101)) as add,
    ):
        for _ in range(300):
            add(np.zeros((101, 101, 4), np.uint8))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("number", [errno.EPIPE, errno.EINVAL])
def test_a_pipe_that_nobody_reads_is_what_windows_calls_invalid(
    ffmpeg, tmp_path, monkeypatch, number
):
    """Ffmpeg's own reason is told there, too, and no partial film is left."""
    begin = subprocess.Popen

    class Dead:
        """The pipe to a process that has ended."""

        def write(self, _content: bytes) -> int:
            raise OSError(number, os.strerror(number))

        def close(self) -> None:
            raise OSError(number, os.strerror(number))

    def start(command: list[str], **settings: Any) -> Any:
        words = [sys.executable, "-c", "import sys; sys.exit('no such encoder')"]
        process = begin(words, **settings)
        process.stdin.close()
        process.stdin = Dead()
        return process

    monkeypatch.setattr(subprocess, "Popen", start)
    with (
        pytest.raises(figures.FilmError, match="^ffmpeg failed: no such encoder$"),
        figures.film_writer(tmp_path / "x.mp4", (100, 100)) as add,
    ):
        add(np.zeros((100, 100, 4), np.uint8))
    with (
        pytest.raises(figures.FilmError, match="^ffmpeg failed: no such encoder$"),
        figures.film_writer(tmp_path / "x.mp4", (100, 100)),
    ):
        pass
    assert not list(tmp_path.iterdir())
