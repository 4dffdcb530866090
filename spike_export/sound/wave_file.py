# SPDX-License-Identifier: BSD-3-Clause
"""Write sound as a WAV file of 16 bit."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Final

import numpy as np

from .clicks import RATE, Samples

_FULL_SCALE: Final = 32767
_BLOCK: Final = 1 << 20


def write_wave(path: Path, sound: Samples) -> None:
    """Write it.

    Parameters
    ----------
    sound : ndarray of float32, shape (length, 2)
        Within -1 and 1, at `RATE`.

    Raises
    ------
    OSError
    """
    with path.open("wb") as opened, wave.open(opened, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.setnframes(len(sound))
        for begin in range(0, len(sound), _BLOCK):
            part = np.round(sound[begin : begin + _BLOCK] * _FULL_SCALE)
            file.writeframesraw(part.astype("<i2").tobytes())
