# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of a neuron: traces, color bar, legend, time label, scale bar.

They stand in a corner of the camera's picture, or beside the neuron in the scene. All are kept in
sync with the neuron by drivers and shared datablocks, without any Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import bpy
from mathutils import Vector

from ..color.coloring import limits_of, material_of
from ..common import film
from ..common.figures import frame
from ..common.figures.drawing import new_figure
from ..common.figures.numbers import in_powers, round_step
from ..common.figures.scales import color_bar_group, scale_bar_group
from ..common.nodes.modifiers import input_value, set_inputs
from ..common.required import required
from ..extracellular import electrodes
from ..playback.network import way_of
from ..playback.quantities import label_of, quantities_of, written
from ..playback.samples import VOLTAGE
from ..playback.sections import default_section, find_segment
from ..potential.line_sources import SIGMA_S_PER_M
from ..properties import about, about_figure
from . import class_legend, kind_legend, traces
from .owned import (
    COLOR_BAR,
    SCALE_BAR,
    TIME_LABEL,
    bounds,
    figures_of,
    follow_colors,
    mend,
    modifier_of,
)
from .time_label import time_label_group
from .trace_marks import add_mark

Placement = Literal["CAMERA", "SCENE"]

# Relative to the picture's shorter side, which is the figures' own unit.
_MARGIN: Final = 0.055
_AXES_WIDTH: Final = 0.6
_AXES_HEIGHT: Final = 0.24
# Additional axes are lower, so that three fit above each other in a wide picture.
_FURTHER_HEIGHT: Final = 0.15
_NUMBERS_WIDTH: Final = 0.07
_NUMBERS_HEIGHT: Final = 0.04
# How much wider numbers with a power of ten are.
_POWERS_WIDTH: Final = 0.05
# Of a letter, and what a long name of a quantity may take at most.
_LETTER_WIDTH: Final = 0.0145
_MOST_WIDTH: Final = 0.2
_ABOVE_AXES: Final = 0.06
_BAR_WIDTH: Final = 0.016
# A single cell that is a point has no extent.
_OF_A_POINT_UM: Final = 50.0
_LABEL_SIZE: Final = 0.045
# Below a scale bar, and above a color bar with its unit.
_BELOW_BAR: Final = 0.05
_OF_COLOR_BAR: Final = _NUMBERS_HEIGHT + _AXES_HEIGHT + 0.06


class _Spot(NamedTuple):
    """Where a kind of figure goes: its corner, and its offset inwards or outwards."""

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
    class_legend.KIND: _Spot(
        "TOP_RIGHT", (-_MARGIN, -_MARGIN - 0.7 * _LABEL_SIZE - _BELOW_BAR), (0.06, 0.0)
    ),
    # Below where a time label is.
    kind_legend.KIND: _Spot(
        "TOP_LEFT", (_MARGIN, -_MARGIN - 0.7 * _LABEL_SIZE - _BELOW_BAR), (0.06, -0.06)
    ),
}


def add_trace(
    context: bpy.types.Context,
    neuron: bpy.types.Object,
    section: str = "",
    position: float = 0.5,
    *,
    own_axes: bool = False,
    placement: Placement = "CAMERA",
    mark: bool = False,
) -> bpy.types.Object:
    """Show the values at a place on a neuron as a curve that draws itself.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    section : str
        One of `sections.section_names`; the soma if empty.
    position : float
        0..1, along the section.
    own_axes : bool
        Draw it in its own axes, above the existing ones.
    placement : str
        ``"CAMERA"`` for a corner of the picture, ``"SCENE"`` for a place beside the neuron.
    mark : bool
        Mark the place on the neuron, in the trace's color.

    Returns
    -------
    Object
        The trace; its parent is the axes object.

    Raises
    ------
    UnknownSectionError
        If there is no such section; nothing is added then.
    """
    section = section or default_section(neuron)
    find_segment(neuron, section, position)
    axes = _axes(context, neuron, placement, own_axes=own_axes)
    trace = traces.new_trace(neuron, axes, section, position)
    _link(context, trace)
    _link(context, required(traces.title_object(trace)))
    if mark:
        add_mark(context.scene, trace)
    return trace


