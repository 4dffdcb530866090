# SPDX-License-Identifier: GPL-3.0-or-later
"""MATLAB files: probes of SHARP-Track and AP_histology, or a single matrix of N x 3.

Both programs count voxels of 10 µm in the Allen mouse's space from 1: AP_histology in the order AP,
DV, ML, SHARP-Track in the order ML, DV, AP (github.com/petersaj/AP_histology,
github.com/cortex-lab/allenCCF).
"""

from __future__ import annotations

from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from ...common import tables
from ..coordinates import AXES, Coordinates
from ..point_set import UNNAMED, Peek, PointFormat, PointSet, checked
from ..tables import TableError, named
from .arrays import check_points, points_or_track

_VOXEL_UM: Final = 10.0
_FIRST: Final = 1
Points = NDArray[np.float64]


def _read(peek: Peek) -> PointSet:
    path = peek.path
    if peek.begin.startswith(b"MATLAB 7.3"):
        raise TableError(
            f"{path.name} is MATLAB's version 7.3; in MATLAB, load it and save it again with "
            "save('probe.mat', '-v7')."
        )
    try:
        with path.open("rb") as file:
            return _of_variables(peek, file)
    except OSError as problem:
        raise TableError(f"{path.name} cannot be read: {problem.strerror}.") from None
    except tables.TableError as problem:
        raise named(path, problem) from None


def _of_variables(peek: Peek, file: BinaryIO) -> PointSet:
    variables = {one.name: one for one in tables.matlab_variables(file)}
    for name, found_in in _STRUCTURES.items():
        if name in variables and not variables[name].is_real:
            structure = tables.read_matlab_structure(file, variables[name])
            probes, order, are_lines = found_in(structure)
            return _probes(peek, name, probes, order, are_lines)
    matrices = [name for name, one in variables.items() if one.is_real]
    if not matrices:
        raise tables.TableError(f"it has none of {', '.join(_STRUCTURES)}, and no matrix of points")

    def check(name: str) -> None:
        check_points(variables[name].shape, np.dtype(np.float64))

    name = tables.chosen_array(matrices, "", check)
    check(name)
    return points_or_track(peek.path, tables.read_matlab_matrix(file, variables[name]))


def _probes(peek: Peek, name: str, found: list[Points], order: str, are_lines: bool) -> PointSet:
    probes = [one for one in found if len(one) > are_lines]
    if not probes:
        raise tables.TableError(f"its {name} has no probe with points")
    notes = [
        f"{peek.path.name}: its voxels are 10 µm and counted from 1, as {name} has them in the "
        "Allen mouse's space."
    ]
    if len(probes) < len(found):
        left = len(found) - len(probes)
        notes.append(f"{peek.path.name}: {left:,} of {len(found):,} probes have no points.")
    return PointSet(
        checked(peek.path, np.concatenate(probes) - _FIRST),
        Coordinates("other_voxel", voxel_um=_VOXEL_UM, order=order),
        UNNAMED,
        point_counts=np.array([len(one) for one in probes], np.int32) if are_lines else None,
        notes=tuple(notes),
    )


def _ap_histology(structure: Any) -> tuple[list[Points], str, bool]:
    """Take the two ends of each fitted trajectory or, where there is none, the marked points."""
    probes = []
    for probe in _structures(structure):
        ends = _points(probe.get("trajectory_coords"))
        probes.append(ends if len(ends) else _points(probe.get("points")))
    return probes, "adm", True


def _annotations(structure: Any) -> tuple[list[Points], str, bool]:
    """Take the vertices of all annotations, slice by slice."""
    found = []
    for one in _structures(structure):
        for annotation in _structures(one.get("annotation")):
            for place in _structures(annotation.get("vertices_ccf")):
                named = [place.get(axis) for axis in ("ap", "dv", "ml")]
                axes = [axis.ravel() for axis in named if isinstance(axis, np.ndarray)]
                if len(axes) == len(AXES) and len({len(axis) for axis in axes}) == 1:
                    found.append(_points(np.stack(axes, axis=1)))
    return [one for one in found if len(one)], "adm", False


def _sharp_track(structure: Any) -> tuple[list[Points], str, bool]:
    """Take the first of three columns of cells: the points marked for each probe, top to bottom."""
    probes = []
    for one in _structures(structure):
        cells = one.get("pointList")
        if isinstance(cells, list):
            probes += [_points(cell) for cell in cells[: len(cells) // 3]]
    return [probe[np.argsort(probe[:, 1], kind="stable")] for probe in probes], "mda", True


def _structures(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _points(value: Any) -> Points:
    if not isinstance(value, np.ndarray) or value.ndim != 2 or value.shape[1] != len(AXES):
        return np.empty((0, len(AXES)))
    return value.astype(np.float64)


_STRUCTURES: Final = {
    "probe_ccf": _ap_histology,
    "AP_histology_processing": _annotations,
    "pointList": _sharp_track,
}

FORMAT: Final = PointFormat(
    "MATLAB", 6, lambda peek: peek.begin.startswith((b"MATLAB 5.0", b"MATLAB 7.3")), _read
)
