# SPDX-License-Identifier: GPL-3.0-or-later
"""A slicer that moves: what it adds to each frame, and to slicing many objects."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from typing import Any

from .pairs import seconds
from .playback import Row, frame_change
from .surfaces import waves

FRAMES, SIDE = 100, 256
OBJECTS = 200


def measure() -> Iterator[Row]:
    """Yield what was measured, its ratio or figure, and the aim."""
    import bpy
    from surface_slicer.slicer import remove_slicing, slice_objects
    from surface_slicer.slicer_sweep import animate_sweep
    from surface_slicer.slicer_twin import add_wireframe_twin
    from surface_slicer.source import array_field
    from surface_slicer.surface import add_surface
    from surface_slicer.surface_color import color_surface

    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    surface = add_surface(bpy.context, array_field(waves(FRAMES, SIDE), "waves"))
    color_surface(surface)
    whole, sliced = [], []
    # In turn, so that a machine's changing speed hits both alike.
    for _ in range(5):
        whole.append(frame_change(bpy))
        slicer = slice_objects(bpy.context, [surface]).slicer
        animate_sweep(bpy.context, slicer, 1, FRAMES)
        sliced.append(frame_change(bpy))
        remove_slicing(bpy.context, [surface])
    ratio = statistics.median(a / b for a, b in zip(sliced, whole, strict=True))
    with_cut, without = statistics.median(sliced) * 1000, statistics.median(whole) * 1000
    yield (
        f"animated surface, {SIDE} x {SIDE}: frame change while a slicer moves / without it "
        f"({with_cut:.2f} ms / {without:.2f} ms)",
        f"{ratio:.2f}",
        "at most 1.1",
    )
    slicer = slice_objects(bpy.context, [surface]).slicer
    animate_sweep(bpy.context, slicer, 1, FRAMES)
    add_wireframe_twin(bpy.context, surface)
    yield "the same with a wireframe twin", f"{frame_change(bpy) * 1000:.2f} ms", ""
    yield from _many(bpy, slice_objects, remove_slicing)


def _many(bpy: Any, slice_objects: Any, remove_slicing: Any) -> Iterator[Row]:
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.mesh.primitive_uv_sphere_add()
    first = bpy.context.object
    things = []
    for number in range(OBJECTS):
        thing = first.copy()
        thing.data = first.data.copy()
        thing.data.materials.append(bpy.data.materials.new(f"material {number}"))
        bpy.context.collection.objects.link(thing)
        things.append(thing)
    cut = seconds(lambda: slice_objects(bpy.context, things))
    undone = seconds(lambda: remove_slicing(bpy.context, things))
    yield f"{OBJECTS} objects of {OBJECTS} materials: slice", f"{cut:.2f} s", ""
    yield f"{OBJECTS} objects of {OBJECTS} materials: remove", f"{undone:.2f} s", ""
