# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels with leader lines in a camera's picture.

Their texts stay fixed at the sides of the picture. Each leader line points at a place on its region
wherever that appears, while the camera orbits and after the region was moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import bpy
import numpy as np
from numpy.typing import NDArray

from ..common import nodes
from ..common.figures import frame
from ..common.figures.drawing import TEXT_INPUTS, inked, new_figure
from ..common.figures.numbers import text
from ..common.figures.scales import LINE_INPUTS
from ..common.nodes import Node, Socket, Tree
from ..common.nodes.modifiers import follow, input_value
from ..common.required import required
from ..regions.record import about
from .color_bars import color_bars_of
from .in_picture import camera_for, drawing, drawn_by, put_into_picture, remove_figures
from .label_layout import TEXT_SIZE, Columns, Wording, anchor, columns, heights

GROUP: Final = "BlenderBrain Label"

# Relative to the picture's shorter side.
_MARGIN: Final = 0.04
_ABOVE_COLOR_BAR: Final = 0.38
# In units of the text's size.
_HALF_CAP: Final = 0.355
_GAP: Final = 0.4
_STUB: Final = 0.8
_DOT: Final = 0.13
# Whole meshes have a hundred thousand points; these are enough to find a region's middle.
_MOST_POINTS: Final = 2000


class _Seen(NamedTuple):
    """A region's points as seen from the camera."""

    points: NDArray[np.float32]
    """(V, 3), in the region's own space."""
    in_picture: NDArray[np.float64]
    """(V, 2), relative to the picture's shorter side."""
    facing: NDArray[np.float64]
    """(V,), cosine between the surface's normal and the direction to the camera."""


def add_labels(
    context: bpy.types.Context,
    regions: Sequence[bpy.types.Object],
    *,
    wording: Wording = "ACRONYM",
    where: Columns = "BOTH",
    size: float = TEXT_SIZE,
) -> list[bpy.types.Object]:
    """Label regions in the picture of the scene's camera.

    Parameters
    ----------
    context : Context
        A scene without a camera gets one that frames the regions.
    regions : sequence of Object
        Their existing labels are replaced.
    wording : str
        ``"ACRONYM"``, ``"NAME"``, or ``"BOTH"``.
    where : str
        On which sides of the picture: ``"BOTH"``, ``"LEFT"``, ``"RIGHT"``.
    size : float
        Of the text; 1 is the picture's shorter side. Reduced if the labels do not fit.

    Returns
    -------
    list of Object
        One for each region. Text, color and line width are inputs of their modifiers.
    """
    scene = required(context.scene)
    camera, middle = camera_for(scene, regions)
    seen = [_seen(scene, camera, region) for region in regions]
    middles = np.array([(s.in_picture[:, 0].min() + s.in_picture[:, 0].max()) / 2 for s in seen])
    on_the_right = columns(middles, where)
    anchors = [
        anchor(s.in_picture, s.facing, bool(right))
        for s, right in zip(seen, on_the_right, strict=True)
    ]
    # Only after everything was computed, so that nothing is lost if that fails.
    remove_figures([*labels_of(scene, regions), *_orphans(scene)])
    height = np.array([s.in_picture[i, 1] for s, i in zip(seen, anchors, strict=True)])
    half_height = scene.render.resolution_y / _shorter(scene) / 2
    made: list[bpy.types.Object | None] = [None] * len(regions)
    for right in (False, True):
        chosen = np.flatnonzero(on_the_right == right)
        edge = half_height - _MARGIN - size / 2
        lowest = -edge
        if right and color_bars_of(scene):
            lowest += _ABOVE_COLOR_BAR
        y, fitting = heights(height[chosen], size, lowest, edge)
        if not len(chosen):
            continue
        corner = frame.corner(scene, camera, "TOP_RIGHT" if right else "TOP_LEFT", middle)
        for i, place in zip(chosen.tolist(), y.tolist(), strict=True):
            label = new_figure(
                f"{regions[i].name} label",
                label_group(),
                {
                    "Text": _worded(regions[i], wording), "Text Size": fitting,
                    "Column": "Right" if right else "Left", "Region": regions[i],
                    "Point": seen[i].points[anchors[i]].tolist(), "Camera": camera,
                },
            )  # fmt: skip
            # Whatever hides the region, such as isolating another one, hides its label.
            by = required(drawing(label, GROUP))
            follow(by, "Hidden", regions[i], "hide_render")
            put_into_picture(
                scene, label, corner, (-_MARGIN if right else _MARGIN, place - half_height)
            )
            made[i] = label
    return [label for label in made if label is not None]


def labels_of(
    scene: bpy.types.Scene, regions: Iterable[bpy.types.Object] | None = None
) -> list[bpy.types.Object]:
    """Find labels.

    Parameters
    ----------
    regions : iterable of Object, optional
        Regions whose labels to find; all if not given.
    """
    labels = drawn_by(scene, GROUP)
    if regions is None:
        return list(labels)
    wanted = set(regions)
    return [one for one, by in labels.items() if input_value(by, "Region").value in wanted]


