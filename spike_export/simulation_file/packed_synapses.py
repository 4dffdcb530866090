# SPDX-License-Identifier: BSD-3-Clause
"""Synapses in a version-2 file: a dict of arrays with one entry per synapse, and their events."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .errors import ContentError, shown, text
from .packed_array import Unpacker
from .synapses import MOST_KINDS, Synapses, check

_NEEDED: Final = ("cell", "section", "position", "kind", "kinds", "event_count", "event_times")
_INT32: Final = np.iinfo(np.int32)


def unpack_synapses(
    stored: object, cells: int, section_cells: NDArray[np.int32], unpacker: Unpacker
) -> Synapses | None:
    """Check and unpack what a file has under the key ``synapses``.

    Parameters
    ----------
    stored : object
        Sections in it are counted within their cell.
    cells : int
        Number of cells of the file.
    section_cells : ndarray of int32
        The cell of each section; never decreases.

    Returns
    -------
    Synapses or None
        None if there is no such key.

    Raises
    ------
    ContentError
        Naming the first synapse at fault.
    """
    if stored is None:
        return None
    if not isinstance(stored, dict):
        raise ContentError(f"its synapses are {shown(stored)}, not a dict")
    for key in _NEEDED:
        if key not in stored:
            raise ContentError(f"the synapses' key {key!r} is missing")
    listed = stored["kinds"]
    if not isinstance(listed, list) or len(listed) > MOST_KINDS:
        raise ContentError(
            f"the kinds of its synapses are not a list of at most {MOST_KINDS:,} names"
        )
    for index, name in enumerate(listed):
        if not isinstance(name, str):
            raise ContentError(f"kind {index} of the synapses is {shown(name)}, not a name")

    def row(key: str, kinds: str = "iu") -> NDArray[Any]:
        what = f"{key} of the synapses"
        array = unpacker.unpack(stored[key], what)
        if array.ndim != 1 or array.dtype.kind not in kinds:
            raise ContentError(
                f"the array {what} has the shape {list(array.shape)} of {array.dtype}, not one row "
                f"of {'numbers' if 'f' in kinds else 'whole numbers'}"
            )
        return array

    def whole(key: str) -> NDArray[np.int32]:
        array = row(key)
        wide = (array < _INT32.min) | (array > _INT32.max)
        if wide.any():
            first = int(np.argmax(wide))
            raise ContentError(f"synapse {first} has the {key} {array[first]}, beyond 32 bits")
        return array.astype(np.int32)

    def number(key: str) -> NDArray[np.float32]:
        with np.errstate(all="ignore"):
            return row(key, "iuf").astype(np.float32)

    of = whole("cell")
    synapses = Synapses(
        cells=of,
        sections=_among_all(whole("section"), of, cells, section_cells),
        positions=number("position"),
        kinds=whole("kind"),
        kind_names=tuple(text(name) for name in listed),
        event_counts=whole("event_count"),
        event_times_ms=row("event_times", "iuf").astype(np.float64),
        weights=None if stored.get("weight") is None else number("weight"),
        weight_unit=text(stored.get("weight_unit")),
        sources=None if stored.get("source") is None else whole("source"),
        delays_ms=None if stored.get("delay") is None else number("delay"),
    )
    check(synapses, cells, section_cells)
    return synapses


def _among_all(
    sections: NDArray[np.int32],
    of: NDArray[np.int32],
    cells: int,
    section_cells: NDArray[np.int32],
) -> NDArray[np.int32]:
    """Count sections among those of all cells, refusing those that their cell does not have."""
    if sections.shape != of.shape:
        raise ContentError(
            f"the synapses' section has the shape {list(sections.shape)}, not [{len(of)}], as cell "
            "has"
        )
    outside = (of < 0) | (of >= cells)
    if outside.any():
        first = int(np.argmax(outside))
        raise ContentError(
            f"synapse {first} has the cell {of[first]}, but there are {cells:,} cells"
        )
    bounds = np.searchsorted(section_cells, np.arange(cells + 1))
    counts = np.diff(bounds)[of]
    lost = (sections < 0) | (sections >= counts)
    if lost.any():
        first = int(np.argmax(lost))
        raise ContentError(
            f"synapse {first} is on section {sections[first]} of cell {of[first]}, which has "
            f"{counts[first]:,} section{'s' * bool(counts[first] != 1)}"
        )
    return (bounds[of] + sections).astype(np.int32)
