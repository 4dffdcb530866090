# SPDX-License-Identifier: BSD-3-Clause
"""What the commands share about positions: ``--positions``, and notes on them."""

from __future__ import annotations

from pathlib import Path

import click

from ..edit.cell_placing import MadeUp, PlacingError, place, said_of_places
from ..formats.cell_positions import read_cell_positions
from ..formats.spike_files import TableError
from ..simulation_file import Simulation
from .console import FILE, Command


def positions_option(command: Command) -> Command:
    """Give a command ``--positions``; see `Positions`."""
    return click.option(
        "--positions",
        type=FILE,
        metavar="FILE",
        help="Table with columns cell, x, y, z: soma positions in µm, optionally with rotations.",
    )(command)


class Positions:
    """The positions that a table gives to cells.

    Parameters
    ----------
    path : Path or None
        If None, cells stay where they are.

    Raises
    ------
    click.ClickException
        If the table cannot be used.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        try:
            self.by_label = {} if path is None else read_cell_positions(path)
        except TableError as error:
            raise click.ClickException(str(error)) from None

    def place(self, simulation: Simulation) -> Simulation:
        """Move cells to their positions in the table, and report those not in both.

        Raises
        ------
        PlacingError
            If the table has none of the cells.
        """
        if self._path is None:
            return simulation
        placed = place(simulation, self.by_label, self._path.name)
        for note in placed.notes:
            click.echo(f"Note: {note}", err=True)
        return placed.simulation

    def place_if_any(self, simulation: Simulation) -> Simulation:
        """Move cells to their positions, or only report that the table has none of them.

        A finished run is not lost because of that.
        """
        try:
            return self.place(simulation)
        except PlacingError as error:
            click.echo(f"Note: {error}", err=True)
            return simulation


def say_places(simulation: Simulation, made_up: MadeUp | None = None) -> None:
    """Report made-up shapes and positions, and cells that share a position.

    Parameters
    ----------
    made_up : MadeUp, optional
        Which cells these are, if known.
    """
    for sentence in said_of_places(simulation, made_up):
        click.echo(f"Note: {sentence}", err=True)
