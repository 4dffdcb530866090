# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances are cut with what shows them; what they are instances of stays whole."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.cut_scene import BLUE, RED, flat_scene, pixel_centers
from helpers.eevee import rendered_by
from helpers.pictures import read_pixels

KINDS = ("object", "collection", "empty", "nested", "vertices", "geometry")


def collection_of(bpy, name, *things):
    """Move objects into a collection that no scene shows."""
    made = bpy.data.collections.new(name)
    for thing in things:
        for users in thing.users_collection:
            users.objects.unlink(thing)
        made.objects.link(thing)
    return made


def showing(bpy, collection):
    empty = bpy.data.objects.new(f"instance of {collection.name}", None)
    empty.instance_type, empty.instance_collection = "COLLECTION", collection
    bpy.context.scene.collection.objects.link(empty)
    return empty


def instancer(bpy, square, kind):
    """Show a square as an instance in one of Blender's ways; return what shows it."""
    from surface_slicer.common import nodes

    if kind == "vertices":
        mesh = bpy.data.meshes.new("point")
        mesh.from_pydata([(0, 0, 0)], [], [])
        parent = bpy.data.objects.new("parent", mesh)
        bpy.context.scene.collection.objects.link(parent)
        square.parent, parent.instance_type = parent, "VERTS"
        return parent
    if kind in ("empty", "nested"):
        shown = collection_of(bpy, "squares", square)
        if kind == "nested":
            shown = collection_of(bpy, "outer", showing(bpy, shown))
        return showing(bpy, shown)
    with nodes.geometry_group("Showing") as tree:
        tree.input("Geometry", "Geometry")
        if kind == "collection":
            info = tree.add("GeometryNodeCollectionInfo")
            info.bpy_node.inputs["Collection"].default_value = collection_of(bpy, "c", square)
        else:
            info = tree.add("GeometryNodeObjectInfo", {"As Instance": kind == "object"})
            info.bpy_node.inputs["Object"].default_value = square
        source = info["Instances" if kind == "collection" else "Geometry"]
        if kind == "geometry":
            point = tree.add("GeometryNodePoints", {"Count": 1})
            source = tree.add("GeometryNodeInstanceOnPoints", {"Points": point, "Instance": source})
        tree.output("Geometry", source)
    thing = bpy.data.objects.new("showing", bpy.data.meshes.new("showing"))
    bpy.context.scene.collection.objects.link(thing)
    thing.modifiers.new("Showing", "NODES").node_group = tree.tree
    if kind != "collection":
        collection_of(bpy, "hidden", square)
    return thing


