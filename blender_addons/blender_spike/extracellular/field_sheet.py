# SPDX-License-Identifier: GPL-3.0-or-later
"""A sheet that shows the potential around a neuron as it plays.

The sheet is a grid, whose mesh holds the potential of each sample at its points; its modifier shows
that of the present. It is a child of its neuron, and lies where somebody puts it: moved, turned or
scaled, it is computed again at its new place by `stepwise` and `put`.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Final, Literal, NamedTuple

import bpy
import numpy as np
from mathutils import Matrix, Quaternion, Vector
from numpy.typing import NDArray

from ..common.figures.numbers import round_step
from ..common.geometry import fill_mesh, set_attribute
from ..common.marks import Mark
from ..common.nodes.modifiers import add_group_modifier, find_group_modifier, set_inputs
from ..common.placing import open_collection
from ..common.required import required
from ..playback.sections import column, sample_times
from ..playback.shown_time import follow_time
from ..potential import line_sources
from ..potential.line_sources import FieldError, Floats, Lines, check_sigma, check_size
from ..potential.membrane_currents import imbalance, imbalance_sentence
from ..potential.sheet import check_pixels
from ..properties import about, about_figure
from .field_light import field_input, field_material, is_field_material
from .field_nodes import GROUP, frame_name, node_group
from .kept_lines import currents_of, lines_of, recording_of

Facing = Literal["X", "Y", "Z", "VIEW", "OBJECT"]
KIND: Final = "FIELD"
MOST_COLUMNS: Final = 1024
LARGEST_BYTES: Final = 1 << 29
"""Of the samples that a sheet holds: so much larger is the .blend, before it is compressed."""

_COMPUTED: Final = Mark("blender_spike", "field", "blender_spike_field")
# Beyond the neuron on each side, and how large a sheet around a point is.
_MARGIN: Final = 0.25
_OF_A_POINT_UM: Final = 400.0
# The share of the sheet's points whose largest potential is within the limits.
_WITHIN: Final = 99.5
_LIMIT_PARTS: Final = 1
# From the limit to where the scale becomes linear.
_DECADES: Final = 20.0
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


class Found(NamedTuple):
    """What was computed for a sheet."""

    values_uv: NDArray[np.float32]
    """Shape (frames, points)."""
    told: str
    """What is to be said about it, in sentences; may be empty."""


def placed(
    neuron: bpy.types.Object,
    facing: Facing,
    center: Vector | None = None,
    size_um: float = 0.0,
    *,
    view: Quaternion | None = None,
    other: bpy.types.Object | None = None,
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
    lines, _ = lines_of(neuron)
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
    if (needed := counts[0] * counts[1] * frames * 4) > LARGEST_BYTES:
        raise FieldError(
            f"{counts[0]:,} x {counts[1]:,} points in {frames:,} frames take "
            f"{needed / 1e6:,.0f} MB in the .blend; the limit is {LARGEST_BYTES / 1e6:,.0f} MB. "
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


def work_of(neuron: bpy.types.Object, points: int) -> float:
    """Estimate how many seconds `stepwise` takes."""
    segments, frames = about(neuron).segments, about(neuron).frames
    return points * segments * (3e-8 + 4e-10 * frames)


def stepwise(
    neuron: bpy.types.Object, places: Floats, sigma: float
) -> Generator[float, None, Found]:
    """Compute the potential at places around a neuron, step by step.

    Parameters
    ----------
    neuron : Object
        An imported simulation with membrane currents.
    places : ndarray, shape (P, 3)
        In the neuron's own space.
    sigma : float
        Conductivity in S/m.

    Yields
    ------
    float
        The share that is done, 0..1.

    Raises
    ------
    FieldError
        If there are no currents, or the result would be too large.
    """
    check_sigma(sigma)
    check_size(about(neuron).frames, len(places))
    lines, cells = lines_of(neuron)
    currents = currents_of(neuron)
    steps = line_sources.stepwise(lines, currents, places * about(neuron).um_per_unit, sigma)
    values = yield from steps
    return Found(values, _imbalance_told(neuron, currents, cells))


def add_sheet(
    context: bpy.types.Context,
    neuron: bpy.types.Object,
    matrix: Matrix,
    grid: Spread,
    found: Found,
    sigma: float,
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

    Returns
    -------
    Object
        In the active collection; it is a child of the neuron.
    """
    mesh = bpy.data.meshes.new(f"{neuron.name} field")
    sheet = bpy.data.objects.new(mesh.name, mesh)
    sheet.parent = neuron
    sheet.matrix_parent_inverse.identity()
    sheet.matrix_basis = matrix
    # It neither lights nor shadows what is beside it.
    sheet.visible_diffuse = sheet.visible_glossy = sheet.visible_transmission = False
    sheet.visible_volume_scatter = sheet.visible_shadow = False
    about_figure(sheet).kind, about_figure(sheet).neuron = KIND, neuron
    material = field_material(f"{neuron.name} field")
    mesh.materials.append(material)
    modifier = add_group_modifier(sheet, GROUP, node_group())
    follow_time(modifier, neuron)
    limit = limit_of(found.values_uv)
    field_input(material, "Limit").default_value = limit
    field_input(material, "Linear Up To").default_value = limit / _DECADES
    field_input(material, "Line Width").default_value = max(grid.width, grid.height) * 0.002
    open_collection(context).objects.link(sheet)
    _fill(sheet, grid, found, sigma, neuron)
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
    grid = grid_of(sheet)
    neuron = required(about_figure(sheet).neuron)
    old = sheet.data
    assert isinstance(old, bpy.types.Mesh)
    mesh = bpy.data.meshes.new(old.name)
    for material in old.materials:
        mesh.materials.append(material)
    sheet.data = mesh
    if not old.users:
        bpy.data.batch_remove([old])
    _fill(sheet, grid, found, sigma, neuron)
    follow_time(required(find_field(sheet)), neuron)


