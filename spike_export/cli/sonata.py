# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export sonata``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from ..formats.hdf5 import Hdf5Error
from ..formats.kinds import is_hdf5, is_json
from ..formats.sonata import load
from ..formats.sonata_config import ConfigError, NodeFile, Sources, read_config
from ..formats.sonata_network import SonataError
from .console import FILE, expect_kind, may_write, needs_h5py, output_option, save


@click.command()
@click.argument("file", type=FILE, metavar="CONFIG|REPORT.h5")
@output_option("REPORT.pickle")
@click.option("--report", metavar="NAME", help="Report to convert if CONFIG names several.")
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
@click.pass_context
def sonata(
    context: click.Context,
    file: Path,
    output: Path,
    force: bool,
    report: str | None,
    nodes: Path | None,
    types: Path | None,
    populations: tuple[str, ...],
    morphologies: Path | None,
) -> None:
    """Convert a SONATA compartment report.

    CONFIG is the JSON file of a simulation; it leads to the circuit, the report and the spikes.
    Reports of only somata become points at the nodes' positions.
    """
    expect_kind(file, "sonata-report", "sonata-config", "hdf5", "json", "text", "data")
    try:
        sources = _sources(file, report, nodes, types, morphologies)
        if context.get_parameter_source("output") is click.core.ParameterSource.DEFAULT:
            output = Path(f"{sources.report.stem}.pickle")
        may_write(output, force=force, inputs=[file, sources.report, nodes, types])
        with needs_h5py():
            loaded = load(sources, populations)
    except (ConfigError, Hdf5Error, SonataError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"Cannot read {file.name}: {error.strerror}.") from None
    for note in loaded.notes:
        click.echo(f"Note: {note}")
    save(output, loaded.simulation)


def _sources(
    file: Path,
    report: str | None,
    nodes: Path | None,
    types: Path | None,
    morphologies: Path | None,
) -> Sources:
    if (file.suffix == ".json" or is_json(file)) and not is_hdf5(file):
        found = read_config(file, report)
    elif report is not None:
        raise click.UsageError("--report selects one of the reports in a CONFIG.json; omit it.")
    else:
        found = Sources(file)
    if morphologies is not None and not morphologies.is_dir():
        raise click.BadParameter(f"{morphologies} is not a folder.", param_hint="--morphologies")
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
