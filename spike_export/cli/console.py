# SPDX-License-Identifier: BSD-3-Clause
"""What the commands share: options, the progress bar, reading, writing, and showing a file."""

from __future__ import annotations

import importlib.util
import math
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from ..edit.rise_and_decay import Kernel, SmoothingError
from ..edit.summary import Summary, summarize
from ..files.keeping import write_and_keep
from ..files.writer import write
from ..formats.content import FormatError
from ..formats.kinds import expect
from ..potential.membrane_currents import CURRENT
from ..simulation_file import Simulation, SimulationFileError, read
from .report import Report

Command = TypeVar("Command", bound=Callable[..., Any])

FILE = click.Path(path_type=Path)


class Finite(click.FloatRange):
    """A number that is neither infinite nor NaN, which ranges let pass."""

    def convert(
        self, value: Any, param: click.Parameter | None, context: click.Context | None
    ) -> float:
        """Read it, or end the command with the reason."""
        number = float(super().convert(value, param, context))
        if not math.isfinite(number):
            self.fail(f"{number} is not a finite number.", param, context)
        return number


NUMBER = Finite()
ABOVE_ZERO = Finite(min=0, min_open=True)

console = Console(highlight=False)


def output_option(default: str | None = None) -> Callable[[Command], Command]:
    """Give a command ``-o/--output`` and ``--force``; see `save`."""

    def decorate(command: Command) -> Command:
        command = click.option(
            "--force", is_flag=True, help="Overwrite an existing file without asking."
        )(command)
        # To newer versions of click, None is a default like any other.
        presence = {"required": True} if default is None else {"default": default}
        return click.option(
            "-o",
            "--output",
            type=FILE,
            show_default=True,
            metavar="FILE",
            help="Output file.",
            **presence,
        )(command)

    return decorate


def say(note: str) -> None:
    """Print a note about what was guessed or left out, to stderr."""
    click.echo(f"Note: {note}", err=True)


class _Bars(Progress):
    """Progress bars that are also reported to the program that started this one."""

    _report: Report | None = None

    def update(self, task_id: TaskID, **what: Any) -> None:
        """Draw it, and report it."""
        super().update(task_id, **what)
        if self._report is None:
            self._report = Report()
        task = self.tasks[task_id]
        if self._report and task.total is not None:
            self._report.tell(task.completed, task.total)


def field_option(command: Command) -> Command:
    """Give a command ``--field``; see `with_currents`."""
    return click.option(
        "--field", is_flag=True,
        help=f"Record membrane currents ({CURRENT}) as well, for the field around the cell; see "
        "spike-export field.",
    )(command)  # fmt: skip


def with_currents(field: bool) -> tuple[str, ...]:
    """Name what is recorded: voltages, and with ``--field`` the membrane currents."""
    return ("v", CURRENT) if field else ("v",)


@contextmanager
def progress(unit: str) -> Iterator[Progress]:
    """Show progress bars that count in a unit while the ``with`` block runs, in a terminal."""
    # Not to stdout: it may be a pipe, which may be closed before the work is done.
    screen = Console(highlight=False, stderr=True)
    bars = _Bars(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn(f"{{task.completed:.4g}} / {{task.total:g}} {unit}"),
        TimeRemainingColumn(),
        console=screen,
        disable=not screen.is_terminal,
    )
    # If nothing is shown, older versions of rich end with an empty line.
    with bars if screen.is_terminal else nullcontext():
        yield bars


@contextmanager
def needs_neuron() -> Iterator[None]:
    """Say how to install NEURON if it is missing, before the ``with`` block begins."""
    if importlib.util.find_spec("neuron") is None:
        raise click.ClickException(
            "NEURON is not installed; install it with pip install 'spike-export[neuron]'."
        )
    yield


