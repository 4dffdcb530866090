# SPDX-License-Identifier: GPL-3.0-or-later
"""Neurons traced in an atlas: SWC, in µm; MouseLight's have their axes in another order."""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from ... import swc
from ..coordinates import Coordinates
from ..point_set import Peek, PointFormat, PointSet
from ..tables import TableError

_MOUSELIGHT: Final = re.compile(r"#.*(mouselight|mouse light|neuronbrowser)", re.IGNORECASE)


def _recognizes(peek: Peek) -> bool:
    return peek.path.suffix.casefold() == ".swc"


def _read(peek: Peek) -> PointSet:
    path = peek.path
    try:
        morphology = swc.read(path, repair=True, may_lose=1.0)
    except swc.SwcError as problem:
        first = str(problem).splitlines()[0]
        between = ", " if first.startswith("line ") else ": "
        raise TableError(f"{path.name}{between}{first}") from None
    except OSError as problem:
        raise TableError(f"{path.name} cannot be read: {problem.strerror}.") from None
    notes = []
    lost, total = morphology.lost, morphology.total
    if lost.points:
        notes.append(
            f"{path.name}: {lost.points:,} of {total.points:,} points are not part of the neuron "
            "and were left out; spike-export swc --check says which."
        )
    sections = swc.split(morphology.points)
    mouselight = bool(_MOUSELIGHT.search(peek.text))
    return PointSet(
        np.asarray(sections.points_um[:, :3], np.float64),
        Coordinates("um", order="mda" if mouselight else "adm"),
        ("x", "y", "z"),
        "point",
        point_counts=np.asarray(sections.point_counts, np.int32),
        radii=np.asarray(sections.points_um[:, 3], np.float64) / 2,
        axes_named=mouselight,
        notes=tuple(notes),
    )


FORMAT: Final = PointFormat("SWC", 60, _recognizes, _read)
