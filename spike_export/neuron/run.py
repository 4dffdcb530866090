# SPDX-License-Identifier: BSD-3-Clause
"""Run an unmodified model, a Python script or a hoc file, and record what it simulates."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import runpy
import signal
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType, FunctionType
from typing import Any, NoReturn

from ..edit.cell_placing import label_of
from ..edit.rejoining import Joint
from ..simulation_file import Simulation
from ..simulation_file.cell_choice import NothingChosenError
from . import at_events, step_clock
from . import recorder as recorder_module
from .buttons import Button, find_buttons, waits_for
from .model import ModelCell, group_cells, joints_of, select_cells
from .own_words import NeuronsWords, unsaid
from .process_end import survives_quit
from .recorder import Recorder
from .recording_error import RecordingError
from .spike_detectors import places_with_gid
from .split_cells import find_joins, watched_splits

# An event before the one being delivered never comes, and with a fixed step, that one may be later
# than the time by accumulated rounding errors.
_AT_ONCE_MS = 1e-3

_NEVER_INITIALIZED = (
    "{} did not run (it never called finitialize), so there is nothing to write. What a model runs "
    "in processes of its own, as with multiprocessing, is not recorded. --call '{}' does what "
    "NEURON's Init & Run does."
)
_DOES_NOT_RUN = (
    "{} sets its initial values but does not run, so there is nothing to write; --call '{}' does "
    "what NEURON's Init & Run does."
)
_OTHER_END = (
    "The run ended at {:g} ms and not at {:g} ms, as given by --tstop: the model does not use "
    "NEURON's tstop."
)
_QUITS = re.compile(r"(h\(')?quit\(")
# A folder in its own variable: NEURON would read a path with a space or a colon, as after a drive
# letter, as a list of folders.
_MODEL_FOLDER = "SPIKE_EXPORT_MODEL_FOLDER"
# Where NEURON makes callbacks and swallows exceptions. All sampling is called from there.
_CALLED_BY_NEURON = (at_events.__name__, step_clock.__name__, recorder_module.__name__, "neuron")

_ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a model's script came to its end.

    Attributes
    ----------
    exit_code : int
        The script's own ``sys.exit`` code, or 1 after an error.
    interrupted : bool
        By Ctrl-C, or by SIGTERM, which mpiexec sends instead and which ends cluster jobs.
    failed : bool
        By an error in the script.
    trace : str
        The script's own traceback; empty if NEURON has already printed it.
    """

    exit_code: int = 0
    interrupted: bool = False
    failed: bool = False
    trace: str = ""


class _StopError(RuntimeError):
    """Ends a run from within a NEURON callback."""


class _StoppedByUs(Recorder):
    """A recorder that ends the run if it fails, without a traceback from NEURON."""

    def __init__(
        self,
        refuse: Callable[[RecordingError], None],
        choose: Callable[[], list[ModelCell]],
        **recording: Any,
    ) -> None:
        super().__init__(**recording)
        self._fail = refuse
        self._cells = choose


