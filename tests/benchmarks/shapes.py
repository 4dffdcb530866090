# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames of neurons, whose shapes are kept and which are no lamps, against the ways before."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spike_export import write

from .blender import empty
from .pairs import Action, Pair, paired
from .playback import network
from .rows import Aim, Row, timed
from .synaptic import EVENTS, connected, crowded

if TYPE_CHECKING:
    import bpy

# A file, and the settings of its neuron.
Shown = tuple[Path, Mapping[str, Any]]

EACH_FRAME = "made in each frame"
AS_LAMPS = "as lamps, as in version 0.1.0"
THICK = {"Thickness": 2.5}
# In milliseconds, where the aims were set: tubes of version 0.1.0, by the number of sections. A
# machine of another speed meets an aim by the same ratio to its own version 0.1.0.
BEFORE_MS = {200: 1.8, 2_000: 13.8}
# As a film plays them, without the other way's work in between.
FRAMES = 5


def measure(quick: bool = False) -> Iterator[Row]:
    """Yield what was measured, in processor time.

    Parameters
    ----------
    quick : bool
        Tiny sizes, only to see that it runs.
    """
    from blender_spike.building.build import MOST_TUBES
    from blender_spike.demos import NEURON
    from blender_spike.playback.still import SHAPE

    sizes = (20,) if quick else (200, 2_000)
    many = 20 if quick else MOST_TUBES
    runs, few = (3, 1) if quick else (99, 5)
    anew = {SHAPE: None}
    with tempfile.TemporaryDirectory() as temporary:
        paths = {}
        for sections in {*sizes, many}:
            path = Path(temporary) / f"{sections}.pickle"
            paths[sections] = write(path, network(sections))
        tubes, strands = {"Style": "Tubes"}, {"Style": "Strands"}
        for sections, limit in zip(sizes, (0.4, 2.0), strict=False):
            path = paths[sections]
            pair = _played((path, tubes), (path, tubes | anew), min(runs, 31))
            yield _frame(
                f"{sections:,} sections as tubes", pair, f"{EACH_FRAME}, as in version 0.1.0",
                BEFORE_MS.get(sections, 0) / limit,
            )  # fmt: skip
        count = 50 if quick else 100_000
        path = write(Path(temporary) / "synapses.pickle", crowded(count))
        pair = _played(
            (path, {"Synapse Shape": "Points"}), (paths[sizes[-1]], tubes), min(runs, 31)
        )
        yield timed(
            f"{count:,} synapses of {EVENTS} events: frame change", pair,
            f"{sizes[-1]:,} sections as tubes", unit="ms", aim=Aim(0.7),
        )  # fmt: skip
        count = 50 if quick else 20_000
        path = write(Path(temporary) / "pulses.pickle", connected(count))
        pair = _played(
            (path, {"Synapse Shape": "Points"}),
            (path, {"Synapse Shape": "Points", "Axon Pulses": False}),
            min(runs, 31),
        )
        yield timed(
            f"{count:,} axons' ways with {EVENTS} pulses each: frame change", pair,
            "the same synapses, without pulses", unit="ms",
        )  # fmt: skip
        cell, detail = (paths[sizes[0]], {"Membrane Detail": 0.2}) if quick else (NEURON, {})
        membrane = {"Style": "Membrane"} | detail
        pair = _played((cell, membrane), (paths[sizes[0]], tubes | anew), min(runs, 31))
        yield _frame(
            "demo cell as membrane", pair,
            f"{sizes[0]} sections as tubes, {EACH_FRAME}, as in version 0.1.0",
            BEFORE_MS.get(sizes[0], 0) / 1.5,
        )  # fmt: skip
        # Made anew, it takes a second or two.
        pair = _played((cell, membrane), (cell, membrane | anew), min(few, 3), frames=1)
        yield _frame("demo cell as membrane", pair, EACH_FRAME)
        for sections in sizes:
            before = {"Strand Smoothing": 0.0}
            path = paths[sections]
            pair = _played((path, THICK), (path, THICK | before), runs)
            yield timed(
                f"{sections:,} sections as thick strands: frame change", pair,
                "neither smooth nor joined, as in version 0.1.0", unit="ms",
            )  # fmt: skip
        pair = _played((paths[many], tubes), (paths[many], strands), 3 if quick else 31)
        yield timed(
            f"{many:,} sections as tubes: frame change", pair, "as strands", unit="ms"
        )  # fmt: skip
        for sections in sizes:
            pair = _rendered(paths[sections], tubes, tubes, few, as_lamps=True)
            yield timed(
                f"{sections:,} sections: Cycles frame of glowing tubes", pair, AS_LAMPS,
                is_speed=True, aim=Aim(10, at_least=True),
            )  # fmt: skip
        for sections in (*sizes, many):
            pair = _rendered(paths[sections], tubes, strands, few)
            yield timed(f"{sections:,} sections as tubes: Cycles frame", pair, "as strands")


def _frame(what: str, pair: Pair, against: str, times: float = 0.0) -> Row:
    """Make a row, with how many times as fast it should be."""
    aim = Aim(round(times, 1), at_least=True) if times else None
    return timed(f"{what}: frame change", pair, against, unit="ms", is_speed=True, aim=aim)


def _played(ours: Shown, other: Shown, runs: int, frames: int = FRAMES) -> Pair:
    """Play frames between two samples, in two scenes that have a neuron each."""
    empty()
    ways = []
    for path, settings in (ours, other):
        ways.append(_frames_of(*_scene(path, settings), frames))
    return paired(*ways, runs, trim=False, clock=time.process_time).each(frames)


def _rendered(
    path: Path, ours: Mapping[str, Any], other: Mapping[str, Any], runs: int, as_lamps: bool = False
) -> Pair:
    """Render frames in two such scenes; with `as_lamps`, the other neuron's material is one."""
    import bpy
    from blender_spike.color.coloring import voltage_material
    from blender_spike.common import film

    ways: list[Action] = []
    empty()
    for settings in (ours, other):
        scene, neuron = _scene(path, settings)
        scene.render.engine, scene.cycles.device = "CYCLES", "CPU"
        scene.render.resolution_x, scene.render.resolution_y = 320, 180
        scene.cycles.samples, scene.cycles.use_denoising = 1, False
        # As *Film Scene* does.
        scene.render.use_persistent_data = True
        film.frame_camera(scene, [neuron])
        if as_lamps and ways:
            voltage_material(neuron).cycles.emission_sampling = "AUTO"
        change = _frames_of(scene, neuron)

        def render(scene: bpy.types.Scene = scene, change: Action = change) -> None:
            change()
            bpy.ops.render.render(scene=scene.name)

        ways.append(render)
    return paired(*ways, runs, clock=time.process_time)


def _scene(path: Path, settings: Mapping[str, Any]) -> tuple[Any, Any]:
    """Make a scene of its own with a neuron."""
    import bpy
    from blender_spike.building.build import import_simulation
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier

    bpy.ops.scene.new(type="EMPTY")
    scene = bpy.context.scene
    (neuron,) = import_simulation(bpy.context, path, style="STRANDS")
    set_inputs(find_modifier(neuron), dict(settings))
    return scene, neuron


def _frames_of(
    scene: bpy.types.Scene, neuron: bpy.types.Object, count: int = 1
) -> Callable[[], None]:
    from blender_spike.properties import about

    frames, last = iter(range(10**6)), about(neuron).frames - 1

    def change() -> None:
        for _ in range(count):
            scene.frame_set(next(frames) % last, subframe=0.5)

    return change
