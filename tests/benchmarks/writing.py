# SPDX-License-Identifier: GPL-3.0-or-later
"""Time, memory and size of files of 60,000 segments over 300 frames."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from spike_export import Simulation, simulation_from_arrays, write, write_older
from spike_export.writer import PRECISIONS

from .pairs import paired, seconds

Row = tuple[str, str, str]
SEGMENTS, FRAMES, POINTS, EVERY_MS = 10, 300, 4, 0.1
SECTIONS = 6_000


def network() -> Simulation:
    """A network in which a spike passes through every segment, at a time of its own, with noise."""
    rng = np.random.default_rng(0)
    time_ms = np.arange(FRAMES) * EVERY_MS
    spike_ms = rng.uniform(0, time_ms[-1], SECTIONS * SEGMENTS)
    values = np.empty((FRAMES, len(spike_ms)), np.float32)
    for row, time in zip(values, time_ms, strict=True):
        since = time - spike_ms
        row[:] = -65 + 100 * np.exp(-(since**2) / 0.5) - 8 * np.exp(-((since - 3) ** 2) / 4)
        row += rng.normal(0, 0.05, len(row))
    points = rng.uniform(1, 100, (SECTIONS, POINTS, 4)).astype(np.float32)
    cells = [
        {
            "name": f"cell {first // 200}",
            "sections": [
                {
                    "name": f"dend[{i}]",
                    "type": "dend",
                    "parent": i - 1,
                    "points": points[first + i],
                    "nseg": SEGMENTS,
                }
                for i in range(200)
            ],
        }
        for first in range(0, SECTIONS, 200)
    ]
    return simulation_from_arrays(cells=cells, time_ms=time_ms, values=values)


def measure() -> Iterator[Row]:
    """Yield what was measured, its ratio or figure, and the aim."""
    simulation = network()
    name = f"{simulation.n_segments:,} segments x {FRAMES} frames"
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "network.pickle"
        data = simulation.values.tobytes()

        def raw_bytes() -> None:
            with path.open("wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())

        result = paired(lambda: write(path, simulation), raw_bytes, 7)
        yield (
            f"{name}: written / raw bytes ({result.ours:.3f} s / {result.other:.3f} s)",
            f"{result.ratio:.2f}",
            "at most 3",
        )
        write(path, simulation)
        size = path.stat().st_size
        yield (
            f"{name}: memory added by writing / size of the file",
            f"{_memory_added(path) / size:.2f}",
            "at most 2",
        )
        for precision in PRECISIONS:
            took = seconds(lambda precision=precision: write(path, simulation, precision))
            yield (
                f"{name}: file, {precision} ({took:.2f} s)",
                f"{path.stat().st_size / 1e6:.1f} MB",
                "",
            )
        took = seconds(lambda: write_older(path, simulation))
        yield f"{name}: file, older ({took:.2f} s)", f"{path.stat().st_size / 1e6:.1f} MB", ""


_WRITE = """
import sys
from spike_export import read, write

def memory(key):
    return next(int(l.split()[1]) for l in open("/proc/self/status") if l.startswith(key)) << 10

simulation = read(sys.argv[1])
# The peak from here on, not that of reading.
with open("/proc/self/clear_refs", "w") as stream:
    stream.write("5")
before = memory("VmRSS")
write(sys.argv[1], simulation)
print("added", memory("VmHWM") - before)
"""


def _memory_added(path: Path) -> int:
    result = subprocess.run(
        [sys.executable, "-c", _WRITE, str(path)], capture_output=True, text=True, check=True
    )
    return next(int(line.split()[1]) for line in result.stdout.splitlines() if "added" in line)
