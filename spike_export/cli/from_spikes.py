# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export from-spikes``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeVar

import click
import numpy as np
from numpy.typing import NDArray

from ..edit.smoothing import SmoothingError
from ..formats.hdf5 import Hdf5Error
from ..formats.kinds import is_hdf5
from ..formats.sonata_config import NodeFile
from ..formats.sonata_network import SonataError, read_nodes
from ..formats.sonata_network import read_spikes as read_sonata_spikes
from ..formats.spike_files import TableError, read_connections, read_places, read_spikes
from ..networks.from_spikes import DECAY_MS, RISE_MS, SpikesError, simulation_from_spikes
from ..networks.point_network import DIAMETER_UM
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

_UNITS_MS = {"ms": 1.0, "s": 1000.0}
_TABLES = ("table", "text", "data")
_SPIKES = (*_TABLES, "nest", "sonata-spikes", "hdf5")
Places = Mapping[str, NDArray[np.float64]]
Population = TypeVar("Population")


@click.command("from-spikes", short_help="Turn the spikes of any network into cells that light up.")
@click.argument("spikes", type=FILE)
@output_option("SPIKES.pickle")
@click.option(
    "--positions", type=FILE, metavar="FILE",
    help="Table of cell, x, y, z in µm, or a SONATA file of nodes.  [default: a grid]",
)  # fmt: skip
@click.option("--connections", type=FILE, metavar="FILE", help="Table of pairs of cells: from, to.")
@click.option(
    "--unit", type=click.Choice(["ms", "s"]), default="ms", show_default=True,
    help="Unit of the times in a table.",
)  # fmt: skip
@click.option(
    "--population", metavar="NAME", help="Population to use if a SONATA file has several."
)
@click.option(
    "--every", type=ABOVE_ZERO, default=1.0, show_default=True, metavar="MS",
    help="Time between two frames.",
)  # fmt: skip
@click.option(
    "--stop", type=ABOVE_ZERO, metavar="MS",
    help="Time of the last frame.  [default: when the last spike has faded]",
)  # fmt: skip
@click.option(
    "--rise", type=ABOVE_ZERO, default=RISE_MS, show_default=True, metavar="MS",
    help="How fast a cell lights up.",
)  # fmt: skip
@click.option(
    "--decay", type=ABOVE_ZERO, default=DECAY_MS, show_default=True, metavar="MS",
    help="How fast it fades.",
)  # fmt: skip
@click.option(
    "--diameter", type=ABOVE_ZERO, default=DIAMETER_UM, show_default=True, metavar="UM",
    help="Cell diameter in µm.",
)  # fmt: skip
@click.pass_context
def from_spikes(
    context: click.Context,
    spikes: Path,
    output: Path,
    force: bool,
    positions: Path | None,
    connections: Path | None,
    unit: Literal["ms", "s"],
    population: str | None,
    every: float,
    stop: float | None,
    rise: float,
    decay: float,
    diameter: float,
) -> None:
    """Turn the spike times of any network into cells that light up with each spike.

    SPIKES is a table of cell and time, the text that NEURON prints (time, cell), or a SONATA
    file of spikes.
    """
    if context.get_parameter_source("output") is click.core.ParameterSource.DEFAULT:
        output = Path(f"{spikes.stem}.pickle")
    may_write(output, force=force, inputs=[spikes, positions, connections])
    expect_kind(spikes, *_SPIKES)
    expect_kind(positions, *_TABLES, "places", "matrix", "sonata-nodes", "hdf5")
    expect_kind(connections, *_TABLES)
    try:
        with needs_h5py(), needs_scipy():
            times = _spikes(spikes, population, _UNITS_MS[unit])
            places = None if positions is None else _places(positions, population)
            labels = list(times if places is None else places)
            simulation = simulation_from_spikes(
                times,
                places,
                every_ms=every,
                stop_ms=stop,
                rise_ms=rise,
                decay_ms=decay,
                diameter_um=diameter,
                connections=None if connections is None else read_connections(connections, labels),
                source=spikes.name,
            )
    except (Hdf5Error, SmoothingError, SonataError, SpikesError, TableError) as error:
        raise click.ClickException(str(error)) from None
    save(output, simulation)
    if every > decay:
        click.echo(
            f"Note: Frames are {every:g} ms apart, and a spike fades with {decay:g} ms, so that "
            "most are hardly seen; a smaller --every or a larger --decay shows them."
        )


def _spikes(
    path: Path, population: str | None, unit_ms: float
) -> Mapping[str, NDArray[np.float64]]:
    if is_hdf5(path):
        own = _chosen(path, read_sonata_spikes(path), population)
        return {str(node): times for node, times in own.items()}
    read = read_spikes(path, unit_ms)
    for note in read.notes:
        click.echo(f"Note: {note}")
    return read.times_ms


def _places(path: Path, population: str | None) -> Places:
    if not is_hdf5(path):
        return read_places(path)
    nodes = _chosen(path, read_nodes(NodeFile(path)), population)
    places = {}
    for node in nodes.ids:
        place = [nodes.number(node, axis) for axis in "xyz"]
        if None in place:
            raise SonataError(f"Cannot use {path.name}: node {node} lacks x, y or z.")
        places[str(node)] = np.array(place, np.float64)
    return places


def _chosen(path: Path, populations: Mapping[str, Population], name: str | None) -> Population:
    """Take the population that was asked for, or the only one."""
    if not populations:
        raise SonataError(f"Cannot use {path.name}: it holds no population.")
    there = ", ".join(populations)
    if name is None and len(populations) == 1:
        return next(iter(populations.values()))
    if name is None:
        raise SonataError(
            f"Cannot use {path.name}: say which population with --population; it has {there:.200}."
        )
    if name not in populations:
        raise SonataError(
            f"Cannot use {path.name}: it has no population {name!r:.60}, but {there:.200}."
        )
    return populations[name]
