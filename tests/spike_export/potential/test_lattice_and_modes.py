# SPDX-License-Identifier: BSD-3-Clause
"""A box divided into cubes, and the potential at their corners as modes, beside LFPykit's."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.lfp import close, lfpykit_weights
from helpers.simulations import branched, simulation, with_currents

from spike_export.potential import modes as module
from spike_export.potential.lattice import MOST_POINTS, lattice_in
from spike_export.potential.line_sources import FieldError
from spike_export.potential.modes import TOLERANCE, stepwise_modes
from spike_export.potential.segment_lines import segment_lines


def test_a_lattice_fills_its_box():
    found = lattice_in(np.array([1.0, 2, 3]), np.array([10.0, 4, 5]), 6)
    assert found.counts == (6, 3, 4) and found.spacing == 2 and found.size == 72
    places = found.places()
    assert np.allclose(places[[0, 1, 4, 12, -1]], [
        (-4, 0, 0), (-4, 0, 2), (-4, 2, 0), (-2, 0, 0), (6, 4, 6)
    ])  # fmt: skip
    assert np.array_equal(found.nearest(places + 0.9), np.arange(72))
    assert found.nearest(np.array([[1e9, -1e9, 3.2]])) == 5 * 12 + 2


@pytest.mark.parametrize(
    ("size", "points", "sentence"),
    [
        ([0, 0, 0], 8, "has no size"),
        ([1, np.inf, 1], 8, "has no size"),
        ([1, np.nan, 1], 8, "has no size"),
        ([1, 1, 1], 1, "at least 2"),
        ([1, 1, 1], 10**9, f"the limit is {MOST_POINTS:,}. Choose a lower Resolution"),
    ],
)
def test_what_is_no_box_is_refused_before_anything_is_made(size, points, sentence):
    with pytest.raises(FieldError, match=sentence):
        lattice_in(np.zeros(3), np.array(size, float), points)


def in_box(sim, points=14, **settings):
    lines = segment_lines(sim)
    ends = np.concatenate([lines.starts_um, lines.ends_um])
    box = lattice_in(ends.mean(axis=0), np.ptp(ends, axis=0) + 100, points)
    currents = sim.more["i_membrane_"].values
    steps = stepwise_modes(
        lines, currents, box.places(), box.nearest(ends), 0.3, **settings
    )  # fmt: skip
    shares = []
    while True:
        try:
            shares.append(next(steps))
        except StopIteration as end:
            assert shares == sorted(shares) and shares[-1] == 1
            return end.value, lines, box, np.asarray(currents, float)


# In the second, the first singular vectors are found by iteration.
@pytest.mark.parametrize("all_frames", [512, 8])
def test_modes_are_lfpykit_s_potential(monkeypatch, all_frames):
    pytest.importorskip("lfpykit")
    monkeypatch.setattr(module, "_ALL_FRAMES", all_frames)
    found, lines, box, currents = in_box(with_currents(simulation(branched(), 60)))
    right = currents @ lfpykit_weights(lines, box.places()).T
    assert found.courses.shape[1] < 30, "fewer than frames"
    assert close(found.courses @ found.patterns, right) < 3 * TOLERANCE
    assert found.error_uv < 3 * TOLERANCE * found.peak_uv
    assert found.peak_uv == pytest.approx(np.abs(right).max(), rel=0.05)


def test_a_few_frames_are_exact(monkeypatch):
    pytest.importorskip("lfpykit")
    found, lines, box, currents = in_box(with_currents(simulation(branched(), 4)), tolerance=0.0)
    right = currents @ lfpykit_weights(lines, box.places()).T
    assert close(found.courses @ found.patterns, right) < 1e-6


def test_what_is_too_large_is_refused(monkeypatch):
    sim = with_currents(simulation(branched(), 30))
    with pytest.raises(FieldError, match=r"points takes .* MB, as \d+ modes; the limit is 0 MB"):
        in_box(sim, most_bytes=1000)
    monkeypatch.setattr(module, "_ALL_FRAMES", 8)
    monkeypatch.setattr(module, "MOST_MODES", 3)
    with pytest.raises(FieldError, match="30 frames needs more than 3 modes"):
        in_box(sim)
