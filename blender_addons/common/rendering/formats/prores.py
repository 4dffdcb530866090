# SPDX-License-Identifier: GPL-3.0-or-later
"""ProRes 4444 in QuickTime."""

import mmap
import re
from pathlib import Path
from typing import Final

from ..frames import Film

# The header of a frame (SMPTE RDD 36), with primaries, transfer and matrix unspecified.
_UNTOLD: Final = re.compile(rb"icpf\x00.\x00[\x00\x01].{10}\x02\x02\x02", re.DOTALL)
_BT_709: Final = b"\x01\x01\x01"


def _tell_colors(film: Path) -> None:
    """Say BT.709 in each frame, as Blender does for the file only: FFmpeg believes the frames."""
    with film.open("r+b") as file, mmap.mmap(file.fileno(), 0) as data:
        for found in _UNTOLD.finditer(data):
            data[found.end() - len(_BT_709) : found.end()] = _BT_709


FORMAT = Film(
    identifier="prores",
    name="ProRes 4444",
    description="For editing programs: large, exact, with transparency",
    ending=".mov",
    settings={"format": "QUICKTIME", "codec": "PRORES", "ffmpeg_prores_profile": "4444"},
    depth="10",
    keeps_alpha=True,
    sound="PCM",
    finish=_tell_colors,
)
