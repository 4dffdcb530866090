# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes and blended glass are cut, in both engines, and what is not cut away stays as it was."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.cut_scene import BLUE, EXTENT, RED, flat_scene, pixel_centers
from helpers.eevee import rendered_by

ENGINES = ("CYCLES", "BLENDER_EEVEE")
# EEVEE's volumes are coarse, and Cycles' edges lie within a pixel.
CLEAR = 0.4


def fog(bpy, square, *, surface=False, strength=0.05):
    """A cube full of green light, which adds to the blue behind it."""
    from surface_slicer.common import nodes

    bpy.data.objects.remove(square)
    # Cycles finds light in a medium at random.
    bpy.context.scene.cycles.samples = 128
    bpy.ops.mesh.primitive_cube_add(size=1.2 * EXTENT)
    cube = bpy.context.object
    material = bpy.data.materials.new("fog")
    with nodes.material(material) as tree:
        light = tree.add("ShaderNodeEmission", {"Color": (0, 1, 0, 1), "Strength": strength})
        clear = {"Surface": tree.add("ShaderNodeBsdfTransparent")} if surface else {}
        tree.add("ShaderNodeOutputMaterial", {"Volume": light, **clear})
    cube.data.materials.append(material)
    return cube


def cut(bpy, thing, axis="X", combine="ANY", **settings):
    from surface_slicer.common.cut import slicer_group
    from surface_slicer.slicer.slicer import slice_objects

    slicer = slice_objects(bpy.context, [thing], axis=axis, combine=combine).slicer
    values = {name.replace("_", " "): value for name, value in settings.items()}
    slicer_group.set_settings(slicer_group.slicer_group(slicer), {"Line Width": 0.0, **values})
    return slicer


def links(material):
    return sorted(
        (link.from_node.name, link.from_socket.name, link.to_node.name, link.to_socket.name)
        for link in material.node_tree.links
    )


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("surface", [False, True])
def test_a_volume_is_cut(bpy, tmp_path, engine, surface):
    """The fog ends at the plane; the surface around it does not turn black; all can be undone."""
    from surface_slicer.slicer.slicer import remove_slicing

    _, square = flat_scene(bpy)
    cube = fog(bpy, square, surface=surface)
    material = cube.active_material
    before = links(material), [tuple(node.location) for node in material.node_tree.nodes]
    whole = rendered_by(engine, bpy, tmp_path)
    assert whole[..., 1].min() > 100
    cut(bpy, cube)
    pixels = rendered_by(engine, bpy, tmp_path)
    x = pixel_centers()[..., 0]
    assert (pixels[x > CLEAR] == BLUE).all()
    assert np.abs(pixels - whole)[x < -CLEAR].mean() <= 2
    remove_slicing(bpy.context, [cube])
    after = links(material), [tuple(node.location) for node in material.node_tree.nodes]
    assert after == before


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("combine", ["ANY", "ALL"])
def test_two_slicers_cut_a_volume(bpy, tmp_path, engine, combine):
    """What either cuts, or what both do."""
    _, square = flat_scene(bpy)
    cube = fog(bpy, square)
    for axis in "XY":
        cut(bpy, cube, axis, combine)
    pixels = rendered_by(engine, bpy, tmp_path)
    x, y = np.moveaxis(pixel_centers()[..., :2], -1, 0)
    away = {"ANY": np.logical_or, "ALL": np.logical_and}[combine](x > 0, y > 0)
    clear = (np.abs(x) > CLEAR) & (np.abs(y) > CLEAR)
    assert (pixels[away & clear] == BLUE).all()
    assert pixels[~away & clear][:, 1].min() > 100


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_a_faded_volume(bpy, tmp_path, engine):
    """A quarter of the light remains with Faded, nothing with what only surfaces have."""
    from surface_slicer.common.cut import slicer_group

    _, square = flat_scene(bpy)
    cube = fog(bpy, square)
    slicer = cut(bpy, cube, Cut_Away="Faded", Side_B_Opacity=0.25)
    pixels = rendered_by(engine, bpy, tmp_path)
    x = pixel_centers()[..., 0]
    srgb = pixels[..., 1] / 255
    linear = np.where(srgb > 0.04045, ((srgb + 0.055) / 1.055) ** 2.4, srgb / 12.92)
    assert linear[x > CLEAR].mean() == pytest.approx(linear[x < -CLEAR].mean() / 4, rel=0.05)
    settings = {"Cut Away": "Color", "Side B Color": (1, 0, 0, 1)}
    slicer_group.set_settings(slicer_group.slicer_group(slicer), settings)
    assert (rendered_by(engine, bpy, tmp_path)[x > CLEAR] == BLUE).all()


def cloud_of(bpy, material=None):
    """A volume object that nodes fill, with a material of theirs or none."""
    from surface_slicer.common import nodes

    cloud = bpy.data.objects.new("cloud", bpy.data.volumes.new("cloud"))
    bpy.context.scene.collection.objects.link(cloud)
    with nodes.geometry_group("Cloud") as tree:
        tree.input("Geometry", "Geometry")
        cube = {"Density": 3.0, "Min": (-3, -3, -3), "Max": (3, 3, 3)}
        sizes = {f"Resolution {axis}": 8 for axis in "XYZ"}
        volume = tree.add("GeometryNodeVolumeCube", {**cube, **sizes})["Volume"]
        if material is not None:
            painted = {"Geometry": volume, "Material": material}
            volume = tree.add("GeometryNodeSetMaterial", painted)["Geometry"]
        tree.output("Geometry", volume)
    cloud.modifiers.new("Cloud", "NODES").node_group = tree.tree
    return cloud


