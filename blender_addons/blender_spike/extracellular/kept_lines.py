# SPDX-License-Identifier: GPL-3.0-or-later
"""The segments of a neuron as lines, kept with the membrane currents that leave them.

So the field can be computed from the .blend alone, after the file is gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import bpy
import numpy as np
from mathutils import Matrix
from numpy.typing import NDArray

from ..common.geometry import set_attribute
from ..common.marks import Mark
from ..common.nodes.modifiers import has_input, input_value
from ..common.required import required
from ..common.value_color import NO_DATA_BELOW
from ..playback.playback import find_modifier
from ..playback.quantities import quantities_of
from ..playback.samples import frame_attribute
from ..playback.sections import column
from ..potential.line_sources import FieldError, Floats, Lines
from ..potential.membrane_currents import CURRENT, HOW_TO_RECORD, check_currents
from ..potential.segment_lines import segment_lines
from ..properties import about
from ..simulation_file import Simulation

_START: Final = "line_start"
_END: Final = "line_end"
_RADIUS: Final = "line_radius"
_CELL: Final = "line_cell"
REASON: Final = Mark("blender_spike", "no_field", "blender_spike_no_field")
"""Why there is no field of the currents, in a sentence."""


def keep_lines(
    holders: Sequence[bpy.types.Object], simulation: Simulation, origin_um: Floats, scale: float
) -> None:
    """Keep a simulation's segments with its membrane currents, if it has these.

    Parameters
    ----------
    holders : sequence of Object
        What holds the values of each quantity.
    origin_um : ndarray, shape (3,)
        The point at the neuron's origin.
    scale : float
        Blender units in a micrometer.
    """
    holder = next((one for one in holders if about(one).quantity == CURRENT), None)
    if holder is None:
        return
    try:
        check_currents(simulation.quantities[CURRENT].unit, simulation.meta)
    except FieldError as error:
        REASON.put(holder, str(error))
        return
    lines = segment_lines(simulation)
    cells = np.repeat(simulation.section_cells, simulation.segment_counts)
    _store(
        holder,
        (lines.starts_um - origin_um) * scale,
        (lines.ends_um - origin_um) * scale,
        lines.radii_um * scale,
        cells,
    )


def join_lines(
    holder: bpy.types.Object, parts: Sequence[bpy.types.Object], changes: Sequence[Matrix]
) -> None:
    """Keep the lines of several neurons with what holds the values of all.

    Parameters
    ----------
    holder : Object
    parts : sequence of Object
        Hold the values of each neuron.
    changes : sequence of Matrix
        From each neuron's space to that of all. If one has no lines, nothing is kept.
    """
    if not all(_has_lines(part) for part in parts):
        return
    starts, ends, radii, cells = [], [], [], []
    before = 0
    for part, change in zip(parts, changes, strict=True):
        matrix = np.array(change)
        lines, own = _read(part)
        starts.append(lines.starts_um @ matrix[:3, :3].T + matrix[:3, 3])
        ends.append(lines.ends_um @ matrix[:3, :3].T + matrix[:3, 3])
        radii.append(lines.radii_um * abs(change.determinant()) ** (1 / 3))
        cells.append(own + before)
        before += int(own.max(initial=-1)) + 1
    _store(holder, *map(np.concatenate, (starts, ends, radii, cells)))


def lines_of(neuron: bpy.types.Object) -> tuple[Lines, NDArray[np.int32]]:
    """Read a neuron's segments, in its own space.

    Parameters
    ----------
    neuron : Object
        An imported simulation.

    Returns
    -------
    lines : Lines
        In µm.
    cells : ndarray of int32, shape (S,)
        Of each segment.

    Raises
    ------
    FieldError
        If it has no membrane currents, or none that make a field.
    """
    holder = _holder_of(neuron)
    lines, cells = _read(holder)
    unit = about(neuron).um_per_unit
    return Lines(lines.starts_um * unit, lines.ends_um * unit, lines.radii_um * unit), cells


def currents_of(neuron: bpy.types.Object) -> NDArray[np.float32]:
    """Read a neuron's membrane currents.

    Parameters
    ----------
    neuron : Object
        An imported simulation.

    Returns
    -------
    ndarray of float32, shape (F, S)
        In nA, out of the cell.

    Raises
    ------
    FieldError
        If it has none, or not in all segments.
    """
    holder = _holder_of(neuron)
    attributes: Any = required(holder.data).attributes  # type: ignore[attr-defined]
    frames = about(neuron).frames
    wanted = {frame_attribute(frame): frame for frame in range(frames)}
    found = np.zeros((frames, len(column(holder.data, _RADIUS, "value"))), np.float32)
    # Looking up each by name would search all of them every time.
    for attribute in attributes:
        frame = wanted.get(attribute.name)
        if frame is not None:
            attribute.data.foreach_get("value", found[frame])
    if missing := int((found < NO_DATA_BELOW).any(axis=0).sum()):
        raise FieldError(
            f"The membrane currents of {missing:,} of {found.shape[1]:,} segments are not finite "
            "numbers, so the field is not known."
        )
    return found


def recording_of(neuron: bpy.types.Object) -> int:
    """Tell one recording from another: a number that changes with the data of a neuron."""
    modifier = required(find_modifier(neuron))
    # Version 0.1.0 has none.
    known = has_input(modifier, "Recording")
    return int(input_value(modifier, "Recording").value) if known else 0


def _holder_of(neuron: bpy.types.Object) -> bpy.types.Object:
    if find_modifier(neuron) is None:
        raise FieldError(f"'{neuron.name}' is not an imported simulation.")
    holder = quantities_of(neuron).get(CURRENT)
    if holder is None:
        raise FieldError(f"'{neuron.name}' has no membrane currents ({CURRENT}). {HOW_TO_RECORD}")
    if reason := REASON.of(holder):
        raise FieldError(f"'{neuron.name}': {reason}")
    if not _has_lines(holder):
        raise FieldError(
            f"'{neuron.name}' was imported or combined without the shapes of its segments; press "
            "Reload Simulation, or import it again."
        )
    return holder


def _has_lines(holder: bpy.types.Object) -> bool:
    return _RADIUS in required(holder.data).attributes  # type: ignore[attr-defined]


def _read(holder: bpy.types.Object) -> tuple[Lines, NDArray[np.int32]]:
    data = holder.data
    starts, ends = (
        column(data, name, "vector", 3).reshape(-1, 3).astype(np.float64) for name in (_START, _END)
    )
    radii = column(data, _RADIUS, "value").astype(np.float64)
    return Lines(starts, ends, radii), column(data, _CELL, "value", kind=np.int32)


def _store(
    holder: bpy.types.Object,
    starts: Floats,
    ends: Floats,
    radii: Floats,
    cells: NDArray[np.int32],
) -> None:
    mesh = holder.data
    assert isinstance(mesh, bpy.types.Mesh)
    for name, values in ((_START, starts), (_END, ends), (_RADIUS, radii), (_CELL, cells)):
        set_attribute(mesh, name, "POINT", values)
