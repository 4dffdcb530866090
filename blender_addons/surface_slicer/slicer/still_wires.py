# SPDX-License-Identifier: GPL-3.0-or-later
"""The wires of an object that keeps its shape while its colors play, such as a neuron, swept once.

Blender makes a twin anew whenever its object changes at all. So its wires are taken as they were
made, and stored: each knows the edge on which it lies, from whose ends it takes the values that
colors show. All wires run along edges or from one to the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import bpy
import numpy as np
from mathutils.bvhtree import BVHTree
from numpy.typing import NDArray

from ..common.geometry import fill_mesh, set_attribute
from ..common.required import required
from .grid_wires import SIDES

RING: Final = "wire_ring"
"""Point attribute of swept wires: from a wire's middle to its surface, for a radius of 1."""
ENDS: Final = ("wire_end_1", "wire_end_2")
WEIGHT: Final = "wire_weight"
WAS: Final = "wire_end_was"
LEADER: Final = "wire_leader"
LEADS: Final = "wire_leads"
"""Point attributes of still wires; see `StillWires`."""
MOST_VALUES: Final = 4
"""How many attributes can play."""
# Beyond, looking for their triangles takes more than a second or two.
_MOST_RINGS: Final = 100_000
_MOST_TRIANGLES: Final = 1_000_000
_LEAST_RADIUS: Final = 1e-9


@dataclass(frozen=True, slots=True)
class StillWires:
    """Tubes on an object's surface.

    Attributes
    ----------
    places : ndarray, shape (V, 3)
        Of the vertices, in the object's own space.
    ring : ndarray, shape (V, 3)
        There from the middle of the tube, for a radius of 1.
    quads : ndarray of int32, shape (F, 4)
        Vertices of the faces.
    ends : ndarray of int32, shape (V, 2)
        The object's vertices beside each middle.
    weight : ndarray, shape (V,)
        How much of the second of them there is; the rest is the first.
    was : ndarray, shape (V, 3)
        Where the first of them was.
    leader : ndarray of int32, shape (V,)
        The first vertex around the same middle; all have its values.
    played : list of str
        The object's attributes that colors show.
    """

    places: NDArray[np.float64]
    ring: NDArray[np.float64]
    quads: NDArray[np.int32]
    ends: NDArray[np.int32]
    weight: NDArray[np.float64]
    was: NDArray[np.float64]
    leader: NDArray[np.int32]
    played: list[str]

    def store(self, mesh: bpy.types.Mesh, whole: dict[str, NDArray[np.int32]]) -> None:
        """Replace a mesh's content.

        Parameters
        ----------
        whole : dict
            Whole numbers of the object's vertices, which do not play, by their attributes.
        """
        fill_mesh(mesh, self.places, self.quads)
        for name, column in zip(ENDS, self.ends.T, strict=True):
            set_attribute(mesh, name, "POINT", column)
        for name, rows in ((RING, self.ring), (WEIGHT, self.weight), (WAS, self.was)):
            set_attribute(mesh, name, "POINT", rows)
        set_attribute(mesh, LEADER, "POINT", self.leader)
        set_attribute(mesh, LEADS, "POINT", self.leader == np.arange(len(self.leader)))
        for name, values in whole.items():
            # The first is the nearer one.
            set_attribute(mesh, name, "POINT", values[self.ends[:, 0]])


def sweep_still(
    wires: bpy.types.Mesh,
    drawn: Any,
    shown: Any,
    to_shown: NDArray[np.float64],
    material: bpy.types.Material,
    radius: float,
) -> tuple[int, list[str]]:
    """Store wires, as they are drawn now, as a mesh.

    Parameters
    ----------
    wires : Mesh
        To be filled.
    drawn : Mesh
        The wires, with `grid_wires.SIDES` vertices around their middle.
    shown : Mesh
        Of the object whose wires they are.
    to_shown : ndarray, shape (4, 4)
        From the space of the wires to that of the object, which has the same scale.
    material : Material
        Whose colors the wires show.
    radius : float
        Of the wires.

    Returns
    -------
    vertices : int
        The object's; 0 if its wires cannot be stored, and the mesh is as it was.
    played : list of str
        The attributes whose values the wires take from it in each frame.
    """
    attributes = _attributes(shown, set(_read_by(required(material.node_tree))))
    if attributes is None:
        return 0, []
    played, whole = attributes
    quads = _quads(drawn)
    triangles = _triangles(shown)
    points = _places(drawn)
    rings = len(points) // SIDES
    few = 0 < rings <= _MOST_RINGS and 0 < len(triangles) <= _MOST_TRIANGLES
    if quads is None or not few or len(points) % SIDES or radius < _LEAST_RADIUS:
        return 0, []
    points = points @ to_shown[:3, :3].T + to_shown[:3, 3]
    middles = points.reshape(rings, SIDES, 3).mean(axis=1)
    ends, weight = _on_edges(middles, _places(shown), triangles)
    each = np.repeat(np.arange(rings), SIDES)
    still = StillWires(
        places=points,
        ring=(points - middles[each]) / radius,
        quads=quads,
        ends=ends[each].astype(np.int32),
        weight=weight[each].astype(np.float32),
        was=_places(shown)[ends[each][:, 0]],
        leader=(each * SIDES).astype(np.int32),
        played=played,
    )
    still.store(wires, whole)
    return len(shown.vertices), played


