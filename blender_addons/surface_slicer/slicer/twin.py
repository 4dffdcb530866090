# SPDX-License-Identifier: GPL-3.0-or-later
"""The wireframe twin: wires along a surface, visible where the surface is cut away.

It is drawn with the surface's own material, or with light of one color. Either has the same
slicers, and the amount -1 reverses the mix, so the same empty moves both. The wires follow the
evaluated surface with all its modifiers.

On a grid, every n-th line is a wire, since the edges of a finely sampled surface would cover it
completely. On anything else the edges are in no order, and wires are drawn where planes at equal
distances meet it. The wires of a grid that moves are swept once, see `grid_wires`, and stored as
the twin's own mesh; each frame only moves them. So are those of anything else, see `still_wires`;
each frame only gives them its colors. Whenever something else is asked for than was swept, the
wires are made anew in each frame.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import bpy
import numpy as np

from ..common.cut.materials import Cut, add_cut, cuts_of
from ..common.geometry import fill_mesh, set_attribute
from ..common.nodes.modifiers import has_input, input_value, set_inputs
from ..properties import about
from ..surface import motion
from ..surface.datablocks import CELL, X, Y
from ..surface.lift import is_surface
from .companions import companion_light, companions_of, count_vertices, modifier_of, new_companion
from .cuttable import PLAIN, evaluated_geometry, materials_of
from .grid_wires import grid_wires
from .instances import drawn_points
from .slicer import set_amount, slicers_of
from .still_wires import RING, sweep_still
from .wire_nodes import AT, BESIDE, DRAWN, MEASURES, PLAYED, wire_group

TWIN: Final = "Wireframe"
WIRE_COLOR: Final = (0.2, 0.24, 0.33)
LINES: Final = 26
"""Wires along the longer side, if not given."""
_OF_KIND: Final = {
    "Lines": [("Every", "Every n-th")],
    "Sections": [("Spacing", "Spacing")],
    "Sharp Edges": [("Sharp Angle", "Angle")],
}
# A wire's width, as a fraction of the distance between two.
_WIDTH_PART: Final = 0.2


def add_wireframe_twin(
    context: bpy.types.Context,
    source: bpy.types.Object,
    *,
    color: Sequence[float] | None = None,
    strength: float = 1.0,
    lines: int = 0,
    width: float = 0.0,
    draw: str = "",
) -> bpy.types.Object:
    """Show a wireframe of an object where it is cut away.

    Parameters
    ----------
    source : Object
        A sliced object with faces.
    color : sequence of float, optional
        Scene-linear, of the wires; without one, they have the object's own material.
    strength : float
        Strength of their glow, if they have a color.
    lines : int
        Wires along the object's longest side; 0 for as many as there are, or `LINES`.
    width : float
        Of the wires, in Blender units; 0 for the current one, or a part of their distance.
    draw : str
        One of `wire_nodes.DRAWN`: lines of the grid or all edges, sections, or sharp edges. If not
        given, lines on surfaces and sections on anything else.

    Returns
    -------
    Object
        The existing one, if it has one, with what is given here changed.

    Raises
    ------
    ValueError
        If the object is not sliced, or has no faces.
    """
    groups = slicers_of(source)
    if not groups:
        raise ValueError(f"'{source.name}' is not sliced.")
    twins = companions_of(source)
    if twins:
        _set_wires(context, twins[0], source, lines, width, draw)
        return twins[0]
    drawn = materials_of(context, source)
    # Each slicer, even if a material assigned since then has none.
    cuts = [cut for material in drawn for cut in cuts_of(material)] + [Cut(g) for g in groups]
    count_vertices(context, source)
    own = next((one for one in drawn if not one.name.startswith(PLAIN)), None)
    if color is not None or own is None:
        own = companion_light(TWIN, WIRE_COLOR if color is None else color, strength)
    twin = new_companion(context, TWIN, source, wire_group(), {"Material": own})
    # For materials that ask for it, as those of brain regions do.
    twin.color = source.color
    _set_wires(context, twin, source, lines or LINES, width, draw or _usual(source), is_new=True)
    for cut in cuts:
        add_cut(own, cut)
    for group in groups:
        set_amount(twin, group, -1.0)
    return twin


def find_wires(source: bpy.types.Object) -> bpy.types.NodesModifier | None:
    """Find the modifier that draws an object's wireframe twin, whose inputs are its settings."""
    return next((modifier_of(twin) for twin in companions_of(source)), None)


