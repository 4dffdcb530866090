# SPDX-License-Identifier: GPL-3.0-or-later
"""Marks on a neuron where its traces are taken: rings that face the camera, in the traces' colors.

A mark is an object that the neuron carries, with one modifier: it knows its trace, whose color it
follows, and stays with the place whatever things are called. Cells of a network take theirs along.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import bpy
import numpy as np

from ..common import nodes
from ..common.figures import frame
from ..common.figures.drawing import TEXT_INPUTS, find_drawing, inked, new_figure, remove_figure
from ..common.figures.scales import LINE_INPUTS
from ..common.nodes import Tree
from ..common.nodes.modifiers import follow, input_value, set_inputs
from ..common.required import required
from ..extracellular.electrodes import ELECTRODE, place_of_electrode
from ..playback.network import drawn_places, is_network
from ..playback.playback import holder_of
from ..playback.sections import UnknownSectionError, column, find_segment
from ..properties import about_figure

GROUP: Final = "BlenderSpike: Trace Mark"
KIND: Final = "MARK"
# Parts of the neuron's largest extent: the least diameter, and the width of the line.
_LEAST: Final = 0.02
_LINE: Final = 0.0035
# So much wider than what it marks.
_WIDER: Final = 1.7


def marks_of(neuron: bpy.types.Object) -> list[bpy.types.Object]:
    """Find the marks on a neuron."""
    return [
        thing
        for thing in bpy.data.objects
        if about_figure(thing).kind == KIND
        and about_figure(thing).neuron == neuron
        and find_drawing(thing) is not None
    ]


def mark_of(trace: bpy.types.Object) -> bpy.types.Object | None:
    """Find the mark of a trace, if it has one."""
    neuron = about_figure(trace).neuron
    marks = marks_of(neuron) if neuron is not None else []
    return next((mark for mark in marks if _trace(mark) == trace), None)


def add_mark(scene: bpy.types.Scene, trace: bpy.types.Object) -> bpy.types.Object:
    """Mark where a trace is taken; a trace has one mark.

    Raises
    ------
    UnknownSectionError
        If the neuron no longer has the section.
    """
    existing = mark_of(trace)
    if existing is not None:
        _put(existing)
        return existing
    about = about_figure(trace)
    neuron = required(about.neuron)
    # Nothing is made of what cannot be found.
    if not ELECTRODE.on(trace):
        find_segment(neuron, about.section, about.position)
    mark = new_figure(f"{trace.name} mark", node_group(), {"Trace": trace})
    about_figure(mark).kind, about_figure(mark).neuron = KIND, neuron
    path = input_value(required(find_drawing(trace)), "Color").path_from_id("value")
    follow(required(find_drawing(mark)), "Color", trace, path)
    frame.collection(scene).objects.link(mark)
    _put(mark)
    return mark


def remove_marks(traces: Iterable[bpy.types.Object]) -> None:
    """Remove the marks of traces."""
    for trace in traces:
        mark = mark_of(trace)
        if mark is not None:
            remove_figure(mark)


def refresh_marks(neuron: bpy.types.Object) -> None:
    """Put all marks on a neuron where their traces are taken now."""
    for mark in marks_of(neuron):
        if mark.is_editable and _trace(mark) is not None:
            try:
                _put(mark)
            except UnknownSectionError:
                # As its trace, it stays as it was.
                continue


def _trace(mark: bpy.types.Object) -> bpy.types.Object | None:
    found: bpy.types.Object | None = input_value(required(find_drawing(mark)), "Trace").value
    return found


def _put(mark: bpy.types.Object) -> None:
    trace = required(_trace(mark))
    about = about_figure(trace)
    neuron = required(about.neuron)
    cells, segment, radius = False, -1, 0.0
    if ELECTRODE.on(trace):
        place = np.array(place_of_electrode(trace))
    else:
        segment = find_segment(neuron, about.section, about.position)
        cells = is_network(neuron)
        if cells:
            place = drawn_places(neuron)[segment]
        else:
            place, radius = _place_of(neuron, segment)
    mark.parent = neuron
    mark.matrix_parent_inverse.identity()
    # Another neuron may have taken it over, in its place.
    mark.matrix_basis.identity()
    corners = np.array(neuron.bound_box)
    extent = float(np.ptp(corners, axis=0).max())
    set_inputs(
        required(find_drawing(mark)),
        {
            "Neuron": neuron, "Cell": segment if cells else -1, "Place": place.tolist(),
            "Size": max(_LEAST * extent, 2 * _WIDER * radius), "Line Width": _LINE * extent,
        },
    )  # fmt: skip


def _place_of(neuron: bpy.types.Object, segment: int) -> tuple[Any, float]:
    """Find the middle of a segment and its radius, in the neuron's own space."""
    found: list[tuple[float, Any, float]] = []
    spheres = holder_of(neuron, "Spheres")
    for data in (neuron.data, spheres.data if spheres else None):
        places = column(data, "position", "vector", 3).reshape(-1, 3)
        if not len(places):
            continue
        second = column(data, "weight_b", "value")
        share = (column(data, "segment_a", "value", kind=np.int32) == segment) * (1 - second)
        share += (column(data, "segment_b", "value", kind=np.int32) == segment) * second
        best = int(np.argmax(share))
        radius = float(column(data, "recorded_radius", "value")[best])
        found.append((float(share[best]), places[best], radius))
    # A soma is a ball and a strand within it.
    _, place, radius = max(found, key=lambda one: (round(one[0], 3), one[2]))
    return place, radius


@nodes.group(GROUP)
def node_group(tree: Tree) -> None:
    """Build the mark's group, or return it if it exists."""
    tree.input("Geometry", "Geometry")
    neuron = tree.input("Neuron", "Object", hide=True)
    tree.input("Trace", "Object", hide=True, description="The trace that is taken here")
    place = tree.input("Place", "Vector", hide=True, description="In the neuron's own space")
    cell = tree.input("Cell", "Int", default=-1, hide=True, description="Of a network")
    size = tree.input("Size", "Float", default=0.1, minimum=0.0, description="Diameter")
    style = tree.inputs(LINE_INPUTS | {name: TEXT_INPUTS[name] for name in ("Color", "Ink")})
    with tree.frame("Where the cell is now"):
        shown = tree.object(neuron, relative=True)["Geometry"]
        cells = tree.add("GeometryNodeInstancesToPoints", {"Instances": shown})
        there = tree.sample(cells, tree.add("GeometryNodeInputPosition"), cell, "FLOAT_VECTOR")
        center = tree.switch("VECTOR", cell < 0.0, there, place)
    with tree.frame("A ring that faces the camera, in front of what it marks"):
        camera = tree.object(tree.add("GeometryNodeInputActiveCamera"), relative=True)
        ring = tree.add(
            "GeometryNodeCurvePrimitiveCircle", {"Resolution": 48, "Radius": size * 0.5}
        )["Curve"]
        round_ = tree.tube(ring, 8, style["Line Width"] * 0.5)
        nearer = tree.vector(0.0, 0.0, size * 0.5)
        forward = tree.add(
            "FunctionNodeRotateVector", {"Vector": nearer, "Rotation": camera["Rotation"]}
        )
        standing = tree.add(
            "GeometryNodeTransform",
            {"Geometry": round_, "Translation": center + forward, "Rotation": camera["Rotation"]},
        )
    tree.output("Geometry", inked(tree, standing, style))
