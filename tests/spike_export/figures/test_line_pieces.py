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


def test_cyclic_colors_go_the_short_way_round():
    """Each piece has the color of its middle's direction, and the pieces are the whole line."""
    x = np.linspace(0, 10, 41)
    phase = (1.7 * x) % (2 * np.pi)
    runs = line_pieces.finite_runs(x, np.sin(x), phase)
    bins, lines = line_pieces.by_bin(runs, (0.0, 2 * np.pi), 256, cyclic=True)
    length = 0.0
    for number, line in zip(bins, lines, strict=True):
        for begin, end in zip(line[:-1], line[1:], strict=True):
            if np.isnan(begin[1]) or np.isnan(end[1]):
                continue
            length += end[0] - begin[0]
            middle = 1.7 * (begin[0] + end[0]) / 2 / (2 * np.pi) % 1
            assert abs((middle * 256 - number - 0.5 + 128) % 256 - 128) <= 0.5 + 1e-6
    assert abs(length - 10) < 1e-6
    # Colored by itself, the line still goes where y goes.
    bins, lines = line_pieces.by_bin(
        line_pieces.finite_runs(x, phase), (0.0, 2 * np.pi), 256, cyclic=True
    )
    points = np.concatenate(lines)
    points = points[np.isfinite(points[:, 1])]
    np.testing.assert_allclose(points[:, 1], np.interp(points[:, 0], x, phase), atol=1e-9)
