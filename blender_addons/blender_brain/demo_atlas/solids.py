# SPDX-License-Identifier: GPL-3.0-or-later
"""The shapes of an invented brain, about as large as a mouse's.

Nothing here was measured: it is drawn so that the parts are recognizable. In millimeters around the
brain's middle, right-handed: x to the right, y anterior, z dorsal. Both hemispheres are alike, so
most shapes are functions of the distance from the mid-plane. The hippocampus, which has a module of
its own, lies in the space between cortex and thalamus.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np

from .implicit import Floats, Shape, ellipsoid, intersection, union
from .lines import smooth

_CORTEX_MM: Final = 0.74
_GAP_MM: Final = 0.03
_CREASE_MM: Final = 0.14


def _sided(points: Floats) -> Floats:
    """Mirror everything to the right, without a crease at the mid-plane."""
    x = np.hypot(points[..., :1], _CREASE_MM)
    return np.concatenate([x, points[..., 1:]], axis=-1)


def _distance(field: Callable[[Floats], Floats], points: Floats) -> Floats:
    """Scale a field by its slope, so that near the surface it is the distance to it."""
    step = 0.02
    slope = np.stack(
        [field(points + way) - field(points - way) for way in np.eye(3) * step], axis=-1
    )
    steepness = np.linalg.norm(slope, axis=-1) / (2 * step)
    return np.asarray(field(points) / np.maximum(steepness, 0.5))


def _without(whole: Floats, *others: Floats) -> Floats:
    """Take away what other parts occupy, so that no two overlap."""
    for other in others:
        whole = intersection(whole, _GAP_MM - other, 0.06)
    return whole


# --- Cerebrum ---

# One hemisphere as sections across its length: where each is along y, where its middle is in x and
# z, its half width, and its heights above and below that middle.
_SECTIONS: Final = np.array(
    [
        (4.60, 1.05, -0.15, 0.00, 0.00, 0.00),
        (4.30, 1.08, -0.10, 0.95, 0.95, 0.85),
        (3.60, 1.18, -0.05, 1.55, 1.60, 1.40),
        (2.60, 1.36, 0.00, 2.05, 2.10, 1.95),
        (1.50, 1.54, 0.00, 2.42, 2.50, 2.35),
        (0.50, 1.70, 0.02, 2.75, 2.78, 2.65),
        (-0.50, 1.83, 0.05, 3.02, 3.00, 2.90),
        (-1.50, 1.92, 0.12, 3.18, 3.05, 3.10),
        (-2.30, 1.97, 0.25, 3.08, 2.88, 2.90),
        (-3.00, 2.02, 0.50, 2.62, 2.40, 2.25),
        (-3.55, 2.05, 0.75, 1.80, 1.60, 1.35),
        (-3.95, 2.05, 0.90, 0.00, 0.00, 0.00),
    ]
)


def _section_table() -> Floats:
    """Return the sections close together: y, x and z of the middle, squared half width, ratios."""
    y, x, z, wide, up, down = _SECTIONS.T
    ratios = [np.divide(wide, h, out=np.ones_like(wide), where=h > 0) ** 2 for h in (up, down)]
    # The square of a round end's radius falls evenly to zero.
    return smooth(np.column_stack([y, x, z, wide**2, *ratios]), 240)[::-1]


_TABLE: Final = _section_table()


def _section_field(p: Floats) -> Floats:
    y = p[..., 1]
    x, z, square, up, down = (np.interp(y, _TABLE[:, 0], column) for column in _TABLE.T[1:])
    beyond = np.maximum(y - _TABLE[-1, 0], 0) + np.maximum(_TABLE[0, 0] - y, 0)
    height = p[..., 2] - z
    ratio = np.where(height > 0, up, down)
    return np.asarray((p[..., 0] - x) ** 2 + ratio * height**2 - square + 3 * beyond)


def _hemispheres(points: Floats, depth: float = 0.0) -> Floats:
    """Return values of the cerebral hemispheres, which merge at the mid-plane under a groove."""
    return _distance(_section_field, _sided(points)) + depth


def _halves(points: Floats, depth: float = 0.0) -> Floats:
    """Return values of the hemispheres apart: a cleft between them, which widens behind."""
    p = _sided(points)
    cleft = _CREASE_MM - 0.01 + 0.9 * np.maximum(-2.3 - p[..., 1], 0) ** 1.5
    return intersection(_hemispheres(points), cleft - p[..., 0], 0.22) + depth


def _rhinal(p: Floats) -> Floats:
    """Return the height of the isocortex's lower rim: the rhinal fissure, and the callosum."""
    lateral = -1.05 + 0.045 * (p[..., 1] - 0.6) ** 2
    inward = np.clip((1.75 - p[..., 0]) / 1.1, 0, 1)
    medial = 1.75 - 0.14 * (p[..., 1] + 0.6) ** 2
    return np.asarray(lateral + (medial - lateral) * inward**2 * (3 - 2 * inward))


