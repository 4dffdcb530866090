# SPDX-License-Identifier: GPL-3.0-or-later
"""Sheets and probes: where their places are, and which are refused."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.simulations import branched, simulation

from spike_export.potential.line_sources import FieldError
from spike_export.potential.segment_lines import segment_lines
from spike_export.potential.sheet import around, sheet
from spike_export.potential.sites import check_sites, probe_sites


@pytest.mark.parametrize(("plane", "axes"), [("xy", (0, 1)), ("xz", (0, 2)), ("yz", (1, 2))])
def test_places_go_to_the_right_and_up(plane, axes):
    made = sheet(plane, np.array([1.0, 2, 3]), (40, 20), 5)
    assert made.right_um.tolist() == [1 + axes[0] + offset for offset in (-20, -10, 0, 10, 20)]
    assert made.up_um.tolist() == [1 + axes[1] + offset for offset in (-10, 0, 10)]
    places = made.places_um.reshape(3, 5, 3)
    assert (places[:, :, axes[0]] == made.right_um).all()
    assert (places[:, :, axes[1]] == made.up_um[:, None]).all()
    other = ({0, 1, 2} - set(axes)).pop()
    assert (places[..., other] == 1 + other).all()


@pytest.mark.parametrize(
    ("size", "columns", "sentence"),
    [
        ((40, 20), 1, "1 x 2 pixels"),
        ((40, 20), 3001, "3,001 x 1,501 pixels"),
        ((1e-9, 20), 200, "pixels; it can have from 2 x 2"),
        ((0, 20), 200, "both must be above 0"),
        ((np.nan, 20), 200, "both must be above 0"),
    ],
)
def test_others_are_refused(size, columns, sentence):
    with pytest.raises(FieldError, match=sentence):
        sheet("xy", np.zeros(3), size, columns)


def test_one_around_a_cell_goes_through_its_soma():
    center, size = around(segment_lines(simulation(branched())), "xy")
    # The dendrites end at 120 in y, and between -5 and 5 in z; the soma is at 0.
    assert center == pytest.approx([11.5, 60, 0])
    assert size == pytest.approx((43 + 0.3 * 120, 120 + 0.3 * 120))


def test_sites_of_a_probe():
    sites = probe_sites(np.array([1.0, 2, 3]), 3, -25, "z")
    assert sites.tolist() == [[1, 2, 3], [1, 2, -22], [1, 2, -47]]
    for count in (0, -1, 10_001):
        with pytest.raises(FieldError, match="there can be 1 to 10,000"):
            check_sites(count)
