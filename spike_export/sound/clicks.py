# SPDX-License-Identifier: BSD-3-Clause
"""A click or a tone for each spike; its pitch and its place in stereo say where the spike is.

The sum is linear, and scaled as a whole by its measured peak: nothing clips, and nothing pumps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from .course import check_length
from .spiking import SoundError

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]
Kind = Literal["click", "tone"]

RATE: Final = 48_000
"""Samples per second."""
PEAK: Final = 0.5
"""Of full scale: -6 dB, which leaves room for a voice."""
LOWEST_HZ, HIGHEST_HZ = 20.0, 10_000.0
DECAYS_S: Final[dict[Kind, float]] = {"click": 0.004, "tone": 0.08}
"""Time constants."""

_ATTACK_S: Final = 0.0003
# It ends 60 dB below its beginning.
_LASTS: Final = 7.0


@dataclass(frozen=True)
class Voicing:
    """How spikes sound.

    Attributes
    ----------
    kind : {"click", "tone"}
        How long each sounds.
    low_hz, high_hz : float
        Pitch at the bottom and at the top.
    """

    kind: Kind = "click"
    low_hz: float = 220.0
    high_hz: float = 1760.0

    def __post_init__(self) -> None:
        """Refuse what cannot be heard."""
        if not LOWEST_HZ <= self.low_hz <= self.high_hz <= HIGHEST_HZ:
            raise SoundError(
                f"The pitch goes from {self.low_hz:g} to {self.high_hz:g} Hz; it can rise from "
                f"{LOWEST_HZ:g} to {HIGHEST_HZ:,.0f} Hz."
            )

    def pitches_hz(self, heights: Floats) -> Floats:
        """Give heights their pitches: semitones, the lowest and the highest exactly.

        Parameters
        ----------
        heights : ndarray, shape (S,)
            In any unit. If all are the same, they get the middle.
        """
        steps = round(12 * np.log2(self.high_hz / self.low_hz))
        share = np.round(_share(heights) * steps) / max(steps, 1)
        pitches: Floats = self.low_hz * (self.high_hz / self.low_hz) ** share
        return pitches


def pans(places: Floats) -> Floats:
    """Place things in stereo, from -1 at the left to 1 at the right.

    Parameters
    ----------
    places : ndarray, shape (S,)
        In any unit. If all are the same, they are in the middle.
    """
    return 2 * _share(places) - 1


def sound_of(
    film_s: Floats, pitches_hz: Floats, pan: Floats, length_s: float, kind: Kind
) -> Samples:
    """Make the sound of spikes.

    Parameters
    ----------
    film_s : ndarray, shape (H,)
        When each begins.
    pitches_hz, pan : ndarray, shape (H,)
        Its pitch, and its place from -1 (left) to 1: at constant power.
    length_s : float
        Of the whole. What would go on after it is cut off.

    Returns
    -------
    ndarray of float32, shape (length, 2)
        Left and right, at `RATE`; the loudest sample is `PEAK`.

    Raises
    ------
    SoundError
        If it would be too long.
    """
    check_length(length_s)
    count = round(length_s * RATE)
    begins = np.round(film_s * RATE).astype(np.int64)
    inside = (begins >= 0) & (begins < count)
    begins, pitches = begins[inside], pitches_hz[inside]
    angle = (pan[inside] + 1) * np.pi / 4
    # Where several begin at once with one pitch, their powers add up, as do those of others.
    known, number = np.unique(pitches, return_inverse=True)
    keys, which = np.unique(number * (count + 1) + begins, return_inverse=True)
    gains = np.sqrt(
        [
            np.bincount(which, np.cos(angle) ** 2, len(keys)),
            np.bincount(which, np.sin(angle) ** 2, len(keys)),
        ]
    )
    notes = [_note(pitch, kind) for pitch in known]
    length = len(notes[0]) if notes else 0
    sides = np.zeros((2, count + length), np.float32)
    # Sums of contiguous numbers, without a new array for each, are ten times as fast.
    scaled = np.empty(length, np.float32)
    for key, *both in zip(keys.tolist(), *gains.tolist(), strict=True):
        pitch, begin = divmod(key, count + 1)
        for side, gain in zip(sides, both, strict=True):
            np.multiply(notes[pitch], gain, out=scaled)
            side[begin : begin + length] += scaled
    return to_peak(sides[:, :count].T)


def to_peak(sound: Samples) -> Samples:
    """Scale a sound so that its loudest sample is `PEAK`; silence stays."""
    peak = max(float(sound.max(initial=0.0)), -float(sound.min(initial=0.0)))
    if peak > 0:
        sound *= np.float32(PEAK / peak)
    return sound


def _note(pitch_hz: float, kind: Kind) -> Samples:
    decay = DECAYS_S[kind]
    time = np.arange(round(_LASTS * decay * RATE)) / RATE
    envelope = np.minimum(time / _ATTACK_S, 1.0) * np.exp(-time / decay)
    note = envelope * np.cos(2 * np.pi * pitch_hz * time)
    return note.astype(np.float32)


def _share(values: Floats) -> Floats:
    """Map values to 0..1, or all to 0.5 if they are the same."""
    low, high = float(values.min(initial=np.inf)), float(values.max(initial=-np.inf))
    if not high - low > 1e-9 * max(abs(low), abs(high)):
        return np.full(len(values), 0.5)
    share: Floats = (values - low) / (high - low)
    return share
