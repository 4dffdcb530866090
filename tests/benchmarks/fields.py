# SPDX-License-Identifier: GPL-3.0-or-later
"""The potential around the demo cell, beside LFPykit's, and what it costs to play."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from helpers.lfp import lfpykit_weights

from spike_export import read
from spike_export.potential.line_sources import potential
from spike_export.potential.segment_lines import segment_lines
from spike_export.potential.sheet import around, sheet

from .pairs import paired
from .rows import Aim, Row, timed

DEMO = (
    Path(__file__).resolve().parents[2]
    / "blender_addons" / "blender_spike" / "demos" / "demo_neuron.pickle"
)  # fmt: skip


def measure(quick: bool = False) -> Iterator[Row]:
    """Yield what was measured.

    Parameters
    ----------
    quick : bool
        Tiny sizes, only to see that it runs.
    """
    demo = read(DEMO)
    lines = segment_lines(demo)
    currents = demo.more["i_membrane_"].values
    center, size = around(lines, "xy")
    places = sheet("xy", center, size, 10 if quick else 150).places_um

    def theirs() -> None:
        (lfpykit_weights(lines, places) @ currents.T.astype(np.float64)).T.astype(np.float32)

    result = paired(
        lambda: potential(lines, currents, places),
        theirs,
        1 if quick else 3,
        clock=time.process_time,
    )
    what = f"Potential of the demo cell at {len(places):,} places in {len(currents)} frames"
    yield timed(what, result, "LFPykit", is_speed=True, aim=Aim(2, at_least=True))
    yield from _played(quick)


def _played(quick: bool) -> Iterator[Row]:
    """Measure what a frame takes with a field, beyond the cell itself."""
    import bpy

    from .blender import empty

    empty()
    ops, scene = bpy.ops.blender_spike, bpy.context.scene
    ops.import_simulation(filepath=str(DEMO))
    small = {"resolution": 10, "box_resolution": 10} if quick else {}
    frames = range(10, 14) if quick else range(10, 110, 4)

    def frame_ms() -> float:
        for frame in frames[:2]:
            scene.frame_set(frame)
        begin = time.process_time()
        for frame in frames:
            scene.frame_set(frame)
        return (time.process_time() - begin) / len(frames) * 1e3

    without = frame_ms()
    for shape, what, limit in (
        ("SHEET", "a sheet", 10),
        ("SURFACES", "isosurfaces", 100),
        ("VOLUME", "a volume", 50),
    ):
        ops.add_field(shape=shape, **small)
        (field,) = (one for one in bpy.data.objects if one.blender_spike_figure.kind == "FIELD")
        points = len(field.data.vertices)
        name = f"Field of the demo cell as {what} of {points:,} points: a frame"
        yield Row(name, frame_ms() - without, "ms", aim=Aim(limit, "ms"))
        ops.remove_field()
