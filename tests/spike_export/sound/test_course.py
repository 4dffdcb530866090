# SPDX-License-Identifier: BSD-3-Clause
"""A spike is heard whenever the film passes it forwards."""

from __future__ import annotations

import numpy as np
import pytest

from spike_export.sound.course import (
    LONGEST_S,
    Course,
    check_length,
    heard_at,
    shown_at,
    steady,
)
from spike_export.sound.spiking import SoundError


def course(film_s, shown_ms, leaps=(), ends="Hold", begin=0.0, end=10.0):
    flags = np.zeros(len(film_s) - 1, bool)
    flags[list(leaps)] = True
    return Course(np.array(film_s, float), np.array(shown_ms, float), flags, begin, end, ends)


def heard(one, times):
    film_s, which = heard_at(one, np.array(times, float))
    return film_s.tolist(), which.tolist()


def test_slow_motion_stretches_the_rhythm():
    assert heard(steady(10, 1.0, 0, 10), [1, 2, 4]) == ([1, 2, 4], [0, 1, 2])
    assert heard(steady(100, 0.1, 0, 10), [1, 2, 4]) == ([10, 20, 40], [0, 1, 2])


def test_a_hold_is_silent_and_what_runs_back_is_heard_again_only_forwards():
    one = course([0, 5, 8, 10, 16], [0, 5, 5, 2, 8])
    # 5 is where it holds: once when it is reached, and once when it is passed again.
    assert heard(one, [1, 3, 5, 7]) == ([1, 3, 5, 11, 13, 15], [0, 1, 2, 1, 2, 3])


def test_a_leap_is_silent_but_for_where_it_lands():
    one = course([0, 2, 2, 4], [0, 2, 6, 8], leaps=[1])
    assert heard(one, [0, 1, 4, 6, 7, 9]) == ([0, 1, 2, 3], [0, 1, 3, 4])


def test_spikes_outside_of_the_recording_are_never_shown():
    assert heard(steady(30, 1.0, 5, 10), [1, 5, 10, 12]) == ([0, 5], [1, 2])


def test_loops_are_heard_each_time_and_ping_pong_on_its_way_forth():
    turns = {"Loop": [1, 4, 11, 14, 21, 24], "Ping-Pong": [1, 4, 21, 24]}
    for ends, times in turns.items():
        one = course([0, 30], [0, 30], ends=ends)
        film_s, which = heard(one, [1, 4])
        assert film_s == pytest.approx(times)
        assert which == [0, 1] * (len(times) // 2)
    assert heard(course([0, 10], [-10, 0], ends="Loop"), [1, 4])[0] == pytest.approx([1, 4])
    # Running back from 15, which is 5 on its way back, it goes on to 10, and then back.
    back = course([0, 15], [15, 0], ends="Ping-Pong")
    assert heard(back, [1, 6, 9])[0] == pytest.approx([1, 4])


@pytest.mark.parametrize("ends", ["Hold", "Loop", "Ping-Pong"])
def test_the_time_shown_at_a_click_is_the_spike_s(ends):
    rng = np.random.default_rng(3)
    one = course(np.arange(20.0), np.cumsum(rng.uniform(-1, 4, 20)), ends=ends)
    times = np.sort(rng.uniform(0.1, 9.9, 50))
    film_s, which = heard_at(one, times)
    assert len(film_s) > 30
    assert shown_at(one, film_s) == pytest.approx(times[which])


def test_what_is_too_long_or_too_much_is_refused_before_it_is_made():
    check_length(LONGEST_S)
    with pytest.raises(SoundError, match=r"The film is 86,400 s long; .* 1,800 s at most\."):
        check_length(86_400)
    with pytest.raises(SoundError, match=r"passes 2,001,000 spikes; .* at most\."):
        heard_at(course([0, 1], [0, 20_000], ends="Loop"), np.linspace(1, 9, 1000))
