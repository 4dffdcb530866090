# SPDX-License-Identifier: GPL-3.0-or-later
"""Where figures go."""

from __future__ import annotations


def test_figures_go_into_no_linked_collection(bpy, tmp_path):
    """A collection of this name from another file cannot take any."""
    from common.figures import frame

    path = tmp_path / "other.blend"
    bpy.data.libraries.write(str(path), {bpy.data.collections.new(frame.COLLECTION)})
    bpy.data.collections.remove(bpy.data.collections[frame.COLLECTION])
    with bpy.data.libraries.load(str(path), link=True) as (_, here):
        here.collections = [frame.COLLECTION]
    scene = bpy.context.scene
    linked = here.collections[0]
    scene.collection.children.link(linked)
    made = frame.collection(scene)
    assert made != linked and made.is_editable
    assert frame.collection(scene) == made


def test_any_object_may_be_looked_through_but_is_no_camera(bpy):
    """Blender accepts an empty as a scene's camera."""
    from common import film

    scene = bpy.context.scene
    scene.camera = bpy.data.objects.new("Empty", None)
    assert film.camera_of(scene) is None
    scene.camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    assert film.camera_of(scene) == scene.camera
