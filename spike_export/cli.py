# SPDX-License-Identifier: BSD-3-Clause
"""The command line, `spike-export`."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from . import __version__
from .simulation_file import SimulationFileError, read
from .summary import Summary, summarize
from .writer import write

_console = Console(highlight=False)

_FILE = click.Path(path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="spike-export")
def main() -> None:
    """Export NEURON simulations to pickles that Blender can play."""


@main.command()
@click.option(
    "-o", "--output", type=_FILE, default=Path("demo.pickle"), show_default=True, metavar="FILE",
    help="Where to write; a file that exists is replaced.",
)  # fmt: skip
@click.option(
    "--tstop", type=click.FloatRange(min=0, min_open=True), default=6.0, show_default=True,
    metavar="MS", help="How long to simulate.",
)  # fmt: skip
@click.option(
    "--every", type=click.FloatRange(min=0, min_open=True), default=0.05, show_default=True,
    metavar="MS", help="Time between two frames.",
)  # fmt: skip
def demo(output: Path, tstop: float, every: float) -> None:
    """Simulate an action potential in a real pyramidal cell.

    The cell ships with NEURON. It has Hodgkin-Huxley channels everywhere and gets a current step
    at the soma, half a millisecond after the start.
    """
    from . import demo_model

    if not every < tstop:
        raise click.UsageError(
            f"--every {every:g} leaves no second frame before --tstop {tstop:g}."
        )
    try:
        with _progress("ms") as progress:
            task = progress.add_task("Simulating", total=tstop)
            simulation = demo_model.simulate(
                tstop, every, lambda time_ms: progress.update(task, completed=time_ms)
            )
    except ModuleNotFoundError as error:
        if error.name != "neuron":
            raise
        raise click.ClickException(
            "NEURON is not installed; pip install 'spike-export[neuron]' brings it."
        ) from None
    try:
        write(output, simulation)
    except OSError as error:
        raise click.ClickException(f"Cannot write {output}: {error.strerror or error}.") from None
    _show(summarize(simulation, output))


@main.command()
@click.argument("file", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
def info(file: Path, as_json: bool) -> None:
    """Show what a simulation FILE holds, in either format, safely."""
    try:
        summary = summarize(read(file), file)
    except SimulationFileError as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(json.dumps(summary.as_dict(), indent=2))
    else:
        _show(summary)


def _progress(unit: str) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn(f"{{task.completed:.2f}} / {{task.total:g}} {unit}"),
        TimeRemainingColumn(),
        console=_console,
    )


def _show(summary: Summary) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column()
    for label, text in summary.rows():
        # A file's text is neither rich's markup nor a terminal's commands.
        table.add_row(label, Text("".join(c if c.isprintable() else "?" for c in text)))
    _console.print(table)
