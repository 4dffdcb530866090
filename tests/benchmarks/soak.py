# SPDX-License-Identifier: GPL-3.0-or-later
"""Play and render for long in one process, and see whether memory grows.

``python -m tests.benchmarks.soak`` plays 5,000 frames and renders 300.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .blender import start
from .memory import resident

# What allocators and caches may add late, in bytes; a frame that is lost each time is much more.
SLACK = 4 << 20


@dataclass(frozen=True)
class Growth:
    """Resident memory at the beginning, in the middle and at the end, in bytes."""

    begin: int
    middle: int
    end: int

    @property
    def late(self) -> int:
        """What the second half added."""
        return self.end - self.middle


def soak(step: Callable[[int], object], count: int) -> Growth:
    """Do a step many times.

    Parameters
    ----------
    step : callable
        Takes its number.
    count : int

    Returns
    -------
    Growth
        From after the first tenth on, which fills caches.
    """
    marks = {count // 10: 0, count * 55 // 100: 0, count - 1: 0}
    for number in range(count):
        step(number)
        if number in marks:
            marks[number] = resident()
    return Growth(*marks.values())


def play(bpy: Any, frames: int) -> Growth:
    """Change the frame many times, between samples and beyond the ends too."""
    scene = bpy.context.scene
    return soak(lambda n: scene.frame_set(n % 700, subframe=n % 3 / 3), frames)


def render(bpy: Any, frames: int, folder: Path) -> Growth:
    """Render many tiny frames to one file."""
    scene = bpy.context.scene
    scene.render.filepath = str(folder / "frame.png")

    def one(number: int) -> None:
        scene.frame_set(number)
        bpy.ops.render.render(write_still=True)

    return soak(one, frames)


def prepare_render(bpy: Any, engine: str = "CYCLES", pixels: int = 16) -> None:
    """Set the scene to tiny pictures and few samples."""
    scene = bpy.context.scene
    scene.render.engine = engine
    if engine == "CYCLES":
        scene.cycles.samples, scene.cycles.device = 1, "CPU"
    scene.render.resolution_x = scene.render.resolution_y = pixels
    scene.render.resolution_percentage = 100
    scene.camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    scene.collection.objects.link(scene.camera)
    scene.camera.location.z = 30.0


def main() -> None:
    """Play, render and judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=5000)
    parser.add_argument("--renders", type=int, default=300)
    parser.add_argument("--sections", type=int, default=1000)
    options = parser.parse_args()
    bpy = start()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        from blender_spike.building.build import import_simulation

        from spike_export import write

        from .playback import network

        path = write(folder / "network.pickle", network(options.sections))
        import_simulation(bpy.context, path, style="STRANDS")
        grown = {f"{options.frames:,} frames played": play(bpy, options.frames)}
        prepare_render(bpy)
        grown[f"{options.renders:,} frames rendered"] = render(bpy, options.renders, folder)
    for what, growth in grown.items():
        print(f"{what}: second half added {growth.late / 1e6:.2f} MB to {growth.middle / 1e6:.0f}")
    if any(growth.late > SLACK for growth in grown.values()):
        sys.exit("Memory grows.")


if __name__ == "__main__":
    main()
