# SPDX-License-Identifier: GPL-3.0-or-later
"""The potential around a neuron, computed from what the .blend holds."""

from __future__ import annotations

from collections.abc import Generator
from typing import Final, NamedTuple, TypeVar

import bpy
import numpy as np
from numpy.typing import NDArray

from ..common.figures.numbers import round_step
from ..playback.sections import sample_times
from ..potential import line_sources
from ..potential.line_sources import Floats, check_sigma, check_size
from ..potential.membrane_currents import imbalance, imbalance_sentence
from ..properties import about
from .kept_lines import currents_of, lines_of

# The share of places whose largest potential is within the limits.
_WITHIN: Final = 99.5
_LIMIT_PARTS: Final = 1
_T = TypeVar("_T")


class Found(NamedTuple):
    """What was computed at places."""

    values_uv: NDArray[np.float32]
    """Shape (frames, places)."""
    told: str
    """What is to be said about it, in sentences; may be empty."""


def work_of(neuron: bpy.types.Object, points: int) -> float:
    """Estimate how many seconds `stepwise` takes."""
    segments, frames = about(neuron).segments, about(neuron).frames
    return points * segments * (3e-8 + 4e-10 * frames)


def stepwise(
    neuron: bpy.types.Object, places: Floats, sigma: float
) -> Generator[float, None, Found]:
    """Compute the potential at places around a neuron, step by step.

    Parameters
    ----------
    neuron : Object
        An imported simulation with membrane currents.
    places : ndarray, shape (P, 3)
        In the neuron's own space.
    sigma : float
        Conductivity in S/m.

    Yields
    ------
    float
        The share that is done, 0..1.

    Raises
    ------
    FieldError
        If there are no currents, or the result would be too large.
    """
    check_sigma(sigma)
    check_size(about(neuron).frames, len(places))
    lines, cells = lines_of(neuron)
    currents = currents_of(neuron)
    steps = line_sources.stepwise(lines, currents, places * about(neuron).um_per_unit, sigma)
    values = yield from steps
    return Found(values, imbalance_told(neuron, currents, cells))


def compute(neuron: bpy.types.Object, places: Floats, sigma: float) -> Found:
    """Compute the potential at places around a neuron; see `stepwise`."""
    return at_once(stepwise(neuron, places, sigma))


def at_once(steps: Generator[float, None, _T]) -> _T:
    """Go through the steps of a computation, and return its result."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: _T = end.value
            return found


def limit_of(values_uv: NDArray[np.float32], within: float = _WITHIN) -> float:
    """Choose the potential at the ends of the colormap, a round number in µV.

    Parameters
    ----------
    values_uv : ndarray, shape (frames, places)
    within : float
        Percentage of places whose largest potential is not beyond it.
    """
    largest = np.maximum(values_uv.max(axis=0), -values_uv.min(axis=0))
    reached = float(np.percentile(largest, within)) if largest.size else 0.0
    return round_step(reached, _LIMIT_PARTS) if reached > 0 else 1.0


def imbalance_told(
    neuron: bpy.types.Object, currents: NDArray[np.float32], cells: NDArray[np.int32]
) -> str:
    """Say in a sentence that currents do not add up to zero; empty if they do."""
    count = int(cells.max(initial=0)) + 1
    found = imbalance(currents, cells, count)
    if found is None:
        return ""
    unit = "ms" if about(neuron).has_time else "samples"
    names = [neuron.name] if count == 1 else [f"cell {cell}" for cell in range(count)]
    return imbalance_sentence(found, names, sample_times(neuron), unit)