def add_electrodes(
    context: bpy.types.Context,
    neuron: bpy.types.Object,
    places: Sequence[Vector],
    sigma: float = SIGMA_S_PER_M,
    *,
    placement: Placement = "CAMERA",
) -> list[bpy.types.Object]:
    """Show the potential at places around the neuron as curves that draw themselves.

    Parameters
    ----------
    neuron : Object
        An imported simulation with membrane currents.
    places : sequence of Vector
        In the neuron's own space; each is marked there in its curve's color.
    sigma : float
        Conductivity in S/m.
    placement : str
        See `add_trace`.

    Returns
    -------
    list of Object
        Traces, in axes of their own.

    Raises
    ------
    FieldError
        If there are no currents of which a field can be computed; nothing is added then.
    """
    rows = electrodes.recorded(neuron, list(places), sigma)
    axes = _axes(context, neuron, placement, electrode=True)
    before = len(traces.traces_in(axes))
    made = [
        traces.new_electrode(neuron, axes, before + number, place, sigma, one)
        for number, (place, one) in enumerate(zip(places, rows, strict=True), 1)
    ]
    for trace in made:
        _link(context, trace)
        _link(context, required(traces.title_object(trace)))
        add_mark(context.scene, trace)
    return made


def _axes(
    context: bpy.types.Context,
    neuron: bpy.types.Object,
    placement: Placement,
    *,
    own_axes: bool = False,
    electrode: bool = False,
) -> bpy.types.Object:
    """Find the axes that a new trace shares, or make some above those that are there."""
    mend(neuron)
    there_are = [f for f in figures_of(neuron) if about_figure(f).kind == traces.AXES_KIND]
    alike = [axes for axes in there_are if electrodes.ELECTRODE.on(axes) == electrode]
    if alike and not own_axes:
        return alike[-1]
    heights = [float(input_value(modifier_of(other), "Height").value) for other in there_are]
    # Ending where they always do, so that a color bar beside them has its room.
    wide = _further_width(neuron)
    height = _FURTHER_HEIGHT if heights else _AXES_HEIGHT
    unit = electrodes.UNIT if electrode else ""
    axes = traces.new_axes(neuron, _AXES_WIDTH - wide, height, unit)
    if electrode:
        electrodes.ELECTRODE.put(axes, {})
    if heights:
        set_inputs(modifier_of(axes), {"Y Ticks": 2})
    below = sum(heights) + len(heights) * (_ABOVE_AXES + _NUMBERS_HEIGHT)
    _place(context, neuron, axes, placement, (wide, below))
    return axes


def add_color_bar(
    context: bpy.types.Context,
    neuron: bpy.types.Object,
    *,
    horizontal: bool = False,
    placement: Placement = "CAMERA",
) -> bpy.types.Object:
    """Add a color bar.

    Parameters
    ----------
    neuron : Object
        An imported simulation. The bar shares its material, so it follows every change.
    placement : str
        See `add_trace`.
    """
    low, high = limits_of([neuron])
    length = 0.3 if horizontal else _AXES_HEIGHT
    bar = new_figure(
        f"{neuron.name} color bar",
        color_bar_group(VOLTAGE),
        {
            "Direction": "Horizontal" if horizontal else "Vertical",
            "From": low, "To": high, "Length": length, "Width": _BAR_WIDTH,
            "Unit": label_of(neuron),
        },
    )  # fmt: skip
    _own(bar, neuron, COLOR_BAR)
    follow_colors(bar, neuron)
    # Space for the bar's length and for the unit at its end.
    _place(context, neuron, bar, placement, (-length - 0.07 if horizontal else 0.0, 0.0))
    return bar


