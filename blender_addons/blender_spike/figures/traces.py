# SPDX-License-Identifier: GPL-3.0-or-later
"""The voltage of a segment over time, as a curve that draws itself up to the time shown.

A trace is an object whose mesh holds the segment's samples: a vertex for each, at its time and
value. The modifier keeps past samples, moves the next one to the present, and lays them out in the
axes that the trace is parented to. Several traces can share axes or have their own.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, cast

import bpy
import numpy as np
from mathutils import Vector
from numpy.typing import NDArray

from ..color.coloring import material_of
from ..common import nodes
from ..common.figures.drawing import TEXT_INPUTS, find_drawing, inked, moved, new_figure, unblurred
from ..common.figures.numbers import round_limits, text
from ..common.figures.scales import FIGURE, LINE_INPUTS, axes_group
from ..common.nodes import Linkable, Node, Tree
from ..common.nodes.modifiers import follow, input_value, set_inputs
from ..common.required import required
from ..common.value_color import NO_DATA_BELOW
from ..extracellular.electrodes import ELECTRODE, put_electrode, recorded_by
from ..playback import shown_time as clocks
from ..playback.playback import find_modifier
from ..playback.quantities import label_of
from ..playback.samples import VOLTAGE
from ..playback.sections import find_segment, finite_range, samples, short_title_of, title_of
from ..properties import about, about_figure

GROUP: Final = "BlenderSpike: Trace"
KIND: Final = "TRACE"
AXES_KIND: Final = "AXES"
TITLE_KIND: Final = "TITLE"
COLORS: Final = (
    (0.8, 0.8, 0.8, 1.0),
    (0.093, 0.456, 0.815, 1.0),
    (0.791, 0.346, 0.0, 1.0),
    (0.0, 0.342, 0.171, 1.0),
    (0.871, 0.776, 0.054, 1.0),
    (0.604, 0.191, 0.386, 1.0),
)
"""Scene-linear colors of traces that share axes: white, then those of Okabe and Ito (2008), which
color-blind people can tell apart too."""

# What a trace takes from its axes.
_TIMES: Final = ("X From", "X To")
_VALUES: Final = ("Y From", "Y To")
_LIMITS: Final = (*_TIMES, *_VALUES)
_SHARED: Final = (*_LIMITS, "Width", "Height")
_TITLE_SHARED: Final = ("Width", "Height", "Text Size")


def new_axes(
    neuron: bpy.types.Object, width: float, height: float, unit: str = ""
) -> bpy.types.Object:
    """Make axes for traces of a neuron.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    width, height : float
        In the object's own units.
    unit : str
        Of the values; that of the neuron's own if empty.

    Returns
    -------
    Object
        Not in a collection yet.
    """
    data = about(neuron)
    axes = new_figure(
        f"{neuron.name} axes",
        axes_group(),
        {
            "Width": width, "Height": height, "Y Unit": unit or label_of(neuron),
            "X Unit": "ms" if data.has_time else "samples",
        },
    )  # fmt: skip
    about_figure(axes).kind = AXES_KIND
    about_figure(axes).neuron = neuron
    return axes


def new_trace(
    neuron: bpy.types.Object, axes: bpy.types.Object, section: str, position: float = 0.5
) -> bpy.types.Object:
    """Draw a segment's values in axes, which are adjusted to fit all of their traces.

    Limits changed by the user are kept.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    axes : Object
        Of `new_axes`.
    section : str
        One of `sections.section_names`.
    position : float
        0..1, along the section.

    Returns
    -------
    Object
        Not in a collection yet; its parent is the axes object, its child is its title.

    Raises
    ------
    UnknownSectionError
        If there is no such section.
    """
    segment = find_segment(neuron, section, position)
    name = f"{neuron.name} {title_of(neuron, section, position)}"
    short = short_title_of(neuron, section, position)
    trace = _drawn(neuron, axes, name, short, samples(neuron, segment))
    about_figure(trace).section, about_figure(trace).position = section, position
    return trace


def new_electrode(
    neuron: bpy.types.Object,
    axes: bpy.types.Object,
    number: int,
    place: Vector,
    sigma: float,
    rows: NDArray[np.float32],
) -> bpy.types.Object:
    """Draw what an electrode records in axes; see `new_trace`.

    Parameters
    ----------
    number : int
        Which it is called.
    place : Vector
        In the neuron's own space.
    sigma : float
        Conductivity in S/m.
    rows : ndarray of float32, shape (F, 2)
        See `electrodes.recorded`.
    """
    trace = _drawn(neuron, axes, f"{neuron.name} electrode {number}", f"electrode {number}", rows)
    put_electrode(trace, place, sigma)
    return trace


def _drawn(
    neuron: bpy.types.Object,
    axes: bpy.types.Object,
    name: str,
    short: str,
    rows: NDArray[np.float32],
) -> bpy.types.Object:
    row, fitted = len(traces_in(axes)), _still_fitted(axes)
    trace = new_figure(
        name,
        node_group(),
        {
            "Neuron Material": material_of(neuron),
            "Color": COLORS[row % len(COLORS)], "Line Width": 0.004,
        },
        _mesh(name, rows),
    )  # fmt: skip
    about_figure(trace).kind, about_figure(trace).neuron = KIND, neuron
    trace.parent = axes
    clocks.wind(trace, node_group())
    _share(axes, trace, _SHARED)
    written = new_figure(f"{name} title", title_group(), {"Title": short, "Row": row})
    about_figure(written).kind, about_figure(written).neuron = TITLE_KIND, neuron
    written.parent = trace
    _share(axes, written, _TITLE_SHARED)
    _share(trace, written, ("Color",))
    _fit(axes, fitted if row else _LIMITS)
    return trace


def title_object(trace: bpy.types.Object) -> bpy.types.Object | None:
    """Find the object that writes a trace's title, unless it was deleted."""
    titles = (
        child
        for child in trace.children
        if about_figure(child).kind == TITLE_KIND and find_drawing(child) is not None
    )
    return next(titles, None)


