# SPDX-License-Identifier: BSD-3-Clause
"""Cells of other programs' files: their places, and the frames made of their spikes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spike_export.formats.content import Content
from spike_export.networks.from_content import simulation_from_content
from spike_export.networks.from_spikes import SpikesError, simulation_from_spikes

pytest.importorskip("scipy")
SPIKES = [np.array([3.25, 40.5]), np.array([]), np.array([12.0])]
PLACES = np.array([[0.0, 0, 0], [10, 0, 0], [10, 5, 0]])


def content(**more) -> Content:
    return Content(["a", "b", "c"], **{"places_um": PLACES, "spikes_ms": SPIKES, **more})


def test_spikes_become_what_from_spikes_makes_of_them():
    own, notes = simulation_from_content(content())
    other = simulation_from_spikes(
        dict(zip("abc", SPIKES, strict=True)), dict(zip("abc", PLACES, strict=True))
    )
    np.testing.assert_array_equal(own.values, other.values)
    np.testing.assert_array_equal(own.time_ms, other.time_ms)
    np.testing.assert_array_equal(own.points_um, other.points_um)
    assert notes == []


def test_a_part_in_time_has_what_lights_before_it():
    whole, _ = simulation_from_content(content())
    part, notes = simulation_from_content(content(), start_ms=10, stop_ms=30)
    chosen = (whole.time_ms >= 10) & (whole.time_ms <= 30)
    np.testing.assert_allclose(part.time_ms, whole.time_ms[chosen])
    np.testing.assert_allclose(part.values, whole.values[chosen], atol=1e-6)
    assert [cell.spikes_ms.tolist() for cell in part.cells] == [[], [], [12]]


def test_times_before_zero_are_kept_and_late_ones_said():
    early, _ = simulation_from_content(content(spikes_ms=[np.array([-7.5]), SPIKES[1], SPIKES[2]]))
    assert early.time_ms[0] == -8 and early.cells[0].spikes_ms.tolist() == [-7.5]
    _, notes = simulation_from_content(content(spikes_ms=[row + 1000 for row in SPIKES]))
    assert notes == ["The first spike is at 1,003 ms; use --start to skip the time before it."]


def test_places_are_given_by_name_then_by_number_then_in_order():
    own = {"c": (1, 1, 1), "a": (2, 2, 2), "b": (3, 3, 3), "d": (4, 4, 4)}
    made, notes = simulation_from_content(content(), own)
    assert made.points_um[:, 0].tolist() == [2, 3, 1] and notes == []
    made, notes = simulation_from_content(content(gids=[30, 10, 20]), {
        "10": (1, 1, 1), "20": (2, 2, 2), "30": (3, 3, 3)
    })  # fmt: skip
    assert made.points_um[:, 0].tolist() == [3, 1, 2] and notes == []
    made, notes = simulation_from_content(content(), {"x": (1, 1, 1), "y": (2,) * 3, "z": (3,) * 3})
    assert made.points_um[:, 0].tolist() == [1, 2, 3]
    assert notes[0].startswith("Names do not tell which cell has which position")
    with pytest.raises(
        SpikesError, match=r"There are 2 positions for 3 cells, .* 'x' there, 'a' here"
    ):
        simulation_from_content(content(), {"x": (1, 1, 1), "y": (2, 2, 2)})


def test_what_is_supposed_about_places_is_said():
    made, notes = simulation_from_content(content(places_um=None))
    assert len(np.unique(made.points_um, axis=0)) == 3
    assert notes == ["The file does not say where its cells are; they are placed on a grid."]
    _, notes = simulation_from_content(content(places_um=PLACES * [1, 0, 0]))
    assert notes == ["1 of 3 cells share a position with another one."]
    _, notes = simulation_from_content(replace(content(), names=["a", "b", "a"]))
    assert notes == ["1 of 3 cells share a name with another one."]


@pytest.mark.parametrize(
    ("more", "options", "sentence"),
    [
        ({"spikes_ms": [np.array([np.nan]), *SPIKES[1:]]}, {}, "A spike has no finite time."),
        ({}, {"start_ms": 60, "stop_ms": 50}, "The last frame, at 50 ms, must be after 60 ms."),
        (
            {"spikes_ms": [row * 1e9 for row in SPIKES]},
            {},
            "Use --start, --stop or --every to reduce them",
        ),
    ],
)
def test_what_makes_no_frames_is_refused(more, options, sentence):
    with pytest.raises(SpikesError) as caught:
        simulation_from_content(content(**more), **options)
    assert sentence in str(caught.value)