def render(bpy, path):
    bpy.context.scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    return read_pixels(path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_what_an_object_shows_is_cut(bpy, tmp_path, kind):
    """Beyond the plane the ground is seen; afterwards the instance is whole again."""
    from surface_slicer.common.cut import slicer_group
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects

    _, square = flat_scene(bpy)
    material = square.active_material
    before = [(node.name, node.location[:]) for node in material.node_tree.nodes]
    thing = instancer(bpy, square, kind)
    sliced = slice_objects(bpy.context, [thing])
    assert not sliced.refused
    slicer_group.set_settings(slicer_group.slicer_group(sliced.slicer), {"Line Width": 0.0})
    # At the middle of what is seen, not of the empty.
    np.testing.assert_allclose(sliced.slicer.location, 0, atol=1e-6)
    away = pixel_centers()[..., 0] > 0
    expected = np.where(away[..., None], BLUE, RED)
    assert (render(bpy, tmp_path / "cut.png") == expected).all()
    pictures = rendered_by("BLENDER_EEVEE", bpy, tmp_path)
    assert (pictures == expected).all()
    remove_slicing(bpy.context, [thing])
    assert (render(bpy, tmp_path / "whole.png") == RED).all()
    assert [(node.name, node.location[:]) for node in material.node_tree.nodes] == before
    assert not slicer_group.slicer_groups()


def test_the_original_beside_its_instance_stays_whole(bpy, tmp_path):
    """And the other way round, an instance follows an original that is cut."""
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects

    _, square = flat_scene(bpy)
    square.scale, square.location = (0.4, 0.4, 1), (1, 1, 0)
    shown = bpy.data.collections.new("shown")
    shown.objects.link(square)
    empty = showing(bpy, shown)
    empty.location = (-2, -2, 0)
    slice_objects(bpy.context, [empty], axis="Y")
    pixels = render(bpy, tmp_path / "instance.png")
    original, lower, upper = pixels[12, 36], pixels[40, 12], pixels[30, 12]
    assert (original == RED).all() and (lower == RED).all() and (upper == BLUE).all()
    remove_slicing(bpy.context, [empty])
    slice_objects(bpy.context, [square], axis="Y")
    pixels = render(bpy, tmp_path / "original.png")
    # The cut is in the world, far above the instance.
    assert (pixels[4, 36] == BLUE).all() and (pixels[20, 36] == RED).all()
    assert (pixels[30, 12] == RED).all()


def test_an_instance_without_material_gets_one_for_the_time(bpy):
    from surface_slicer.common.cut.materials import cuts_of
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects

    _, square = flat_scene(bpy)
    material = square.active_material
    square.data.materials.clear()
    bpy.data.materials.remove(material)
    shown = collection_of(bpy, "shown", square)
    one, two = showing(bpy, shown), showing(bpy, shown)
    slice_objects(bpy.context, [one, two])
    assert len(cuts_of(square.active_material)) == 1
    remove_slicing(bpy.context, [one])
    assert len(cuts_of(square.active_material)) == 1
    remove_slicing(bpy.context, [two])
    assert not square.material_slots and not bpy.data.materials


def test_a_hidden_instancer_keeps_its_cut(bpy):
    """Blender does not evaluate it, but its instances are known."""
    from surface_slicer.common.cut.materials import cuts_of
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects

    _, square = flat_scene(bpy)
    material = square.active_material
    shown = collection_of(bpy, "shown", square)
    one, two = showing(bpy, shown), showing(bpy, shown)
    slice_objects(bpy.context, [one, two])
    two.hide_viewport = True
    remove_slicing(bpy.context, [one])
    assert len(cuts_of(material)) == 1
    remove_slicing(bpy.context, [two])
    assert not cuts_of(material)


def test_what_shows_only_lights_is_refused(bpy):
    from surface_slicer.slicer.slicer import slice_objects

    flat_scene(bpy)
    light = bpy.data.objects.new("lamp", bpy.data.lights.new("lamp", "POINT"))
    empty = showing(bpy, collection_of(bpy, "lamps", light))
    with pytest.raises(ValueError, match="'instance of lamps' cannot be cut: it is not drawn"):
        slice_objects(bpy.context, [empty])


def test_instances_from_another_file_are_refused_or_cut(bpy, tmp_path):
    """Their slots cannot be changed; nothing of them is said to be cut."""
    from surface_slicer.slicer.slicer import slice_objects

    _, square = flat_scene(bpy)
    shown = collection_of(bpy, "shown", square)
    path = tmp_path / "library.blend"
    bpy.data.libraries.write(str(path), {shown})
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(str(path), link=True) as (_, wanted):
        wanted.collections = ["shown"]
    empty = showing(bpy, wanted.collections[0])
    with pytest.raises(ValueError, match="it shows 'Plane', which belongs to another file"):
        slice_objects(bpy.context, [empty])
    assert not bpy.data.node_groups and list(bpy.data.objects) != []


def test_parts_without_a_material_are_named(bpy):
    """Geometry that nodes made has no slot to put one into."""
    from surface_slicer.common import nodes
    from surface_slicer.slicer.slicer import slice_objects

    _, square = flat_scene(bpy)
    with nodes.geometry_group("Ball") as tree:
        tree.input("Geometry", "Geometry")
        ball = tree.add("GeometryNodeMeshUVSphere")["Mesh"]
        none = tree.add("GeometryNodeSetMaterial", {"Geometry": ball})
        tree.output("Geometry", none)
    square.modifiers.new("Ball", "NODES").node_group = tree.tree
    refused = slice_objects(bpy.context, [square]).refused
    assert refused == ["'Plane' has parts without a material, which stay whole; give them one."]
