# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export run``."""

from __future__ import annotations

import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from ..merge import MergeError, merge
from ..parallel import (
    ParallelError,
    PartReport,
    Ranks,
    join,
    one_process_names,
    part_path,
    rename_cells,
)
from ..run_model import Ending
from ..summary import summarize
from ..writer import write
from .console import ABOVE_ZERO, FILE, console, load, may_write, needs_neuron, save, show

if TYPE_CHECKING:
    from ..run_model import ModelRun

_REDRAWS_PER_SECOND = 5
_OTHERS_WRITE_S = 2.0
_MODEL_SUFFIXES = (".py", ".hoc")
Row = tuple[str, int, int, str]

_DOES_NOT_RUN = (
    "{} sets its initial values but does not run, so there is nothing to write; a line h.run() at "
    "its end, or run() in hoc, may be all that is missing."
)


_NEVER_INITIALIZED = (
    "{} has not run (it has not called finitialize), so there is nothing to write. What a model "
    "runs in processes of its own, as with multiprocessing, is not recorded."
)

_NOTHING_BEFORE = "Nothing was recorded before, so nothing is written."

_OWN_ARGUMENTS = "The model's own arguments go after --: spike-export run {} -- ARGS..."


class _WithModelArguments(click.Command):
    """A command that knows whose an unknown option may be."""

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        try:
            return super().parse_args(context, arguments)
        except click.NoSuchOption as error:
            raise click.UsageError(
                f"{error.format_message()} Options of the model itself go after --.", context
            ) from None


