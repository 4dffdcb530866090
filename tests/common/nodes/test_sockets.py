# SPDX-License-Identifier: GPL-3.0-or-later
"""Arithmetic with sockets gives what the same formula gives with Python's numbers."""

from __future__ import annotations

from math import ceil, floor

import numpy as np
import pytest

A, B = 5.25, 2.0
V, W = np.array([1.0, -2.0, 3.0]), np.array([4.0, 5.0, 0.5])
# Above 2 ** 24 a float32 cannot tell two neighbors apart.
LARGE, LARGER = 16_777_216, 16_777_217

NUMBERS = {
    "a + b": lambda a, b: a + b,
    "1 + a": lambda a, b: 1 + a,
    "a - b": lambda a, b: a - b,
    "1.5 - a": lambda a, b: 1.5 - a,
    "a * b": lambda a, b: a * b,
    "3 * a": lambda a, b: 3 * a,
    "a / b": lambda a, b: a / b,
    "1 / b": lambda a, b: 1 / b,
    "a // b": lambda a, b: a // b,
    "7 // b": lambda a, b: 7 // b,
    "-a % b": lambda a, b: -a % b,
    "7 % b": lambda a, b: 7 % b,
    "a ** b": lambda a, b: a**b,
    "3 ** b": lambda a, b: 3**b,
    "abs(b - a)": lambda a, b: abs(b - a),
    "round(a)": lambda a, b: round(a),
    "floor(-a)": lambda a, b: floor(-a),
    "ceil(-a)": lambda a, b: ceil(-a),
    "a < b": lambda a, b: a < b,
    "b < a": lambda a, b: b < a,
    "1 < a": lambda a, b: 1 < a,  # noqa: SIM300
    "a > b": lambda a, b: a > b,
    "b <= 2": lambda a, b: b <= 2.0,
    "b >= 2.5": lambda a, b: b >= 2.5,
    "and": lambda a, b: (a > 5.0) & (b > 2.0),
    "or": lambda a, b: (a > 5.0) | (b > 2.0),
    "not": lambda a, b: (a > 5.0) & ~(b > 2.0) if hasattr(a, "source") else a > 5.0 >= b,
    "b is about 2.25": lambda a, b: (
        b.equals(2.25, within=0.5) if hasattr(b, "source") else abs(b - 2.25) <= 0.5
    ),
    "1 - (a + b) / 2": lambda a, b: 1 - (a + b) / 2,
}
VECTORS = {
    "v + w": lambda v, w: v + w,
    "v - w": lambda v, w: v - w,
    "(1, 2, 3) - v": lambda v, w: (1.0, 2.0, 3.0) - v,
    "v * w": lambda v, w: v * w,
    "v * (1, 1, 0)": lambda v, w: v * (1.0, 1.0, 0.0),
    "v * 2": lambda v, w: v * 2.0,
    "2 * v": lambda v, w: 2.0 * v,
    "v * (v @ w)": lambda v, w: v * (v @ w),
    "(0, 0, 1) @ v": lambda v, w: (0.0, 0.0, 1.0) @ v * w,
    "v + 1": lambda v, w: v + 1.0,
    "v / 2": lambda v, w: v / 2.0,
    "abs(v)": lambda v, w: abs(v),
    "-v": lambda v, w: -v,
}


@pytest.fixture
def nodes(bpy):
    from common import nodes

    return nodes


def evaluated(bpy, nodes, kind, operands, formulas):
    """What Blender makes of formulas with two inputs of a group."""
    with nodes.geometry_group("Formulas") as tree:
        geometry = tree.input("Geometry", "Geometry")
        a, b = (
            tree.input(name, {"FLOAT": "Float", "INT": "Int", "FLOAT_VECTOR": "Vector"}[kind],
                       default=value)
            for name, value in zip("ab", operands, strict=True)
        )  # fmt: skip
        for name, formula in formulas.items():
            geometry = tree.add(
                "GeometryNodeStoreNamedAttribute",
                {"Geometry": geometry, "Name": name, "Value": formula(a, b)},
                data_type="FLOAT" if kind == "INT" else kind, domain="POINT",
            )  # fmt: skip
        tree.output("Geometry", geometry)
    thing = bpy.data.objects.new("Thing", bpy.data.meshes.new("Thing"))
    thing.data.from_pydata([(0, 0, 0)], [], [])
    bpy.context.collection.objects.link(thing)
    thing.modifiers.new("Formulas", "NODES").node_group = tree.tree
    mesh = thing.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    field = "vector" if kind == "FLOAT_VECTOR" else "value"
    return {name: getattr(mesh.attributes[name].data[0], field) for name in formulas}


def test_numbers(bpy, nodes):
    found = evaluated(bpy, nodes, "FLOAT", (A, B), NUMBERS)
    assert found == pytest.approx({name: float(f(A, B)) for name, f in NUMBERS.items()}, rel=1e-6)


def test_vectors(bpy, nodes):
    found = evaluated(bpy, nodes, "FLOAT_VECTOR", (V.tolist(), W.tolist()), VECTORS)
    for name, formula in VECTORS.items():
        assert list(found[name]) == pytest.approx(list(formula(V, W)), rel=1e-6), name