def _shell(points: Floats) -> Floats:
    outer, inner = _halves(points, _GAP_MM), _halves(points, _CORTEX_MM)
    return intersection(outer, -inner, 0.12)


def _isocortex(points: Floats) -> Floats:
    """Return values of the hemispheres' outer shell, above the rhinal fissure."""
    p = _sided(points)
    shell = intersection(_shell(points), _rhinal(p) + _GAP_MM - p[..., 2], 0.25)
    return _without(shell, _bulbs(points), _midbrain(points))


# Each area of the isocortex is what is nearest to one of these points.
_AREA_SEEDS: Final[dict[str, tuple[float, float, float]]] = {
    "MO": (1.6, 2.9, 1.5),
    "SS": (3.5, 0.6, 1.4),
    "VIS": (2.7, -2.5, 2.2),
    "AUD": (4.7, -1.7, 0.4),
    "RSP": (0.4, -1.8, 2.6),
    "ACA": (0.1, 1.5, 1.5),
}
# Below the fissure, from the front to the back.
_LOWER_SEEDS: Final[dict[str, tuple[float, float, float]]] = {
    "PIR": (2.6, 0.6, -2.0),
    "ENT": (3.9, -3.1, -1.0),
}


def _nearest(name: str, seeds: dict[str, tuple[float, float, float]], p: Floats) -> Floats:
    """Return values of what is nearer to one of some points than to the others."""
    own = np.array(seeds[name])
    cell = np.full(p.shape[:-1], -1e3)
    for other, seed in seeds.items():
        if other != name:
            toward = np.array(seed) - own
            length = float(np.linalg.norm(toward))
            plane = ((p - (own + np.array(seed)) / 2) @ toward) / length + _GAP_MM
            cell = intersection(cell, plane, 0.08)
    return cell


def _area(name: str, points: Floats) -> Floats:
    cell = _nearest(name, _AREA_SEEDS, _sided(points))
    return intersection(_isocortex(points) + _GAP_MM, cell, 0.08)


def _lower_area(name: str, points: Floats) -> Floats:
    """Return values of the outer shell's part below the rhinal fissure, beside the hypothalamus."""
    p = _sided(points)
    outer, inner = _halves(points, 2 * _GAP_MM), _halves(points, 0.50)
    shell = intersection(outer, -inner, 0.12)
    below = intersection(p[..., 2] - _rhinal(p) + 2 * _GAP_MM, 1.3 - p[..., 0], 0.2)
    cell = _nearest(name, _LOWER_SEEDS, p)
    lower = intersection(shell, intersection(below, cell, 0.08), 0.12)
    return _without(lower, _bulbs(points), _midbrain(points))


def _bulbs(points: Floats) -> Floats:
    """Return values of the olfactory bulbs, each on a stalk."""
    p = _sided(points)
    bulb = ellipsoid(p, (0.90, 5.05, -0.05), (0.86, 1.45, 1.08))
    stalk = ellipsoid(p, (1.00, 4.05, -0.45), (0.55, 0.95, 0.55))
    return union(bulb, stalk, 0.35)


def _cerebrum(points: Floats) -> Floats:
    return union(_hemispheres(points), _bulbs(points), 0.25)


# --- Brain stem and cerebellum ---


def _joined_pair(
    center: tuple[float, float, float], radii: tuple[float, float, float], points: Floats
) -> Floats:
    """Return values of two bodies that merge at the mid-plane."""
    right = ellipsoid(points, center, radii)
    left = ellipsoid(points * (-1, 1, 1), center, radii)
    return union(right, left, 0.35)


def _grooves(angle: Floats, count: float) -> Floats:
    """Return 1 at the bottom of narrow grooves, 0 between them."""
    return np.asarray(((1 + np.cos(count * angle)) / 2) ** 4)