def _pattern(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        try:
            re.compile(value)
        except re.error as error:
            raise click.BadParameter(f"{value!r} is no regular expression: {error}.") from None
    return value


@click.command(
    cls=_WithModelArguments, short_help="Run a NEURON model unchanged, and record all of it."
)
@click.argument("model", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[-- ARGS...]")
@click.option(
    "-o", "--output", type=FILE, metavar="FILE",
    help="Where to write.  [default: MODEL.pickle in the working folder]",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace the file if it exists, without asking.")
@click.option(
    "--every", type=ABOVE_ZERO, metavar="MS",
    help="Time between two frames.  [default: 0.1]",
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
    "--no-merge", is_flag=True,
    help="Under mpiexec, leave what each process recorded in FILE.rank0000.pickle and so on.",
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
    no_merge: bool,
    dry_run: bool,
) -> None:
    """Run a NEURON MODEL, a .py or .hoc file, unchanged, and record all of it.

    The model finds its own arguments (those after --), its working folder and __main__ as it
    would without spike-export. What it simulates is written when it ends: the last of its runs, if
    there are several. Ctrl-C ends it early, and writes what there is.

    Under mpiexec each process records its own cells, and the first one puts them together.
    """
    if model.suffix.lower() not in _MODEL_SUFFIXES:
        raise click.UsageError(f"{model} is neither a .py nor a .hoc file.")
    if every is not None and frames is not None:
        raise click.UsageError("--every and --frames exclude each other; give one.")
    target = Path(f"{model.stem}.pickle") if output is None else output
    with needs_neuron():
        from .. import run_model
        from ..recording_error import RecordingError

    if not os.environ.get("DISPLAY"):
        # There is nothing to show windows on, and NEURON need not say so.
        os.environ.setdefault("NEURON_MODULE_OPTIONS", "-nogui")
    try:
        ranks = join()
    except ParallelError as error:
        raise click.ClickException(str(error)) from None
    with ExitStack() as stack:
        if ranks is not None:
            stack.enter_context(_ending_all(ranks))
        elif no_merge:
            raise click.UsageError("--no-merge is for runs under mpiexec; this is one process.")
        if not dry_run:
            if ranks is None:
                _may_write([target], model, force=force)
            else:
                _may_write_parts(ranks, target, model, force=force, merged=not no_merge)
        # The model may move to another folder.
        target = target if output is not None and target.is_absolute() else Path.cwd() / target
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
            elsewhere=ranks is not None,
            every_ms=0.1 if every is None else every,
            variable=variable,
            threshold_mv=threshold,
            mode="peak" if peak else "sample",
            frames=frames,
            capture=capture,
        )
        try:
            if dry_run:
                _dry_run(model_run, ranks)
            elif ranks is not None:
                _run_part(
                    model_run, ranks, model, target, chosen=capture is not None, merged=not no_merge
                )
            else:
                _run(model_run, model, target, chosen=capture is not None)
        except RecordingError as error:
            raise click.ClickException(str(error)) from None


@contextmanager
def _ending_all(ranks: Ranks) -> Iterator[None]:
    """End the other processes of a parallel run with this one, instead of letting them wait."""
    try:
        yield
    except SystemExit as error:
        if error.code:
            ranks.abort(error.code if isinstance(error.code, int) else 1)
        ranks.finalize()
        raise
    except click.ClickException as error:
        _say(ranks, f"Error: {error.format_message()}")
        ranks.abort(error.exit_code)
    except BaseException as error:
        _say(ranks, f"Error: {str(error) or type(error).__name__}")
        ranks.abort(1)
    ranks.finalize()


def _say(ranks: Ranks, text: str) -> None:
    for line in text.splitlines():
        click.echo(f"rank {ranks.rank}: {line}", err=True)


def _may_write(paths: list[Path], model: Path, *, force: bool) -> None:
    for path in paths:
        may_write(path, force=force, inputs=[model])


def _may_write_parts(ranks: Ranks, target: Path, model: Path, *, force: bool, merged: bool) -> None:
    """As `_may_write`, for the file and the parts, asked on rank 0 while the others wait."""
    if ranks.rank == 0:
        parts = [part_path(target, rank) for rank in range(ranks.size)]
        _may_write([target, *parts] if merged else parts, model, force=force)
        # Else they could be taken for this run's.
        for part in parts:
            part.unlink(missing_ok=True)
    ranks.barrier()


def _run_part(
    model_run: ModelRun, ranks: Ranks, model: Path, target: Path, *, chosen: bool, merged: bool
) -> None:
    """Record this process's cells, and put the parts of all processes together."""
    ended = False
    with ExitStack() as stack:
        if ranks.rank == 0:
            stack.enter_context(_progress(lambda: _reached(model_run)))

        def finish(ending: Ending) -> None:
            nonlocal ended
            if ended:
                return
            ended = True
            stack.close()
            with _all_or_none(ranks, target):
                _say(ranks, ending.trace)
                report = _write_part(model_run, model, part_path(target, ranks.rank), ending)
                if ending.exit_code:
                    _say(ranks, _why(model_run, ending))
                    _say_kept(ranks, target)
                    if ending.interrupted:
                        # So are the others, which mpiexec gives a second to do the same.
                        time.sleep(_OTHERS_WRITE_S)
                    ranks.abort(ending.exit_code)
                reports = ranks.gather(report)
                if ranks.rank == 0:
                    _put_together(reports, target, merged=merged)
                    _say_runs(max(report.runs for report in reports), chosen=chosen)
                    _say_note(next((report.note for report in reports if report.note), ""))

        # NEURON's quit() leaves MPI before anything else, and does not come back.
        ranks.before_finalize(lambda: finish(Ending()))
        finish(model_run.run())


@contextmanager
def _all_or_none(ranks: Ranks, target: Path) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        text = error.message if isinstance(error, click.ClickException) else str(error)
        _say(ranks, f"Error: {text}")
        _say_kept(ranks, target)
        ranks.abort(1)


def _why(model_run: ModelRun, ending: Ending) -> str:
    time_ms = _reached(model_run)[0]
    at = "" if time_ms is None else f" at {time_ms:g} ms"
    if ending.interrupted:
        return f"Interrupted{at}, and with it all processes."
    if ending.failed:
        return f"The model ended with an error{at}, and with it all processes."
    return f"The model ended with exit code {ending.exit_code}{at}, and with it all processes."


def _say_kept(ranks: Ranks, target: Path) -> None:
    parts = [part_path(target, rank) for rank in range(ranks.size)]
    kept = [_shown(part) for part in parts if part.exists()]
    if kept:
        _say(ranks, f"What was recorded until then is in {', '.join(map(str, kept))}.")


def _write_part(model_run: ModelRun, model: Path, path: Path, ending: Ending) -> PartReport:
    recorder = model_run.recorder
    if recorder is None or model_run.nothing_here or (ending.exit_code and not recorder.runs):
        return PartReport(None, model_run.cells, model_run.nothing_here)
    simulation = model_run.simulation()
    if simulation.n_frames < 2:
        raise click.ClickException(_DOES_NOT_RUN.format(model))
    try:
        write(path, simulation)
    except OSError as error:
        raise click.ClickException(f"Cannot write {path}: {error.strerror or error}.") from None
    return PartReport(path, model_run.cells, runs=recorder.runs, note=recorder.note)


def _put_together(reports: list[PartReport], target: Path, *, merged: bool) -> None:
    """Merge the parts of all processes, or list them."""
    written = [report.path for report in reports if report.path is not None]
    if not written:
        reason = next((report.reason for report in reports if report.reason), "")
        raise click.ClickException(f"No process has anything to record. {reason}".rstrip())
    if not merged:
        for path in written:
            show(summarize(load(path), _shown(path)))
        return
    names = one_process_names([report.cells for report in reports])
    parts = [
        rename_cells(load(report.path), renamed)
        for report, renamed in zip(reports, names, strict=True)
        if report.path is not None
    ]
    try:
        simulation = merge(parts)
    except MergeError as error:
        raise click.ClickException(
            f"Cannot merge {_shown(written[error.part])} with {_shown(written[0])} (part 1): it "
            f"{error.reason}."
        ) from None
    save(_shown(target), simulation)
    for path in written:
        path.unlink()


def _shown(path: Path) -> Path:
    return Path(os.path.relpath(path)) if path.is_relative_to(Path.cwd()) else path


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
    if ending.exit_code and (recorder is None or not recorder.runs):
        click.echo(_NOTHING_BEFORE, err=True)
        if ending.exit_code == click.UsageError.exit_code and not model_run.arguments:
            click.echo(_OWN_ARGUMENTS.format(model), err=True)
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
    if recorder.time_ms is None and recorder.failure is None and not recorder.runs:
        raise click.ClickException(_NEVER_INITIALIZED.format(model))
    simulation = model_run.simulation()
    if simulation.n_frames < 2:
        raise click.ClickException(_DOES_NOT_RUN.format(model))
    save(_shown(target), simulation)
    _say_runs(recorder.runs, chosen=chosen)
    _say_note(recorder.note)


def _say_note(note: str) -> None:
    if note:
        click.echo(f"Note: {note}", err=True)


def _say_runs(runs: int, *, chosen: bool) -> None:
    if runs > 1 and not chosen:
        click.echo(
            f"The model ran {runs} times; this is the last. --capture N keeps another.",
            err=True,
        )


def _dry_run(model_run: ModelRun, ranks: Ranks | None) -> None:
    cells, ending = model_run.dry_run()
    rows = [
        (cell.name, len(cell.sections), sum(part.nseg for part in cell.sections),
         _families(cell.sections))
        for cell in cells
    ]  # fmt: skip
    said = ending.trace
    if ending.failed:
        said += "The model ended with an error before it ran.\n"
    if ranks is None:
        click.echo(said, nl=False, err=True)
    else:
        _say(ranks, said)
    if ranks is not None and not ending.exit_code:
        rows = [
            (f"{row[0]} (rank {rank})", *row[1:])
            for rank, part in enumerate(ranks.gather(rows))
            for row in part
        ]
    if ranks is None or ranks.rank == 0:
        if not rows:
            click.echo("The model has no sections.", err=True)
        else:
            console.print(_table(rows))
    sys.exit(ending.exit_code)


def _table(rows: list[Row]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("Cell")
    for heading in ("Sections", "Segments"):
        table.add_column(heading, justify="right")
    table.add_column("Names")
    for name, sections, segments, families in rows:
        table.add_row(Text(name), f"{sections:,}", f"{segments:,}", Text(families))
    if len(rows) > 1:
        totals = sum(row[1] for row in rows), sum(row[2] for row in rows)
        table.add_row(f"{len(rows):,} cells", f"{totals[0]:,}", f"{totals[1]:,}", style="bold")
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
