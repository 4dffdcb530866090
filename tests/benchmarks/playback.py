# SPDX-License-Identifier: GPL-3.0-or-later
"""Import, frame change and memory of a reopened file, from 200 to 20,000 sections."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from spike_export import Cell, Simulation, write

from .blender import empty, start
from .memory import Found, alone, resident
from .pairs import Pair, paired
from .rows import Aim, Row, sized, timed

SEGMENTS, FRAMES, POINTS = 10, 500, 10
FLOOR = "a bare copy of the values into a mesh"
NUMPY = "NumPy's way of mixing the values"


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


def measure(quick: bool = False) -> Iterator[Row]:
    """Yield what was measured.

    Parameters
    ----------
    quick : bool
        Tiny sizes, only to see that it runs.
    """
    import bpy
    from blender_spike.building.build import import_simulation

    sizes = (20,) if quick else (200, 2_000, 20_000)
    with tempfile.TemporaryDirectory() as temporary:
        for sections in sizes:
            simulation = network(sections)
            path = write(Path(temporary) / "network.pickle", simulation)

            def ours(path: Path = path) -> None:
                import_simulation(bpy.context, path, style="STRANDS")

            def floor(simulation: Simulation = simulation) -> None:
                bare_copy(simulation.values)

            def build_only(path: Path = path, simulation: Simulation = simulation) -> None:
                with mock.patch("blender_spike.building.build.read", return_value=simulation):
                    import_simulation(bpy.context, path, style="STRANDS")

            name = f"{sections:,} sections"
            runs = 1 if quick else 5 if sections > 10_000 else 9
            result = paired(build_only, floor, runs, before=empty)
            yield timed(f"{name}: build", result, FLOOR, aim=Aim(3) if sections == 20_000 else None)
            yield timed(f"{name}: read and build", paired(ours, floor, runs, before=empty), FLOOR)
            empty()
            ours()
            result = frame_against_numpy(bpy.context.object, simulation.values, 3 if quick else 99)
            aims = {2_000: Aim(1, "ms"), 20_000: Aim(4, "ms")}
            yield timed(f"{name}: frame change", result, NUMPY, unit="ms", aim=aims.get(sections))
            blend = Path(temporary) / "saved.blend"
            bpy.ops.wm.save_as_mainfile(filepath=str(blend), compress=True, copy=True)
            yield sized(
                f"{name}: memory added by reopening",
                alone(opening, blend)["added"], "the values", simulation.values.nbytes,
                aim=Aim(1.4) if sections == 20_000 else None,
            )  # fmt: skip
            yield sized(
                f"{name}: .blend", blend.stat().st_size, "the values", simulation.values.nbytes
            )
            if sections == sizes[0]:
                yield from _against_handlers(simulation, ours, name, 1 if quick else 3)


def _against_handlers(
    simulation: Simulation, ours: Callable[[], object], name: str, runs: int
) -> Iterator[Row]:
    import bpy

    from .handler_way import HandlerWay

    made: list[HandlerWay] = []
    older_file = HandlerWay.write_file(simulation)
    way = "the handler way"

    def theirs() -> None:
        made[:] = [HandlerWay(older_file)]

    def one_before() -> None:
        empty()
        ours()

    for what, before, aim in (
        ("into an empty scene", empty, None),
        ("into a scene that has one", one_before, Aim(50, at_least=True)),
    ):
        result = paired(ours, theirs, runs, before=before)
        yield timed(f"{name}, {what}: read and build", result, way, is_speed=True, aim=aim)
    # A scene for each, so that neither waits for the other.
    empty()
    our_scene = bpy.context.scene
    ours()
    bpy.ops.scene.new(type="EMPTY")
    their_scene = bpy.context.scene
    theirs()
    frames = iter(range(1, 1000))

    def handler(scene: Any, _graph: object) -> None:
        if scene == their_scene:
            made[0](scene)

    def play() -> None:
        our_scene.frame_set(next(frames) % FRAMES, subframe=0.5)

    def handle() -> None:
        their_scene.frame_set(next(frames) % FRAMES, subframe=0.5)

    bpy.app.handlers.frame_change_post.append(handler)
    result = paired(play, handle, 10 * runs + 1, trim=False)
    bpy.app.handlers.frame_change_post.remove(handler)
    yield timed(
        f"{name}: frame change", result, way,
        unit="ms", is_speed=True, aim=Aim(100, at_least=True),
    )  # fmt: skip


def bare_copy(values: Any) -> None:
    """Copy the same values into Blender and do nothing else, which is the floor."""
    import bpy

    mesh = bpy.data.meshes.new("floor")
    mesh.vertices.add(values.shape[1])
    for frame, row in enumerate(values):
        mesh.attributes.new(f"v{frame}", "FLOAT", "POINT").data.foreach_set("value", row)


def frame_against_numpy(neuron: Any, values: Any, runs: int) -> Pair:
    """Time a change of frame, and in turn the same sums in NumPy.

    Between two samples, which is the more expensive case.
    """
    import bpy

    scene = bpy.context.scene
    count = len(neuron.data.points)
    a, b = np.empty(count, np.int32), np.empty(count, np.int32)
    weight = np.empty(count, np.float32)
    for name, row in (("segment_a", a), ("segment_b", b), ("weight_b", weight)):
        neuron.data.attributes[name].data.foreach_get("value", row)
    frames, their_frames = (iter(range(10**6)) for _ in range(2))

    def change() -> None:
        scene.frame_set(next(frames) % (len(values) - 1), subframe=0.5)

    def sums() -> None:
        frame = next(their_frames) % (len(values) - 1)
        now = (values[frame] + values[frame + 1]) * np.float32(0.5)
        first = now[a]
        first += weight * (now[b] - first)

    return paired(change, sums, runs, trim=False)


def opening(blend: str) -> Found:
    """Open a file, and measure the bytes that takes."""
    bpy = start()
    before = resident()
    bpy.ops.wm.open_mainfile(filepath=blend)
    bpy.context.scene.frame_set(3)
    return {"added": resident() - before}
