# SPDX-License-Identifier: BSD-3-Clause
"""A model in several processes: each writes its part, and the first one merges them."""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..edit.cell_placing import SPLIT, MadeUp, in_a_row
from ..edit.merge import MergeError, merge
from ..edit.rejoining import rejoin
from ..files.keeping import KeptElsewhereError, write_and_keep
from ..files.writer import write
from ..simulation_file import Simulation, read
from .parallel import (
    ParallelError,
    PartReport,
    Ranks,
    one_process_names,
    part_path,
    rename_cells,
)
from .run import Ending, ModelRun
from .synapse_recording import SYNAPSE_NOTE, Unknown

_OTHERS_WRITE_S = 2.0
_PIECE = " piece {}"

_IN_PARTS = (
    "Cells are split between processes: their pieces are in several files, each as a separate "
    "cell; run without --no-merge to join them."
)


@dataclass(frozen=True, slots=True)
class Written:
    """What the first process has written or left when all have ended.

    Attributes
    ----------
    simulations : list of (Path, Simulation)
        The one file; or, if parts are not merged, each of them.
    runs : int
        How many times the model ran.
    note : str
        How recording may have changed the run.
    made_up : MadeUp or None
        What the model does not define about its cells, if they are in one file.
    """

    simulations: list[tuple[Path, Simulation]]
    runs: int
    note: str
    made_up: MadeUp | None


def run_together(
    model_run: ModelRun,
    ranks: Ranks,
    target: Path,
    *,
    merged: bool,
    place: Callable[[Simulation], Simulation],
    ended: Callable[[], None],
    written: Callable[[Written], None],
) -> None:
    """Record this process's cells, and merge the parts of all processes.

    If one process fails, all stop, and what they recorded stays in their parts.

    Parameters
    ----------
    model_run : ModelRun
        Of this process; not yet run.
    target : Path
        Absolute, because the model may change the working folder. Parts are written beside it.
    merged : bool
        Merge the parts, and remove them.
    place : callable
        Takes the final simulation, and returns it with its cells at their positions.
    ended : callable
        Called when the model has ended, before anything is printed.
    written : callable
        Called in the first process when everything has been written.

    Raises
    ------
    RecordingError
        If the model cannot be recorded as requested.
    """
    finished = False

    def finish(ending: Ending) -> None:
        nonlocal finished
        if finished:
            return
        finished = True
        ended()
        with _all_or_none(ranks, target):
            ranks.say(ending.trace)
            report = _write_part(
                model_run, part_path(target, ranks.rank), ending, None if merged else place
            )
            if ending.exit_code:
                ranks.say(_why(model_run, ending))
                _say_kept(ranks, target)
                if ending.interrupted:
                    # So are the others, which get one second from mpiexec to do the same.
                    time.sleep(_OTHERS_WRITE_S)
                ranks.abort(ending.exit_code)
            reports = ranks.gather(report)
            if ranks.rank == 0:
                made_up = None
                if merged:
                    simulation, made_up = _put_together(reports, target, place)
                    simulations = [(target, simulation)]
                else:
                    simulations = _parts(reports)
                runs = max(report.runs for report in reports)
                note = next((report.note for report in reports if report.note), "")
                written(Written(simulations, runs, note, made_up))

    # NEURON's quit() leaves MPI before anything else, and does not return.
    ranks.before_finalize(lambda: finish(Ending()))

    def at_quit() -> None:
        finish(Ending())
        ranks.finalize()

    finish(model_run.run(at_quit, ranks.leave))


def part_paths(target: Path, ranks: Ranks) -> list[Path]:
    """List the paths of all processes' parts."""
    return [part_path(target, rank) for rank in range(ranks.size)]


def shown(path: Path) -> Path:
    """Return a path relative to the working folder, if it is inside."""
    return Path(os.path.relpath(path)) if path.is_relative_to(Path.cwd()) else path


@contextmanager
def _all_or_none(ranks: Ranks, target: Path) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        ranks.say(f"Error: {error}")
        _say_kept(ranks, target)
        ranks.abort(1)


def _why(model_run: ModelRun, ending: Ending) -> str:
    at = model_run.at
    if ending.interrupted:
        return f"Interrupted{at}; all processes were stopped."
    if ending.failed:
        return f"The model ended with an error{at}; all processes were stopped."
    return f"The model ended with exit code {ending.exit_code}{at}; all processes were stopped."


def _say_kept(ranks: Ranks, target: Path) -> None:
    kept = [shown(part) for part in part_paths(target, ranks) if part.exists()]
    if kept:
        ranks.say(f"What had been recorded is in {', '.join(map(str, kept))}.")


def _write_part(
    model_run: ModelRun,
    path: Path,
    ending: Ending,
    place: Callable[[Simulation], Simulation] | None,
) -> PartReport:
    recorder = model_run.recorder
    if recorder is None or model_run.nothing_here or (ending.exit_code and not recorder.runs):
        return PartReport(None, model_run.cells, model_run.nothing_here)
    simulation = model_run.simulation()
    if model_run.joints:
        simulation = replace(simulation, meta={**simulation.meta, SPLIT: _IN_PARTS})
    if place is not None:
        far = Unknown(from_elsewhere=int(np.count_nonzero(recorder.source_gids >= 0)))
        if text := (recorder.unknown + far).text:
            simulation = replace(simulation, meta={**simulation.meta, SYNAPSE_NOTE: text})
    _write(path, simulation if place is None else place(simulation))
    return PartReport(
        path,
        model_run.cells,
        runs=recorder.runs,
        note=recorder.note,
        made_up=recorder.made_up,
        joints=model_run.joints,
        split_note=recorder.split_note,
        unknown=recorder.unknown,
        source_gids=tuple(recorder.source_gids.tolist()),
    )


