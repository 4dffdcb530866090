# SPDX-License-Identifier: GPL-3.0-or-later
"""A phase as an arrow on a circle in the colors of a cyclic colormap.

The object is a straight line along time that knows the phase of each sample; its modifier takes the
phase at *Drawn* and makes circle and arrow from it. So the number that draws a curve turns the
arrow, too. The proportions are those of `spike-export figure arrow`.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from ..arrays.array_file import Tell, silent
from ..arrays.heightmap import HeightmapError
from ..arrays.polyline import polyline
from ..common import nodes
from ..common.colormaps import resolve
from ..common.colormaps.cyclic import AROUND, set_cyclic
from ..common.colormaps.in_material import set_colormap
from ..common.geometry import new_curves
from ..common.glow import glowing
from ..common.nodes import Linkable, Node, Tree
from ..common.nodes.modifiers import (
    add_group_modifier,
    find_group_modifier,
    input_value,
    set_inputs,
)
from ..common.placing import link, select_only
from ..common.required import required
from ..common.tables import find_period
from ..common.value_color import color_of, read_attribute, set_limits
from .curve import ARROW_GROUP, INPUTS, read
from .curve_color import STRENGTH

PHASE: Final = "phase"
"""The point attribute with the phase of each sample, in radians."""
ARROW_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Drawn": INPUTS["Drawn"] | {"description": "Time that is shown: 0 is the first phase, 1 the "
    "last; keyframe this"},
    "Radius": {
        "kind": "Float",
        "default": 1.0,
        "minimum": 0.0,
        "unit": "DISTANCE",
        "description": "Of the circle",
    },
    "Color of Angle": {
        "kind": "Bool",
        "default": True,
        "description": "Give the arrow the color of the circle where it points, instead of white",
    },
}  # fmt: skip
_PLAIN: Final = "plain"
_ARROW_COLOR: Final = "Arrow Color"
# In radii of the circle.
_TIP, _HEAD, _HEAD_RADIUS = 0.86, 0.16, 0.08
_RING, _SHAFT = 0.029, 0.0145
_PIECES: Final = 256
# Beyond, single precision cannot tell apart what differs by half a degree.
_MOST_TURNS: Final = 10_000


def create_arrow(
    context: bpy.types.Context,
    filepath: str,
    array: str = "",
    *,
    colormap: str = "twilight_shifted",
    tell: Tell = silent,
) -> bpy.types.Object:
    """Make an arrow from a file of phases.

    Parameters
    ----------
    context : Context
        The object goes into its active collection and becomes active.
    filepath, array : str
        Phases in radians, counterclockwise from the right; or two columns, time and phase. Between
        two samples the arrow turns by their difference, or the short way round if the phases come
        round after 2π.
    colormap : str
        Of the circle; a cyclic one shows no seam.
    tell : callable
        See `array_file.Tell`.

    Raises
    ------
    HeightmapError
        One sentence; nothing is added then.
    UnknownColormapError
        If there is no such colormap.
    """
    resolve(colormap)
    values, path = read(filepath, array, tell)
    try:
        times, phases = _samples(values)
    except HeightmapError as error:
        raise HeightmapError(f"Cannot use {path.name}: {error}.") from None
    found = find_period(phases, turns=True)
    if found and math.isclose(found[1], math.tau):
        tell(f"{path.name}: Its phases come round after 2π, so the arrow turns the short way.")
        phases = np.unwrap(phases)
    # Whole turns of the first phase are not visible, and single precision is finer around 0.
    phases = phases - math.tau * math.floor(phases[0] / math.tau)
    if np.abs(phases).max() > _MOST_TURNS * math.tau:
        raise HeightmapError(
            f"Cannot use {path.name}: its phases go over more than {_MOST_TURNS:,} turns; take a "
            "part of them."
        )
    return _added(context, path, times, phases, colormap)


def find_arrow_modifier(thing: bpy.types.Object | None) -> bpy.types.NodesModifier | None:
    """Find the modifier of an arrow; None if the object is not one."""
    return find_group_modifier(thing, ARROW_GROUP)


def arrow_material(arrow: bpy.types.Object) -> bpy.types.Material | None:
    """Find the material of an arrow; None if it has a user's own, or a linked one."""
    material: bpy.types.Material | None = input_value(
        required(find_arrow_modifier(arrow)), "Material"
    ).value
    if material is None or material.library is not None or material.node_tree is None:
        return None
    return material if _ARROW_COLOR in material.node_tree.nodes else None


def arrow_settings(material: bpy.types.Material) -> dict[str, Any]:
    """Find the settings of an arrow's material other than the colormap, by their names."""
    found: Any = required(material.node_tree).nodes
    return {"Strength": found[STRENGTH].inputs["Strength"]}


