# SPDX-License-Identifier: BSD-3-Clause
"""Places by their names, and names that mean none or several."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from helpers.simulations import branched, simulation

from spike_export import Cell
from spike_export.simulation_page.traced_places import traced_places, usual_place
from spike_export.web.web_error import WebFilmError

ONE = simulation(branched())
TWO = dataclasses.replace(
    simulation([*branched(), *branched()]),
    cells=(Cell("a"), Cell("b(1)")),
    section_cells=np.repeat([0, 1], 4).astype(np.int32),
    section_names=("soma", "dend[0]", "dend[1]", "dend[2]", "soma", "dend[0]", "d(0.5)", "x"),
)
ALL = np.ones(8, np.bool_)


@pytest.mark.parametrize(
    ("name", "segment"),
    [
        ("soma", 1),
        ("dend[1]", 3 + 3),
        ("dend[1](0)", 3),
        ("dend[1](0.2)", 3 + 1),
        ("cell.dend[1](1)", 3 + 6),
    ],
)
def test_names(name, segment):
    # NEURON puts x into segment int(x * nseg).
    assert traced_places(ONE, ALL[:4], [name]) == [segment]


def test_names_in_several_cells():
    assert traced_places(TWO, ALL, ["a.soma", "b(1).soma", "d(0.5)", "d(0.5)(0)", "a.soma"]) == [
        1, 20, 31, 29
    ]  # fmt: skip
    assert usual_place(ONE, ALL[:4]) == [1] and usual_place(TWO, ALL) == []


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["dend[0]"], r"2 sections are called 'dend\[0\]'; name the cell, too, as a\.dend\[0\]\."),
        (["dendrite"], r"There is no section 'dendrite'; there is .*dend\[0\]"),
        (["x(1.5)"], "from 0 to 1"),
        (["x(nan)"], "from 0 to 1"),
        (["x(half)"], "from 0 to 1"),
        (["x"] * 9, "9 traces are too many"),
    ],
)
def test_refused(names, sentence):
    with pytest.raises(WebFilmError, match=sentence):
        traced_places(TWO, ALL, names)
