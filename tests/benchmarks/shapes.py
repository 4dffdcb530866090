# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames of tubes and membranes, whose meshes are kept, against making them in each frame."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from spike_export import write

from .blender import empty
from .pairs import paired
from .playback import FRAMES, network
from .rows import Aim, Row, timed

EACH_FRAME = "made in each frame, as in version 0.1.0"


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
    from blender_spike.playback.playback import find_modifier
    from blender_spike.playback.still import SHAPE, shape_of

    sizes = (20,) if quick else (200, 2_000)
    aims = {("Tubes", 200): Aim(0.4, "ms"), ("Tubes", 2_000): Aim(2, "ms")}
    aims |= {("Membrane", 200): Aim(1.5, "ms")}
    frames = iter(range(10**6))
    with tempfile.TemporaryDirectory() as temporary:
        for sections in sizes:
            path = write(Path(temporary) / "network.pickle", network(sections))
            empty()
            import_simulation(bpy.context, path, style="STRANDS")
            kept, scene = bpy.context.object, bpy.context.scene
            modifier = find_modifier(kept)
            assert modifier is not None
            bpy.ops.object.duplicate()
            anew = bpy.context.object
            bpy.ops.scene.new(type="EMPTY")
            their_scene = bpy.context.scene
            their_scene.collection.objects.link(anew)
            scene.collection.objects.unlink(anew)
            other = find_modifier(anew)
            assert other is not None and shape_of(modifier) is not None
            set_inputs(other, {SHAPE: None})

            def play(scene: bpy.types.Scene = scene) -> None:
                scene.frame_set(next(frames) % (FRAMES - 1), subframe=0.5)

            def make(scene: bpy.types.Scene = their_scene) -> None:
                scene.frame_set(next(frames) % (FRAMES - 1), subframe=0.5)

            for style in ("Tubes", "Membrane"):
                if style == "Membrane" and sections > 200:
                    continue
                for one in (modifier, other):
                    set_inputs(one, {"Style": style})
                runs = 3 if quick else 31 if style == "Tubes" else 3
                result = paired(play, make, runs)
                yield timed(
                    f"{sections:,} sections as {style.lower()}: frame change", result, EACH_FRAME,
                    unit="ms", is_speed=True, aim=aims.get((style, sections)),
                )  # fmt: skip
