# SPDX-License-Identifier: BSD-3-Clause
"""A matrix of cells and times as ``.npy`` or as a table of text: imaging, rates."""

from __future__ import annotations

import dataclasses
import math
import re
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..content import Content, Request, readable, unusable
from ..matrices import (
    LARGEST_BYTES,
    content_of_matrix,
    counting_side,
    is_cell_name,
    is_time_name,
)
from ..peek import Peek
from ..tables import TableError, read_npy, read_numbers

_LARGEST_TEXT: Final = 1 << 30
_SHAPE: Final = re.compile(rb"'descr': '[<>=|][fiub]\d'.{1,60}'shape': \((?!1,)\d+, (?!1\))\d+\)")


def _matches(peek: Peek) -> bool:
    if peek.is_npy:
        return _SHAPE.search(peek.head[:200]) is not None
    if peek.text.startswith("# NEST version") or len(peek.number_rows) < 2:
        return False
    names, columns = peek.column_names, len(peek.rows[0])
    if names:
        # Brian2's i for a cell occurs only beside t; among others it is just a letter.
        is_list = any(map(is_cell_name, names)) or ("i" in names and columns <= 3)
        return columns > 1 and not is_list and (columns > 2 or is_time_name(names[0]))
    return columns > 4 or _is_over_time(peek)


def _is_over_time(peek: Peek) -> bool:
    """Whether a first column without a name holds fractions that rise evenly beside fractions.

    So LEMS writes its output. A column of whole numbers could be cells.
    """
    rows = peek.number_rows
    if len(rows) < len(peek.rows) or len({len(row) for row in rows}) != 1 or len(rows[0]) < 2:
        return False
    has_fractions = bool((np.array(rows) != np.trunc(rows)).any(axis=0).all())
    return has_fractions and counting_side(np.array(rows)) == "column"


def _read(path: Path, request: Request) -> Content:
    peek = Peek(path)
    if peek.is_npy:
        return content_of_matrix(path, _npy(path), request)
    if path.stat().st_size > _LARGEST_TEXT:
        raise unusable(path, "it is text of more than 1 GiB; save it as .npy")
    try:
        table = read_numbers(path.read_bytes())
    except TableError as error:
        raise unusable(path, str(error)) from None
    content = content_of_matrix(path, table.values, request, list(table.names))
    return dataclasses.replace(content, notes=(*table.notes, *content.notes))


def _npy(path: Path) -> NDArray[Any]:
    def check(shape: tuple[int, ...], _dtype: np.dtype[Any]) -> None:
        if math.prod(shape) * 4 > LARGEST_BYTES:
            raise TableError(f"its shape {shape} takes more than 8 GB")

    try:
        with path.open("rb") as file:
            return read_npy(file, check)
    except TableError as error:
        raise unusable(path, str(error)) from None


FORMAT: Final = readable("matrix", "a matrix of values", _matches, _read)