def traces_in(axes: bpy.types.Object) -> list[bpy.types.Object]:
    """Find the traces that share axes."""
    return [
        child
        for child in axes.children
        if about_figure(child).kind == KIND and find_drawing(child) is not None
    ]


def refresh(axes: bpy.types.Object, *, fit: bool = False) -> list[str]:
    """Read the samples of all traces in axes again, after other data came into the neuron.

    Limits are fitted to the new data, along time and values each, unless somebody changed them.

    Parameters
    ----------
    fit : bool
        Those of the values are fitted in any case.

    Returns
    -------
    list of str
        Sections that no longer exist, and electrodes without a field; these traces are left
        unchanged.
    """
    fitted = [*_still_fitted(axes), *(_VALUES if fit else ())]
    lost = []
    for trace in traces_in(axes):
        data = about_figure(trace)
        neuron = required(data.neuron)
        try:
            if ELECTRODE.on(trace):
                rows = recorded_by(trace)
            else:
                rows = samples(neuron, find_segment(neuron, data.section, data.position))
        except ValueError:
            lost.append(data.section or trace.name)
            continue
        old, trace.data = trace.data, _mesh(trace.name, rows)
        if old is not None and not old.users:
            bpy.data.batch_remove([old])
    # Without traces there is nothing to fit: they may have been deleted one by one.
    if traces_in(axes):
        _fit(axes, fitted)
    return lost


def values_changed(axes: bpy.types.Object) -> bool:
    """Tell whether somebody changed the limits of the values of axes."""
    return _VALUES[0] not in _still_fitted(axes)


def follow_material(axes: bpy.types.Object) -> None:
    """Give the traces in axes their neuron's current material."""
    for trace in traces_in(axes):
        neuron = required(about_figure(trace).neuron)
        set_inputs(required(find_drawing(trace)), {"Neuron Material": material_of(neuron)})


def _limits(modifier: bpy.types.NodesModifier) -> list[float]:
    return [input_value(modifier, name).value for name in _LIMITS]


def _share(giver: bpy.types.Object, taker: bpy.types.Object, names: tuple[str, ...]) -> None:
    """Make inputs of one figure follow those of another."""
    source = required(find_drawing(giver))
    for name in names:
        path = input_value(source, name).path_from_id("value")
        follow(required(find_drawing(taker)), name, giver, path)


