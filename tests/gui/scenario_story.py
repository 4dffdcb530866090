# SPDX-License-Identifier: GPL-3.0-or-later
"""A story is dropped, changed and rebuilt, and a pace typed; each is one step to undo."""

from __future__ import annotations

from typing import Any

import bpy
from window import (
    DATA,
    Step,
    back_and_forth,
    check,
    click,
    drop,
    empty_scene,
    key,
    move,
    open_panel,
    open_tab,
    picture,
    reports,
    see,
    type_letters,
    undo,
)

FILES = "slicer"
# The refused story's sentence is what this wants to see.
EXPECTED = ("story.toml, line 10",)
STORY = """
[film]
size = "320x180"
fps = 24

[curve.wave]
file = "wave.npy"

[timeline]
"0:00" = { draw = "wave", for = 1 }
"""


def film() -> Any:
    return next((one for one in bpy.data.scenes if one.name.startswith("Film")), None)


def wave() -> Any:
    return next(one for one in film().objects if one.name.startswith("wave"))


def drawn_at() -> list[tuple[float, float]]:
    """Frame and value of each keyframe of how far the curve is drawn."""
    strip = wave().animation_data.action.layers[0].strips[0]
    (curve,) = (one for bag in strip.channelbags for one in bag.fcurves)
    return [(round(key.co.x), round(key.co.y, 3)) for key in curve.keyframe_points]


def scenario() -> Step:
    yield from empty_scene()
    yield from open_tab("Surface Slicer")
    first = bpy.context.scene.name
    path = DATA / "story.toml"
    path.write_text(STORY.replace("for = 1", "fore = 1"))
    yield from drop("story.toml")
    yield from see(lambda: "story.toml, line 10" in reports(), "a wrong story is refused")
    check(film() is None, "nothing is made of it")
    yield from key("ESC")
    yield from move(20, 20)
    path.write_text(STORY)
    yield from drop("story.toml")
    yield from see(lambda: film() is not None, "a dropped story has a scene")
    yield from see(lambda: bpy.context.window.scene == film(), "which the window shows")
    picture("told")
    yield from undo()
    yield from see(lambda: film() is None, "one step of undo takes it back")
    yield from see(lambda: bpy.context.window.scene.name == first, "the scene before is shown")
    yield from drop("story.toml")
    yield from see(lambda: film() is not None, "it is told again")
    wave().location.z = 0.25
    bpy.ops.ed.undo_push(message="Moved by hand")
    path.write_text(STORY.replace("for = 1", "for = 2").replace("fps = 24", "fps = 25"))
    yield from open_tab("Surface Slicer")
    yield from open_panel("SURFACE_SLICER_PT_story")
    picture("panel")
    yield from click("surface_slicer.rebuild_story", 0.7)
    yield from see(lambda: film().render.fps == 25, "it is rebuilt")
    check(wave().location.z == 0.25, "what was moved by hand stays")
    yield from back_and_forth(lambda: film().render.fps == 24, lambda: film().render.fps == 25)
    yield from type_a_pace()


def type_a_pace() -> Step:
    """In the dialog of the panel *Pace*, whose field takes letters at once."""
    with bpy.context.temp_override(scene=film()):
        bpy.ops.object.select_all(action="DESELECT")
    wave().select_set(True)
    bpy.context.view_layer.objects.active = wave()
    before = drawn_at()
    yield from open_panel("SURFACE_SLICER_PT_pace")
    picture("pace")
    yield from click("surface_slicer.set_pace", 0.7)
    picture("pace asked for")
    yield from key("A", ctrl=True)
    yield from type_letters("0 0, 0.4s 0.5, 1s 0.5, 2s 1 smooth")
    yield from key("RET")
    picture("pace typed")
    yield from key("RET")
    paced = [(1, 0.0), (11, 0.5), (26, 0.5), (51, 1.0)]
    yield from see(lambda: drawn_at() == paced, "the curve is drawn at the pace that was typed")
    picture("paced")
    yield from back_and_forth(lambda: drawn_at() == before, lambda: drawn_at() == paced)
