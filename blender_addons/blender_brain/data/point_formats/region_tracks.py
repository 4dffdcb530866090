# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of the regions along a track, which have no coordinates: brainreg-segment, SHARP-Track."""

from __future__ import annotations

from typing import Final

from ..point_set import Peek, PointFormat, PointSet
from ..tables import TableError

_BRAINREG: Final = "distance from first position [um]"
_SHARP_TRACK: Final = ("upperborder", "lowerborder")


def _recognizes(peek: Peek) -> bool:
    header = peek.header
    is_brainreg = _BRAINREG in header and "region acronym" in header
    return is_brainreg or all(name in header for name in _SHARP_TRACK)


def _read(peek: Peek) -> PointSet:
    name = peek.path.name
    if _BRAINREG in peek.header:
        raise TableError(
            f"{name} lists the regions along a track, without coordinates; import the track "
            f"itself, {peek.path.stem}.npy, which brainreg-segment saves beside it."
        )
    raise TableError(
        f"{name} lists borders along a probe, without coordinates; save the probe's points as a "
        "table with the columns probe, AP, DV and ML."
    )


FORMAT: Final = PointFormat("tables of regions along a track", 80, _recognizes, _read)
