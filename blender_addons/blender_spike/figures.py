# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures about a neuron: traces, color bar, time label, scale bar.

They stand in a corner of the camera's picture, or beside the neuron in the scene. All stay in step
with the neuron by drivers and shared datablocks, without any Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, NamedTuple, cast

import bpy
import numpy as np
from mathutils import Vector

from . import clock as clocks
from . import traces
from .coloring import LIMITS, limits_of, material_of
from .common import frame, nodes
from .common import scene as film
from .common.drivers import make_exact
from .common.figures import (
    TEXT_INPUTS,
    color_bar_group,
    find_drawing,
    in_powers,
    inked,
    inputs_of,
    new_figure,
    round_step,
    scale_bar_group,
    text,
    written,
)
from .common.modifiers import follow_socket, has_input, input_value, set_inputs
from .common.required import required
from .network import way_of
from .playback import VOLTAGE
from .properties import about, about_figure
from .sections import default_section, find_segment
from .solid_colors import follow_neurons

Placement = Literal["CAMERA", "SCENE"]

COLOR_BAR: Final = "COLOR_BAR"
TIME_LABEL: Final = "TIME_LABEL"
SCALE_BAR: Final = "SCALE_BAR"
KINDS: Final = (traces.AXES_KIND, traces.KIND, COLOR_BAR, TIME_LABEL, SCALE_BAR)

# In shares of the picture's shorter side, which are the figures' own units.
_MARGIN: Final = 0.055
_AXES_WIDTH: Final = 0.6
_AXES_HEIGHT: Final = 0.24
# Further axes are lower, so that three fit above each other in a wide picture.
_FURTHER_HEIGHT: Final = 0.15
_NUMBERS_WIDTH: Final = 0.07
_NUMBERS_HEIGHT: Final = 0.04
# How much wider numbers with a power of ten are.
_POWERS_WIDTH: Final = 0.05
_ABOVE_AXES: Final = 0.06
_BAR_WIDTH: Final = 0.016
# A single cell that is a point has no extent.
_OF_A_POINT_UM: Final = 50.0
_LABEL_SIZE: Final = 0.045
_TOUCHING: Final = 1e-4


class _Spot(NamedTuple):
    """Where a kind of figure goes: its corner, and its place from there inwards or outwards."""

    corner: frame.Corner
    in_picture: tuple[float, float]
    beside: tuple[float, float]


_SPOTS: Final = {
    traces.AXES_KIND: _Spot(
        "BOTTOM_LEFT",
        (_MARGIN + _NUMBERS_WIDTH, _MARGIN + _NUMBERS_HEIGHT),
        (_NUMBERS_WIDTH, -_AXES_HEIGHT - 0.15),
    ),
    COLOR_BAR: _Spot(
        "BOTTOM_RIGHT", (-_MARGIN - _BAR_WIDTH, _MARGIN + _NUMBERS_HEIGHT), (0.2, 0.0)
    ),
    TIME_LABEL: _Spot("TOP_LEFT", (_MARGIN, -_MARGIN - 0.7 * _LABEL_SIZE), (0.0, 0.06)),
    SCALE_BAR: _Spot("TOP_RIGHT", (-_MARGIN, -_MARGIN - 0.7 * _LABEL_SIZE), (0.0, 0.06)),
}


def add_trace(
    context: bpy.types.Context,
    neuron: bpy.types.Object,
    section: str = "",
    position: float = 0.5,
    *,
    own_axes: bool = False,
    placement: Placement = "CAMERA",
) -> bpy.types.Object:
    """Show the values at a place of a neuron as a curve that draws itself.

    Parameters
    ----------
    context : Context
    neuron : Object
        An imported simulation.
    section : str
        One of `sections.section_names`; the soma if empty.
    position : float
        0..1, along the section.
    own_axes : bool
        Draw it into axes of its own, above those that there are.
    placement : str
        ``"CAMERA"`` for a corner of the picture, ``"SCENE"`` for a place beside the neuron.

    Returns
    -------
    Object
        The trace; its parent are the axes.

    Raises
    ------
    UnknownSectionError
        If there is no such section; nothing is added then.
    """
    section = section or default_section(neuron)
    find_segment(neuron, section, position)
    _mend(neuron)
    there_are = [f for f in figures_of(neuron) if about_figure(f).kind == traces.AXES_KIND]
    axes = there_are[-1] if there_are else None
    if axes is None or own_axes:
        heights = [float(input_value(modifier_of(other), "Height").value) for other in there_are]
        axes = traces.new_axes(neuron, _AXES_WIDTH, _FURTHER_HEIGHT if heights else _AXES_HEIGHT)
        if heights:
            set_inputs(modifier_of(axes), {"Y Ticks": 2})
        below = sum(heights) + len(heights) * (_ABOVE_AXES + _NUMBERS_HEIGHT)
        wide = _POWERS_WIDTH if in_powers(about(neuron).low, about(neuron).high) else 0.0
        _place(context, neuron, axes, placement, (wide, below))
    trace = traces.new_trace(neuron, axes, section, position)
    _link(context, trace)
    _link(context, required(traces.title_object(trace)))
    return trace


