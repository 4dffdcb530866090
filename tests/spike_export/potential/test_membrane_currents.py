# SPDX-License-Identifier: GPL-3.0-or-later
"""Which currents make a field, and whether what flows in flows out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.simulations import branched, simulation

from spike_export import Quantity
from spike_export.potential.line_sources import FieldError
from spike_export.potential.membrane_currents import (
    imbalance,
    imbalance_sentence,
    membrane_currents,
)


def with_currents(unit: str = "nA", change: float = 0.0):
    made = simulation(branched())
    values = np.random.default_rng(0).normal(0, 1, made.values.shape).astype(np.float32)
    values -= values.mean(axis=1, keepdims=True)
    values[2, 3] += change
    return replace(made, more={"i_membrane_": Quantity(unit, values)})


def test_the_currents_of_each_segment():
    made = with_currents()
    assert membrane_currents(made) is made.more["i_membrane_"].values
    assert membrane_currents(made.showing("i_membrane_")) is made.more["i_membrane_"].values


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (simulation(branched()), "There are no membrane currents .* spike-export demo --field"),
        (with_currents("mA/cm2"), "in 'mA/cm2', not in nA"),
        (
            replace(with_currents(), meta={"mode": "peak: the maximum since the frame before"}),
            "Record without --peak",
        ),
        (with_currents(change=np.nan), "1 of 19 segments are not finite"),
    ],
)
def test_others_are_refused(made, sentence):
    with pytest.raises(FieldError, match=sentence):
        membrane_currents(made)


def test_what_does_not_add_up_is_found():
    of = np.zeros(19, int)
    assert imbalance(membrane_currents(with_currents()), of, 1) is None
    made = with_currents(change=0.5)
    found = imbalance(membrane_currents(made), of, 1)
    assert found is not None and (found.cell, found.frame) == (0, 2)
    assert found.sum_na == pytest.approx(0.5, abs=1e-5)
    sentence = imbalance_sentence(found, ["cell"], made.time_ms, "ms")
    assert sentence.startswith("The membrane currents of 'cell' add up to 0.5 nA at 0.2 ms")
    # In one cell of two, although all together are in balance.
    two = np.concatenate([membrane_currents(made), -membrane_currents(made)], axis=1)
    found = imbalance(two, np.repeat([0, 1], 19), 2)
    assert found is not None and abs(found.sum_na) == pytest.approx(0.5, abs=1e-5)
    assert "of 'b' add" in imbalance_sentence(
        found._replace(cell=1), ["a", "b"], made.time_ms, "ms"
    )
    assert imbalance(np.zeros((3, 19)), of, 1) is None
