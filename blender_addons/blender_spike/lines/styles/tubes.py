# SPDX-License-Identifier: GPL-3.0-or-later
"""Tubes: meshes around the lines."""

from __future__ import annotations

from ...common.nodes import Linkable
from ..style import Lines, Style


def _write(lines: Lines) -> Linkable:
    tree = lines.tree
    with tree.frame("Tubes"):
        curves = tree.add(
            "GeometryNodeSeparateGeometry", {"Geometry": lines.curves, "Selection": lines.is_line},
            domain="CURVE",
        )["Selection"]  # fmt: skip
        profile = tree.add(
            "GeometryNodeCurvePrimitiveCircle",
            {"Resolution": lines.inputs["Tube Resolution"], "Radius": 1.0},
        )["Curve"]
        mesh = tree.add(
            "GeometryNodeCurveToMesh",
            {
                "Curve": curves,
                "Profile Curve": profile,
                "Scale": tree.add("GeometryNodeInputRadius"),
                "Fill Caps": True,
            },
        )
        return tree.add("GeometryNodeSetShadeSmooth", {"Mesh": mesh})


STYLE = Style(
    name="Tubes",
    number=2,
    description="Meshes, which look the same in every render engine",
    write=_write,
    inputs={
        "Tube Resolution": {
            "kind": "Int",
            "default": 10,
            "minimum": 3,
            "maximum": 64,
            "description": "Corners of a tube's cross-section",
        }
    },
)
