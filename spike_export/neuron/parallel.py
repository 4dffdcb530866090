# SPDX-License-Identifier: BSD-3-Clause
"""Several processes that simulate one model together under MPI, each with its own cells."""

from __future__ import annotations

import ctypes
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any, NoReturn

from ..edit.cell_placing import MadeUp
from ..edit.rejoining import Joint
from ..simulation_file import Simulation
from .synapse_recording import Unknown

# The number of processes, as given by Open MPI, MPICH and Intel MPI, and Slurm's srun.
_SIZE_VARIABLES = ("OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS")

# MPICH, and what shares its ABI, has numbers where Open MPI has addresses.
_MPICH_WORLD, _MPICH_SELF = 0x44000000, 0x44000001

_MPIEXEC_READS_S = 0.3
_TEMPLATE_INSTANCE = re.compile(r"(\w+)\[\d+\]")


class ParallelError(RuntimeError):
    """Processes started together that cannot communicate; the text says why."""


@dataclass(frozen=True, slots=True)
class PartReport:
    """What each process reports to the first about its part.

    Attributes
    ----------
    path : Path or None
        Where the part is; None if the process had nothing to record.
    cells : tuple of (str, int or None)
        Name and global identifier of each of its cells, whether recorded or not.
    reason : str
        Why it had nothing to record.
    runs : int
        How many times the model ran.
    note : str
        How recording may have affected the run.
    made_up : MadeUp
        What the model does not define about its cells.
    joints : tuple of Joint
        Where its cells continue in other processes.
    split_note : str
        Says that it has pieces that are not joined.
    unknown : Unknown
        What is not known about its synapses.
    source_gids : tuple of int
        For each of its synapses, the global identifier of a source in another process, or -1.
    """

    path: Path | None
    cells: tuple[tuple[str, int | None], ...]
    reason: str = ""
    runs: int = 0
    note: str = ""
    made_up: MadeUp = field(default_factory=MadeUp)
    joints: tuple[Joint, ...] = ()
    split_note: str = ""
    unknown: Unknown = field(default_factory=Unknown)
    source_gids: tuple[int, ...] = ()


class Ranks:
    """One process of a parallel run: the current one.

    Attributes
    ----------
    rank : int
        From 0.
    size : int
        Number of processes.
    """

    def __init__(self, context: Any) -> None:
        self._context = context
        self.rank = int(context.id())
        self.size = int(context.nhost())
        self._mpi = ctypes.CDLL(None)
        if not hasattr(self._mpi, "MPI_Abort"):
            raise ParallelError(
                "NEURON runs under MPI, but its MPI library is hidden from Python, so this process "
                "could not stop the others after an error."
            )
        self._kept: list[Any] = []
        # At an error in hoc, NEURON would stop all processes before anything could be reported or
        # saved.
        context.mpiabort_on_error(0)

    def barrier(self) -> None:
        """Wait until all processes are here."""
        self._context.barrier()

    def gather(self, value: object) -> list[Any]:
        """Return every process's value on rank 0, in the order of the ranks; nothing elsewhere."""
        return self._context.py_gather(value, 0) or []

    def abort(self, exit_code: int) -> None:
        """End all processes."""
        sys.stdout.flush()
        sys.stderr.flush()
        # Output that mpiexec has not passed on by then is lost.
        time.sleep(_MPIEXEC_READS_S)
        world, _ = self._communicators()
        self._mpi.MPI_Abort(world, ctypes.c_int(exit_code))
        os._exit(exit_code)

    def say(self, text: str) -> None:
        """Print lines to stderr, each prefixed with the rank of this process."""
        for line in text.splitlines():
            print(f"rank {self.rank}: {line}", file=sys.stderr, flush=True)

    @contextmanager
    def ending_all(self) -> Iterator[None]:
        """If the block fails, stop the other processes too, instead of letting them wait.

        An error's own ``exit_code`` is passed on, if it has one.
        """
        try:
            yield
        except SystemExit as error:
            if error.code:
                self.abort(error.code if isinstance(error.code, int) else 1)
            self.finalize()
            raise
        except BaseException as error:
            self.say(f"Error: {str(error) or type(error).__name__}")
            self.abort(getattr(error, "exit_code", 1))
        self.finalize()

    def finalize(self) -> None:
        """Leave MPI; otherwise it would take the end of this process for a crash."""
        ended = ctypes.c_int(0)
        self._mpi.MPI_Finalized(ctypes.byref(ended))
        if not ended.value:
            self._mpi.MPI_Finalize()

    def leave(self, status: int) -> NoReturn:
        """End this process, as the others do.

        MPICH only tells mpiexec at the end of the process that it has left MPI: after ``os._exit``,
        which takes that away, the others would be killed.
        """
        self.finalize()
        # Python is finalized on the way, for which this thread must hold its lock.
        ctypes.PyDLL(None).exit(ctypes.c_int(status))
        raise SystemExit(status)

    def before_finalize(self, function: Callable[[], None]) -> None:
        """Call a function, which must not raise, when this process is about to leave MPI.

        NEURON's ``quit()``, the usual end of a parallel model, leaves MPI before Python is
        notified, and then processes can no longer communicate. MPI itself offers an earlier hook:
        attributes of MPI_COMM_SELF are deleted first of all (MPI 3.1, section 8.7.1).
        """
        _, own = self._communicators()
        handle = type(own)
        copied = ctypes.CFUNCTYPE(
            ctypes.c_int, handle, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p,
            ctypes.c_void_p, ctypes.POINTER(ctypes.c_int),
        )  # fmt: skip
        deleted = ctypes.CFUNCTYPE(
            ctypes.c_int, handle, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p
        )

        def copy(*arguments: Any) -> int:
            # For a duplicate of the communicator, which does not concern us.
            arguments[-1][0] = 0
            return 0

        def delete(*_: Any) -> int:
            function()
            return 0

        self._kept += [copied(copy), deleted(delete)]
        key = ctypes.c_int()
        self._mpi.MPI_Comm_create_keyval(*self._kept[-2:], ctypes.byref(key), None)
        self._mpi.MPI_Comm_set_attr(own, key, None)

    def _communicators(self) -> tuple[Any, Any]:
        """MPI_COMM_WORLD and MPI_COMM_SELF."""
        try:
            world = ctypes.c_char.in_dll(self._mpi, "ompi_mpi_comm_world")
            own = ctypes.c_char.in_dll(self._mpi, "ompi_mpi_comm_self")
        except ValueError:
            return ctypes.c_int(_MPICH_WORLD), ctypes.c_int(_MPICH_SELF)
        return ctypes.c_void_p(ctypes.addressof(world)), ctypes.c_void_p(ctypes.addressof(own))


