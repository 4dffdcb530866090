# SPDX-License-Identifier: BSD-3-Clause
"""What was recorded of the same cells goes into one simulation; SONATA's reports test the rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spike_export import Simulation, read
from spike_export.edit.convert import take_cells
from spike_export.edit.joined_quantities import QuantitiesError, with_quantities


@pytest.fixture
def simulation(layout, save) -> Simulation:
    return read(save(layout))


def test_cells_are_put_into_the_first_part_s_order(simulation):
    calcium = take_cells(
        replace(simulation, quantity="cai", unit="mM", values=simulation.values + 100),
        np.array([1, 0]),
    )
    together, notes = with_quantities([simulation, calcium], ["v", "ca"])
    assert not notes
    assert list(together.quantities) == ["v", "cai"]
    assert np.array_equal(together.more["cai"].values, simulation.values + 100)
    assert together.section_names == simulation.section_names


def test_one_part_stays_as_it_is(simulation):
    nameless = replace(simulation, quantity="value")
    together, notes = with_quantities([nameless], ["run"])
    assert together.quantity == "value" and not notes


def test_names_are_free(simulation):
    parts = [replace(simulation, quantity=name) for name in ("value", "v", "value")]
    together, notes = with_quantities(parts, ["v", "b", "v"])
    assert list(together.quantities) == ["v", "b", "v'"]
    assert len(notes) == 3


def test_what_differs_is_named(simulation):
    other = take_cells(simulation, np.array([0]))
    with pytest.raises(QuantitiesError, match=r"Part 2 lacks cell 'Basket\[0\]'\."):
        with_quantities([simulation, other], ["v", "ca"])
