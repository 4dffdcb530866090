# SPDX-License-Identifier: BSD-3-Clause
"""A matrix of cells and times as ``.npy`` or as a table of text: imaging, rates."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..content import Content, Request, readable, unusable
from ..matrices import LARGEST_BYTES, content_of_matrix, is_cell_name, is_time_name
from ..peek import Peek

_LARGEST_TEXT: Final = 1 << 30
_SHAPE: Final = re.compile(rb"'descr': '[<>=|][fiub]\d'.{1,60}'shape': \((?!1,)\d+, (?!1\))\d+\)")


def _matches(peek: Peek) -> bool:
    if peek.is_npy:
        return _SHAPE.search(peek.head[:200]) is not None
    if peek.text.startswith("# NEST version") or len(peek.number_rows) < 2:
        return False
    names, columns = peek.column_names, len(peek.rows[0])
    if names:
        # Brian2's i for a cell stands beside t alone; among others it is one of many letters.
        is_list = any(map(is_cell_name, names)) or ("i" in names and columns <= 3)
        return columns > 1 and not is_list and (columns > 2 or is_time_name(names[0]))
    return columns > 4


def _read(path: Path, request: Request) -> Content:
    peek = Peek(path)
    if peek.is_npy:
        return content_of_matrix(path, _npy(path), request)
    if path.stat().st_size > _LARGEST_TEXT:
        raise unusable(path, "it is text of more than 1 GiB; save it as .npy")
    lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    lines = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    mark = next((mark for mark in ",;\t" if mark in lines[0]), None)
    try:
        table = np.loadtxt(lines[bool(peek.column_names) :], delimiter=mark, ndmin=2, comments=None)
    except ValueError as error:
        raise unusable(path, f"it is no table of numbers ({error!s:.100})") from None
    names = [name.strip() for name in lines[0].split(mark)] if peek.column_names else []
    if names and len(names) != table.shape[1]:
        raise unusable(path, f"it names {len(names)} columns, but has {table.shape[1]}")
    return content_of_matrix(path, table, request, names)


def _npy(path: Path) -> NDArray[Any]:
    try:
        # Mapped, so that a header that claims more than the file holds costs nothing.
        mapped = np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception:
        # Python's own parser raises whatever the header provokes: SyntaxError, TokenError, …
        raise unusable(path, "it is damaged, or holds objects instead of numbers") from None
    if mapped.size * 4 > LARGEST_BYTES:
        raise unusable(path, f"its shape {mapped.shape} takes more than 8 GB")
    return np.asarray(mapped)


FORMAT: Final = readable("matrix", "a matrix of values", _matches, _read)