@pytest.mark.slow
def test_a_volume_object_is_cut(bpy, tmp_path):
    """Smoke darkens the ground up to the plane."""
    from surface_slicer.common import nodes

    scene, square = flat_scene(bpy)
    bpy.data.objects.remove(square)
    scene.cycles.samples = 64
    smoke = bpy.data.materials.new("smoke")
    with nodes.material(smoke) as tree:
        medium = tree.add("ShaderNodeVolumePrincipled", {"Color": (0, 0, 0, 1)})
        tree.add("ShaderNodeOutputMaterial", {"Volume": medium})
    cloud = cloud_of(bpy, smoke)
    cut(bpy, cloud)
    x = pixel_centers()[..., 0]
    pixels = rendered_by("CYCLES", bpy, tmp_path)
    assert (pixels[x > CLEAR] == BLUE).all() and pixels[x < -CLEAR][:, 2].max() < 130


def test_a_volume_without_material(bpy):
    """It gets a medium for the time, never a surface; where nodes decide, that is said."""
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects

    _, square = flat_scene(bpy)
    bpy.data.objects.remove(square)
    cloud = cloud_of(bpy)
    refused = slice_objects(bpy.context, [cloud]).refused
    assert refused == ["'cloud' has parts without a material, which stay whole; give them one."]
    output = cloud.active_material.node_tree.get_output_node("ALL")
    assert output.inputs["Volume"].is_linked and not output.inputs["Surface"].is_linked
    remove_slicing(bpy.context, [cloud])
    assert not cloud.material_slots and cloud.name in bpy.context.scene.objects


def test_black_surfaces_of_older_volumes_are_mended(bpy):
    """Version 0.1.0 put its slicer before a surface that was not there, and left the fog."""
    from surface_slicer.common.cut.slicer_group import find_group
    from surface_slicer.slicer.slicer import slice_objects

    _, square = flat_scene(bpy)
    cube = fog(bpy, square)
    tree = cube.active_material.node_tree
    slicer = cut(bpy, cube)
    node = next(node for node in tree.nodes if node.bl_idname == "ShaderNodeGroup")
    output = next(node for node in tree.nodes if node.bl_idname == "ShaderNodeOutputMaterial")
    # As that version left it: another link, and a group that knows no media.
    light = next(node for node in tree.nodes if node.bl_idname == "ShaderNodeEmission")
    tree.links.remove(node.inputs["Shader"].links[0])
    tree.links.remove(node.inputs["Sliced Before"].links[0])
    tree.links.new(light.outputs[0], output.inputs["Volume"])
    tree.links.new(node.outputs["Shader"], output.inputs["Surface"])
    group = find_group(slicer)
    items = group.interface.items_tree
    group.interface.remove(next(item for item in items if item.name == "Volume"))
    slice_objects(bpy.context, [cube], slicer)
    assert not output.inputs["Surface"].is_linked
    assert output.inputs["Volume"].links[0].from_node.bl_idname == "ShaderNodeGroup"


def glass(bpy, square, *, opacity):
    from surface_slicer.common import nodes

    material = square.active_material
    with nodes.material(material) as tree:
        light = tree.add("ShaderNodeEmission", {"Color": (1, 0, 0, 1)})
        if opacity < 1:
            clear = tree.add("ShaderNodeBsdfTransparent")
            light = tree.mix_shader(opacity, clear, light)
        tree.add("ShaderNodeOutputMaterial", {"Surface": light})
    material.surface_render_method = "BLENDED"
    return material


@pytest.mark.slow
def test_blended_glass_stays_smooth(bpy, tmp_path):
    """One sample of EEVEE: each pixel that is not cut away is what it was, without a grain."""
    from surface_slicer.slicer.slicer import remove_slicing

    _, square = flat_scene(bpy)
    material = glass(bpy, square, opacity=0.5)
    material.use_transparency_overlap = False
    whole = rendered_by("BLENDER_EEVEE", bpy, tmp_path)
    assert len(np.unique(whole.reshape(-1, 3), axis=0)) == 1 and (whole[0, 0] != BLUE).any()
    cut(bpy, square)
    pixels = rendered_by("BLENDER_EEVEE", bpy, tmp_path)
    x = pixel_centers()[..., 0]
    assert (pixels[x < 0] == whole[x < 0]).all() and (pixels[x > 0] == BLUE).all()
    remove_slicing(bpy.context, [square])
    assert material.surface_render_method == "BLENDED" and not material.use_transparency_overlap


@pytest.mark.slow
def test_blended_opaque_bodies_are_sorted(bpy, tmp_path):
    """An opaque body that is cut open shows its near wall before its far one, as if dithered."""
    _, square = flat_scene(bpy)
    material = glass(bpy, square, opacity=1.0)
    cut(bpy, square)
    assert material.surface_render_method == "DITHERED"
    x = pixel_centers()[..., 0]
    pixels = rendered_by("BLENDER_EEVEE", bpy, tmp_path)
    assert (pixels[x < 0] == RED).all() and (pixels[x > 0] == BLUE).all()
