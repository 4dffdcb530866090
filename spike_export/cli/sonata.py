# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export sonata``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click

from ..edit.joined_quantities import QuantitiesError, with_quantities
from ..formats.hdf5 import Hdf5Error
from ..formats.kinds import is_hdf5, is_json
from ..formats.sonata import load
from ..formats.sonata_config import (
    ConfigError,
    EdgeFile,
    NodeFile,
    Sources,
    read_config,
    read_edges_config,
)
from ..formats.sonata_network import SonataError
from ..formats.sonata_synapses import read_synapses
from .console import FILE, expect_kind, may_write, needs_h5py, output_option, save


@click.command()
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="CONFIG|REPORT.h5...")
@output_option("REPORT.pickle")
@click.option(
    "--report", "wanted", multiple=True, metavar="NAME",
    help="Report to convert if CONFIG names several; may be repeated, and the first is what is "
    "shown.  [default: all]",
)  # fmt: skip
@click.option(
    "--nodes", type=FILE, metavar="NODES.h5",
    help="Nodes file.  [default: the one in CONFIG]",
)  # fmt: skip
@click.option(
    "--node-types", "types", type=FILE, metavar="TYPES.csv",
    help="Node types table.  [default: the one in CONFIG]",
)  # fmt: skip
@click.option(
    "--population", "populations", multiple=True, metavar="NAME",
    help="Use this population only; may be repeated.  [default: all]",
)  # fmt: skip
@click.option(
    "--morphologies", type=FILE, metavar="DIR",
    help="Folder with the nodes' SWC files.  [default: the one in CONFIG]",
)  # fmt: skip
@click.option(
    "--synapses", is_flag=True,
    help="Also read where edges end on these cells, and the events that spikes bring there.",
)  # fmt: skip
@click.option(
    "--edges", type=FILE, multiple=True, metavar="EDGES.h5",
    help="Edges file for --synapses; may be repeated.  [default: those in CONFIG]",
)  # fmt: skip
@click.option(
    "--edge-types", type=FILE, metavar="TYPES.csv",
    help="Edge types table of all --edges.",
)  # fmt: skip
@click.option(
    "--spikes", type=FILE, multiple=True, metavar="SPIKES.h5",
    help="Spikes of the edges' sources, beside those in CONFIG; may be repeated.",
)  # fmt: skip
@click.pass_context
def sonata(
    context: click.Context,
    files: tuple[Path, ...],
    output: Path,
    force: bool,
    wanted: tuple[str, ...],
    nodes: Path | None,
    types: Path | None,
    populations: tuple[str, ...],
    morphologies: Path | None,
    synapses: bool,
    edges: tuple[Path, ...],
    edge_types: Path | None,
    spikes: tuple[Path, ...],
) -> None:
    """Convert SONATA compartment reports.

    CONFIG is the JSON file of a simulation; the circuit, its reports and the spikes are found
    through it. Several reports, of the same cells at the same times, become quantities of one
    file. Reports of somata only become points at the nodes' positions. With --synapses, edges onto
    these cells become synapses.
    """
    if not synapses and (edges or edge_types or spikes):
        raise click.UsageError("--edges, --edge-types and --spikes need --synapses.")
    if edge_types is not None and not edges:
        raise click.UsageError("--edge-types needs --edges.")
    for file in files:
        expect_kind(file, "sonata-report", "sonata-config", "hdf5", "json", "text", "data")
    try:
        sources = _sources(files, wanted, nodes, types, morphologies)
        own = tuple(EdgeFile(file, edge_types) for file in edges)
        reports = [one.report for one in sources.values()]
        if context.get_parameter_source("output") is click.core.ParameterSource.DEFAULT:
            output = Path(f"{reports[0].stem}.pickle")
        inputs = [*files, *reports, nodes, types, *edges, edge_types, *spikes]
        may_write(output, force=force, inputs=inputs)
        with needs_h5py():
            loaded = [load(one, populations) for one in sources.values()]
        simulation, notes = with_quantities(
            [one.simulation for one in loaded], [report.stem for report in reports]
        )
        if synapses:
            first = next(iter(sources.values()))
            if first.report not in files:
                of_circuit, stimuli = read_edges_config(files[0])
                first = replace(first, edges=of_circuit, inputs=stimuli)
            given = dict.fromkeys(spikes, "")
            first = replace(first, edges=own or first.edges, inputs={**first.inputs, **given})
            with needs_h5py():
                found, said_of_edges = read_synapses(simulation, first)
            simulation = replace(simulation, synapses=found)
            notes += said_of_edges
    except QuantitiesError as error:
        named = "" if reports[0] in files else ", with --report " + " or ".join(sources)
        raise click.ClickException(
            f"Cannot put {reports[error.part].name} and {reports[0].name} in one file: the first "
            f"one {error.reason}. Convert them separately{named}."
        ) from None
    except (ConfigError, Hdf5Error, SonataError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"Cannot read {files[0].name}: {error.strerror}.") from None
    said = [note for one in loaded for note in one.notes]
    for note in dict.fromkeys([*said, *notes]):
        click.echo(f"Note: {note}")
    save(output, simulation)


def _sources(
    files: tuple[Path, ...],
    wanted: tuple[str, ...],
    nodes: Path | None,
    types: Path | None,
    morphologies: Path | None,
) -> dict[str, Sources]:
    """Find all that each report needs, by the reports' names."""
    found: Mapping[str, Sources]
    configs = [
        file for file in files if (file.suffix == ".json" or is_json(file)) and not is_hdf5(file)
    ]
    if configs and len(files) > 1:
        raise click.UsageError("A configuration names its reports; give it alone.")
    if configs:
        found = read_config(configs[0], wanted)
    elif wanted:
        raise click.UsageError("--report selects one of the reports in a CONFIG.json; omit it.")
    else:
        found = {str(file): Sources(file) for file in files}
    if morphologies is not None and not morphologies.is_dir():
        raise click.BadParameter(f"{morphologies} is not a folder.", param_hint="--morphologies")
    return {name: _given(one, nodes, types, morphologies) for name, one in found.items()}


def _given(
    found: Sources, nodes: Path | None, types: Path | None, morphologies: Path | None
) -> Sources:
    """Replace what a configuration names by what is given."""
    own = found.nodes if nodes is None else (NodeFile(nodes),)
    if types is not None and len(own) != 1:
        raise click.UsageError(
            "--node-types applies to one nodes file; name that file with --nodes."
        )
    if types is not None:
        own = (replace(own[0], types=types),)
    if morphologies is not None:
        own = tuple(replace(entry, morphologies={}) for entry in own)
    folder = morphologies or found.morphologies
    return replace(found, nodes=own, morphologies=folder)
