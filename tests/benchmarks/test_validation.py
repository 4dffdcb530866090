# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of the manual's page *Validation*, and how differences in it are found."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from .validation import Found, _apart, _encoded

PAGE = Path(__file__).with_name("measured_validation.md")


def test_largest_difference():
    assert _apart([[1.0, 2.0], [3.0, 4.0]], [[1.0, 2.5], [2.75, 4.0]]) == 0.5
    with pytest.raises(AssertionError):
        # Otherwise one value would be compared with all.
        _apart([1.0], [1.0, 1.0])


def test_colors_are_encoded_for_the_screen():
    # The ends, and where the straight part of the curve meets the other.
    found = _encoded([[0.0, 1.0, 0.0031308]])
    np.testing.assert_allclose(found, [[0, 255, 0.0031308 * 12.92 * 255]], atol=1e-3)


def test_rows():
    assert str(Found("a", "b", "c", 0.0, "mV")) == "| a | b | c | 0 |"
    assert str(Found("a", "b", "c", 4.81e-05, "mV")) == "| a | b | c | 4.8e-05 mV |"


def test_the_measured_table_is_whole():
    text = PAGE.read_text(encoding="utf-8")
    assert re.match(r"Measured on \d{4}-\d\d-\d\d with Blender 5\.\d", text)
    named = [row.split(" | ")[0].removeprefix("| ") for row in text.splitlines()[4:]]
    assert named == [
        "recorded voltages",
        "recorded morphology",
        "spike times",
        "voltages in Blender",
        "places in Blender",
        "the colormap table",
        "rendered pixels",
        "heights of a surface",
        "extracellular potential in Blender",
    ]
