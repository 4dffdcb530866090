# SPDX-License-Identifier: GPL-3.0-or-later
"""The currents that make a field: those of a neuron, and of others beside it.

Potentials add up, so several neurons have one field. It is seen in the space, and at the time, of
one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import bpy
import numpy as np
from mathutils import Matrix
from numpy.typing import NDArray

from ..common.nodes.modifiers import has_input, input_value
from ..common.required import required
from ..playback.playback import find_modifier
from ..playback.quantities import quantities_of
from ..playback.sections import sample_times
from ..potential.line_sources import FieldError, Lines
from ..potential.membrane_currents import CURRENT, imbalance, imbalance_sentence
from ..properties import about
from .kept_lines import currents_of, lines_of

# What says when a neuron plays, unless its time is given.
_PLAYED: Final = ("Start Frame", "Milliseconds per Frame", "At the Ends")
# Of a sample interval, or of a scale: single precision.
_SAME: Final = 1e-3


class Sources(NamedTuple):
    """Lines and what flows out of them.

    Attributes
    ----------
    lines : Lines
        In µm, in the space of the neuron at hand.
    currents_na : ndarray, shape (F, S)
    told : str
        What is to be said about them, in sentences; may be empty.
    """

    lines: Lines
    currents_na: NDArray[np.float32]
    told: str


def sources_of(neuron: bpy.types.Object, others: Sequence[bpy.types.Object] = ()) -> Sources:
    """Gather the currents of neurons.

    Parameters
    ----------
    neuron : Object
        An imported simulation with membrane currents.
    others : sequence of Object
        Further ones, whose currents are added; see `with_currents`.

    Raises
    ------
    FieldError
        If one has no currents, or they cannot be added: recorded or played at different times, or
        drawn in different scales.
    """
    lines, owners, names = _together(neuron, others)
    currents = np.concatenate([currents_of(one) for one in (neuron, *others)], axis=1)
    told = ""
    if (found := imbalance(currents, owners, len(names))) is not None:
        unit = "ms" if about(neuron).has_time else "samples"
        told = imbalance_sentence(found, names, sample_times(neuron), unit)
    return Sources(lines, currents, told)


def lines_together(neuron: bpy.types.Object, others: Sequence[bpy.types.Object] = ()) -> Lines:
    """Gather the segments whose currents make a field; see `sources_of`, which reads these, too."""
    return _together(neuron, others)[0]


def _together(
    neuron: bpy.types.Object, others: Sequence[bpy.types.Object]
) -> tuple[Lines, NDArray[np.int32], list[str]]:
    """Gather lines, the cell of each, and what these are called."""
    lines, cells = lines_of(neuron)
    starts, ends, radii = [lines.starts_um], [lines.ends_um], [lines.radii_um]
    owners, names = [cells], _names(neuron, cells)
    for other in others:
        _check_times(neuron, other)
        matrix = _to_um_of(neuron, other)
        theirs, cells = lines_of(other)
        starts.append(theirs.starts_um @ matrix[:3, :3].T + matrix[:3, 3])
        ends.append(theirs.ends_um @ matrix[:3, :3].T + matrix[:3, 3])
        radii.append(theirs.radii_um)
        owners.append(cells + len(names))
        names += _names(other, cells)
    whole = Lines(*map(np.concatenate, (starts, ends, radii)))
    return whole, np.concatenate(owners), names


def with_currents(
    neurons: Sequence[bpy.types.Object],
) -> tuple[list[bpy.types.Object], list[bpy.types.Object]]:
    """Tell neurons with membrane currents from those that add nothing to a field."""
    have = [neuron for neuron in neurons if CURRENT in quantities_of(neuron)]
    return have, [neuron for neuron in neurons if neuron not in have]


def between(neuron: bpy.types.Object, other: bpy.types.Object) -> Matrix:
    """From one neuron's space to another's, as they are in this frame."""
    return neuron.matrix_world.inverted() @ other.matrix_world


def _names(neuron: bpy.types.Object, cells: NDArray[np.int32]) -> list[str]:
    count = int(cells.max(initial=0)) + 1
    if count == 1:
        return [neuron.name]
    return [f"{neuron.name}, cell {cell}" for cell in range(count)]


def _to_um_of(neuron: bpy.types.Object, other: bpy.types.Object) -> NDArray[np.float64]:
    """From micrometers of one neuron to those of another; refuse different scales."""
    units = about(neuron).um_per_unit, about(other).um_per_unit
    matrix = np.array(between(neuron, other), np.float64)
    matrix[:3, :3] *= units[0] / units[1]
    matrix[:3, 3] *= units[0]
    square = matrix[:3, :3] @ matrix[:3, :3].T
    if np.abs(square - np.eye(3)).max() > _SAME:
        raise FieldError(
            f"'{other.name}' and '{neuron.name}' are drawn in different scales, so their "
            "distances in µm are not known. Give both the same scale, or select one of them."
        )
    return matrix


def _check_times(neuron: bpy.types.Object, other: bpy.types.Object) -> None:
    first, second = (sample_times(one) for one in (neuron, other))
    same = about(neuron).has_time == about(other).has_time and len(first) == len(second)
    if same and len(first) > 1:
        same = bool(np.abs(first - second).max() <= _SAME * np.diff(first).min())
    if not same:
        raise FieldError(
            f"'{neuron.name}' and '{other.name}' were recorded at different times, so their "
            "currents cannot be added. Select one of them."
        )
    playing = [required(find_modifier(one)) for one in (neuron, other)]
    given = any(_value(one, "Use Time") for one in playing)
    for name in ("Use Time", "Time") if given else _PLAYED:
        if len({_value(one, name) for one in playing}) > 1:
            raise FieldError(
                f"'{neuron.name}' and '{other.name}' play at different times ({name}), so one "
                "field cannot play with both. Give both the same timing, or select one of them."
            )


def _value(modifier: bpy.types.NodesModifier, name: str) -> Any:
    return input_value(modifier, name).value if has_input(modifier, name) else None
