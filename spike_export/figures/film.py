# SPDX-License-Identifier: BSD-3-Clause
"""From pictures to a film, with ffmpeg."""

from __future__ import annotations

import errno
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from ..files.whole_file import whole_file
from .pictures import Picture

_H264: Final = ("-c:v", "libx264", "-crf", "16", "-pix_fmt", "yuv420p", "-movflags", "+faststart")
_VP9: Final = ("-c:v", "libvpx-vp9", "-crf", "12", "-b:v", "0", "-row-mt", "1", "-cpu-used", "4")
_PRORES: Final = ("-c:v", "prores_ks", "-profile:v", "4444", "-vendor", "apl0")

# By suffix: how ffmpeg encodes without alpha, and with it.
_ENCODERS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...] | None]]] = {
    ".mp4": (_H264, None),
    ".webm": (
        (*_VP9, "-pix_fmt", "yuv420p"),
        # Frames that are never shown cannot have alpha.
        (*_VP9, "-pix_fmt", "yuva420p", "-auto-alt-ref", "0"),
    ),
    ".mov": (
        (*_PRORES, "-pix_fmt", "yuv444p10le"),
        (*_PRORES, "-pix_fmt", "yuva444p10le", "-alpha_bits", "16"),
    ),
}
# Without these, players guess from the picture size, and colors shift. ProRes takes them from the
# frames, the others from the options.
_COLORS: Final = (
    "-vf", "scale=out_color_matrix=bt709:out_range=tv,"
    "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv",
    "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709",
)  # fmt: skip


class FilmError(RuntimeError):
    """A film cannot be made; the text is one sentence."""


def find_ffmpeg() -> str:
    """Find the ffmpeg that matplotlib would use: its setting ``animation.ffmpeg_path``.

    Raises
    ------
    FilmError
        If there is none.
    """
    from matplotlib.animation import FFMpegWriter

    found = shutil.which(FFMpegWriter.bin_path())
    if found is None:
        raise FilmError(
            "films are encoded by ffmpeg, which was not found; install it, or write frames/%04d.png"
        )
    return found


@contextmanager
def film_writer(
    path: Path, size: tuple[int, int], fps: float = 24.0, *, transparent: bool = False
) -> Iterator[Callable[[Picture], None]]:
    """Encode pictures while the ``with`` block makes them: the complete film, or no file.

    Parameters
    ----------
    path : Path
        ``.mp4`` (H.264), ``.webm`` (VP9) or ``.mov`` (ProRes 4444); replaced if it exists.
    size : (int, int)
        Width and height of the pictures, both even.
    fps : float
        Pictures a second.
    transparent : bool
        Keep the alpha channel; H.264 has none.

    Yields
    ------
    callable
        Takes one picture after the other, as `pictures` yields them.

    Raises
    ------
    FilmError
        If there is no ffmpeg, or it fails; with its last message.
    OSError
        If the file cannot be written.
    """
    opaque, alpha = _ENCODERS[path.suffix.lower()]
    encoder = alpha if transparent else opaque
    if encoder is None:
        raise FilmError(
            f"{path.suffix} does not support transparency; use .webm, .mov or frames/%04d.png"
        )
    ffmpeg = find_ffmpeg()
    with whole_file(path) as unfinished:
        command = [
            ffmpeg, "-loglevel", "error", "-y",
            "-f", "rawvideo", "-pix_fmt", "rgba", "-s", "{}x{}".format(*size),
            "-framerate", f"{fps:.10g}", "-i", "pipe:0",
            *_COLORS, *encoder, "-f", path.suffix.lower()[1:], str(unfinished),
        ]  # fmt: skip
        with tempfile.TemporaryFile() as messages:
            # A session of its own, so that Ctrl-C reaches us first and ffmpeg writes no partial
            # film.
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=messages,
                start_new_session=True,
            )
            try:
                assert process.stdin is not None
                stream = process.stdin

                def add(picture: Picture) -> None:
                    try:
                        stream.write(picture.tobytes())
                    except OSError as problem:
                        if not _has_left(problem):
                            raise
                        raise _failure(process, messages) from None

                yield add
                try:
                    stream.close()
                except OSError as problem:
                    # How it ended is seen below.
                    if not _has_left(problem):
                        raise
                if process.wait():
                    raise _failure(process, messages)
            except BaseException:
                process.kill()
                raise
            finally:
                with suppress(OSError):
                    stream.close()
                process.wait()


def _has_left(problem: OSError) -> bool:
    """Tell whether nobody reads the pipe any more; Windows calls that an invalid argument."""
    return problem.errno in (errno.EPIPE, errno.EINVAL)


def _failure(process: subprocess.Popen[bytes], messages: IO[bytes]) -> FilmError:
    process.wait()
    messages.seek(0)
    lines = messages.read().decode(errors="replace").strip().splitlines()
    last = "".join(c for c in (lines or ["no reason given"])[-1] if c.isprintable())
    return FilmError(f"ffmpeg failed: {last[:200]}")
