# SPDX-License-Identifier: GPL-3.0-or-later
"""The glow is the same in a draft and in all view layers that are rendered."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.eevee import ENGINES, use_engine
from helpers.pictures import exact_view, read_pixels

RED, BLUE = (1.0, 0.1, 0.05), (0.1, 0.2, 1.0)


def add_light(bpy, color, x: float, size: float = 0.5):
    """A square that shines, in a collection of its own."""
    bpy.ops.mesh.primitive_plane_add(size=size, location=(x, 0, 0))
    thing = bpy.context.object
    material = bpy.data.materials.new("light")
    tree = material.node_tree
    tree.nodes.clear()
    light = tree.nodes.new("ShaderNodeEmission")
    light.inputs["Color"].default_value = (*color, 1.0)
    light.inputs["Strength"].default_value = 2.0
    tree.links.new(light.outputs[0], tree.nodes.new("ShaderNodeOutputMaterial").inputs[0])
    thing.data.materials.append(material)
    collection = bpy.data.collections.new("lights")
    bpy.context.scene.collection.children.link(collection)
    for old in thing.users_collection:
        old.objects.unlink(thing)
    collection.objects.link(thing)
    return thing


def rendered(bpy, path):
    bpy.context.scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    return read_pixels(path)


@pytest.mark.parametrize("size", [0.5, pytest.param(0.2, marks=pytest.mark.slow)])
def test_a_draft_glows_as_the_film(bpy, tmp_path, size):
    """At every height; Blender's own bloom differs by more than 5 of 255 in half of the halo."""
    from common import film

    scene = exact_view(bpy, 4, (768, 432))
    scene.cycles.samples = 4
    add_light(bpy, (1, 1, 1), 0, 0.8)
    film.add_bloom(scene, 1.0, size=size)
    pictures = {}
    for percent in (25, 50, 100):
        scene.render.resolution_percentage = percent
        pixels = rendered(bpy, tmp_path / f"{percent}.png")
        factor = percent // 25
        pictures[percent] = pixels.reshape(108, factor, 192, factor, 3).mean((1, 3))
    whole = pictures[100]
    halo = (whole.max(axis=2) > 4) & (whole.max(axis=2) < 200)
    # Not at the very edge, which is nowhere the same in small and large pixels.
    for axis in (0, 1):
        for step in (-2, -1, 1, 2):
            halo &= np.roll(whole.max(axis=2), step, axis=axis) < 200
    assert halo.sum() > 1500
    for percent in (25, 50):
        difference = np.abs(pictures[percent] - whole).max(axis=2)[halo]
        # The few are beside the edge.
        median, most = np.percentile(difference, [50, 99])
        assert median <= 1 and most <= 4


def in_two_layers(bpy, scene):
    """The red light in one view layer, the blue one in another, side by side and overlapping."""
    red, blue = add_light(bpy, RED, -0.4), add_light(bpy, BLUE, 0.0)
    scene.view_layers.new("second")
    for number, layer in enumerate(scene.view_layers):
        for child in layer.layer_collection.children:
            hidden = blue if number == 0 else red
            child.exclude = hidden.name in child.collection.objects
    return red, blue


@pytest.mark.parametrize("engine", ENGINES)
def test_all_view_layers_are_in_the_picture_and_glow(bpy, tmp_path, engine):
    """As the same things in one view layer; the second was black before."""
    from common import film

    scene = exact_view(bpy, 3, (192, 128))
    use_engine(scene, engine, 16)
    red, blue = add_light(bpy, RED, -0.4), add_light(bpy, BLUE, 0.0)
    # Above the red one, as the second view layer is.
    blue.location.z = 0.1
    film.add_bloom(scene, 1.0)
    together = rendered(bpy, tmp_path / "together.png")
    layer = scene.view_layers.new("second")
    (first,) = (one for one in scene.view_layers if one != layer)
    for one, hidden in ((first, blue), (layer, red)):
        for child in one.layer_collection.children:
            child.exclude = hidden.name in child.collection.objects
    alone = rendered(bpy, tmp_path / "alone.png")
    assert np.abs(alone - together).max() > 200
    group = film.add_bloom(scene, 1.0)
    film.add_bloom(scene, 1.0)
    both = rendered(bpy, tmp_path / "both.png")
    # Samples differ along edges.
    different = np.abs(both - together).max(axis=2) > 2
    assert different.mean() < 0.01 and np.abs(both - together).mean() < 0.2
    kinds = [node.bl_idname for node in group.nodes]
    assert kinds.count("CompositorNodeRLayers") == 2


@pytest.mark.parametrize(("engine", "device"), [("CYCLES", "CPU"), ("BLENDER_EEVEE", "GPU")])
def test_cycles_needs_no_graphics_card(bpy, engine, device):
    """On a machine without one, Blender would end at the first frame."""
    from common import film

    scene = bpy.context.scene
    scene.render.engine = engine
    assert scene.render.compositor_device == "GPU"
    film.add_bloom(scene, 1.0)
    assert scene.render.compositor_device == device


def test_view_layers_lie_on_the_world(bpy, tmp_path):
    """On its color, also after that changes; on nothing where the film is transparent."""
    from common import film

    scene = exact_view(bpy, 3, (96, 64))
    in_two_layers(bpy, scene)
    film.use_plain_world(scene, (0.0, 0.2, 0.0))
    film.add_bloom(scene, 0.0)
    assert scene.render.film_transparent
    assert rendered(bpy, tmp_path / "green.png")[2, 2] == pytest.approx([0, 124, 0], abs=1)
    film.use_plain_world(scene, (0.2, 0.0, 0.0))
    assert rendered(bpy, tmp_path / "red.png")[2, 2] == pytest.approx([124, 0, 0], abs=1)
    film.add_bloom(scene, 0.5)
    assert rendered(bpy, tmp_path / "red.png")[2, 2, 0] > 120
    film.use_transparent_ground(scene, straight=False)
    assert rendered(bpy, tmp_path / "none.png")[2, 2].max() < 40


def test_view_layers_over_a_picture_are_refused(bpy):
    """None could lie over the others; nothing has changed."""
    from common import film

    scene = exact_view(bpy, 3, (96, 64))
    in_two_layers(bpy, scene)
    scene.world = bpy.data.worlds.new("Sky")
    with pytest.raises(film.LayersError, match="2 view layers are rendered"):
        film.add_bloom(scene)
    assert scene.compositing_node_group is None and not scene.render.film_transparent
    scene.view_layers["second"].use = False
    film.add_bloom(scene)
    scene.view_layers["second"].use = scene.render.film_transparent = True
    group = film.add_bloom(scene)
    assert sum(node.bl_idname == "CompositorNodeRLayers" for node in group.nodes) == 2
