# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks of points: importing one, and its frames while cells stand still and while they fly."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from .blender import empty
from .pairs import paired
from .playback import FLOOR, bare_copy
from .rows import Aim, Row, timed


def measure(quick: bool = False) -> Iterator[Row]:
    """Yield what was measured.

    Parameters
    ----------
    quick : bool
        Tiny sizes, only to see that it runs.
    """
    import bpy
    from blender_spike.building.build import import_simulation
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.network import animate_mix, make_layout
    from blender_spike.playback.playback import find_modifier

    from spike_export import write
    from spike_export.networks.point_network import grid_um, point_network

    cells, connections, frames = (8, 20, 5) if quick else (10_000, 100_000, 300)
    random = np.random.default_rng(0)
    network = point_network(
        grid_um(cells),
        np.arange(frames, dtype=float),
        random.random((frames, cells), np.float32),
        connections=random.integers(cells, size=(connections, 2)),
    )
    name = f"{cells:,} cells, {connections:,} connections"
    with tempfile.TemporaryDirectory() as temporary:
        path = write(Path(temporary) / "net.pickle", network)

        def ours() -> None:
            import_simulation(bpy.context, path)

        result = paired(ours, lambda: bare_copy(network.values), 1 if quick else 5, before=empty)
        yield timed(f"{name}: import", result, FLOOR)
        empty()
        ours()
    thing, scene = bpy.context.object, bpy.context.scene
    modifier = find_modifier(thing)
    layout = make_layout(thing, "Sphere")
    animate_mix(thing, 0, frames)
    frame = iter(range(10**6))

    def next_frame() -> None:
        scene.frame_set(next(frame) % frames, subframe=0.5)

    def toward(layout: str) -> Callable[[], None]:
        def prepare() -> None:
            set_inputs(modifier, {"To": layout})
            scene.frame_set(next(frame) % frames)

        return prepare

    # As it would be without layouts: both ends of the way are in one place.
    ends = toward(layout), toward("")
    result = paired(next_frame, next_frame, 1 if quick else 31, *ends, trim=False)
    yield timed(
        f"{name}: frame change while cells fly", result, "cells standing still",
        unit="ms", aim=Aim(30, "ms"),
    )  # fmt: skip