def add_color_bar(
    context: bpy.types.Context,
    neuron: bpy.types.Object,
    *,
    horizontal: bool = False,
    placement: Placement = "CAMERA",
) -> bpy.types.Object:
    """Show which value has which color.

    Parameters
    ----------
    context : Context
    neuron : Object
        An imported simulation. The bar has its material, so it follows whatever is done to that.
    horizontal : bool
    placement : str
        See `add_trace`.

    Returns
    -------
    Object
    """
    low, high = limits_of([neuron])
    length = 0.3 if horizontal else _AXES_HEIGHT
    bar = new_figure(
        f"{neuron.name} color bar",
        color_bar_group(VOLTAGE),
        {
            "Direction": "Horizontal" if horizontal else "Vertical",
            "From": low, "To": high, "Length": length, "Width": _BAR_WIDTH,
            "Unit": about(neuron).unit,
        },
    )  # fmt: skip
    _own(bar, neuron, COLOR_BAR)
    _follow_colors(bar, neuron)
    # Room for the bar's length and for the unit at its end.
    _place(context, neuron, bar, placement, (-length - 0.07 if horizontal else 0.0, 0.0))
    return bar


def add_time_label(
    context: bpy.types.Context,
    neuron: bpy.types.Object,
    *,
    decimals: int = 1,
    placement: Placement = "CAMERA",
) -> bpy.types.Object:
    """Show the time.

    Parameters
    ----------
    context : Context
    neuron : Object
        An imported simulation.
    decimals : int
    placement : str
        See `add_trace`.

    Returns
    -------
    Object
    """
    label = new_figure(
        f"{neuron.name} time",
        time_label_group(),
        {
            "Decimals": decimals, "Text Size": _LABEL_SIZE,
            "Unit": "ms" if about(neuron).has_time else "samples",
        },
    )  # fmt: skip
    _own(label, neuron, TIME_LABEL)
    _place(context, neuron, label, placement)
    return label


def add_scale_bar(
    context: bpy.types.Context,
    neuron: bpy.types.Object,
    length_um: float = 0.0,
    *,
    placement: Placement = "CAMERA",
) -> bpy.types.Object:
    """Show how large the neuron is.

    Parameters
    ----------
    context : Context
    neuron : Object
        An imported simulation. The bar follows its scale, and its distance from the camera.
    length_um : float
        In micrometres; 0 for a round number that suits the neuron.
    placement : str
        See `add_trace`.

    Returns
    -------
    Object
    """
    low, high = _bounds(neuron)
    bar = new_figure(
        f"{neuron.name} scale bar",
        scale_bar_group(),
        {
            "Length": length_um or round_step(_extent_um(neuron) or _OF_A_POINT_UM, 5),
            "Object": neuron, "Per Unit": about(neuron).um_per_unit, "Middle": (low + high) / 2,
        },
    )  # fmt: skip
    _own(bar, neuron, SCALE_BAR)
    _place(context, neuron, bar, placement)
    if placement == "CAMERA":
        camera = required(required(context.scene).camera)
        set_inputs(modifier_of(bar), {"Camera": camera, "In Frame": True})
    return bar


