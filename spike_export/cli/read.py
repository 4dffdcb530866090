# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export read``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

import click
import numpy as np
from click.core import ParameterSource
from numpy.typing import NDArray

from ..edit.merge import MergeError, merge
from ..edit.rise_and_decay import SmoothingError
from ..formats.content import Content, Format, FormatError, Kind, Request
from ..formats.hdf5 import Hdf5Error
from ..formats.kinds import recognize, refusal
from ..formats.sonata_network import SonataError
from ..formats.spike_files import TableError, read_places
from ..networks.from_content import simulation_from_content, with_connections
from ..networks.from_spikes import SpikesError
from ..networks.point_network import DIAMETER_UM, on_grid
from .console import (
    ABOVE_ZERO,
    FILE,
    NUMBER,
    expect_kind,
    may_write,
    needs_h5py,
    needs_scipy,
    output_option,
    save,
)
from .from_spikes import TABLES, from_spikes
from .lit_cells import lit_options
from .sonata import sonata
from .swc import swc

_OTHERS = {"swc": swc, "sonata": sonata, "from-spikes": from_spikes}
_FOR_SPIKES = ("every", "start", "stop", "rise", "decay")
_EXAMPLES = """
\b
Examples:
  spike-export read recording.nwb
  spike-export read recording.nwb --of units --start 60000 --stop 61000
  spike-export read model_data.json --of v
  spike-export read dff.npy --rows cells --interval 33.3 --positions cells.csv
"""


@click.command(epilog=_EXAMPLES, short_help="Read another program's file; its format is detected.")
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="FILE...")
@output_option("FILE.pickle")
@click.option("--of", metavar="NAME", help="What to read from a file that holds several things.")
@click.option(
    "--positions", type=FILE, metavar="FILE",
    help="Table with columns cell, x, y, z in µm, or a file with positions.  "
    "[default: those in FILE, or a grid]",
)  # fmt: skip
@click.option("--positions-of", metavar="NAME", help="As --of, for the file of --positions.")
@click.option(
    "--connections", type=FILE, metavar="FILE",
    help="Table of pairs of cells, from and to, or a SONATA file of edges.  [default: FILE's own]",
)  # fmt: skip
@click.option(
    "--rows", type=click.Choice(["cells", "times"]),
    help="What a matrix's rows are, if neither positions nor a time column tell.",
)  # fmt: skip
@click.option(
    "--interval", type=ABOVE_ZERO, metavar="MS", help="Time between the values of a matrix."
)
@click.option(
    "--every", type=ABOVE_ZERO, default=1.0, show_default=True, metavar="MS",
    help="Spikes: time between frames.",
)  # fmt: skip
@click.option(
    "--start", type=NUMBER, metavar="MS",
    help="Spikes: time of the first frame.  [default: 0]",
)  # fmt: skip
@click.option(
    "--stop", type=NUMBER, metavar="MS",
    help="Spikes: time of the last frame.  [default: when the last spike has faded]",
)  # fmt: skip
@lit_options("Spikes")
@click.option(
    "--diameter", type=ABOVE_ZERO, default=DIAMETER_UM, show_default=True, metavar="UM",
    help="Diameter of cells without a morphology, in µm.",
)  # fmt: skip
@click.pass_context
def read(
    context: click.Context,
    files: tuple[Path, ...],
    output: Path,
    force: bool,
    of: str | None,
    positions: Path | None,
    positions_of: str | None,
    connections: Path | None,
    rows: Literal["cells", "times"] | None,
    interval: float | None,
    every: float,
    start: float | None,
    stop: float | None,
    rise: float,
    decay: float,
    diameter: float,
) -> None:
    """Read a file from another program; its format is detected from its content.

    Reads NWB, NetPyNE results, NeuroML networks, LEMS output and matrices of cells and times, and
    passes on what other commands read. Several files of one format are merged.
    """
    if positions_of is not None and positions is None:
        raise click.UsageError("--positions-of is for --positions; give both.")
    try:
        with needs_h5py():
            kind = recognize(files[0])
        if not isinstance(kind, Format):
            _hand_over(context, kind, files)
            return
        if _given(context, "output") is None:
            output = Path(f"{files[0].stem}.pickle")
        may_write(output, force=force, inputs=[*files, positions, connections])
        # Before values are read, which may take long.
        expect_kind(connections, *TABLES, "matrix", "sonata-edges", "hdf5")
        simulations = []
        # A number beyond float32 becomes infinite, which `info` counts.
        with needs_h5py(), needs_scipy(), np.errstate(over="ignore"):
            places = None if positions is None else _places(positions, positions_of)
            request = Request(of, rows, interval, None if places is None else len(places))
            on_grids = places is None
            for file in files:
                if recognize(file).name != kind.name:
                    raise click.UsageError(
                        f"{file.name} is not {kind.what}, as {files[0].name} is."
                    )
                content = kind.read(file, request)
                _refuse_idle(context, content, file)
                on_grids &= content.places_um is None and content.sections is None
                try:
                    simulation, notes = simulation_from_content(
                        content,
                        places,
                        every_ms=every,
                        start_ms=start,
                        stop_ms=stop,
                        rise_ms=rise,
                        decay_ms=decay,
                        diameter_um=diameter,
                        source=file.name,
                    )
                except SpikesError as error:
                    raise click.ClickException(f"Cannot use {file.name}: {error}") from None
                simulations.append(simulation)
                click.echo(f"{file.name} is {kind.what}.")
                _say([*content.notes, *notes])
            whole = simulations[0]
            if len(simulations) > 1:
                whole = merge(simulations)
                # Else cells of one file would stand on those of another.
                whole = on_grid(whole) if on_grids else whole
            if connections is not None:
                whole, notes = with_connections(whole, connections)
                _say(notes)
    except MergeError as error:
        raise click.ClickException(
            f"Cannot merge {files[error.part]} with {files[0]}: it {error.reason}."
        ) from None
    except (FormatError, Hdf5Error, SmoothingError, SonataError, SpikesError, TableError) as error:
        raise click.ClickException(str(error)) from None
    except ValueError as error:
        raise click.ClickException(f"Cannot use {files[0].name}: {error}") from None
    save(output, whole)


