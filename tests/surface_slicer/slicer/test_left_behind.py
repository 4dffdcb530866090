# SPDX-License-Identifier: GPL-3.0-or-later
"""What a deleted surface leaves behind, and a slicer that was copied."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.cut_scene import BLUE, RED, flat_scene, pixel_centers
from helpers.panels import shown
from helpers.pictures import read_pixels

PANEL = "SURFACE_SLICER_PT_left_behind"


def select(bpy, *things):
    bpy.ops.object.select_all(action="DESELECT")
    for thing in things:
        thing.select_set(True)
    bpy.context.view_layer.objects.active = things[0]


@pytest.fixture
def whole(bpy):
    """A surface with everything that can belong to it."""
    bpy.ops.surface_slicer.create_surface(base_plane=True, axes=True)
    surface = bpy.context.object
    bpy.ops.surface_slicer.color_surface()
    bpy.ops.surface_slicer.slice_objects()
    bpy.ops.surface_slicer.add_wireframe_twin()
    bpy.ops.surface_slicer.add_profile(graph=True)
    return surface


def test_a_deleted_surface_leaves_nothing(bpy, whole):
    """One button removes its twin, graph, axes and plane, and what only they used."""
    assert PANEL not in shown(bpy, "surface_slicer")
    assert not bpy.ops.surface_slicer.remove_left_behind.poll()
    whole_name = whole.name
    names = {thing.name for thing in bpy.context.scene.objects}
    select(bpy, whole)
    bpy.ops.object.delete()
    assert PANEL in shown(bpy, "surface_slicer")
    assert bpy.ops.surface_slicer.remove_left_behind() == {"FINISHED"}
    left = {thing.name for thing in bpy.context.scene.objects}
    assert left == {"Slicer"} and len(names) == 6
    assert {thing.name for thing in bpy.data.objects} == {"Slicer"}
    # Blender itself keeps the material of a deleted object until the file is saved.
    unused = [material.name for material in bpy.data.materials if not material.users]
    assert set(unused) <= {f"{whole_name} color", "Figure Ink"}
    assert PANEL not in shown(bpy, "surface_slicer")


def test_what_was_only_unparented_or_hidden_stays(bpy, whole):
    """Axes that somebody moved elsewhere still follow the surface."""
    axes = next(child for child in whole.children if child.name.endswith("axes"))
    axes.parent = None
    whole.hide_viewport = True
    assert not bpy.ops.surface_slicer.remove_left_behind.poll()


@pytest.mark.parametrize("with_surface", [False, True])
def test_a_copied_slicer_cuts(bpy, tmp_path, with_surface):
    """Of its own, what the original cuts or what is selected with it, with the same settings."""
    from surface_slicer.common.cut.slicer_group import find_group, set_settings, setting

    scene, square = flat_scene(bpy)
    select(bpy, square)
    bpy.ops.surface_slicer.slice_objects()
    slicer = bpy.context.object
    set_settings(find_group(slicer), {"Line Width": 0.0, "Side B Opacity": 0.3, "Flip": True})
    slicer.location.x = -1.0
    select(bpy, slicer)
    bpy.ops.object.duplicate()
    copy = bpy.context.object
    copy.location.x = 1.0
    copy.rotation_euler.z = np.pi
    if with_surface:
        square.select_set(True)
    assert find_group(copy) is None
    assert bpy.ops.surface_slicer.slice_objects() == {"FINISHED"}
    assert len([thing for thing in bpy.data.objects if thing.type == "EMPTY"]) == 2
    assert setting(find_group(copy), "Side B Opacity").default_value == pytest.approx(0.3)
    scene.render.filepath = str(tmp_path / "picture.png")
    bpy.ops.render.render(write_still=True)
    x = pixel_centers()[..., 0]
    kept = (x > -1.0) & (x < 1.0)
    pixels = read_pixels(tmp_path / "picture.png")
    assert (pixels == np.where(kept[..., None], RED, BLUE)).all()
    select(bpy, square)
    bpy.ops.surface_slicer.remove_slicing()
    assert not [thing for thing in bpy.data.objects if thing.type == "EMPTY"]


def test_lights_of_deleted_companions_go_with_the_cut(bpy, whole):
    """And so does the stand-in of an object without material."""
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    bpy.ops.surface_slicer.slice_objects()
    slicer = bpy.context.object
    bpy.data.objects.remove(cube)
    for thing in [one for one in bpy.data.objects if one.name.endswith(("Graph", "Wireframe"))]:
        bpy.data.objects.remove(thing)
    select(bpy, whole)
    bpy.ops.surface_slicer.remove_slicing()
    assert all(material.users for material in bpy.data.materials)
    assert slicer.name in bpy.data.objects