def figures_of(neuron: bpy.types.Object) -> list[bpy.types.Object]:
    """Find the figures about a neuron.

    Parameters
    ----------
    neuron : Object

    Returns
    -------
    list of Object
        In the order of `KINDS`, and by name. What somebody made a plain mesh of is none any more.
    """
    found = [
        thing
        for thing in bpy.data.objects
        if about_figure(thing).kind in KINDS
        and about_figure(thing).neuron == neuron
        and find_drawing(thing) is not None
    ]
    return sorted(found, key=lambda f: (KINDS.index(about_figure(f).kind), f.name))


def lies_on(figure: bpy.types.Object) -> bpy.types.Object | None:
    """Find a figure that hides another one of its kind, of the same neuron or not.

    Parameters
    ----------
    figure : Object

    Returns
    -------
    Object or None
    """
    for other in (
        figure.parent.children
        if figure.parent
        else figures_of(required(about_figure(figure).neuron))
    ):
        same_kind = about_figure(other).kind == about_figure(figure).kind
        way = np.array(other.location) - np.array(figure.location)
        if other != figure and same_kind and np.linalg.norm(way) < _TOUCHING:
            return other
    return None


def modifier_of(figure: bpy.types.Object) -> bpy.types.NodesModifier:
    """Return the modifier that draws a figure, wherever it stands among others."""
    return required(find_drawing(figure))


def remove_figures(figures: Iterable[bpy.types.Object]) -> int:
    """Remove figures, and what was there for them only.

    Parameters
    ----------
    figures : iterable of Object
        Axes go with their traces, and with the last of them.

    Returns
    -------
    int
        How many there were, without axes.
    """
    chosen = set(figures)
    for figure in list(chosen):
        if about_figure(figure).kind == traces.AXES_KIND:
            chosen |= set(traces.traces_in(figure))
    for axes in {f.parent for f in chosen if about_figure(f).kind == traces.KIND}:
        if axes is not None and set(traces.traces_in(axes)) <= chosen:
            chosen.add(axes)
    count = sum(about_figure(figure).kind != traces.AXES_KIND for figure in chosen)
    chosen |= {child for f in chosen for child in f.children if about_figure(child).neuron}
    places = {f.parent for f in chosen if f.parent is not None} - chosen
    datas = [figure.data for figure in chosen if figure.data is not None]
    bpy.data.batch_remove(list(chosen))
    bpy.data.batch_remove([data for data in datas if not data.users])
    for place in places:
        frame.remove_if_empty(place)
    return count


def refresh(neuron: bpy.types.Object) -> list[str]:
    """Bring all figures about a neuron up to date, after other data came into it.

    Parameters
    ----------
    neuron : Object
        An imported simulation.

    Returns
    -------
    list of str
        Sections with traces that are no longer there; these traces stay as they are.
    """
    lost = []
    follow_materials([neuron])
    _mend(neuron)
    for figure in figures_of(neuron):
        kind = about_figure(figure).kind
        if kind == traces.AXES_KIND:
            lost += traces.refresh(figure)
        elif kind == SCALE_BAR:
            low, high = _bounds(neuron)
            inputs = {"Per Unit": about(neuron).um_per_unit, "Middle": (low + high) / 2}
            set_inputs(modifier_of(figure), inputs)
    return lost


def _mend(neuron: bpy.types.Object) -> None:
    """Have all figures about a neuron follow its time, exactly, also those of version 0.1.0."""
    for figure in figures_of(neuron):
        kind = about_figure(figure).kind
        if kind == traces.KIND:
            clocks.wind(figure, traces.node_group())
            make_exact([figure, traces.title_object(figure)])
        elif kind == TIME_LABEL:
            clocks.wind(figure, time_label_group())
        else:
            make_exact([figure])


def hand_over(
    neuron: bpy.types.Object, heir: bpy.types.Object, sections: Mapping[str, str]
) -> None:
    """Make all figures about a neuron figures about another, which takes in its data.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    heir : Object
        Has the other's data only later; `refresh` it then.
    sections : mapping
        From the names of its sections to what they are called in the other.
    """
    for thing in bpy.data.objects:
        figure = about_figure(thing)
        if figure.neuron != neuron:
            continue
        figure.neuron = heir
        figure.section = sections.get(figure.section, figure.section)
        drawing = find_drawing(thing)
        if drawing is not None and has_input(drawing, "Object"):
            set_inputs(drawing, {"Object": heir})


