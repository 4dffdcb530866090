# SPDX-License-Identifier: BSD-3-Clause
"""What a recording raises."""

from __future__ import annotations

from typing import Any

from ..files.units import UnitError, in_unit


class RecordingError(RuntimeError):
    """A recording that cannot be made or kept; the text says why."""


def number_in(number: Any, unit: str, what: str) -> float:
    """Convert a number that may carry a unit, or raise `RecordingError`."""
    try:
        return float(in_unit(number, unit))
    except UnitError as error:
        raise RecordingError(f"{what} {error}.") from None
