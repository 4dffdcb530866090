# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of neurons, and what keeps them in sync with their neuron."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import bpy
import numpy as np

from ..color.coloring import material_of
from ..common.drivers import make_exact
from ..common.figures import frame
from ..common.figures.drawing import find_drawing
from ..common.nodes.modifiers import has_input, set_inputs
from ..common.required import required
from ..common.value_color import follow_limits, has_limits
from ..extracellular.electrodes import ELECTRODE, move_electrode
from ..playback import shown_time as clocks
from ..playback.quantities import label_of
from ..properties import about, about_figure
from ..solid_colors import follow_neurons
from . import class_legend, kind_legend, trace_marks, traces
from .time_label import time_label_group

COLOR_BAR: Final = "COLOR_BAR"
TIME_LABEL: Final = "TIME_LABEL"
SCALE_BAR: Final = "SCALE_BAR"
KINDS: Final = (
    traces.AXES_KIND, traces.KIND, COLOR_BAR, class_legend.KIND, kind_legend.KIND, TIME_LABEL,
    SCALE_BAR,
)  # fmt: skip
# Where figures say what the values are.
_UNITS: Final = {traces.AXES_KIND: "Y Unit", COLOR_BAR: "Unit"}
_TOUCHING: Final = 1e-4


def figures_of(neuron: bpy.types.Object) -> list[bpy.types.Object]:
    """Find the figures of a neuron.

    Returns
    -------
    list of Object
        In the order of `KINDS`, and by name. One converted to a plain mesh no longer counts.
    """
    found = [
        thing
        for thing in bpy.data.objects
        if about_figure(thing).kind in KINDS
        and about_figure(thing).neuron == neuron
        and find_drawing(thing) is not None
    ]
    return sorted(found, key=lambda f: (KINDS.index(about_figure(f).kind), f.name))


def traces_of(neuron: bpy.types.Object) -> list[bpy.types.Object]:
    """Find the traces of a neuron."""
    return [figure for figure in figures_of(neuron) if about_figure(figure).kind == traces.KIND]


def in_picture(neuron: bpy.types.Object) -> list[bpy.types.Object]:
    """Find the figures of a neuron that stand in a camera's picture, and the titles of traces."""
    found = []
    for figure in figures_of(neuron):
        above = figure.parent
        while above is not None and above.type != "CAMERA":
            above = above.parent
        if above is not None and not figure.hide_render:
            title = traces.title_object(figure)
            found += [figure] if title is None else [figure, title]
    return found


def lies_on(figure: bpy.types.Object) -> bpy.types.Object | None:
    """Find a figure of the same kind in the same place, of this neuron or another."""
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
    """Return the modifier that draws a figure, wherever it is in the stack."""
    return required(find_drawing(figure))


def remove_figures(figures: Iterable[bpy.types.Object]) -> int:
    """Remove figures, and what only they used.

    Parameters
    ----------
    figures : iterable of Object
        Removing axes removes their traces; removing the last trace removes its axes.

    Returns
    -------
    int
        Number of figures removed, not counting axes.
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
    chosen |= {mark for mark in map(trace_marks.mark_of, chosen) if mark is not None}
    places = {f.parent for f in chosen if f.parent is not None} - chosen
    datas = [figure.data for figure in chosen if figure.data is not None]
    bpy.data.batch_remove(list(chosen))
    bpy.data.batch_remove([data for data in datas if not data.users])
    for place in places:
        frame.remove_if_empty(place)
    return count


def refresh(neuron: bpy.types.Object, *, relabel: bool = False, fit: bool = False) -> list[str]:
    """Bring all figures about a neuron up to date, after other data came into it.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    relabel : bool
        Rename the quantity and its unit, even where somebody changed their names.
    fit : bool
        Have axes fit the values even if somebody changed their limits.

    Returns
    -------
    list of str
        Sections with traces that no longer exist; these traces are left unchanged.
    """
    lost = []
    follow_materials([neuron])
    mend(neuron)
    for figure in figures_of(neuron):
        kind = about_figure(figure).kind
        if not figure.is_editable:
            continue
        # Electrodes record µV, whatever the neuron shows.
        is_own = not ELECTRODE.on(figure)
        if relabel and kind in _UNITS and is_own:
            set_inputs(modifier_of(figure), {_UNITS[kind]: label_of(neuron)})
        if kind == traces.AXES_KIND:
            lost += traces.refresh(figure, fit=fit and is_own)
        elif kind == class_legend.KIND:
            class_legend.refresh(figure)
        elif kind == kind_legend.KIND:
            kind_legend.refresh(figure)
        elif kind == SCALE_BAR:
            low, high = bounds(neuron)
            inputs = {"Per Unit": about(neuron).um_per_unit, "Middle": (low + high) / 2}
            set_inputs(modifier_of(figure), inputs)
    trace_marks.refresh_marks(neuron)
    return lost


def changed_axes(neuron: bpy.types.Object) -> list[bpy.types.Object]:
    """Find axes about a neuron whose limits of the values somebody changed."""
    return [
        figure
        for figure in figures_of(neuron)
        if about_figure(figure).kind == traces.AXES_KIND
        and figure.is_editable
        and not ELECTRODE.on(figure)
        and traces.values_changed(figure)
    ]


def mend(neuron: bpy.types.Object) -> None:
    """Make all figures of a neuron follow its time exactly, including those of version 0.1.0."""
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
    """Hand all figures of a neuron over to another, which its data is merged into.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    heir : Object
        Gets the other's data later; call `refresh` on it then.
    sections : mapping
        From the names of its sections to their names in the other.
    """
    for thing in bpy.data.objects:
        figure = about_figure(thing)
        if figure.neuron != neuron:
            continue
        figure.neuron = heir
        if figure.kind == traces.KIND and ELECTRODE.on(thing):
            move_electrode(thing, heir.matrix_world.inverted() @ neuron.matrix_world)
        figure.section = sections.get(figure.section, figure.section)
        drawing = find_drawing(thing)
        if drawing is not None and has_input(drawing, "Object"):
            set_inputs(drawing, {"Object": heir})


def follow_materials(neurons: Iterable[bpy.types.Object]) -> None:
    """Make everything that shows neurons' colors use each neuron's current material.

    The user may have assigned another one to the slot.

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
            follow_colors(figure, neuron)
        elif kind == class_legend.KIND:
            set_inputs(modifier_of(figure), {"Material": material_of(neuron)})
        elif kind == kind_legend.KIND:
            kind_legend.refresh(figure)


def follow_colors(bar: bpy.types.Object, neuron: bpy.types.Object) -> None:
    """Give a color bar the neuron's material and its limits."""
    material = material_of(neuron)
    set_inputs(modifier_of(bar), {"Material": material})
    if material is not None and has_limits(material):
        follow_limits(modifier_of(bar), material)


def bounds(neuron: bpy.types.Object) -> tuple[Any, Any]:
    """Corners of the neuron's bounding box, in its own space."""
    corners = np.array(neuron.bound_box)
    return corners.min(axis=0), corners.max(axis=0)
