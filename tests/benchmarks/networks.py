# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks of 200 sections a cell, 3 segments a section, 500 frames; and a million segments.

Each size runs in a process of its own, so that the peak of its memory is its own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from spike_export import read, write

from .blender import empty, start
from .memory import Found, alone, peak_added
from .pairs import Pair, paired
from .playback import FLOOR, NUMPY, bare_copy, frame_against_numpy, network
from .rows import Aim, Row, sized, timed


@dataclass(frozen=True)
class Size:
    """A network."""

    name: str
    cells: int
    segments: int = 3
    sections: int = 200
    """Of each cell."""


SIZES = (Size("1 cell", 1), Size("100 cells", 100))
LARGE = (Size("1,000 cells", 1000), Size("a million segments", 500, 10))
TINY = (Size("1 tiny cell", 1, sections=4),)


def measure(quick: bool = False) -> Iterator[Row]:
    """Yield what was measured.

    Parameters
    ----------
    quick : bool
        Tiny sizes, only to see that it runs.
    """
    yield from _measure(TINY if quick else SIZES)


def measure_large() -> Iterator[Row]:
    """Yield what was measured of those that take gigabytes of memory and disk, and minutes."""
    yield from _measure(LARGE)


def _measure(sizes: tuple[Size, ...]) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as temporary:
        for size in sizes:
            path = Path(temporary) / "network.pickle"
            simulation = network(size.cells * size.sections, size.segments)
            values = simulation.values.nbytes
            write(path, simulation)
            del simulation
            runs = 1 if size in TINY else 5 if size in LARGE else 9
            found = alone(importing, path, runs, 16 if size in TINY else 320)
            pairs = {
                key: Pair(*(found[f"{key} {name}"] for name in Pair.__annotations__))
                for key in ("import", "frame", "render")
            }
            many = size.cells > 1
            yield timed(f"{size.name}: read, build and first evaluation", pairs["import"], FLOOR)
            yield sized(
                f"{size.name}: peak of memory while importing", found["peak"], "the values", values,
                aim=Aim(2.5) if many else None,
            )  # fmt: skip
            yield timed(
                f"{size.name}: frame change, {found['points']:,} points", pairs["frame"], NUMPY,
                unit="ms", aim=Aim(5, "ms") if size is LARGE[-1] else None,
            )  # fmt: skip
            yield sized(
                f"{size.name}: .blend", found["blend"], "the values", values,
                aim=Aim(1.3) if many else None,
            )  # fmt: skip
            yield timed(
                f"{size.name}: Cycles frame", pairs["render"], "the same frame standing still",
                aim=Aim(1.1),
            )  # fmt: skip
            if size in (TINY[0], LARGE[0]):
                each = alone(importing_each, path, runs)
                yield timed(
                    f"{size.name}, an object each: frame change",
                    Pair(*(each[name] for name in Pair.__annotations__)), NUMPY, unit="ms",
                )  # fmt: skip


def importing(path: str, runs: str, width: str) -> Found:
    """Import a network, play it, save it and render it, so many pixels wide."""
    bpy = start()
    from blender_spike.building.build import import_simulation

    made: list[Any] = []

    def ours(file: Path | str = path) -> None:
        made[:] = import_simulation(bpy.context, file, style="STRANDS")
        bpy.context.scene.frame_set(1)

    # One import that does not count: it writes the node groups and loads what loads late.
    small = write(Path(path).with_name("small.pickle"), network(2))
    ours(small)
    empty()
    peak = peak_added(ours)
    values = read(path).values
    found: Found = {"peak": peak}
    pairs = {"import": paired(ours, lambda: bare_copy(values), int(runs), before=empty)}
    empty()
    ours()
    (neuron,) = made
    found["points"] = len(neuron.data.points)
    pairs["frame"] = frame_against_numpy(neuron, values, 10 * int(runs) + 1)
    blend = Path(path).with_suffix(".blend")
    bpy.ops.wm.save_as_mainfile(filepath=str(blend), compress=True, copy=True)
    found["blend"] = blend.stat().st_size
    blend.unlink()
    pairs["render"] = _render(bpy, neuron, int(width), min(int(runs), 5))
    for key, pair in pairs.items():
        found |= {f"{key} {name}": value for name, value in asdict(pair).items()}
    return found


def importing_each(path: str, runs: str) -> Found:
    """Import each cell of a network as an object of its own, and play them."""
    bpy = start()
    from blender_spike.building.build import import_simulation

    values = read(path).values
    neurons = import_simulation(bpy.context, path, style="STRANDS", object_per_cell=True)
    return asdict(frame_against_numpy(neurons[0], values, 4 * int(runs) + 1))


def _render(bpy: Any, neuron: Any, width: int, runs: int) -> Pair:
    """Render frames that play, and in turn the same scene where nothing depends on time."""
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.device = 4, "CPU"
    scene.render.resolution_x, scene.render.resolution_y = width, width * 9 // 16
    scene.camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    scene.collection.objects.link(scene.camera)
    scene.camera.location.z = 1.5 * max(*neuron.dimensions, 1.0)
    scene.camera.data.clip_end = 10 * scene.camera.location.z
    modifier = neuron.modifiers[0]
    frames = iter(range(1, 1000))

    def showing(group: Any) -> Callable[[], None]:
        def prepare() -> None:
            modifier.node_group = group
            scene.frame_set(next(frames))

        return prepare

    def render() -> None:
        scene.frame_set(next(frames))
        bpy.ops.render.render()

    playing = showing(modifier.node_group)
    return paired(render, render, runs, playing, showing(_standing(modifier.node_group)))


def _standing(group: Any) -> Any:
    """Copy the playback group without what knows the scene's time."""
    copy = group.copy()
    for node in list(copy.nodes):
        if node.bl_idname == "GeometryNodeGroup":
            node.node_tree = _standing(node.node_tree)
        elif node.bl_idname == "GeometryNodeInputSceneTime":
            copy.nodes.remove(node)
    return copy
