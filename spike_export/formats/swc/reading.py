# SPDX-License-Identifier: BSD-3-Clause
"""From an SWC file to one tree of points, checked and optionally repaired."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .findings import Finding, Findings, SwcError
from .parsing import read_rows, unique
from .splitting import Splitter
from .trees import Extent, Tree, in_order

MAY_LOSE: Final = 0.05
"""The fraction of a file that repair may drop by default."""

_LARGEST_FILE: Final = 100 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Morphology:
    """The points of a cell, each after its parent, and each branch contiguous.

    Attributes
    ----------
    points : ndarray of `POINT`, shape (N,)
        Trees that only the soma joins, which is the root then, begin with the parent -1.
    mends : tuple of Finding
        What was repaired.
    notes : tuple of Finding
        What was read without repair, as NEURON does, although it is not standard SWC.
    lost, total : Extent
        What repair dropped, and the whole file.
    """

    points: NDArray[Any]
    mends: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    lost: Extent = Extent()
    total: Extent = Extent()


def read(
    path: Path, repair: bool = False, unit_um: float = 1.0, may_lose: float = MAY_LOSE
) -> Morphology:
    """Read an SWC file; see `parse`.

    Parameters
    ----------
    repair : bool
        Repair what can be repaired safely.
    unit_um : float
        The unit of the file's numbers, in µm.
    may_lose : float
        The largest fraction of points or length, 0..1, that repair may drop.

    Raises
    ------
    SwcError
        If the file is too large, or is not a valid morphology.
    OSError
        If it cannot be read.
    """
    return parse(file_content(path), repair, unit_um, may_lose)


def file_content(path: Path) -> bytes:
    """Return the content of a regular file, up to one byte more than `parse` accepts.

    Raises
    ------
    SwcError
        If it is a folder or a device.
    OSError
        If it cannot be read.
    """
    if path.is_dir():
        raise SwcError([Finding(0, "it is a folder, not an SWC file")])
    if path.exists() and not path.is_file():
        raise SwcError([Finding(0, "it is not a regular file")])
    with path.open("rb") as stream:
        return stream.read(_LARGEST_FILE + 1)


def parse(
    data: bytes, repair: bool = False, unit_um: float = 1.0, may_lose: float = MAY_LOSE
) -> Morphology:
    """Check the content of an SWC file, and sort its points.

    Line ends of all systems, tabs, leading spaces, comments anywhere, ids with gaps and in any
    order, and any type code up to 999 are accepted. What NEURON handles well although it is not
    standard SWC is read and noted: more columns, a header without `#`, several somata, and
    unconnected trees, which are joined to the soma.

    Parameters
    ----------
    repair : bool
        Repair what can be repaired safely; each repair is listed in the result.
    unit_um : float
        The unit of the file's numbers, in µm.
    may_lose : float
        The largest fraction of points or length, 0..1, that repair may drop.

    Raises
    ------
    SwcError
        With everything that is wrong or, when repairing, everything that cannot be repaired.
    """
    if len(data) > _LARGEST_FILE:
        raise SwcError([Finding(0, f"it is larger than {_LARGEST_FILE >> 20} MiB")])
    findings = Findings(repair)
    rows = read_rows(data, findings, unit_um)
    kept = unique(rows, findings)
    # Points that could not be read would be missing as parents.
    findings.stop_if_hopeless()
    tree = Tree(rows, kept, findings)
    findings.stop_if_hopeless()
    points = in_order(rows, tree, findings)
    findings.stop()
    complete = len(points)
    points = _without_empty_sections(points, findings)
    findings.stop()
    _check_lost(tree, may_lose)
    lost = Extent(tree.lost.points + complete - len(points), tree.lost.length_um)
    by_line = sorted(findings.notes, key=lambda note: note.line)
    return Morphology(points, tuple(findings.sorted()), tuple(by_line), lost, tree.total)


def _check_lost(tree: Tree, may_lose: float) -> None:
    lost, total = tree.lost, tree.total
    share = max(lost.points / total.points, lost.length_um / (total.length_um or 1.0))
    if share > may_lose:
        problem = (
            f"repairing it would lose {lost.points:,} of its {total.points:,} points and "
            f"{lost.length_um:,.0f} of its {total.length_um:,.0f} µm, more than "
            f"{may_lose * 100:.3g} %"
        )
        raise SwcError([Finding(0, problem)])


def _without_empty_sections(points: NDArray[Any], findings: Findings) -> NDArray[Any]:
    """Drop the points of sections without length; their children move to their parents."""
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
                "the section that begins here has no length: all its points are in the same place",
                mend="one of them is kept" if first == 0 else "they are dropped",
            )
            gone[max(first, 1) : last + 1] = True
        for index in range(1, len(points)):
            if parents[index] >= 0 and gone[parents[index]]:
                parents[index] = parents[parents[index]]
        position = np.cumsum(~gone) - 1
        points["parent"] = [position[parent] if parent >= 0 else -1 for parent in parents]
        points = points[~gone]