def shown_inputs(wires: bpy.types.NodesModifier) -> list[tuple[str, str]]:
    """List the inputs of `find_wires` that matter now, each with what the panel calls it."""
    shown = [("Thickness", "Width")]
    # That of version 0.1.0 has no choice.
    draw = input_value(wires, "Draw").value if has_input(wires, "Draw") else "Lines"
    shown += [("Draw", "Along")] if has_input(wires, "Draw") else []
    return [*shown, *_OF_KIND[draw]]


def _usual(source: bpy.types.Object) -> str:
    return "Lines" if is_surface(source) else "Sections"


def _set_wires(
    context: bpy.types.Context,
    twin: bpy.types.Object,
    source: bpy.types.Object,
    lines: int,
    width: float,
    draw: str,
    *,
    is_new: bool = False,
) -> None:
    """Change what is given of a twin's wires, and sweep them if that saves time."""
    modifier = modifier_of(twin)
    values: dict[str, Any] = {}
    if lines:
        points = drawn_points(context, [source])
        distance = float((points.max(axis=0) - points.min(axis=0)).max()) / lines
        side = max(about(source).rows, about(source).columns) if is_surface(source) else 0
        # Vertices of anything else are not ordered.
        values["Every"] = max(1, round((side - 1) / lines)) if side else 1
        values["Spacing"] = distance
        if is_new:
            values["Thickness"] = distance * _WIDTH_PART
    if width:
        values["Thickness"] = width
    if draw:
        values["Draw"] = draw
    set_inputs(modifier, values)
    if is_surface(source) and motion.find_modifier(source) is not None:
        _sweep(twin, source, input_value(modifier, "Every").value)
    elif not is_surface(source) and has_input(modifier, "Still Vertices"):
        _sweep_still(context, twin, source)


def _sweep(twin: bpy.types.Object, source: bpy.types.Object, every: int) -> None:
    """Store the wires of a surface that moves as the twin's own mesh."""
    data, mesh, grid = about(source), twin.data, source.data
    assert isinstance(mesh, bpy.types.Mesh) and isinstance(grid, bpy.types.Mesh)
    shape = data.rows, data.columns
    # Whole: where there are holes, their number may change.
    wires = grid_wires(np.ones(shape, bool), every)
    fill_mesh(mesh, np.zeros((len(wires.at), 3)), wires.quads)
    for name, cells in ((AT, wires.at), (BESIDE, wires.beside)):
        set_attribute(mesh, name, "POINT", cells)
    set_attribute(mesh, RING, "POINT", wires.ring)
    for name in (X, Y):
        of_grid: Any = grid.attributes.get(name)
        if of_grid is not None and CELL not in grid.attributes:
            values = np.empty(len(grid.vertices), np.float32)
            of_grid.data.foreach_get("value", values)
            set_attribute(mesh, name, "POINT", values[wires.at])
    swept = {
        "Swept Vertices": math.prod(shape),
        "Swept Every": every,
        "Swept Columns": shape[1],
    }
    set_inputs(modifier_of(twin), swept)


def _sweep_still(
    context: bpy.types.Context, twin: bpy.types.Object, source: bpy.types.Object
) -> None:
    """Store the wires of anything else, which may keep its shape while its colors play."""
    modifier = modifier_of(twin)

    def value(name: str) -> Any:
        return input_value(modifier, name).value

    def looked_at(number: int) -> Any:
        """Evaluate the twin; its mesh lives as long as what is returned."""
        set_inputs(modifier, {"Still Vertices": number})
        return evaluated_geometry(context, twin)

    vertices, played = 0, list[str]()
    kind = list(DRAWN).index(value("Draw"))
    shown, drawn = looked_at(-1), looked_at(0)
    # So that rings stay round.
    is_even = np.allclose(np.array(source.matrix_world.to_scale()), 1.0, atol=1e-4)
    if is_even and shown is not None and shown.mesh is not None and drawn.mesh is not None:
        mesh, material, radius = twin.data, value("Material"), 0.5 * value("Thickness")
        assert isinstance(mesh, bpy.types.Mesh)
        to_source = np.array(source.matrix_world.inverted_safe() @ twin.matrix_world)
        vertices, played = sweep_still(mesh, drawn.mesh, shown.mesh, to_source, material, radius)
    named = [*played, *[""] * (len(PLAYED) - len(played))]
    still = {
        "Still Vertices": vertices,
        "Still Draw": kind,
        "Still Measure": float(value(MEASURES[kind])),
        "Still Thickness": float(value("Thickness")),
        **dict(zip(PLAYED, named, strict=True)),
    }
    set_inputs(modifier, still)
