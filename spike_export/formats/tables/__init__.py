# SPDX-License-Identifier: BSD-3-Clause
"""Users' arrays and tables: ``.npy``, ``.npz``, and text in rows and columns.

`npy` reads NumPy files, `text` splits text into rows, and `numbers` converts them to arrays, those
of ESRI grids with `esri`; `other` names files that are not read, and `cyclic` finds
values that come round.
Nothing is dropped silently: guesses are listed in notes. Only NumPy is imported, so that the
add-ons can bundle this folder unchanged.
"""

from __future__ import annotations

from .cyclic import find_period, period_named, period_text, usual_period
from .npy import Check, array_names, read_npy, read_npz
from .numbers import Mark, Numbers, decimal_mark, is_header, number, read_numbers
from .other import KNOWN_BY, how_to_convert
from .points import is_full_grid
from .text import Row, Rows, TableError, read_rows

__all__ = [
    "KNOWN_BY",
    "Check",
    "Mark",
    "Numbers",
    "Row",
    "Rows",
    "TableError",
    "array_names",
    "decimal_mark",
    "find_period",
    "how_to_convert",
    "is_full_grid",
    "is_header",
    "number",
    "period_named",
    "period_text",
    "read_npy",
    "read_npz",
    "read_numbers",
    "read_rows",
    "usual_period",
]
