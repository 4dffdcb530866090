# SPDX-License-Identifier: GPL-3.0-or-later
"""Pickles, as HERBS saves probes: not read, since a pickle can run programs; how to convert one."""

from __future__ import annotations

from typing import Final

from ..point_set import Peek, PointFormat, PointSet
from ..tables import TableError

_HOW: Final = (
    "python -c \"import pickle, numpy as n; s = pickle.load(open('FILE', 'rb'))['data'];"
    " n.save('probe.npy', n.concatenate(s['sites_vox']))\"; then choose voxels of 10 µm, the axes "
    "ML, AP, DV, and Flip for all three"
)
_PROTOCOLS: Final = tuple(b"\x80" + bytes((number,)) for number in range(2, 6))


def _recognizes(peek: Peek) -> bool:
    return peek.begin.startswith(_PROTOCOLS) or peek.path.suffix.casefold() in (".pkl", ".pickle")


def _read(peek: Peek) -> PointSet:
    name = peek.path.name
    raise TableError(
        f"{name}: it is a pickle, as HERBS saves it, which can run programs when read; convert it "
        f"by {_HOW.replace('FILE', name)}."
    )


FORMAT: Final = PointFormat("pickles", 7, _recognizes, _read)