@contextmanager
def _needs(module: str, name: str, extra: str) -> Iterator[None]:
    """Say how to install a library if the ``with`` block finds it missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != module:
            raise
        raise click.ClickException(
            f"{name} is not installed; install it with pip install 'spike-export[{extra}]'."
        ) from None


def needs_h5py() -> AbstractContextManager[None]:
    """Say how to install h5py if the ``with`` block finds it missing."""
    return _needs("h5py", "h5py", "sonata")


def needs_scipy() -> AbstractContextManager[None]:
    """Say how to install SciPy if the ``with`` block finds it missing."""
    return _needs("scipy", "SciPy", "smooth")


@contextmanager
def needs_mesh_readers() -> Iterator[None]:
    """Say how to install trimesh or DracoPy if the ``with`` block finds one missing."""
    with _needs("trimesh", "trimesh", "meshes"), _needs("DracoPy", "DracoPy", "meshes"):
        yield


def needs_cloud_volume() -> AbstractContextManager[None]:
    """Say how to install cloud-volume if the ``with`` block finds it missing."""
    return _needs("cloudvolume", "cloud-volume", "connectome")


def smoothing_options(command: Command) -> Command:
    """Give a command ``--rise`` and ``--decay``; see `smoothing_kernel`."""
    for name, what in (("--decay", "decay."), ("--rise", "rise.")):
        command = click.option(
            name, type=ABOVE_ZERO, metavar="MS", help=f"Smooth in time: time constant of the {what}"
        )(command)
    return command


def smoothing_kernel(rise: float | None, decay: float | None) -> Kernel | None:
    """Make a kernel from both time constants, or None if neither is given."""
    if rise is None and decay is None:
        return None
    if rise is None or decay is None:
        raise click.UsageError("--rise and --decay must be given together.")
    try:
        return Kernel(rise, decay)
    except SmoothingError as error:
        raise click.UsageError(str(error)) from None


def expect_kind(path: Path | None, *names: str) -> None:
    """End the command and name the right one if it does not read this kind of file."""
    try:
        if path is not None:
            with needs_h5py():
                expect(path, names)
    except FormatError as error:
        raise click.ClickException(str(error)) from None


def load(path: Path) -> Simulation:
    """Read a simulation file, or end the command with the reason it cannot be read."""
    expect_kind(path, "pickle", "text", "data")
    try:
        return read(path)
    except SimulationFileError as error:
        raise click.ClickException(str(error)) from None


def may_write(path: Path, *, force: bool, inputs: Iterable[Path | None] = ()) -> None:
    """Ask before overwriting a file, or end the command if it cannot be written.

    The command's own `inputs` are never overwritten. Called before a simulation begins, so that
    nobody waits for nothing.
    """
    if path.is_dir():
        raise click.ClickException(f"Cannot write {path}: it is a folder.")
    if not path.absolute().parent.is_dir():
        raise click.ClickException(f"Cannot write {path}: its folder does not exist.")
    if path.exists() and any(
        given is not None and given.exists() and given.samefile(path) for given in inputs
    ):
        raise click.ClickException(f"Cannot write {path}: the command reads it.")
    if force or not path.exists():
        return
    if not sys.stdin.isatty():
        raise click.ClickException(f"{path} already exists; use --force to overwrite it.")
    click.confirm(f"{path} already exists. Overwrite it?", abort=True)


CELLS_HELP: Final = (
    "names, numbers from 0, ranges such as 10-19 or 0-99:10, * and ? as wildcards, /REGEX/ for "
    "whole names; separated by commas."
)
"""The one way to choose cells; see `simulation_file.cell_choice`."""


def cells_text(_context: click.Context, _option: click.Parameter, text: str | None) -> str | None:
    """Refuse an empty choice of cells, which would select all of them."""
    if text is not None and not text.strip(" ,"):
        raise click.BadParameter("it names no cells; omit it to select all.")
    return text


def behind_colon(error: Exception) -> str:
    """Return an error's sentence in lower case, to follow a colon."""
    text = str(error)
    return f"{text[0].lower()}{text[1:]}"


def save(path: Path, simulation: Simulation) -> None:
    """Write a simulation file and show what is in it, or end the command with the reason.

    See `keep`.
    """
    keep(path, lambda place: write(place, simulation))
    show(summarize(simulation, path))


def keep(path: Path, write_to: Callable[[Path], object]) -> None:
    """Have a result written, elsewhere where `path` cannot be; and end the command saying so."""
    try:
        write_and_keep(path, write_to)
    except OSError as error:
        raise click.ClickException(f"Cannot write {path}: {error.strerror or error}.") from None


def show(summary: Summary) -> None:
    """Print a summary as a table."""
    # Text from a file must not act as rich markup or terminal commands.
    rows = [
        (label, "".join(c if c.isprintable() else "?" for c in text))
        for label, text in summary.rows()
    ]
    if not console.is_terminal:
        # Lines may be of any width.
        width = max(len(label) for label, _ in rows)
        click.echo("\n".join(f"{label:<{width}}  {text}" for label, text in rows))
        return
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column()
    for label, text in rows:
        table.add_row(label, Text(text))
    console.print(table)
