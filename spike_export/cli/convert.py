# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export convert``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import click

from ..edit.cell_placing import PlacingError
from ..edit.convert import ConversionError, holds_peaks
from ..edit.convert import convert as convert_simulation
from ..edit.rise_and_decay import SmoothingError
from ..edit.summary import summarize
from ..edit.synapses_from_table import WITHIN_UM, with_synapses
from ..files.older_writer import write_older
from ..files.writer import PRECISIONS, Precision, PrecisionError, write
from ..formats.spike_files import TableError
from ..formats.synapse_tables import read_synapse_table
from ..simulation_file import Simulation
from ..simulation_file.synapses import left_out
from ..version import __version__
from .console import (
    ABOVE_ZERO,
    CELLS_HELP,
    FILE,
    NUMBER,
    behind_colon,
    cells_text,
    keep,
    load,
    may_write,
    needs_scipy,
    say,
    show,
    smoothing_kernel,
    smoothing_options,
)  # fmt: skip
from .placing import Positions, positions_option, say_places

_SPIKE_MS = 1.0


@click.command()
@click.argument("source", type=FILE, metavar="IN")
@click.argument("target", type=FILE, metavar="OUT")
@click.option("--legacy", is_flag=True, help="Write the older format, a list of sections.")
@click.option(
    "--precision",
    type=click.Choice(PRECISIONS),
    default=None,
    help="Unchanged, losslessly compressed, or rounded to 0.01 mV, and currents in nA to 16 bits."
    "  [default: float32]",
)
@click.option("--every", type=ABOVE_ZERO, metavar="MS", help="New time between frames.")
@click.option(
    "--frames", type=click.IntRange(min=1), metavar="N", help="New total number of frames."
)
@click.option(
    "--peak/--no-peak",
    default=None,
    help="New frames hold the maximum since the previous frame, so that no spike is lost; or the "
    "value at their time.  [default: as in IN]",
)
@click.option("--start", type=NUMBER, metavar="MS", help="Drop everything before this time.")
@click.option("--stop", type=NUMBER, metavar="MS", help="Drop everything after this time.")
@click.option(
    "--cells",
    callback=cells_text,
    metavar="CELLS",
    help=f"Keep these cells only: {CELLS_HELP}",
)
@click.option(
    "--variable",
    "variables",
    multiple=True,
    metavar="NAME",
    help="Quantity to keep from a file that has several; may be repeated; the first is "
    "shown.  [default: all]",
)
@click.option(
    "--duration",
    type=ABOVE_ZERO,
    metavar="MS",
    help="Duration of a file in the older format, which does not store it.",
)
@click.option(
    "--synapses",
    type=FILE,
    metavar="TABLE",
    help="Table of synapses on the cells of IN: section and position, or x, y and z in µm, with "
    "kind, weight and times of events.",
)
@click.option(
    "--within",
    type=ABOVE_ZERO,
    metavar="UM",
    help="Farthest distance of a synapse's x, y and z from the surface of its cell.  "
    f"[default: {WITHIN_UM:g}]",
)
@positions_option
@smoothing_options
@click.option("--force", is_flag=True, help="Overwrite OUT without asking.")
def convert(
    source: Path,
    target: Path,
    legacy: bool,
    precision: str | None,
    every: float | None,
    frames: int | None,
    peak: bool | None,
    start: float | None,
    stop: float | None,
    cells: str | None,
    variables: tuple[str, ...],
    duration: float | None,
    synapses: Path | None,
    within: float | None,
    positions: Path | None,
    rise: float | None,
    decay: float | None,
    force: bool,
) -> None:
    """Write IN to OUT: smaller, a part of it, or in the older format.

    New frames are interpolated linearly in time. Spike times stay unchanged. With --rise and
    --decay each 1 in on/off data becomes a rise and a decay; other data is filtered, and thus
    delayed, in the same way.
    """
    if every is not None and frames is not None:
        raise click.UsageError("--every and --frames are mutually exclusive; give only one.")
    if legacy and precision is not None:
        raise click.UsageError("--legacy has its own precision; omit --precision.")
    if peak is not None and every is None and frames is None:
        raise click.UsageError("--peak and --no-peak apply to new frames; add --every or --frames.")
    if within is not None and synapses is None:
        raise click.UsageError("--within is for a table of --synapses.")
    kernel = smoothing_kernel(rise, decay)
    table = Positions(positions)
    may_write(target, force=force, inputs=[positions, synapses])
    simulation = load(source)
    if synapses is not None:
        try:
            placed = with_synapses(simulation, read_synapse_table(synapses), within or WITHIN_UM)
        except TableError as error:
            raise click.ClickException(str(error)) from None
        simulation = placed[0]
        for note in placed[1]:
            say(note)
    if not (simulation.has_time or legacy or duration):
        raise click.ClickException(
            f"{source} is in the older format, which stores no times; give the duration of its "
            f"{simulation.n_frames:,} frames in ms with --duration."
        )
    try:
        with needs_scipy():
            converted = convert_simulation(
                simulation,
                every_ms=every,
                frames=frames,
                start_ms=start,
                stop_ms=stop,
                cells=cells,
                quantities=variables,
                duration_ms=duration,
                kernel=kernel,
                peak=peak,
            )
        converted = table.place(converted)
    except (ConversionError, PlacingError, SmoothingError) as error:
        raise click.ClickException(f"Cannot convert {source}: {behind_colon(error)}") from None
    converted = replace(converted, created_by=f"spike-export {__version__}")
    stored = cast(Precision, precision or "float32")
    try:
        keep(
            target,
            lambda place: (
                write_older(place, converted) if legacy else write(place, converted, stored)
            ),
        )
    except PrecisionError as error:
        raise click.ClickException(f"Cannot write {target}: {behind_colon(error)}") from None
    show(summarize(load(target), target))
    say_places(converted)
    if legacy and converted.more:
        say(
            f"The older format holds only one quantity, {converted.quantity}; left out: "
            f"{', '.join(converted.more)}. Choose another with --variable."
        )
    if legacy and converted.synapses is not None:
        say("The older format holds no synapses; they are left out.")
    elif lost := left_out(simulation.synapses, converted.synapses):
        say(lost)
    if peak is None and may_miss_spikes(simulation, converted):
        click.echo(
            f"Note: A spike lasts about {_SPIKE_MS:g} ms, less than the time between the new "
            "frames, which may miss spikes; --peak keeps every spike."
        )


def may_miss_spikes(before: Simulation, after: Simulation) -> bool:
    """Whether new frames are further apart than a spike lasts and hold no peaks."""
    if after.n_frames >= before.n_frames or after.n_frames < 2 or not after.has_time:
        return False
    spikes = sum(cell.spikes_ms.size for cell in after.cells if cell.spikes_ms is not None)
    apart = after.duration_ms / (after.n_frames - 1)
    own = before.duration_ms / (before.n_frames - 1)
    is_voltage = after.quantity == "v" and not holds_peaks(after)
    return bool(spikes) and is_voltage and apart > max(_SPIKE_MS, own * (1 + 1e-6))
