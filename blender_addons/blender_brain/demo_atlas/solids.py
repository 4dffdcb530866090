# SPDX-License-Identifier: GPL-3.0-or-later
"""The shapes of an invented brain, about as large as a mouse's.

Nothing here was measured: it is drawn so that the parts are recognizable. In millimeters around the
brain's middle, right-handed: x to the right, y anterior, z dorsal. Both hemispheres are alike, so
most shapes are functions of the distance from the mid-plane. The hippocampus, which has a module of
its own, lies in the space between cortex and thalamus.
"""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np

from .implicit import Floats, Shape, ellipsoid, intersection, union

_CORTEX_MM: Final = 0.85
_GAP_MM: Final = 0.03
_CREASE_MM: Final = 0.12


def _sided(points: Floats) -> Floats:
    """Mirror everything to the right, without a crease at the mid-plane."""
    x = np.hypot(points[..., :1], _CREASE_MM)
    return np.concatenate([x, points[..., 1:]], axis=-1)


def _hemispheres(points: Floats, depth: float = 0.0) -> Floats:
    """Return values of the cerebral hemispheres, which touch at the mid-plane."""
    p = _sided(points)
    y = p[..., 1]
    # Narrow and low in front, wide and high behind.
    t = np.clip((y - 0.3) / 4.1, -1.3, 1.3)
    wide = 2.75 * (1 - 0.30 * t - 0.06 * t**2)
    high = 2.55 * (1 - 0.14 * t - 0.05 * t**2)
    middle_x = 1.95 - 0.45 * t
    middle_z = 0.15 - 0.25 * t - 0.06 * (p[..., 0] - middle_x) ** 2
    q = np.stack(
        [(p[..., 0] - middle_x) / wide, (y - 0.3) / 4.1, (p[..., 2] - middle_z) / high], axis=-1
    )
    r = np.sqrt((q**2).sum(axis=-1) + 1e-12)
    # How fast r grows outwards, so that depths are about true.
    grows = np.sqrt((q[..., 0] / wide) ** 2 + (q[..., 1] / 4.1) ** 2 + (q[..., 2] / high) ** 2)
    return np.asarray(r * (r - 1) / np.maximum(grows, 0.05) + depth)


def _isocortex(points: Floats) -> Floats:
    """Return values of the hemispheres' outer shell, above the rhinal fissure."""
    p = _sided(points)
    rim = -0.75 - 0.12 * p[..., 1] - p[..., 2]
    outer, inner = _hemispheres(points, _GAP_MM), _hemispheres(points, _CORTEX_MM)
    shell = intersection(outer, -inner, 0.12)
    shell = intersection(shell, rim, 0.25)
    # A cleft between the hemispheres.
    return intersection(shell, 1.25 * _CREASE_MM - p[..., 0], 0.06)


# Each area of the isocortex is what is nearest to one of these points.
_AREA_SEEDS: Final[dict[str, tuple[float, float, float]]] = {
    "MO": (1.5, 3.1, 1.2),
    "SS": (3.3, 0.9, 1.2),
    "VIS": (2.7, -2.4, 1.9),
    "AUD": (4.6, -1.5, 0.2),
    "RSP": (0.5, -1.9, 2.5),
    "ACA": (0.2, 1.6, 1.4),
}


def _area(name: str, points: Floats) -> Floats:
    p = _sided(points)
    own = np.array(_AREA_SEEDS[name])
    cell = np.full(points.shape[:-1], -1e3)
    for other, seed in _AREA_SEEDS.items():
        if other != name:
            toward = np.array(seed) - own
            length = float(np.linalg.norm(toward))
            plane = ((p - (own + np.array(seed)) / 2) @ toward) / length + _GAP_MM
            cell = intersection(cell, plane, 0.08)
    return intersection(_isocortex(points) + _GAP_MM, cell, 0.08)


def _pair(
    center: tuple[float, float, float], radii: tuple[float, float, float], points: Floats
) -> Floats:
    return ellipsoid(_sided(points), center, radii)


def _joined_pair(
    center: tuple[float, float, float], radii: tuple[float, float, float], points: Floats
) -> Floats:
    """Return values of two bodies that merge at the mid-plane."""
    right = ellipsoid(points, center, radii)
    left = ellipsoid(points * (-1, 1, 1), center, radii)
    return union(right, left, 0.35)


def _cerebellum(points: Floats, groove_mm: float = 0.11) -> Floats:
    p = _sided(points)
    vermis = ellipsoid(p, (0.0, -4.75, 0.75), (1.05, 1.40, 1.55))
    lobe = ellipsoid(p, (1.75, -4.55, 0.45), (1.60, 1.15, 1.20))
    side = ellipsoid(p, (3.25, -4.45, -0.15), (0.75, 0.75, 0.75))
    whole = union(union(vermis, lobe, 0.25), side, 0.15)
    # Folia: grooves that run from left to right around its middle.
    angle = np.arctan2(p[..., 2] + 0.3, -(p[..., 1] + 4.2))
    return np.asarray(whole + groove_mm * ((1 + np.cos(22 * angle)) / 2) ** 2)


def _midbrain(points: Floats) -> Floats:
    """Return values of the midbrain, with its two pairs of hills on top."""
    core = ellipsoid(points, (0.0, -2.35, -1.05), (1.55, 1.15, 1.20))
    superior = _joined_pair((0.72, -2.35, 0.15), (0.85, 0.85, 0.55), points)
    inferior = _joined_pair((0.85, -3.25, 0.00), (0.70, 0.55, 0.50), points)
    return union(core, union(superior, inferior, 0.15), 0.25)


def _hindbrain(points: Floats) -> Floats:
    pons = ellipsoid(points, (0.0, -3.55, -1.85), (1.75, 1.15, 0.95))
    medulla = ellipsoid(points, (0.0, -4.85, -1.55), (1.40, 1.55, 0.85))
    return intersection(union(pons, medulla, 0.5), -(_midbrain(points) - _GAP_MM), 0.1)


def _cerebrum(points: Floats) -> Floats:
    return union(_hemispheres(points), SHAPES["MOB"](points), 0.3)


def _brain_stem(points: Floats) -> Floats:
    upper = union(SHAPES["TH"](points), SHAPES["HY"](points), 0.3)
    return union(upper, union(_midbrain(points), _hindbrain(points), 0.3), 0.3)


def _grey(points: Floats) -> Floats:
    whole = union(_cerebrum(points), _brain_stem(points), 0.4)
    return union(whole, _cerebellum(points, 0.07), 0.2) - _GAP_MM


def _root(points: Floats) -> Floats:
    return _grey(points) - 0.06


SHAPES: Final[dict[str, Shape]] = {
    "root": _root,
    "grey": _grey,
    "CH": _cerebrum,
    "Isocortex": _isocortex,
    **{name: partial(_area, name) for name in _AREA_SEEDS},
    "MOB": partial(_pair, (1.06, 4.75, 0.05), (0.78, 1.30, 0.95)),
    "STR": partial(_pair, (1.95, 1.55, -0.25), (0.85, 1.45, 1.20)),
    "BS": _brain_stem,
    "TH": partial(_joined_pair, (0.72, -0.75, -0.35), (0.85, 1.15, 0.85)),
    "HY": partial(_joined_pair, (0.45, -0.65, -1.95), (0.75, 1.25, 0.65)),
    "MB": _midbrain,
    "HB": _hindbrain,
    "CB": _cerebellum,
}
"""By acronym."""
