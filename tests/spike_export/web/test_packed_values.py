# SPDX-License-Identifier: BSD-3-Clause
"""Values come back as they were, to a step; what is missing stays missing."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from spike_export.web import packed_values as module
from spike_export.web.packed_values import MISSING, packed_values
from spike_export.web.web_error import WebFilmError

RNG = np.random.default_rng(3)
VALUES = RNG.normal(-40, 30, (50, 7)).astype(np.float32)
ALL = np.ones(7, np.bool_)


def unpacked(packed, columns=7):
    """As the page does it."""
    low, high = (
        np.frombuffer(gzip.decompress(half), np.uint8).reshape(-1, columns).astype(np.uint16)
        for half in (packed.low, packed.high)
    )
    codes = np.cumsum(low + (high << 8), axis=0, dtype=np.uint16)
    return np.where(codes == MISSING, np.nan, packed.offset + packed.step * codes)


def test_all_come_back(monkeypatch):
    # In several blocks.
    monkeypatch.setattr(module, "_BLOCK", 50)
    packed = packed_values(VALUES, ALL, (-80, 40))
    assert np.abs(unpacked(packed) - VALUES).max() <= 0.51 * np.ptp(VALUES) / 65534
    some = np.array([1, 0, 0, 1, 0, 0, 0], np.bool_)
    assert unpacked(packed_values(VALUES, some, (-80, 40)), 2) == pytest.approx(
        VALUES[:, some], abs=2e-3
    )


def test_coarser_ones_are_smaller_and_as_coarse_as_asked():
    fine, coarse = (packed_values(VALUES, ALL, (-80, 40), one) for one in (None, 0.5))
    assert 0.25 < np.abs(unpacked(coarse) - VALUES).max() <= 0.5001
    assert len(coarse.low + coarse.high) < len(fine.low + fine.high)


def test_what_is_not_finite():
    values = VALUES.copy()
    values[3, 2], values[4, 2], values[5, 5] = np.nan, np.inf, -np.inf
    packed = packed_values(values, ALL, (-80, 40))
    assert packed.not_finite == 3
    back = unpacked(packed)
    assert (np.isnan(back) == ~np.isfinite(values)).all()
    with pytest.raises(WebFilmError, match="None of the values is a finite number"):
        packed_values(np.full((2, 7), np.nan, np.float32), ALL, (0, 1))


def test_values_far_beyond_the_colors_are_cut_off_so_that_the_colors_stay_fine():
    values = VALUES.copy()
    values[0, 0] = 1e6
    packed = packed_values(values, ALL, (-80, 40))
    assert packed.cut_off == pytest.approx((VALUES.min(), 40 + 4 * 120))
    assert packed.step <= 120 / 4096
    assert np.abs(unpacked(packed) - values)[1:].max() <= packed.step
    assert packed_values(VALUES, ALL, (-80, 40)).cut_off is None


def test_constant_values_and_one_frame():
    one = np.full((1, 7), -65.0, np.float32)
    assert unpacked(packed_values(one, ALL, (-65, -65))) == pytest.approx(one)


def test_too_many_are_refused(monkeypatch):
    monkeypatch.setattr(module, "MOST_VALUES", 300)
    with pytest.raises(WebFilmError, match=r"7 segments in 50 frames are 350 values; .* 300\."):
        packed_values(VALUES, ALL, (0, 1))