def follow_materials(neurons: Iterable[bpy.types.Object]) -> None:
    """Have all that shows neurons' colors take them from the material that each has by now.

    Somebody may have put another one into the slot.

    Parameters
    ----------
    neurons : iterable of Object
        Imported simulations.
    """
    chosen = set(neurons)
    follow_neurons(chosen)
    for figure in bpy.data.objects:
        kind, neuron = about_figure(figure).kind, about_figure(figure).neuron
        if neuron not in chosen or find_drawing(figure) is None or not figure.is_editable:
            continue
        if kind == traces.AXES_KIND:
            traces.follow_material(figure)
        elif kind == COLOR_BAR:
            _follow_colors(figure, required(neuron))


def time_label_group() -> bpy.types.NodeTree:
    """Build the time label's group, or return it if it exists.

    Returns
    -------
    NodeTree
        The origin is where the text begins, on its baseline.
    """
    name = "BlenderSpike: Time Label"
    if (existing := nodes.find_group(name)) is not None:
        return cast(bpy.types.NodeTree, existing)
    with nodes.geometry_group(name) as tree:
        tree.input("Geometry", "Geometry")
        before = tree.input("Text", "String", default="", description="Text before the time")
        decimals = tree.input(
            "Decimals", "Int", default=1, minimum=0, maximum=6,
            description="Digits after the decimal point",
        )  # fmt: skip
        unit = tree.input("Unit", "String", default="ms", description="Text after the time")
        style = inputs_of(tree, TEXT_INPUTS)
        now = clocks.shown(tree, tree.inputs(clocks.TABLE_INPUT))
        number = written(tree, now.time_ms, decimals)
        spaced = tree.add("GeometryNodeStringJoin", {"Strings": [number, unit], "Delimiter": " "})
        whole = tree.add("GeometryNodeStringJoin", {"Strings": [before, spaced]})
        label = text(tree, whole, style["Text Size"], "Left")
        tree.output("Geometry", inked(tree, label, style))
    return cast(bpy.types.NodeTree, tree.tree)


def _own(figure: bpy.types.Object, neuron: bpy.types.Object, kind: str) -> None:
    about_figure(figure).kind, about_figure(figure).neuron = kind, neuron


def _place(
    context: bpy.types.Context,
    neuron: bpy.types.Object,
    figure: bpy.types.Object,
    placement: Placement,
    further: tuple[float, float] = (0.0, 0.0),
) -> None:
    _mend(neuron)
    scene = required(context.scene)
    spot = _SPOTS[about_figure(figure).kind]
    _link(context, figure)
    if placement == "SCENE":
        room = (spot.beside[0] + further[0], spot.beside[1] - further[1])
        figure.matrix_world = frame.beside(scene, neuron, spot.corner, room)
        return
    camera = film.camera_of(scene) or film.frame_camera(scene, [neuron], also=way_of([neuron]))
    low, high = _bounds(neuron)
    subject = required(neuron.matrix_world) @ Vector((low + high) / 2)
    figure.parent = frame.corner(scene, camera, spot.corner, subject)
    x, y = (a + b for a, b in zip(spot.in_picture, further, strict=True))
    figure.location = (x, y, 0.0)


def _link(context: bpy.types.Context, figure: bpy.types.Object) -> None:
    frame.collection(required(context.scene)).objects.link(figure)


def _follow_colors(bar: bpy.types.Object, neuron: bpy.types.Object) -> None:
    """Give a color bar the neuron's material, and the limits that it has."""
    material = material_of(neuron)
    set_inputs(modifier_of(bar), {"Material": material})
    tree = material.node_tree if material is not None else None
    if material is None or tree is None or LIMITS not in tree.nodes:
        return
    limits = tree.nodes[LIMITS].inputs
    for name, socket in (("From", limits["From Min"]), ("To", limits["From Max"])):
        follow_socket(modifier_of(bar), name, material, socket)


def _bounds(neuron: bpy.types.Object) -> tuple[Any, Any]:
    """Corners of the neuron's bounding box, in its own space."""
    corners = np.array(neuron.bound_box)
    return corners.min(axis=0), corners.max(axis=0)


def _extent_um(neuron: bpy.types.Object) -> float:
    low, high = _bounds(neuron)
    return float((high - low).max()) * about(neuron).um_per_unit
