# SPDX-License-Identifier: GPL-3.0-or-later
"""Node groups for trees of one's own: what they compute in such a tree."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from helpers.playing import TOLERANCE_MV, voltages
from helpers.simulations import branched, simulation

from spike_export import write


@pytest.fixture
def neuron(bpy: Any, tmp_path) -> Any:
    """A neuron of strands, moved, so that spaces matter."""
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier

    write(tmp_path / "cell.pickle", simulation(branched()))
    bpy.ops.blender_spike.import_simulation(filepath=str(tmp_path / "cell.pickle"))
    found = bpy.context.object
    set_inputs(find_modifier(found), {"Style": "Strands"})
    found.location = (1.0, 2.0, 3.0)
    return found


def tree_of(bpy: Any, name: str) -> tuple[Any, Any, Any]:
    """A tree with one of the groups in it: the tree, the group's node, and the output."""
    from blender_spike.blocks import add_block

    tree = bpy.data.node_groups.new("own", "GeometryNodeTree")
    tree.is_modifier = True
    tree.interface.new_socket("Geometry", in_out="INPUT", socket_type="NodeSocketGeometry")
    tree.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    return tree, add_block(tree, name, "viridis"), tree.nodes.new("NodeGroupOutput")


def evaluated(bpy: Any, tree: Any, data: Any) -> Any:
    """The geometry of an object with this tree as its modifier."""
    thing = bpy.data.objects.new("own", data)
    bpy.context.scene.collection.objects.link(thing)
    thing.modifiers.new("own", "NODES").node_group = tree
    graph = bpy.context.evaluated_depsgraph_get()
    return thing.evaluated_get(graph).evaluated_geometry()


def strands(bpy: Any, neuron: Any) -> np.ndarray:
    """Where the neuron's points are, in the world."""
    graph = bpy.context.evaluated_depsgraph_get()
    geometry = neuron.evaluated_get(graph).evaluated_geometry()
    curves = geometry.curves
    places = np.empty(len(curves.points) * 3, np.float32)
    curves.attributes["position"].data.foreach_get("vector", places)
    return places.reshape(-1, 3) + np.array(neuron.location, np.float32)


def stored(tree: Any, geometry: Any, value: Any, name: str, kind: str = "FLOAT") -> Any:
    node = tree.nodes.new("GeometryNodeStoreNamedAttribute")
    node.data_type = kind
    node.inputs["Name"].default_value = name
    tree.links.new(geometry, node.inputs["Geometry"])
    tree.links.new(value, node.inputs["Value"])
    return node.outputs[0]


@pytest.mark.parametrize("frame", [1, 3])
def test_sample_voltage(bpy: Any, neuron, frame):
    """Points at those of the neuron have its values; their own place is the default."""
    places = strands(bpy, neuron)
    # The soma comes last.
    shown = voltages(bpy, neuron, frame)[: len(places)]
    mesh = bpy.data.meshes.new("points")
    mesh.from_pydata(places + np.float32([0, 0, 1e-5]), [], [])
    tree, block, output = tree_of(bpy, "SAMPLE_VOLTAGE")
    block.inputs["Neuron"].default_value = neuron
    given = tree.nodes.new("NodeGroupInput")
    geometry = stored(tree, given.outputs[0], block.outputs["Voltage"], "value")
    geometry = stored(tree, geometry, block.outputs["Distance"], "distance")
    tree.links.new(geometry, output.inputs[0])
    geometry = evaluated(bpy, tree, mesh)
    found = geometry.mesh
    values, distances = (np.empty(len(places), np.float32) for _ in range(2))
    found.attributes["value"].data.foreach_get("value", values)
    found.attributes["distance"].data.foreach_get("value", distances)
    # Where two sections meet, either may be the nearest.
    alone = np.array([(np.linalg.norm(places - one, axis=1) < 1e-4).sum() == 1 for one in places])
    assert alone.sum() > len(places) / 2
    np.testing.assert_allclose(values[alone], shown[alone], atol=TOLERANCE_MV)
    np.testing.assert_allclose(distances, 1e-5, atol=2e-6)


def test_sample_voltage_of_a_network(bpy: Any):
    """At each cell, its own value."""
    bpy.ops.blender_spike.import_demo(demo="NETWORK")
    network = bpy.context.object
    bpy.context.scene.frame_set(60)
    graph = bpy.context.evaluated_depsgraph_get()
    geometry = network.evaluated_get(graph).evaluated_geometry()
    cells = geometry.instances_pointcloud()
    count = len(cells.points)
    shown, matrices = np.empty(count, np.float32), np.empty((count, 4, 4), np.float32)
    cells.attributes["voltage"].data.foreach_get("value", shown)
    cells.attributes["instance_transform"].data.foreach_get("value", matrices.ravel())
    assert 0 < shown.sum() < count
    mesh = bpy.data.meshes.new("points")
    mesh.from_pydata(matrices[:, 3, :3], [], [])
    tree, block, output = tree_of(bpy, "SAMPLE_VOLTAGE")
    block.inputs["Neuron"].default_value = network
    given = tree.nodes.new("NodeGroupInput")
    sampled = stored(tree, given.outputs[0], block.outputs["Voltage"], "value")
    tree.links.new(sampled, output.inputs[0])
    geometry = evaluated(bpy, tree, mesh)
    values = np.empty(count, np.float32)
    geometry.mesh.attributes["value"].data.foreach_get("value", values)
    np.testing.assert_allclose(values, shown, atol=1e-5)


