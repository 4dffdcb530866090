# SPDX-License-Identifier: GPL-3.0-or-later
"""Which strands are drawn and how thick, and the inputs that say so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..cells.morphology import Role
from ..common import nodes
from ..common.nodes import Linkable, Node, Socket, Tree
from ..lines.styles import STYLE_INPUTS, STYLES
from .material_slot import MATERIAL_INPUTS
from .samples import GROUP

_FIRST_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Style": {
        "kind": "Menu",
        "default": "Strands",
        "description": "Strands are fast in Cycles at any size; tubes are meshes, best in EEVEE",
    },
    "Thickness": {
        "kind": "Float",
        "default": 1.0,
        "minimum": 0.0,
        "description": "Scale factor for the diameter of neurites",
    },
    "Homogeneity": {
        "kind": "Float",
        "default": 0.0,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "0 shows true diameters, 1 the mean diameter everywhere",
    },
    "Tapering": {
        "kind": "Bool",
        "default": True,
        "description": "Vary the diameter along each section; otherwise use its mean diameter",
    },
    "Minimum Radius": {
        "kind": "Float",
        "default": 0.0,
        "minimum": 0.0,
        "unit": "DISTANCE",
        "description": "No neurite is drawn thinner than this",
    },
}
_LAST_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Soma": {
        "kind": "Menu",
        "default": "Sphere",
        "description": "A sphere with the soma's surface area, or the outline as recorded",
    },
    "Soma Size": {
        "kind": "Float",
        "default": 1.0,
        "minimum": 0.0,
        "description": "Scale factor for the diameter of spheres",
    },
    **MATERIAL_INPUTS,
}
OWN_INPUTS: Final = _FIRST_INPUTS | _LAST_INPUTS
"""Those of all styles."""
LOOK_INPUTS: Final[dict[str, dict[str, Any]]] = {
    **_FIRST_INPUTS,
    **{name: dict(given) for name, given in STYLE_INPUTS.items()},
    **_LAST_INPUTS,
}
TYPES_INPUTS: Final[dict[str, dict[str, Any]]] = {
    f"Show {name}": {"kind": "Bool", "default": True, "description": f"Draw {what}"}
    for name, what in (
        # In the order of `simulation_file.SECTION_TYPES`.
        ("Soma", "somata"),
        ("Dendrites", "dendrites"),
        ("Apical", "apical dendrites"),
        ("Axon", "axons"),
        ("Other", "sections of any other type"),
    )
}
STATISTICS_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Mean Radius": {"kind": "Float", "unit": "DISTANCE", "hide": True},
    "Micrometer": {
        "kind": "Float",
        "default": 0.01,
        "hide": True,
        "description": "How long it is in the scene",
    },
}
# Modifiers store inputs by the order in which they were made, so what version 0.1.0 had goes first.
_STYLES_OF_0_1: Final = {"Tube Resolution"}
LATER_INPUTS: Final = {
    **{name: STYLE_INPUTS[name] for name in STYLE_INPUTS if name not in _STYLES_OF_0_1},
    "Micrometer": STATISTICS_INPUTS["Micrometer"],
}
SOMATA: Final = {"Sphere": True, "As Recorded": False}
"""The items of *Soma*, and whether it is a sphere then."""
# Two nodes cannot take the same menu, so groups within the one that has them take numbers.
SHAPE_INPUTS: Final[dict[str, dict[str, Any]]] = {
    **{n: given for n, given in LOOK_INPUTS.items() if n not in MATERIAL_INPUTS},
    **TYPES_INPUTS,
    **STATISTICS_INPUTS,
    "Style": {"kind": "Int", "description": "Its place in the menu, from 0"},
    "Soma": {"kind": "Bool", "description": "Whether it is a sphere"},
}
"""What shapes depend on, as the groups within take it; see `without_menus`."""
THICKNESS_INPUTS: Final = {
    name: SHAPE_INPUTS[name]
    for name in (
        *("Thickness", "Homogeneity", "Tapering", "Minimum Radius", "Soma"),
        *TYPES_INPUTS,
        "Mean Radius",
    )
}
"""Those of them that strands need."""


@nodes.group(f"{GROUP}: Thickness")
def thickness_group(tree: Tree) -> None:
    """Build the group that leaves out strands whose type is not shown, and sets radii."""
    curves = tree.input("Strands", "Geometry")
    given = tree.inputs(THICKNESS_INPUTS)
    round_soma = given["Soma"]
    with tree.frame("Section types"):
        shown = [given[name] for name in TYPES_INPUTS]
        all_shown: Linkable = shown[0]
        for other in shown[1:]:
            all_shown = all_shown & other
        some = tree.add(
            "GeometryNodeSeparateGeometry",
            {"Geometry": curves, "Selection": is_shown(tree, given)},
            label="Only shown ones",
            domain="CURVE",
        )["Selection"]
        # Where all are, nothing is copied.
        visible = tree.switch("GEOMETRY", all_shown, some, curves)
    with tree.frame("Radius of strands"):
        recorded = tree.attribute("recorded_radius")
        own = tree.switch("FLOAT", round_soma, recorded, tree.add("GeometryNodeInputRadius"))
        thick = drawn_radius(tree, given, own)
        # A strand without thickness is one that is not wanted; taking it out of the geometry
        # would copy all others in every frame.
        wanted = tree.math("SIGN", own, label="Wanted")
        radius = (thick * wanted).labeled("Wanted ones only")
        changed = tree.add("GeometryNodeSetCurveRadius", {"Curve": visible, "Radius": radius})
        # Nor is anything computed for each point while nothing differs from the file.
        styled = above_0_if_styled(tree, given)
        as_in_file = (round_soma - styled).labeled("1 if as in the file")
        strands = tree.switch("GEOMETRY", as_in_file > 0.999999, changed, visible)
    tree.output("Strands", strands)
    tree.output("As in File", as_in_file > 0.999999, kind="Bool")


def without_menus(tree: Tree, given: Mapping[str, Socket]) -> dict[str, Socket]:
    """Add the nodes that make numbers of menus, as groups within take them."""
    places = {name: place for place, name in enumerate(STYLES)}
    return {
        **{name: given[name] for name in SHAPE_INPUTS},
        "Style": tree.menu("INT", given["Style"], places, label="Place of the style"),
        "Soma": tree.menu("BOOLEAN", given["Soma"], SOMATA, label="Is a sphere"),
    }


def drawn_radius(tree: Tree, given: Mapping[str, Socket], own: Linkable) -> Node:
    """Add the nodes that tell how thick a neurite is drawn at a place.

    Parameters
    ----------
    given : mapping
        The inputs by name, those of `THICKNESS_INPUTS`.
    own : Socket or Node
        Its radius there, in the file.
    """
    section_radius = tree.attribute("section_radius")
    tapered = tree.switch("FLOAT", given["Tapering"], section_radius, own, label="Tapering")
    alike = tree.mix(given["Homogeneity"], tapered, given["Mean Radius"], label="Homogeneity")
    scaled = (alike * given["Thickness"]).labeled("Thickness")
    return tree.maximum(scaled, given["Minimum Radius"]).labeled("Not thinner than")


def above_0_if_styled(tree: Tree, given: Mapping[str, Socket]) -> Node:
    """Add the nodes that tell whether radii are other ones than in the file."""
    thickened = abs(given["Thickness"] - 1.0)
    limited = given["Homogeneity"] + given["Minimum Radius"]
    even = (1.0 - given["Tapering"]).labeled("1 if not tapered")
    return (thickened + limited + even).labeled("Above 0 if styled")


def is_shown(tree: Tree, given: Mapping[str, Socket]) -> Socket:
    """Add the nodes that tell whether an element's type of section is drawn."""
    section_type = tree.attribute("section_type", "INT")
    shown = [given[name] for name in TYPES_INPUTS]
    return tree.index_switch("BOOLEAN", section_type, shown, label="Is its type shown?")


def is_exact(tree: Tree, thick: Node, given: Mapping[str, Socket]) -> Node:
    """Add the nodes that tell whether strands that the engine draws stay what they are in the file.

    Parameters
    ----------
    thick : Node
        Of `thickness_group`.
    """
    return thick["As in File"] | (given["Strand Smoothing"] <= 0.0)


def is_sphere(tree: Tree, given: Mapping[str, Socket]) -> Node:
    """Add the nodes that tell whether a point of the spheres is drawn."""
    first = tree.switch("INT", given["Soma"], Role.POINT_CELL, Role.SOMA_SPHERE)
    return (tree.attribute("role", "INT") >= first) & is_shown(tree, given)


def is_line(tree: Tree, given: Mapping[str, Socket]) -> Node:
    """Add the nodes that tell whether a strand is drawn."""
    last = tree.switch("INT", given["Soma"], Role.SOMA_AS_RECORDED, Role.NEURITE)
    return tree.attribute("role", "INT") <= last
