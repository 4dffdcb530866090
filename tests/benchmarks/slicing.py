# SPDX-License-Identifier: GPL-3.0-or-later
"""A slicer that moves: what it adds to each frame, and to slicing many objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from . import ROOT
from .blender import empty
from .pairs import paired
from .rows import Aim, Row, timed
from .surfaces import waves


def measure(quick: bool = False) -> Iterator[Row]:
    """Yield what was measured.

    Parameters
    ----------
    quick : bool
        Tiny sizes, only to see that it runs.
    """
    yield from _moving(*((5, 10, 1) if quick else (100, 256, 9)))
    yield from _playing(*((5, 1) if quick else (60, 9)))
    yield from _many(*((2, 1) if quick else (200, 5)))


def _moving(frames: int, side: int, runs: int) -> Iterator[Row]:
    import bpy
    from surface_slicer.arrays.source import array_field
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects
    from surface_slicer.slicer.sweep import animate_sweep
    from surface_slicer.slicer.twin import add_wireframe_twin
    from surface_slicer.surface.surface import add_surface
    from surface_slicer.surface.surface_color import color_surface

    empty()
    surface = add_surface(bpy.context, array_field(waves(frames, side), "waves"))
    color_surface(surface)
    scene = bpy.context.scene

    def play() -> None:
        for frame in range(1, frames):
            scene.frame_set(frame, subframe=0.5)

    def cut() -> None:
        animate_sweep(bpy.context, slice_objects(bpy.context, [surface]).slicer, 1, frames)
        scene.frame_set(0)

    def mend() -> None:
        remove_slicing(bpy.context, [surface])
        scene.frame_set(0)

    name = f"{frames - 1} frames of an animated surface of {side} x {side}"
    result = paired(play, play, runs, cut, mend, trim=False)
    yield timed(f"{name} while a slicer moves", result, "without it", aim=Aim(1.1))
    cut()
    twin = add_wireframe_twin(bpy.context, surface)

    def hiding(hidden: bool) -> Callable[[], None]:
        def prepare() -> None:
            twin.hide_viewport = hidden
            scene.frame_set(0)

        return prepare

    result = paired(play, play, runs, hiding(False), hiding(True), trim=False)
    yield timed(f"{name} with slicer and wireframe twin", result, "the twin hidden", aim=Aim(2.0))


def _playing(frames: int, runs: int) -> Iterator[Row]:
    import bpy
    from blender_spike.building.build import import_simulation
    from surface_slicer.slicer.slicer import slice_objects
    from surface_slicer.slicer.twin import add_wireframe_twin

    empty()
    path = ROOT / "blender_addons" / "blender_spike" / "demos" / "demo_neuron.pickle"
    neuron = import_simulation(bpy.context, path, style="TUBES")[0]
    scene = bpy.context.scene
    slice_objects(bpy.context, [neuron])
    twin = add_wireframe_twin(bpy.context, neuron)

    def play() -> None:
        for frame in range(1, frames):
            scene.frame_set(frame)

    def hiding(hidden: bool) -> Callable[[], None]:
        def prepare() -> None:
            twin.hide_viewport = hidden
            scene.frame_set(0)

        return prepare

    name = f"{frames - 1} frames of the demo neuron with slicer and wireframe twin"
    result = paired(play, play, runs, hiding(False), hiding(True), trim=False)
    yield timed(name, result, "the twin hidden", aim=Aim(2.0))


def _many(count: int, runs: int) -> Iterator[Row]:
    import bpy
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects

    things = []

    def whole() -> None:
        empty()
        bpy.ops.mesh.primitive_uv_sphere_add()
        first = bpy.context.object
        things.clear()
        for number in range(count):
            thing = first.copy()
            thing.data = first.data.copy()
            thing.data.materials.append(bpy.data.materials.new(f"material {number}"))
            bpy.context.collection.objects.link(thing)
            things.append(thing)

    def cut() -> None:
        slice_objects(bpy.context, things)

    def whole_and_cut() -> None:
        whole()
        cut()

    def mend() -> None:
        remove_slicing(bpy.context, things)

    def copy() -> None:
        for thing in things:
            thing.data.materials[0].copy()

    name, bare = f"{count} objects of {count} materials", "bare copies of the materials"
    yield timed(f"{name}: slice", paired(cut, copy, runs, whole), bare)
    yield timed(f"{name}: remove", paired(mend, copy, runs, whole_and_cut, whole), bare)
