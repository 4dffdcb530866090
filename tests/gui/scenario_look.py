# SPDX-License-Identifier: GPL-3.0-or-later
"""What is seen and said: bloom in the viewport, lists that follow it, panels that stay."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
from window import (
    PICTURES,
    Step,
    area,
    check,
    click,
    command_under_pointer,
    empty_scene,
    find,
    into_viewport,
    open_panel,
    open_tab,
    picture,
    press,
    region,
    reports,
    see,
    sidebar,
    undo,
    viewport,
    window,
)

# What `run.py --plant` breaks, each by itself; this has to notice.
FAULTS = {
    "operator": "BLENDER_SPIKE_OT_bloom",
    "draw": "SURFACE_SLICER_PT_shape",
    "poll": "SURFACE_SLICER_OT_slice_objects",
}


def scenario() -> Step:
    yield from empty_scene()
    yield from bloom_in_the_viewport()
    yield from surfaces_in_a_row()
    yield from regions_in_the_list()


def bloom_in_the_viewport() -> Step:
    """A shining ball on black: what is dark beside it glows as soon as the button is pressed."""
    with viewport():
        bpy.ops.mesh.primitive_uv_sphere_add(radius=1.0)
    tree = bpy.data.materials.new("shining").node_tree
    tree.nodes.clear()
    light = tree.nodes.new("ShaderNodeEmission")
    light.inputs["Strength"].default_value = 5.0
    output = tree.nodes.new("ShaderNodeOutputMaterial")
    tree.links.new(light.outputs[0], output.inputs["Surface"])
    bpy.context.object.data.materials.append(bpy.data.materials["shining"])
    space = area().spaces.active
    space.overlay.show_overlays = space.show_gizmo = False
    space.shading.type = "RENDERED"
    yield from open_tab("BlenderSpike")
    yield from open_panel("BLENDER_SPIKE_PT_film")
    yield from click("blender_spike.black_world")
    yield from see(lambda: beside() < 0.01, "the background is black")
    check(space.shading.use_compositor == "DISABLED", "the viewport shows no compositor at first")
    yield from click("blender_spike.bloom")
    yield from see(lambda: space.shading.use_compositor == "ALWAYS", "the viewport shows it")
    yield from see(lambda: beside() > 0.02, "what is beside the ball glows in the viewport")
    check("glow in renders and in the viewport's" in reports(), "the report says where")
    picture("bloom")
    space.shading.type = "SOLID"
    space.overlay.show_overlays = space.show_gizmo = True
    yield from empty_scene()


def beside() -> float:
    """Mean brightness of the viewport in a ring around its middle, from a picture of the screen."""
    view = region("WINDOW")
    top = window().height - view.y - view.height
    picture("beside", "-crop", f"{view.width}x{view.height}+{view.x}+{top}", "+repage")
    image = bpy.data.images.load(str(PICTURES / "beside.png"))
    try:
        pixels = np.empty(image.size[0] * image.size[1] * 4, np.float32)
        image.pixels.foreach_get(pixels)
        lit = pixels.reshape(image.size[1], image.size[0], 4)[..., :3].max(axis=2)
    finally:
        bpy.data.images.remove(image)
    # From the ball's edge outwards, at the height of its middle.
    row = lit[image_middle(lit)]
    ball = np.flatnonzero(row > 0.9)
    check(len(ball) > 20, "the ball is seen")
    return float(row[max(ball[0] - 30, 0) : ball[0] - 6].mean())


def image_middle(lit: Any) -> int:
    """Find the row in which the ball is widest."""
    return int((lit > 0.9).sum(axis=1).argmax())


def surfaces_in_a_row() -> Step:
    yield from open_tab("Surface Slicer")
    bpy.context.scene.surface_slicer.kind = "FORMULA"
    yield
    for count in (1, 2):
        yield from click("surface_slicer.create_surface")
        yield from see(lambda n=count: len(surfaces()) == n, f"{count} surfaces are made")
    first, second = surfaces()
    check(second.location.x > first.location.x + 2, "the second one stands beside the first")
    check("placed beside" in reports(), "the report says so")
    with viewport():
        bpy.ops.view3d.view_all()
    yield from click("surface_slicer.slice_objects")
    yield from see(lambda: bpy.context.object.type == "EMPTY", "the slicer is active after Slice")
    yield
    picture("sliced")
    yield from click("surface_slicer.base_plane", 0.25)
    yield from see(lambda: len(second.children) == 1, "the surface's buttons are still there")
    yield from undo()
    yield from see(lambda: not surfaces()[1].children, "undo takes the plane back")
    yield from click("surface_slicer.remove_slicing")
    yield from see(lambda: bpy.context.object == surfaces()[1], "what was cut is active again")
    picture("whole")
    yield from empty_scene()


def surfaces() -> list[Any]:
    meshes = [thing for thing in bpy.context.scene.objects if thing.surface_slicer.rows]
    return sorted(meshes, key=lambda thing: thing.location.x)


def regions_in_the_list() -> Step:
    with viewport():
        bpy.ops.blender_brain.make_demo_atlas()
        bpy.ops.blender_brain.import_regions(atlas="demo_mouse_100um", acronyms="CA3, DG, MO")
        bpy.ops.view3d.view_all()
    yield from open_tab("BlenderBrain")
    objects = bpy.context.scene.objects
    for name in ("DG", "CA3"):
        with viewport():
            bpy.ops.object.select_all(action="DESELECT")
        objects[name].select_set(True)
        bpy.context.view_layer.objects.active = objects[name]
        yield
        yield
        check(lit() == name, f"the list shows {name}, which was selected elsewhere")
        picture(f"list {name}")
    yield from click('blender_brain.isolate(region="DG"', 0.65)
    yield from see(
        lambda: objects["CA3"].hide_viewport and lit() == "DG", "one is isolated, and lit"
    )
    picture("isolated")
    yield from click("blender_brain.show_all")
    yield from see(lambda: not objects["CA3"].hide_viewport, "all are shown")
    # A click on a row, beside the button that isolates its region.
    yield from click_row("CA3")
    yield from see(lambda: lit() == "CA3" and objects["CA3"].select_get(), "a row is clicked")
    yield from undo()
    yield from see(lambda: lit() == "DG", "undo selects what was selected before")
    yield from into_viewport()
    with viewport():
        bpy.ops.object.select_all(action="DESELECT")
    yield
    yield
    picture("nothing selected")
    with viewport():
        bpy.ops.blender_brain.add_labels()
    yield from see(lambda: labels() == 3, "all that are seen are labeled")
    check("Film Camera" in objects, "by a camera that was made")
    picture("labeled")


def click_row(name: str) -> Step:
    place = yield from find(f'isolate(region="{name}"', command_under_pointer, 0.65)
    yield from press(sidebar().x + int(sidebar().width * 0.3), place[1])


def lit() -> str:
    scene = bpy.context.scene
    row = scene.blender_brain.row
    return "" if row < 0 else str(scene.objects[row].name)


def labels() -> int:
    return sum(thing.name.endswith(" label") for thing in bpy.context.scene.objects)
