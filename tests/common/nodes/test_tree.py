# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing node trees: what comes out, and what a mistake says."""

from __future__ import annotations

import pytest


@pytest.fixture
def nodes(bpy):
    from common import nodes

    return nodes


def lift(nodes, height=1.0):
    with nodes.geometry_group("Lift") as tree:
        geometry = tree.input("Geometry", "Geometry")
        amount = tree.input("Height", "Float", default=height, unit="DISTANCE")
        with tree.frame("Offset"):
            offset = tree.add("ShaderNodeCombineXYZ", {"Z": amount})
        lifted = tree.add("GeometryNodeSetPosition", {"Geometry": geometry, "Offset": offset})
        tree.output("Geometry", lifted)
    return tree.tree


def cube(bpy, group):
    bpy.ops.mesh.primitive_cube_add()
    modifier = bpy.context.object.modifiers.new("Lift", "NODES")
    modifier.node_group = group
    return modifier


def test_a_group_works(bpy, nodes):
    """The tree does what its lines say."""
    from common.nodes.modifiers import set_inputs

    modifier = cube(bpy, lift(nodes))
    set_inputs(modifier, {"Height": 2.5})
    evaluated = bpy.context.object.evaluated_get(bpy.context.evaluated_depsgraph_get())
    assert max(vertex.co.z for vertex in evaluated.data.vertices) == pytest.approx(3.5)


def test_building_twice_reuses(bpy, nodes):
    """The same lines give the same group, not a second one."""
    group = lift(nodes)
    assert lift(nodes) is group or lift(nodes) == group
    assert [g.name for g in bpy.data.node_groups] == ["Lift"]


def test_another_tree_of_the_name_replaces(bpy, nodes):
    """Wherever the group was used, and keeping the values set there."""
    from common.nodes.modifiers import input_value, set_inputs

    modifier = cube(bpy, lift(nodes))
    set_inputs(modifier, {"Height": 2.5})
    newer = lift(nodes, height=7.0)
    assert [g.name for g in bpy.data.node_groups] == ["Lift"]
    assert modifier.node_group == newer
    assert input_value(modifier, "Height").value == 2.5


def test_somebodys_own_group_of_the_name_stays(bpy, nodes):
    """It keeps its name and its users; ours is found again under another name."""
    own = bpy.data.node_groups.new("Lift", "GeometryNodeTree")
    modifier = cube(bpy, own)
    group = lift(nodes)
    assert lift(nodes) == group
    newer = lift(nodes, height=7.0)
    assert modifier.node_group == own and own.name == "Lift"
    assert set(bpy.data.node_groups) == {own, newer}


def test_a_failed_tree_leaves_nothing(bpy, nodes):
    """And does not touch the one that stands under its name."""
    group = lift(nodes)
    with pytest.raises(nodes.NodeError), nodes.geometry_group("Lift") as tree:
        tree.add("ShaderNodeMath")
        tree.add("NoSuchNode")
    assert [g.name for g in bpy.data.node_groups] == ["Lift"]
    assert bpy.data.node_groups["Lift"] == group


def cross_tree(nodes, tree):
    with nodes.geometry_group("Other") as other:
        foreign = other.add("ShaderNodeMath")
        tree.math("ADD", foreign, 1.0)


def loop(nodes, tree):
    first = tree.math("ADD", 1.0, 2.0, label="First")
    second = tree.math("ADD", first, 2.0)
    tree.tree.links.new(second.bpy_node.outputs[0], first.bpy_node.inputs[1])


