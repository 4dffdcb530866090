# SPDX-License-Identifier: BSD-3-Clause
"""Where a figure's number is in each frame, and paces that people type."""

from __future__ import annotations

import numpy as np
import pytest

from spike_export import figures
from spike_export.figures import Key


def test_keys_hold_turn_back_and_end_exactly():
    keys = figures.read_pace("0 0, 2s 0.5, 4s 0.5, 5 1, 6.5s 0.25")
    found = figures.keyed(10.0, 20.0, keys, 24)
    assert [frame.number for frame in found] == list(range(157))
    times = np.arange(157) / 24
    expected = 10 + 10 * np.interp(times, [0, 2, 4, 5, 6.5], [0, 0.5, 0.5, 1, 0.25])
    np.testing.assert_allclose([frame.time for frame in found], expected, atol=1e-12)
    assert (found[120].time, found[156].time) == (20.0, 12.5)


def test_each_key_says_how_it_is_reached():
    keys = figures.read_pace("1s 0, 2s 1 smooth, 3s 0 linear")
    assert keys == [Key(1.0, 0.0), Key(2.0, 1.0, "smooth"), Key(3.0, 0.0)]
    numbers = [frame.time for frame in figures.keyed(0.0, 1.0, keys, 8)]
    assert numbers[:9] == [0.0] * 9
    # Smoothstep by its definition: 3 t^2 - 2 t^3.
    t = np.arange(9) / 8
    np.testing.assert_allclose(numbers[8:17], 3 * t**2 - 2 * t**3)
    np.testing.assert_allclose(numbers[16:], 1 - t)


def test_the_last_frame_shows_the_last_key_even_between_two_frames():
    end = figures.keyed(0.0, 1.0, [Key(0.0, 0.0), Key(0.3, 1.0)], 24)
    assert (len(end), end[-1].time) == (9, 1.0)
    # 0.3 * 30 is more than 9 in floating point.
    assert len(figures.keyed(0.0, 1.0, [Key(0.0, 0.0), Key(0.3, 1.0)], 30)) == 10


@pytest.mark.parametrize("text", ["linear", "smooth"])
def test_paces_with_names(text):
    assert figures.read_pace(text) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("fast", "the pace 'fast' is not linear, smooth or keys such as '0 0, 2s 0.5"),
        ("0 0", "is not linear, smooth or keys"),
        ("0 0, 2s", "'2s' in the pace is not a time in seconds and a fraction"),
        ("0 0, 2m 1", "'2m 1' in the pace is not a time in seconds"),
        ("0 0, 2,5s 1", "'2' in the pace is not a time in seconds"),
        ("0 0, 2s 1 slowly", "'2s 1 slowly' in the pace is not"),
        ("0 0, 2s 1 smooth 3", "in the pace is not a time in seconds"),
        ("0 0, 2s 50", "'2s 50' in the pace is not a time from 0 on and a fraction of the way"),
        ("-1 0, 2s 1", "is not a time from 0 on"),
        ("0 0, nan 1", "is not a time from 0 on"),
        ("0 0, 2s 1, 2s 0", "must increase, but 2 s follows 2 s"),
        (",".join(f"{k} 0" for k in range(2000)), "is not linear, smooth or keys"),
    ],
)
def test_paces_that_are_none(text, words):
    with pytest.raises(figures.ChoiceError, match=words.replace("(", r"\(")):
        figures.read_pace(text)


def test_a_pace_without_end_is_refused_before_it_takes_memory():
    with pytest.raises(figures.ChoiceError, match="more than 1,000,000 frames"):
        figures.keyed(0.0, 1.0, [Key(0.0, 0.0), Key(1e300, 1.0)], 24)