@nodes.group(GROUP)
def label_group(tree: Tree) -> None:
    """Build the group that draws a label, or return it if it exists.

    Returns
    -------
    NodeTree
        The origin is where the text begins in the left column, and where it ends in the right
        one, at half the height of a capital letter.
    """
    tree.input("Geometry", "Geometry")
    string = tree.input("Text", "String", description="Text of the label")
    side = tree.input(
        "Column",
        "Menu",
        default="Left",
        description="Side of the picture that the label is on",
    )
    style = tree.inputs(TEXT_INPUTS | LINE_INPUTS)
    region = tree.input("Region", "Object", hide=True, description="Labeled region")
    point = tree.input(
        "Point", "Vector", hide=True, description="End of the leader line, in the region's space"
    )
    camera = tree.input(
        "Camera", "Object", hide=True, description="Camera whose picture the label is in"
    )
    hidden = tree.input("Hidden", "Bool", default=False, hide=True)
    size = style["Text Size"]
    with tree.frame("Which column"):
        sign = tree.menu("FLOAT", side, {"Left": 1.0, "Right": -1.0})
        is_right = sign < 0.0
    with tree.frame("Text"):
        baseline = size * -_HALF_CAP
        letters = tree.switch(
            "GEOMETRY",
            is_right,
            text(tree, string, size, "Left", 0.0, baseline),
            text(tree, string, size, "Right", 0.0, baseline),
        )
        written = tree.add("GeometryNodeRealizeInstances", {"Geometry": letters})
    with tree.frame("Where the point is seen"):
        target = _target(tree, region, point, camera)
    with tree.frame("Leader line"):
        box = tree.add("GeometryNodeBoundBox", {"Geometry": written})
        left = tree.parts(box["Min"])["X"]
        right = tree.parts(box["Max"])["X"]
        text_end = tree.switch("FLOAT", is_right, right, left)
        inwards = size * sign
        begin = tree.math("MULTIPLY_ADD", inwards, _GAP, text_end)
        bend = tree.math("MULTIPLY_ADD", inwards, _GAP + _STUB, text_end)
        corners = [tree.vector(x) for x in (begin, bend)]
        lines = tree.join(
            *(
                tree.add("GeometryNodeCurvePrimitiveLine", {"Start": a, "End": b})
                for a, b in ((corners[0], corners[1]), (corners[1], target))
            )
        )
        leader = tree.tube(lines, 6, style["Line Width"] * 0.5)
        radius = size * _DOT
        disc = tree.add(
            "GeometryNodeMeshCircle", {"Vertices": 20, "Radius": radius}, fill_type="NGON"
        )
        dot = tree.add("GeometryNodeTransform", {"Geometry": disc, "Translation": target})
    drawn = inked(tree, tree.join(written, leader, dot), style)
    seen = tree.add("GeometryNodeSwitch", {"Switch": hidden, "False": drawn}, input_type="GEOMETRY")
    tree.output("Geometry", seen)


def _target(tree: Tree, region: Socket, point: Socket, camera: Socket) -> Node:
    """Follow the line of sight to a point of a region as far as the plane of the label."""
    there = tree.object(region, relative=True)
    place = tree.add(
        "FunctionNodeTransformPoint", {"Vector": point, "Transform": there["Transform"]}
    )
    eye = tree.object(camera, relative=True)["Location"]
    place_z = tree.parts(place)["Z"]
    eye_z = tree.parts(eye)["Z"]
    share = (eye_z / (eye_z - place_z)).labeled("Share of it")
    met = tree.vector_math("MULTIPLY_ADD", place - eye, share, eye)
    flat = place * (1.0, 1.0, 0.0)
    parallel = tree.add("GeometryNodeCameraInfo", {"Camera": camera})["Is Orthographic"]
    return tree.switch("VECTOR", parallel, met, flat)


def _worded(region: bpy.types.Object, wording: Wording) -> str:
    stored = about(region)
    if wording == "BOTH":
        return f"{stored.acronym}  {stored.full_name}"
    return stored.acronym if wording == "ACRONYM" else stored.full_name


def _seen(scene: bpy.types.Scene, camera: bpy.types.Object, region: bpy.types.Object) -> _Seen:
    mesh: Any = region.data
    points = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.attributes["position"].data.foreach_get("vector", points.ravel())
    normals = np.empty_like(points)
    mesh.vertex_normals.foreach_get("vector", normals.ravel())
    if not len(points):
        # All of its geometry may have been deleted; its origin remains.
        points, normals = np.zeros((2, 1, 3), np.float32)
    step = len(points) // _MOST_POINTS + 1
    points, normals = points[::step], normals[::step]
    depsgraph = required(scene.view_layers[0].depsgraph)
    depsgraph.update()
    x, y = scene.render.resolution_x, scene.render.resolution_y
    view = np.array(camera.matrix_world.normalized().inverted())
    projection = np.array(camera.calc_matrix_camera(depsgraph, x=x, y=y))
    whole = np.column_stack([points, np.ones(len(points))])
    in_view = whole @ np.array(region.matrix_world).T @ view.T
    clipped = in_view @ projection.T
    # From -1 .. 1 along each side to fractions of the shorter one.
    in_picture = clipped[:, :2] / clipped[:, 3:] * (np.array([x, y]) / _shorter(scene) / 2)
    place = in_view[:, :3]
    turned = normals @ np.array(region.matrix_world.to_3x3()).T @ view[:3, :3].T
    lengths = np.linalg.norm(turned, axis=1) * np.linalg.norm(place, axis=1)
    facing = -(turned * place).sum(axis=1) / np.maximum(lengths, 1e-30)
    return _Seen(points, in_picture, facing)


def _shorter(scene: bpy.types.Scene) -> float:
    return float(min(scene.render.resolution_x, scene.render.resolution_y))


def _orphans(scene: bpy.types.Scene) -> list[bpy.types.Object]:
    """Find labels whose region was deleted."""
    there = set(scene.objects)
    labels = drawn_by(scene, GROUP)
    return [one for one, by in labels.items() if input_value(by, "Region").value not in there]
