# SPDX-License-Identifier: GPL-3.0-or-later
"""Camera, orbit, world and bloom, checked by projection and by pixels."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.pictures import read_pixels


@pytest.fixture
def film(bpy):
    from common import film

    return film


def tall_mesh(bpy):
    bpy.ops.mesh.primitive_cube_add(location=(3, 40, -2))
    thing = bpy.context.object
    thing.scale = (2, 6, 1)
    bpy.context.view_layer.update()
    return thing


def projected(bpy, camera, thing):
    """Corners in the picture, 0..1 in both directions."""
    from bpy_extras.object_utils import world_to_camera_view
    from mathutils import Vector

    scene = bpy.context.scene
    return np.array(
        [
            world_to_camera_view(scene, camera, thing.matrix_world @ Vector(corner))
            for corner in thing.bound_box
        ]
    )


@pytest.mark.parametrize("size", [(720, 1280), (1280, 720), (500, 500)])
def test_camera_frames_the_subject(bpy, film, size):
    """All of it in the picture, with the margin, and not smaller than it need be."""
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = size
    thing = tall_mesh(bpy)
    camera = film.frame_camera(scene, [thing], margin=0.05)
    bpy.context.view_layer.update()
    seen = projected(bpy, camera, thing)
    assert seen[:, :2].min() > 0.03 and seen[:, :2].max() < 0.97
    assert max(np.ptp(seen[:, 0]), np.ptp(seen[:, 1])) > 0.8
    assert (seen[:, 2] > camera.data.clip_start).all()
    assert (seen[:, 2] < camera.data.clip_end).all()


@pytest.mark.parametrize("bottom", [0.2, 0.5])
def test_camera_leaves_room_below(bpy, film, bottom):
    """The subject fills what is left of the picture, also while the camera circles around it."""
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = 300, 500
    thing = tall_mesh(bpy)
    camera = film.frame_camera(scene, [thing], margin=0.05, bottom=bottom)
    film.orbit(camera, 40, 0, 10)
    for frame in (0, 5):
        scene.frame_set(frame)
        seen = projected(bpy, camera, thing)
        assert seen[:, 1].min() == pytest.approx(bottom + 0.05, abs=0.04)
        assert seen[:, 1].max() == pytest.approx(0.95, abs=0.04)
        assert seen[:, 0].min() > 0 and seen[:, 0].max() < 1


def test_camera_is_made_once(bpy, film):
    """Framing again moves it, also after an orbit."""
    thing = tall_mesh(bpy)
    scene = bpy.context.scene
    first = film.frame_camera(scene, [thing])
    film.orbit(first, 90, 0, 10)
    scene.frame_set(10)
    second = film.frame_camera(scene, [thing])
    bpy.context.view_layer.update()
    assert first == second and len(bpy.data.cameras) == 1
    seen = projected(bpy, second, thing)
    assert seen[:, :2].min() > 0 and seen[:, :2].max() < 1


def test_orbit_is_even_and_keeps_looking(bpy, film):
    """Equal angles in equal times, at a constant distance, the subject in the middle."""
    thing = tall_mesh(bpy)
    scene = bpy.context.scene
    camera = film.frame_camera(scene, [thing])
    film.orbit(camera, 40, 0, 10)
    middle = np.array(thing.location)
    directions = []
    for frame in (0, 5, 10):
        scene.frame_set(frame)
        way = np.array(camera.matrix_world.translation) - middle
        directions.append(way)
        seen = projected(bpy, camera, thing).mean(axis=0)
        assert seen[:2] == pytest.approx([0.5, 0.5], abs=0.03)
    lengths = [np.linalg.norm(way) for way in directions]
    assert lengths == pytest.approx([lengths[0]] * 3, rel=1e-4)
    unit = [way / np.linalg.norm(way) for way in directions]
    angles = [np.degrees(np.arccos(unit[i] @ unit[i + 1])) for i in (0, 1)]
    assert angles == pytest.approx([20, 20], abs=0.1)


def test_bloom_glows_beyond_the_edge(bpy, film, tmp_path):
    """Pixels beside a bright sphere are dark without bloom and not with it."""
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 4
    scene.render.resolution_x = scene.render.resolution_y = 64
    film.use_standard_view(scene)
    film.use_plain_world(scene)
    bpy.ops.mesh.primitive_uv_sphere_add()
    from common import nodes

    with nodes.material("Light") as tree:
        glow = tree.add("ShaderNodeEmission", {"Strength": 3.0})
        tree.add("ShaderNodeOutputMaterial", {"Surface": glow})
    bpy.context.object.data.materials.append(bpy.data.materials["Light"])
    film.frame_camera(scene, [bpy.context.object], margin=0.3)
    brightness = []
    for bloom in (False, True):
        if bloom:
            film.add_bloom(scene)
            film.add_bloom(scene)
        scene.render.filepath = str(tmp_path / f"{bloom}.png")
        bpy.ops.render.render(write_still=True)
        pixels = read_pixels(scene.render.filepath)
        brightness.append(pixels[32, 8].mean())
    assert brightness[0] == 0 and brightness[1] > 2
    assert [g.name for g in bpy.data.node_groups] == ["Bloom", "Bloom of Scene"]


def test_scenes_have_their_own_bloom(bpy, film):
    """Each takes its own picture, and is set by itself."""
    first, second = bpy.context.scene, bpy.data.scenes.new("Second")
    for scene in (first, second):
        film.add_bloom(scene, 1.0)
    film.add_bloom(second, 0.25)
    seen = []
    for scene in (first, second):
        nodes = {node.bl_idname: node for node in scene.compositing_node_group.nodes}
        strength = nodes["CompositorNodeGroup"].inputs["Strength"].default_value
        seen.append((nodes["CompositorNodeRLayers"].scene, strength))
    assert seen == [(first, 1.0), (second, 0.25)]


def test_what_the_scene_had_is_kept(bpy, film):
    """Somebody's own world and compositor group are as they were, and are saved."""
    scene = bpy.context.scene
    world = scene.world = bpy.data.worlds.new("Sky")
    group = scene.compositing_node_group = bpy.data.node_groups.new("Bloom", "CompositorNodeTree")
    nodes = len(world.node_tree.nodes)
    ours = [film.use_plain_world(scene) for _ in range(2)]
    film.add_bloom(scene)
    assert scene.world == ours[0] == ours[1] != world
    assert scene.compositing_node_group != group
    assert len(world.node_tree.nodes) == nodes and not group.nodes
    assert world.use_fake_user and group.use_fake_user


