# SPDX-License-Identifier: GPL-3.0-or-later
"""Line sources against LFPykit, against a numerical integral, and far away against a point."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.lfp import close, lfpykit_weights

from spike_export.potential.line_sources import (
    LARGEST_BYTES,
    FieldError,
    Lines,
    check_size,
    potential,
    weights,
)


def lines(count: int = 40, seed: int = 0) -> Lines:
    rng = np.random.default_rng(seed)
    starts = rng.uniform(-200, 200, (count, 3))
    ends = starts + rng.normal(0, 30, (count, 3))
    return Lines(starts, ends, rng.uniform(0.1, 8, count))


def places_around(some: Lines) -> np.ndarray:
    """Anywhere, far away, on axes, within radii, beyond ends, and at the ends themselves."""
    rng = np.random.default_rng(1)
    way = some.ends_um - some.starts_um
    along = rng.uniform(-1, 2, len(way))[:, None]
    on_axes = some.starts_um + along * way
    return np.concatenate(
        [
            rng.uniform(-300, 300, (200, 3)),
            rng.uniform(-1e5, 1e5, (20, 3)),
            on_axes,
            on_axes + 0.1 * some.radii_um[:, None],
            some.starts_um,
            some.ends_um,
        ]
    )


@pytest.mark.parametrize("middle", [0.0, 12_345.6])
def test_they_are_lfpykit_s(middle):
    pytest.importorskip("lfpykit")
    some = lines()
    moved = Lines(some.starts_um + middle, some.ends_um + middle, some.radii_um)
    places = places_around(some) + middle
    right = lfpykit_weights(moved, places)
    assert np.abs(weights(moved, places) / right - 1).max() < 1e-4
    # Only where a place is on an axis does rounding of large coordinates count.
    assert np.median(np.abs(weights(moved, places) / right - 1)) < 1e-9
    currents = np.random.default_rng(2).normal(0, 1, (7, 40)).astype(np.float32)
    assert close(potential(moved, currents, places), currents @ right.T) < 1e-5
    assert weights(moved, places, 0.6) == pytest.approx(right / 2, rel=1e-4)


def test_they_are_the_integral_of_points_along_the_line():
    some = Lines(np.array([[0.0, 0, 0]]), np.array([[60.0, 0, 0]]), np.array([1.0]))
    places = np.array([[10.0, 3, 0], [70, 1.5, 2], [-400, 50, 0]])
    x = (np.arange(20_000) + 0.5) / 20_000 * 60
    distances = np.linalg.norm(places[:, None] - np.stack([x, 0 * x, 0 * x], axis=1)[None], axis=2)
    right = 1000 / (4 * np.pi * 0.3) * (1 / distances).mean(axis=1)
    assert weights(some, places)[:, 0] == pytest.approx(right, rel=1e-6)


def test_a_line_without_length_is_a_point_of_its_radius():
    some = Lines(np.zeros((1, 3)), np.zeros((1, 3)), np.array([5.0]))
    found = weights(some, np.array([[20.0, 0, 0], [0, 5, 0], [0, 0, 1], [0, 0, 0]]))[:, 0]
    right = 1000 / (4 * np.pi * 0.3) / np.array([20, 5, 5, 5])
    assert found == pytest.approx(right, rel=1e-6)


def test_many_places_are_computed_part_by_part_and_can_be_ended():
    some, currents = lines(500), np.ones((3, 500))
    places = np.random.default_rng(0).uniform(-300, 300, (10_000, 3))
    shares: list[float] = []
    found = potential(some, currents, places, tell=shares.append)
    assert len(shares) > 2 and shares[0] == 0 and shares[-1] == 1 and shares == sorted(shares)
    assert found[:, -1] == pytest.approx(weights(some, places[-1:])[0].sum(), rel=1e-6)

    def stop(share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        potential(some, currents, places, tell=stop)


def test_what_is_too_large_or_does_not_conduct_is_refused():
    with pytest.raises(FieldError, match=r"500,000 places in 2,000 frames takes 4\.0 GB"):
        check_size(2_000, 500_000)
    check_size(1, LARGEST_BYTES // 4)
    for sigma in (0, -0.3, np.nan, np.inf):
        with pytest.raises(FieldError, match="conductivity"):
            potential(lines(1), np.ones((1, 1)), np.zeros((1, 3)), sigma)