def _still_fitted(axes: bpy.types.Object) -> list[str]:
    """Limits, of time or values, of which neither was changed since they fitted the data."""
    now, was = _limits(required(find_drawing(axes))), about_figure(axes).fitted
    changed = {name for name, a, b in zip(_LIMITS, now, was, strict=True) if a != b}
    return [name for pair in (_TIMES, _VALUES) if not changed & set(pair) for name in pair]


def _fit(axes: bpy.types.Object, names: Collection[str]) -> None:
    """Make limits of axes show all of their traces; the time axis ends where the data does."""
    lows, highs, ends = [], [], []
    for trace in traces_in(axes):
        points = _points(cast(bpy.types.Mesh, trace.data))
        low, high = finite_range(points[:, 1])
        lows.append(low)
        highs.append(high)
        ends.append(points[-1, 0])
    neuron = required(about_figure(axes).neuron)
    playing = required(find_modifier(neuron))
    first, interval = (input_value(playing, n).value for n in ("First Time", "Sample Interval"))
    low, high = round_limits(min(lows), max(highs))
    last = first + float(max(ends)) * interval
    modifier = required(find_drawing(axes))
    limits = zip(_LIMITS, (first, max(last, first + interval), low, high), strict=True)
    set_inputs(modifier, {name: limit for name, limit in limits if name in names})
    fits = zip(_LIMITS, about_figure(axes).fitted, _limits(modifier), strict=True)
    about_figure(axes).fitted = [now if name in names else was for name, was, now in fits]


def _mesh(name: str, rows: NDArray[np.float32]) -> bpy.types.Mesh:
    mesh = bpy.data.meshes.new(name)
    points = np.zeros((len(rows), 3), np.float32)
    points[:, :2] = rows
    mesh.vertices.add(len(rows))
    mesh.vertices.foreach_set("co", points.ravel())
    edges = np.stack([np.arange(len(rows) - 1), np.arange(1, len(rows))], axis=1)
    mesh.edges.add(len(edges))
    if len(edges):
        mesh.edges.foreach_set("vertices", edges.astype(np.int32).ravel())
    return mesh


def _points(mesh: bpy.types.Mesh) -> NDArray[np.float32]:
    points = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", points)
    return points.reshape(-1, 3)


# --- The node group ---


