# SPDX-License-Identifier: BSD-3-Clause
"""Which sections are drawn, and in which order: against NEURON's own distances."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from helpers.simulations import branched, simulation

from spike_export import Cell, Recorder, figures
from spike_export.figures import shown_sections as sections


def test_sections_of_templates_go_by_their_own_names():
    made = simulation(branched())
    names = tuple(f"PC[0].{name}" for name in made.section_names)
    traces, _ = figures.choose_traces(dataclasses.replace(made, section_names=names), ["soma|dend"])
    plain, _ = figures.choose_traces(made, ["soma|dend"])
    assert [trace.section for trace in traces] == [trace.section for trace in plain]


def test_distances_are_neuron_s(h):
    soma, trunk, tuft, basal = (h.Section(name) for name in ("soma", "trunk", "tuft", "basal"))
    for section, length in ((soma, 20), (trunk, 300), (tuft, 70), (basal, 90)):
        section.L, section.nseg = length, 3
    trunk.connect(soma(1))
    # The middle of a segment: elsewhere NEURON measures from the nearest one.
    tuft.connect(trunk(0.5))
    basal.connect(soma(0))
    h.define_shape()
    with Recorder(every_ms=0.1) as recorder:
        h.finitialize(-65)
        h.continuerun(0.3)
        recorder.close()
        made = recorder.simulation(source="test")
    expected = [h.distance(soma(0.5), section(0.5)) for section in (soma, trunk, tuft, basal)]
    assert made.section_names == ("soma", "trunk", "tuft", "basal")
    assert sections.distances_um(made) == pytest.approx(expected, abs=1e-3)
    traces, matching = figures.choose_traces(made)
    assert [(trace.name, trace.segment) for trace in traces] == [
        ("soma", 1),
        ("trunk", 4),
        ("tuft", 7),
    ]
    assert [trace.distance_um for trace in traces] == pytest.approx(expected[:3], abs=1e-3)
    assert matching == 3


def test_a_parent_may_stand_after_its_child():
    made = simulation(
        [
            {"points": [[0, 0, 30, 1], [0, 0, 70, 1]], "parent": 1, "parent_x": 1.0},
            {"points": [[0, 0, 10, 1], [0, 0, 30, 1]], "parent": 2, "parent_x": 1.0},
            {"points": [[0, 0, 0, 1], [0, 0, 10, 1]]},
        ]
    )
    assert sections.distances_um(made).tolist() == [45, 15, 0]


@pytest.fixture
def tree() -> Any:
    """Two cells of a soma and 19 dendrites each."""
    one = [{"points": [[0, 0, 0, 9], [9, 0, 0, 9]], "name": "soma", "type": "soma"}]
    one += [
        {"points": [[9, 0, 0, 1], [9 + 3 * i, 0, 0, 1]], "name": f"dend[{i}]", "parent": 0}
        for i in range(1, 20)
    ]
    other = [{**s, "parent": 20} if "parent" in s else s for s in one]
    made = simulation(one + other)
    return dataclasses.replace(
        made,
        cells=(Cell("Pyr[0]"), Cell("Bas[0]")),
        section_cells=np.repeat(np.array([0, 1], np.int32), 20),
    )


@pytest.mark.parametrize(
    ("patterns", "cells", "expected"),
    [
        ([], "", ["Pyr[0].soma", "Bas[0].soma"]),
        (["soma"], "Bas", ["soma"]),
        (["dend[3]", "soma"], "Pyr[0]", ["dend[3]", "soma"]),
        ([r"dend\[1[0-2]\]"], "/P.*/", ["dend[10]", "dend[11]", "dend[12]"]),
        (["soma", "soma", "s.*"], "Pyr", ["soma"]),
        (["dend[1]"], "", ["Pyr[0].dend[1]", "Bas[0].dend[1]"]),
    ],
)
def test_sections_are_chosen_by_name_or_pattern(tree, patterns, cells, expected):
    traces, matching = figures.choose_traces(tree, patterns, cells)
    assert [trace.name for trace in traces] == expected
    assert matching == len(expected)


def test_too_many_sections_are_spread_over_their_distances(tree):
    traces, matching = figures.choose_traces(tree, ["soma", "dend"], "Pyr")
    assert matching == 20
    assert len(traces) == sections.MOST_TRACES
    distances = [trace.distance_um for trace in traces]
    assert distances == sorted(distances)
    assert traces[0].name == "soma"
    assert traces[-1].name == "dend[19]"
    assert max(np.diff(distances[1:])) < 5


@pytest.mark.parametrize(
    ("patterns", "cells", "sentence"),
    [
        (["dendd"], "", "no section is named 'dendd'; close to it: 'dend'"),
        (["soma", "XYZ"], "", "no section is named 'XYZ'; its sections begin with 'soma', 'dend'"),
        (["("], "", "'(' is not a valid regular expression: missing ), unterminated subpattern"),
        ([], "Pry", 'no cell is "Pry"; there are 2, "Pyr[0]", "Bas[0]"'),
        ([], "/*/", '"/*/" is not a valid regular expression: nothing to repeat'),
    ],
)
def test_what_nothing_is_named(tree, patterns, cells, sentence):
    with pytest.raises(figures.ChoiceError) as caught:
        figures.choose_traces(tree, patterns, cells)
    assert str(caught.value).startswith(sentence)
