# SPDX-License-Identifier: BSD-3-Clause
"""Morphologies in HDF5 as the Blue Brain Project writes them (h5v1), as points of a tree."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .hdf5 import opened
from .swc import POINT, SOMA

_MOST_POINTS: Final = 10_000_000


def read_points(path: Path) -> NDArray[Any]:
    """Read a morphology.

    Parameters
    ----------
    path : Path
        With ``/points`` (x, y, z and diameter) and ``/structure`` (first point, type and parent of
        each section).

    Returns
    -------
    ndarray of `POINT`
        As returned by `swc.read`: the soma contour becomes one point, a sphere, and sections come
        depth first.

    Raises
    ------
    Hdf5Error
        If something is missing, damaged or malicious.
    ModuleNotFoundError
        If h5py is not installed.
    """
    with opened(path) as root:
        points = root.exact_matrix("points").astype(np.float64)
        structure = root.exact_matrix("structure").astype(np.int64)
        if points.shape[1] != 4 or not 0 < len(points) <= _MOST_POINTS:
            raise root.error(f"has the shape {list(points.shape)}, not (N, 4)", "points")
        if structure.shape[1] != 3 or not len(structure):
            raise root.error(f"has the shape {list(structure.shape)}, not (N, 3)", "structure")
        firsts, kinds, parents = structure.T
        bounds = np.append(firsts, len(points))
        is_rising = firsts[0] == 0 and (np.diff(bounds) > 0).all()
        is_tree = (parents < np.arange(len(parents))).all() and (parents >= -1).all()
        if not (is_rising and is_tree and np.isfinite(points).all() and (kinds > 0).all()):
            raise root.error("does not describe a tree of sections", "structure")
        if kinds[0] != SOMA or (kinds[1:] == SOMA).any():
            raise root.error("does not begin with its only soma", "structure")
    rows: list[tuple[int, int, float, float, float, float, int, int]] = []
    soma = points[: bounds[1]]
    centre = soma[:, :3].mean(axis=0)
    radius = (
        float(np.linalg.norm(soma[:, :3] - centre, axis=1).mean())
        if len(soma) > 2
        else float(soma[:, 3].max() / 2)
    )
    rows.append((1, SOMA, *centre.tolist(), radius, -1, 1))
    last_of = {0: 0, -1: 0}
    children: dict[int, list[int]] = {}
    for section, parent in enumerate(parents.tolist()):
        if section:
            children.setdefault(max(parent, 0), []).append(section)
    waiting = children.get(0, [])[::-1]
    while waiting:
        section = waiting.pop()
        own = points[bounds[section] : bounds[section + 1]]
        above = last_of[int(parents[section])]
        # A section repeats its parent's last point.
        if above and (own[0, :3] == [rows[above][axis] for axis in (2, 3, 4)]).all():
            own = own[1:]
        for x, y, z, diameter in own.tolist():
            # Sections are numbered in the order of the structure.
            row = (len(rows) + 1, int(kinds[section]), x, y, z, diameter / 2, above, section + 1)
            rows.append(row)
            above = len(rows) - 1
        last_of[section] = above
        waiting += children.get(section, [])[::-1]
    return np.array(rows, POINT)