def _samples(values: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return times from 0 to 1, and phases."""
    line = polyline(values)
    if line.gaps:
        raise HeightmapError(
            "some of its rows are not numbers, and an arrow always points somewhere"
        )
    if (np.diff(line.x) <= 0).any():
        raise HeightmapError("its first column does not increase from row to row")
    return (line.x - line.x[0]) / (line.x[-1] - line.x[0]), line.y


def _added(
    context: bpy.types.Context,
    path: Path,
    times: NDArray[np.float64],
    phases: NDArray[np.float64],
    colormap: str,
) -> bpy.types.Object:
    title = path.stem.encode("utf-8", "replace").decode("utf-8")
    places = np.zeros((len(times), 3))
    # As wide as the circle, since objects are placed beside each other by their own data.
    places[:, 0] = 2 * times - 1
    data = new_curves(title, np.array([len(times)]), places, {(PHASE, "POINT"): phases})
    arrow = bpy.data.objects.new(title, data)
    made: list[bpy.types.ID] = [arrow, data]
    try:
        modifier = add_group_modifier(arrow, "Arrow", _group())
        made.append(_material(f"{arrow.name} color", colormap))
        set_inputs(modifier, {"Material": made[-1]})
        link(context, arrow)
    except BaseException:
        bpy.data.batch_remove(made)
        raise
    select_only(context, [arrow])
    return arrow


def _material(name: str, colormap: str) -> bpy.types.Material:
    material = glowing(name)
    with nodes.material(material) as tree:
        # The direction, which `set_cyclic` reads, replaces this value.
        color = color_of(tree, read_attribute(tree, PHASE))
        plain = read_attribute(tree, _PLAIN, label="Arrow in white")
        shown = tree.add(
            "ShaderNodeMix",
            {"Factor": plain, "A": color, "B": (1.0, 1.0, 1.0, 1.0)},
            name=_ARROW_COLOR,
            label=_ARROW_COLOR,
            data_type="RGBA",
        )
        glow = tree.add(
            "ShaderNodeEmission", {"Color": shown, "Strength": 1.0}, name=STRENGTH, label=STRENGTH
        )
        tree.add("ShaderNodeOutputMaterial", {"Surface": glow})
    own = required(material.node_tree)
    set_colormap(own, colormap)
    set_limits(material, 0.0, math.tau)
    set_cyclic(own, cyclic=True)
    return material


@nodes.group(ARROW_GROUP)
def _group(tree: Tree) -> None:
    line = tree.input("Geometry", "Geometry")
    given = tree.inputs(ARROW_INPUTS)
    material = tree.input("Material", "Material")
    with tree.frame("The phase at this time"):
        at = tree.add(
            "GeometryNodeSampleCurve",
            {"Curves": line, "Value": tree.attribute(PHASE), "Factor": given["Drawn"]},
            mode="FACTOR",
            data_type="FLOAT",
            use_all_curves=True,
        )
        phase = at["Value"]
        direction = tree.vector(tree.math("COSINE", phase), tree.math("SINE", phase), 0.0)
    with tree.frame("Circle in the colors of its angles"):
        round_ = tree.add(
            "GeometryNodeCurvePrimitiveCircle", {"Resolution": _PIECES, "Radius": 1.0}
        )["Curve"]
        position = tree.add("GeometryNodeInputPosition")
        colored = tree.store(round_, AROUND, position, "FLOAT_VECTOR", label=AROUND)
        ring = tree.tube(_turned(tree, colored, math.pi / 2, 0.0), 16, _RING)
    with tree.frame("Arrow along x"):
        ends = {"Start": (0.0, 0.0, 0.0), "End": (_TIP - _HEAD, 0.0, 0.0)}
        axis = tree.add("GeometryNodeCurvePrimitiveLine", ends)["Curve"]
        shaft = tree.tube(axis, 16, _SHAFT, capped=True)
        cone = tree.add(
            "GeometryNodeMeshCone",
            {"Vertices": 32, "Radius Top": 0.0, "Radius Bottom": _HEAD_RADIUS, "Depth": _HEAD},
        )["Mesh"]
        head = tree.add(
            "GeometryNodeTransform",
            {
                "Geometry": cone,
                "Rotation": (0.0, math.pi / 2, 0.0),
                "Translation": (_TIP - _HEAD, 0.0, 0.0),
            },
        )
    with tree.frame("Turned, in the color of where it points"):
        arrow = _turned(tree, tree.join(shaft, head), 0.0, -phase)
        pointed = tree.store(arrow, AROUND, direction, "FLOAT_VECTOR", label=AROUND)
        white = tree.switch("FLOAT", given["Color of Angle"], 1.0, 0.0)
        pointed = tree.store(pointed, _PLAIN, white, label=_PLAIN)
    both = tree.join(ring, pointed)
    size = tree.vector(given["Radius"], given["Radius"], given["Radius"])
    sized = tree.add("GeometryNodeTransform", {"Geometry": both, "Scale": size})
    tree.output(
        "Geometry", tree.add("GeometryNodeSetMaterial", {"Geometry": sized, "Material": material})
    )


def _turned(tree: Tree, geometry: Linkable, x: float, y: float | Linkable) -> Node:
    """Turn about x and y, in radians."""
    rotation = tree.vector(x, y, 0.0)
    return tree.add("GeometryNodeTransform", {"Geometry": geometry, "Rotation": rotation})
