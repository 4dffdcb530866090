# SPDX-License-Identifier: BSD-3-Clause
"""Values that come round are found by their range and jumps, and nothing else is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from spike_export.formats.tables import find_period, period_named, period_text, usual_period

TURN = 2 * math.pi
T = np.linspace(0, 40, 800)
ANGLE = np.arctan2(*np.mgrid[-1:1:30j, -1:1:30j])


@pytest.mark.parametrize(
    ("values", "axes", "expected"),
    [
        (T % TURN, (0,), (0, TURN)),
        (-T % TURN, (0,), (0, TURN)),
        ((T + math.pi) % TURN - math.pi, (0,), (-math.pi, TURN)),
        (np.degrees(T) % 360, (0,), (0, 360)),
        (ANGLE, (-2, -1), (-math.pi, TURN)),
        (np.stack([ANGLE] * 3) % TURN, (-2, -1), (0, TURN)),
        (np.where(T > 20, np.nan, T % TURN), (0,), (0, TURN)),
    ],
)
def test_found(values, axes, expected):
    assert find_period(values, axes=axes) == pytest.approx(expected)
    assert find_period(values.astype(np.float32), axes=axes) == pytest.approx(expected)


def test_a_turn_of_one_is_found_on_demand():
    """Too many other numbers lie between 0 and 1."""
    assert find_period(T % 1, turns=True) == (0, 1)
    assert find_period(T % 1) is None


@pytest.mark.parametrize(
    "values",
    [
        T,
        np.sin(T) * math.pi + math.pi,
        np.random.default_rng(0).random(900) * TURN,
        np.random.default_rng(0).normal(size=900),
        np.where(T % 2 < 1, 0.0, TURN),
        np.arange(7.0) % TURN,
        np.repeat([0.0, 6.0], 400),
        np.full(50, np.nan),
        np.zeros(0),
    ],
)
def test_not_found(values):
    for turns in (False, True):
        assert find_period(values, axes=(0,), turns=turns) is None


def test_periods_as_people_write_them():
    for text, period in (
        ("2pi", TURN),
        ("2π", TURN),
        (" 2 * pi", TURN),
        ("pi", math.pi),
        ("24", 24),
    ):
        assert period_named(text) == pytest.approx(period)
    for text in ("", "none", "-1", "0", "inf", "nan", "2pie"):
        with pytest.raises(ValueError):  # noqa: PT011
            period_named(text)
    assert (period_text(TURN), period_text(360.0)) == ("2π", "360")


def test_usual_periods():
    for low, high, period in (
        (0, 0.9, 1), (0, 6.2, TURN), (-3.1, 3.1, TURN), (0, 359, 360), (-0.4, 0.4, 1),
        (-90, 90, 360),
    ):  # fmt: skip
        assert usual_period(low, high) == pytest.approx(period)
    with pytest.raises(ValueError, match="to 400"):
        usual_period(0, 400)
