# SPDX-License-Identifier: GPL-3.0-or-later
"""A plane of faint grid lines under a surface, to make its height visible."""

from __future__ import annotations

from typing import Any, Final

import bpy
import numpy as np

from ..common import nodes
from ..common.drivers import Source, drive
from ..common.glow import glowing
from ..common.nodes import Linkable, Node, Tree
from ..common.required import required
from .lift import extent_of, height_holder

MATERIAL: Final = "Surface Base Plane"
# How far the plane extends beyond the surface, relative to the longer side.
_MARGIN: Final = 0.2
# Fields along the longer side of the surface.
_FIELDS: Final = 10
# Width of a line, in fields.
_WIDTH: Final = 0.014
# Gap below the lowest value, relative to the longer side, so that the two never coincide.
_GAP: Final = 0.005
_COLOR: Final = (0.28, 0.42, 0.75, 1.0)
# Nodes of the material that are set when the surface's size changes.
_SPACING: Final = "Spacing of the Lines"
_HALF_X: Final = "Half Width"
_HALF_Y: Final = "Half Depth"


def add_base_plane(surface: bpy.types.Object) -> bpy.types.Object:
    """Add a plane under a surface, at its lowest value.

    Parameters
    ----------
    surface : Object
        The plane becomes its child and follows its height; an existing one is reused.
    """
    plane = find_base_plane(surface)
    if plane is None:
        name = f"{surface.name} plane"
        plane = bpy.data.objects.new(name, bpy.data.meshes.new(name))
        for collection in surface.users_collection:
            collection.objects.link(plane)
        plane.parent = surface
    _follow_height(plane, surface)
    along_x, along_y = extent_of(surface)
    longer = max(along_x, along_y)
    half = np.array([along_x, along_y]) / 2 + _MARGIN * longer
    corners = [(-half[0], -half[1], 0), (half[0], -half[1], 0), (half[0], half[1], 0)]
    corners.append((-half[0], half[1], 0))
    mesh = plane.data
    assert isinstance(mesh, bpy.types.Mesh)
    mesh.clear_geometry()
    mesh.from_pydata(corners, [], [(0, 1, 2, 3)])
    if not mesh.materials:
        material = glowing(MATERIAL)
        # Otherwise EEVEE draws thin semi-transparent lines as dots.
        material.surface_render_method = "BLENDED"
        _write_nodes(material)
        mesh.materials.append(material)
    sizes = {_SPACING: longer / _FIELDS, _HALF_X: float(half[0]), _HALF_Y: float(half[1])}
    own = plane.material_slots[0].material
    found: Any = required(required(own).node_tree).nodes
    for name, value in sizes.items():
        # Changes by the user are kept.
        if name in found:
            found[name].outputs[0].default_value = value
    return plane


def find_base_plane(surface: bpy.types.Object) -> bpy.types.Object | None:
    """Find the plane under a surface."""
    return next(filter(is_base_plane, surface.children), None)


def is_base_plane(thing: bpy.types.Object) -> bool:
    """Tell whether an object is the plane under a surface."""
    slots = thing.material_slots
    material = slots[0].material if len(slots) == 1 else None
    return material is not None and material.name.startswith(MATERIAL)


def _follow_height(plane: bpy.types.Object, surface: bpy.types.Object) -> None:
    """Keep the plane at the lowest value, whatever the surface's height is."""
    holders = height_holder(surface)
    variables = {
        variable: Source(surface, owner.path_from_id(name))
        for variable, (owner, name) in zip("hm", (holders[:2], holders[2:]), strict=True)
    }
    gap = _GAP * max(extent_of(surface))
    drive(plane, "location", variables, f"min(-h * m, h - h * m) - {gap:.6g}", index=2)


def _write_nodes(material: bpy.types.Material) -> None:
    with nodes.material(material) as tree:
        spacing, *half = (
            tree.add("ShaderNodeValue", name=name, label=name)
            for name in (_SPACING, _HALF_X, _HALF_Y)
        )
        place = tree.add("ShaderNodeTexCoord")["Object"]
        axes = tree.parts(place)
        with tree.frame("Lines"):
            along_x, along_y = (_line(tree, axes[axis], spacing) for axis in "XY")
            lines = tree.maximum(along_x, along_y)
        with tree.frame("Fade out towards the edges"):
            fade_x, fade_y = (_fade(tree, axes[a], end) for a, end in zip("XY", half, strict=True))
            share = lines * (fade_x * fade_y)
        clear = tree.add("ShaderNodeBsdfTransparent")
        glow = tree.add("ShaderNodeEmission", {"Color": _COLOR, "Strength": 0.6})
        mixed = tree.mix_shader(share, clear, glow)
        tree.add("ShaderNodeOutputMaterial", {"Surface": mixed})


def _line(tree: Tree, coordinate: Linkable, spacing: Linkable) -> Node:
    """Return 1 on the lines and 0 between them."""
    distance = tree.math("PINGPONG", coordinate / spacing, 0.5, label="To the next line")
    return tree.add(
        "ShaderNodeMapRange",
        {"Value": distance, "From Min": _WIDTH, "From Max": _WIDTH / 2},
        interpolation_type="SMOOTHSTEP",
    )


def _fade(tree: Tree, coordinate: Linkable, end: Linkable) -> Node:
    """Return 1 in the middle and 0 at the end."""
    distance = abs(coordinate)
    return tree.add(
        "ShaderNodeMapRange",
        {"Value": distance, "From Min": end, "From Max": end * 0.6},
        interpolation_type="SMOOTHSTEP",
    )
