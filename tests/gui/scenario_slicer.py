# SPDX-License-Identifier: GPL-3.0-or-later
"""Surface Slicer: type, color, slice, sweep, undo, drop, fill a ramp, as a person does."""

from __future__ import annotations

from typing import Any

import bpy
from window import (
    DATA,
    Step,
    adjust_last,
    area,
    back_and_forth,
    check,
    choose_colormap,
    click,
    drop,
    empty_scene,
    key,
    move,
    open_tab,
    pick,
    picture,
    reports,
    save_and_open,
    see,
    type_into,
    undo,
    viewport,
)

# What the log may hold: the refused file's sentence is what this wants to see.
EXPECTED = ("Cannot read bad.npy",)
# What `run.py --plant` breaks, each by itself; this has to notice.
FAULTS = {
    "operator": "SURFACE_SLICER_OT_remove_slicing",
    "draw": "SURFACE_SLICER_PT_beside",
    "poll": "SURFACE_SLICER_OT_animate_sweep",
}


def objects() -> Any:
    return bpy.data.objects


def scenario() -> Step:
    yield from empty_scene()
    yield from open_tab("Surface Slicer")
    picture("empty")
    yield from make_and_color()
    yield from slice_and_take_back()
    yield from curve()
    yield from color_ramp()
    yield from drop_files()
    yield from save_and_slice()


def make_and_color() -> Step:
    yield from type_into("surface_slicer.filepath", str(DATA / "hill.npy"))
    yield from pick("surface_slicer.origin", 1)
    yield from click("surface_slicer.create_surface")
    yield from see(lambda: "hill" in objects(), "the button makes a surface of the typed file")
    check(objects()["hill"].surface_slicer.origin == "LOWER", "it is made as an enum was picked")
    yield from click("surface_slicer.add_axes", 0.7)
    yield from see(lambda: len(objects()["hill"].children) == 1, "the surface has axes")

    def node(name: str) -> Any:
        return bpy.data.materials["hill color"].node_tree.nodes[name]

    yield from choose_colormap(
        "surface_slicer.choose_colormap",
        "magm",
        lambda: str(node("Colormap").image.name),
        "colormap magma",
    )

    def reverse() -> Any:
        return node("Colormap Range").inputs["Reverse"].default_value

    yield from adjust_last(reverse, "the choice is reversed in the last operation's panel")
    picture("colored")
    yield from back_and_forth(
        lambda: not reverse() and node("Colormap").image.name != "colormap magma",
        lambda: bool(reverse()) and node("Colormap").image.name == "colormap magma",
    )
    yield from click("surface_slicer.show_values", 0.35)
    yield from see(lambda: node("Value").attribute_name == "x", "one click shows another value")


def slice_and_take_back() -> Step:
    yield from click("surface_slicer.slice_objects")
    yield from see(lambda: "Slicer" in objects(), "the button slices")
    with viewport():
        bpy.ops.view3d.view_all()
    yield from click("surface_slicer.add_wireframe_twin")
    yield from see(lambda: "hill Wireframe" in objects(), "wires stand where it is cut away")
    yield from click("surface_slicer.animate_sweep")
    yield from see(lambda: objects()["Slicer"].animation_data is not None, "the slicer travels")
    bpy.context.scene.frame_set(125)
    yield
    yield
    picture("sliced")
    select("hill")
    yield from click("surface_slicer.remove_slicing")
    yield from see(lambda: not cuts(), "removing takes the cut out of the materials")
    picture("whole")
    yield from undo()
    yield from see(cuts, "undo brings the cut back")


def select(name: str) -> None:
    with viewport():
        bpy.ops.object.select_all(action="DESELECT")
    objects()[name].select_set(True)
    bpy.context.view_layer.objects.active = objects()[name]


def cuts() -> bool:
    return any("Cut by" in group.name for group in bpy.data.node_groups)


def curve() -> Step:
    with viewport():
        bpy.ops.surface_slicer.create_curve(filepath=str(DATA / "wave.npy"))
    yield
    yield from click("surface_slicer.draw_on")
    yield from see(lambda: objects()["wave"].animation_data is not None, "the curve draws itself")
    picture("curve")


def color_ramp() -> Step:
    """Put a colormap on a color ramp in the shader editor, in the viewport's place."""
    with viewport():
        bpy.ops.mesh.primitive_cube_add()
    material = bpy.data.materials.new("ramp")
    bpy.context.object.data.materials.append(material)
    tree = material.node_tree
    ramp = tree.nodes.new("ShaderNodeValToRGB")
    for node in tree.nodes:
        node.select = node == ramp
    tree.nodes.active = ramp
    area().ui_type = "ShaderNodeTree"
    yield
    yield from open_tab("Node")
    picture("ramp")
    yield from click("surface_slicer.fill_color_ramp")
    yield from see(lambda: len(ramp.color_ramp.elements) > 8, "the ramp takes a colormap's stops")
    picture("ramp filled")
    area("NODE_EDITOR").ui_type = "VIEW_3D"
    yield
    yield


def drop_files() -> Step:
    yield from drop("waves.npy")
    yield from see(lambda: "waves" in objects(), "a dropped array becomes a surface")
    yield from drop("bad.npy")
    yield from see(lambda: "Cannot read bad.npy" in reports(), "a dropped bad file is refused")
    check("bad" not in objects(), "nothing is made of it")
    picture("refused")
    yield from key("ESC")
    yield from move(20, 20)
    yield from undo()
    yield from see(lambda: "waves" not in objects(), "undo takes the drop back")


def save_and_slice() -> Step:
    yield from save_and_open()
    check(cuts() and "hill Wireframe" in objects(), "the saved file opens, cut as it was")
    select("hill")
    yield from open_tab("Surface Slicer")
    yield from click("surface_slicer.remove_slicing")
    yield from see(lambda: not cuts(), "a cut of a saved file can be taken out")
    picture("opened")