@nodes.group(GROUP)
def node_group(tree: Tree) -> None:
    """Build the trace's group, or return it if it exists.

    Returns
    -------
    NodeTree
        Its geometry is the samples: x is the time in sample intervals, y the value.
    """
    recorded = tree.input("Geometry", "Geometry")
    by_voltage = tree.input(
        "Neuron's Colors", "Bool", default=False, description="Color the trace like the neuron"
    )
    style = tree.inputs(LINE_INPUTS | {n: TEXT_INPUTS[n] for n in ("Color", "Ink")})
    dot_size = tree.input(
        "Dot Size", "Float", default=0.014, minimum=0.0,
        description="Diameter of the dot at the current time",
    )  # fmt: skip
    material = tree.input("Neuron Material", "Material", hide=True)
    table = tree.inputs(clocks.TABLE_INPUT)
    with tree.panel("Axes", closed=True):
        axes = {name: tree.input(name, "Float", hide=True) for name in _SHARED}
    now = clocks.shown(tree, table)
    with tree.frame("The present, between two samples"):
        spot = tree.add("GeometryNodeInputPosition")
        parts = tree.parts(spot)
        elapsed, value = parts["X"], parts["Y"]
        is_past = elapsed <= now.elapsed
        count = tree.add(
            "GeometryNodeAttributeStatistic", {"Geometry": recorded, "Attribute": is_past}
        )["Sum"]
        samples = [
            tree.sample(recorded, spot, number, "FLOAT_VECTOR", clamp=True)
            for number in (count - 1.0, count)
        ]
        before, after = (tree.parts(sample) for sample in samples)
        # After the last sample this divides by zero, which gives zero, as it should.
        fraction = (now.elapsed - before["X"]) / (after["X"] - before["X"])
        present = tree.mix(fraction, before["Y"], after["Y"], label="Value now")
        tip = tree.vector(now.elapsed, present)
    with tree.frame("Up to the present"):
        index = tree.add("GeometryNodeInputIndex")
        is_next = index.equals(count, within=0.5)
        moved_up = tree.add(
            "GeometryNodeSetPosition",
            {"Geometry": recorded, "Selection": is_next, "Position": tip},
        )
        is_future = index > count
        no_data = (value < NO_DATA_BELOW).labeled("No data")
        drawn = tree.add(
            "GeometryNodeDeleteGeometry", {"Geometry": moved_up, "Selection": is_future + no_data},
            domain="POINT",
        )  # fmt: skip
    with tree.frame("In the axes"):
        valued = tree.store(drawn, VOLTAGE, value, label=VOLTAGE)
        flat = tree.store(valued, FIGURE, 1.0, label=FIGURE)
        laid_out = tree.add(
            "GeometryNodeSetPosition",
            {"Geometry": flat, "Position": _in_axes(tree, now, axes, elapsed, value)},
        )
        x = tree.parts(tree.add("GeometryNodeInputPosition"))["X"]
        right = axes["Width"] * 1.0001
        beyond = (x < -1e-5) + (x > right)
        inside = tree.add(
            "GeometryNodeDeleteGeometry", {"Geometry": laid_out, "Selection": beyond},
            domain="POINT",
        )  # fmt: skip
    with tree.frame("Line"):
        line = tree.add("GeometryNodeMeshToCurve", {"Mesh": inside})
        tube = tree.tube(line, 8, style["Line Width"] * 0.5, capped=True)
    with tree.frame("Dot"):
        has_data = present > NO_DATA_BELOW
        dot_place = _in_axes(tree, now, axes, now.elapsed, present)
        shown = has_data * (tree.parts(dot_place)["X"] < right)
        round_ = {"Radius": dot_size * 0.5 * shown, "Subdivisions": 3}
        ball = tree.add("GeometryNodeMeshIcoSphere", round_)["Mesh"]
        placed = tree.add("GeometryNodeTransform", {"Geometry": ball, "Translation": dot_place})
        dot = tree.store(
            tree.store(placed, VOLTAGE, present, label=VOLTAGE), FIGURE, 1.0, label=FIGURE
        )
    with tree.frame("Color"):
        joined = tree.join(tube, dot)
        ink = inked(tree, joined, style)
        colored = tree.add("GeometryNodeSetMaterial", {"Geometry": joined, "Material": material})
        chosen = unblurred(tree, tree.switch("GEOMETRY", by_voltage, ink, colored))
    # In front of the axes, so that these do not show through.
    tree.output("Geometry", moved(tree, chosen, 0.0, 0.0, style["Line Width"] * 0.5))


@nodes.group(f"{GROUP}: Title")
def title_group(tree: Tree) -> None:
    """Build the group that writes a trace's title above its axes, or return it if it exists.

    It is separate from the trace's own group, which is evaluated in every frame: letters are slow.
    """
    tree.input("Geometry", "Geometry")
    title = tree.input("Title", "String", description="Text above the axes")
    row = tree.input("Row", "Int", default=0, minimum=0, description="Line above the axes")
    style = tree.inputs({name: TEXT_INPUTS[name] for name in ("Color", "Ink")})
    with tree.panel("Axes", closed=True):
        axes = {name: tree.input(name, "Float", hide=True) for name in _TITLE_SHARED}
    size = axes["Text Size"]
    above = tree.math("MULTIPLY_ADD", row, 1.35, 0.85)
    baseline = tree.math("MULTIPLY_ADD", above, size, axes["Height"])
    words = text(tree, title, size, "Right", axes["Width"], baseline)
    tree.output("Geometry", inked(tree, words, style))


def _in_axes(tree: Tree, now: clocks.Moment, axes: Any, elapsed: Linkable, value: Linkable) -> Node:
    time_ms = tree.math("MULTIPLY_ADD", elapsed, now.interval_ms, now.first_ms)
    places = []
    for letter, number, length in (("X", time_ms, "Width"), ("Y", value, "Height")):
        low, high = axes[f"{letter} From"], axes[f"{letter} To"]
        places.append((number - low) / (high - low) * axes[length])
    return tree.vector(*places)
