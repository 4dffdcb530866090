# SPDX-License-Identifier: BSD-3-Clause
"""From an SWC file to one tree of points, checked and, if wanted, mended."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .findings import Finding, Findings, SwcError
from .parsing import read_rows, unique
from .splitting import Splitter
from .trees import Tree, in_order

_LARGEST_FILE: Final = 100 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Morphology:
    """One tree of points, each behind its parent, and each branch in one piece.

    Attributes
    ----------
    points : ndarray of `POINT`, shape (N,)
    mends : tuple of Finding
        What had to be repaired.
    """

    points: NDArray[Any]
    mends: tuple[Finding, ...] = ()


def read(path: Path, repair: bool = False) -> Morphology:
    """Read an SWC file; see `parse`.

    Parameters
    ----------
    path : Path
    repair : bool
        Mend what can be mended safely.

    Returns
    -------
    Morphology

    Raises
    ------
    SwcError
        If the file is too large, or is no morphology.
    OSError
        If it cannot be read.
    """
    if path.is_dir():
        raise SwcError([Finding(0, "it is a folder, not an SWC file")])
    if path.exists() and not path.is_file():
        raise SwcError([Finding(0, "it is not a regular file")])
    with path.open("rb") as stream:
        data = stream.read(_LARGEST_FILE + 1)
    return parse(data, repair)


def parse(data: bytes, repair: bool = False) -> Morphology:
    """Check the content of an SWC file, and put its points into order.

    Line ends of all systems, tabs, leading blanks, comments anywhere, ids with gaps and in any
    order, and any type code up to 999 are taken as they are.

    Parameters
    ----------
    data : bytes
    repair : bool
        Mend what can be mended safely; each mend is listed in the result.

    Returns
    -------
    Morphology

    Raises
    ------
    SwcError
        With everything that is wrong, or, when repairing, everything that cannot be mended.
    """
    if len(data) > _LARGEST_FILE:
        raise SwcError([Finding(0, f"it is larger than {_LARGEST_FILE >> 20} MiB")])
    findings = Findings(repair)
    rows = read_rows(data, findings)
    kept = unique(rows, findings)
    # Points that could not be read would be missed as parents.
    findings.stop_if_hopeless()
    tree = Tree(rows, kept, findings)
    findings.stop_if_hopeless()
    points = in_order(rows, tree, findings)
    findings.stop()
    points = _without_empty_sections(points, findings)
    findings.stop()
    return Morphology(points, tuple(findings.sorted()))


def _without_empty_sections(points: NDArray[Any], findings: Findings) -> NDArray[Any]:
    """Drop the points of sections without length; what hangs on them moves to their parents."""
    while True:
        splitter = Splitter(points)
        empty = splitter.empty_runs()
        if not empty:
            return points
        parents: list[int] = points["parent"].tolist()
        gone = np.zeros(len(points), np.bool_)
        for first, last in empty:
            findings.add(
                int(points["line"][first]),
                "the section that begins here has no length: all its points lie in one place",
                mend="one of them is kept" if first == 0 else "they are dropped",
            )
            gone[max(first, 1) : last + 1] = True
        for index in range(1, len(points)):
            if gone[parents[index]]:
                parents[index] = parents[parents[index]]
        position = np.cumsum(~gone) - 1
        points["parent"] = [-1, *(position[parent] for parent in parents[1:])]
        points = points[~gone]
