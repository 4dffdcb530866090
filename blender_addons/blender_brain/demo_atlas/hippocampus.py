# SPDX-License-Identifier: GPL-3.0-or-later
"""The hippocampus of the invented brain: interlocking folded sheets along an arch.

The frame is that of `shapes`. The shapes are swept: one outline, drawn in the cross-section, is
moved along the center line of the arch.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .lines import Floats, smooth

Mesh = tuple[Floats, NDArray[np.int64]]

# The center line of the right one: from the septal pole, near the mid-plane, over the thalamus to
# the temporal pole.
_ARCH: Final = np.array(
    [
        (0.42, 0.10, 1.15), (0.80, -0.45, 1.32), (1.45, -1.15, 1.38), (2.20, -1.68, 1.20),
        (2.80, -1.98, 0.70), (3.06, -2.02, -0.05), (3.06, -1.84, -0.80), (2.95, -1.55, -1.45),
        (2.70, -1.05, -1.85),
    ]
)  # fmt: skip
_THALAMUS: Final = (1.2, -0.3, -0.6)
# Of the cross-section, along the sheets and across them.
_RADII_MM: Final = (1.18, 0.82)
# How its sheets run in the cross-section, in units of its radii: the outer side of the arch, where
# CA1 is, is up, and the front is to the right. CA3 ends between the blades of the dentate gyrus,
# whose tip points backwards.
_SHEETS: Final = {
    "CA1": [(-0.88, 0.08), (-0.68, 0.58), (-0.12, 0.80), (0.42, 0.70), (0.72, 0.44)],
    "CA3": [(0.80, 0.22), (0.84, -0.12), (0.62, -0.42), (0.34, -0.30), (0.08, -0.12), (-0.2, -0.1)],
    "DG": [
        (0.44, 0.22), (0.02, 0.32), (-0.36, 0.26), (-0.60, -0.06),
        (-0.42, -0.46), (-0.08, -0.62), (0.30, -0.74),
    ],
}  # fmt: skip
_HALF_SHEET: Final = 0.12
_STATIONS: Final = 64
_FORMATION: Final = (1.08, 1.02)


def both_sides(name: str) -> Mesh:
    """Make the mesh of a part of the hippocampus, on both sides.

    Parameters
    ----------
    name : str
        ``HPF``, the hull of all parts, or ``CA1``, ``CA3`` or ``DG``.

    Returns
    -------
    points : ndarray, shape (V, 3)
        In mm.
    triangles : ndarray of int, shape (F, 3)
        Counter-clockwise seen from outside.
    """
    points, triangles = _swept(name)
    mirrored = points * (-1, 1, 1)
    return (
        np.concatenate([points, mirrored]),
        np.concatenate([triangles, triangles[:, ::-1] + len(points)]),
    )


def _swept(name: str) -> Mesh:
    """Move an outline along the arch, thinner towards both ends."""
    line, across, outward = _arch()
    along = np.linspace(-1, 1, _STATIONS)
    # Slender in front, and pointed at the temporal pole.
    radius = np.interp(along, (-1, -0.75, -0.4, 0.3, 0.75, 1), (0.42, 0.72, 0.96, 1, 0.78, 0.42))
    # Round ends: the outline closes as a circle does.
    full = np.sqrt(1 - np.clip((np.abs(along) - 0.93) / 0.07, 0, 0.98) ** 2)
    outlines = np.stack([_outline(name, float(thickness)) for thickness in full])
    count = outlines.shape[1]
    places = outlines * radius[:, None, None] * _RADII_MM
    points = line[:, None] + places[..., :1] * across[:, None] + places[..., 1:] * outward[:, None]

    station, corner = np.meshgrid(np.arange(_STATIONS - 1), np.arange(count), indexing="ij")
    a, b = station * count + corner, station * count + (corner + 1) % count
    c, d = a + count, b + count
    sides = np.stack([np.stack([a, b, c], -1), np.stack([b, d, c], -1)]).reshape(-1, 3)
    # An outline runs along one side of its sheet and back on the other: opposite points are joined
    # to close the ends.
    i = np.arange(count // 2 - 1)
    j = count - 1 - i
    end = np.concatenate([np.stack([i, j, i + 1], -1), np.stack([j, j - 1, i + 1], -1)])
    last = (_STATIONS - 1) * count
    return points.reshape(-1, 3), np.concatenate([sides, end, end[:, ::-1] + last])


def _arch() -> tuple[Floats, Floats, Floats]:
    """Lay out the center line, and the two directions of its cross-sections."""
    line = smooth(_ARCH, _STATIONS)
    tangent = np.gradient(line, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    outward = line - _THALAMUS
    outward -= (outward * tangent).sum(axis=1, keepdims=True) * tangent
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    return line, np.cross(outward, tangent), outward


def _outline(name: str, thickness: float) -> Floats:
    """Draw a part's outline in the cross-section, counter-clockwise, shape (C, 2)."""
    if name == "HPF":
        angle = np.linspace(0, 2 * np.pi, 40, endpoint=False) + np.pi / 40
        return np.stack([np.cos(angle), np.sin(angle)], -1) * _FORMATION * thickness
    course = smooth(np.array(_SHEETS[name]), 22)
    forward = np.gradient(course, axis=0)
    forward /= np.linalg.norm(forward, axis=1, keepdims=True)
    left = np.stack([-forward[:, 1], forward[:, 0]], -1)
    half = _HALF_SHEET * thickness
    turn = np.linspace(-np.pi / 2, np.pi / 2, 5)[1:-1, None]
    front = course[-1] + half * (np.cos(turn) * forward[-1] + np.sin(turn) * left[-1])
    back = course[0] - half * (np.cos(turn) * forward[0] + np.sin(turn) * left[0])
    return np.concatenate([course - half * left, front, (course + half * left)[::-1], back])