@pytest.mark.parametrize("view", [((0, 1, 0), (0, 0, 1)), ((-1, 0, 0), (0, 0, 1))])
def test_orbit_goes_round_what_is_up(bpy, film, view):
    """From the front and from the side the camera stays at its height, and forgets older ways."""
    scene = bpy.context.scene
    direction, up = view
    camera = film.frame_camera(scene, [tall_mesh(bpy)], direction=direction, up=up)
    height = camera.matrix_world.translation.z
    film.orbit(camera, 90, 0, 200)
    film.orbit(camera, 90, 0, 500)
    places = []
    for frame in (0, 200, 500):
        scene.frame_set(frame)
        places.append(np.array(camera.matrix_world.translation))
    assert [place[2] for place in places] == pytest.approx([height] * 3, abs=1e-4)
    assert np.linalg.norm(places[2] - places[1]) > 1


def test_places_of_what_has_no_extent(bpy, film):
    """An empty is where it is, and a mesh that is being edited where its corners are."""
    empty = bpy.data.objects.new("here", None)
    empty.location = (1, 2, 3)
    bpy.context.scene.collection.objects.link(empty)
    thing = tall_mesh(bpy)
    from common.extent import world_points

    expected = world_points(bpy.context.scene, [thing])
    bpy.ops.object.mode_set(mode="EDIT")
    points = world_points(bpy.context.scene, [empty, thing])
    bpy.ops.object.mode_set(mode="OBJECT")
    assert points[0] == pytest.approx([1, 2, 3])
    for end in (np.min, np.max):
        assert end(points[1:], axis=0) == pytest.approx(end(expected, axis=0), abs=1e-5)


def test_backlight_draws_edges(bpy, film, tmp_path):
    """The upper edge of a grey sphere is bright, its middle dark; the light is not in the picture.

    The same at any size, and again where the camera has gone round.
    """
    from common import nodes

    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = 16, False
    scene.render.resolution_x = scene.render.resolution_y = 48
    scene.render.dither_intensity = 0.0
    film.use_standard_view(scene)
    film.use_plain_world(scene)
    with nodes.material("Grey") as tree:
        grey = tree.add("ShaderNodeBsdfDiffuse", {"Color": (0.5, 0.5, 0.5, 1.0)})
        tree.add("ShaderNodeOutputMaterial", {"Surface": grey})
    bpy.ops.mesh.primitive_uv_sphere_add(segments=64, ring_count=32)
    ball = bpy.context.object
    ball.data.materials.append(bpy.data.materials["Grey"])
    ball.data.shade_smooth()

    def rendered():
        scene.render.filepath = str(tmp_path / "picture.png")
        bpy.ops.render.render(write_still=True)
        return read_pixels(scene.render.filepath).mean(axis=2)

    camera = film.frame_camera(scene, [ball], margin=0.2)
    assert rendered().max() == 0
    pictures = []
    for size in (1.0, 30.0):
        ball.scale = (size, size, size)
        camera = film.frame_camera(scene, [ball], margin=0.2)
        film.add_backlight(scene, [ball])
        pictures.append(rendered())
    film.orbit(camera, 360, 0, 9)
    scene.frame_set(3)
    pictures.append(rendered())
    for pixels in pictures:
        rows = pixels[:, 24]
        edge = np.flatnonzero(rows > 5)[0]
        assert rows[edge : edge + 4].max() > 80 and rows[24:].max() < 5
        assert pixels[:8].max() == pixels[40:].max() == 0
    assert np.abs(pictures[0] - pictures[1]).mean() < 3
    assert len(bpy.data.lights) == 1


