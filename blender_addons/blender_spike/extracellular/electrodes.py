# SPDX-License-Identifier: GPL-3.0-or-later
"""Electrodes: places around a neuron, and the potential that each would record.

The trace of an electrode, and its axes, are figures as all others; a mark tells them apart.
"""

from __future__ import annotations

from typing import Any, Final

import bpy
import numpy as np
from mathutils import Matrix, Vector
from numpy.typing import NDArray

from ..common.marks import Mark
from ..common.required import required
from ..playback.sections import elapsed_of
from ..potential.line_sources import SIGMA_S_PER_M
from ..potential.sites import AXES, probe_sites
from ..properties import about, about_figure
from .computed import compute

UNIT: Final = "µV"
ELECTRODE: Final = Mark("blender_spike", "electrode", "blender_spike_electrode")
"""Of a trace, where it is recorded; of axes, that they are those of electrodes."""


def put_electrode(trace: bpy.types.Object, place: Vector, sigma: float) -> None:
    """Keep with a trace where it is recorded.

    Parameters
    ----------
    place : Vector
        In the neuron's own space.
    sigma : float
        Conductivity in S/m.
    """
    ELECTRODE.put(trace, {"place": place.to_tuple(), "sigma": sigma})


def place_of_electrode(trace: bpy.types.Object) -> Vector:
    """Return where an electrode is, in its neuron's own space."""
    kept: Any = ELECTRODE.of(trace)
    return Vector([float(number) for number in kept["place"]])


def recorded(neuron: bpy.types.Object, places: list[Vector], sigma: float) -> list[NDArray[Any]]:
    """Compute what electrodes around a neuron record.

    Parameters
    ----------
    neuron : Object
        An imported simulation with membrane currents.
    places : list of Vector
        In the neuron's own space.
    sigma : float
        Conductivity in S/m.

    Returns
    -------
    list of ndarray of float32, shape (F, 2)
        Time since the first sample, in sample intervals, and potential in µV.

    Raises
    ------
    FieldError
        If it has no currents of which a field can be computed.
    """
    found = compute(neuron, np.array(places, np.float64).reshape(-1, 3), sigma)
    elapsed = elapsed_of(neuron)
    return [np.stack([elapsed, column], axis=1) for column in found.values_uv.T]


def recorded_by(trace: bpy.types.Object) -> NDArray[np.float32]:
    """Compute again what the electrode of a trace records; see `recorded`."""
    kept: Any = ELECTRODE.of(trace)
    neuron = required(about_figure(trace).neuron)
    sigma = float(kept["sigma"]) or SIGMA_S_PER_M
    (rows,) = recorded(neuron, [place_of_electrode(trace)], sigma)
    return rows


def move_electrode(trace: bpy.types.Object, change: Matrix) -> None:
    """Transform where an electrode is."""
    kept: Any = ELECTRODE.of(trace)
    put_electrode(trace, change @ place_of_electrode(trace), float(kept["sigma"]))


def probe(
    neuron: bpy.types.Object, first: Vector, count: int, spacing_um: float, along: str
) -> list[Vector]:
    """Place the sites of a straight probe.

    Parameters
    ----------
    first : Vector
        The first site, in the neuron's own space.
    along : {"X", "Y", "Z"}
        The neuron's own axis along which it goes on.

    Raises
    ------
    FieldError
        If there are too many sites, or none.
    """
    unit = about(neuron).um_per_unit
    axis = AXES[("X", "Y", "Z").index(along)]
    sites = probe_sites(np.array(first) * unit, count, spacing_um, axis)
    return [Vector(site) for site in (sites / unit).tolist()]