def _folia(points: Floats, groove_mm: float) -> Floats:
    """Return values of the cerebellum, as if nothing else were near it."""
    p = _sided(points)
    x, y, z = p[..., 0], p[..., 1], p[..., 2]
    vermis = ellipsoid(p, (0.0, -5.05, 0.62), (1.05, 1.42, 1.50))
    lobe = ellipsoid(p, (1.85, -4.92, 0.28), (2.05, 1.20, 1.22))
    flocculus = ellipsoid(p, (3.72, -4.62, -0.40), (0.62, 0.66, 0.58))
    # Folia run from left to right, around the middle of each part; in the lobes they fan out.
    vermis = vermis + groove_mm * _grooves(np.arctan2(z - 0.15, -(y + 4.45)), 25)
    lobe = lobe + groove_mm * _grooves(np.arctan2(z + 0.2, -(y + 4.30)) + 0.10 * (x - 2), 21)
    flocculus = flocculus + groove_mm / 2 * _grooves(np.arctan2(x - 3.6, z + 0.45), 11)
    return union(union(vermis, lobe, 0.12), flocculus, 0.18)


def _cerebellum(points: Floats) -> Floats:
    whole = _folia(points, 0.10)
    return _without(whole, _midbrain(points), _hindbrain(points), _halves(points))


def _thalamus(points: Floats) -> Floats:
    return _joined_pair((0.85, -0.75, -0.40), (1.15, 1.35, 0.95), points)


def _hypothalamus(points: Floats) -> Floats:
    whole = _joined_pair((0.45, -0.55, -2.05), (0.80, 1.45, 0.85), points)
    return _without(whole, _thalamus(points))


def _striatum(points: Floats) -> Floats:
    whole = ellipsoid(_sided(points), (1.98, 1.35, 0.00), (0.92, 1.50, 1.22))
    return _without(whole, _thalamus(points))


def _superior_colliculus(points: Floats) -> Floats:
    hills = _joined_pair((0.80, -2.65, 0.10), (0.95, 0.85, 0.60), points)
    hills = intersection(hills, -3.25 + _GAP_MM - points[..., 1], 0.1)
    return _without(hills, _thalamus(points))


def _inferior_colliculus(points: Floats) -> Floats:
    hills = _joined_pair((0.85, -3.65, 0.05), (0.75, 0.60, 0.58), points)
    return intersection(hills, 3.25 + _GAP_MM + points[..., 1], 0.1)


def _midbrain(points: Floats) -> Floats:
    """Return values of the midbrain, with its two pairs of hills on top."""
    core = ellipsoid(points, (0.0, -2.60, -1.00), (1.60, 1.25, 1.25))
    hills = union(_superior_colliculus(points), _inferior_colliculus(points), 0.12)
    whole = union(core, hills - _GAP_MM, 0.25)
    return _without(whole, _thalamus(points), _hypothalamus(points))


def _hindbrain(points: Floats) -> Floats:
    pons = ellipsoid(points, (0.0, -3.65, -1.95), (1.80, 1.15, 0.95))
    medulla = ellipsoid(points, (0.0, -4.95, -1.55), (1.50, 1.60, 0.95))
    cord = ellipsoid(points, (0.0, -5.75, -1.55), (1.00, 0.78, 0.72))
    stem = union(union(pons, medulla, 0.5), cord, 0.6)
    return _without(stem, _midbrain(points))


def _pons(points: Floats) -> Floats:
    return intersection(_hindbrain(points) + _GAP_MM, -4.20 + _GAP_MM - points[..., 1], 0.15)


def _medulla(points: Floats) -> Floats:
    return intersection(_hindbrain(points) + _GAP_MM, 4.20 + _GAP_MM + points[..., 1], 0.15)


def _brain_stem(points: Floats) -> Floats:
    upper = union(_thalamus(points), _hypothalamus(points), 0.3)
    return union(upper, union(_midbrain(points), _hindbrain(points), 0.3), 0.3)


def _grey(points: Floats) -> Floats:
    """Return values of everything together, without the clefts between the parts."""
    between = ellipsoid(points, (0.0, -3.55, -0.10), (2.30, 1.15, 1.20))
    stem = union(_brain_stem(points), between, 0.5)
    whole = union(_cerebrum(points), stem, 0.7)
    return union(whole, _folia(points, 0.07), 0.45) - _GAP_MM


def _root(points: Floats) -> Floats:
    return _grey(points) - 0.06


SHAPES: Final[dict[str, Shape]] = {
    "root": _root,
    "grey": _grey,
    "CH": _cerebrum,
    "Isocortex": _isocortex,
    **{name: partial(_area, name) for name in _AREA_SEEDS},
    **{name: partial(_lower_area, name) for name in _LOWER_SEEDS},
    "MOB": _bulbs,
    "STR": _striatum,
    "BS": _brain_stem,
    "TH": _thalamus,
    "HY": _hypothalamus,
    "MB": _midbrain,
    "SC": _superior_colliculus,
    "IC": _inferior_colliculus,
    "HB": _hindbrain,
    "P": _pons,
    "MY": _medulla,
    "CB": _cerebellum,
}
"""By acronym."""