def test_key_and_fill_light_the_front_and_leave_no_corner_dark(bpy, film, tmp_path):
    """The key's side is brighter, nothing is overexposed, and they go with the camera."""
    from common import nodes

    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = 16, False
    scene.render.resolution_x = scene.render.resolution_y = 48
    scene.render.dither_intensity = 0.0
    film.use_standard_view(scene)
    film.use_plain_world(scene)
    with nodes.material("White") as tree:
        white = tree.add("ShaderNodeBsdfDiffuse", {"Color": (1.0, 1.0, 1.0, 1.0)})
        tree.add("ShaderNodeOutputMaterial", {"Surface": white})
    bpy.ops.mesh.primitive_uv_sphere_add(segments=64, ring_count=32)
    ball = bpy.context.object
    ball.data.materials.append(bpy.data.materials["White"])
    ball.data.shade_smooth()
    camera = film.frame_camera(scene, [ball], margin=0.1, direction=(0, 1, 0), up=(0, 0, 1))
    key, fill = film.add_key_and_fill(scene, [ball])
    assert film.add_key_and_fill(scene, [ball]) == (key, fill)
    film.orbit(camera, 180, 0, 4, axis=(0, 0, 1))
    row, column = np.mgrid[-1:1:48j, -1:1:48j]
    inside = np.hypot(row, column) < 0.7
    for frame in (0, 2, 4):
        scene.frame_set(frame)
        scene.render.filepath = str(tmp_path / "picture.png")
        bpy.ops.render.render(write_still=True)
        pixels = read_pixels(scene.render.filepath).mean(axis=2)
        # Few samples are noisy.
        assert np.percentile(pixels[inside], 98) < 254 and pixels[inside].min() > 40
        assert pixels[inside & (column < 0)].mean() > pixels[inside & (column > 0)].mean() + 5
        assert pixels[inside & (row < 0)].mean() > pixels[inside & (row > 0)].mean() + 5


def test_bloom_again_keeps_what_somebody_added(bpy):
    """A glare and a picture of another scene among its nodes, its own settings alone change."""
    from blender_spike.common.film import add_bloom

    scene = bpy.context.scene
    group = add_bloom(scene)
    mine = group.nodes.new("CompositorNodeGlare")
    mine.inputs["Strength"].default_value = 0.125
    other = group.nodes.new("CompositorNodeRLayers")
    other.scene = bpy.data.scenes.new("Background")
    assert add_bloom(scene, strength=2.0) == group
    assert mine.inputs["Strength"].default_value == 0.125
    assert group.nodes["Bloom"].inputs["Strength"].default_value == 2.0
    assert other.scene.name == "Background"
    # Without its glare it is no bloom any more, and stays in the file as it is.
    group.nodes.remove(group.nodes["Bloom"])
    group.nodes.remove(mine)
    count = len(group.nodes)
    assert add_bloom(scene) != group
    assert len(group.nodes) == count and group.use_fake_user


def test_bloom_again_in_a_scene_of_0_1(bpy):
    """Its three nodes become those of this version, which keep figures out."""
    from blender_spike.common import nodes
    from blender_spike.common.film import add_bloom

    scene = bpy.context.scene
    with nodes.compositor_group(f"Bloom of {scene.name}") as tree:
        rendered = tree.add("CompositorNodeRLayers", scene=scene)["Image"]
        glare = tree.add("CompositorNodeGlare", {"Image": rendered, "Type": "Bloom"})
        tree.output("Image", glare["Image"], kind="Color")
    scene.compositing_node_group = tree.tree
    group = add_bloom(scene, figures_glow=True)
    assert group.nodes["Figures Left Out"].inputs[1].default_value == 0.0
    layer = scene.view_layers.new("second")
    add_bloom(scene)
    assert group.nodes["Figures Left Out"].inputs[1].default_value == 1.0
    assert "Figures" in layer.aovs