def _read_by(tree: Any) -> Iterator[str]:
    """List the attributes that a material reads; "" for what is no attribute of points."""
    for node in tree.nodes:
        if node.bl_idname == "ShaderNodeAttribute" and node.attribute_type == "GEOMETRY":
            yield node.attribute_name
        elif _is_by_uv(node):
            yield ""
        inner = getattr(node, "node_tree", None)
        if inner is not None:
            yield from _read_by(inner)


def _is_by_uv(node: Any) -> bool:
    """Tell whether a node reads coordinates or colors that swept wires do not have."""
    if node.bl_idname == "ShaderNodeTexCoord":
        return bool(node.outputs["UV"].is_linked)
    if node.bl_idname == "ShaderNodeTexImage":
        return not node.inputs["Vector"].is_linked
    return node.bl_idname in ("ShaderNodeUVMap", "ShaderNodeVertexColor")


def _attributes(
    mesh: Any, names: set[str]
) -> tuple[list[str], dict[str, NDArray[np.int32]]] | None:
    """Divide the attributes that are read into those that may play and whole numbers.

    Returns
    -------
    tuple or None
        None if there are others, or too many.
    """
    if "" in names:
        return None
    played: list[str] = []
    whole: dict[str, NDArray[np.int32]] = {}
    for attribute in mesh.attributes:
        if attribute.name not in names:
            continue
        if attribute.domain != "POINT" or attribute.data_type not in ("FLOAT", "INT"):
            return None
        if attribute.data_type == "FLOAT":
            played.append(attribute.name)
        else:
            whole[attribute.name] = np.empty(len(mesh.vertices), np.int32)
            attribute.data.foreach_get("value", whole[attribute.name])
    return (sorted(played), whole) if len(played) <= MOST_VALUES else None


def _places(mesh: Any) -> NDArray[np.float64]:
    places = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.vertices.foreach_get("co", places.ravel())
    return places.astype(np.float64)


def _quads(mesh: Any) -> NDArray[np.int32] | None:
    """Return the corners of all faces; None if one is no quad."""
    if len(mesh.loops) != 4 * len(mesh.polygons):
        return None
    corners = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("vertex_index", corners)
    return corners.reshape(-1, 4)


def _triangles(mesh: Any) -> NDArray[np.int32]:
    mesh.calc_loop_triangles()
    triangles = np.empty((len(mesh.loop_triangles), 3), np.int32)
    mesh.loop_triangles.foreach_get("vertices", triangles.ravel())
    return triangles


def _on_edges(
    middles: NDArray[np.float64],
    places: NDArray[np.float64],
    triangles: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Find the ends of the nearest edge, the nearer first, and how much there is of the second."""
    tree = BVHTree.FromPolygons(places.tolist(), triangles.tolist())
    found = [tree.find_nearest(middle) for middle in middles.tolist()]
    nearest = np.array([0 if place[2] is None else place[2] for place in found])
    on_it = np.array([middle if place[0] is None else place[0] for place, middle in
                      zip(found, middles.tolist(), strict=True)])  # fmt: skip
    corners = triangles[nearest]
    a, b, c = (places[corners[:, k]] for k in range(3))
    # Barycentric coordinates, from the areas of the three triangles at that place.
    normal = np.cross(b - a, c - a)
    area = np.maximum((normal**2).sum(axis=1), 1e-300)
    second = (np.cross(c - a, a - on_it) * normal).sum(axis=1) / area
    third = (np.cross(a - b, b - on_it) * normal).sum(axis=1) / area
    weights = np.stack([1 - second - third, second, third], axis=1).clip(0, 1)
    order = np.argsort(-weights, axis=1)[:, :2]
    ends, shares = (np.take_along_axis(both, order, axis=1) for both in (corners, weights))
    return ends, shares[:, 1] / shares.sum(axis=1)
