# SPDX-License-Identifier: BSD-3-Clause
"""Write a simulation as a version-2 file: all of it, or nothing."""

from __future__ import annotations

import os
import pickle
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .simulation_file import SECTION_TYPES, Simulation
from .simulation_file.simulation import starts
from .simulation_file.version2 import FORMAT, VERSION


def write(path: str | os.PathLike[str], simulation: Simulation) -> Path:
    """Write a simulation to a version-2 file.

    The file is written under a temporary name beside its target and renamed when it is complete
    and on disk, so that whoever opens the target finds the old file or the whole new one.

    Parameters
    ----------
    path : path-like
        Replaced if it exists.
    simulation : Simulation

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    OSError
        If the folder is missing or read-only, or the disk is full; nothing is left behind.
    """
    path = Path(path)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            pickle.dump(_content(simulation), stream, protocol=4)
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp makes files that only their owner may read; a result is an ordinary file.
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def pack(array: NDArray[Any], dtype: str) -> dict[str, Any]:
    """Turn an array into the dict of built-ins that stands for it in a file.

    Parameters
    ----------
    array : ndarray
    dtype : str
        Little-endian type it is stored as, for example ``"<f4"``.

    Returns
    -------
    dict
        As `simulation_file.packed_array.unpack` reads it.
    """
    array = np.ascontiguousarray(array, dtype)
    return {
        "dtype": dtype,
        "shape": list(array.shape),
        "encoding": "raw",
        "data": array.tobytes(),
    }


def _content(simulation: Simulation) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "created_by": simulation.created_by,
        "source": simulation.source,
        "meta": dict(simulation.meta),
        "quantity": {"name": simulation.quantity, "unit": simulation.unit},
        "time": pack(simulation.time_ms, "<f8"),
        "cells": _cells(simulation),
        "values": pack(simulation.values, "<f4"),
    }


def _cells(simulation: Simulation) -> list[dict[str, Any]]:
    firsts = np.searchsorted(simulation.section_cells, np.arange(len(simulation.cells)))
    cells: list[dict[str, Any]] = [
        {
            "name": cell.name,
            "gid": cell.gid,
            "sections": [],
            "spikes": None if cell.spikes_ms is None else pack(cell.spikes_ms, "<f8"),
        }
        for cell in simulation.cells
    ]
    first_points = starts(simulation.point_counts)
    for index, name in enumerate(simulation.section_names):
        cell = int(simulation.section_cells[index])
        parent = int(simulation.parents[index])
        begin, count = int(first_points[index]), int(simulation.point_counts[index])
        cells[cell]["sections"].append(
            {
                "name": name,
                "type": SECTION_TYPES[simulation.section_types[index]],
                "parent": parent if parent < 0 else parent - int(firsts[cell]),
                "parent_x": float(simulation.parent_x[index]),
                "points": pack(simulation.points_um[begin : begin + count], "<f4"),
                "nseg": int(simulation.segment_counts[index]),
            }
        )
    return cells
