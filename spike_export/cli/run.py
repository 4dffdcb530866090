# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export run``."""

from __future__ import annotations

import os
import re
import sys
from contextlib import ExitStack
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from ..edit.summary import summarize
from ..neuron.broadcast import Broadcast
from ..neuron.mechanisms import MechanismsError, load_mechanisms
from ..neuron.parallel import ParallelError, Ranks, join
from ..neuron.parallel_run import Written, part_paths, run_together, shown
from ..neuron.recording_error import RecordingError
from ..neuron.run import Ending, ModelRun
from ..neuron.synapse_recording import SYNAPSE_NOTE
from ..simulation_file import Simulation
from .console import (
    ABOVE_ZERO,
    CELLS_HELP,
    FILE,
    NUMBER,
    console,
    expect_kind,
    may_write,
    needs_neuron,
    save,
    say,
    show,
)
from .last_line import Reached, shown_progress
from .live import live_options, watched
from .placing import Positions, positions_option, say_places

_MODEL_SUFFIXES = (".py", ".hoc")
Row = tuple[str, int, int, str]

_NOTHING_BEFORE = "Nothing had been recorded, so nothing is written."

_OWN_ARGUMENTS = "The model's own arguments go after --: spike-export run {} -- ARGS..."


class _WithModelArguments(click.Command):
    """A command that tells where an unknown option may belong."""

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        try:
            return super().parse_args(context, arguments)
        except click.NoSuchOption as error:
            raise click.UsageError(
                f"{error.format_message()} The model's own options go after --.", context
            ) from None


