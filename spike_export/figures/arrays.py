# SPDX-License-Identifier: BSD-3-Clause
"""Arrays from files: ``.npy``, and tables of numbers as text."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..formats.peek import Peek
from .sections import ChoiceError

_LARGEST_TEXT: Final = 256 << 20
_LARGEST_BYTES: Final = 8_000_000_000


def read_array(path: Path) -> NDArray[np.float64]:
    """Read numbers from a file.

    Parameters
    ----------
    path : Path
        ``.npy``, or text with one row in each line, columns separated by commas, semicolons, tabs
        or blanks; a first line without numbers names the columns, and is skipped.

    Returns
    -------
    ndarray of float64
        As it is in a ``.npy``; shape (rows, columns) of a table, or (rows,) of one column.

    Raises
    ------
    ChoiceError
        If there is no such file, or it is damaged, hostile, or holds no real numbers.
    """
    if not path.is_file():
        reason = "it is not a regular file" if path.exists() else "there is no such file"
        raise ChoiceError(f"cannot read {path.name or path}: {reason}")
    try:
        is_npy = path.suffix.lower() == ".npy" or Peek(path).is_npy
        numbers = _npy(path) if is_npy else _table(path)
    except OSError as error:
        raise ChoiceError(f"cannot read {path.name}: {error.strerror}") from None
    if not numbers.size:
        raise ChoiceError(f"cannot use {path.name}: it holds no numbers")
    return numbers


def _npy(path: Path) -> NDArray[np.float64]:
    try:
        # Mapped, so that a header that claims more than the file holds costs nothing.
        mapped = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError:
        raise
    except Exception:
        # Python's own parser raises whatever the header provokes: SyntaxError, TokenError, …
        raise ChoiceError(
            f"cannot read {path.name}: it is damaged, or holds objects instead of numbers"
        ) from None
    if mapped.dtype.kind not in "biuf":
        raise ChoiceError(f"cannot use {path.name}: it holds {mapped.dtype}, not real numbers")
    if mapped.size * 8 > _LARGEST_BYTES:
        raise ChoiceError(
            f"cannot use {path.name}: its shape {mapped.shape} takes "
            f"{mapped.size * 8 / 1e9:,.0f} GB; {_LARGEST_BYTES / 1e9:.0f} GB is the most"
        )
    return np.array(mapped, np.float64)


def _table(path: Path) -> NDArray[np.float64]:
    if path.stat().st_size > _LARGEST_TEXT:
        raise ChoiceError(f"cannot use {path.name}: text of more than 256 MiB; save it as .npy")
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ChoiceError(
            f"cannot read {path.name}: it is neither .npy nor a table of text"
        ) from None
    rows: list[list[float]] = []
    named = False
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        fields = _fields(line)
        try:
            row = [float(field) for field in fields]
        except ValueError:
            if rows or named:
                raise ChoiceError(
                    f"cannot use {path.name}: line {number} holds {line.strip()!r:.60}, which is "
                    "no row of numbers"
                ) from None
            named = True
            continue
        if rows and len(row) != len(rows[0]):
            raise ChoiceError(
                f"cannot use {path.name}: line {number} has {len(row)} "
                f"column{'s' * (len(row) != 1)}, but the first row has {len(rows[0])}"
            )
        rows.append(row)
    table = np.array(rows, np.float64)
    return table[:, 0] if table.ndim == 2 and table.shape[1] == 1 else table


def _fields(line: str) -> list[str]:
    separator = next((mark for mark in ",;\t" if mark in line), None)
    if separator is None:
        return line.split()
    return next(csv.reader([line], delimiter=separator), [])
