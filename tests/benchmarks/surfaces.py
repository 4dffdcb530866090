# SPDX-License-Identifier: GPL-3.0-or-later
"""Surfaces: from an array to vertices that can be drawn, and the frames of an animated one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .pairs import paired
from .playback import Row, frame_change, memory_added

SIDE = 1_000
FRAMES, FRAME_SIDE = 500, 256


def measure() -> Iterator[Row]:
    """Yield what was measured, its ratio or figure, and the aim."""
    import bpy
    from surface_slicer.source import Source
    from surface_slicer.surface import create_surface

    def empty() -> None:
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)

    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "still.npy"
        np.save(path, waves(1, SIDE)[0])

        def ours() -> None:
            surface = create_surface(bpy.context, Source(filepath=str(path)))
            surface.evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh()

        def floor() -> None:
            _bare_grid(bpy, np.load(path))

        result = paired(ours, floor, 5, before=empty)
        yield (
            f"{SIDE:,} x {SIDE:,} array to evaluated surface / bare grid "
            f"({result.ours:.2f} s / {result.other:.2f} s)",
            f"{result.ratio:.2f}",
            "",
        )
        path = Path(temporary) / "moving.npy"
        values = waves(FRAMES, FRAME_SIDE)
        np.save(path, values)
        empty()
        create_surface(bpy.context, Source(filepath=str(path)))
        name = f"{FRAMES} frames of {FRAME_SIDE} x {FRAME_SIDE}"
        yield f"{name}: frame change", f"{frame_change(bpy) * 1000:.2f} ms", ""
        blend = Path(temporary) / "saved.blend"
        bpy.ops.wm.save_as_mainfile(filepath=str(blend), compress=True, copy=True)
        yield (
            f"{name}: memory added by reopening / values ({blend.stat().st_size / 1e6:.0f} MB "
            "on disk)",
            f"{memory_added(blend) / values.nbytes:.2f}",
            "",
        )


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
