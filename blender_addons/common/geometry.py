# SPDX-License-Identifier: GPL-3.0-or-later
"""From arrays to datablocks, in bulk.

`foreach_set` on one datablock is thousands of times faster than a loop over its elements, and
needs arrays of exactly Blender's own type: float32 and int32.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

import bpy
import numpy as np
from numpy.typing import NDArray

_Kind = Literal["INT", "INT8", "BOOLEAN", "FLOAT"]
_KINDS: Final[Mapping[str, tuple[_Kind, type[np.generic]]]] = {
    "f": ("FLOAT", np.float32),
    "i": ("INT", np.int32),
    "u": ("INT", np.int32),
    "b": ("BOOLEAN", np.bool_),
}
_BYTES: Final[tuple[_Kind, type[np.generic]]] = ("INT8", np.int8)

Domain = Literal["POINT", "CURVE", "EDGE"]


def new_curves(
    name: str,
    point_counts: NDArray[np.integer[Any]],
    positions: NDArray[np.floating[Any]],
    attributes: Mapping[tuple[str, Domain], NDArray[Any]],
) -> bpy.types.Curves:
    """Make a Curves datablock of poly curves.

    Parameters
    ----------
    point_counts : ndarray of int, shape (C,)
        Points of each curve, all above zero; there may be no curve.
    positions : ndarray, shape (P, 3)
        In Blender units.
    attributes : mapping
        From name and domain to one number per point (P,) or curve (C,); integers become integer
        attributes, others float attributes.
    """
    curves = bpy.data.hair_curves.new(name)
    if not len(point_counts):
        return curves
    curves.add_curves(point_counts.tolist())
    curves.set_types(type="POLY")
    position = curves.attributes["position"]
    _fill(position, "vector", np.ascontiguousarray(positions, np.float32).ravel())
    for (attribute, domain), values in attributes.items():
        set_attribute(curves, attribute, domain, values)
    return curves


def new_points(
    name: str,
    vertices: int | NDArray[np.floating[Any]],
    rows: Iterable[tuple[str, NDArray[Any]]],
) -> bpy.types.Mesh:
    """Make a mesh of loose vertices that holds data and is never drawn.

    Parameters
    ----------
    vertices : int or ndarray, shape (V, 3)
        How many there are, or where.
    rows : iterable of (str, ndarray of shape (V,))
        Attributes; taken one at a time, so that a generator only needs memory for one.
    """
    mesh = bpy.data.meshes.new(name)
    mesh.vertices.add(vertices if isinstance(vertices, int) else len(vertices))
    # A mesh without vertices has no positions either.
    if not isinstance(vertices, int) and len(vertices):
        positions = np.ascontiguousarray(vertices, np.float32).ravel()
        _fill(mesh.attributes["position"], "vector", positions)
    for attribute, values in rows:
        set_attribute(mesh, attribute, "POINT", values)
    return mesh


def fill_mesh(
    mesh: bpy.types.Mesh,
    positions: NDArray[np.floating[Any]],
    faces: NDArray[np.integer[Any]],
    *,
    smooth: bool = True,
) -> None:
    """Replace a mesh's content with triangles or quads; its materials are kept.

    Parameters
    ----------
    positions : ndarray, shape (V, 3)
        In Blender units.
    faces : ndarray of int, shape (F, 3) or (F, 4)
        Corners, all from 0 to below V; faces that repeat one are removed.
    smooth : bool
        Use smooth shading.
    """
    mesh.clear_geometry()
    if not len(faces):
        return
    mesh.vertices.add(len(positions))
    mesh.loops.add(faces.size)
    mesh.polygons.add(len(faces))
    positions = np.ascontiguousarray(positions, np.float32)
    _fill(mesh.attributes["position"], "vector", positions.ravel())
    corners: Any = mesh.attributes[".corner_vert"]
    _fill(corners, "value", np.ascontiguousarray(faces, np.int32).ravel())
    starts: Any = mesh.polygons
    starts.foreach_set("loop_start", np.arange(0, faces.size, faces.shape[1], dtype=np.int32))
    if not smooth:
        mesh.shade_flat()
    mesh.update(calc_edges=True)
    corners_of = list(faces.T)
    if any((one == other).any() for one, other in itertools.combinations(corners_of, 2)):
        mesh.validate()


def set_attribute(
    data: bpy.types.Curves | bpy.types.Mesh, name: str, domain: Domain, values: NDArray[Any]
) -> None:
    """Store one number per element, or one vector.

    Parameters
    ----------
    values : ndarray, shape (elements,) or (elements, 3)
        Integers become an integer attribute, of a byte if they are of one themselves; truth values
        a boolean one, others a float attribute; rows of three become vectors.
    """
    if values.ndim == 2:
        attribute = data.attributes.new(name, "FLOAT_VECTOR", domain)
        _fill(attribute, "vector", np.ascontiguousarray(values, np.float32).ravel())
        return
    kind, dtype = _BYTES if values.dtype == np.int8 else _KINDS[values.dtype.kind]
    attribute = data.attributes.new(name, kind, domain)
    _fill(attribute, "value", np.ascontiguousarray(values, dtype))


def _fill(attribute: Any, key: str, values: NDArray[Any]) -> None:
    # foreach_set raises an error if there is nothing to copy.
    if values.size:
        attribute.data.foreach_set(key, values)
