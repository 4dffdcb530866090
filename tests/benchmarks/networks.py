# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks of 200 sections a cell, 3 segments a section, 500 frames; and a million segments.

Each size runs in a process of its own, so that the peak of its memory is its own.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from spike_export import write

from .pairs import Pair, give_back_memory
from .playback import network

Row = tuple[str, str, str]
ROOT = Path(__file__).resolve().parent.parent.parent
SECTIONS_OF_A_CELL = 200


@dataclass(frozen=True)
class Size:
    """A network."""

    name: str
    cells: int
    segments: int = 3


SIZES = (Size("1 cell", 1), Size("100 cells", 100))
LARGE = (Size("1,000 cells", 1000), Size("a million segments", 500, 10))


def measure(large: bool = False) -> Iterator[Row]:
    """Yield what was measured, its ratio or figure, and the aim.

    Parameters
    ----------
    large : bool
        Those too that take gigabytes of memory and disk, and minutes.
    """
    with tempfile.TemporaryDirectory() as temporary:
        for size in SIZES + LARGE * large:
            sections = size.cells * SECTIONS_OF_A_CELL
            path = Path(temporary) / "network.pickle"
            write(path, network(sections, size.segments))
            result = subprocess.run(
                [sys.executable, "-m", "tests.benchmarks.networks", str(path)],
                capture_output=True, text=True, check=True, cwd=ROOT, env=os.environ,
            )  # fmt: skip
            found = json.loads(result.stdout.splitlines()[-1])
            many = size.cells > 1
            yield (
                f"{size.name}: read + build + first evaluation ({found['import_s']:.2f} s)",
                f"{found['import_s'] / found['floor_s']:.1f} x floor",
                "",
            )
            yield (
                f"{size.name}: peak of memory while importing / values",
                f"{found['peak']:.2f}",
                "at most 2.5" if many else "",
            )
            yield (
                f"{size.name}: frame change ({found['points']:,} points; NumPy's way "
                f"{found['numpy_ms']:.2f} ms)",
                f"{found['frame_ms']:.2f} ms",
                "at most 5 ms" if size is LARGE[-1] else "",
            )
            yield (
                f"{size.name}: .blend / values ({found['blend_mb']:.0f} MB)",
                f"{found['blend']:.2f}",
                "at most 1.3" if many else "",
            )
            yield (
                f"{size.name}: Cycles frame / the same frame standing still "
                f"({found['render_s']:.2f} s)",
                f"{found['render']:.2f}",
                "at most 1.1",
            )


def _measure_one(path: Path) -> dict[str, float]:
    """Measure one file in this process."""
    sys.path[:0] = [str(ROOT / "blender_addons")]
    import bpy  # isort: skip
    import addon_utils  # isort: skip

    bpy.ops.wm.read_factory_settings(use_empty=True)
    addon_utils.enable("cycles")
    import blender_spike

    blender_spike.register()
    from blender_spike.build import import_simulation

    # One import that does not count: it writes the node groups and loads what loads late.
    small = path.with_name("small.pickle")
    write(small, network(2))
    import_simulation(bpy.context, small)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    scene = bpy.context.scene

    give_back_memory()
    before = _memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    begin = time.perf_counter()
    (neuron,) = import_simulation(bpy.context, path, style="STRANDS")
    scene.frame_set(1)
    import_s = time.perf_counter() - begin
    peak = _memory("VmHWM") - before

    from spike_export import read

    values = read(path).values
    floor_s = _seconds(lambda: _copy(bpy, values))
    frame_ms, numpy_ms = _frame_change(neuron, values, lambda at: scene.frame_set(at, subframe=0.5))
    blend = path.with_suffix(".blend")
    bpy.ops.wm.save_as_mainfile(filepath=str(blend), compress=True, copy=True)
    blend_bytes = blend.stat().st_size
    blend.unlink()
    render = _render(bpy, neuron)
    return {
        "import_s": import_s,
        "floor_s": floor_s,
        "peak": peak / values.nbytes,
        "points": len(neuron.data.points),
        "frame_ms": frame_ms * 1e3,
        "numpy_ms": numpy_ms * 1e3,
        "blend_mb": blend_bytes / 1e6,
        "blend": blend_bytes / values.nbytes,
        "render_s": render.ours,
        "render": render.ratio,
    }


def _copy(bpy: Any, values: Any) -> None:
    """Copy the same values into Blender and do nothing else, which is the floor."""
    mesh = bpy.data.meshes.new("floor")
    mesh.vertices.add(values.shape[1])
    for frame, row in enumerate(values):
        mesh.attributes.new(f"v{frame}", "FLOAT", "POINT").data.foreach_set("value", row)
    bpy.data.meshes.remove(mesh)


def _frame_change(
    neuron: Any, values: Any, change: Callable[[int], object], runs: int = 30
) -> tuple[float, float]:
    """Time a change of frame, and the same sums in NumPy, in turn."""
    rows = {}
    for name, kind in (("segment_a", np.int32), ("segment_b", np.int32), ("weight_b", np.float32)):
        rows[name] = np.empty(len(neuron.data.points), kind)
        neuron.data.attributes[name].data.foreach_get("value", rows[name])
    a, b, weight = rows.values()

    def sums(frame: int) -> None:
        now = (values[frame] + values[frame + 1]) * np.float32(0.5)
        first = now[a]
        first += weight * (now[b] - first)

    change(0)
    pairs = [
        (_seconds(lambda at=at: change(at)), _seconds(lambda at=at: sums(at)))
        for at in range(1, runs)
    ]
    frame, by_numpy = zip(*pairs, strict=True)
    return statistics.median(frame), statistics.median(by_numpy)


def _render(bpy: Any, neuron: Any, runs: int = 5) -> Pair:
    """Render frames that play, and in turn the same scene where nothing depends on time."""
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.device = 4, "CPU"
    scene.render.resolution_x, scene.render.resolution_y = 320, 180
    scene.camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    scene.collection.objects.link(scene.camera)
    scene.camera.location.z = 1.5 * max(*neuron.dimensions, 1.0)
    scene.camera.data.clip_end = 10 * scene.camera.location.z
    modifier = neuron.modifiers[0]
    groups = modifier.node_group, _standing(modifier.node_group)
    frames = iter(range(1, 1000))

    def frame(group: Any) -> float:
        modifier.node_group = group
        scene.frame_set(next(frames))
        give_back_memory()
        begin = time.perf_counter()
        scene.frame_set(next(frames))
        bpy.ops.render.render()
        return time.perf_counter() - begin

    pairs = [(frame(groups[0]), frame(groups[1])) for _ in range(runs + 1)][1:]
    return Pair(
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
        statistics.median(a / b for a, b in pairs),
    )


def _standing(group: Any) -> Any:
    """Copy the playback group without what knows the scene's time."""
    copy = group.copy()
    for node in list(copy.nodes):
        if node.bl_idname == "GeometryNodeGroup":
            node.node_tree = _standing(node.node_tree)
        elif node.bl_idname == "GeometryNodeInputSceneTime":
            copy.nodes.remove(node)
    return copy


def _seconds(function: Callable[[], object]) -> float:
    begin = time.perf_counter()
    function()
    return time.perf_counter() - begin


def _memory(key: str) -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{key}:")[2].split()[0]) << 10


if __name__ == "__main__":
    print(json.dumps(_measure_one(Path(sys.argv[1]))))
