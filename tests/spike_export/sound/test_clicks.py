# SPDX-License-Identifier: BSD-3-Clause
"""Onsets, pitch, place in stereo and loudness, measured in what was made."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.fast import fast_first
from helpers.hearing import onsets

from spike_export.sound.clicks import PEAK, RATE, Voicing, pans, sound_of
from spike_export.sound.spiking import SoundError


def made(film_s, pitch=440.0, pan=0.0, length_s=2.0, kind="tone"):
    film_s = np.atleast_1d(np.asarray(film_s, float))
    whole = np.ones(len(film_s))
    return sound_of(film_s, whole * pitch, whole * pan, length_s, kind)


@pytest.mark.parametrize("kind", ["click", "tone"])
def test_each_begins_when_it_should(kind):
    times = np.array([0.0, 0.777777, 1.31, 1.9])
    found = onsets(made(times, kind=kind).astype(float), RATE, 0.02)
    assert found == pytest.approx(times, abs=2e-4)


@pytest.mark.parametrize("pitch", [220.0, 440.0, 1000.0, 1760.0])
def test_a_tone_has_its_pitch(pitch):
    spectrum = np.abs(np.fft.rfft(made(0.1, pitch)[:, 0], 16 * RATE))
    peak = np.argmax(spectrum) / 16
    # A hundredth of a semitone is 0.06 %; a tone as short as this is no sharper.
    assert peak == pytest.approx(pitch, rel=2e-3)


@pytest.mark.parametrize("pan", [-1.0, -0.5, 0.0, 0.3, 1.0])
def test_the_place_is_the_ratio_of_the_channels(pan):
    left, right = np.abs(made(0.1, pan=pan)).max(axis=0)
    assert np.arctan2(right, left) == pytest.approx((pan + 1) * np.pi / 4, abs=1e-4)


def test_pitches_are_semitones_between_both_ends():
    pitches = Voicing(low_hz=220, high_hz=1760).pitches_hz(np.linspace(-3, 9, 1000))
    assert (pitches[0], pitches[-1]) == pytest.approx((220, 1760))
    steps = 12 * np.log2(pitches / 220)
    assert steps == pytest.approx(np.round(steps), abs=1e-9)
    assert len(np.unique(np.round(steps))) == 37 and (np.diff(steps) >= -1e-9).all()
    same = Voicing(low_hz=220, high_hz=880).pitches_hz(np.ones(3))
    assert same == pytest.approx(440)
    assert Voicing(low_hz=300, high_hz=300).pitches_hz(np.arange(3.0)) == pytest.approx(300)
    assert pans(np.array([2.0, 4, 3])).tolist() == [-1, 1, 0] and pans(np.ones(2)).tolist() == [
        0,
        0,
    ]


@fast_first("kind", ["click", "tone"])
def test_a_hundred_thousand_do_not_clip(kind):
    rng = np.random.default_rng(1)
    count = 100_000
    pitches = Voicing().pitches_hz(rng.random(count))
    sound = sound_of(rng.uniform(0, 10, count), pitches, rng.uniform(-1, 1, count), 10, kind)
    peak = np.abs(sound).max()
    assert peak == pytest.approx(PEAK, rel=1e-5) and peak <= 1
    # Dense activity is a rush, not a few peaks over silence.
    crest = peak / np.sqrt(np.mean(sound[RATE:] ** 2))
    assert 2 < crest < 8


def test_a_dense_burst_does_not_change_what_is_around_it():
    """Scaled as a whole: a limiter would pull down its neighbors."""
    alone, with_burst = [0.2, 1.7], np.r_[0.2, np.full(500, 1.0) + np.arange(500) * 1e-4, 1.7]
    one, other = made(alone, kind="click"), made(with_burst, kind="click")
    for begin in (0.2, 1.7):
        part = slice(round(begin * RATE), round((begin + 0.02) * RATE))
        ratio = other[part, 0] @ one[part, 0] / (one[part, 0] @ one[part, 0])
        assert other[part] == pytest.approx(ratio * one[part], abs=1e-6)
        assert 0 < ratio < 1


def test_powers_add_up_where_many_begin_at_once():
    """A hundred in one moment are ten times as loud as one, not a hundred times."""
    sound = made(np.r_[0.2, np.full(100, 1.0)])
    one, many = (np.abs(sound[round(s * RATE) : round((s + 0.1) * RATE)]).max() for s in (0.2, 1.0))
    assert many / one == pytest.approx(10, rel=1e-3)


def test_what_cannot_be_heard_is_refused():
    for low, high in ((880, 440), (1, 440), (220, 30_000), (float("nan"), 440)):
        with pytest.raises(SoundError, match=r"it can rise from 20 to 10,000 Hz\.$"):
            Voicing(low_hz=low, high_hz=high)
    with pytest.raises(SoundError, match="1,800 s at most"):
        made(0.0, length_s=1e9)
    assert not made([]).any() and not made([5.0]).any()