def started_processes(environment: Mapping[str, str] = os.environ) -> int:
    """Return the number of processes, as given by the program that started them.

    Returns
    -------
    int
        1 outside MPI.
    """
    sizes = [environment.get(name, "") for name in _SIZE_VARIABLES]
    return max((int(size) for size in sizes if size.isdecimal()), default=1)


def join() -> Ranks | None:
    """Join the other processes of a parallel run.

    Returns
    -------
    Ranks or None
        None if this process was started alone.

    Raises
    ------
    ParallelError
        If NEURON or Python find no MPI to reach the others.
    """
    from neuron import h

    started = started_processes()
    context = h.ParallelContext()
    if started > 1 and context.nhost() == 1:
        try:
            h.nrnmpi_init()
        except RuntimeError as error:
            raise ParallelError(_NO_MPI.format(started, f": {error}", _wheels_mpi())) from None
        if context.nhost() == 1:
            raise ParallelError(_NO_MPI.format(started, "", _wheels_mpi()))
    return Ranks(context) if context.nhost() > 1 else None


_NO_MPI = (
    "This is one of {} processes, but NEURON cannot reach the others{}. It loads the first "
    "libmpi.so that it finds, which must belong to the same MPI as mpiexec; set MPI_LIB_NRN_PATH "
    "to another one. For mpiexec from the mpich wheel: MPI_LIB_NRN_PATH={}"
)


def _wheels_mpi() -> Path:
    """Where the library of the mpich wheel is, or would be."""
    names = ("libmpi.so.12", "libmpi.12.dylib")
    with suppress(PackageNotFoundError):
        for file in files("mpich") or ():
            if file.name in names:
                return Path(str(file.locate())).resolve()
    return Path(sys.prefix, "lib", names[sys.platform == "darwin"])


def part_path(target: Path, rank: int) -> Path:
    """Where a process writes its part: ``run.rank0003.pickle`` for ``run.pickle``."""
    return target.with_name(f"{target.stem}.rank{rank:04d}{target.suffix}")


def one_process_names(
    cells: Sequence[Sequence[tuple[str, int | None]]],
) -> list[dict[str, str]]:
    """Names that cells of hoc templates would have if one process made all of them.

    NEURON counts a template's cells separately in each process, so every process has a ``Cell[0]``.

    Parameters
    ----------
    cells : sequence of sequence of (str, int or None)
        Name and global identifier of each cell, for each process.

    Returns
    -------
    list of dict
        New names by old names, for each process: numbered in the order of the global identifiers,
        as if the cells had been made in that order. Templates whose names already differ between
        processes, or that have cells without a global identifier, are left out.
    """
    counts = Counter(name for part in cells for name, _ in part)
    members: dict[str, list[tuple[int | None, int, str]]] = {}
    clashing: set[str] = set()
    for rank, part in enumerate(cells):
        for name, gid in part:
            match = _TEMPLATE_INSTANCE.fullmatch(name)
            if match:
                members.setdefault(match[1], []).append((gid, rank, name))
                if counts[name] > 1:
                    clashing.add(match[1])
    names: list[dict[str, str]] = [{} for _ in cells]
    for template in clashing:
        if all(gid is not None for gid, _, _ in members[template]):
            for number, (_, rank, name) in enumerate(sorted(members[template])):
                names[rank][name] = f"{template}[{number}]"
    return names


def rename_cells(simulation: Simulation, names: Mapping[str, str]) -> Simulation:
    """Rename cells and their sections.

    Parameters
    ----------
    names : mapping of str to str
        New names by old names; other cells keep theirs.
    """
    old = [simulation.cells[index].name for index in simulation.section_cells]
    return replace(
        simulation,
        cells=tuple(
            replace(cell, name=names.get(cell.name, cell.name)) for cell in simulation.cells
        ),
        section_names=tuple(
            names.get(cell, cell) + section.removeprefix(cell)
            if section.startswith(f"{cell}.")
            else section
            for cell, section in zip(old, simulation.section_names, strict=True)
        ),
    )