def _hand_over(context: click.Context, kind: Kind, files: tuple[Path, ...]) -> None:
    """Run the command that reads this kind of file, with the given options."""
    name, *more = kind.command.split() or [""]
    if name not in _OTHERS or more != ["FILE"]:
        raise refusal(files[0], kind)
    command = _OTHERS[name]
    if len(files) > 1 and command.params[0].nargs == 1:
        raise click.UsageError(f"spike-export {name} takes one file at a time.")
    known = {option.name: option.opts[-1] for option in command.params}
    arguments = [str(file) for file in files]
    for option in context.command.params[1:]:
        value = _given(context, str(option.name))
        if value is None:
            continue
        if option.name not in known:
            raise click.UsageError(f"{option.opts[-1]} does not apply to {kind.what}.")
        arguments += [known[option.name]] if value is True else [known[option.name], str(value)]
    click.echo(f"{files[0].name} is {kind.what}; running spike-export {name}.")
    with command.make_context(name, arguments, parent=context.parent) as own:
        command.invoke(own)


def _given(context: click.Context, option: str) -> object:
    """Return an option's value on the command line; None if it is not given."""
    is_given = context.get_parameter_source(option) is ParameterSource.COMMANDLINE
    return context.params[option] if is_given else None


def _refuse_idle(context: click.Context, content: Content, file: Path) -> None:
    if content.values is None:
        return
    for option in _FOR_SPIKES:
        if _given(context, option) is not None:
            raise click.UsageError(
                f"--{option} applies to spikes, but {content.quantity} is read from {file.name}; "
                "use spike-export convert to cut the result."
            )


def _places(path: Path, of: str | None) -> Mapping[str, NDArray[np.float64]]:
    kind = recognize(path)
    if isinstance(kind, Format) and kind.name != "matrix":
        content = kind.read(path, Request(of, option="--positions-of"))
        _say(content.notes)
        if content.places_um is None:
            raise FormatError(f"Cannot use {path.name}: it has no cell positions.")
        return dict(zip(map(str, content.names), content.places_um, strict=True))
    if of is not None:
        raise click.UsageError(
            f"--positions-of is for files that hold several things; {path.name} is {kind.what}."
        )
    if kind.name in ("places", "table", "matrix", "text"):
        return read_places(path)
    raise refusal(path, kind)


def _say(notes: Iterable[str]) -> None:
    for note in notes:
        click.echo(f"Note: {note}")
