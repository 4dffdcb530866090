# SPDX-License-Identifier: GPL-3.0-or-later
"""Surfaces: from an array to vertices that can be drawn, and the frames of an animated one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .blender import empty
from .memory import alone
from .pairs import paired
from .playback import NUMPY, opening
from .rows import Row, sized, timed


def measure(quick: bool = False) -> Iterator[Row]:
    """Yield what was measured.

    Parameters
    ----------
    quick : bool
        Tiny sizes, only to see that it runs.
    """
    import bpy
    from surface_slicer.arrays.source import Source
    from surface_slicer.surface.surface import create_surface

    side, frames, frame_side = (10, 5, 10) if quick else (1_000, 500, 256)
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "still.npy"
        np.save(path, waves(1, side)[0])

        def ours() -> None:
            surface = create_surface(bpy.context, Source(filepath=str(path)))
            surface.evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh()

        def floor() -> None:
            _bare_grid(bpy, np.load(path))

        yield timed(
            f"{side:,} x {side:,} array to evaluated surface",
            paired(ours, floor, 1 if quick else 7, before=empty),
            "a bare grid",
        )
        path = Path(temporary) / "moving.npy"
        values = waves(frames, frame_side)
        np.save(path, values)
        empty()
        create_surface(bpy.context, Source(filepath=str(path)))
        name = f"{frames} frames of {frame_side} x {frame_side}"
        scene, count = bpy.context.scene, iter(range(10**6))

        def change() -> None:
            scene.frame_set(next(count) // 2 % (frames - 1), subframe=0.5)

        def mix() -> None:
            frame = next(count) // 2 % (frames - 1)
            (values[frame] + values[frame + 1]) * np.float32(0.5)

        result = paired(change, mix, 3 if quick else 99, trim=False)
        yield timed(f"{name}: frame change", result, NUMPY, unit="ms")
        blend = Path(temporary) / "saved.blend"
        bpy.ops.wm.save_as_mainfile(filepath=str(blend), compress=True, copy=True)
        added = alone(opening, blend)["added"]
        yield sized(f"{name}: memory added by reopening", added, "the values", values.nbytes)


def waves(frames: int, side: int) -> Any:
    """Ripples that run, with a little noise, so that nothing packs too well."""
    rng = np.random.default_rng(0)
    x, y = np.meshgrid(np.linspace(-1, 1, side), np.linspace(-1, 1, side))
    distance = np.hypot(x, y)
    return np.stack(
        [
            (np.cos(20 * distance - 0.3 * frame) + 0.01 * rng.normal(size=x.shape)).astype("f4")
            for frame in range(frames)
        ]
    )


def _bare_grid(bpy: Any, heights: Any) -> None:
    """Make the same grid with its heights in the vertices, and do nothing else."""
    rows, columns = heights.shape
    corners = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
    quads = np.stack(
        [corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1]], axis=-1
    )
    x, y = np.meshgrid(np.linspace(-1, 1, columns), np.linspace(-1, 1, rows))
    positions = np.stack([x, y, heights], axis=-1).astype(np.float32)
    mesh = bpy.data.meshes.new("floor")
    mesh.vertices.add(heights.size)
    mesh.loops.add(quads.size)
    mesh.polygons.add(quads.size // 4)
    mesh.attributes["position"].data.foreach_set("vector", positions.ravel())
    mesh.polygons.foreach_set("loop_start", np.arange(0, quads.size, 4, dtype=np.int32))
    mesh.attributes[".corner_vert"].data.foreach_set("value", quads.ravel())
    mesh.update(calc_edges=True)
