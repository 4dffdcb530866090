# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels with leader lines in a camera's picture.

Their texts are at the sides of the picture. Each leader line ends on a place of its region that the
camera sees, and follows it while the camera orbits and after the region was moved. When the place
is no longer seen, the label fades and names another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import bpy
import numpy as np
from numpy.typing import NDArray

from ..common import nodes
from ..common.animation import set_interpolation
from ..common.figures import frame
from ..common.figures.drawing import TEXT_INPUTS, fading_ink_material, inked, moved, new_figure
from ..common.figures.font import new_text
from ..common.figures.numbers import text
from ..common.figures.scales import LINE_INPUTS
from ..common.film.rooms_in_picture import Room
from ..common.marks import Mark
from ..common.nodes import Node, Socket, Tree
from ..common.nodes.modifiers import follow, has_input, input_value, set_inputs
from ..common.required import required
from ..regions.record import about
from ..regions.visibility import solid_objects
from .color_bars import color_bars_of
from .in_picture import camera_for, drawing, drawn_by, put_into_picture, remove_figures
from .label_layout import TEXT_SIZE, Columns, Wording, fitting_size, heights
from .label_plan import Column, plan
from .sight import sight

GROUP: Final = "BlenderBrain Label"
_COLUMNS: Final = Mark("blender_brain", "label_columns", "label_columns", lambda _: False)
"""On which sides of the picture a label was allowed to be."""

# Relative to the picture's shorter side.
_MARGIN: Final = 0.04
_ABOVE_COLOR_BAR: Final = 0.38
# In units of the text's size.
_HALF_CAP: Final = 0.355
_GAP: Final = 0.4
_STUB: Final = 0.8
_DOT: Final = 0.13
# Products of frames and regions that are looked at; more would take minutes.
_MOST_LOOKS: Final = 6000
_FADE_S: Final = 0.2


class Labels(NamedTuple):
    """What `add_labels` made."""

    labels: list[bpy.types.Object]
    """One for each region. Text, color and line width are inputs of their modifiers."""
    never_seen: list[bpy.types.Object]
    """Regions that the camera never sees, or for whose label there is no room: it is hidden."""
    animated: bool
    """Labels move and fade, since the camera moves."""


def add_labels(
    context: bpy.types.Context,
    regions: Sequence[bpy.types.Object],
    *,
    wording: Wording = "ACRONYM",
    where: Columns = "BOTH",
    size: float = TEXT_SIZE,
    words: Sequence[str] = (),
) -> Labels:
    """Label regions in the picture of the scene's camera.

    Parameters
    ----------
    context : Context
        A scene without a camera gets one that frames the regions.
    regions : sequence of Object
        Their existing labels are replaced.
    wording : str
        ``"ACRONYM"``, ``"NAME"``, or ``"BOTH"``.
    words : sequence of str
        The texts themselves, instead, one for each region.
    where : str
        On which sides of the picture: ``"BOTH"``, ``"LEFT"``, ``"RIGHT"``.
    size : float
        Of the text; 1 is the picture's shorter side. Reduced if the labels do not fit.

    Returns
    -------
    Labels
        Where the camera moves, they are keyframed over the scene's frames: a label stays in its
        place while its region is seen, and otherwise fades and appears elsewhere.
    """
    scene = context.scene
    camera, middle = camera_for(scene, regions)
    most_frames = int(np.clip(_MOST_LOOKS / max(len(regions), 1), 24, 240))
    seen = sight(scene, camera, regions, solid_objects(context), most_frames)
    words = words or [_worded(region, wording) for region in regions]
    half = np.array([scene.render.resolution_x, scene.render.resolution_y]) / _shorter(scene) / 2
    sides = [right for right in (False, True) if where in ("BOTH", "RIGHT" if right else "LEFT")]
    top = half[1] - _MARGIN - size / 2
    lowest = [-top + _ABOVE_COLOR_BAR * bool(right and color_bars_of(scene)) for right in sides]
    fitting = fitting_size(size, [top - low for low in lowest], len(regions))
    bend = max(_widths(scene, words, fitting), default=0.0) + (_GAP + _STUB) * fitting
    columns = [
        Column(
            right=right,
            edge=sign * (half[0] - _MARGIN),
            bend=sign * (half[0] - _MARGIN - bend),
            heights=heights(fitting, low, top),
        )
        for right, low, sign in zip(
            sides, lowest, [1 if right else -1 for right in sides], strict=True
        )
    ]
    fade = max(round(_FADE_S * scene.render.fps / scene.render.fps_base), 1)
    step = seen.frames[1] - seen.frames[0] if len(seen.frames) > 1 else 1
    shortest = (2 * fade) // step + 1
    stretches = plan(seen.seen, seen.at, seen.plain, columns, shortest)
    # Only after everything was computed, so that nothing is lost if that fails.
    remove_labels(scene, [*labels_of(scene, regions), *_orphans(scene)])
    left, right = (
        frame.corner(scene, camera, where, middle) for where in ("TOP_LEFT", "TOP_RIGHT")
    )
    made = []
    for number, region in enumerate(regions):
        label = new_figure(
            f"{region.name} label",
            label_group(),
            {
                "Text": words[number], "Text Size": fitting, "Ink": fading_ink_material(),
                "Region": region, "Camera": camera, "Opposite": right, "Bend": bend,
            },
        )  # fmt: skip
        # Whatever hides the region, such as isolating another one, hides its label.
        by = required(drawing(label, GROUP))
        follow(by, "Hidden", region, "hide_render")
        states = [
            _State(
                first=seen.frames[one.first],
                last=seen.frames[one.last],
                column="Right" if columns[one.column].right else "Left",
                height=float(columns[one.column].heights[one.place] - half[1]),
                point=seen.points[number, one.point],
            )
            for one in stretches
            if one.region == number
        ]
        _animate(by, states, seen.frames, fade)
        _COLUMNS.put(label, where)
        put_into_picture(scene, label, left, (_MARGIN, 0.0))
        made.append(label)
    if len(seen.frames) > 1:
        # Until then, they have the values of the last keyframe.
        scene.frame_set(scene.frame_current, subframe=scene.frame_subframe)
    shown = {one.region for one in stretches}
    return Labels(
        made,
        [region for number, region in enumerate(regions) if number not in shown],
        len(seen.frames) > 1,
    )