class ModelRun:
    """A script or hoc file that runs once, and its recording.

    Parameters
    ----------
    path : Path
        A ``.py`` or ``.hoc`` file.
    arguments : sequence of str
        The script's ``sys.argv[1:]``.
    only : str, optional
        Regular expression for the sections to record; see `select_sections`.
    cells : sequence of str
        Names of the cells to record; all if empty.
    call : str, optional
        Code to run once the model is loaded, like a button: in the model's language.
    tstop_ms : float, optional
        NEURON's ``tstop`` for each run, whatever the model sets.
    elsewhere : bool
        Matching cells may be in other processes, so having none is not an error; `nothing_here`
        then says so.
    placed : collection of str
        Names or global identifiers of cells; in a single process, the model must have at least one
        of them, if any are given.
    **recording
        As for `Recorder`.

    Raises
    ------
    ModuleNotFoundError
        If NEURON is not installed.
    """

    def __init__(
        self,
        path: Path,
        arguments: Sequence[str] = (),
        *,
        only: str | None = None,
        cells: Sequence[str] = (),
        call: str | None = None,
        tstop_ms: float | None = None,
        elsewhere: bool = False,
        placed: Collection[str] = (),
        **recording: Any,
    ) -> None:
        from neuron import h

        self._h = h
        self._path = path
        self.arguments = list(arguments)
        self._only, self._cells = only, ",".join(cells)
        self.call, self._tstop_ms = call, tstop_ms
        self._elsewhere, self._placed = elsewhere, placed
        self._recording = recording
        self._variables: dict[str, Any] = {}
        self._interrupted = 0
        self._stream: NeuronsWords | None = None
        self._refusal: RecordingError | None = None
        self.recorder: Recorder | None = None
        self.end_ms: float | None = None
        self.cells: tuple[tuple[str, int | None], ...] = ()
        self.nothing_here = ""
        self.joints: tuple[Joint, ...] = ()

    def run(
        self,
        at_quit: Callable[[], None] = lambda: None,
        leave: Callable[[int], NoReturn] = os._exit,
    ) -> Ending:
        """Run the model to its end, and record it.

        Parameters
        ----------
        at_quit : callable
            Called if the model ends the whole process, as with hoc's ``quit()``.
        leave : callable
            Ends the process in place of ``os._exit()``, after `at_quit`.

        Raises
        ------
        RecordingError
            If the model cannot be recorded as requested.
        """
        early = self._h.FInitializeHandler(0, self._check_method)
        with _StoppedByUs(self._refuse, self._choose, **self._recording) as self.recorder:
            late = self._h.FInitializeHandler(2, self._note_end)
            with survives_quit(at_quit, leave):
                ending = self._run()
            # They are active as long as they exist.
            del early, late
        if self._refusal is not None:
            raise self._refusal
        return ending

    def dry_run(self) -> tuple[list[ModelCell], Ending]:
        """Run the model up to its first `finitialize`.

        Returns
        -------
        cells : list of ModelCell
            With only the sections that would be recorded.
        ending : Ending
            Of what came before.

        Raises
        ------
        RecordingError
            If no section matches.
        """
        found: list[list[ModelCell]] = []

        def stop() -> None:
            found.append(self._choose())
            self._stop()

        handler = self._h.FInitializeHandler(0, stop)
        ending = self._run()
        del handler
        if self._refusal is not None:
            raise self._refusal
        if found:
            return found[0], Ending()
        return self._choose(), ending

    @property
    def time_ms(self) -> float | None:
        """The model's time; None before it is initialized."""
        return None if self.recorder is None else self.recorder.time_ms

    @property
    def at(self) -> str:
        """The model's time for use in a sentence: ``" at 5 ms"``, or empty."""
        return "" if self.time_ms is None else f" at {self.time_ms:g} ms"

    def simulation(self) -> Simulation:
        """Return what was recorded, with the cells' global identifiers.

        Raises
        ------
        RecordingError
            As for `Recorder.simulation`; and if the model did not run, with the buttons it may wait
            for.
        """
        assert self.recorder is not None
        if not self.recorder.runs and self.recorder.failure is None:
            waits = waits_for(self._path, self.buttons(), self.call)
            if waits:
                raise RecordingError(waits)
            if self.recorder.time_ms is None:
                raise RecordingError(_NEVER_INITIALIZED.format(self._path, self.run_command))
        simulation = self.recorder.simulation(source=self._path.name)
        if simulation.n_frames < 2:
            raise RecordingError(_DOES_NOT_RUN.format(self._path, self.run_command))
        counts = Counter(name for name, _ in self.cells)
        gids = {name: gid for name, gid in self.cells if counts[name] == 1}
        return replace(
            simulation,
            cells=tuple(replace(cell, gid=gids.get(cell.name)) for cell in simulation.cells),
        )

    @property
    def run_command(self) -> str:
        """What NEURON's *Init & Run* does, in the model's language."""
        return "run()" if self._in_hoc else "h.run()"

    def buttons(self) -> list[Button]:
        """List the buttons in the model's files whose commands now exist; see `find_buttons`."""
        places = [self._path.resolve().parent, Path.cwd()]
        return [
            button
            for button in find_buttons(self._path, places)
            if not _QUITS.match(button.command)
            and (not self._in_hoc or self._declared(button.command))
        ]

    def _declared(self, command: str) -> bool:
        match = re.match(r"\w+", command)
        return match is None or bool(self._h.name_declared(match[0]))

    @property
    def _in_hoc(self) -> bool:
        return self._path.suffix.lower() == ".hoc"

    def other_end(self, simulation: Simulation) -> str:
        """Say that a run did not end at the requested time; empty if it did.

        Parameters
        ----------
        simulation : Simulation
            What was recorded.
        """
        end_ms = float(simulation.time_ms[-1])
        if self._tstop_ms is None or abs(end_ms - self._tstop_ms) <= max(1e-6, float(self._h.dt)):
            return ""
        return _OTHER_END.format(end_ms, self._tstop_ms)

    def _run(self) -> Ending:
        kept = sys.argv, sys.path[0], sys.stderr
        sys.argv = [str(self._path), *self.arguments]
        sys.path[0] = str(self._path.resolve().parent)
        try:
            with (
                self._interruptible(),
                watched_splits(),
                unsaid(_StopError, KeyboardInterrupt),
            ):
                if self._in_hoc:
                    self._run_hoc()
                else:
                    # The script's objects live as long as its variables.
                    self._variables = runpy.run_path(str(self._path), run_name="__main__")
                    if self.call is not None:
                        called = compile(self.call, "--call", "exec")
                        exec(called, _globals(self._variables))
        except SystemExit as error:
            code = 0 if error.code is None else error.code
            text = "" if isinstance(code, int) else f"{code}\n"
            code = code if isinstance(code, int) else 1
            return Ending(code, bool(self._interrupted), trace=text)
        except KeyboardInterrupt:
            return self._interruption(self._interrupted or signal.SIGINT)
        except BaseException as error:
            if self._interrupted:
                return self._interruption(self._interrupted)
            return Ending(1, failed=True, trace=self._trace(error))
        finally:
            sys.argv, sys.path[0], sys.stderr = kept
        return self._interruption(self._interrupted) if self._interrupted else Ending()

    @staticmethod
    def _interruption(number: int) -> Ending:
        # As in shells.
        return Ending(128 + number, interrupted=True)

    def _run_hoc(self) -> None:
        # NEURON's own program finds files beside the model only in the working folder; here they
        # are found from anywhere, like a script's modules.
        os.environ[_MODEL_FOLDER] = str(self._path.resolve().parent)
        folders = [f"$({_MODEL_FOLDER})", os.environ.get("HOC_LIBRARY_PATH", "")]
        os.environ["HOC_LIBRARY_PATH"] = " ".join(filter(None, folders))
        self._stream = sys.stderr = NeuronsWords(sys.stderr)
        self._h.load_file("stdrun.hoc")
        # Not load_file, which would change to the file's folder.
        if not self._h.xopen(str(self._path)):
            raise RuntimeError(f"NEURON cannot open {self._path}.")
        # NEURON has printed why.
        if self.call is not None and not self._h(self.call):
            raise RuntimeError

    def _trace(self, error: BaseException) -> str:
        """Traceback from the script's first line on; for hoc, what NEURON has not printed."""
        if self._in_hoc:
            said = self._stream is not None and self._stream.heard
            text = str(error).removeprefix("hocobj_call error: hoc_execerror:").strip()
            return "" if said or not text else f"{text}\n"
        place = error.__traceback__
        while place is not None and place.tb_frame.f_code.co_filename not in (
            str(self._path),
            "--call",
        ):
            place = place.tb_next
        return "".join(traceback.format_exception(type(error), error, place))

    def _choose(self) -> list[ModelCell]:
        cells = group_cells(self._h.allsec())
        reason = ""
        try:
            chosen = select_cells(cells, self._only, self._cells, self._elsewhere)
        except NothingChosenError as error:
            chosen = []
            reason = f"{str(error)[0].upper()}{str(error)[1:]}."
        found = places_with_gid(self._h, cells)
        self.cells = tuple(
            (cell.name, None if place is None else place[1])
            for cell, place in zip(cells, found, strict=True)
        )
        self.joints = joints_of(find_joins(), cells) if self._elsewhere else ()
        self.nothing_here = "" if chosen else "The model has no sections."
        if self._placed and not self._elsewhere and not self._any_placed():
            there = _some([cell.name for cell in cells])
            self._refuse(
                RecordingError(
                    f"The positions table contains none of the model's cells, which are {there}."
                )
            )
        if chosen or not cells:
            return chosen
        if not reason:
            names = [name for cell in cells for name in cell.section_names]
            reason = f"No section matches {self._only!r}; the model has {_some(names)}."
        self.nothing_here = reason
        if not self._elsewhere:
            self._refuse(RecordingError(reason))
        return chosen

    def _any_placed(self) -> bool:
        labels = dict.fromkeys(self._placed)
        return any(label_of(name, gid, labels) is not None for name, gid in self.cells)

    def _check_method(self) -> None:
        from neuron import coreneuron

        if coreneuron.enable:
            self._refuse(
                RecordingError(
                    "The model uses CoreNEURON, which cannot be recorded: it discards the sampling "
                    "events. Set coreneuron.enable = False."
                )
            )

    def _note_end(self) -> None:
        if self._tstop_ms is not None and hasattr(self._h, "tstop"):
            self._h.tstop = self._tstop_ms
        tstop = getattr(self._h, "tstop", None)
        self.end_ms = None if tstop is None else float(tstop)
        # hoc's nrnpython has replaced it by NEURON's own.
        for number in _ENDING_SIGNALS:
            # Python allows this only in the main thread; a model may run in another.
            if threading.current_thread() is threading.main_thread():
                signal.signal(number, self._on_signal)
        none_wanted = self._elsewhere and self.nothing_here
        if self.recorder is not None and self.recorder.failure is not None and not none_wanted:
            # Some models initialize once before they are complete, so this waits for a step.
            failure = self.recorder.failure
            self._h.CVode().event(self._h.t + _AT_ONCE_MS, functools.partial(self._refuse, failure))

    def _refuse(self, reason: RecordingError) -> None:
        self._refusal = reason
        self._stop()

    def _stop(self) -> None:
        self._hush()
        raise _StopError

    @staticmethod
    def _hush() -> None:
        """Until the run has ended, since NEURON prints any exception in its callbacks."""
        sys.stderr = NeuronsWords(sys.stderr, left_out=True)

    @contextlib.contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Let Ctrl-C end the model, not this program."""
        before = {number: signal.signal(number, self._on_signal) for number in _ENDING_SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._interrupted = number
        # An exception inside a NEURON callback is printed there and discarded, so an event ends the
        # run as well.
        self._h.CVode().event(self._h.t + _AT_ONCE_MS, self._stop)
        if not _in_callback(frame):
            # The exception may end in the model's own callback, which cannot be told from a script.
            self._hush()
            raise KeyboardInterrupt


def _globals(variables: dict[str, Any]) -> dict[str, Any]:
    """Variables of a script as its functions see them; `runpy` returns a copy."""
    functions = (value for value in variables.values() if isinstance(value, FunctionType))
    own = (value.__globals__ for value in functions if value.__module__ == "__main__")
    return next(own, variables)


def _some(names: Sequence[str], shown: int = 6) -> str:
    more = len(names) - shown
    return ", ".join(names[:shown]) + (f" and {more:,} more" if more > 0 else "")


def _in_callback(frame: FrameType | None) -> bool:
    """Whether the recorder is sampling, or NEURON is printing through Python."""
    while frame is not None:
        if frame.f_globals.get("__name__") in _CALLED_BY_NEURON:
            return True
        frame = frame.f_back
    return False
