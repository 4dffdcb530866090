# SPDX-License-Identifier: BSD-3-Clause
"""A matrix of cells and times in a MATLAB file, of version 5 or 7.3."""

from __future__ import annotations

import math
import zlib
from pathlib import Path
from typing import Final

import numpy as np

from ..content import Content, FormatError, Request, choose, readable, unusable
from ..hdf5 import Hdf5Error, opened
from ..matrices import LARGEST_BYTES, content_of_matrix
from ..peek import Peek

_NUMBERS: Final = ("double", "single", "logical", "int8", "uint8", "int16", "uint16", "int32",
                   "uint32", "int64", "uint64")  # fmt: skip
# What is compressed more than a thousandfold is no honest matrix.
_LARGEST_RATIO: Final = 1000
_DAMAGE: Final = (ValueError, TypeError, OSError, KeyError, IndexError, NotImplementedError,
                  OverflowError, zlib.error)  # fmt: skip


def _matches(peek: Peek) -> bool:
    return peek.head.startswith(b"MATLAB ") and bool(_matrices(peek.path))


def _matrices(path: Path) -> dict[str, tuple[int, ...]]:
    """Names and shapes, as in MATLAB, of what has two sides longer than one."""
    try:
        with path.open("rb") as stream:
            if stream.read(10) == b"MATLAB 7.3":
                with opened(path) as root:
                    shapes = {n: root.shape(n) for n in root.names() if root.is_matrix(n)}
                return {name: shape[::-1] for name, shape in shapes.items() if min(shape) > 1}
        from scipy.io import whosmat

        listed = whosmat(str(path), appendmat=False)
    except (*_DAMAGE, Hdf5Error):
        return {}
    return {name: shape for name, shape, kind in listed
            if kind in _NUMBERS and len(shape) == 2 and min(shape) > 1}  # fmt: skip


def _read(path: Path, request: Request) -> Content:
    matrices = _matrices(path)
    name = choose(path, matrices, request.of)
    size, stored = math.prod(matrices[name]) * 8, path.stat().st_size
    if size > min(LARGEST_BYTES, max(1 << 26, _LARGEST_RATIO * stored)):
        raise unusable(path, f"{name!r:.60} claims {size / 1e6:,.0f} MB")
    try:
        with path.open("rb") as stream:
            is_hdf5 = stream.read(10) == b"MATLAB 7.3"
        if is_hdf5:
            with opened(path) as root:
                return content_of_matrix(path, root.matrix(name).T, request)
        from scipy.io import loadmat

        matrix = loadmat(str(path), appendmat=False, variable_names=[name])[name]
        return content_of_matrix(path, np.asarray(matrix, np.float32), request)
    except FormatError:
        raise
    except (*_DAMAGE, Hdf5Error) as error:
        raise unusable(path, f"it is damaged ({error!s:.100})") from None


FORMAT: Final = readable("matlab", "a MATLAB file with a matrix", _matches, _read)
