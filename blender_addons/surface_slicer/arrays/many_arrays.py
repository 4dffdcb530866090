# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of many arrays: HDF5, netCDF 4, and MATLAB's of version 5 and 7.3."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from ..common.hdf5_arrays import Hdf5Arrays, hdf5_start, opened_hdf5
from ..common.tables import (
    KNOWN_BY,
    Check,
    TableError,
    Variable,
    chosen_array,
    how_to_convert,
    matlab_variables,
    read_matlab_matrix,
)
from .arrangement import Located
from .heightmap import HeightmapError

EXTENSIONS: Final = (".h5", ".hdf5", ".mat", ".nc")
_MATLAB_5: Final = b"MATLAB 5.0 MAT-file"
_MATLAB_73: Final = b"MATLAB 7.3 MAT-file"
# Channels of a picture, whose last dimension is not frames.
_CHANNELS: Final = (1, 3, 4)
Tell = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class _Held:
    """An array in a file: its shape, as a surface's rows and columns, and how to read it."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    read: Callable[[Tell], Located]
    is_scale: bool = False


@dataclass(frozen=True, slots=True)
class _Many:
    held: dict[str, _Held]
    unread: dict[str, str] = field(default_factory=dict)


def is_of_many(begin: bytes) -> bool:
    """Tell whether a file is of these kinds, from its first bytes."""
    return begin.startswith(_MATLAB_5) or hdf5_start(begin) is not None


def names_of_many(path: Path) -> list[str]:
    """List the arrays of a file; empty for other files, and for files that cannot be read."""
    try:
        state = path.stat()
        return list(_names(path, state.st_mtime_ns, state.st_size))
    except (OSError, TableError, MemoryError):
        return []


# A field that suggests them asks at each letter.
@functools.lru_cache(maxsize=1)
def _names(path: Path, _changed: int, _size: int) -> tuple[str, ...]:
    with path.open("rb") as file:
        begin = file.read(KNOWN_BY)
        if not is_of_many(begin):
            return ()
        with _opened(path, file, begin) as many:
            return tuple(many.held)


def read_one_of_many(path: Path, name: str, check: Check, tell: Tell) -> Located:
    """Read an array.

    Parameters
    ----------
    name : str
        If empty, the only one that passes the check.
    check : callable
        See `common.tables.Check`; called before memory is allocated for the array.
    tell : callable
        Called with a sentence for each guess.

    Returns
    -------
    Located
        Where netCDF or h5py has attached coordinates, with those. Frames come first.

    Raises
    ------
    TableError
        If it is damaged or packed in a way that is not read, has no such array, or several that
        pass; or what `check` raises.
    """
    with path.open("rb") as file:
        begin = file.read(KNOWN_BY)
        try:
            with _opened(path, file, begin) as many:
                return _read(many, name.strip("/"), check, tell)
        except TableError as error:
            if "not read" in str(error) and (how := how_to_convert(begin)):
                raise TableError(f"{error}; {how}") from None
            raise


def _read(many: _Many, name: str, check: Check, tell: Tell) -> Located:
    if name in many.unread:
        raise TableError(f"'{name}' in it cannot be used: it {many.unread[name]}")
    names = [one for one in many.held if name or not many.held[one].is_scale] or list(many.held)
    if not names:
        wrong = [f"'{one}' {why}" for one, why in many.unread.items() if "not read" in why]
        raise TableError(", ".join(["it holds no array of numbers", *wrong[:1]]))

    def check_one(one: str) -> None:
        check(many.held[one].shape, many.held[one].dtype)

    chosen = chosen_array(names, name, check_one)
    try:
        check_one(chosen)
    except TableError as error:
        raise HeightmapError(f"'{chosen}' in it: {error}") from None
    if not name and len(names) > 1:
        tell(f"Its array '{chosen}' was read, the only one that fits.")
    found = many.held[chosen].read(tell)
    check(found.values.shape, found.values.dtype)
    return found


@contextmanager
def _opened(path: Path, file: BinaryIO, begin: bytes) -> Iterator[_Many]:
    if begin.startswith(_MATLAB_5):
        variables = matlab_variables(file)
        yield _Many(
            {one.name: _matlab_5(file, one) for one in variables if one.is_real},
            {one.name: "is no matrix of numbers" for one in variables if not one.is_real},
        )
        return
    is_matlab = begin.startswith(_MATLAB_73)
    with opened_hdf5(path) as content:
        held, unread = {}, dict(content.unread)
        for name, stored in content.arrays.items():
            if not is_matlab:
                held[name] = _hdf5(content, name)
            elif name.startswith("#") or "MATLAB_empty" in stored.attributes:
                continue
            elif stored.text("MATLAB_class") == "char":
                unread[name] = "is text"
            else:
                held[name] = _matlab_73(content, name)
        yield _Many(held, unread)


def _matlab_5(file: BinaryIO, variable: Variable) -> _Held:
    return _matlab(variable.shape, np.dtype(np.float64), lambda: read_matlab_matrix(file, variable))


def _matlab_73(content: Hdf5Arrays, name: str) -> _Held:
    stored = content.arrays[name]
    # HDF5 stores the last dimension contiguously, MATLAB the first.
    return _matlab(stored.shape[::-1], stored.dtype, lambda: content.read(name).T)


def _matlab(
    shape: tuple[int, ...], dtype: np.dtype[Any], read: Callable[[], NDArray[Any]]
) -> _Held:
    """Turn a matrix into an array of NumPy's conventions."""
    if len(shape) == 2 and 1 in shape:
        # To MATLAB, lists are matrices, too.
        return _Held((math.prod(shape),), dtype, lambda _: Located(read().ravel()))
    if len(shape) != 3 or shape[2] in _CHANNELS:
        return _Held(shape, dtype, lambda _: Located(read()))

    def frames_first(tell: Tell) -> Located:
        tell(f"Its last dimension, of {shape[2]:,}, was read as frames, as is usual in MATLAB.")
        return Located(np.moveaxis(read(), 2, 0))

    return _Held((shape[2], *shape[:2]), dtype, frames_first)


