# SPDX-License-Identifier: GPL-3.0-or-later
"""Points at which a curve crosses a height, against NumPy's own interpolation."""

from __future__ import annotations

import numpy as np


def test_crossings_lie_on_the_curve_and_on_the_height():
    from surface_slicer.arrays.crossings import with_crossings

    rng = np.random.default_rng(3)
    x = np.sort(rng.random(500))
    y = rng.normal(size=500)
    counts = np.array([120, 2, 378])
    columns, new = with_crossings(np.column_stack([y, x, x**2]), counts, 0.3)
    assert new.sum() == len(columns) > 600
    pieces, old = np.split(columns, np.cumsum(new)[:-1]), np.split(x, np.cumsum(counts)[:-1])
    for piece, own in zip(pieces, old, strict=True):
        assert (np.diff(piece[:, 1]) > 0).all()
        np.testing.assert_allclose(piece[:, 0], np.interp(piece[:, 1], x, y), atol=1e-9)
        np.testing.assert_allclose(piece[:, 2], np.interp(piece[:, 1], x, x**2), atol=1e-12)
        # No step from one side to the other is left, and no point is lost.
        side = np.sign(piece[:, 0] - 0.3)
        assert (side[:-1] * side[1:] >= 0).all()
        assert set(own) <= set(piece[:, 1]) and set(piece[:, 1]) - set(own) == set(
            piece[side == 0, 1]
        )


def test_points_on_the_height_stay_alone():
    from surface_slicer.arrays.crossings import with_crossings

    columns, counts = with_crossings(np.array([[1.0], [0.0], [-1.0], [0.0]]), np.array([4]), 0.0)
    assert columns.ravel().tolist() == [1, 0, -1, 0] and counts.tolist() == [4]


def test_phases_are_mixed_the_short_way():
    from surface_slicer.arrays.crossings import with_crossings

    columns, _ = with_crossings(np.array([[-1.0, 350.0], [1.0, 20.0]]), np.array([2]), 0.0, 360.0)
    assert columns[1, 1] % 360 == 5
