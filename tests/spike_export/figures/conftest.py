# SPDX-License-Identifier: BSD-3-Clause
"""A small row of axes."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.drawing import SMALL

from spike_export import figures


@pytest.fixture
def axes() -> Any:
    """One row of axes for X and Y."""
    return figures.trace_axes(["one"], x_limits=(0, 4), y_limits=(-80, 60), size=SMALL)
