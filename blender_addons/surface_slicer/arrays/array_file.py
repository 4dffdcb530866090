# SPDX-License-Identifier: GPL-3.0-or-later
"""Read arrays from untrusted files: NumPy's, HDF5, MATLAB's, netCDF and numbers as text."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from ..common.tables import (
    KNOWN_BY,
    TableError,
    how_to_convert,
    read_npy,
    read_npz,
    read_numbers,
)
from ..common.tables import array_names as names_in_archive
from .arrangement import NAMES_OF_PLACES, Arrangement, Located, arranged, checker
from .heightmap import MOST_CELLS, HeightmapError, check_shape
from .many_arrays import EXTENSIONS as OF_MANY
from .many_arrays import is_of_many, names_of_many, read_one_of_many

__all__ = ["EXTENSIONS", "Tell", "array_names", "read_array", "read_grid", "silent"]

Check = Callable[[tuple[int, ...], np.dtype[Any]], None]
Tell = Callable[[str], object]
"""Called with a sentence for each guess."""

EXTENSIONS: Final = (".npy", ".npz", *OF_MANY, ".csv", ".tsv", ".txt", ".asc")
# Numbers as text need about 25 bytes each.
_MOST_TEXT_BYTES: Final = 25 * MOST_CELLS
# How PNG, TIFF, JPEG and OpenEXR files begin.
_PICTURES: Final = (b"\x89PNG", b"II*\0", b"MM\0*", b"\xff\xd8\xff", b"v/1\x01")


def silent(_note: str) -> None:
    """Ignore a sentence."""


def array_names(filepath: str | os.PathLike[str]) -> list[str]:
    """List the arrays of a file that can hold several.

    Returns
    -------
    list of str
        Empty for other files, and for files that cannot be read.
    """
    path = Path(os.fspath(filepath))
    return names_in_archive(path) if path.suffix.lower() == ".npz" else names_of_many(path)


def read_array(
    filepath: str | os.PathLike[str],
    name: str = "",
    check: Check = check_shape,
    tell: Tell = silent,
) -> NDArray[Any]:
    """Read an array of real numbers.

    Parameters
    ----------
    filepath : path-like
        ``.npy``, ``.npz``; HDF5, netCDF 4 and MATLAB's by their content; anything else is read as
        text, see `read_numbers`.
    name : str
        Which array of a file that can hold several; not needed if only one passes the check.
    check : callable
        Raises `HeightmapError` for unsuitable shapes and types, before any memory is allocated;
        `heightmap.check_shape` accepts surfaces.
    tell : callable
        See `Tell`.

    Returns
    -------
    ndarray
        Text gives a column for each number in a line, even if there is only one.

    Raises
    ------
    HeightmapError
        One sentence with the file's name and the position in it.
    """
    path = Path(os.fspath(filepath))
    return _read(path, name, check, lambda note: tell(f"{path.name}: {note}"))[0].values


def read_grid(
    filepath: str | os.PathLike[str],
    name: str = "",
    arrangement: Arrangement = "AUTO",
    tell: Tell = silent,
) -> Located:
    """Read heights over x and y.

    A file of several arrays may hold x and y beside the heights, a table may begin with them,
    netCDF has them as dimensions, and a list of points is put on its grid.

    Parameters
    ----------
    filepath, name, tell
        See `read_array`. If the name is not given, the arrays ``x`` and ``y`` of a file, in any
        case and also called ``lon`` and ``lat``, are coordinates, and ``z`` or the only other
        one has the heights.
    arrangement : str
        What the array's dimensions mean; ``"AUTO"`` where they leave one possibility.

    Raises
    ------
    HeightmapError
        See `read_array`.
    """
    path = Path(os.fspath(filepath))

    def note(text: str) -> None:
        tell(f"{path.name}: {text}")

    names = {n.casefold(): n for n in array_names(path)}
    pair = next((pair for pair in NAMES_OF_PLACES if names.keys() >= set(pair)), ())
    others = names.keys() - set(pair)
    if name or not ("z" in others or len(others) == 1):
        pair = ()
    elif pair:
        name = names["z" if "z" in others else others.pop()]
    found, columns = _read(path, name, checker(arrangement), note)
    # netCDF says with the heights where they are.
    is_placed = found.x is not None or found.y is not None
    places = [
        _read(path, names[axis], _check_places, note)[0].values.astype(np.float64)
        for axis in (() if is_placed else pair)
    ]
    try:
        if places:
            shape = found.values.shape[-2:]
            x, y = (_along(p, shape, axis) for p, axis in zip(places, (1, 0), strict=True))
            found = Located(found.values, x, y)
            note("The coordinates are its arrays '{}' and '{}'.".format(*(names[n] for n in pair)))
        return arranged(found, arrangement, columns, note)
    except HeightmapError as error:
        raise HeightmapError(f"Cannot read {path.name}: {error}.") from None


def _check_places(shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    if len(shape) == 1:
        shape = (shape[0], 2)
    check_shape(shape, dtype)


def _along(places: NDArray[np.float64], shape: tuple[int, ...], axis: int) -> NDArray[np.float64]:
    """Return the coordinates along an axis, also from those of `numpy.meshgrid`."""
    name = "yx"[axis]
    if places.shape == shape:
        line = places[:, 0] if axis == 0 else places[0]
        if not np.array_equal(places, np.broadcast_to(line[:, None] if axis == 0 else line, shape)):
            raise HeightmapError(f"its {name} differs within a {'row' if axis == 0 else 'column'}")
        places = line
    if places.shape != (shape[axis],):
        raise HeightmapError(
            f"its {name} has {' x '.join(map(str, places.shape))} values, its heights have "
            f"{shape[axis]:,} {'rows' if axis == 0 else 'columns'}"
        )
    steps = np.diff(places)
    if not (np.isfinite(steps).all() and steps[0] and np.allclose(steps, steps[0], rtol=0.01)):
        raise HeightmapError(
            f"its {name} is not evenly spaced; name the array of heights to draw it over its "
            "rows and columns, or interpolate it first"
        )
    return places


def _read(path: Path, name: str, check: Check, tell: Tell) -> tuple[Located, tuple[str, ...]]:
    """Read an array, and the names of its columns."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if not size:
                raise HeightmapError("it is empty (0 bytes)")
            if path.suffix.lower() == ".npy":
                return Located(read_npy(file, check)), ()
            if path.suffix.lower() == ".npz":
                return Located(read_npz(file, name, check)), ()
            if is_of_many(file.read(KNOWN_BY)):
                return read_one_of_many(path, name, check, tell), ()
            file.seek(0)
            return _read_text(file, size, check, tell)
    except FileNotFoundError:
        problem = "there is no such file"
    except IsADirectoryError:
        problem = "it is a folder"
    except (HeightmapError, TableError) as error:
        problem = str(error)
    except OSError as error:
        problem = error.strerror or str(error)
    except MemoryError:
        problem = "there is not enough memory"
    raise HeightmapError(f"Cannot read {path.name}: {problem}.") from None


def _read_text(
    file: BinaryIO, size: int, check: Check, tell: Tell
) -> tuple[Located, tuple[str, ...]]:
    start = file.read(KNOWN_BY)
    if start.startswith(_PICTURES):
        raise HeightmapError(
            "it is a picture; Create Surface reads those, by names such as .png and .tif"
        )
    if problem := how_to_convert(start):
        raise HeightmapError(problem)
    if size > _MOST_TEXT_BYTES:
        raise HeightmapError(f"its {size / 1e6:,.0f} MB are too much for text; save it as .npy")
    file.seek(0)
    table = read_numbers(file.read(size), most_cells=MOST_CELLS)
    check(table.values.shape, table.values.dtype)
    for note in table.notes:
        tell(note)
    return Located(table.values, table.x, table.y), table.names
