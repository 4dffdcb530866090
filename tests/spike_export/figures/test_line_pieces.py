# SPDX-License-Identifier: BSD-3-Clause
"""Curves as arrays."""

from __future__ import annotations

import numpy as np

from spike_export.figures import line_pieces


def test_thinning_keeps_every_column_s_extremes_and_gaps():
    random = np.random.default_rng(3)
    x = np.cumsum(random.uniform(0.01, 0.1, 20_000))
    y = random.normal(size=20_000)
    y[[5000, 12_345]] = np.nan
    y[7777] = 50
    keep = line_pieces.thinned(x, y, 100)
    assert keep.size <= 500
    assert np.array_equal(keep, np.unique(keep))
    assert {0, 5000, 7777, 12_345, 19_999} <= set(keep)
    edges = np.linspace(x[0], x[-1], 101)
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        inside = (x >= low) & (x < high)
        kept = y[keep][inside[keep]]
        assert np.nanmin(kept) == np.nanmin(y[inside])
        assert np.nanmax(kept) == np.nanmax(y[inside])
    assert np.array_equal(line_pieces.thinned(x[:500], y[:500], 100), np.arange(500))
