# SPDX-License-Identifier: BSD-3-Clause
"""Arrays and tables as people have them: ``.npy``, ``.npz``, and text in rows and columns.

`npy` reads NumPy's files, `text` splits text into rows, and `numbers` makes arrays of these.
Nothing is dropped in silence: what was guessed stands in notes. Only NumPy is imported, so that the
add-ons carry this folder as it is.
"""

from __future__ import annotations

from .npy import Check, array_names, read_npy, read_npz
from .numbers import Mark, Numbers, decimal_mark, is_header, number, read_numbers
from .text import Row, Rows, TableError, read_rows

__all__ = [
    "Check",
    "Mark",
    "Numbers",
    "Row",
    "Rows",
    "TableError",
    "array_names",
    "decimal_mark",
    "is_header",
    "number",
    "read_npy",
    "read_npz",
    "read_numbers",
    "read_rows",
]