def _pattern(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        try:
            re.compile(value)
        except re.error as error:
            raise click.BadParameter(
                f"{value!r} is not a valid regular expression: {error}."
            ) from None
    return value


@click.command(
    cls=_WithModelArguments, short_help="Run an unmodified NEURON model and record all of it."
)
@click.argument("model", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[-- ARGS...]")
@click.option(
    "-o", "--output", type=FILE, metavar="FILE",
    help="Output file.  [default: MODEL.pickle in the current folder]",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Overwrite an existing file without asking.")
@click.option(
    "--call", metavar="CODE",
    help="Code to run once the model is loaded, in its own language: 'fig1d()', like one of its "
    "buttons, or 'run()', like NEURON's Init & Run.",
)  # fmt: skip
@click.option(
    "--tstop", type=ABOVE_ZERO, metavar="MS",
    help="When the run ends, for models that use NEURON's tstop.  [default: the model's]",
)  # fmt: skip
@click.option(
    "--every", type=ABOVE_ZERO, metavar="MS",
    help="Time between frames.  [default: 0.1]",
)  # fmt: skip
@click.option(
    "--frames", type=click.IntRange(min=2), metavar="N",
    help="Number of frames, spread over the whole run; instead of --every.",
)  # fmt: skip
@click.option(
    "--peak", is_flag=True,
    help="Store in each frame the maximum since the previous frame, so that no spike is lost.",
)  # fmt: skip
@click.option(
    "--only", callback=_pattern, metavar="REGEX",
    help="Record only the sections with these names: 'soma|apic.*'. The index may be omitted.",
)  # fmt: skip
@click.option(
    "--cell", "--cells", "cells", multiple=True, metavar="CELLS",
    help=f"Record these cells only: {CELLS_HELP} May be repeated.",
)  # fmt: skip
@click.option(
    "--variable", "variables", multiple=True, default=["v"], show_default=True, metavar="NAME",
    help="What to record: v, cai, i_membrane_ or any other range variable, such as m_hh, or a "
    "point process's, such as ExpSyn.g, summed over each segment. May be repeated: the file holds "
    "all; the first is shown.",
)  # fmt: skip
@click.option(
    "--threshold", type=NUMBER, metavar="MV",
    help="A cell spikes when its soma crosses this from below.  [default: the model's own spike "
    "detectors, or else -20]",
)  # fmt: skip
@click.option(
    "--synapses", is_flag=True,
    help="Also record where synapses are, one for each connection onto a point process, and when "
    "events arrive at them.",
)  # fmt: skip
@positions_option
@click.option(
    "--mechanisms", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR",
    help="Load compiled mechanisms from this folder; see spike-export compile.",
)  # fmt: skip
@click.option(
    "--capture", type=click.IntRange(min=1), metavar="N",
    help="Keep the model's Nth run, counted from 1, instead of the last.",
)  # fmt: skip
@live_options
@click.option(
    "--no-merge", is_flag=True,
    help="Under mpiexec, leave each process's recording in FILE.rank0000.pickle and so on.",
)  # fmt: skip
@click.option(
    "--dry-run", is_flag=True,
    help="List cells, sections and segments, and stop before the model runs.",
)  # fmt: skip
def run(
    model: Path,
    arguments: tuple[str, ...],
    output: Path | None,
    force: bool,
    call: str | None,
    tstop: float | None,
    every: float | None,
    frames: int | None,
    peak: bool,
    only: str | None,
    cells: tuple[str, ...],
    variables: tuple[str, ...],
    threshold: float | None,
    synapses: bool,
    positions: Path | None,
    mechanisms: Path | None,
    capture: int | None,
    live: bool,
    port: int,
    no_merge: bool,
    dry_run: bool,
) -> None:
    """Run an unmodified NEURON MODEL, a .py or .hoc file, and record all of it.

    The model sees its own arguments (those after --), its working folder and __main__ as it would
    without spike-export. The file is written when the model ends; of several runs, the last is
    kept. Ctrl-C ends the model early and writes what has been recorded. If the model waits for a
    button, --call does what the button would. With --live, BlenderSpike shows it while it runs.

    Under mpiexec each process records its own cells, and the first one merges them.
    """
    if model.suffix.lower() not in _MODEL_SUFFIXES:
        expect_kind(model, "text", "table", "data")
        raise click.UsageError(f"{model} is neither a .py nor a .hoc file.")
    if every is not None and frames is not None:
        raise click.UsageError("--every and --frames are mutually exclusive; give only one.")
    target = Path(f"{model.stem}.pickle") if output is None else output
    placing = Positions(positions)
    if not os.environ.get("DISPLAY"):
        # There is no display, and NEURON need not say so.
        os.environ.setdefault("NEURON_MODULE_OPTIONS", "-nogui")
    try:
        with needs_neuron():
            ranks = join()
    except ParallelError as error:
        raise click.ClickException(str(error)) from None
    with ExitStack() as stack:
        if ranks is not None:
            stack.enter_context(ranks.ending_all())
        elif no_merge:
            raise click.UsageError(
                "--no-merge is for runs under mpiexec; this is a single process."
            )
        if not dry_run:
            if ranks is None:
                _may_write([target], [model, positions], force=force)
            else:
                inputs = [model, positions]
                _may_write_parts(ranks, target, inputs, force=force, merged=not no_merge)
        # The model may change the working folder.
        target = target if output is not None and target.is_absolute() else Path.cwd() / target
        try:
            if mechanisms is not None:
                load_mechanisms(mechanisms)
        except (MechanismsError, RuntimeError) as error:
            raise click.ClickException(str(error)) from None
        broadcast = None
        if live and not dry_run:
            if ranks is not None:
                raise click.UsageError(
                    "--live shows runs in a single process; under mpiexec, import the file."
                )
            broadcast = stack.enter_context(watched(port, target))
        model_run = ModelRun(
            model,
            arguments,
            only=only,
            cells=cells,
            call=call,
            tstop_ms=tstop,
            elsewhere=ranks is not None,
            placed=placing.by_label,
            every_ms=0.1 if every is None else every,
            variable=variables,
            threshold_mv=threshold,
            mode="peak" if peak else "sample",
            frames=frames,
            capture=capture,
            synapses=synapses,
            live=broadcast,
        )
        try:
            if dry_run:
                _dry_run(model_run, ranks)
            elif ranks is not None:
                chosen = capture is not None
                _run_part(
                    model_run, ranks, target, placing, variables, chosen=chosen, merged=not no_merge
                )
            else:
                _run(model_run, model, target, placing, broadcast, chosen=capture is not None)
        except RecordingError as error:
            raise click.ClickException(str(error)) from None


def _may_write(paths: list[Path], inputs: list[Path | None], *, force: bool) -> None:
    for path in paths:
        may_write(path, force=force, inputs=inputs)


def _may_write_parts(
    ranks: Ranks, target: Path, inputs: list[Path | None], *, force: bool, merged: bool
) -> None:
    """Like `_may_write`, for the file and the parts, asked on rank 0 while the others wait."""
    if ranks.rank == 0:
        parts = part_paths(target, ranks)
        _may_write([target, *parts] if merged else parts, inputs, force=force)
        # Otherwise they could be mistaken for this run's.
        for part in parts:
            part.unlink(missing_ok=True)
    ranks.barrier()


def _run_part(
    model_run: ModelRun,
    ranks: Ranks,
    target: Path,
    placing: Positions,
    variables: tuple[str, ...],
    *,
    chosen: bool,
    merged: bool,
) -> None:
    """Run the model in this process, one of several; the first shows what was written."""

    def written(result: Written) -> None:
        for path, simulation in result.simulations:
            show(summarize(simulation, shown(path)))
            say_places(simulation, result.made_up)
        _say_lost(variables, [simulation for _, simulation in result.simulations])
        _say_runs(result.runs, chosen=chosen)
        _say_note(result.note)
        for _, simulation in result.simulations:
            _say_synapses(simulation)
        _say_note(model_run.other_end(result.simulations[0][1]))

    with ExitStack() as stack:
        if ranks.rank == 0:
            stack.enter_context(shown_progress(lambda: _reached(model_run)))
        run_together(
            model_run,
            ranks,
            target,
            merged=merged,
            place=placing.place_if_any,
            ended=stack.close,
            written=written,
        )


def _run(
    model_run: ModelRun,
    model: Path,
    target: Path,
    placing: Positions,
    broadcast: Broadcast | None,
    *,
    chosen: bool,
) -> None:
    with ExitStack() as stack:
        stack.enter_context(shown_progress(lambda: _reached(model_run)))

        def at_quit() -> None:
            stack.close()
            try:
                _write(model_run, model, target, placing, broadcast, chosen=chosen)
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
    early = ending.interrupted or ending.failed
    _write(model_run, model, target, placing, broadcast, chosen=chosen, ended_early=early)
    sys.exit(ending.exit_code)


def _report(model_run: ModelRun, ending: Ending) -> None:
    """Say why the model ended, if not normally."""
    click.echo(ending.trace, nl=False, err=True)
    if ending.interrupted:
        click.echo(f"Interrupted{model_run.at}.", err=True)
    elif ending.failed:
        click.echo(f"The model ended with an error{model_run.at}.", err=True)


def _write(
    model_run: ModelRun,
    model: Path,
    target: Path,
    placing: Positions,
    broadcast: Broadcast | None,
    *,
    chosen: bool,
    ended_early: bool = False,
) -> None:
    recorder = model_run.recorder
    assert recorder is not None
    simulation = placing.place_if_any(model_run.simulation())
    save(shown(target), simulation)
    if broadcast is not None:
        broadcast.end(str(target))
    say_places(simulation, recorder.made_up)
    _say_runs(recorder.runs, chosen=chosen)
    _say_note(recorder.note)
    _say_synapses(simulation)
    if not ended_early:
        _say_note(model_run.other_end(simulation))


def _say_lost(variables: tuple[str, ...], simulations: list[Simulation]) -> None:
    """Name variables that no process has; each one assumes that another may have them."""
    there = {name for simulation in simulations for name in simulation.quantities}
    # For variables of point processes, the file names the type as well.
    there |= {name.partition(".")[2] for name in there}
    lost = [one for one in variables if one not in there]
    if lost:
        say(f"No segment has {', '.join(lost)}, so it is not in the file.")


def _say_note(note: str) -> None:
    if note:
        click.echo(f"Note: {note}", err=True)


def _say_synapses(simulation: Simulation) -> None:
    if simulation.synapses is not None and not len(simulation.synapses):
        say(
            "The model has no synapses: no connection (NetCon) ends at a point process in what is "
            "recorded."
        )
    _say_note(str(simulation.meta.get(SYNAPSE_NOTE, "")))


def _say_runs(runs: int, *, chosen: bool) -> None:
    if runs > 1 and not chosen:
        click.echo(
            f"The model ran {runs} times; this is the last run. Use --capture N to keep another.",
            err=True,
        )


def _dry_run(model_run: ModelRun, ranks: Ranks | None) -> None:
    cells, ending = model_run.dry_run()
    rows = [
        (cell.name, len(cell.sections), sum(part.nseg for part in cell.sections),
         _families(cell.section_names))
        for cell in cells
    ]  # fmt: skip
    said = ending.trace
    if ending.failed:
        said += "The model ended with an error before it ran.\n"
    if ranks is None:
        click.echo(said, nl=False, err=True)
    else:
        ranks.say(said)
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


def _families(sections: list[str]) -> str:
    """Names of sections, indexed ones grouped: ``soma, 12 dend``."""
    counts: dict[str, int] = {}
    for section in sections:
        name = section.rsplit(".", 1)[-1].split("[", 1)[0]
        counts[name] = counts.get(name, 0) + 1
    return ", ".join(f"{count} {name}" if count > 1 else name for name, count in counts.items())


def _reached(model_run: ModelRun) -> Reached:
    """Return the model's time and when it will end, if known."""
    return model_run.time_ms, model_run.end_ms
