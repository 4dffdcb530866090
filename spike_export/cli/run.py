# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export run``."""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from .console import ABOVE_ZERO, FILE, console, may_write, needs_neuron, save

if TYPE_CHECKING:
    from ..neuron_model import ModelCell
    from ..run_model import Ending, ModelRun

_REDRAWS_PER_SECOND = 5
_MODEL_SUFFIXES = (".py", ".hoc")


def _pattern(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        try:
            re.compile(value)
        except re.error as error:
            raise click.BadParameter(f"{value!r} is no regular expression: {error}.") from None
    return value


@click.command()
@click.argument("model", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[-- ARGS...]")
@click.option(
    "-o", "--output", type=FILE, metavar="FILE",
    help="Where to write; MODEL.pickle in the working folder, if not given.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace the file if it exists, without asking.")
@click.option(
    "--every", type=ABOVE_ZERO, metavar="MS",
    help="Time between two frames; 0.1, if not given.",
)  # fmt: skip
@click.option(
    "--frames", type=click.IntRange(min=2), metavar="N",
    help="Number of frames, spread over the run however long it takes; instead of --every.",
)  # fmt: skip
@click.option(
    "--peak", is_flag=True,
    help="Let each frame hold the maximum since the frame before, so that no spike is lost between "
    "frames.",
)  # fmt: skip
@click.option(
    "--only", callback=_pattern, metavar="REGEX",
    help="Record these sections only, by name: 'soma|apic.*'. An index may be left out.",
)  # fmt: skip
@click.option("--cell", "cells", multiple=True, metavar="NAME", help="Record this cell only; "
              "may be given several times.")  # fmt: skip
@click.option(
    "--variable", default="v", show_default=True, metavar="NAME",
    help="What to record: v, cai, ina or any other range variable, such as m_hh.",
)  # fmt: skip
@click.option(
    "--threshold", type=float, default=-20.0, show_default=True, metavar="MV",
    help="A cell spikes when its soma crosses this upwards.",
)  # fmt: skip
@click.option(
    "--mechanisms", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR",
    help="Load compiled mechanisms from here; see spike-export compile.",
)  # fmt: skip
@click.option(
    "--capture", type=click.IntRange(min=1), metavar="N",
    help="Keep the model's Nth run, counted from 1, instead of the last.",
)  # fmt: skip
@click.option(
    "--dry-run", is_flag=True,
    help="List cells, sections and segments, and stop where the model would begin to run.",
)  # fmt: skip
def run(
    model: Path,
    arguments: tuple[str, ...],
    output: Path | None,
    force: bool,
    every: float | None,
    frames: int | None,
    peak: bool,
    only: str | None,
    cells: tuple[str, ...],
    variable: str,
    threshold: float,
    mechanisms: Path | None,
    capture: int | None,
    dry_run: bool,
) -> None:
    """Run a NEURON MODEL, a .py or .hoc file, unchanged, and record all of it.

    The model finds its own arguments (those after --), its working folder and __main__ as it
    would without spike-export. What it simulates is written when it ends: the last of its runs, if
    there are several. Ctrl-C ends it early, and writes what there is.
    """
    if model.suffix.lower() not in _MODEL_SUFFIXES:
        raise click.UsageError(f"{model} is neither a .py nor a .hoc file.")
    if every is not None and frames is not None:
        raise click.UsageError("--every and --frames exclude each other.")
    target = Path(f"{model.stem}.pickle") if output is None else output
    if not dry_run:
        if not target.absolute().parent.is_dir():
            raise click.ClickException(f"Cannot write {target}: its folder does not exist.")
        may_write(target, force=force)
    # The model may move to another folder.
    target = target if output is not None and target.is_absolute() else Path.cwd() / target
    with needs_neuron():
        from .. import run_model

        try:
            if mechanisms is not None:
                run_model.load_mechanisms(mechanisms)
        except (FileNotFoundError, RuntimeError) as error:
            raise click.ClickException(str(error)) from None
        model_run = run_model.ModelRun(
            model,
            arguments,
            only=only,
            cells=cells,
            every_ms=0.1 if every is None else every,
            variable=variable,
            threshold_mv=threshold,
            mode="peak" if peak else "sample",
            frames=frames,
            capture=capture,
        )
    from ..recorder import RecordingError

    try:
        if dry_run:
            _dry_run(model_run)
        else:
            _run(model_run, model, target, chosen=capture is not None)
    except RecordingError as error:
        raise click.ClickException(str(error)) from None


def _run(model_run: ModelRun, model: Path, target: Path, *, chosen: bool) -> None:
    with ExitStack() as stack:
        stack.enter_context(_progress(lambda: _reached(model_run)))

        def at_quit() -> None:
            stack.close()
            try:
                _write(model_run, model, target, chosen=chosen)
            except Exception as error:
                text = error.message if isinstance(error, click.ClickException) else str(error)
                click.echo(f"Error: {text}", err=True)
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(1)

        ending = model_run.run(at_quit)
    _report(model_run, ending)
    recorder = model_run.recorder
    if (ending.failed or ending.interrupted) and (recorder is None or not recorder.runs):
        click.echo("Nothing was recorded before, so nothing is written.", err=True)
        sys.exit(ending.exit_code)
    _write(model_run, model, target, chosen=chosen)
    sys.exit(ending.exit_code)


def _report(model_run: ModelRun, ending: Ending) -> None:
    """Say why the model ended, if not by itself."""
    time_ms = _reached(model_run)[0]
    at = "" if time_ms is None else f" at {time_ms:g} ms"
    click.echo(ending.trace, nl=False, err=True)
    if ending.interrupted:
        click.echo(f"Interrupted{at}.", err=True)
    elif ending.failed:
        click.echo(f"The model ended with an error{at}.", err=True)


def _write(model_run: ModelRun, model: Path, target: Path, *, chosen: bool) -> None:
    recorder = model_run.recorder
    assert recorder is not None
    simulation = recorder.simulation(source=model.name)
    if simulation.n_frames < 2:
        raise click.ClickException(
            f"{model} sets its initial values but does not run, so there is nothing to write; "
            "a line run() at its end may be all that is missing."
        )
    shown = Path(os.path.relpath(target)) if target.is_relative_to(Path.cwd()) else target
    save(shown, simulation)
    if recorder.runs > 1 and not chosen:
        click.echo(
            f"The model ran {recorder.runs} times; this is the last. --capture N keeps another.",
            err=True,
        )


def _dry_run(model_run: ModelRun) -> None:
    cells, ending = model_run.dry_run()
    click.echo(ending.trace, nl=False, err=True)
    if ending.failed:
        click.echo("The model ended with an error before it ran.", err=True)
    if not cells:
        click.echo("The model has no sections.", err=True)
    else:
        console.print(_table(cells))
    sys.exit(ending.exit_code)


def _table(cells: list[ModelCell]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("Cell")
    for heading in ("Sections", "Segments"):
        table.add_column(heading, justify="right")
    table.add_column("Names")
    totals = [0, 0]
    for cell in cells:
        counts = len(cell.sections), sum(section.nseg for section in cell.sections)
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
        table.add_row(
            Text(cell.name), f"{counts[0]:,}", f"{counts[1]:,}", Text(_families(cell.sections))
        )
    if len(cells) > 1:
        table.add_row(f"{len(cells):,} cells", f"{totals[0]:,}", f"{totals[1]:,}", style="bold")
    return table


def _families(sections: list[Any]) -> str:
    """Names of sections, those with an index together: ``soma, 12 dend``."""
    counts: dict[str, int] = {}
    for section in sections:
        name = section.name().rsplit(".", 1)[-1].split("[", 1)[0]
        counts[name] = counts.get(name, 0) + 1
    return ", ".join(f"{count} {name}" if count > 1 else name for name, count in counts.items())


def _reached(model_run: ModelRun) -> tuple[float | None, float | None]:
    """Time of the model, and when it will end, where that is known."""
    time_ms = None if model_run.recorder is None else model_run.recorder.time_ms
    return time_ms, model_run.end_ms


@contextmanager
def _progress(reached: Callable[[], tuple[float | None, float | None]]) -> Iterator[None]:
    """Show how far the model is in a terminal's last line, below whatever the model prints."""
    if not sys.stderr.isatty():
        yield
        return
    line = _LastLine(sys.stderr, reached)
    kept = sys.stdout, sys.stderr
    sys.stdout = _Above(kept[0], line) if kept[0].isatty() else kept[0]
    sys.stderr = _Above(kept[1], line)
    try:
        line.start()
        yield
    finally:
        line.stop()
        sys.stdout, sys.stderr = kept


class _LastLine(threading.Thread):
    """A progress bar that is drawn now and then, and wiped out before anything is printed."""

    def __init__(
        self, screen: TextIO, reached: Callable[[], tuple[float | None, float | None]]
    ) -> None:
        super().__init__(daemon=True)
        self._screen = screen
        self._reached = reached
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._drawn = False
        self._line_begun = False
        self._console = Console(file=screen, highlight=False)
        self._bars = Progress(
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[time]}"),
            TimeElapsedColumn(), console=self._console, auto_refresh=False,
        )  # fmt: skip
        self._task = self._bars.add_task("Building the model", total=None, time="")

    def run(self) -> None:
        while not self._ended.wait(1 / _REDRAWS_PER_SECOND):
            self._draw()

    def stop(self) -> None:
        self._ended.set()
        with self._lock:
            self._wipe()
            self._screen.flush()

    def write(self, stream: TextIO, text: str) -> int:
        with self._lock:
            self._wipe()
            if text:
                self._line_begun = not text.endswith("\n")
            return stream.write(text)

    def _draw(self) -> None:
        time_ms, end_ms = self._reached()
        if time_ms is not None:
            known = end_ms is not None and 0 < time_ms <= end_ms
            self._bars.update(
                self._task,
                description="Running",
                total=end_ms if known else None,
                completed=time_ms,
                time=f"{time_ms:.2f} / {end_ms:g} ms" if known else f"{time_ms:.2f} ms",
            )
        with self._console.capture() as capture:
            self._console.print(self._bars.get_renderable())
        with self._lock:
            # Never in the middle of a line that the model has begun.
            if not self._line_begun and not self._ended.is_set():
                self._screen.write(f"\r\x1b[K{capture.get().rstrip()}")
                self._screen.flush()
                self._drawn = True

    def _wipe(self) -> None:
        if self._drawn:
            self._screen.write("\r\x1b[K")
            self._screen.flush()
            self._drawn = False


class _Above:
    """A terminal's stream that prints above the last line, and is otherwise what it was."""

    def __init__(self, stream: TextIO, line: _LastLine) -> None:
        self._stream = stream
        self._line = line

    def write(self, text: str) -> int:
        return self._line.write(self._stream, text)

    def writelines(self, lines: list[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
