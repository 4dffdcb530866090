# SPDX-License-Identifier: BSD-3-Clause
"""A matrix of cells and times in a MATLAB file, of version 5 or 7.3."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from .. import mat5
from ..content import Content, FormatError, Request, choose, readable
from ..hdf5 import Hdf5Error, opened
from ..matrices import content_of_matrix
from ..peek import Peek


def _matches(peek: Peek) -> bool:
    if not peek.head.startswith(b"MATLAB "):
        return False
    try:
        return bool(_names(peek))
    except (FormatError, Hdf5Error):
        return False


def _names(peek: Peek) -> list[str]:
    """Names of arrays with two sides longer than one."""
    if not peek.is_hdf5:
        found = mat5.variables(peek.path)
        return [v.name for v in found if len(v.shape) == 2 and min(v.shape) > 1]
    with opened(peek.path) as root:
        return [name for name in root.names() if root.is_matrix(name) and min(root.shape(name)) > 1]


def _read(path: Path, request: Request) -> Content:
    peek = Peek(path)
    try:
        name = choose(path, _names(peek), request.of, request)
        if not peek.is_hdf5:
            variable = next(v for v in mat5.variables(path) if v.name == name)
            return content_of_matrix(path, mat5.load(path, variable), request)
        with opened(path) as root:
            # HDF5 stores the last dimension contiguously, MATLAB the first.
            return content_of_matrix(path, root.matrix(name).T, request)
    except Hdf5Error as error:
        raise FormatError(str(error)) from None


FORMAT: Final = readable("matlab", "a MATLAB file with a matrix", _matches, _read)