def _parts(reports: list[PartReport]) -> list[tuple[Path, Simulation]]:
    """Read the parts of all processes."""
    parts = [(report.path, read(report.path)) for report in reports if report.path is not None]
    if not parts:
        reason = next((report.reason for report in reports if report.reason), "")
        raise ParallelError(f"No process has anything to record. {reason}".rstrip())
    return parts


def _put_together(
    reports: list[PartReport], target: Path, place: Callable[[Simulation], Simulation]
) -> tuple[Simulation, MadeUp]:
    """Merge the parts of all processes into one file, and remove them."""
    parts = _parts(reports)
    names = one_process_names([report.cells for report in reports])
    # Of the processes that had something to record.
    names = [renamed for renamed, report in zip(names, reports, strict=True) if report.path]
    there = [report for report in reports if report.path]
    for rank, (renamed, report) in enumerate(zip(names, there, strict=True)):
        # Until they are one cell, pieces need different names.
        for cell in {joint.cell for joint in report.joints}:
            renamed[cell] = f"{renamed.get(cell, cell)}{_PIECE.format(rank)}"
    try:
        simulation = merge(
            [rename_cells(part, renamed) for (_, part), renamed in zip(parts, names, strict=True)]
        )
    except MergeError as error:
        raise ParallelError(
            f"Cannot merge {shown(parts[error.part][0])} with {shown(parts[0][0])} (part 1): it "
            f"{error.reason}."
        ) from None
    simulation, made_up = _rejoined(simulation, there, names)
    simulation = _with_sources(simulation, there)
    simulation = place(simulation)
    _write(target, simulation, [path for path, _ in parts])
    return simulation, made_up


def _rejoined(
    simulation: Simulation, reports: list[PartReport], names: list[dict[str, str]]
) -> tuple[Simulation, MadeUp]:
    """Join pieces of cells, and collect the notes of all parts."""
    both = list(zip(reports, names, strict=True))
    joints = [
        replace(joint, cell=new[joint.cell], section=_of(joint.section, joint.cell, new))
        for report, new in both
        for joint in report.joints
    ]
    shapeless = [new.get(name, name) for report, new in both for name in report.made_up.shapeless]
    placeless = [new.get(name, name) for report, new in both for name in report.made_up.placeless]
    simulation, note = rejoin(simulation, joints, placeless)
    note = next((report.split_note for report in reports if report.split_note), note)
    left = {cell.name for cell in simulation.cells}
    made_up = MadeUp(
        tuple(name for name in shapeless if name in left),
        tuple(name for name in placeless if name in left),
    )
    simulation = in_a_row(simulation, made_up.placeless)
    meta = {key: value for key, value in simulation.meta.items() if key != SPLIT}
    meta.update(made_up.meta())
    if note:
        meta[SPLIT] = note
    own = [re.sub(_PIECE.format(r"\d+") + "$", "", cell.name) for cell in simulation.cells]
    counts = Counter(own)
    whole = {
        cell.name: name
        for cell, name in zip(simulation.cells, own, strict=True)
        if counts[name] == 1
    }
    return rename_cells(replace(simulation, meta=meta), whole), made_up


def _with_sources(simulation: Simulation, reports: list[PartReport]) -> Simulation:
    """Find the cells whose spikes came from other processes, and say what all do not know."""
    unknown = sum((report.unknown for report in reports), Unknown())
    synapses = simulation.synapses
    if synapses is not None and synapses.sources is not None:
        gids = np.concatenate([np.array(report.source_gids, np.int64) for report in reports])
        cell_of = {cell.gid: index for index, cell in enumerate(simulation.cells)}
        far = np.array([cell_of.get(gid, -1) for gid in gids.tolist()], np.int32)
        sources = np.where(gids >= 0, far, synapses.sources)
        synapses = replace(synapses, sources=sources.astype(np.int32))
        unknown += Unknown(from_elsewhere=int(np.count_nonzero((gids >= 0) & (far < 0))))
    meta = {key: value for key, value in simulation.meta.items() if key != SYNAPSE_NOTE}
    if unknown.text:
        meta[SYNAPSE_NOTE] = unknown.text
    return replace(simulation, meta=meta, synapses=synapses)


def _of(section: str, cell: str, new: dict[str, str]) -> str:
    """Name of a section whose cell has been renamed."""
    return new[cell] + section.removeprefix(cell) if section.startswith(f"{cell}.") else section


def _write(path: Path, simulation: Simulation, parts: Sequence[Path] = ()) -> None:
    """Write a file, and remove the parts that are in it, even if it is under another name."""
    failure: OSError | None = None
    try:
        write_and_keep(path, lambda place: write(place, simulation))
    except KeptElsewhereError as error:
        failure = error
    except OSError as error:
        failure, parts = error, ()
    for part in parts:
        part.unlink()
    if failure is not None:
        raise ParallelError(f"Cannot write {shown(path)}: {failure.strerror or failure}.") from None
