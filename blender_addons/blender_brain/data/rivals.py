# SPDX-License-Identifier: GPL-3.0-or-later
"""Other axes that explain points better than those that they were read with, or as well.

Most points of exchanged axes are inside a brain all the same, so being inside is no proof. What
tells more is how many would be inside with other axes, the hemispheres that a file names, and that
brains are even about their mid-plane.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..atlas import Atlas, AtlasError, read_mesh
from ..atlas.inside import inside
from .coordinates import AXES, ORDERS, Coordinates
from .table_layout import Half

_MOST_TRIED: Final = 200
# How much closer to the middle points are tried: what lies just outside of a brain's surface, as
# registration leaves it, is no sign of exchanged axes.
_LENIENT: Final = 0.95
# Fewer that are out of place are nothing to worry about.
_OFTEN: Final = 0.05
_FEW: Final = 3
# How many times fewer have to be out of place.
_BETTER: Final = 4
# Shares that differ by less are equally good.
_EQUAL: Final = 0.02
_MOST_FITS: Final = 3
# What is even is within a tenth of its mirror image, on the scale of Kolmogorov and Smirnov. Fewer
# points differ as much by chance.
_EVEN, _UNEVEN, _ENOUGH = 0.1, 0.3, 100
# In widths of the brain: points in one spot of the mid-plane are even about it by chance.
_WIDE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Rivals:
    """What else would explain points.

    Attributes
    ----------
    better : tuple of (Coordinates, float)
        By which far fewer are out of place, best first, and their shares.
    sides : bool
        Whether these are better for the hemispheres rather than for being inside.
    even : tuple of (Coordinates, float)
        By which points are even about the mid-plane, while they are not as they were read.
    equal : tuple of (Coordinates, float)
        By which as many are inside, so that nothing decides.
    """

    better: tuple[tuple[Coordinates, float], ...] = ()
    sides: bool = False
    even: tuple[tuple[Coordinates, float], ...] = ()
    equal: tuple[tuple[Coordinates, float], ...] = ()


def rivals(
    atlas: Atlas,
    numbers: NDArray[np.float64],
    read: Coordinates,
    *,
    sides: Sequence[Half] = (),
    axes_named: bool = True,
) -> Rivals:
    """Compare the axes by which points were read with all others, in the same unit.

    Parameters
    ----------
    numbers : ndarray, shape (N, 3)
        As in the file.
    read : Coordinates
        How they were read.
    sides : sequence, length N or 0
        ``"LEFT"`` or ``"RIGHT"`` where the file says so.
    axes_named : bool
        Whether the file says, or the user, which axis is which. If so, what is only as good is not
        looked for.
    """
    try:
        surfaces = [read_mesh(atlas, root.id) for root in atlas.roots]
    except AtlasError:
        return Rivals()
    some = evenly(len(numbers), _MOST_TRIED)
    ways = list(_ways(read))
    each = [way.points_um(numbers[some], atlas.resolution_um, atlas.extent_um) for way in ways]
    points_um = np.concatenate(each)
    within = np.zeros(len(points_um), bool)
    for points, triangles in surfaces:
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        within |= inside(points, triangles, middle + _LENIENT * (points_um - middle))
    by_way = within.reshape(len(ways), -1)
    agrees = np.ones(by_way.shape, bool)
    if len(sides):
        agrees = np.stack([_agree(one, [sides[n] for n in some], atlas) for one in each])
    shares = (by_way & agrees).mean(axis=1)
    own, out = float(shares[0]), 1 - shares
    best = float(out.min())
    if out[0] >= _OFTEN and out[0] * len(some) >= _FEW and best * _BETTER <= out[0]:
        found = [n for n in range(1, len(ways)) if out[n] <= best + _EQUAL]
        simplest = min(_cost(ways[n], read) for n in found)
        found = [n for n in found if _cost(ways[n], read) == simplest]
        found.sort(key=lambda n: out[n])
        better = tuple((ways[n], float(shares[n])) for n in found[:_MOST_FITS])
        wrong_side = float((by_way[0] & ~agrees[0]).mean())
        return Rivals(better, sides=2 * wrong_side > out[0])
    if axes_named:
        return Rivals()
    equal = [
        (way, float(share))
        for way, share in zip(ways[1:], shares[1:], strict=True)
        if share >= own - _EQUAL and way.flips == read.flips
    ]
    # Planes, rows and columns are the usual other order.
    equal.sort(key=lambda one: one[0].order != "mda")
    own_evenness = evenness(numbers, read, atlas)
    even = tuple(
        one for one in equal if own_evenness > _UNEVEN and evenness(numbers, one[0], atlas) < _EVEN
    )
    if own_evenness < _EVEN:
        equal = [one for one in equal if evenness(numbers, one[0], atlas) < _UNEVEN]
    return Rivals(even=even, equal=tuple(equal))


def side_share(atlas: Atlas, points_um: NDArray[np.float64], sides: Sequence[Half]) -> float | None:
    """Return for how many points the named hemisphere is right; None if none is named."""
    named = np.array([side != "BOTH" for side in sides])
    if not named.any():
        return None
    return float(_agree(points_um, sides, atlas)[named].mean())


def evenness(numbers: NDArray[np.float64], read: Coordinates, atlas: Atlas) -> float:
    """Compare points with their mirror image in the other hemisphere.

    Returns
    -------
    float
        The largest difference between the shares that lie up to a plane, 0 to 1. Of too few points
        it is between even and uneven, and all in one spot are never even.
    """
    undecided = (_EVEN + _UNEVEN) / 2
    across = read.points_um(numbers, atlas.resolution_um, atlas.extent_um)[:, 2]
    across = np.sort(across - atlas.extent_um[2] / 2)
    if len(across) < _ENOUGH:
        return undecided
    mirrored = -across[::-1]
    every = np.concatenate([across, mirrored])
    apart = np.searchsorted(across, every, "right") - np.searchsorted(mirrored, every, "right")
    largest = float(np.abs(apart).max() / len(across))
    return largest if across.std() > _WIDE * atlas.extent_um[2] else max(largest, undecided)


def evenly(count: int, most: int) -> NDArray[np.int64]:
    """Choose places all over a list, at most so many."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))


def _ways(read: Coordinates) -> Iterator[Coordinates]:
    """List all orders and directions of the axes, the one at hand first."""
    yield read
    flips = [frozenset(some) for n in range(4) for some in itertools.combinations(AXES, n)]
    for order, flip in itertools.product(ORDERS, flips):
        if (order, flip) != (read.order, read.flips):
            yield replace(read, order=order, flips=flip)


def _cost(way: Coordinates, read: Coordinates) -> int:
    return (way.order != read.order) + len(way.flips ^ read.flips)


def _agree(
    points_um: NDArray[np.float64], sides: Sequence[Half], atlas: Atlas
) -> NDArray[np.bool_]:
    # In asr, z runs from right to left.
    left = points_um[:, 2] > atlas.extent_um[2] / 2
    wanted = np.array([(side != "RIGHT", side != "LEFT") for side in sides])
    return np.where(left, wanted[:, 0], wanted[:, 1])