def test_whole_numbers_compare_exactly(bpy, nodes):
    formulas = {
        "less": lambda a, b: a < b,
        "not less": lambda a, b: b <= a,
        "same": lambda a, b: a.equals(b),
        "itself": lambda a, b: a.equals(LARGE),
        "differs": lambda a, b: a.differs(b),
    }
    found = evaluated(bpy, nodes, "INT", (LARGE, LARGER), formulas)
    assert found == {"less": 1, "not less": 0, "same": 0, "itself": 1, "differs": 1}


def test_a_label_says_what_a_node_does(bpy, nodes):
    """It is the same tree as one whose node got the label when it was written."""
    groups = []
    for labeled in (
        lambda tree, a: (a - 1.0).labeled("Before"),
        lambda tree, a: tree.math("SUBTRACT", a, 1.0, label="Before"),
    ):
        with nodes.geometry_group("Labels") as tree:
            tree.output("Out", labeled(tree, tree.input("a", "Float")), kind="Float")
        groups.append(tree.tree)
        assert "Before" in {node.label for node in tree.tree.nodes}
    assert groups[0] == groups[1]
    with nodes.geometry_group("Labels") as tree:
        tree.output("Out", tree.input("a", "Float") - 1.0, kind="Float")
    assert {node.label for node in tree.tree.nodes} == {""}


def test_a_named_node_is_found_again(bpy, nodes):
    """A tree is another one if its nodes have other names."""
    groups = []
    for name in ("Share", "Share", "Part"):
        with nodes.geometry_group("Names") as tree:
            half = (tree.input("a", "Float") * 0.5).named(name)
            tree.output("Out", half, kind="Float")
        groups.append(tree.tree)
        node = tree.tree.nodes[name]
        assert (node.operation, node.label) == ("MULTIPLY", name)
        assert node.inputs[1].default_value == 0.5
    assert groups[0] == groups[1] != groups[2]


def test_sockets_can_be_kept_in_dicts(bpy, nodes):
    """``==`` and the hash are Python's own."""
    with nodes.geometry_group("Kept") as tree:
        a, b = tree.input("a", "Float"), tree.input("b", "Float")
        assert {a: 1, b: 2}[b] == 2
        assert a in [b, a] and (a == b) is False
        tree.output("Out", a + b, kind="Float")


MISTAKES = {
    "geometry": (
        lambda t, a: 1.0 - t.input("Mesh", "Geometry"),
        "output 'Mesh' of node 'Group Input' (NodeGroupInput) (GEOMETRY) cannot be calculated",
    ),
    "color": (lambda t, a: t.input("Ink", "Color") * a, "output 'Ink'"),
    "several outputs": (
        lambda t, a: a + t.add("GeometryNodeInputSceneTime"),
        "2 outputs ('Seconds', 'Frame'): say which",
    ),
    "text": (
        lambda t, a: a + "one",
        "input 'Value_001' of node 'Math' (ShaderNodeMath ADD) cannot be set to 'one'",
    ),
    "vectors in order": (lambda t, a: t.input("Place", "Vector") < a, "output 'Place'"),
    "no such sign for vectors": (
        lambda t, a: t.input("Place", "Vector") % 2.0,
        "node 'Vector Math' (ShaderNodeVectorMath ADD): operation = 'FLOORED_MODULO'",
    ),
    "chained": (lambda t, a: 0.0 < a < 1.0, "(ShaderNodeMath GREATER_THAN) (VALUE) is known only"),
    "min": (lambda t, a: min(a, 1.0), "(ShaderNodeMath GREATER_THAN) (VALUE) is known only"),
    "and": (lambda t, a: a and 1.0, "output 'a' of node 'Group Input' (NodeGroupInput) (VALUE) is"),
    "about a color": (lambda t, a: a.equals(t.input("Ink", "Color"), within=1.0), "output 'Ink'"),
    "exactly": (lambda t, a: a.equals(1.0), "say within which distance"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_raise_at_once(bpy, nodes, mistake):
    """With the tree's, node's and socket's name."""
    write, sentence = MISTAKES[mistake]
    with pytest.raises(nodes.NodeError) as caught, nodes.geometry_group("Tree") as tree:
        write(tree, tree.input("a", "Float"))
    assert str(caught.value).startswith("Node tree 'Tree': ")
    assert sentence in str(caught.value)
    assert not bpy.data.node_groups


def test_another_tree_s_socket_stays_there(bpy, nodes):
    with pytest.raises(nodes.NodeError, match="belongs to node tree 'Other'"):  # noqa: SIM117
        with nodes.geometry_group("Tree") as tree, nodes.geometry_group("Other") as other:
            tree.input("a", "Float") + other.input("b", "Float")


def test_shaders_have_no_comparison_with_equality(bpy, nodes):
    with pytest.raises(nodes.NodeError, match="Node tree 'Tree': .*FunctionNodeCompare"):  # noqa: SIM117
        with nodes.shader_group("Tree") as tree:
            tree.input("a", "Float") <= 1.0  # noqa: B015
    with nodes.shader_group("Tree") as tree:
        tree.output("Out", tree.input("a", "Float") < 1.0, kind="Float")
    assert {node.bl_idname for node in tree.tree.nodes} >= {"ShaderNodeMath"}
