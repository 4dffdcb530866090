# SPDX-License-Identifier: GPL-3.0-or-later
"""Segments as lines, against NEURON's own."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.lfp import firing_cell, neuron_lines
from helpers.simulations import branched, simulation

from spike_export.potential.segment_lines import segment_lines


def test_they_are_neuron_s(h):
    from spike_export.neuron.recorder import Recorder

    *sections, _step = firing_cell(h)
    with Recorder(every_ms=0.05) as recorder:
        h.finitialize(-65)
        h.continuerun(0.1)
        found = segment_lines(recorder.simulation())
    right = neuron_lines(sections)
    assert len(found.radii_um) == sum(section.nseg for section in sections) > 20
    assert np.abs(found.starts_um - right.starts_um).max() < 1e-3
    assert np.abs(found.ends_um - right.ends_um).max() < 1e-3
    assert found.radii_um == pytest.approx(right.radii_um, rel=1e-5)


def test_lines_of_a_section_follow_one_another_from_end_to_end():
    made = simulation(branched())
    found = segment_lines(made)
    assert len(found.radii_um) == made.n_segments
    for first, count, begin, points in zip(
        made.first_segments, made.segment_counts, made.first_points, made.point_counts, strict=True
    ):
        own = slice(first, first + count)
        assert np.array_equal(found.starts_um[first], made.points_um[begin, :3])
        assert np.array_equal(found.ends_um[own][-1], made.points_um[begin + points - 1, :3])
        assert found.ends_um[own][:-1] == pytest.approx(found.starts_um[own][1:], abs=1e-9)


def test_a_cell_that_is_a_point():
    found = segment_lines(
        simulation(
            [{"points": [[100, 2, 3, 12]]}, {"points": [[0, 0, 0, 2], [0, 0, 0, 4]], "nseg": 3}]
        )
    )
    assert np.array_equal(found.starts_um, found.ends_um)
    assert found.starts_um[0].tolist() == [100, 2, 3]
    assert found.radii_um.tolist() == [6, 2, 2, 2]
