# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person does with Surface Slicer in a window; run inside Blender by `run.py`."""

from __future__ import annotations

import sys
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent))
from driving import (
    DATA,
    Step,
    area,
    check,
    click,
    drop,
    install,
    key,
    open_tab,
    picture,
    sidebar_picture,
    start,
    type_into,
    viewport,
)


def scenario() -> Step:
    """Type an array, color, draw axes, slice, sweep, take it all back, drop, fill a color ramp."""
    yield from install("Surface Slicer")
    yield from type_into("surface_slicer.filepath", str(DATA / "hill.npy"))
    yield from click("surface_slicer.create_surface")
    check("hill" in bpy.data.objects, "the button makes a surface of the typed file")
    surface = bpy.data.objects["hill"]
    yield from click("surface_slicer.add_axes", 0.7)
    check(len(surface.children) == 1, "the surface has axes")
    yield from type_into("surface_slicer.colormap", "viridis")
    nodes = bpy.data.materials["hill color"].node_tree.nodes
    check(nodes["Colormap"].image.name == "colormap viridis", "a typed colormap is used")
    picture("colored")
    yield from click("surface_slicer.choose_colormap", 0.84)
    yield
    picture("colormaps")
    # The first ends typing, the second closes the window.
    yield from key("ESC")
    yield from key("ESC")
    yield from click("surface_slicer.show_values", 0.35)
    check(nodes["Value"].attribute_name == "x", "one click shows another value")

    yield from click("surface_slicer.slice_objects")
    check("Slicer" in bpy.data.objects, "the button slices")
    with viewport():
        bpy.ops.view3d.view_all()
    yield from click("surface_slicer.add_wireframe_twin")
    yield from click("surface_slicer.animate_sweep")
    check(bpy.data.objects["Slicer"].animation_data is not None, "the slicer travels")
    bpy.context.scene.frame_set(125)
    yield
    picture("sliced")
    sidebar_picture("surface_panel")
    groups = len(bpy.data.node_groups)
    yield from click("surface_slicer.remove_slicing")
    check(len(bpy.data.node_groups) < groups, "removing takes the cut out of the materials")
    picture("whole")
    with viewport():
        bpy.ops.ed.undo()
    yield
    check(any("Cut by" in g.name for g in bpy.data.node_groups), "undo brings the cut back")

    yield from drop("waves.npy")
    check("waves" in bpy.data.objects, "a dropped array becomes a surface")

    with viewport():
        bpy.ops.surface_slicer.create_curve(filepath=str(DATA / "wave.npy"))
    yield
    yield from click("surface_slicer.draw_on")
    tracks = bpy.data.objects["wave"].animation_data
    check(tracks is not None, "the curve draws itself")
    picture("curve")

    yield from fill_a_ramp()
    area("NODE_EDITOR").ui_type = "VIEW_3D"
    yield
    # Last, since its message stands in the way.
    yield from drop("bad.npy")
    check("bad" not in bpy.data.objects, "a dropped bad file is refused")
    picture("refused")


def fill_a_ramp() -> Step:
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
    check(len(ramp.color_ramp.elements) > 8, "the ramp takes a colormap's stops")
    picture("filled")


start(scenario())