MISTAKES = {
    "no such node": (lambda n, t: t.add("NoSuchNode"), "'NoSuchNode'"),
    "no such input": (
        lambda n, t: t.add("ShaderNodeMix", {"Faktor": 1.0}),
        "no input 'Faktor'; it has 'Factor', 'A', 'B'",
    ),
    "hidden input": (
        lambda n, t: t.add("ShaderNodeMath", {"Value_002": 1.0}, operation="ADD"),
        "no input 'Value_002' with these properties",
    ),
    "no such output": (
        lambda n, t: t.add("GeometryNodeInputSceneTime")["Minutes"],
        "no output 'Minutes'; it has 'Seconds', 'Frame'",
    ),
    "several outputs": (
        lambda n, t: t.math("ADD", t.add("GeometryNodeInputSceneTime"), 1.0),
        "2 outputs ('Seconds', 'Frame'): say which",
    ),
    "no such property": (
        lambda n, t: t.add("ShaderNodeMath", use_klamp=True),
        "no property 'use_klamp'; it has operation, use_clamp",
    ),
    "no such choice": (lambda n, t: t.math("PLUS", 1.0, 2.0), "'PLUS'"),
    "text for a number": (
        lambda n, t: t.add("ShaderNodeMath", {"Value": "one"}, label="Sum"),
        "input 'Value' of node 'Sum' (ShaderNodeMath) cannot be set to 'one'",
    ),
    "fraction for an integer": (
        lambda n, t: t.add("FunctionNodeIntegerMath", {"Value": 1.5}),
        "cannot be set to 1.5",
    ),
    "value for a geometry": (
        lambda n, t: t.add("GeometryNodeSetPosition", {"Geometry": 1.0}),
        "input 'Geometry'",
    ),
    "geometry into a number": (
        lambda n, t: t.math("ADD", t.input("Mesh", "Geometry"), 1.0),
        "output 'Mesh' of node 'Group Input' (NodeGroupInput) (GEOMETRY) cannot go to",
    ),
    "several links into one": (
        lambda n, t: t.add("ShaderNodeMath", {"Value": [t.math("ADD", 1.0, 1.0)] * 2}),
        "takes one link, not 2",
    ),
    "another tree's socket": (cross_tree, "belongs to node tree 'Other'"),
    "loop": (loop, "loop"),
    "no such kind of input": (lambda n, t: t.input("x", "Flot"), "'Flot'"),
    "no such menu item": (
        lambda n, t: t.menu("FLOAT", t.input("m", "Menu", default="C"), {"A": 1.0, "B": 2.0}),
        '"C" not found in',
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_raise_at_once(bpy, nodes, mistake):
    """With the tree's, node's and socket's name, and what there is instead."""
    write, sentence = MISTAKES[mistake]
    with pytest.raises(nodes.NodeError) as caught, nodes.geometry_group("Tree") as tree:
        write(nodes, tree)
    assert str(caught.value).startswith("Node tree 'Tree': ")
    assert sentence in str(caught.value)
    assert not bpy.data.node_groups


def test_joined_parts_keep_their_order(bpy, nodes):
    """Blender puts the newest link first; a list reads from first to last."""
    with nodes.geometry_group("Order") as tree:
        texts = [tree.add("FunctionNodeInputString", string=text) for text in "abc"]
        joined = tree.add("GeometryNodeStringJoin", {"Strings": texts})
        tree.output("Text", joined, kind="String")
    node = next(n for n in tree.tree.nodes if n.bl_idname == "GeometryNodeStringJoin")
    links = [link.from_node.string for link in node.inputs["Strings"].links]
    assert links == ["a", "b", "c"]


def test_material_is_built_in_place(bpy, nodes):
    """Twice the same name is one material with one set of nodes."""
    for strength in (1.0, 2.0):
        with nodes.material("Glow") as tree:
            glow = tree.add("ShaderNodeEmission", {"Strength": strength})
            tree.add("ShaderNodeOutputMaterial", {"Surface": glow})
    assert [m.name for m in bpy.data.materials] == ["Glow"]
    assert len(bpy.data.materials["Glow"].node_tree.nodes) == 2


def test_trees_can_be_read(bpy):
    """The playback trees: every link goes right, no node on another, frames labelled."""
    from blender_spike.playback.playback import node_group

    node_group()
    assert len(bpy.data.node_groups) == 20
    for tree in bpy.data.node_groups:
        placed = [node for node in tree.nodes if node.bl_idname != "NodeFrame"]
        assert len({tuple(node.location_absolute) for node in placed}) == len(placed)
        for link in tree.links:
            assert link.from_node.location_absolute.x < link.to_node.location_absolute.x
        assert all(node.label for node in tree.nodes if node.bl_idname == "NodeFrame")


def test_a_group_is_written_once_in_a_session(bpy, nodes):
    """Again only after somebody took it away, and one for each argument."""
    written = []

    @nodes.group("Lift by {}")
    def lift_by(tree, height):
        written.append(height)
        tree.output("Height", tree.input("More", "Float") + height, kind="Float")

    group = lift_by(1.0)
    assert lift_by(1.0) == group and group.name == "Lift by 1.0"
    assert lift_by(2.0) != group
    assert written == [1.0, 2.0]
    bpy.data.node_groups.remove(group)
    own = bpy.data.node_groups.new("Lift by 1.0", "GeometryNodeTree")
    assert lift_by(1.0) != own
    assert written == [1.0, 2.0, 1.0]


def lifted(nodes, items, inputs):
    """A group with a menu and further inputs."""
    with nodes.geometry_group("Lifted") as tree:
        chosen = tree.input("Style", "Menu", default=items[0])
        for name in inputs:
            tree.input(name, "Float")
        value = tree.menu("FLOAT", chosen, {item: 1.0 for item in items})
        tree.output("Height", value, kind="Float")
    return tree.tree


@pytest.mark.parametrize(
    ("items", "inputs", "replaced"),
    [
        (["Low", "High", "New"], ["Width", "More"], True),
        (["Low", "High", "New"], ["Width"], True),
        (["Low", "New", "High"], ["Width"], False),
        (["Low"], ["Width"], False),
        (["Low", "High", "New"], ["New", "Width"], False),
    ],
    ids=["input and item added", "item added", "item moved", "item gone", "input moved"],
)
def test_a_group_takes_an_older_one_s_place_if_nothing_goes_astray(
    bpy, nodes, items, inputs, replaced
):
    from common.nodes.modifiers import add_group_modifier, input_value

    older = lifted(nodes, ["Low", "High"], ["Width"])
    thing = bpy.data.objects.new("thing", bpy.data.meshes.new("mesh"))
    modifier = add_group_modifier(thing, "Lift", older, {"Style": "High", "Width": 3.0})
    newer = lifted(nodes, items, inputs)
    assert newer.name == "Lifted"
    assert (modifier.node_group == newer) == replaced
    assert input_value(modifier, "Style").value == "High"
    assert input_value(modifier, "Width").value == 3.0
    # From then on, the newer one is the one that is found.
    assert lifted(nodes, items, inputs) == newer
    assert len(bpy.data.node_groups) == (1 if replaced else 2)
