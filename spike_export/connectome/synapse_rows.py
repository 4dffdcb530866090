# SPDX-License-Identifier: BSD-3-Clause
"""Synapses of a connectome on its cells, and which cells they connect."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..edit.synapses_from_table import with_synapses
from ..formats.synapse_tables import SynapseTable, read_synapse_table
from ..simulation_file import Simulation
from .neuron_ids import IdError, refuse_rounded
from .skeletons import unusable


def read_synapses(path: Path, um_per_unit: NDArray[np.float64]) -> SynapseTable:
    """Read a table of synapses whose places are in the unit of the skeletons.

    Parameters
    ----------
    um_per_unit : ndarray, shape (3,)
        Of x, y and z, unless their columns' names end in a unit.

    Raises
    ------
    TableError
        If it is not such a table.
    ConnectomeError
        If it has no places, or ids that were rounded.
    """
    table = read_synapse_table(path)
    if table.points_um is None:
        raise unusable(path, "it has no x, y and z of each synapse")
    for what, labels in (
        ("cell", [row.cell for row in table.rows]),
        ("source", [row.source for row in table.rows]),
    ):
        numbers = [int(label) for label in labels if label and label.isdigit()]
        try:
            refuse_rounded(numbers, what)
        except IdError as error:
            raise unusable(path, str(error)) from None
    if table.points_unit:
        return table
    return replace(table, points_um=table.points_um * um_per_unit)


def connected(
    simulation: Simulation, table: SynapseTable, within_um: float
) -> tuple[Simulation, list[str]]:
    """Put synapses on the closest places of their cells, and connect the cells that have any.

    Parameters
    ----------
    within_um : float
        Those farther from their cell's surface are left out.

    Returns
    -------
    simulation : Simulation
        A connection stands for all synapses between two cells.
    notes : list of str
    """
    made, notes = with_synapses(simulation, table, within_um)
    synapses = made.synapses
    if synapses is None or synapses.sources is None:
        return made, notes
    known = synapses.sources >= 0
    pairs = np.stack([synapses.sources[known], synapses.cells[known]], axis=1)
    pairs = np.unique(pairs, axis=0).astype(np.int32)
    notes.append(f"{len(pairs):,} pairs of cells are connected by {known.sum():,} synapses.")
    return replace(made, connections=pairs, delays_ms=None), notes
