# SPDX-License-Identifier: GPL-3.0-or-later
"""Electrodes of NWB files, and HDF5 files that hold a single array of N x 3."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...common import tables
from ...common.hdf5_arrays import Hdf5Arrays, hdf5_start, opened_hdf5
from ..coordinates import Coordinates
from ..point_set import Peek, PointFormat, PointSet, checked
from ..tables import TableError, named
from .arrays import check_points, points_or_track

_TABLE: Final = "general/extracellular_ephys/electrodes"
_PLACES: Final = ("x", "y", "z")
_MOST_ELECTRODES: Final = 1_000_000
_MOST_VALUES: Final = 64


def _read(peek: Peek) -> PointSet:
    try:
        with opened_hdf5(peek.path) as content:
            if _TABLE in content.groups:
                return _electrodes(peek, content)
            if not content.arrays:
                raise tables.TableError("it is HDF5 with neither NWB's electrodes nor an array")

            def check(name: str) -> None:
                check_points(content.arrays[name].shape, content.arrays[name].dtype)

            name = tables.chosen_array(list(content.arrays), "", check)
            check(name)
            return points_or_track(peek.path, content.read(name))
    except tables.TableError as problem:
        raise named(peek.path, problem) from None


def _electrodes(peek: Peek, content: Hdf5Arrays) -> PointSet:
    """Read the table of electrodes: in NWB, x is posterior, y inferior and z right, in µm."""
    file = peek.path.name
    columns = {
        path.removeprefix(f"{_TABLE}/"): stored
        for path, stored in content.arrays.items()
        if path.startswith(f"{_TABLE}/")
    }
    count = next((columns[name].shape for name in _PLACES if name in columns), ())
    if any(name not in columns or columns[name].shape != count for name in _PLACES) or not (
        len(count) == 1 and 0 < count[0] <= _MOST_ELECTRODES
    ):
        raise TableError(
            f"{file}: its electrodes have no x, y and z, so it does not say where in the brain they"
            " are."
        )

    def read(name: str) -> NDArray[np.float64]:
        return content.read(f"{_TABLE}/{name}").astype(np.float64)

    numbers = np.stack([read(name) for name in _PLACES], axis=1)
    known = np.isfinite(numbers).all(axis=1)
    if not known.any():
        raise TableError(f"{file}: the x, y and z of all its electrodes are empty.")
    notes = [
        f"{file}: z was read as the third axis of the Allen Institute's tables. NWB says that it"
        " runs to the right; choose Flip ML if the sides are swapped."
    ]
    if not known.all():
        left = np.count_nonzero(~known)
        notes.append(f"{file}: {left:,} rows have no coordinates and were left out.")
    places = content.texts(f"{_TABLE}/location") or ()
    if len(places) != count[0]:
        places = ()
        notes.append(f"{file}: the locations of its electrodes were not read.")
    values: dict[str, NDArray[np.float64]] = {}
    for name, stored in columns.items():
        if name not in _PLACES and stored.shape == count and len(values) < _MOST_VALUES:
            values[name[:60]] = read(name)[known]
    return PointSet(
        checked(peek.path, numbers[known]),
        Coordinates("um"),
        ("'x'", "'y'", "'z'"),
        "electrode",
        values=values,
        structures=tuple(place for place, has in zip(places, known, strict=True) if has)
        if places
        else (),
        structure_column="location" if places else "",
        notes=tuple(notes),
    )


FORMAT: Final = PointFormat(
    "NWB",
    5,
    lambda peek: hdf5_start(peek.begin) is not None and not peek.begin.startswith(b"MATLAB"),
    _read,
)