def renew(neuron: bpy.types.Object) -> None:
    """Compute all sheets around a neuron again, after other data came into it.

    Raises
    ------
    FieldError
        If a field can no longer be computed; sheets are left as they were then.
    """
    for sheet in sheets_of(neuron):
        if sheet.is_editable:
            sigma = sigma_of(sheet)
            put(sheet, compute(neuron, places_of(sheet), sigma), sigma)


def compute(neuron: bpy.types.Object, places: Floats, sigma: float) -> Found:
    """Compute the potential at places around a neuron; see `stepwise`."""
    steps = stepwise(neuron, places, sigma)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: Found = end.value
            return found


def find_field(thing: bpy.types.Object | None) -> bpy.types.NodesModifier | None:
    """Find the modifier that shows a field, on a sheet."""
    return find_group_modifier(thing, GROUP)


def sheets_of(neuron: bpy.types.Object) -> list[bpy.types.Object]:
    """Find the sheets around a neuron, by name."""
    return sorted(
        (
            thing
            for thing in bpy.data.objects
            if about_figure(thing).kind == KIND
            and about_figure(thing).neuron == neuron
            and find_field(thing) is not None
            and _COMPUTED.on(thing)
        ),
        key=lambda thing: thing.name,
    )


def neuron_of(sheet: bpy.types.Object) -> bpy.types.Object:
    """Return the neuron that a sheet is about."""
    return required(about_figure(sheet).neuron)


def sheet_at_hand(
    active: bpy.types.Object | None, neuron: bpy.types.Object | None
) -> bpy.types.Object | None:
    """Find the sheet that panels are about: the active object, or the neuron's first."""
    sheets = [] if neuron is None else sheets_of(neuron)
    return active if active in sheets else next(iter(sheets), None)


def material_of_sheet(sheet: bpy.types.Object) -> bpy.types.Material | None:
    """Find the material that colors a sheet; None if somebody gave it another."""
    found = (slot.material for slot in sheet.material_slots)
    return next((one for one in found if is_field_material(one)), None)


def grid_of(sheet: bpy.types.Object) -> Spread:
    """Return how a sheet is divided."""
    kept: Any = _COMPUTED.of(sheet)
    width, height = kept["size"]
    return Spread(float(width), float(height), int(kept["columns"]), int(kept["rows"]))