@pytest.mark.parametrize("name", ["TUBE", "MEMBRANE"])
def test_surfaces_around_curves(bpy: Any, name):
    curves = bpy.data.hair_curves.new("curve")
    curves.add_curves([5])
    curves.set_types(type="POLY")
    line = np.zeros((5, 3), np.float32)
    line[:, 0] = np.linspace(0, 2, 5)
    curves.attributes["position"].data.foreach_set("vector", line.ravel())
    radius = curves.attributes.new("radius", "FLOAT", "POINT")
    radius.data.foreach_set("value", np.full(5, 0.1, np.float32))
    tree, block, output = tree_of(bpy, name)
    block.inputs["Thickness"].default_value = 2.0
    given = tree.nodes.new("NodeGroupInput")
    tree.links.new(given.outputs[0], block.inputs["Curves"])
    tree.links.new(block.outputs["Mesh"], output.inputs[0])
    geometry = evaluated(bpy, tree, curves)
    mesh = geometry.mesh
    places = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", places)
    places = places.reshape(-1, 3)
    middle = places[(places[:, 0] > 0.5) & (places[:, 0] < 1.5)]
    if name == "TUBE":
        middle = places
    away = np.linalg.norm(middle[:, 1:], axis=1)
    # A voxel is 0.02.
    np.testing.assert_allclose(away, 0.2, atol=1e-5 if name == "TUBE" else 0.015)
    # Closed: each edge between two faces.
    sides = np.zeros(len(mesh.edges), int)
    edges = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("edge_index", edges)
    np.add.at(sides, edges, 1)
    assert (sides == 2).all()


def test_value_to_color_is_the_colormap_s(bpy: Any):
    tree, block, output = tree_of(bpy, "VALUE_TO_COLOR")
    block.inputs["Minimum"].default_value, block.inputs["Maximum"].default_value = -80.0, 40.0
    mesh = bpy.data.meshes.new("points")
    mesh.from_pydata([(value, 0, 0) for value in np.linspace(-90, 50, 57)], [], [])
    place, parts = (
        tree.nodes.new(f"{kind}") for kind in ("GeometryNodeInputPosition", "ShaderNodeSeparateXYZ")
    )
    tree.links.new(place.outputs[0], parts.inputs[0])
    tree.links.new(parts.outputs["X"], block.inputs["Value"])
    given = tree.nodes.new("NodeGroupInput")
    color = block.outputs["Color"]
    tree.links.new(stored(tree, given.outputs[0], color, "color", "FLOAT_COLOR"), output.inputs[0])
    geometry = evaluated(bpy, tree, mesh)
    found = geometry.mesh.attributes["color"].data
    colors = np.array([one.color[:3] for one in found])
    from blender_spike.common.colormaps.image import colormap_image

    pixels = np.array(colormap_image("viridis").pixels).reshape(256, 4)[:, :3]
    share = np.clip((np.linspace(-90, 50, 57) + 80) / 120, 0, 1)
    np.testing.assert_allclose(
        colors, pixels[np.minimum((share * 256).astype(int), 255)], atol=1e-5
    )


def test_the_shader_s_is_the_same_for_each_colormap(bpy: Any):
    from blender_spike.blocks import add_block

    tree = bpy.data.materials.new("own").node_tree
    first, same, other = (
        add_block(tree, "VALUE_TO_COLOR", name) for name in ("magma", "magma", "viridis")
    )
    assert first.node_tree == same.node_tree != other.node_tree
    image = next(n for n in other.node_tree.nodes if n.type == "TEX_IMAGE").image
    assert "viridis" in image.name
    assert [node.select for node in (first, same, other)] == [False, False, True]
    with pytest.raises(KeyError):
        add_block(tree, "TUBE", "magma")


def test_all_are_described_and_none_is_a_modifier(bpy: Any):
    from blender_spike.blocks import BLOCKS

    for block in BLOCKS.values():
        assert block.description and block.write
        for kind, written in block.write.items():
            group = written("plasma")
            assert group.bl_idname == kind
            assert kind != "GeometryNodeTree" or not group.is_modifier


def test_the_menu_is_there_for_the_trees_that_it_is_for(bpy: Any):
    from blender_spike.panels.adding import BLENDER_SPIKE_MT_blocks as menu

    drawn: list[str] = []

    class Layout:
        def operator(self, _name: str, text: str) -> Any:
            drawn.append(text)
            return SimpleNamespace()

    for kind, names in (
        ("GeometryNodeTree", ["Sample Voltage", "Value to Color", "Tube", "Membrane"]),
        ("ShaderNodeTree", ["Value to Color"]),
        ("CompositorNodeTree", []),
    ):
        context = SimpleNamespace(space_data=SimpleNamespace(tree_type=kind))
        assert menu.poll(context) == bool(names)
        drawn.clear()
        menu.draw(
            SimpleNamespace(layout=Layout(), blocks=menu.blocks, operator=menu.operator), context
        )
        assert drawn == names
