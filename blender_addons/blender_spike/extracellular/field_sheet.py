# SPDX-License-Identifier: GPL-3.0-or-later
"""A sheet that shows the potential around a neuron as it plays.

The sheet is a grid, whose mesh holds the potential of each sample at its points; its modifier shows
that of the present. It is a child of its neuron, and lies where somebody puts it: moved, turned or
scaled, it is computed again at its new place by `stepwise` and `put`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, NamedTuple

import bpy
import numpy as np
from mathutils import Matrix, Quaternion, Vector
from numpy.typing import NDArray

from ..common.geometry import fill_mesh, set_attribute
from ..common.nodes.modifiers import set_inputs
from ..common.placing import open_collection
from ..common.required import required
from ..playback.sections import column
from ..playback.shown_time import follow_time
from ..potential.line_sources import FieldError, Floats, Lines
from ..potential.sheet import check_pixels
from ..properties import about
from . import field_objects
from .computed import Found, limit_of
from .field_light import field_input, field_material
from .field_nodes import frame_name, node_group
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
from .field_sources import lines_together

Facing = Literal["X", "Y", "Z", "VIEW", "OBJECT"]
MOST_COLUMNS: Final = 1024

# Beyond the neuron on each side, and how large a sheet around a point is.
_MARGIN: Final = 0.25
_OF_A_POINT_UM: Final = 400.0
_TURNS: Final = {
    # Looking along an axis from its positive side, with another one up.
    "X": Matrix(((0, 0, 1), (1, 0, 0), (0, 1, 0))),
    "Y": Matrix(((1, 0, 0), (0, 0, -1), (0, 1, 0))),
    "Z": Matrix.Identity(3),
}


class Spread(NamedTuple):
    """A grid in its own plane."""

    width: float
    height: float
    columns: int
    rows: int


def placed(
    neuron: bpy.types.Object,
    facing: Facing,
    center: Vector | None = None,
    size_um: float = 0.0,
    *,
    view: Quaternion | None = None,
    other: bpy.types.Object | None = None,
    beside: Sequence[bpy.types.Object] = (),
) -> tuple[Matrix, tuple[float, float]]:
    """Find where a sheet lies, and how large it is.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    facing : {"X", "Y", "Z", "VIEW", "OBJECT"}
        The axis of the neuron's own space along which one looks at it; or the rotation of `view`,
        or that of another object, whose place it has, too.
    center : Vector, optional
        In world space; the thickest segment, and the middle of the cells across, if not given.
    size_um : float
        Of both sides; 0 for a little more than the cells.
    beside : sequence of Object
        Further neurons whose currents are added.

    Returns
    -------
    matrix : Matrix
        From the sheet's space to the neuron's, a rotation and a place.
    size : tuple of float
        Width and height, in the neuron's own units.

    Raises
    ------
    FieldError
        If the neuron has no currents of which a field can be computed.
    """
    lines = lines_together(neuron, beside)
    unit = about(neuron).um_per_unit
    inverse = neuron.matrix_world.inverted()
    if facing == "VIEW":
        turn = (inverse.to_quaternion() @ required(view)).to_matrix()
    elif facing == "OBJECT":
        relative = inverse @ required(other).matrix_world
        turn, center = (
            relative.to_quaternion().to_matrix(),
            required(other).matrix_world.translation,
        )
    else:
        turn = _TURNS[facing]
    across = np.array(turn)
    low, high = _extent(lines, across)
    place = (low + high) / 2
    thickest = int(np.argmax(lines.radii_um))
    place[2] = (lines.starts_um[thickest] + lines.ends_um[thickest]) @ across[:, 2] / 2
    middle = Vector((across @ place / unit).tolist())
    if center is not None:
        middle = inverse @ center
    if size_um:
        size = (size_um / unit, size_um / unit)
    else:
        extent = np.maximum(high - low, 0.0)[:2]
        beyond = 2 * _MARGIN * max(float(extent.max()), _OF_A_POINT_UM)
        size = (float(extent[0] + beyond) / unit, float(extent[1] + beyond) / unit)
    return Matrix.Translation(middle.to_tuple()) @ turn.to_4x4(), size


def spread(size: tuple[float, float], columns: int, frames: int) -> Spread:
    """Divide a sheet into a grid of squares.

    Parameters
    ----------
    size : tuple of float
        Width and height.
    columns : int
        Points along its longer side.
    frames : int
        Of the neuron.

    Raises
    ------
    FieldError
        If it would be too large.
    """
    longer = max(size)
    counts = [max(2, round((columns - 1) * side / longer) + 1) for side in size]
    check_pixels(*counts)
    if (needed := counts[0] * counts[1] * frames * 4) > (limit := field_objects.LARGEST_BYTES):
        raise FieldError(
            f"{counts[0]:,} x {counts[1]:,} points in {frames:,} frames take "
            f"{needed / 1e6:,.0f} MB in the .blend; the limit is {limit / 1e6:,.0f} MB. "
            "Choose a lower Resolution."
        )
    return Spread(*size, *counts)


def points_of(grid: Spread) -> Floats:
    """Place the points of a grid in its own plane, row by row from below; shape (P, 3)."""
    x = np.linspace(-grid.width / 2, grid.width / 2, grid.columns)
    y = np.linspace(-grid.height / 2, grid.height / 2, grid.rows)
    points = np.zeros((grid.rows, grid.columns, 3))
    points[..., 0], points[..., 1] = x, y[:, None]
    return points.reshape(-1, 3)


def add_sheet(
    context: bpy.types.Context,
    neuron: bpy.types.Object,
    matrix: Matrix,
    grid: Spread,
    found: Found,
    sigma: float,
    others: Sequence[bpy.types.Object] = (),
) -> bpy.types.Object:
    """Make a sheet of what was computed for its points.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    matrix : Matrix
        From the sheet's space to the neuron's.
    found : Found
        At ``points_of(grid)`` there.
    sigma : float
        That it was computed with.
    others : sequence of Object
        Further neurons whose currents are in it.

    Returns
    -------
    Object
        In the active collection; it is a child of the neuron.
    """
    mesh = bpy.data.meshes.new(f"{neuron.name} field")
    material = field_material(f"{neuron.name} field")
    sheet = new_field(neuron, matrix, mesh, material, node_group())
    set_scale(material, limit_of(found.values_uv))
    field_input(material, "Line Width").default_value = max(grid.width, grid.height) * 0.002
    open_collection(context).objects.link(sheet)
    _fill(sheet, grid, found, sigma, neuron, others)
    return sheet


def put(sheet: bpy.types.Object, found: Found, sigma: float) -> None:
    """Show on a sheet what was computed again for its points.

    Parameters
    ----------
    sheet : Object
        Of `add_sheet`; its colors and its place are kept.
    found : Found
        At `places_of` it.
    sigma : float
        That it was computed with.
    """
    grid, neuron, others = grid_of(sheet), neuron_of(sheet), others_of(sheet)
    replace_mesh(sheet, bpy.data.meshes.new("field"))
    _fill(sheet, grid, found, sigma, neuron, others)
    follow_time(required(find_field(sheet)), neuron)


def grid_of(sheet: bpy.types.Object) -> Spread:
    """Return how a sheet is divided."""
    kept: Any = COMPUTED.of(sheet)
    width, height = kept["size"]
    return Spread(float(width), float(height), int(kept["columns"]), int(kept["rows"]))


def places_of(sheet: bpy.types.Object) -> Floats:
    """Find where the points of a sheet are now, in its neuron's space, shape (P, 3)."""
    return moved(points_of(grid_of(sheet)), to_neuron(sheet))


