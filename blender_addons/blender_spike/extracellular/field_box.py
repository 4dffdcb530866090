# SPDX-License-Identifier: GPL-3.0-or-later
"""A box in which isosurfaces or a volume show the potential around a neuron as it plays.

Its mesh holds the potential at the points of a lattice as `modes`. It moves with its neuron, whose
child it is; moved by itself, it is computed again by `stepwise_in` and `put`.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any, Final, Literal, NamedTuple

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ..common.geometry import new_points
from ..common.nodes.modifiers import set_inputs
from ..common.placing import open_collection
from ..common.required import required
from ..playback.shown_time import follow_time
from ..potential.lattice import Lattice, lattice_in
from ..potential.modes import Modes, stepwise_modes
from ..properties import about
from . import field_objects
from .computed import limit_of
from .field_light import field_input
from .field_objects import (
    COMPUTED,
    find_field,
    keep_computed,
    moved,
    neuron_of,
    new_field,
    others_of,
    replace_mesh,
    set_scale,
    to_neuron,
)
from .field_sources import lines_together, sources_of
from .lattice_light import set_half_size, surfaces_material, volume_material
from .lattice_nodes import COURSES, PATTERN_PREFIX, surfaces_group, volume_group

Shape = Literal["SURFACES", "VOLUME"]
MOST_POINTS: Final = 512
"""Along the longest side."""

# Beyond the neuron on each side, and how large a box around a point is.
_MARGIN: Final = 0.2
_OF_A_POINT_UM: Final = 400.0
# The outermost and the innermost isosurface, relative to the limit of the colors.
_LEVELS: Final = (0.05, 1.0)
# The share of points whose largest potential is within the limits: most are far from the cells.
_WITHIN: Final = 99.9
# Where the scale becomes linear, relative to the outermost isosurface.
_LINEAR: Final = 0.3
# Points of which the limit of the colors is found.
_FOR_LIMITS: Final = 20_000
# A volume is about so many times as dense as would be opaque along its longest side.
_DENSITY: Final = 10.0


class InBox(NamedTuple):
    """What was computed for a box."""

    modes: Modes
    told: str
    """What is to be said about it, in sentences; may be empty."""


def box_around(
    neuron: bpy.types.Object,
    points: int,
    center: Vector | None = None,
    size_um: float = 0.0,
    others: Sequence[bpy.types.Object] = (),
) -> tuple[Matrix, Lattice]:
    """Find where a box lies, and divide it.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    points : int
        Along the longest side.
    center : Vector, optional
        In world space; the middle of the cells, or the thickest segment if there is a size.
    size_um : float
        Of all sides; 0 for a little more than the cells.
    others : sequence of Object
        Further neurons whose currents are added.

    Returns
    -------
    matrix : Matrix
        From the box's space, whose origin is its middle, to the neuron's.
    lattice : Lattice
        In the box's space.

    Raises
    ------
    FieldError
        If a neuron has no currents, they cannot be added, or there would be too many points.
    """
    lines = lines_together(neuron, others)
    unit = about(neuron).um_per_unit
    ends = np.concatenate([lines.starts_um, lines.ends_um])
    low, high = ends.min(axis=0), ends.max(axis=0)
    middle = (low + high) / 2
    size = high - low + 2 * _MARGIN * max(float((high - low).max()), _OF_A_POINT_UM)
    if size_um:
        thickest = int(np.argmax(lines.radii_um))
        middle = (lines.starts_um[thickest] + lines.ends_um[thickest]) / 2
        size = np.full(3, size_um)
    place = Vector((middle / unit).tolist())
    if center is not None:
        place = neuron.matrix_world.inverted() @ center
    return Matrix.Translation(place.to_tuple()), lattice_in(np.zeros(3), size / unit, points)


def work_in(
    neuron: bpy.types.Object, points: int, others: Sequence[bpy.types.Object] = ()
) -> float:
    """Estimate how many seconds `stepwise_in` takes."""
    return points * sum(about(one).segments for one in (neuron, *others)) * 6e-8


def stepwise_in(
    neuron: bpy.types.Object,
    matrix: Matrix,
    lattice: Lattice,
    sigma: float,
    others: Sequence[bpy.types.Object] = (),
) -> Generator[float, None, InBox]:
    """Compute the potential in a box, step by step.

    Parameters
    ----------
    neuron : Object
        An imported simulation with membrane currents.
    matrix : Matrix
        From the box's space to the neuron's.
    lattice : Lattice
        In the box's space.
    sigma : float
        Conductivity in S/m.
    others : sequence of Object
        Further neurons whose currents are added.

    Yields
    ------
    float
        The share that is done, 0..1.

    Raises
    ------
    FieldError
        If there are no currents, they cannot be added, or the result would be too large.
    """
    lines, currents, told = sources_of(neuron, others)
    unit = about(neuron).um_per_unit
    middles = (lines.starts_um + lines.ends_um) / (2 * unit)
    near = lattice.nearest(moved(middles, matrix.inverted()))
    places = moved(lattice.places(), matrix) * unit
    modes = yield from stepwise_modes(
        lines, currents, places, near, sigma, most_bytes=field_objects.LARGEST_BYTES
    )
    return InBox(modes, told)


def add_box(
    context: bpy.types.Context,
    neuron: bpy.types.Object,
    shape: Shape,
    matrix: Matrix,
    lattice: Lattice,
    found: InBox,
    sigma: float,
    others: Sequence[bpy.types.Object] = (),
) -> bpy.types.Object:
    """Make isosurfaces or a volume of what was computed in a box.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    shape : {"SURFACES", "VOLUME"}
    matrix, lattice, found, sigma, others
        See `stepwise_in`.

    Returns
    -------
    Object
        In the active collection; it is a child of the neuron.
    """
    group, make = (
        (surfaces_group, surfaces_material)
        if shape == "SURFACES"
        else (volume_group, volume_material)
    )
    material = make(f"{neuron.name} field")
    mesh = _mesh(f"{neuron.name} field", lattice, found.modes)
    box = new_field(neuron, matrix, mesh, material, group())
    patterns, courses = found.modes.patterns, found.modes.courses
    some = courses @ patterns[:, :: max(1, lattice.size // _FOR_LIMITS)]
    limit = limit_of(some, _WITHIN)
    set_scale(material, limit)
    modifier = required(find_field(box))
    set_inputs(modifier, {"Material": material})
    if shape == "SURFACES":
        outer, inner = (limit * share for share in _LEVELS)
        set_inputs(modifier, {"Outermost": outer, "Innermost": inner})
        # So that the outermost are not as dark as the middle of the colormap.
        field_input(material, "Linear Up To").default_value = outer * _LINEAR
    else:
        sides = lattice.spacing * (np.array(lattice.counts) - 1)
        field_input(material, "Density").default_value = _DENSITY / float(sides.max())
        set_half_size(material, (sides / 2).tolist())
    open_collection(context).objects.link(box)
    _describe(box, lattice, found.modes, sigma, neuron, others)
    return box


def put(box: bpy.types.Object, found: InBox, sigma: float) -> None:
    """Show in a box what was computed again for it.

    Parameters
    ----------
    box : Object
        Of `add_box`; its colors, surfaces and place are kept.
    """
    lattice, neuron, others = lattice_of(box), neuron_of(box), others_of(box)
    replace_mesh(box, _mesh("field", lattice, found.modes))
    _describe(box, lattice, found.modes, sigma, neuron, others)
    follow_time(required(find_field(box)), neuron)


def is_box(field: bpy.types.Object) -> bool:
    """Tell a box from a sheet."""
    return "counts" in COMPUTED.of(field)


def lattice_of(box: bpy.types.Object) -> Lattice:
    """Return how a box is divided."""
    kept: Any = COMPUTED.of(box)
    x, y, z = (int(count) for count in kept["counts"])
    return Lattice(np.array(kept["corner"]), float(kept["spacing"]), (x, y, z))


def again(box: bpy.types.Object, sigma: float) -> Generator[float, None, InBox]:
    """Compute the potential in a box where it is now, step by step; see `stepwise_in`."""
    place, others = to_neuron(box), others_of(box)
    return stepwise_in(neuron_of(box), place, lattice_of(box), sigma, others)


def _mesh(name: str, lattice: Lattice, modes: Modes) -> bpy.types.Mesh:
    """Hold modes: patterns at the points of the lattice, and courses on as many as it takes."""
    patterns, courses = _in_vectors(modes.patterns), _in_vectors(modes.courses.T)
    # Frame by frame: all vectors of the first frame, then those of the second.
    rows = courses.transpose(1, 0, 2).reshape(-1, 3)
    count = max(lattice.size, len(rows))
    places = np.tile(lattice.corner, (count, 1))
    places[: lattice.size] = lattice.places()

    def attributes() -> Any:
        for number, pattern in enumerate(patterns):
            yield f"{PATTERN_PREFIX}{number}", _filled(pattern, count)
        yield COURSES, _filled(rows, count)

    return new_points(name, places, attributes())


def _in_vectors(rows: Any) -> Any:
    """Take three rows (K, N) at a time as vectors, shape (K / 3, N, 3)."""
    missing = -len(rows) % 3
    filled = np.concatenate([rows, np.zeros((missing, rows.shape[1]), rows.dtype)])
    return filled.reshape(-1, 3, rows.shape[1]).transpose(0, 2, 1)


def _filled(rows: Any, count: int) -> Any:
    found = np.zeros((count, 3), np.float32)
    found[: len(rows)] = rows
    return found


def _describe(
    box: bpy.types.Object,
    lattice: Lattice,
    modes: Modes,
    sigma: float,
    neuron: bpy.types.Object,
    others: Sequence[bpy.types.Object],
) -> None:
    """Tell the modifier how the box is divided, and keep what it was computed for."""
    counts = {f"Points in {a}": count for a, count in zip("XYZ", lattice.counts, strict=True)}
    vectors = -(-modes.courses.shape[1] // 3)
    set_inputs(
        required(find_field(box)),
        {
            **counts, "Corner": lattice.corner.tolist(), "Spacing": lattice.spacing,
            "Vectors of Modes": vectors,
        },
    )  # fmt: skip
    size = [lattice.spacing * (count - 1) for count in lattice.counts]
    divided = {
        "size": size, "counts": list(lattice.counts), "corner": lattice.corner.tolist(),
        "spacing": lattice.spacing,
    }  # fmt: skip
    keep_computed(box, neuron, sigma, divided, others)
