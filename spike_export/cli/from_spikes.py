# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export from-spikes``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import click

from ..edit.rise_and_decay import SmoothingError
from ..formats.content import FormatError
from ..formats.hdf5 import Hdf5Error
from ..formats.kinds import is_json
from ..formats.network_files import connections_of, places_of, spikes_of
from ..formats.sonata_config import ConfigError, NodeFile, read_spikes_config
from ..formats.sonata_network import SonataError
from ..formats.spike_files import TableError
from ..formats.spike_tables import Reading
from ..networks.from_spikes import SpikesError, simulation_from_spikes
from ..networks.point_network import DIAMETER_UM, ON_A_GRID
from .console import (
    ABOVE_ZERO,
    FILE,
    expect_kind,
    may_write,
    needs_h5py,
    needs_scipy,
    output_option,
    save,
)
from .lit_cells import lit_options

_UNITS_MS: Final = {"ms": 1.0, "s": 1000.0, "hz": 1000.0, "khz": 1.0}
_UNIT: Final = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,12})?)?\s*(ms|s|hz|khz)", re.IGNORECASE)
TABLES: Final = ("table", "text", "data")
_SPIKES: Final = (*TABLES, "nest", "sonata-spikes", "sonata-config", "hdf5", "spike-arrays", "npz",
                  "mat")  # fmt: skip


def _unit_ms(_context: click.Context, _option: click.Parameter, text: str | None) -> float | None:
    """Parse ``ms``, ``s``, a step such as ``0.1ms``, or a rate such as ``30000Hz``."""
    if text is None:
        return None
    found = _UNIT.fullmatch(text.strip())
    number = 0.0 if found is None else float(found[1] or 1)
    is_rate = found is not None and found[2].casefold().endswith("hz")
    if found is None or not number > 0 or (is_rate and not found[1]):
        raise click.BadParameter(
            f"'{text}' is not a unit of time: use ms, s, a step such as 0.1ms or a rate such as "
            "30000Hz."
        )
    scale = _UNITS_MS[found[2].casefold()]
    return scale / number if is_rate else scale * number


@click.command("from-spikes", short_help="Turn the spikes of any network into cells that light up.")
@click.argument("spikes", type=FILE, nargs=-1, required=True)
@output_option("SPIKES.pickle")
@click.option(
    "--positions", type=FILE, multiple=True, metavar="FILE",
    help="Table with columns cell, x, y, z in µm, or a SONATA nodes file; may be repeated.  "
    "[default: nodes of the configuration, or a grid]",
)  # fmt: skip
@click.option(
    "--connections", type=FILE, metavar="FILE",
    help="Table of cell pairs, from and to, or a SONATA edges file.",
)  # fmt: skip
@click.option(
    "--unit", callback=_unit_ms, metavar="UNIT",
    help="Unit of the times: ms, s, a step such as 0.1ms, or a sampling rate such as 30000Hz."
    "  [default: from the column's name, or ms]",
)  # fmt: skip
@click.option(
    "--order", type=click.Choice(["cell,time", "time,cell"]),
    help="Order of a table's columns if it has no header.  "
    "[default: times are the column with fractions]",
)  # fmt: skip
@click.option(
    "--population",
    "populations",
    multiple=True,
    metavar="NAME",
    help="Use this population only; may be repeated.  [default: all]",
)
@click.option(
    "--every", type=ABOVE_ZERO, default=1.0, show_default=True, metavar="MS",
    help="Time between frames.",
)  # fmt: skip
@click.option(
    "--stop", type=ABOVE_ZERO, metavar="MS",
    help="Time of the last frame.  [default: when the last spike has faded]",
)  # fmt: skip
@lit_options()
@click.option(
    "--diameter", type=ABOVE_ZERO, default=DIAMETER_UM, show_default=True, metavar="UM",
    help="Cell diameter in µm.",
)  # fmt: skip
@click.pass_context
def from_spikes(
    context: click.Context,
    spikes: tuple[Path, ...],
    output: Path,
    force: bool,
    positions: tuple[Path, ...],
    connections: Path | None,
    unit: float | None,
    order: str | None,
    populations: tuple[str, ...],
    every: float,
    stop: float | None,
    rise: float,
    decay: float,
    diameter: float,
) -> None:
    """Turn the spike times of any network into cells that light up at each spike.

    SPIKES is a table of cell and time, text printed by NEURON (time, cell), one or more NEST files,
    a SONATA spikes file or simulation configuration, a Kilosort or Phy folder, or an .npz or MATLAB
    file with times and cells.
    """
    if context.get_parameter_source("output") is click.core.ParameterSource.DEFAULT:
        output = Path(f"{spikes[0].stem}.pickle")
    may_write(output, force=force, inputs=[*spikes, *positions, connections])
    for file in spikes:
        if not file.is_dir():
            expect_kind(file, *_SPIKES)
    for file in positions:
        expect_kind(file, *TABLES, "places", "matrix", "sonata-nodes", "hdf5")
    expect_kind(connections, *TABLES, "matrix", "sonata-edges", "hdf5")
    try:
        with needs_h5py(), needs_scipy():
            files, nodes = _sources(spikes, positions)
            read = spikes_of(files, Reading(unit, order, populations))
            places = places_of(nodes, read, populations)
            labels = list(places.places_um or read.times_ms)
            joined = None if connections is None else connections_of(connections, labels, read)
            of_joined = () if joined is None else joined.notes
            on_a_grid = () if places.places_um else (ON_A_GRID,)
            for note in (*read.notes, *places.notes, *on_a_grid, *of_joined):
                click.echo(f"Note: {note}")
            simulation = simulation_from_spikes(
                read.times_ms,
                places.places_um or None,
                every_ms=every,
                stop_ms=stop,
                rise_ms=rise,
                decay_ms=decay,
                diameter_um=diameter,
                connections=None if joined is None else joined.pairs,
                delays_ms=None if joined is None else joined.delays_ms,
                source=spikes[0].name,
            )
    except (ConfigError, FormatError, Hdf5Error, SmoothingError, SonataError, SpikesError,
            TableError) as error:  # fmt: skip
        raise click.ClickException(str(error)) from None
    save(output, simulation)
    if every > decay:
        click.echo(
            f"Note: Frames are {every:g} ms apart, and a spike fades with {decay:g} ms, so most "
            "spikes are barely visible; use a smaller --every or a larger --decay."
        )


def _sources(
    spikes: tuple[Path, ...], positions: tuple[Path, ...]
) -> tuple[list[Path], list[NodeFile]]:
    """Find the files that a configuration names, if one is given instead of spikes."""
    own = [NodeFile(path) for path in positions]
    if not is_json(spikes[0]):
        return list(spikes), own
    if len(spikes) > 1:
        raise click.UsageError("A configuration names its own spikes; give no other files with it.")
    file, nodes = read_spikes_config(spikes[0])
    return [file], own or list(nodes)