def _extent(lines: Lines, across: NDArray[np.float64]) -> tuple[Floats, Floats]:
    """Find the corners of a box around lines, along the columns of a rotation."""
    ends = np.concatenate([lines.starts_um, lines.ends_um]) @ across
    return ends.min(axis=0), ends.max(axis=0)


def _fill(
    sheet: bpy.types.Object,
    grid: Spread,
    found: Found,
    sigma: float,
    neuron: bpy.types.Object,
    others: Sequence[bpy.types.Object],
) -> None:
    """Put a grid with its samples into a sheet, and keep what they were computed for."""
    mesh = sheet.data
    assert isinstance(mesh, bpy.types.Mesh)
    corner = np.arange(grid.columns - 1) + grid.columns * np.arange(grid.rows - 1)[:, None]
    faces = np.stack(
        [corner, corner + 1, corner + 1 + grid.columns, corner + grid.columns], axis=-1
    ).reshape(-1, 4)
    fill_mesh(mesh, points_of(grid), faces)
    for frame, values in enumerate(found.values_uv):
        set_attribute(mesh, frame_name(frame), "POINT", values)
    # Blender would convert a list of numbers one by one.
    assert len(column(mesh, frame_name(0), "value")) == len(mesh.vertices)
    # Pixels are square in the sheet's own space, whatever its scale.
    spacing = grid.width / (grid.columns - 1)
    set_inputs(
        required(find_field(sheet)),
        {"Columns": grid.columns, "Rows": grid.rows, "Spacing": spacing},
    )
    size = [grid.width, grid.height]
    divided = {"size": size, "columns": grid.columns, "rows": grid.rows}
    keep_computed(sheet, neuron, sigma, divided, others)