def _hdf5(content: Hdf5Arrays, name: str) -> _Held:
    stored = content.arrays[name]
    # Such as netCDF's single level.
    kept = [axis for axis, n in enumerate(stored.shape) if n != 1 or len(stored.shape) < 4]
    shape = tuple(stored.shape[axis] for axis in kept)

    def read(tell: Tell) -> Located:
        if len(shape) < len(stored.shape):
            tell("Its dimensions of length 1 were left out.")
        values = _decoded(content, name, tell).reshape(shape)
        scales = content.dimensions(name)
        if len(shape) < 2 or len(scales) != len(stored.shape):
            return Located(values)
        y, x = (
            _coordinates(content, scales[kept[axis]], shape[axis], what, tell)
            for axis, what in ((-2, "y"), (-1, "x"))
        )
        return Located(values, x, y)

    return _Held(shape, stored.dtype, read, stored.text("CLASS") == "DIMENSION_SCALE")


def _coordinates(
    content: Hdf5Arrays, scale: str, count: int, what: str, tell: Tell
) -> NDArray[np.float64] | None:
    """Read the coordinates along a dimension, if it has evenly spaced ones."""
    if not scale or content.arrays[scale].shape != (count,):
        return None
    if content.arrays[scale].text("NAME").startswith("This is a netCDF dimension but not"):
        return None
    places = _decoded(content, scale, lambda _: None).astype(np.float64)
    steps = np.diff(places)
    if not (len(steps) and np.isfinite(steps).all() and steps[0]
            and np.allclose(steps, steps[0], rtol=0.01)):  # fmt: skip
        tell(f"Its {what}, '{scale}', is not evenly spaced, so the numbers of its "
             f"{'columns' if what == 'x' else 'rows'} were taken.")  # fmt: skip
        return None
    tell(f"Its {what} is '{scale}', from {places[0]:g} to {places[-1]:g}.")
    return places


def _decoded(content: Hdf5Arrays, name: str, tell: Tell) -> NDArray[Any]:
    """Read numbers as netCDF means them: scaled, and with holes."""
    values = content.read(name)
    attributes = content.arrays[name].attributes
    said = []
    missing = [attributes[key] for key in ("_FillValue", "missing_value") if key in attributes]
    # Where a variable names none, netCDF has its own.
    if not missing and "_NCProperties" in content.groups[""] and values.itemsize > 1:
        missing = [content.fill_value(name)]
    holes = np.zeros(values.shape, bool)
    for one in (one for several in missing for one in np.atleast_1d(several)):
        if isinstance(one, np.number):
            # 0.1 in single precision is not 0.1 in double precision.
            holes |= values == (values.dtype.type(one) if values.dtype.kind == "f" else one)
    factor, offset = (_number(name, attributes, key) for key in ("scale_factor", "add_offset"))
    if factor is not None or offset is not None:
        factor, offset = 1.0 if factor is None else factor, offset or 0.0
        values = values.astype(np.float64) * factor + offset
        said.append(f"its values were multiplied by {factor:g} and {offset:g} was added")
    if holes.any():
        values = np.where(holes, np.nan, values)
        count = int(holes.sum())
        means = (
            "value that means no data is a hole"
            if count == 1
            else ("values that mean no data are holes")
        )
        said.append(f"{count:,} {means}")
    if said:
        text = "; ".join(said)
        tell(f"{text[0].upper()}{text[1:]}, as '{name}' says.")
    return values


def _number(name: str, attributes: Any, key: str) -> float | None:
    if key not in attributes:
        return None
    try:
        return float(attributes[key])
    except (TypeError, ValueError):
        raise HeightmapError(f"{key} of '{name}' in it is not a number") from None
