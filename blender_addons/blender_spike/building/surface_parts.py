# SPDX-License-Identifier: GPL-3.0-or-later
"""The meshes that a file has of its cells, as one object that the modifier draws."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

from ..cells.morphology import Role, Strands
from ..common.geometry import fill_mesh, set_attribute
from ..common.holders import new_holder
from ..lines.stations import STRAND_POINT
from ..lines.surface_input import HAS_SURFACE, SURFACES
from ..simulation_file import Simulation


def surface_inputs(
    name: str,
    simulation: Simulation,
    lines: Strands,
    origin: NDArray[np.float64],
    scale: float,
    made: list[bpy.types.ID],
) -> dict[str, Any]:
    """Make the object with the meshes of all cells.

    Parameters
    ----------
    name : str
        Of the neuron.
    lines : Strands
        Of this simulation; all of a mesh has the value at the first point of its cell's first line.
    origin : ndarray, shape (3,)
        In µm, the point at the object's origin.
    scale : float
        Blender units per µm.

    Returns
    -------
    dict
        The modifier's input for it, which is empty for files without meshes.
    """
    surfaces = simulation.surfaces
    if surfaces is None:
        return {SURFACES: None}
    mesh = bpy.data.meshes.new(f"{name} surfaces")
    made.append(mesh)
    points = (surfaces.vertices.astype(np.float64) - origin) * scale
    fill_mesh(mesh, points, surfaces.corners)
    of_vertex = _first_points(simulation, lines)[
        np.repeat(np.arange(len(simulation.cells)), surfaces.vertex_counts)
    ]
    set_attribute(mesh, STRAND_POINT, "POINT", of_vertex.astype(np.int32))
    return {SURFACES: new_holder(mesh.name, mesh, made)}


def has_surface(
    simulation: Simulation, sections: NDArray[np.int64]
) -> dict[tuple[str, Any], NDArray[np.int32]]:
    """Say which sections' lines stand for a mesh, as an attribute of curves; none without any."""
    if simulation.surfaces is None:
        return {}
    has = simulation.surfaces.face_counts > 0
    of = simulation.section_cells[sections]
    return {(HAS_SURFACE, "CURVE"): has[of].astype(np.int32)}


def _first_points(simulation: Simulation, lines: Strands) -> NDArray[np.int64]:
    """Find the first point of each cell's lines, shape (cells,); 0 for cells without any."""
    is_line = lines.roles <= Role.SOMA_AS_RECORDED
    firsts = (np.cumsum(lines.point_counts) - lines.point_counts)[is_line]
    cells, at = np.unique(simulation.section_cells[lines.sections[is_line]], return_index=True)
    found = np.zeros(len(simulation.cells), np.int64)
    found[cells] = firsts[at]
    return found
