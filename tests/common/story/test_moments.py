# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as people write them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from common.story.moments import duration, frame_at, moment, seconds_of, simulated

MARKERS = {"spike": 2.0, "one more": 4.5, "3": 9.0}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0:03.2", 3.2), ("3.2", 3.2), ("3.2 s", 3.2), ("3,2", 3.2), ("12:00", 720.0),
        ("1:02:03", 3723.0), ("0", 0.0), ("90", 90.0),
        ("spike", None), ("0:61", None), ("1:75:00", None), ("-1", None), ("1e3", None),
        ("٣", None), ("", None), ("nan", None),
    ],
)  # fmt: skip
def test_a_moment_of_the_film(text, seconds):
    assert seconds_of(text) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("spike", 2.0), ("spike + 0.5", 2.5), ("spike - 0:01", 1.0), (" one more ", 4.5), (3, 3.0),
        ("one more+1 s", 5.5), ("3", 9.0), ("4", 4.0),
    ],
)  # fmt: skip
def test_a_marker_s_name_comes_first(value, seconds):
    assert moment(value, MARKERS) == pytest.approx(seconds)


@pytest.mark.parametrize("value", ["spkie", True, None, [1], "spike + x", "spike - 3", -1, 1e9])
def test_what_is_no_moment_is_told_with_the_markers(value):
    with pytest.raises(ValueError, match=r"the markers are spike, one more|not between 0 and"):
        moment(value, MARKERS)


def test_there_may_be_no_markers():
    with pytest.raises(ValueError, match="there are no markers"):
        moment("spike", {})


@pytest.mark.parametrize("value", [True, "long", float("nan"), -1, 1e9])
def test_a_duration_is_seconds(value):
    assert duration("2 s") == duration(2) == 2.0
    with pytest.raises(ValueError, match="number of seconds"):
        duration(value)


@pytest.mark.parametrize("value", [2.1, "2.1", "2.1 s", "ms", "nan ms", "1e999 ms"])
def test_a_time_of_the_simulation_has_its_unit(value):
    assert simulated("2.1 ms") == simulated("2.1ms") == 2.1
    with pytest.raises(ValueError, match="such as '2.1 ms'"):
        simulated(value)


def test_frames_at_ntsc_s_rate_do_not_drift():
    rate = Fraction(30000, 1001)
    # An hour of it is 3.6 s longer than at 30.
    assert frame_at(3600.0, rate, 1) == 1 + round(3600 * 30000 / 1001)
    assert frame_at(0.0, rate, 5) == 5
