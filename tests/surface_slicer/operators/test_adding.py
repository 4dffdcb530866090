# SPDX-License-Identifier: GPL-3.0-or-later
"""The cut as a node group in trees of the user's own: what it computes there."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from helpers.cut_scene import (
    EXTENT,
    POSES,
    SIZE,
    flat_scene,
    key_poses,
    pixel_centers,
    world_matrix,
)
from helpers.node_editor import node_editor
from helpers.pictures import read_pixels


@pytest.fixture
def editor(bpy: Any) -> Iterator[Any]:
    with node_editor(bpy) as open_:
        yield open_


def geometry_tree(bpy: Any) -> Any:
    """A modifier's tree that hands its geometry on."""
    tree = bpy.data.node_groups.new("own", "GeometryNodeTree")
    for way in ("INPUT", "OUTPUT"):
        tree.interface.new_socket("Geometry", in_out=way, socket_type="NodeSocketGeometry")
    return tree


def into(pose: Any, points: Any) -> Any:
    """Points of the world in the empty's coordinates."""
    inverse = np.linalg.inv(world_matrix(pose))
    return points @ inverse[:3, :3].T + inverse[:3, 3]


def test_geometry_nodes_delete_what_is_cut_away(bpy, editor):
    """Of an object that is moved, turned and scaled, as the slicer is."""
    from surface_slicer.slicer.slicer import add_slicer

    slicer = add_slicer(bpy.context)
    key_poses(bpy, slicer)
    tree = geometry_tree(bpy)
    with editor(tree):
        assert bpy.ops.surface_slicer.add_node_group(group="SLICER") == {"FINISHED"}
    cut = tree.nodes.active
    assert cut.inputs["Slicer"].default_value == slicer
    delete = tree.nodes.new("GeometryNodeDeleteGeometry")
    begin, end = tree.nodes.new("NodeGroupInput"), tree.nodes.new("NodeGroupOutput")
    for one, other in (
        (begin.outputs[0], delete.inputs["Geometry"]),
        (cut.outputs["Cut Away"], delete.inputs["Selection"]),
        (delete.outputs[0], end.inputs[0]),
    ):
        tree.links.new(one, other)
    mesh = bpy.data.meshes.new("points")
    places = np.random.default_rng(3).uniform(-2, 2, (400, 3))
    mesh.from_pydata(places.tolist(), [], [])
    thing = bpy.data.objects.new("points", mesh)
    bpy.context.scene.collection.objects.link(thing)
    thing.location, thing.rotation_euler, thing.scale = (0.2, 0.1, -0.3), (0.4, 0.2, 1.0), (1, 2, 1)
    thing.modifiers.new("own", "NODES").node_group = tree
    bpy.context.view_layer.update()
    world = np.array(thing.matrix_world)
    everywhere = places @ world[:3, :3].T + world[:3, 3]
    for frame, pose in enumerate(POSES):
        bpy.context.scene.frame_set(frame)
        graph = bpy.context.evaluated_depsgraph_get()
        geometry = thing.evaluated_get(graph).evaluated_geometry()
        left = len(geometry.mesh.vertices)
        away = into(pose, everywhere)[:, 2] > 0
        assert 0 < away.sum() < 400
        assert left == 400 - away.sum()


@pytest.mark.slow
def test_a_material_is_told_where_it_is_cut_away(bpy, editor, tmp_path):
    from common.cut.slicer_group import find_group, set_settings
    from surface_slicer.slicer.slicer import add_slicer

    scene, square = flat_scene(bpy)
    slicer = add_slicer(bpy.context)
    key_poses(bpy, slicer)
    set_settings(find_group(slicer), {"Flip": True, "Line Width": 0.25})
    tree = square.active_material.node_tree
    with editor(tree):
        assert bpy.ops.surface_slicer.add_node_group(group="SLICER") == {"FINISHED"}
    cut = tree.nodes.active
    assert cut.inputs["Flip"].default_value and cut.inputs["Line Width"].default_value == 0.25
    emission = next(node for node in tree.nodes if node.bl_idname == "ShaderNodeEmission")
    tree.links.new(cut.outputs["Cut Away"], emission.inputs["Color"])
    for frame in (1, 4, 8):
        scene.frame_set(frame)
        scene.render.filepath = str(tmp_path / "cut.png")
        bpy.ops.render.render(write_still=True)
        seen = read_pixels(scene.render.filepath)[..., 0]
        depth = into(POSES[frame], pixel_centers())[..., 2]
        clear = np.abs(depth) > EXTENT / SIZE * np.linalg.norm(
            np.linalg.inv(world_matrix(POSES[frame]))[2, :3]
        )
        assert clear.mean() > 0.9
        assert np.array_equal(seen[clear] > 127, (depth < 0)[clear])


def test_which_slicer_is_meant(bpy, editor):
    from surface_slicer.slicer.slicer import add_slicer

    tree = geometry_tree(bpy)

    def add() -> Any:
        with editor(tree):
            bpy.ops.surface_slicer.add_node_group(group="SLICER")
        return tree.nodes.active.inputs["Slicer"].default_value

    with pytest.raises(RuntimeError, match="There is no slicer: press Add Slicer"):
        add()
    first = add_slicer(bpy.context)
    assert add() == first
    second = add_slicer(bpy.context)
    bpy.ops.object.select_all(action="DESELECT")
    bpy.context.view_layer.objects.active = None
    with pytest.raises(RuntimeError, match="There are 2 slicers: select one of them"):
        add()
    second.select_set(True)
    assert add() == second


def test_the_menu_offers_it_in_both_kinds_of_trees(bpy):
    from surface_slicer.panels.adding import SURFACE_SLICER_MT_blocks as menu

    for kind, there in (("GeometryNodeTree", True), ("ShaderNodeTree", True), ("", False)):
        assert menu.poll(SimpleNamespace(space_data=SimpleNamespace(tree_type=kind))) == there
