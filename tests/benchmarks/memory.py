# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory of this process, and measurements in a process of their own."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from . import ROOT

Found = dict[str, float]


def give_back_memory() -> None:
    """Return freed memory to the system, where the C library can.

    Otherwise whoever comes second writes into pages that the first one has paid for, and a copy of
    400 MB takes anything between 0.04 and 0.28 s.
    """
    gc.collect()
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def resident(key: str = "VmRSS") -> int:
    """Bytes of this process that are in use, after what is free went back to the system."""
    give_back_memory()
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{key}:")[2].split()[0]) << 10


def peak_added(function: Callable[[], object]) -> int:
    """Measure by how many bytes the peak during a call is above what was in use before."""
    before = resident()
    # The peak from here on.
    Path("/proc/self/clear_refs").write_text("5")
    function()
    return resident("VmHWM") - before


def alone(function: Callable[..., Found], *arguments: str | Path | int) -> Found:
    """Call a function of these modules in a process of its own, whose memory is its own alone.

    Parameters
    ----------
    function : callable
        Takes texts.
    *arguments : str, Path or int

    Returns
    -------
    dict
        What it returned. What it writes to stderr is seen.
    """
    module = function.__module__.rpartition(".")[2]
    result = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.memory", module, function.__name__]
        + [str(argument) for argument in arguments],
        stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    if result.returncode:
        sys.exit(f"{result.stdout}\n{module}.{function.__name__} ended with {result.returncode}.")
    found: Found = json.loads(result.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    called = getattr(importlib.import_module(f".{sys.argv[1]}", __package__), sys.argv[2])
    print(json.dumps(called(*sys.argv[3:])))