def renew_labels(context: bpy.types.Context) -> None:
    """Lay all labels out again, for the camera's present way; their texts and styles stay."""
    scene = context.scene
    groups: dict[tuple[Columns, float], dict[bpy.types.Object, str]] = {}
    styles: dict[bpy.types.Object, dict[str, Any]] = {}
    for label, by in drawn_by(scene, GROUP).items():
        region = input_value(by, "Region").value
        if region is not None:
            kind = (_COLUMNS.of(label, "BOTH"), float(input_value(by, "Text Size").value))
            groups.setdefault(kind, {})[region] = str(input_value(by, "Text").value)
            styles[region] = {
                "Color": tuple(input_value(by, "Color").value),
                "Line Width": input_value(by, "Line Width").value,
            }
    for (where, size), texts in groups.items():
        made = add_labels(context, [*texts], where=where, size=size, words=[*texts.values()])
        for region, label in zip(texts, made.labels, strict=True):
            set_inputs(required(drawing(label, GROUP)), styles[region])


def rooms_of_labels(scene: bpy.types.Scene) -> list[Room]:
    """Find the parts of the picture in which there are labels' texts: its sides, from 0 to 1."""
    width = scene.render.resolution_x / _shorter(scene)
    wide = {"LEFT": 0.0, "RIGHT": 0.0}
    for label, by in drawn_by(scene, GROUP).items():
        # Version 0.1.0 had no bends; what it wrote was about as wide as an acronym.
        bend = float(input_value(by, "Bend").value) if has_input(by, "Bend") else 0.1
        own = _MARGIN + bend
        for side in wide:
            if _COLUMNS.of(label, "BOTH") in ("BOTH", side):
                wide[side] = max(wide[side], own / width)
    rooms = [Room(0.0, 0.0, wide["LEFT"], 1.0), Room(1.0 - wide["RIGHT"], 0.0, 1.0, 1.0)]
    return [room for room in rooms if room.right > room.left]


class _State(NamedTuple):
    """A label's place, and when it is there."""

    first: int
    last: int
    column: str
    height: float
    point: NDArray[np.float64]


def _animate(
    by: bpy.types.NodesModifier, states: list[_State], frames: list[int], fade: int
) -> None:
    """Put a label where it is over time; hide it in between, and everywhere if it is nowhere."""
    label: Any = by.id_data
    if len(frames) == 1 or not states:
        if states:
            _put(by, states[0])
        set_inputs(by, {"Opacity": float(bool(states))})
        return
    inputs = {name: input_value(by, name) for name in ("Column", "Height", "Point", "Opacity")}
    opacity = inputs["Opacity"]

    def key(frame: float, value: float) -> None:
        opacity.value = value
        opacity.keyframe_insert("value", frame=frame)

    for state in states:
        _put(by, state)
        for name in ("Column", "Height", "Point"):
            inputs[name].keyframe_insert("value", frame=state.first)
        ramp = min(fade, (state.last - state.first) / 2)
        if state.first > frames[0]:
            key(state.first, 0.0)
        key(state.first + ramp * (state.first > frames[0]), 1.0)
        key(state.last - ramp * (state.last < frames[-1]), 1.0)
        if state.last < frames[-1]:
            key(state.last, 0.0)
    if states[0].first > frames[0]:
        key(frames[0], 0.0)
    for name, holder in inputs.items():
        path = holder.path_from_id("value")
        set_interpolation(label, path, "LINEAR" if name == "Opacity" else "CONSTANT")


