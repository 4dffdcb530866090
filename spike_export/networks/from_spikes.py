# SPDX-License-Identifier: BSD-3-Clause
"""From the spike times of any network to a simulation of points."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..edit.rise_and_decay import Kernel, activity
from ..files.units import UnitError, in_unit
from ..simulation_file import Simulation
from .point_network import DIAMETER_UM, grid_um, point_network

Label = TypeVar("Label", str, int)

RISE_MS: Final = 1.0
DECAY_MS: Final = 10.0
_LARGEST_BYTES: Final = 8_000_000_000


class SpikesError(ValueError):
    """Spikes that cannot become a simulation; the text is one sentence."""


def simulation_from_spikes(
    spikes_ms: Mapping[Label, ArrayLike],
    places_um: Mapping[Label, ArrayLike] | None = None,
    *,
    every_ms: float = 1.0,
    stop_ms: float | None = None,
    rise_ms: float = RISE_MS,
    decay_ms: float = DECAY_MS,
    diameter_um: float = DIAMETER_UM,
    connections: ArrayLike | None = None,
    delays_ms: ArrayLike | None = None,
    source: str = "",
) -> Simulation:
    """Make a simulation of points that light up at each of their spikes.

    Times and positions may have units, as for `simulation_from_arrays`.

    Parameters
    ----------
    spikes_ms : mapping
        From a cell's name or gid to its spike times, none negative, in any order. NEURON Vectors
        work too.
    places_um : mapping, optional
        From a cell's name or gid to x, y, z. Cells that never spike are included if they have a
        position; without positions, cells are placed on a grid.
    every_ms : float
        Time between frames, the first of which is at 0.
    stop_ms : float, optional
        Time of the last frame, after which spikes are left out; by default, when the last spike has
        decayed to a hundredth.
    rise_ms, decay_ms : float
        Time constants of the kernel for each spike; see `smoothing`.
    connections : array-like of int, shape (M, 2), optional
        Indices of cells, in the order of `places_um` or, without it, of `spikes_ms`.
    delays_ms : array-like, shape (M,), optional
        How long a spike takes along each connection.
    source : str
        Name of the model.

    Returns
    -------
    Simulation
        A single spike peaks at 1.

    Raises
    ------
    SpikesError
        If there are no cells, a time is negative or not finite, a cell has no position, or there
        are too many frames.
    SmoothingError
        If the time constants are invalid.
    ModuleNotFoundError
        If SciPy is not installed.
    """
    rise_ms, decay_ms, every_ms = (
        float(_in(given, "ms", what))
        for given, what in (
            (rise_ms, "The rise"), (decay_ms, "The decay"), (every_ms, "The interval"),
        )
    )  # fmt: skip
    stop_ms = None if stop_ms is None else float(_in(stop_ms, "ms", "The end"))
    kernel = Kernel(rise_ms, decay_ms)
    labels = list(spikes_ms if places_um is None else places_um)
    if not labels:
        raise SpikesError("There are no cells.")
    lost = [label for label in spikes_ms if places_um is not None and label not in places_um]
    if lost:
        raise SpikesError(
            f"{len(lost):,} of {len(spikes_ms):,} spiking cells have no position, cell "
            f"{lost[0]!s:.60} for example."
        )
    rows = [_times(label, spikes_ms.get(label, ())) for label in labels]
    if not (math.isfinite(every_ms) and every_ms > 0):
        raise SpikesError(f"The interval between frames is {every_ms:g} ms, but must be above 0.")
    if stop_ms is None:
        last = max((float(row[-1]) for row in rows if len(row)), default=0.0)
        stop_ms = last + math.log(100) * decay_ms
    if not (math.isfinite(stop_ms) and stop_ms > 0):
        raise SpikesError(f"The last frame is at {stop_ms:g} ms, but must be after 0.")
    size = (stop_ms / every_ms + 1) * len(labels) * 4
    if size > _LARGEST_BYTES:
        raise SpikesError(
            f"{np.floor(stop_ms / every_ms) + 1:,.15g} frames of {len(labels):,} cells take "
            f"{np.rint(size / 1e9):,.15g} GB; the limit is {_LARGEST_BYTES / 1e9:.0f} GB."
        )
    time_ms: NDArray[np.float64] = (
        np.arange(int(stop_ms / every_ms + 1e-6) + 1, dtype=np.float64) * every_ms
    )
    places = (
        grid_um(len(labels))
        if places_um is None
        else np.array(
            [
                np.asarray(_in(places_um[label], "um", f"The place of cell {label}"), np.float64)
                for label in labels
            ]
        )
    )
    return point_network(
        places,
        time_ms,
        activity(rows, time_ms, kernel),
        names=[str(label) for label in labels],
        gids=_gids(labels),
        spikes_ms=[row[row <= stop_ms] for row in rows],
        diameter_um=diameter_um,
        source=source,
        meta={"rise_ms": rise_ms, "decay_ms": decay_ms},
        connections=connections,
        delays_ms=delays_ms,
    )


def _times(label: object, given: ArrayLike) -> NDArray[np.float64]:
    # NumPy before version 2.4 cannot convert an empty NEURON Vector.
    array = given.as_numpy() if hasattr(given, "as_numpy") else given
    array = _in(array, "ms", f"The row of spikes of cell {label!s:.60}")
    times = np.sort(np.asarray(array, np.float64).reshape(-1))
    if not np.isfinite(times).all():
        raise SpikesError(f"Cell {label!s:.60} has a spike whose time is not finite.")
    if len(times) and times[0] < 0:
        raise SpikesError(f"Cell {label!s:.60} has a spike at {times[0]:g} ms, before 0.")
    return times


def _in(given: Any, unit: str, what: str) -> Any:
    try:
        return in_unit(given, unit)
    except UnitError as error:
        raise SpikesError(f"{what} {error}.") from None


def _gids(labels: Sequence[str | int]) -> list[int] | None:
    """Read labels as gids, if all of them are 64-bit integers."""
    try:
        gids = [int(label) for label in labels]
    except ValueError:
        return None
    fit = all(-(2**63) <= gid < 2**63 for gid in gids)
    return gids if fit and len(set(gids)) == len(gids) else None
