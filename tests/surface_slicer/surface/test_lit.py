# SPDX-License-Identifier: GPL-3.0-or-later
"""A surface in the light of lamps, and the two pictures that Film Scene makes."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.pictures import read_pixels


def picture(bpy, path, engine="CYCLES"):
    scene = bpy.context.scene
    scene.render.engine = engine
    scene.cycles.samples, scene.cycles.use_denoising = 4, False
    scene.render.resolution_x, scene.render.resolution_y = 96, 54
    scene.render.dither_intensity = 0.0
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    return read_pixels(path)


@pytest.fixture
def surface(bpy):
    bpy.ops.surface_slicer.create_surface()
    thing = bpy.context.object
    bpy.ops.surface_slicer.color_surface(relief=0.0, colormap="viridis")
    return thing


def test_lamps_show_the_form_and_nothing_else_changes(bpy, surface, tmp_path):
    """Lit 0 is the colormap's own color, to the bit; 1 depends on the lamps; a cut stays."""
    from surface_slicer.common.cut.materials import cuts_of
    from surface_slicer.surface.lit import lit_input, set_lit

    bpy.ops.surface_slicer.film_scene(preset="DIAGRAM", orbit=0.0, bloom=0.0)
    material = surface.active_material
    assert lit_input(material) is None
    own = picture(bpy, tmp_path / "own.png")
    bpy.ops.surface_slicer.film_scene(preset="CLOSE", orbit=0.0, bloom=0.0)
    bpy.ops.surface_slicer.film_scene(preset="DIAGRAM", orbit=0.0, bloom=0.0)
    assert lit_input(material).default_value == 0.0
    assert (picture(bpy, tmp_path / "again.png") == own).all()
    set_lit(material, 1.0)
    lit = picture(bpy, tmp_path / "lit.png")
    for sun in [thing for thing in bpy.data.objects if thing.type == "LIGHT"]:
        sun.hide_render = True
    dark = picture(bpy, tmp_path / "dark.png")
    there = own.max(axis=2) > 30
    assert dark[there].mean() < 0.8 * lit[there].mean() and dark[there].mean() > 10
    count = len(material.node_tree.nodes)
    set_lit(material, 0.5)
    assert len(material.node_tree.nodes) == count
    surface.select_set(True)
    bpy.context.view_layer.objects.active = surface
    bpy.ops.surface_slicer.slice_objects()
    assert len(cuts_of(material)) == 1
    bpy.context.view_layer.objects.active = surface
    bpy.ops.surface_slicer.color_surface(colormap="plasma")
    assert lit_input(material).default_value == 0.5


def test_a_sliced_surface_is_lit_too(bpy, surface):
    """What lamps shine on is before the cut, whichever came first."""
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects
    from surface_slicer.surface.lit import set_lit

    material = surface.active_material
    slice_objects(bpy.context, [surface])
    set_lit(material, 0.85)
    nodes = material.node_tree.nodes
    cut = next(node for node in nodes if node.name.startswith("Cut by"))
    for name in ("Shader", "Sliced Before"):
        assert cut.inputs[name].links[0].from_node == nodes["Lit"]
    remove_slicing(bpy.context, [surface])
    output = material.node_tree.get_output_node("ALL")
    assert output.inputs["Surface"].links[0].from_node == nodes["Lit"]


def test_close_fills_the_picture_and_a_diagram_shows_all(bpy, surface, tmp_path):
    """The surface leaves the picture below and at the sides, or has room all around."""
    bpy.ops.surface_slicer.film_scene(orbit=0.0, bloom=0.0)
    close = picture(bpy, tmp_path / "close.png").max(axis=2) > 20
    assert close[-1].mean() > 0.9 and close.mean() > 0.45
    assert close[-10:, 0].all() and not close[0].all()
    bpy.ops.surface_slicer.film_scene(preset="DIAGRAM", orbit=0.0, bloom=0.0)
    whole = picture(bpy, tmp_path / "whole.png").max(axis=2) > 20
    border = np.concatenate([whole[0], whole[-1], whole[:, 0], whole[:, -1]])
    assert not border.any() and whole.any()


def test_lit_is_a_button_and_then_a_field(bpy, surface, capfd):
    """It says where there is no lamp, and refuses a material that is somebody's own."""
    from surface_slicer.surface.lit import lit_input

    material = surface.active_material
    assert lit_input(material) is None
    assert bpy.ops.surface_slicer.lit(amount=0.5) == {"FINISHED"}
    assert lit_input(material).default_value == 0.5
    assert "there is no lamp yet" in capfd.readouterr().out
    bpy.ops.object.light_add(type="SUN")
    bpy.context.view_layer.objects.active = surface
    surface.select_set(True)
    assert bpy.ops.surface_slicer.lit() == {"FINISHED"}
    assert lit_input(material).default_value == pytest.approx(0.85)
    assert "no lamp" not in capfd.readouterr().out
    surface.material_slots[0].material = bpy.data.materials.new("own")
    with pytest.raises(RuntimeError, match="does not have the colors of a colormap"):
        bpy.ops.surface_slicer.lit()
