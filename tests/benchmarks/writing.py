# SPDX-License-Identifier: GPL-3.0-or-later
"""Time, memory and size of files of 60,000 segments over 300 frames."""

from __future__ import annotations

import functools
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from spike_export import Simulation, read, simulation_from_arrays, write, write_older
from spike_export.files.writer import PRECISIONS

from .memory import Found, alone, peak_added
from .pairs import paired
from .rows import Aim, Row, sized, timed

SEGMENTS, FRAMES, POINTS, EVERY_MS = 10, 300, 4, 0.1
SECTIONS = 6_000


def network(sections: int) -> Simulation:
    """Cells of 200 sections; a spike passes through each segment at its own time, with noise."""
    rng = np.random.default_rng(0)
    time_ms = np.arange(FRAMES) * EVERY_MS
    spike_ms = rng.uniform(0, time_ms[-1], sections * SEGMENTS)
    values = np.empty((FRAMES, len(spike_ms)), np.float32)
    for row, time in zip(values, time_ms, strict=True):
        since = time - spike_ms
        row[:] = -65 + 100 * np.exp(-(since**2) / 0.5) - 8 * np.exp(-((since - 3) ** 2) / 4)
        row += rng.normal(0, 0.05, len(row))
    points = rng.uniform(1, 100, (sections, POINTS, 4)).astype(np.float32)
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
        for first in range(0, sections, 200)
    ]
    return simulation_from_arrays(cells=cells, time_ms=time_ms, values=values)


def measure(quick: bool = False) -> Iterator[Row]:
    """Yield what was measured.

    Parameters
    ----------
    quick : bool
        Tiny sizes, only to see that it runs.
    """
    simulation = network(200 if quick else SECTIONS)
    name = f"{simulation.n_segments:,} segments x {FRAMES} frames"
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "network.pickle"
        data = simulation.values.tobytes()

        def raw_bytes() -> None:
            with path.open("wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())

        def as_precision(precision: str) -> None:
            write(path, simulation, precision)

        ways = {key: functools.partial(as_precision, key) for key in PRECISIONS}
        ways["older"] = lambda: write_older(path, simulation)
        for key, way in ways.items():
            first = key == PRECISIONS[0]
            runs = 1 if quick else 7 if first else 3
            result, aim = paired(way, raw_bytes, runs), Aim(3) if first else None
            yield timed(f"{name}: written as {key}", result, "raw bytes", aim=aim)
            way()
            size = path.stat().st_size
            yield sized(f"{name}: file, {key}", size, "the values", len(data))
        write(path, simulation)
        size = path.stat().st_size
        added = alone(writing, path)["added"]
        yield sized(f"{name}: memory added by writing", added, "the file", size, aim=Aim(2))


def writing(path: str) -> Found:
    """Write a simulation to where it was read from, and measure the bytes that takes."""
    simulation = read(path)
    return {"added": peak_added(lambda: write(path, simulation))}
