# SPDX-License-Identifier: GPL-3.0-or-later
"""A neuron's synapses and pulses in stories."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.pulses import connected
from helpers.simulations import branched, simulation

from spike_export import write

STORY = """[film]
size = "64x48"
bloom = 0.0

[neuron.cells]
file = "cells.pickle"
{}

[timeline]
"0:00" = {{ frame = "cells" }}
"""


@pytest.fixture
def tell(bpy, tmp_path):
    write(tmp_path / "cells.pickle", connected())

    def telling(lines, scene=None):
        from blender_spike.api import tell

        (tmp_path / "story.toml").write_text(STORY.format(lines))
        return tell(str(tmp_path / "story.toml"), scene=scene)

    return telling


def inputs(film, *names):
    from blender_spike.common.nodes.modifiers import input_value

    return [input_value(film.thing("cells").modifier, name).value for name in names]


def test_synapses_and_pulses_are_there_unless_the_story_says_otherwise(bpy, tell):
    film = tell("")
    assert inputs(film, "Synapses", "Axon Pulses", "Show Kind 1") == [True, True, True]
    film = tell("synapses = false", film.scene)
    assert inputs(film, "Synapses") == [False]
    film = tell("pulses = false", film.scene)
    assert inputs(film, "Synapses", "Axon Pulses") == [True, False]


def test_their_size_kinds_and_legend(bpy, tell):
    film = tell('synapse_size = 4.0\nsynapse_kinds = "GABA"\nsynapse_legend = true')
    size, first, second = inputs(film, "Synapse Size", "Show Kind 1", "Show Kind 2")
    assert size == pytest.approx(0.04)
    assert (first, second) == (False, True)
    assert [one.name for one in film.scene.objects if "legend" in one.name] == [
        "cells synapses legend"
    ]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (
            'synapse_kinds = ["AMPA", "GABBA"]',
            "line 7: synapse_kinds: there is no kind of synapses 'GABBA'; there are AMPA, GABA. "
            "Did you mean GABA?",
        ),
        ("synapse_size = -1", "line 7: synapse_size: -1 is not between 0 and 1000"),
        ("pulses = 3", "line 7: pulses: '3' is neither true nor false"),
        ("synapse = true", "line 7: a neuron has no 'synapse'"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(bpy, tell, lines, sentence):
    with pytest.raises(ValueError, match="story.toml") as told:
        tell(lines)
    assert sentence in str(told.value)


@pytest.mark.parametrize(
    "line", ["synapse_size = 1", 'synapse_kinds = ["AMPA"]', "synapse_legend = true"]
)
def test_a_file_without_synapses_cannot_show_them(bpy, tell, tmp_path, line):
    write(tmp_path / "cells.pickle", simulation(branched(), 21, time_ms=np.arange(21.0)))
    with pytest.raises(ValueError, match=r"line 7: .*its file has no synapses"):
        tell(line)
    tell("synapses = false\npulses = false")
