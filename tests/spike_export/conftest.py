# SPDX-License-Identifier: BSD-3-Clause
"""Small files made by hand, ways to read them under watch, and a NEURON without a model."""

from __future__ import annotations

import contextlib
import gc
import importlib.metadata
import json
import os
import pickle
import shutil
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.browser import Browser, find_browser

from spike_export import SimulationFileError, read

POINTS = (
    [[-5, 0, 0, 10], [5, 0, 0, 10]],
    [[5, 0, 0, 2], [25, 0, 0, 2], [45, 20, 0, 1]],
    [[-5, 0, 0, 1], [-95, 0, 0, 1]],
    [[100, 0, 0, 12]],
)
TIMES_MS = [0.0, 0.1, 0.25, 0.3]
VALUES = np.linspace(-80, 40, 24).reshape(4, 6).astype("<f4")
SPIKES_MS = [0.125, 0.25]


def _array(values: Any, dtype: str, **more: Any) -> dict[str, Any]:
    made = np.array(values, dtype)
    return {
        "dtype": dtype,
        "shape": list(made.shape),
        "encoding": "raw",
        "data": made.tobytes(),
        **more,
    }


@pytest.fixture
def array() -> Callable[..., dict[str, Any]]:
    """Pack an array by hand, as the format's description says."""
    return _array


@pytest.fixture
def layout() -> dict[str, Any]:
    """A version-2 file as built-ins: a branched cell and a point cell, six segments."""

    def section(name: str, kind: str, parent: int, x: float, points: Any, nseg: int) -> Any:
        return {
            "name": name,
            "type": kind,
            "parent": parent,
            "parent_x": x,
            "points": _array(points, "<f4"),
            "nseg": nseg,
        }

    return {
        "format": "spike-export",
        "version": 2,
        "created_by": "by hand",
        "source": "a test",
        "meta": {"temperature_C": 6.3},
        "quantity": {"name": "v", "unit": "mV"},
        "time": _array(TIMES_MS, "<f8"),
        "cells": [
            {
                "name": "Pyramidal[0]",
                "gid": 7,
                "sections": [
                    section("soma", "soma", -1, 0.0, POINTS[0], 1),
                    section("dend[0]", "dend", 0, 1.0, POINTS[1], 3),
                    section("axon", "axon", 0, 0.5, POINTS[2], 1),
                ],
                "spikes": _array(SPIKES_MS, "<f8"),
            },
            {
                "name": "Basket[0]",
                "gid": None,
                "sections": [section("soma", "soma", -1, 0.0, POINTS[3], 1)],
                "spikes": None,
            },
        ],
        "values": _array(VALUES, "<f4"),
    }


@pytest.fixture
def older() -> list[dict[str, Any]]:
    """A file of the older format as NumPy arrays: a soma and an axon on its end, four segments."""
    return [
        {
            "ID": 0,
            "type": "soma",
            "X": np.array([0.0, 10.0, 20.0]),
            "Y": np.zeros(3),
            "Z": np.zeros(3),
            "DIAM": np.array([20.0, 20.0, 20.0]),
            "Voltage": {frame: np.array([-65.1 + frame]) for frame in range(3)},
        },
        {
            "ID": 1,
            "type": "axon",
            "X": np.array([20.0, 120.0]),
            "Y": np.zeros(2),
            "Z": np.zeros(2),
            "DIAM": np.array([1.0, 1.0]),
            "Voltage": {frame: np.array([-65.0, -64.9, 0.1 * frame]) for frame in range(3)},
        },
    ]


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    """Put bytes, or a pickle of anything else, into a file."""

    def save(content: Any, protocol: int = 4, name: str = "run.pickle") -> Path:
        path = tmp_path / name
        data = content if isinstance(content, bytes) else pickle.dumps(content, protocol)
        path.write_bytes(data)
        return path

    return save


@pytest.fixture
def refused() -> Callable[[Path], str]:
    """Read a file that must be refused; return the sentence."""

    def refused(path: Path) -> str:
        with pytest.raises(SimulationFileError) as caught:
            read(path)
        sentence = str(caught.value)
        assert sentence.startswith(f"Cannot read {path.name}: ")
        assert sentence.endswith(".")
        assert sentence.isprintable(), "one line, and nothing that a terminal cannot show"
        assert len(sentence) < 400
        return sentence

    return refused


@pytest.fixture
def peak_memory() -> Callable[[Path], int]:
    """Read a file, whatever comes of it; return the bytes Python and NumPy took at most."""

    def peak_memory(path: Path) -> int:
        tracemalloc.start()
        try:
            with contextlib.suppress(SimulationFileError):
                read(path)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    return peak_memory


_CHILD = """
import json, resource, sys
from pathlib import Path
from spike_export import SimulationFileError, read

with open("/proc/self/statm") as statm:
    now = int(statm.read().split()[0]) * resource.getpagesize()
limit = now + int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
# As small as the stacks of some systems are.
resource.setrlimit(resource.RLIMIT_STACK, (1 << 20, resource.getrlimit(resource.RLIMIT_STACK)[1]))
for path in sys.argv[2:]:
    try:
        outcome = f"read {read(path).n_sections} sections"
    except SimulationFileError as error:
        outcome = str(error)
    except BaseException as error:
        outcome = f"CRASH {error!r:.200}"
    print(json.dumps(outcome), flush=True)
"""


