# SPDX-License-Identifier: GPL-3.0-or-later
"""Node groups added in a node editor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from helpers.node_editor import node_editor


@pytest.fixture
def editor(bpy: Any) -> Iterator[Any]:
    with node_editor(bpy) as open_:
        yield open_


def test_a_group_is_added_where_the_cursor_is(bpy: Any, editor):
    tree = bpy.data.node_groups.new("own", "GeometryNodeTree")
    with editor(tree):
        bpy.context.space_data.cursor_location = (120.0, -40.0)
        assert bpy.ops.blender_spike.add_node_group(group="MEMBRANE") == {"FINISHED"}
        assert bpy.ops.blender_spike.add_node_group(group="MEMBRANE") == {"FINISHED"}
    first, second = tree.nodes
    assert tuple(first.location) == (120.0, -40.0)
    assert first.node_tree == second.node_tree and first.node_tree.name == "Membrane"
    assert tree.nodes.active == second and not first.select and first.label == "Membrane"


def test_a_material_has_only_what_is_for_it(bpy: Any, editor):
    tree = bpy.data.materials.new("own").node_tree
    count = len(tree.nodes)
    with editor(tree):
        bpy.ops.blender_spike.add_node_group(group="VALUE_TO_COLOR", colormap="magma")
        with pytest.raises(RuntimeError, match=r"Tube is for geometry nodes\."):
            bpy.ops.blender_spike.add_node_group(group="TUBE")
        with pytest.raises(RuntimeError, match='no colormap named "no such map"'):
            bpy.ops.blender_spike.add_node_group(group="VALUE_TO_COLOR", colormap="no such map")
    assert len(tree.nodes) == count + 1 and tree.nodes.active.inputs.keys() == [
        "Value", "Minimum", "Maximum",
    ]  # fmt: skip


def test_there_has_to_be_a_tree_that_can_be_changed(bpy: Any, editor):
    assert not bpy.ops.blender_spike.add_node_group.poll()
    tree = bpy.data.node_groups.new("own", "CompositorNodeTree")
    with editor(tree):
        assert not bpy.ops.blender_spike.add_node_group.poll()
