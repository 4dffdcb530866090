# SPDX-License-Identifier: BSD-3-Clause
"""Matrices of numbers in MATLAB files of version 5, by their path; `tables.matlab_5` reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from .content import unusable
from .tables import TableError, Variable, matlab_variables, read_matlab_matrix


def variables(path: Path) -> list[Variable]:
    """List the real matrices of numbers, without reading their values.

    Raises
    ------
    FormatError
        If the file is damaged.
    """
    try:
        with path.open("rb") as file:
            return [one for one in matlab_variables(file) if one.is_real]
    except TableError as error:
        raise unusable(path, str(error)) from None


def load(path: Path, variable: Variable) -> NDArray[Any]:
    """Read one of the matrices listed by `variables`.

    Raises
    ------
    FormatError
        If it is damaged, or claims an impossible size.
    """
    try:
        with path.open("rb") as file:
            return read_matlab_matrix(file, variable)
    except TableError as error:
        raise unusable(path, str(error)) from None
