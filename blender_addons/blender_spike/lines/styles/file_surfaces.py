# SPDX-License-Identifier: GPL-3.0-or-later
"""Surfaces: the meshes that the file has of its cells, and tubes for cells without one."""

from __future__ import annotations

from dataclasses import replace

from ...common.nodes import Linkable
from ..style import Lines, Style
from ..surface_input import HAS_SURFACE, SURFACES
from . import tubes


def _write(lines: Lines) -> Linkable:
    tree = lines.tree
    with tree.frame("Meshes, unless cells of no known type are hidden"):
        meshes = tree.object(lines.inputs[SURFACES])["Geometry"]
        shown = tree.add(
            "GeometryNodeSwitch", {"Switch": lines.inputs["Show Other"], "True": meshes},
            input_type="GEOMETRY",
        )  # fmt: skip
    with tree.frame("All other lines"):
        bare = tree.add(
            "GeometryNodeSeparateGeometry",
            {"Geometry": lines.curves, "Selection": tree.attribute(HAS_SURFACE, "INT").equals(0)},
            domain="CURVE",
        )["Selection"]
    return tree.join(shown, tubes.STYLE.write(replace(lines, curves=bare)))


STYLE = Style(
    name="Surfaces",
    number=5,
    description="The meshes of cells that the file has; cells without one are tubes",
    write=_write,
)
