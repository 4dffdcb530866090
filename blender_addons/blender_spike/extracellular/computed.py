# SPDX-License-Identifier: GPL-3.0-or-later
"""The potential around a neuron, computed from what the .blend holds."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Final, NamedTuple, TypeVar

import bpy
import numpy as np
from numpy.typing import NDArray

from ..common.figures.numbers import round_step
from ..potential import line_sources
from ..potential.line_sources import Floats, check_sigma, check_size
from ..properties import about
from .field_sources import sources_of

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


def work_of(
    neuron: bpy.types.Object, points: int, others: Sequence[bpy.types.Object] = ()
) -> float:
    """Estimate how many seconds `stepwise` takes."""
    segments = sum(about(one).segments for one in (neuron, *others))
    frames = about(neuron).frames
    return points * segments * (3e-8 + 4e-10 * frames)


def stepwise(
    neuron: bpy.types.Object,
    places: Floats,
    sigma: float,
    others: Sequence[bpy.types.Object] = (),
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
    others : sequence of Object
        Further neurons whose currents are added.

    Yields
    ------
    float
        The share that is done, 0..1.

    Raises
    ------
    FieldError
        If there are no currents, they cannot be added, or the result would be too large.
    """
    check_sigma(sigma)
    check_size(about(neuron).frames, len(places))
    sources = sources_of(neuron, others)
    places_um = places * about(neuron).um_per_unit
    steps = line_sources.stepwise(sources.lines, sources.currents_na, places_um, sigma)
    return Found((yield from steps), sources.told)


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
