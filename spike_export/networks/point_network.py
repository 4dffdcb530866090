# SPDX-License-Identifier: BSD-3-Clause
"""Networks whose cells are points: each has a position, and one value in each frame."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..files.units import UnitError, in_unit
from ..simulation_file import SECTION_TYPES, Cell, Simulation
from ..simulation_file.simulation import no_connections
from ..version import __version__

ON_A_GRID: Final = "The file does not say where its cells are; they are placed on a grid."
DIAMETER_UM: Final = 10.0
"""Diameter of a cell of unknown size."""
SPACING_UM: Final = 30.0
"""Distance between neighbors in the layouts made here."""


def point_network(
    places_um: ArrayLike,
    time_ms: ArrayLike,
    values: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    gids: Sequence[int] | None = None,
    spikes_ms: Sequence[NDArray[np.float64]] | None = None,
    diameter_um: float = DIAMETER_UM,
    quantity: str = "activity",
    unit: str = "",
    source: str = "",
    meta: Mapping[str, Any] | None = None,
    connections: ArrayLike | None = None,
    delays_ms: ArrayLike | None = None,
    layouts: Mapping[str, ArrayLike] | None = None,
) -> Simulation:
    """Make a simulation of C cells without a shape.

    Arrays and numbers may have units, as for `simulation_from_arrays`.

    Parameters
    ----------
    places_um : array-like, shape (C, 3)
    time_ms : array-like, shape (F,)
        Strictly increasing.
    values : array-like, shape (F, C)
    names : sequence of str, optional
        ``cell 0`` and so on by default.
    spikes_ms : sequence of ndarray, optional
        Times of each cell's spikes.
    diameter_um : float
        Above zero.
    quantity, unit : str
        Name and unit of the values; an activity between 0 and 1 has no unit.
    source : str
        Name of the model.
    meta : mapping, optional
        Free text and numbers to keep in the file.
    connections : array-like of int, shape (M, 2), optional
        Indices of cells: from, to.
    delays_ms : array-like, shape (M,), optional
        How long a spike takes along each connection.
    layouts : mapping from str to array-like, shape (C, 3), optional
        Other cell positions, in µm, by name.

    Raises
    ------
    ValueError
        If there are no cells, lengths differ, an index is out of range, or something is not finite.
    """
    places = _rows("places", places_um, None)
    diameter_um = float(_in(diameter_um, "um", "diameter"))
    count = len(places)
    if not count:
        raise ValueError("A network needs at least one cell.")
    if not (math.isfinite(diameter_um) and diameter_um > 0):
        raise ValueError(f"The diameter of a cell is {diameter_um:g} µm, but must be above 0.")
    times = np.asarray(_in(time_ms, "ms", "array of times"), np.float64)
    if times.ndim != 1 or not times.size or not np.isfinite(times).all():
        raise ValueError("The times are not one row of finite numbers.")
    if (np.diff(times) <= 0).any():
        raise ValueError("The times do not increase from frame to frame.")
    rows = np.asarray(_in(values, unit, "array of values"), np.float32)
    if rows.shape != (len(times), count):
        raise ValueError(
            f"The values have the shape {list(rows.shape)}, but there are {len(times)} frames and "
            f"{count} cells."
        )
    given_pairs = no_connections() if connections is None else connections
    pairs = np.asarray(_in(given_pairs, "", "array of connections"))
    if pairs.ndim != 2 or pairs.shape[1] != 2 or pairs.dtype.kind not in "iu":
        raise ValueError("The connections are not pairs of cell indices.")
    outside = np.flatnonzero(((pairs < 0) | (pairs >= count)).any(axis=1))
    if outside.size:
        source_cell, target = pairs[outside[0]].tolist()
        raise ValueError(
            f"Connection {outside[0]} goes from cell {source_cell} to cell {target}, but there are "
            f"{count} cells."
        )
    delays = None
    if delays_ms is not None:
        delays = np.asarray(_in(delays_ms, "ms", "array of delays"), np.float64)
        if delays.shape != (len(pairs),) or not (np.isfinite(delays) & (delays >= 0)).all():
            raise ValueError("The delays are not a number of at least 0 for each connection.")
    for what, given in (("names", names), ("gids", gids), ("rows of spikes", spikes_ms)):
        if given is not None and len(given) != count:
            raise ValueError(f"There are {len(given)} {what}, but {count} cells.")
    own_names = [f"cell {index}" for index in range(count)] if names is None else names
    points = np.full((count, 4), diameter_um, np.float32)
    points[:, :3] = places
    each = np.arange(count, dtype=np.int32)
    one = np.ones(count, np.int32)
    return Simulation(
        cells=tuple(
            Cell(
                name,
                None if gids is None else int(gids[index]),
                None
                if spikes_ms is None
                else np.asarray(
                    _in(spikes_ms[index], "ms", f"row of spikes of {name}"), np.float64
                ),
            )
            for index, name in enumerate(own_names)
        ),
        section_names=("cell",) * count,
        section_types=np.full(count, SECTION_TYPES.index("soma"), np.uint8),
        section_cells=each,
        parents=-one,
        parent_x=np.ones(count),
        segment_counts=one,
        point_counts=one,
        points_um=points,
        time_ms=times,
        values=rows,
        quantity=quantity,
        unit=unit,
        created_by=f"spike-export {__version__}",
        source=source,
        meta=dict(meta or {}),
        connections=pairs.astype(np.int32),
        delays_ms=delays,
        layouts={
            name: _rows(f"places of the layout {name!r:.60}", row, count)
            for name, row in (layouts or {}).items()
        },
    )


def grid_um(count: int, spacing_um: float = SPACING_UM) -> NDArray[np.float64]:
    """Place cells on a square grid, row by row from the top, around the origin.

    Returns
    -------
    ndarray, shape (count, 3)
        z is 0.
    """
    columns = math.ceil(math.sqrt(count))
    row, column = np.divmod(np.arange(count), columns)
    places = np.stack([column, -row, np.zeros(count)], axis=1) * spacing_um
    return places - (places.min(axis=0) + places.max(axis=0)) / 2


def on_grid(network: Simulation) -> Simulation:
    """Place the cells of a network of points on one grid, as `grid_um`."""
    points = network.points_um.copy()
    points[:, :3] = grid_um(len(points))
    return replace(network, points_um=points)


def _rows(what: str, given: ArrayLike, count: int | None) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):
        rows = np.asarray(_in(given, "um", f"array of {what}"), np.float32)
    if rows.ndim != 2 or rows.shape[1] != 3 or (count is not None and len(rows) != count):
        wanted = "C" if count is None else f"{count}"
        raise ValueError(f"The {what} have the shape {list(rows.shape)}, not ({wanted}, 3).")
    lost = ~np.isfinite(rows).all(axis=1)
    if lost.any():
        raise ValueError(f"The {what}: that of cell {int(np.argmax(lost))} is not finite.")
    return rows


def _spikes(given: Any, name: str) -> NDArray[np.float64]:
    return np.asarray(_in(given, "ms", f"row of spikes of {name:.60}"), np.float64)


def _in(given: Any, unit: str, what: str) -> Any:
    try:
        return in_unit(given, unit)
    except UnitError as error:
        raise ValueError(f"The {what} {error}.") from None