@pytest.fixture
def read_in_child(tmp_path: Path) -> Callable[..., list[str]]:
    """Read files in a process that may take little more memory; return what came of each.

    What ends the whole process, such as an overflow of the stack, fails the test.
    """
    if not Path("/proc/self/statm").exists():
        pytest.skip("needs Linux to limit a process to little more memory than it has")

    def read_in_child(*paths: Path, more_bytes: int = 96 << 20) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", _CHILD, str(more_bytes), *map(str, paths)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    return read_in_child


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """Run `spike-export` in a folder; return its exit code, output and errors."""
    from helpers.command_line import invoke

    monkeypatch.chdir(tmp_path)

    def command(*arguments: object) -> tuple[int, str, str]:
        result = invoke([str(argument) for argument in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout, result.stderr

    return command


@pytest.fixture
def in_terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Have `rich` take it from now on that there is a terminal."""
    from rich.console import Console

    def in_terminal() -> None:
        monkeypatch.setenv("FORCE_COLOR", "1")
        # A new one, for older versions of rich never forget that they were told.
        monkeypatch.setattr("spike_export.cli.console.console", Console(highlight=False))

    return in_terminal


@pytest.fixture
def h() -> Iterator[Any]:
    """NEURON with its standard run system, its settings as they ship, and no model."""
    h = pytest.importorskip("neuron").h
    h.load_file("stdrun.hoc")

    def clean() -> None:
        # What acts on sections has to go first: NEURON crashes if it outlives them.
        gc.collect()
        for section in list(h.allsec()):
            h.delete_section(sec=section)
        h.ParallelContext().nthread(1)
        h.cvode.use_local_dt(0)
        h.cvode.active(0)
        h.cvode.atol(1e-3)
        h.using_cvode_ = 0
        h.steps_per_ms, h.dt, h.celsius = 40, 0.025, 6.3

    clean()
    # Collecting takes a tenth of a second with all that is imported, and next to nothing without.
    gc.freeze()
    with _one_core():
        yield h
        clean()


@contextlib.contextmanager
def _one_core() -> Iterator[None]:
    """Keep NEURON's threads together.

    They hand over at every step, which takes ten times as long if each has to wake another core.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


@pytest.fixture
def ffmpeg(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> str:
    """An ffmpeg that is found by its name: the system's, or else imageio's."""
    found = shutil.which("ffmpeg")
    if found is None:
        bundled = pytest.importorskip("imageio_ffmpeg", reason="needs ffmpeg").get_ffmpeg_exe()
        link = tmp_path_factory.mktemp("programs") / "ffmpeg"
        link.symlink_to(bundled)
        monkeypatch.setenv("PATH", f"{link.parent}{os.pathsep}{os.environ['PATH']}")
        found = str(link)
    return found


@pytest.fixture
def mpiexec(monkeypatch: pytest.MonkeyPatch) -> str:
    """Starts several processes: MPICH's from the package index, or else the system's."""
    beside = shutil.which("mpiexec", path=str(Path(sys.executable).parent))
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        # NEURON takes the first MPI that it finds, and this has to be the same one.
        for file in importlib.metadata.files("mpich") or ():
            if beside and file.name in ("libmpi.so.12", "libmpi.12.dylib"):
                monkeypatch.setenv("MPI_LIB_NRN_PATH", str(file.locate()))
                return beside
    found = shutil.which("mpiexec")
    if found is None:
        pytest.skip("needs mpiexec")
    return found


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``spike-export demo`` writes, made in a process of its own."""
    pytest.importorskip("neuron")
    path = tmp_path_factory.mktemp("demo") / "demo.pickle"
    subprocess.run(
        [sys.executable, "-m", "spike_export", "demo", "-o", str(path)],
        capture_output=True,
        check=True,
    )
    return path


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser that draws in space."""
    program = find_browser()
    if program is None:
        pytest.skip("there is no Chromium")
    pytest.importorskip("PIL")
    with Browser(program, tmp_path_factory.mktemp("profile"), draws=True) as one:
        yield one


@pytest.fixture
def opened_page(browser: Browser, tmp_path: Path) -> Callable[..., Browser]:
    """Open a film's page from the disk; it stands still unless it is to play."""

    def open_page(
        content: bytes, *, width: int = 920, height: int = 560, plays: bool = False
    ) -> Browser:
        path = tmp_path / "film.html"
        path.write_bytes(content)
        browser.look(width, height=height, still=not plays)
        browser.open(path.as_uri())
        browser.wait_for("!!window.film?.seek || !document.getElementById('problem').hidden")
        # By software it takes long.
        browser.ask("window.film?.stage?.setGlow(false), 0")
        return browser

    return open_page
