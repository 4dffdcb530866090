# SPDX-License-Identifier: GPL-3.0-or-later
"""Where points of a file landed in an atlas, in a sentence, and what else would fit."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..atlas import Atlas, AtlasError, Structure, read_mesh
from ..atlas.inside import NOWHERE, Located, inside, locate
from ..atlas.search import Search, UnknownStructureError
from ..common.required import required
from .coordinates import AXES, ORDERS, Coordinates, Origin, Triple, Unit, bregma_of
from .rivals import Rivals, evenly, rivals, side_share
from .table_layout import Half

_MOST_NAMED: Final = 5
_MOST_FITS: Final = 3
MOST_LOCATED: Final = 20_000
"""Of more points, equally many evenly spaced ones are looked at for the sentence."""
_MOST_TRIED: Final = 1_000
_MOST_COMPARED: Final = 200
_HALF: Final = 0.5
_SLIVER: Final = 0.01
_FEW: Final = 10
# Fits that differ by less are equally good.
_EQUAL: Final = 0.02
_VOXELS_UM: Final = (10.0, 20.0, 25.0, 50.0, 100.0)
_CELLS: Final = 32


@dataclass(frozen=True, slots=True, eq=False)
class Landing:
    """What to tell about imported points.

    Attributes
    ----------
    text : str
        A sentence.
    warning : str
        Another one if something is likely to be wrong, else empty.
    fits : tuple of Coordinates
        What would fit better, best first.
    """

    text: str
    warning: str = ""
    fits: tuple[Coordinates, ...] = ()
    places: NDArray[np.int64] | None = None
    """See `atlas.inside.Located`; None if there are too many points to look at all of them."""


def tell_landing(
    atlas: Atlas,
    search: Search,
    numbers: NDArray[np.float64],
    coordinates: Coordinates,
    *,
    what: str = "point",
    named: Sequence[str] = (),
    column: str = "",
    sides: Sequence[Half] = (),
    side_column: str = "",
    axes_named: bool = True,
) -> Landing:
    """Say where points are.

    Parameters
    ----------
    search : Search
        Of the atlas's structures.
    numbers : ndarray, shape (N, 3)
        As in the file.
    coordinates : Coordinates
        How they were read.
    what : str
        What the points are.
    named : sequence of str, length N or 0
        The structures in which they are according to the file, in this `column`.
    sides : sequence of str, length N or 0
        The hemispheres, likewise, in this `side_column`.
    axes_named : bool
        Whether it is known which axis is which. Otherwise other orders that fit as well are named.
    """
    some = evenly(len(numbers), MOST_LOCATED)
    points_um = coordinates.points_um(numbers[some], atlas.resolution_um, atlas.extent_um)
    located = locate(atlas, points_um)
    text = _sentence(atlas, len(numbers), what, located)
    share = None
    if len(named):
        agreement, share = _agreement(
            atlas, search, [named[place] for place in some], column, points_um, located
        )
        text += agreement
    sided = side_share(atlas, points_um, [sides[place] for place in some]) if sides else None
    if sided is not None:
        text += f"; '{side_column}' agrees for {_percent(sided)}"
    wrong = _suspicion(atlas, points_um, located)
    if not wrong and share is not None and share < _HALF:
        wrong = "Most points are not where the file says"
    places = located.places if len(located.places) == len(numbers) else None
    if not wrong:
        if share is not None and sided is None:
            # Where the file says, which no other axes can do better.
            return Landing(text, places=places)
        known = axes_named or share is not None
        others = rivals(atlas, numbers, coordinates, sides=sides, axes_named=known)
        missed = 1 - required(sided) if others.sides else float(np.mean(located.places == NOWHERE))
        return _among_rivals(text, others, missed, places)
    structures = _found(search, named)
    fits = _fits(atlas, numbers, coordinates, [structures.get(name) for name in named])
    by = "in the named regions" if structures else "inside"
    if not fits and "miss" in wrong:
        # None of them where the file says: at least inside of the brain.
        fits, by = _fits(atlas, numbers, coordinates, ()), "inside"
    if not fits:
        return Landing(
            text, f"{wrong}: check unit, axes and origin in the import's settings.", places=places
        )
    return Landing(
        text,
        f"{wrong}; they would fit as {_choices(fits)} {by}.",
        tuple(fit for fit, _ in fits),
        places,
    )


def area_of(atlas: Atlas, structure: Structure) -> Structure:
    """Return the area whose layer a structure is, or the structure itself."""
    if structure.parent is not None and "layer" in structure.name.casefold():
        area = atlas[structure.parent]
        if structure.acronym.startswith(area.acronym):
            return area
    return structure


def _sentence(atlas: Atlas, count: int, what: str, located: Located) -> str:
    places = located.places
    text = f"{count:,} {what}{'s' * (count != 1)}"
    if len(places) < count:
        text += f" (by {len(places):,} of them)"
    within = np.count_nonzero(places != NOWHERE)
    outline = not any(root in located.without_mesh for root in atlas.roots)
    where = "inside the brain" if outline else "in a region that is on this disk"
    text += f": {_percent(within / len(places))} {where}"
    counts: Counter[str] = Counter()
    for place, times in zip(*np.unique(places[places != NOWHERE], return_counts=True), strict=True):
        counts[area_of(atlas, atlas.structures[place]).acronym] += int(times)
    if counts:
        named = counts.most_common(_MOST_NAMED)
        shares = ", ".join(f"{name} {_percent(times / len(places))}" for name, times in named)
        more = len(counts) - len(named)
        text += f"; {shares}" + (f" and {more:,} more region{'s' * (more != 1)}" if more else "")
    if not outline:
        text += "; the brain's own surface is not"
    elif located.without_mesh:
        several = len(located.without_mesh)
        text += (
            f"; {several:,} region{'s' * (several != 1)} could not be told apart, since the mesh is"
            " not on this disk"
        )
    return text


def _among_rivals(
    text: str, others: Rivals, missed: float, places: NDArray[np.int64] | None
) -> Landing:
    """Say whether other axes fit better than those that most points are inside with, or as well."""
    if others.better:
        out = _percent(missed)
        wrong = (
            f"{out} of them are not in the hemisphere that the file says"
            if others.sides
            else f"{out} of them miss the brain"
        )
        choices = _choices(others.better)
        by = "in that hemisphere" if others.sides else "inside"
        fits = tuple(fit for fit, _ in others.better)
        return Landing(text, f"{wrong}; they would fit better as {choices} {by}.", fits, places)
    if others.even:
        fits = tuple(fit for fit, _ in others.even)
        return Landing(
            text,
            "They are uneven about the mid-plane, but as many are inside, and even about it, as"
            f" {_choices(others.even)}.",
            fits,
            places,
        )
    if others.equal:
        # The shares and the unit are those at hand.
        orders = [", ".join(AXES[axis] for axis in ORDERS[fit.order]) for fit, _ in others.equal]
        more = f" and {len(orders) - 1} more" if len(orders) > 1 else ""
        text += (
            "; the file does not say which axis is which, and as many would be inside in the order"
            f" {orders[0]}{more}"
        )
    return Landing(text, places=places)


def _choices(fits: Sequence[tuple[Coordinates, float]]) -> str:
    return " or ".join(f"{fit.described()} ({_percent(share)})" for fit, share in fits)


def _agreement(
    atlas: Atlas,
    search: Search,
    named: Sequence[str],
    column: str,
    points_um: NDArray[np.float64],
    located: Located,
) -> tuple[str, float | None]:
    """Compare where points are with where their file says they are; no share if nothing can be."""
    known = _found(search, named)
    unknown = sorted({name for name in named if name and name not in known})
    agree = compared = 0
    for name, place in zip(named, located.places.tolist(), strict=True):
        # A point in a region whose mesh is not here is found in what is around that region.
        if name in known and known[name].has_mesh:
            compared += 1
            agree += place != NOWHERE and known[name].id in atlas.structures[place].path
    share = agree / compared if compared else None
    text = "" if share is None else f"; '{column}' agrees for {_percent(share)}"
    if unknown:
        names = ", ".join(f"'{name[:40]}'" for name in unknown[:3])
        more = " and others" if len(unknown) > 3 else ""
        text += f"; {names}{more} in '{column}' {'is' if len(unknown) == 1 else 'are'} unknown"
    return text, share


def _found(search: Search, named: Sequence[str]) -> dict[str, Structure]:
    found = {}
    for name in set(named):
        try:
            found[name] = search.find_one(name)
        except UnknownStructureError:
            continue
    return found


def _suspicion(atlas: Atlas, points_um: NDArray[np.float64], located: Located) -> str:
    if any(root in located.without_mesh for root in atlas.roots):
        # Without the brain's surface only its box is known.
        beyond = (points_um < 0) | (points_um > np.array(atlas.extent_um))
        missed = float(beyond.any(axis=1).mean())
    else:
        missed = float((located.places == NOWHERE).mean())
    if missed > _HALF:
        return f"{_percent(missed)} of them miss the brain"
    size = np.ptp(points_um, axis=0) / atlas.extent_um
    if len(points_um) >= _FEW and (size < _SLIVER).all():
        return f"All lie within {size.max():.1%} of the atlas's size"
    return ""


def _fits(
    atlas: Atlas,
    numbers: NDArray[np.float64],
    read: Coordinates,
    structures: Sequence[Structure | None],
) -> list[tuple[Coordinates, float]]:
    """Find how else numbers may be meant, by how many of them are inside then."""
    solid = _solid(atlas)
    if solid is None:
        return []
    some = evenly(len(numbers), _MOST_TRIED)
    rated = []
    for cost, other in _others(atlas, read):
        points_um = other.points_um(numbers[some], atlas.resolution_um, atlas.extent_um)
        size = np.ptp(points_um, axis=0) / atlas.extent_um
        share = _share(solid, points_um, atlas.extent_um)
        if share > _HALF and not (len(some) >= _FEW and (size < _SLIVER).all()):
            rated.append((share, -cost, other))
    if any(one is not None for one in structures):
        rated = _by_structures(atlas, numbers, structures, rated)
    if not rated:
        return []
    best = max(share for share, *_ in rated)
    good = [one for one in rated if one[0] >= best - _EQUAL]
    good.sort(key=lambda one: (-one[1], -one[0]))
    cheapest = good[0][1]
    return [(other, share) for share, cost, other in good if cost == cheapest][:_MOST_FITS]


def _others(atlas: Atlas, read: Coordinates) -> Iterator[tuple[int, Coordinates]]:
    """List other ways to read numbers, and how far each is from the one at hand."""
    own = set(atlas.resolution_um)
    units: list[tuple[Unit, float]] = [("um", 25.0), ("mm", 25.0), ("voxel", 25.0)]
    units += [("other_voxel", size) for size in _VOXELS_UM if own != {size}]
    origins: list[Origin] = ["corner"]
    if bregma_of(atlas.extent_um) is not None or read.bregma_um is not None:
        origins.append("bregma")
    flips = [frozenset(some) for n in range(4) for some in itertools.combinations(AXES, n)]
    for (unit, size), order, flip, origin in itertools.product(units, ORDERS, flips, origins):
        if origin == "bregma" and "voxel" in unit:
            continue
        other = replace(
            read,
            unit=unit,
            voxel_um=size if unit == "other_voxel" else read.voxel_um,
            order=order,
            flips=flip,
            origin=origin,
        )
        cost = (
            (unit != read.unit)
            # Voxels of another atlas are a wilder guess than those of this one.
            + (unit == "other_voxel")
            + 2 * (order != read.order)
            + (order not in (read.order, "adm", "mda"))
            + 2 * (origin != read.origin)
            + 2 * len(flip ^ read.flips)
        )
        if cost:
            yield cost, other


def _by_structures(
    atlas: Atlas,
    numbers: NDArray[np.float64],
    structures: Sequence[Structure | None],
    rated: list[tuple[float, int, Coordinates]],
) -> list[tuple[float, int, Coordinates]]:
    """Rate by how many points are in the structures that the file names."""
    known = [place for place, one in enumerate(structures) if one is not None]
    some = [known[place] for place in evenly(len(known), _MOST_COMPARED)]
    surfaces = {}
    for place in some:
        structure = structures[place]
        if structure is not None and structure.id not in surfaces:
            try:
                surfaces[structure.id] = read_mesh(atlas, structure.id)
            except AtlasError:
                continue
    result = []
    for _, cost, other in rated:
        points_um = other.points_um(numbers[some], atlas.resolution_um, atlas.extent_um)
        hits = total = 0
        for identity, surface in surfaces.items():
            own = [
                row
                for row, place in enumerate(some)
                if (one := structures[place]) is not None and one.id == identity
            ]
            hits += int(np.count_nonzero(inside(*surface, points_um[own])))
            total += len(own)
        if total and hits / total > _HALF:
            result.append((hits / total, cost, other))
    return result


def _solid(atlas: Atlas) -> NDArray[np.bool_] | None:
    """Sample the brain on a coarse grid; None if its surface cannot be read."""
    steps = (np.arange(_CELLS) + 0.5) / _CELLS
    grid = np.stack(np.meshgrid(*(steps * size for size in atlas.extent_um), indexing="ij"), -1)
    solid = np.zeros(_CELLS**3, bool)
    for root in atlas.roots:
        try:
            solid |= inside(*read_mesh(atlas, root.id), grid.reshape(-1, 3))
        except AtlasError:
            return None
    return solid.reshape((_CELLS,) * 3)


def _share(solid: NDArray[np.bool_], points_um: NDArray[Any], extent_um: Triple) -> float:
    cells = np.floor(points_um / extent_um * _CELLS)
    within = ((cells >= 0) & (cells < _CELLS)).all(axis=1)
    a, s, r = cells[within].astype(np.int64).T
    return float(np.count_nonzero(solid[a, s, r]) / len(points_um))


def _percent(share: float) -> str:
    # What is not all should not look like all, and what is not nothing not like nothing.
    if share in (0, 1) or 0.01 <= share <= 0.99:
        return f"{share:.0%}".replace("%", " %")
    return f"{min(max(100 * share, 0.1), 99.9):.1f} %"
