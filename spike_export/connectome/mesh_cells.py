# SPDX-License-Identifier: BSD-3-Clause
"""From meshes to a simulation of cells whose values are what is known about them.

Each cell is one section, a line through its mesh from end to end: what programs show that know no
surfaces.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..simulation_file import SECTION_TYPES, Cell, Simulation
from ..simulation_file.section_table import VERSION as TABLE_VERSION
from ..simulation_file.section_table import names_by_type
from ..version import __version__
from .cells import quantities_of_cells
from .neuron_meshes import NeuronMeshes
from .neuron_table import Column

AREA: Final = "surface area"
_OTHER: Final = SECTION_TYPES.index("other")
# So that a line has a length, in µm, whatever its mesh is.
_SHORTEST_UM: Final = 0.01


def simulation_of_meshes(
    meshes: NeuronMeshes,
    *,
    names: Sequence[str] | None = None,
    gids: Sequence[int | None] | None = None,
    columns: Sequence[Column] = (),
    source: str = "",
    meta: Mapping[str, Any] | None = None,
) -> Simulation:
    """Make a simulation of one frame, with a quantity for each column.

    Parameters
    ----------
    meshes : NeuronMeshes
        In µm.
    names, gids, columns, source, meta
        See `cells.simulation_of_cells`; the surface area comes last, or alone.
    """
    count = len(meshes.names)
    area = Column(AREA, meshes.areas().astype(np.float32), unit="µm²")
    cells = np.arange(count, dtype=np.int32)
    types = np.full(count, _OTHER, np.uint8)
    own_names = meshes.names if names is None else names
    return Simulation(
        cells=tuple(
            Cell(name, None if gids is None else gids[index])
            for index, name in enumerate(own_names)
        ),
        section_names=names_by_type(types, cells),
        section_types=types,
        section_cells=cells,
        parents=np.full(count, -1, np.int32),
        parent_x=np.zeros(count),
        segment_counts=np.ones(count, np.int32),
        point_counts=np.full(count, 2, np.int32),
        points_um=axes_um(meshes),
        time_ms=np.zeros(1),
        version=TABLE_VERSION,
        created_by=f"spike-export {__version__}",
        source=source,
        meta=dict(meta or {}),
        surfaces=meshes.surfaces(),
        **quantities_of_cells([*columns, area], cells),
    )


def axes_um(meshes: NeuronMeshes) -> NDArray[np.float32]:
    """Lay a line through each mesh, along its longest extent, as thick as the mesh is around it.

    Returns
    -------
    ndarray of float32, shape (2 C, 4)
        x, y, z and diameter of both ends of each.
    """
    points, counts = meshes.outline.points, meshes.outline.point_counts
    ends = np.empty((len(counts), 2, 4), np.float32)
    firsts = np.cumsum(counts) - counts
    for index, (first, count) in enumerate(zip(firsts.tolist(), counts.tolist(), strict=True)):
        own = points[first : first + count]
        middle = own.mean(axis=0)
        away = own - middle
        axis = np.linalg.eigh(away.T @ away)[1][:, -1]
        along = away @ axis
        low, high = along.min(), max(along.max(), along.min() + _SHORTEST_UM)
        around = np.sqrt(np.maximum((away**2).sum(axis=1) - along**2, 0.0))
        ends[index, :, :3] = middle + np.outer((low, high), axis)
        ends[index, :, 3] = 2 * np.median(around)
    return ends.reshape(-1, 4)
