# SPDX-License-Identifier: GPL-3.0-or-later
"""Read arrays from untrusted files: ``.npy``, ``.npz`` and numbers as text."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from ..common.tables import TableError, array_names, read_npy, read_npz, read_numbers
from .heightmap import MOST_CELLS, HeightmapError, check_shape

__all__ = ["EXTENSIONS", "Tell", "array_names", "read_array", "silent"]

Check = Callable[[tuple[int, ...], np.dtype[Any]], None]
Tell = Callable[[str], object]
"""Called with a sentence for each guess."""

EXTENSIONS: Final = (".npy", ".npz", ".csv", ".txt")
# Numbers as text need about 25 bytes each.
_MOST_TEXT_BYTES: Final = 25 * MOST_CELLS


def silent(_note: str) -> None:
    """Ignore a sentence."""


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
        ``.npy``, ``.npz``; anything else is read as text, see `read_numbers`.
    name : str
        Which array of an ``.npz`` archive; not needed if only one of them passes the check.
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
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if not size:
                raise HeightmapError("it is empty (0 bytes)")
            if path.suffix.lower() == ".npy":
                return read_npy(file, check)
            if path.suffix.lower() == ".npz":
                return read_npz(file, name, check)
            return _read_text(file, size, check, lambda note: tell(f"{path.name}: {note}"))
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


def _read_text(file: BinaryIO, size: int, check: Check, tell: Tell) -> NDArray[np.float64]:
    if size > _MOST_TEXT_BYTES:
        raise HeightmapError(f"its {size / 1e6:,.0f} MB are too much for text; save it as .npy")
    table = read_numbers(file.read(size), most_cells=MOST_CELLS)
    check(table.values.shape, table.values.dtype)
    for note in table.notes:
        tell(note)
    return table.values
