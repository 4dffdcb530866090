# SPDX-License-Identifier: GPL-3.0-or-later
"""A hundred thousand spikes as clicks and as tones."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from spike_export.sound.clicks import DECAYS_S, Voicing, sound_of
from spike_export.sound.course import heard_at, steady
from spike_export.sound.wave_file import write_wave

from .pairs import paired
from .rows import Aim, Row, timed

FILM_S = 60.0


def measure(quick: bool = False) -> Iterator[Row]:
    """Yield what was measured.

    Parameters
    ----------
    quick : bool
        Tiny sizes, only to see that it runs.
    """
    count = 1_000 if quick else 100_000
    rng = np.random.default_rng(0)
    times = np.sort(rng.uniform(0, 1000, count))
    pitches, pan = Voicing().pitches_hz(rng.random(count)), rng.uniform(-1, 1, count)
    course = steady(FILM_S, 1000 / FILM_S, 0, 1000)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spikes.wav"
        silence = np.zeros((round(FILM_S * 48_000), 2), np.float32)
        for kind in DECAYS_S:

            def heard() -> None:
                film_s, which = heard_at(course, times)
                write_wave(path, sound_of(film_s, pitches[which], pan[which], FILM_S, kind))  # noqa: B023

            result = paired(heard, lambda: write_wave(path, silence), 1 if quick else 3)
            what = f"{count:,} spikes in {FILM_S:g} s: sound of {kind}s"
            yield timed(what, result, "writing as long a silence", aim=Aim(10, "s"))
