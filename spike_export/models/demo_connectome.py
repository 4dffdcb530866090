# SPDX-License-Identifier: BSD-3-Clause
"""A made-up piece of cortex: cells of three types that grow through its layers by a rule.

Nobody's data: each branch takes steps that turn a little, drawn towards where cells of its type
send it, and forks now and then. The same seed grows the same cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..connectome.cells import simulation_of_cells
from ..connectome.neuron_table import Column
from ..connectome.skeletons import Skeleton, joined
from ..connectome.stretches import stretches
from ..simulation_file import Simulation

SEED: Final = 5
TYPES: Final = {"pyramidal": 26, "basket": 20, "Martinotti": 14}
"""How many cells there are of each type, the most frequent first."""
# Width, height from the white matter to the pia, and depth.
_SIZE_UM: Final = (760.0, 900.0, 300.0)
_STEP_UM: Final = 6.0
_SOMA, _AXON, _BASAL, _APICAL = 1, 2, 3, 4
_UP: Final = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True, slots=True)
class _Rule:
    """How a branch grows: how far, how it turns, where it is drawn, and how often it forks."""

    kind: int
    length_um: float
    radius_um: float
    thinnest_um: float
    turn: float
    pull: tuple[float, float, float] = (0.0, 0.0, 0.0)
    forks: float = 0.02
    most_forks: int = 4
    spread: float = 0.7


class _Cell:
    """Points and parents of a cell, which begins with its soma."""

    def __init__(self, random: np.random.Generator, soma_um: NDArray[np.float64], radius: float):
        self._random = random
        self.points, self.radii = [soma_um], [radius]
        self.kinds, self.parents = [_SOMA], [-1]

    def grow(self, begin: int, heading: NDArray[np.float64], rule: _Rule) -> int:
        """Grow a branch with its forks, and return its own last point."""
        waiting = [(begin, heading, rule.length_um, rule.radius_um, rule.most_forks)]
        own_end = -1
        while waiting:
            at, heading, left, radius, forks = waiting.pop()
            while left > 0:
                heading = heading + rule.turn * self._random.normal(0, 1, 3)
                heading = heading + np.array(rule.pull)
                heading /= np.linalg.norm(heading)
                place = self.points[at] + heading * _STEP_UM
                if not 0 < place[1] < _SIZE_UM[1]:
                    # Along the surface of the pia or the white matter.
                    heading[1] = 0.0
                    place[1] = np.clip(place[1], 0.0, _SIZE_UM[1])
                radius = max(radius * 0.985, rule.thinnest_um)
                self.points.append(place)
                self.radii.append(radius)
                self.kinds.append(rule.kind)
                self.parents.append(at)
                at = len(self.points) - 1
                left -= _STEP_UM
                if forks and self._random.random() < rule.forks:
                    aside = self._random.normal(0, rule.spread, 3)
                    waiting.append((at, heading + aside, left * 0.8, radius * 0.8, forks - 1))
                    heading = heading - aside * 0.4
                    forks -= 1
            own_end = at if own_end < 0 else own_end
        return own_end

    def around(self, count: int, rule: _Rule, flatness: float = 1.0) -> None:
        """Grow branches from the soma in all directions."""
        for _ in range(count):
            heading = self._random.normal(0, 1, 3)
            heading[1] *= flatness
            self.grow(0, heading / np.linalg.norm(heading), rule)


def _pyramidal(cell: _Cell, height: float) -> None:
    cell.around(5, _Rule(_BASAL, 130, 1.1, 0.35, 0.22, (0, -0.02, 0), 0.05, 3))
    trunk = max(_SIZE_UM[1] - height - 150, 60.0)
    begin = len(cell.points)
    end = cell.grow(0, _UP, _Rule(_APICAL, trunk, 2.2, 1.1, 0.07, (0, 0.08, 0), 0.0))
    for at in range(begin + 8, end - 6, 9):
        side = np.array([*cell._random.normal(0, 1, 2), 0.0])[[0, 2, 1]]
        heading = side / np.linalg.norm(side) + 0.3 * _UP
        cell.grow(at, heading, _Rule(_APICAL, 90, 0.8, 0.35, 0.2, (0, 0.01, 0), 0.03, 2))
    for _ in range(4):
        heading = _UP + cell._random.normal(0, 0.7, 3)
        cell.grow(end, heading, _Rule(_APICAL, 190, 1.0, 0.35, 0.16, (0, 0.03, 0), 0.05, 3))
    down = _Rule(_AXON, height, 0.5, 0.25, 0.1, (0, -0.1, 0), 0.012, 3, 1.6)
    cell.grow(0, -_UP, down)


def _basket(cell: _Cell, _height: float) -> None:
    cell.around(6, _Rule(_BASAL, 120, 0.9, 0.35, 0.25, forks=0.03, most_forks=2))
    cell.around(4, _Rule(_AXON, 260, 0.45, 0.25, 0.42, forks=0.06, most_forks=6, spread=1.2), 0.5)


def _martinotti(cell: _Cell, height: float) -> None:
    for way in (_UP, -_UP):
        for _ in range(3):
            heading = way + cell._random.normal(0, 0.4, 3)
            cell.grow(0, heading, _Rule(_BASAL, 130, 0.9, 0.35, 0.2, forks=0.03, most_forks=2))
    rise = _SIZE_UM[1] - height - 60
    end = cell.grow(0, _UP, _Rule(_AXON, rise, 0.5, 0.4, 0.09, (0, 0.12, 0), 0.008, 2, 1.2))
    for _ in range(4):
        heading = np.array([1.0, 0.1, 0.5]) * cell._random.normal(0, 1, 3)
        rule = _Rule(_AXON, 260, 0.4, 0.25, 0.25, (0, 0.01, 0), 0.05, 5, 1.0)
        cell.grow(end, heading / np.linalg.norm(heading), rule)


_GROW: Final = {"pyramidal": _pyramidal, "basket": _basket, "Martinotti": _martinotti}
# Heights of somata, above the white matter: pyramidal cells have two layers.
_HEIGHTS_UM: Final = {
    "pyramidal": ((170, 290), (430, 590)),
    "basket": ((180, 620),),
    "Martinotti": ((180, 330), (420, 560)),
}


def simulate(seed: int = SEED) -> Simulation:
    """Grow the cells.

    Returns
    -------
    Simulation
        Of one frame, showing the types; further quantities are the depth of each soma below the
        pia, and the cells' cable length.
    """
    random = np.random.default_rng(seed)
    parts, kinds, depths, names = [], [], [], []
    for number, (kind, count) in enumerate(TYPES.items()):
        # One in each of as many columns, so that no part stays empty.
        columns = random.permutation(count)
        for index in range(count):
            low, high = _HEIGHTS_UM[kind][index % len(_HEIGHTS_UM[kind])]
            x = ((columns[index] + random.random()) / count - 0.5) * _SIZE_UM[0]
            z = random.uniform(-0.5, 0.5) * _SIZE_UM[2]
            height = random.uniform(low, high)
            cell = _Cell(random, np.array([x, height, z]), random.uniform(6, 9))
            _GROW[kind](cell, height)
            parents = np.array(cell.parents)
            names.append(f"{kind} {index + 1}")
            parts.append(
                Skeleton(
                    names[-1],
                    np.array(cell.points),
                    np.array(cell.radii),
                    np.array(cell.kinds, np.uint8),
                    np.stack([parents[1:], np.arange(1, len(parents))], axis=1),
                    np.array([0]),
                )
            )
            kinds.append(number)
            depths.append(_SIZE_UM[1] - height)
    whole = joined(parts)
    return simulation_of_cells(
        whole,
        stretches(whole),
        columns=[
            Column("type", np.array(kinds, np.float32), tuple(TYPES)),
            Column("depth", np.array(depths, np.float32), unit="µm"),
        ],
        source="made up",
        meta={"shape": "made up, by a rule of growth", "seed": seed},
    )