def add_legend(
    context: bpy.types.Context,
    neuron: bpy.types.Object,
    rows: int = 0,
    *,
    placement: Placement = "CAMERA",
) -> bpy.types.Object:
    """Add a legend with the names of the classes that the neuron shows, such as cell types.

    Parameters
    ----------
    neuron : Object
        An imported simulation. The legend shares its material, so it follows every change.
    rows : int
        At most, 1 to `MOST_ROWS`; the last one counts what is left. 0 for as many as fit.
    placement : str
        See `add_trace`.

    Raises
    ------
    ValueError
        If its values are measured; nothing is added then.
    """
    count = class_legend.count_rows(neuron)
    spot = _SPOTS[class_legend.KIND]
    room = 1.0 + spot.in_picture[1] - _MARGIN
    if any(about_figure(one).kind == COLOR_BAR for one in figures_of(neuron)):
        room -= _OF_COLOR_BAR
    fitting, size = class_legend.fitting(min(rows or count, count), room)
    in_picture = placement == "CAMERA"
    legend = class_legend.new_legend(neuron, rows or fitting, size, right=in_picture)
    set_inputs(modifier_of(legend), {"Material": material_of(neuron)})
    _place(context, neuron, legend, placement)
    return legend


def add_synapse_legend(
    context: bpy.types.Context, neuron: bpy.types.Object, *, placement: Placement = "CAMERA"
) -> bpy.types.Object:
    """Add a legend with the kinds of the neuron's synapses.

    Parameters
    ----------
    neuron : Object
        An imported simulation. The legend follows the colors of its kinds.
    placement : str
        See `add_trace`.

    Raises
    ------
    ValueError
        If it has no synapses; nothing is added then.
    """
    kind_legend.count_kinds(neuron)
    legend = kind_legend.new_legend(neuron, right=False)
    _place(context, neuron, legend, placement)
    return legend


def add_time_label(
    context: bpy.types.Context,
    neuron: bpy.types.Object,
    *,
    decimals: int = 1,
    placement: Placement = "CAMERA",
) -> bpy.types.Object:
    """Add a time label.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    placement : str
        See `add_trace`.
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
    """Add a scale bar.

    Parameters
    ----------
    neuron : Object
        An imported simulation. The bar follows its scale, and its distance from the camera.
    length_um : float
        In micrometers; 0 for a round number that suits the neuron.
    placement : str
        See `add_trace`.
    """
    low, high = bounds(neuron)
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
        camera = required(context.scene.camera)
        set_inputs(modifier_of(bar), {"Camera": camera, "In Frame": True})
    return bar


def _further_width(neuron: bpy.types.Object) -> float:
    """Find how much more room there has to be left of axes, whichever quantity is shown."""
    known = [about(neuron), *map(about, quantities_of(neuron).values())]
    wide = _POWERS_WIDTH if any(in_powers(one.low, one.high) for one in known) else 0.0
    if len(known) > 2:
        letters = max(len(written(one.quantity, one.unit)) for one in known)
        wide = max(wide, min(letters * _LETTER_WIDTH, _MOST_WIDTH) - _MARGIN - _NUMBERS_WIDTH)
    return wide


def _own(figure: bpy.types.Object, neuron: bpy.types.Object, kind: str) -> None:
    about_figure(figure).kind, about_figure(figure).neuron = kind, neuron


def _place(
    context: bpy.types.Context,
    neuron: bpy.types.Object,
    figure: bpy.types.Object,
    placement: Placement,
    further: tuple[float, float] = (0.0, 0.0),
) -> None:
    mend(neuron)
    scene = context.scene
    spot = _SPOTS[about_figure(figure).kind]
    _link(context, figure)
    if placement == "SCENE":
        room = (spot.beside[0] + further[0], spot.beside[1] - further[1])
        figure.matrix_world = frame.beside(scene, neuron, spot.corner, room)
        return
    camera = film.camera_of(scene) or film.frame_camera(scene, [neuron], also=way_of([neuron]))
    low, high = bounds(neuron)
    subject = neuron.matrix_world @ Vector((low + high) / 2)
    figure.parent = frame.corner(scene, camera, spot.corner, subject)
    x, y = (a + b for a, b in zip(spot.in_picture, further, strict=True))
    figure.location = (x, y, 0.0)


def _link(context: bpy.types.Context, figure: bpy.types.Object) -> None:
    frame.collection(context.scene).objects.link(figure)


def _extent_um(neuron: bpy.types.Object) -> float:
    low, high = bounds(neuron)
    return float((high - low).max()) * about(neuron).um_per_unit
