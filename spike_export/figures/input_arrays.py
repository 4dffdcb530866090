# SPDX-License-Identifier: BSD-3-Clause
"""Arrays from files: ``.npy``, and tables of numbers as text."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..formats.peek import Peek
from ..formats.tables import TableError, read_npy, read_numbers
from .shown_sections import ChoiceError

_LARGEST_TEXT: Final = 256 << 20
_LARGEST_BYTES: Final = 8_000_000_000


def read_array(path: Path, tell: Callable[[str], object] = lambda _: None) -> NDArray[np.float64]:
    """Read numbers from a file.

    Parameters
    ----------
    path : Path
        ``.npy``, or a table of text; see `read_numbers`.
    tell : callable
        Called with a sentence for each guess.

    Returns
    -------
    ndarray of float64
        As stored in a ``.npy``; shape (rows, columns) for a table, or (rows,) for one column.

    Raises
    ------
    ChoiceError
        If the file is missing, damaged or malicious, or contains no real numbers.
    """
    if not path.is_file():
        reason = "it is not a regular file" if path.exists() else "file not found"
        raise ChoiceError(f"cannot read {path.name or path}: {reason}")
    try:
        with path.open("rb") as file:
            if path.suffix.lower() == ".npy" or Peek(path).is_npy:
                return np.array(read_npy(file, _check), np.float64)
            content = file.read(_LARGEST_TEXT + 1)
        if len(content) > _LARGEST_TEXT:
            raise TableError("text of more than 256 MiB; save it as .npy")
        table = read_numbers(content)
    except OSError as error:
        raise ChoiceError(f"cannot read {path.name}: {error.strerror}") from None
    except TableError as error:
        raise ChoiceError(f"cannot read {path.name}: {error}") from None
    for note in table.notes:
        tell(f"{path.name}: {note}")
    return table.values[:, 0] if table.values.shape[1] == 1 else table.values


def _check(shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    size = math.prod(shape)
    if dtype.kind not in "biuf":
        held = "Python objects" if dtype.hasobject else dtype
        raise TableError(f"it holds {held}, not real numbers")
    if not size:
        raise TableError("it holds no numbers")
    if size * 8 > _LARGEST_BYTES:
        raise TableError(
            f"its shape {shape} takes {size * 8 / 1e9:,.0f} GB; the limit is "
            f"{_LARGEST_BYTES / 1e9:.0f} GB"
        )
