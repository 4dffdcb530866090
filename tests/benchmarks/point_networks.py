# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks of points: importing one, and its frames while cells stand still and while they fly."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .pairs import seconds
from .playback import Row

CELLS, CONNECTIONS, FRAMES = 10_000, 100_000, 300


def measure() -> Iterator[Row]:
    """Yield what was measured, its ratio or figure, and the aim."""
    import bpy
    from blender_spike.build import import_simulation
    from blender_spike.common.modifiers import set_inputs
    from blender_spike.network import animate_mix, make_layout
    from blender_spike.playback import find_modifier

    from spike_export import write
    from spike_export.point_network import grid_um, point_network

    random = np.random.default_rng(0)
    network = point_network(
        grid_um(CELLS),
        np.arange(FRAMES, dtype=float),
        random.random((FRAMES, CELLS), np.float32),
        connections=random.integers(CELLS, size=(CONNECTIONS, 2)),
    )
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    name = f"{CELLS:,} cells, {CONNECTIONS:,} connections"
    with tempfile.TemporaryDirectory() as temporary:
        path = write(Path(temporary) / "net.pickle", network)
        made: list[Any] = []
        took = seconds(lambda: made.extend(import_simulation(bpy.context, path)))
    yield f"{name}: import", f"{took:.2f} s", ""
    (thing,) = made
    modifier = find_modifier(thing)
    set_inputs(modifier, {"To": make_layout(thing, "Sphere")})
    animate_mix(thing, 0, FRAMES)
    scene = bpy.context.scene
    frame = iter(range(10**6))

    def next_frame() -> None:
        scene.frame_set(next(frame) % FRAMES, subframe=0.5)

    # As it would be without layouts: both ends of the way are in one place.
    def still() -> None:
        set_inputs(modifier, {"To": ""})

    def moving() -> None:
        set_inputs(modifier, {"To": "sphere"})

    times: dict[str, list[float]] = {"still": [], "moving": []}
    for prepare, kind in ((still, "still"), (moving, "moving")) * 30:
        prepare()
        scene.frame_set(next(frame) % FRAMES)
        times[kind].append(seconds(next_frame))
    medians = {kind: float(np.median(row)) for kind, row in times.items()}
    ratios = np.array(times["moving"]) / np.array(times["still"])
    yield f"{name}: frame change while cells fly", f"{medians['moving'] * 1000:.1f} ms", "30 ms"
    yield f"{name}: the same / cells standing still", f"{np.median(ratios):.2f}", ""
