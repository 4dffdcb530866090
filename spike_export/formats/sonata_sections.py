# SPDX-License-Identifier: BSD-3-Clause
"""Which sections a SONATA node's model has, and whether a report's segment counts match them.

The Allen Institute's models replace the morphology's axon by two stubs after all other sections
(BMTK's ``aibs_perisomatic`` and ``aibs_allactive``). A report only has section numbers, so the
wrong order would put its values on wrong sections. This can be detected because models choose a
section's number of segments by its length.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .swc import Sections

# Where on the soma the first stub begins.
_STUBS_AT: Final = {
    "aibs_perisomatic": 0.5,
    "aibs_perisomatic_directed": 0.5,
    "aibs_allactive": 1.0,
    "aibs_allactive_directed": 1.0,
}
_STUB_UM: Final = 30.0
_STUB_DIAMETER_UM: Final = 1.0
# Lengths are rounded in files, and may be on the edge between two segment counts.
_SLACK: Final = 2e-3
_KINDS: Final = {"soma": 1, "axon": 2, "dend": 3, "apic": 4}


def stub_of(processing: object, dynamics: object) -> str:
    """Name what replaces the axon of a node's model; empty if nothing does.

    Parameters
    ----------
    processing : object
        The node's ``model_processing``: names with commas between them.
    dynamics : object
        Its ``dynamics_params``, without which ``aibs_perisomatic`` keeps the axon.
    """
    names = str(processing or "").replace(" ", "").split(",")
    found = next((name for name in names if name in _STUBS_AT), "")
    is_left = found == "aibs_perisomatic" and dynamics in (None, "", "NULL")
    return "" if is_left else found


def with_stubs(sections: Sections, name: str) -> Sections:
    """Replace the axon of a morphology by two stubs, after all other sections.

    Parameters
    ----------
    name : str
        From `stub_of`.

    Returns
    -------
    Sections
        The stubs point in the axon's initial direction, or down.
    """
    is_axon = np.array([own.startswith("axon[") for own in sections.names])
    kept = np.flatnonzero(~is_axon)
    soma = next((i for i, own in enumerate(sections.names) if own.startswith("soma[")), 0)
    new_index = np.full(len(sections.names) + 1, -1, np.int32)
    new_index[kept] = np.arange(len(kept))
    shapes = sections.points_of
    body = shapes[soma]
    centre = body[:, :3].mean(axis=0)
    axons = np.flatnonzero(is_axon)
    away = shapes[axons[0]][-1, :3] - centre if axons.size else np.array([0.0, -1.0, 0.0])
    length = float(np.linalg.norm(away))
    step = _STUB_UM * (away / length if length > 0 else np.array([0.0, -1.0, 0.0]))
    diameters = [_STUB_DIAMETER_UM] * 2
    if "allactive" in name and axons.size:
        diameters = [float(np.median(shapes[axon][:, 3])) for axon in (axons[0], axons[-1])]
    begin = centre + step / _STUB_UM * body[:, 3].mean() / 2
    stubs = [
        np.column_stack([[begin + n * step, begin + (n + 1) * step], [diameter] * 2])
        for n, diameter in enumerate(diameters)
    ]
    count = len(kept)
    return Sections(
        names=(*(sections.names[index] for index in kept), "axon[0]", "axon[1]"),
        parents=np.append(new_index[sections.parents[kept]], [new_index[soma], count]).astype(
            np.int32
        ),
        parent_x=np.append(sections.parent_x[kept], [_STUBS_AT[name], 1.0]),
        point_counts=np.append(sections.point_counts[kept], [2, 2]).astype(np.int32),
        points_um=np.concatenate([*(shapes[index] for index in kept), *stubs]),
        lines=(*(sections.lines[index] for index in kept), 0, 0),
    )


def fitting(sections: Sections, found: NDArray[np.int64], counts: NDArray[np.int64]) -> int:
    """Count the sections whose segment counts follow from their lengths by one rule.

    The rules are those used by models, for any segment length: one more segment, or an odd number,
    per length; and an odd number by electrotonic length (d_lambda).

    Parameters
    ----------
    found : ndarray of int, shape (M,)
        Indices of sections.
    counts : ndarray of int, shape (M,)
        Their numbers of segments.

    Returns
    -------
    int
        M if nothing contradicts the sections.
    """
    shapes = sections.points_of
    lengths = np.maximum(sections.lengths_um[found], 1e-6)
    diameters = np.array([max(float(np.mean(shapes[index][:, 3])), 1e-6) for index in found])
    half = (counts - 1) / 2
    odd = bool((counts % 2 == 1).all())
    electrotonic = lengths / np.sqrt(diameters)
    # The scales, in segments per length, that give each section its number.
    ranges = [((counts - 1) / lengths, counts / lengths)]
    if odd:
        ranges += [
            (half / lengths, (half + 1) / lengths),
            (np.maximum(2 * half - 0.9, 0) / electrotonic, (2 * half + 1.1) / electrotonic),
        ]
    return max(_most_common(low, high) for low, high in ranges)


def is_uniform(counts: NDArray[np.int64]) -> bool:
    """Whether segment counts are uninformative, because all are the same."""
    return bool((counts == counts[0]).all())


def kinds_of(sections: Sections) -> NDArray[np.int64]:
    """SWC type number of each section; 0 for types without a name."""
    return np.array([_KINDS.get(name.split("[")[0], 0) for name in sections.names])


def _most_common(low: NDArray[np.float64], high: NDArray[np.float64]) -> int:
    """How many ranges one number lies in, at most."""
    begins = np.sort(low * (1 - _SLACK))
    ends = np.sort(high * (1 + _SLACK))
    return int((np.arange(1, len(begins) + 1) - np.searchsorted(ends, begins, side="left")).max())
