# SPDX-License-Identifier: BSD-3-Clause
"""A voltage is heard at the film's pace, and what nobody would hear is refused."""

from __future__ import annotations

import numpy as np
import pytest

from spike_export.sound.clicks import PEAK, RATE
from spike_export.sound.course import steady
from spike_export.sound.electrode import slowness, told, voltage_sound
from spike_export.sound.spiking import SoundError

TIME_MS = np.arange(0, 1000, 0.05)


def test_a_vibration_keeps_its_pitch_in_real_time_and_sinks_in_slow_motion():
    values = (-65 + 10 * np.sin(2 * np.pi * 0.4 * TIME_MS)).astype(np.float32)
    for slower, length_s in ((1, 1.0), (4, 4.0)):
        course = steady(length_s, 1000 / slower, 0, TIME_MS[-1])
        sound = voltage_sound(course, TIME_MS, values, length_s)
        spectrum = np.abs(np.fft.rfft(sound[:, 0] * np.hanning(len(sound))))
        assert np.argmax(spectrum) / length_s == pytest.approx(400 / slower, abs=1)
        assert np.abs(sound).max() == pytest.approx(PEAK)
        assert (sound[:, 0] == sound[:, 1]).all()
        assert slowness(course) == pytest.approx(slower)
    assert (
        told(course) == "The voltage is slowed down 4 times, as the film is, and so is its pitch."
    )


def test_what_is_below_20_hz_is_taken_out():
    slow = 30 * np.sin(2 * np.pi * 0.003 * TIME_MS)
    values = (-65 + slow + np.sin(2 * np.pi * 0.4 * TIME_MS)).astype(np.float32)
    sound = voltage_sound(steady(1.0, 1000, 0, TIME_MS[-1]), TIME_MS, values, 1.0)[:, 0]
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    assert spectrum[:10].max() < spectrum[400] / 10
    assert len(sound) == RATE


def test_an_action_potential_in_slow_motion_is_refused_with_how_slow():
    values = (-65 + 100 * np.exp(-(((TIME_MS - 500) / 0.5) ** 2))).astype(np.float32)
    course = steady(10.0, 1.0, 495, 505)
    with pytest.raises(SoundError, match=r"slowed down 1e\+03 times.*In real time"):
        voltage_sound(course, TIME_MS, values, 10.0)


def test_no_values_and_no_change_are_sentences():
    course = steady(1.0, 1000, 0, 1000)
    nothing = np.full(len(TIME_MS), np.nan, np.float32)
    with pytest.raises(SoundError, match=r"^The section has no values\.$"):
        voltage_sound(course, TIME_MS, nothing, 1.0)
    with pytest.raises(SoundError, match=r"^The voltage does not change in the film\.$"):
        voltage_sound(course, TIME_MS, np.full_like(nothing, -65), 1.0)