def _put(by: bpy.types.NodesModifier, state: _State) -> None:
    point = state.point.tolist()
    set_inputs(by, {"Column": state.column, "Height": state.height, "Point": point})


def _widths(scene: bpy.types.Scene, words: Sequence[str], size: float) -> list[float]:
    """Measure text, in units of the picture's shorter side."""
    made = []
    for word in words:
        thing = bpy.data.objects.new("Measured", new_text("Measured", word, size))
        scene.collection.objects.link(thing)
        made.append(thing)
    scene.view_layers[0].update()
    widths = [float(thing.dimensions.x) for thing in made]
    curves = [thing.data for thing in made]
    bpy.data.batch_remove([*made, *(curve for curve in curves if curve)])
    return widths


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


def remove_labels(scene: bpy.types.Scene, labels: Sequence[bpy.types.Object]) -> int:
    """Remove labels, and the places in the picture that only they used.

    Returns
    -------
    int
        How many there were.
    """
    places = {_opposite(required(drawing(label, GROUP))) for label in labels}
    count = remove_figures(labels)
    needed = {_opposite(by) for by in drawn_by(scene, GROUP).values()}
    for place in places - needed:
        if place is not None:
            frame.remove_if_empty(place)
    return count


def _opposite(by: bpy.types.NodesModifier) -> bpy.types.Object | None:
    """Find the corner that a label has besides its own; version 0.1.0 had none."""
    if not has_input(by, "Opposite"):
        return None
    place: bpy.types.Object | None = input_value(by, "Opposite").value
    return place


@nodes.group(GROUP)
def label_group(tree: Tree) -> None:
    """Build the group that draws a label, or return it if it exists.

    Returns
    -------
    NodeTree
        The origin is where text begins in the left column, at the top of the picture, from where
        *Height* counts to half the height of a capital letter.
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
    opposite = tree.input(
        "Opposite", "Object", hide=True, description="Corner of the picture on the right"
    )
    bend_after = tree.input(
        "Bend", "Float", default=0.0, hide=True,
        description="Distance of the leader line's bend from the column's edge",
    )  # fmt: skip
    height = tree.input("Height", "Float", default=0.0, description="Place in the column")
    opacity = tree.input(
        "Opacity", "Float", default=1.0, minimum=0.0, maximum=1.0, unit="FACTOR",
        description="0 where the region cannot be seen",
    )  # fmt: skip
    size = style["Text Size"]
    with tree.frame("Which column"):
        sign = tree.menu("FLOAT", side, {"Left": 1.0, "Right": -1.0})
        is_right = sign < 0.0
        across = tree.parts(tree.object(opposite, relative=True)["Location"])["X"] - _MARGIN
        edge = tree.switch("FLOAT", is_right, 0.0, across)
    with tree.frame("Text"):
        baseline = size * -_HALF_CAP
        letters = tree.switch(
            "GEOMETRY",
            is_right,
            text(tree, string, size, "Left", 0.0, baseline),
            text(tree, string, size, "Right", 0.0, baseline),
        )
        written = tree.add(
            "GeometryNodeRealizeInstances", {"Geometry": moved(tree, letters, edge, height)}
        )
    with tree.frame("Where the point is seen"):
        target = _target(tree, region, point, camera)
    with tree.frame("Leader line"):
        box = tree.add("GeometryNodeBoundBox", {"Geometry": written})
        left = tree.parts(box["Min"])["X"]
        right = tree.parts(box["Max"])["X"]
        text_end = tree.switch("FLOAT", is_right, right, left)
        inwards = size * sign
        begin = tree.math("MULTIPLY_ADD", inwards, _GAP, text_end)
        own = tree.math("MULTIPLY_ADD", inwards, _GAP + _STUB, text_end)
        shared = tree.math("MULTIPLY_ADD", sign, bend_after, edge)
        bend = sign * tree.maximum(sign * own, sign * shared)
        corners = [tree.vector(x, height) for x in (begin, bend)]
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
    with tree.frame("Fading"):
        parts = tree.add("FunctionNodeSeparateColor", {"Color": style["Color"]})
        color = tree.add(
            "FunctionNodeCombineColor",
            {
                **{name: parts[name] for name in ("Red", "Green", "Blue")},
                "Alpha": parts["Alpha"] * opacity,
            },
        )
    drawn = inked(tree, tree.join(written, leader, dot), {**style, "Color": color})
    nothing = hidden | (opacity <= 0.0)
    seen = tree.add(
        "GeometryNodeSwitch", {"Switch": nothing, "False": drawn}, input_type="GEOMETRY"
    )
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


def _shorter(scene: bpy.types.Scene) -> float:
    return float(min(scene.render.resolution_x, scene.render.resolution_y))


def _orphans(scene: bpy.types.Scene) -> list[bpy.types.Object]:
    """Find labels whose region was deleted."""
    there = set(scene.objects)
    labels = drawn_by(scene, GROUP)
    return [one for one, by in labels.items() if input_value(by, "Region").value not in there]
