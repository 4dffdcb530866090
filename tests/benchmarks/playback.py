# SPDX-License-Identifier: GPL-3.0-or-later
"""Import, frame change and memory of a reopened file, from 200 to 20,000 sections."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from spike_export import Cell, Simulation, write

from .pairs import paired, seconds

SEGMENTS, FRAMES, POINTS = 10, 500, 10
Row = tuple[str, str, str]


def network(sections: int, segments: int = SEGMENTS) -> Simulation:
    """Sections of 10 points, 200 to a cell, over 500 frames."""
    rng = np.random.default_rng(0)
    per_cell = min(sections, 200)
    cells = sections // per_cell
    number = np.arange(sections) % per_cell
    parents = np.where(number, np.arange(sections) - 1 - number // 2, -1)
    begins = np.repeat(rng.uniform(-5000, 5000, (cells, 3)), per_cell, axis=0)
    points = np.empty((sections, POINTS, 4), np.float32)
    steps = rng.normal(0, 8, (sections, POINTS, 3))
    points[..., :3] = begins[:, None] + np.cumsum(steps, axis=1)
    points[..., 3] = 1.0
    # Single precision from the start: twice a million segments' values would be 4 GB.
    values = rng.random((FRAMES, sections * segments), np.float32)
    values *= 120
    values -= 80
    return Simulation(
        cells=tuple(Cell(f"cell {i}") for i in range(cells)),
        section_names=tuple(f"dend[{i}]" for i in number),
        section_types=np.where(number, 1, 0).astype(np.uint8),
        section_cells=np.repeat(np.arange(cells, dtype=np.int32), per_cell),
        parents=parents.astype(np.int32),
        parent_x=np.ones(sections),
        segment_counts=np.full(sections, segments, np.int32),
        point_counts=np.full(sections, POINTS, np.int32),
        points_um=points.reshape(-1, 4),
        time_ms=np.arange(FRAMES) * 0.1,
        values=values,
    )


def measure() -> Iterator[Row]:
    """Yield what was measured, its ratio or figure, and the aim."""
    import bpy
    from blender_spike.build import import_simulation

    from .handler_way import HandlerWay

    def empty() -> None:
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)

    with tempfile.TemporaryDirectory() as temporary:
        for sections in (200, 2_000, 20_000):
            simulation = network(sections)
            path = write(Path(temporary) / "network.pickle", simulation)

            def ours(path: Path = path) -> None:
                import_simulation(bpy.context, path, style="STRANDS")

            def floor(simulation: Simulation = simulation) -> None:
                _bare_mesh(bpy, simulation)

            def build_only(path: Path = path, simulation: Simulation = simulation) -> None:
                with mock.patch("blender_spike.build.read", return_value=simulation):
                    import_simulation(bpy.context, path, style="STRANDS")

            name = f"{sections:,} sections"
            runs = 3 if sections > 10_000 else 7
            result = paired(build_only, floor, runs, before=empty)
            yield (
                f"{name}: build / floor ({result.ours:.3f} s / {result.other:.3f} s)",
                f"{result.ratio:.2f}",
                "at most 3" if sections == 20_000 else "",
            )
            result = paired(ours, floor, runs, before=empty)
            yield (
                f"{name}: read + build / floor ({result.ours:.3f} s / {result.other:.3f} s)",
                f"{result.ratio:.2f}",
                "",
            )
            empty()
            ours()
            frame = frame_change(bpy)
            aims = {2_000: "below 1 ms", 20_000: "below 4 ms"}
            yield f"{name}: frame change", f"{frame * 1000:.2f} ms", aims.get(sections, "")
            blend = Path(temporary) / "saved.blend"
            bpy.ops.wm.save_as_mainfile(filepath=str(blend), compress=True, copy=True)
            yield (
                f"{name}: memory added by reopening / values ({blend.stat().st_size / 1e6:.0f} MB "
                "on disk)",
                f"{memory_added(blend) / simulation.values.nbytes:.2f}",
                "at most 1.4" if sections == 20_000 else "",
            )
            if sections == 200:
                yield from _against_handlers(bpy, simulation, ours, empty, frame, HandlerWay)


def _against_handlers(
    bpy: Any, simulation: Simulation, ours: Any, empty: Any, frame: float, way: Any
) -> Iterator[Row]:
    made: list[Any] = []
    older_file = way.write_file(simulation)

    def theirs() -> None:
        made[:] = [way(older_file)]

    def one_before() -> None:
        empty()
        ours()

    for what, before, aim in (
        ("into an empty scene", empty, ""),
        ("into a scene that has one", one_before, "at least 50"),
    ):
        result = paired(theirs, ours, 3, before=before)
        yield (
            f"200 sections, {what}: handler way's read + build / ours "
            f"({result.ours:.2f} s / {result.other:.3f} s)",
            f"{result.ratio:.0f}",
            aim,
        )
    empty()
    theirs()
    bpy.app.handlers.frame_change_post.append(made[0])
    slow = frame_change(bpy, 10)
    bpy.app.handlers.frame_change_post.clear()
    yield (
        f"200 sections: handler way's frame / ours ({slow * 1000:.0f} ms / {frame * 1000:.2f} ms)",
        f"{slow / frame:.0f}",
        "at least 100",
    )


def _bare_mesh(bpy: Any, simulation: Simulation) -> None:
    """Copy the same values into Blender, and do nothing else."""
    mesh = bpy.data.meshes.new("floor")
    mesh.vertices.add(simulation.n_segments)
    for frame, row in enumerate(simulation.values):
        mesh.attributes.new(f"v{frame}", "FLOAT", "POINT").data.foreach_set("value", row)


def frame_change(bpy: Any, runs: int = 100) -> float:
    """Measure the median time of a frame change, in seconds."""
    scene = bpy.context.scene
    scene.frame_set(0)
    # Between two samples, which is the more expensive case.
    times = [
        seconds(lambda frame=frame: scene.frame_set(frame, subframe=0.5))
        for frame in range(1, runs + 1)
    ]
    return statistics.median(times)


_OPEN = """
import sys, bpy
def resident():
    return next(int(l.split()[1]) for l in open("/proc/self/status") if l.startswith("VmRSS")) << 10
bpy.ops.wm.read_factory_settings(use_empty=True)
before = resident()
bpy.ops.wm.open_mainfile(filepath=sys.argv[1])
bpy.context.scene.frame_set(3)
print("added", resident() - before)
"""


def memory_added(blend: Path) -> int:
    """Measure the bytes that opening a file takes, in a Blender of its own."""
    result = subprocess.run(
        [sys.executable, "-c", _OPEN, str(blend)],
        capture_output=True, text=True, check=True, env=os.environ,
    )  # fmt: skip
    return next(int(line.split()[1]) for line in result.stdout.splitlines() if "added" in line)
