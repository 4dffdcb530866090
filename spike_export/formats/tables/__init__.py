# SPDX-License-Identifier: BSD-3-Clause
"""Users' arrays and tables: ``.npy``, ``.npz``, MATLAB's, and text in rows and columns.

`npy` reads NumPy files, `matlab_5` MATLAB's older ones, `text` splits text into rows, and
`to_array` converts them to arrays, those of ESRI grids with `esri`; `other` names files that are
not read, and `period` finds values that come round.
Nothing is dropped silently: guesses are listed in notes. Only NumPy is imported, so that the
add-ons can bundle this folder unchanged.
"""

from __future__ import annotations

from .matlab_5 import (
    Variable,
    matlab_variables,
    read_matlab_matrix,
    read_matlab_structure,
)
from .npy import Check, array_names, chosen_array, read_npy, read_npz
from .other import KNOWN_BY, how_to_convert
from .period import find_period, period_named, period_text, usual_period
from .points import is_full_grid
from .text import Row, Rows, TableError, read_rows
from .to_array import Mark, Numbers, decimal_mark, is_header, number, read_numbers

__all__ = [
    "KNOWN_BY",
    "Check",
    "Mark",
    "Numbers",
    "Row",
    "Rows",
    "TableError",
    "Variable",
    "array_names",
    "chosen_array",
    "decimal_mark",
    "find_period",
    "how_to_convert",
    "is_full_grid",
    "is_header",
    "matlab_variables",
    "number",
    "period_named",
    "period_text",
    "read_matlab_matrix",
    "read_matlab_structure",
    "read_npy",
    "read_npz",
    "read_numbers",
    "read_rows",
    "usual_period",
]
