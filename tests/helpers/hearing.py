# SPDX-License-Identifier: GPL-3.0-or-later
"""What is heard in a WAV file."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


def read_wave(file: Path | bytes) -> tuple[int, NDArray[np.float64]]:
    """Return its rate, and its samples in -1..1, shape (length, channels)."""
    source = io.BytesIO(file) if isinstance(file, bytes) else str(file)
    with wave.open(source, "rb") as opened:
        assert opened.getsampwidth() == 2
        raw = np.frombuffer(opened.readframes(opened.getnframes()), "<i2")
        return opened.getframerate(), raw.reshape(-1, opened.getnchannels()) / 32768


def onsets(sound: NDArray[np.float64], rate: int, quiet_s: float = 0.01) -> NDArray[np.float64]:
    """Find when something begins in s: what is loud after a silence.

    Parameters
    ----------
    sound : ndarray, shape (length, channels)
    quiet_s : float
        How long it is silent before.
    """
    loudness = np.abs(sound).max(axis=1)
    loud = np.flatnonzero(loudness > 0.02 * loudness.max())
    begins = np.diff(loud, prepend=-rate) > quiet_s * rate
    return loud[begins] / rate
