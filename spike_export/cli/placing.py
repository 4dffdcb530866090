# SPDX-License-Identifier: BSD-3-Clause
"""What the commands share about places: ``--positions``, and what is said of them."""

from __future__ import annotations

from pathlib import Path

import click

from ..edit.placing import MadeUp, PlacingError, place, said_of_places
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
        help="Table of cell, x, y, z in µm: where each cell's soma is. It may have rotations.",
    )(command)


class Positions:
    """Where a table has cells.

    Parameters
    ----------
    path : Path or None
        If none, cells stay where they are.

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
        """Put cells where the table has them, and say which ones it or the simulation lacks.

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
        """Put cells in their places, or only say that the table has none of them.

        What has run is not lost for that.
        """
        try:
            return self.place(simulation)
        except PlacingError as error:
            click.echo(f"Note: {error}", err=True)
            return simulation


def say_places(simulation: Simulation, made_up: MadeUp | None = None) -> None:
    """Say what is made up about shapes and places, and that cells share a place.

    Parameters
    ----------
    made_up : MadeUp, optional
        Where it is known which cells these are.
    """
    for sentence in said_of_places(simulation, made_up):
        click.echo(f"Note: {sentence}", err=True)
