# SPDX-License-Identifier: BSD-3-Clause
"""Rejoin cells whose pieces were simulated separately."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..simulation_file import SECTION_TYPES, Simulation
from .convert import take_cells

NOT_REJOINED: Final = (
    "The model splits cells (pc.multisplit, pc.splitcell_connect) in a way that does not reveal "
    "which pieces were connected: pieces without a template become separate cells, and where they "
    "begin is made up."
)
_SOMA: Final = SECTION_TYPES.index("soma")
_FAN: Final = np.radians(75)


@dataclass(frozen=True, slots=True)
class Joint:
    """An end of a piece, at the same place as the other ends with its identifier.

    Attributes
    ----------
    identifier : str
        What `multisplit` calls ``sid``.
    cell, section : str
        Names.
    x : float
        Along the section's points.
    is_root : bool
        Whether the piece begins here.
    """

    identifier: str
    cell: str
    section: str
    x: float
    is_root: bool


def rejoin(
    simulation: Simulation, joints: Sequence[Joint], made_up: Collection[str] = ()
) -> tuple[Simulation, str]:
    """Join pieces that are separate cells into one cell.

    Parameters
    ----------
    simulation : Simulation
        No two cells with the same name.
    made_up : collection of str
        Pieces whose shape is made up, and which are therefore moved to where they belong.

    Returns
    -------
    simulation : Simulation
        Each cell has the name, number and spikes of the piece with the soma.
    note : str
        Says that not all pieces could be joined; empty if they could.
    """
    index = {cell.name: number for number, cell in enumerate(simulation.cells)}
    has_soma = set(simulation.section_cells[simulation.section_types == _SOMA].tolist())
    groups: dict[str, list[Joint]] = {}
    for joint in joints:
        if joint.cell in index:
            groups.setdefault(joint.identifier, []).append(joint)
    hangs_on: dict[int, tuple[Joint, Joint]] = {}
    note = ""
    for group in groups.values():
        trunk = [joint for joint in group if not joint.is_root]
        trunk = trunk or [joint for joint in group if index[joint.cell] in has_soma] or group
        beyond = [joint for joint in group if joint is not trunk[0]]
        if not beyond or any(not joint.is_root for joint in beyond):
            note = NOT_REJOINED
            continue
        for joint in beyond:
            if index[joint.cell] in hangs_on or _is_above(
                index[joint.cell], index[trunk[0].cell], hangs_on, index
            ):
                note = NOT_REJOINED
            else:
                hangs_on[index[joint.cell]] = joint, trunk[0]
    return (
        (_joined(simulation, hangs_on, index, has_soma, made_up), note)
        if hangs_on
        else (
            simulation,
            note,
        )
    )


def _is_above(
    piece: int, other: int, hangs_on: dict[int, tuple[Joint, Joint]], index: dict[str, int]
) -> bool:
    while other != piece and other in hangs_on:
        other = index[hangs_on[other][1].cell]
    return other == piece


def _joined(
    simulation: Simulation,
    hangs_on: dict[int, tuple[Joint, Joint]],
    index: dict[str, int],
    has_soma: set[int],
    made_up: Collection[str],
) -> Simulation:
    section_of = {
        (int(cell), name): number
        for number, (cell, name) in enumerate(
            zip(simulation.section_cells, simulation.section_names, strict=True)
        )
    }
    whole = np.arange(len(simulation.cells))
    for piece in hangs_on:
        top = piece
        while top in hangs_on:
            top = index[hangs_on[top][1].cell]
        whole[piece] = top
    # From the trunk outward, since pieces are attached to the ends of previous ones.
    order = sorted(
        range(len(whole)), key=lambda piece: (whole[piece], _depth(piece, hangs_on, index))
    )
    parents, parent_x = simulation.parents.copy(), simulation.parent_x.copy()
    points = simulation.points_um.copy()
    ends = np.append(simulation.first_points, len(points))
    taken: dict[tuple[str, str, float], int] = {}
    for piece in (piece for piece in order if piece in hangs_on):
        begin, on = hangs_on[piece]
        child = section_of.get((piece, begin.section))
        parent = section_of.get((index[on.cell], on.section))
        if child is None or parent is None:
            continue
        parents[child], parent_x[child] = parent, on.x
        if simulation.cells[piece].name in made_up:
            siblings = sum(other[1] == on for other in hangs_on.values())
            place = (on.cell, on.section, on.x)
            number = taken[place] = taken.get(place, -1) + 1
            beside = int(((simulation.parents == parent) & (simulation.parent_x == on.x)).sum())
            own = slice(*ends[_section_range(simulation, piece)])
            points[own] = hung(
                points[own],
                points[ends[child] : ends[child + 1]],
                points[ends[parent] : ends[parent + 1]],
                on.x,
                fan(siblings, beside)[number],
            )
    pieces = take_cells(
        replace(simulation, parents=parents, parent_x=parent_x, points_um=points),
        np.array(order, np.int64),
    )
    groups: dict[int, list[int]] = {}
    for new, piece in enumerate(order):
        groups.setdefault(int(whole[piece]), []).append(new)
    number_of = np.repeat(np.arange(len(groups)), [len(group) for group in groups.values()])
    leading = [
        next((new for new in group if order[new] in has_soma), group[0])
        for group in groups.values()
    ]
    cells = tuple(
        replace(
            pieces.cells[lead],
            gid=next(
                (gid for new in (lead, *group) if (gid := pieces.cells[new].gid) is not None), None
            ),
        )
        for lead, group in zip(leading, groups.values(), strict=True)
    )
    joined = replace(
        pieces,
        cells=cells,
        section_cells=number_of[pieces.section_cells].astype(np.int32),
        connections=number_of[pieces.connections].astype(np.int32).reshape(-1, 2),
        layouts={name: rows[leading] for name, rows in pieces.layouts.items()},
        synapses=None
        if pieces.synapses is None
        else pieces.synapses.renumbered(number_of, np.arange(pieces.n_sections)),
    )
    gids = [cell.gid for cell in cells if cell.gid is not None]
    if len(gids) < len(cells) or gids == sorted(gids):
        return joined
    return take_cells(joined, np.argsort(gids))


def _depth(piece: int, hangs_on: dict[int, tuple[Joint, Joint]], index: dict[str, int]) -> int:
    depth = 0
    while piece in hangs_on:
        piece, depth = index[hangs_on[piece][1].cell], depth + 1
    return depth


def _section_range(simulation: Simulation, cell: int) -> NDArray[np.int64]:
    return np.searchsorted(simulation.section_cells, np.array([cell, cell + 1]))


def fan(count: int, beside: int) -> NDArray[np.float64]:
    """Directions in which made-up pieces continue from one place, so that all are visible.

    Parameters
    ----------
    count : int
        Of pieces.
    beside : int
        How many branches already continue there.

    Returns
    -------
    ndarray, shape (count,)
        Angles to the section they are attached to, in radians.
    """
    spread: NDArray[np.float64] = ((np.arange(count) + 0.5) / count * 2 - 1) * _FAN
    return spread if not beside else spread / 2 + 1.5 * _FAN


def hung(
    points: NDArray[Any],
    root: NDArray[Any],
    parent: NDArray[Any],
    x: float,
    angle: float,
) -> NDArray[np.float32]:
    """Rotate a piece about z, and attach it to its parent.

    Parameters
    ----------
    points : ndarray, shape (P, 4)
        Of the whole piece.
    root, parent : ndarray, shape (P, 4)
        Of its first section, and of the section that it is attached to.
    x : float
        Where on that, 0..1 along its points.
    angle : float
        To the direction in which the parent goes, in radians.

    Returns
    -------
    ndarray of float32, shape (P, 4)
    """
    trunk = parent[:, :3].astype(np.float64)
    lengths = np.linalg.norm(np.diff(trunk, axis=0), axis=1)
    arc = np.concatenate([[0.0], np.cumsum(lengths)])
    place = np.array([np.interp(x * arc[-1], arc, trunk[:, axis]) for axis in range(3)])
    ahead = (trunk[-1] - trunk[0]) * (1 if x >= 0.5 else -1)
    own = root[-1, :3].astype(np.float64) - root[0, :3]
    turn = np.arctan2(ahead[1], ahead[0]) + angle - np.arctan2(own[1], own[0])
    cosine, sine = np.cos(turn), np.sin(turn)
    about_z = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
    moved = points.astype(np.float32, copy=True)
    moved[:, :3] = (points[:, :3].astype(np.float64) - root[0, :3]) @ about_z.T + place
    return moved
