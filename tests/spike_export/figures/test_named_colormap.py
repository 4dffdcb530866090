# SPDX-License-Identifier: BSD-3-Clause
"""Colormaps by name."""

from __future__ import annotations

import pytest
from helpers.drawing import X, Y

from spike_export import figures


def test_a_colormap_that_there_is_not(axes):
    with pytest.raises(figures.ChoiceError, match="no colormap named 'plasmo'; close to it: plas"):
        figures.GradientLine(axes[1][0], X, Y, colormap="plasmo")