def sigma_of(sheet: bpy.types.Object) -> float:
    """Return the conductivity that a sheet was computed with, in S/m."""
    return float(_COMPUTED.of(sheet)["sigma"])


def places_of(sheet: bpy.types.Object) -> Floats:
    """Find where the points of a sheet are now, in its neuron's space, shape (P, 3)."""
    return moved(points_of(grid_of(sheet)), _to_neuron(sheet))


def moved(points: Floats, matrix: Matrix) -> Floats:
    """Transform points, shape (P, 3)."""
    rows = np.array(matrix)
    transformed: Floats = points @ rows[:3, :3].T + rows[:3, 3]
    return transformed


def outdated(sheet: bpy.types.Object) -> str:
    """Tell why what a sheet shows is not the field where it is now.

    Returns
    -------
    str
        Empty if it is.
    """
    kept: Any = _COMPUTED.of(sheet)
    neuron = required(about_figure(sheet).neuron)
    if (
        int(kept["recording"]) != recording_of(neuron)
        or int(kept["frames"]) != about(neuron).frames
    ):
        return "computed from other data"
    then, now = np.array(kept["matrix"]).reshape(4, 4), np.array(_to_neuron(sheet))
    size = max(grid_of(sheet)[:2])
    # Single precision of places in the scene.
    off = np.abs(then - now) * np.array([size, size, size, 1.0])
    return "moved since it was computed" if off[:3].max() > 1e-4 * size else ""


def remove_sheets(sheets: list[bpy.types.Object]) -> None:
    """Remove sheets, and what only they used."""
    blocks: list[bpy.types.ID] = []
    for sheet in sheets:
        mesh = sheet.data
        assert isinstance(mesh, bpy.types.Mesh)
        blocks += [mesh, *(slot.material for slot in sheet.material_slots if slot.material)]
    bpy.data.batch_remove(sheets)
    # Materials are in use until their meshes are gone.
    for kind in (bpy.types.Mesh, bpy.types.Material):
        unused = [one for one in blocks if isinstance(one, kind) and not one.users]
        bpy.data.batch_remove(list(dict.fromkeys(unused)))


def limit_of(values_uv: NDArray[np.float32]) -> float:
    """Choose the potential at the ends of the colormap, a round number in µV."""
    largest = np.maximum(values_uv.max(axis=0), -values_uv.min(axis=0))
    reached = float(np.percentile(largest, _WITHIN)) if largest.size else 0.0
    return round_step(reached, _LIMIT_PARTS) if reached > 0 else 1.0


def _extent(lines: Lines, across: NDArray[np.float64]) -> tuple[Floats, Floats]:
    """Find the corners of a box around lines, along the columns of a rotation."""
    ends = np.concatenate([lines.starts_um, lines.ends_um]) @ across
    return ends.min(axis=0), ends.max(axis=0)


def _to_neuron(sheet: bpy.types.Object) -> Matrix:
    """From a sheet's space to its neuron's, as it is animated in this frame."""
    neuron = required(about_figure(sheet).neuron)
    if sheet.parent == neuron and sheet.parent_type == "OBJECT":
        return sheet.matrix_parent_inverse @ sheet.matrix_basis
    return neuron.matrix_world.inverted() @ sheet.matrix_world


def _fill(
    sheet: bpy.types.Object,
    grid: Spread,
    found: Found,
    sigma: float,
    neuron: bpy.types.Object,
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
    _COMPUTED.put(
        sheet,
        {
            "recording": recording_of(neuron), "frames": about(neuron).frames, "sigma": sigma,
            "size": [grid.width, grid.height], "columns": grid.columns, "rows": grid.rows,
            "matrix": np.array(_to_neuron(sheet)).ravel().tolist(),
        },
    )  # fmt: skip


def _imbalance_told(
    neuron: bpy.types.Object, currents: NDArray[np.float32], cells: NDArray[np.int32]
) -> str:
    count = int(cells.max(initial=0)) + 1
    found = imbalance(currents, cells, count)
    if found is None:
        return ""
    unit = "ms" if about(neuron).has_time else "samples"
    names = [neuron.name] if count == 1 else [f"cell {cell}" for cell in range(count)]
    return imbalance_sentence(found, names, sample_times(neuron), unit)
