# SPDX-License-Identifier: GPL-3.0-or-later
"""A random sequence of the window tests that fails is played again, and judged by that."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

GUI = Path(__file__).parents[1] / "gui"
PLAYS = [
    "ok: before",
    "sequence 3 of seed 1: surface_slicer, arrow, SOLID",
    "ok: a step",
    "sequence 4 of seed 1: blender_spike, neurons, SOLID",
    "Traceback of a panel",
    "FAILED: redo to step 7: 42 things differ",
    "plays again: sequence 4",
    "sequence 4 of seed 1: blender_spike, neurons, SOLID",
    "ok: another step",
]


@pytest.fixture
def set_aside(monkeypatch):
    monkeypatch.syspath_prepend(str(GUI))
    import happened_once

    yield happened_once.set_aside
    del sys.modules["happened_once"]


def test_what_did_not_happen_again_is_set_aside(set_aside):
    end = ["did not happen again: sequence 4", "scenario done"]
    kept, once = set_aside(PLAYS + end)
    assert kept == PLAYS[:3] + PLAYS[7:] + end
    assert once == PLAYS[3:7]


@pytest.mark.parametrize("end", [["FAILED: twice"], []])
def test_what_fails_twice_or_ends_there_stays(set_aside, end):
    kept, once = set_aside(PLAYS + end)
    assert sorted(kept) == sorted(PLAYS + end)
    assert not once


def test_a_log_without_failures_is_left_as_it_is(set_aside):
    assert set_aside(PLAYS[:3]) == (PLAYS[:3], [])
