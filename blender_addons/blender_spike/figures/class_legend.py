# SPDX-License-Identifier: GPL-3.0-or-later
"""The legend of a neuron's classes: their names beside the colors that the cells have."""

from __future__ import annotations

from typing import Any, Final

import bpy
import numpy as np

from ..color.class_colors import MOST
from ..common.figures.drawing import find_drawing, new_figure
from ..common.figures.legend import MOST_ROWS, ROW, legend_group, legend_rows
from ..common.marks import Mark
from ..common.nodes.modifiers import input_value, set_inputs
from ..common.required import required
from ..common.value_color import NO_DATA_BELOW
from ..playback.playback import holder_of
from ..playback.quantities import classes_of, label_of
from ..playback.samples import VOLTAGE, frame_attribute
from ..playback.sections import column
from ..properties import about, about_figure

KIND: Final = "LEGEND"
SIZE: Final = 0.03
"""Of the text; smaller if there are many rows, but no smaller than `SMALLEST`."""
SMALLEST: Final = 0.022
# The classes that a legend was made for, with which names that somebody changed stay.
_CLASSES: Final = Mark("blender_spike", "legend_classes", "blender_spike_legend_classes")


def class_rows(neuron: bpy.types.Object) -> list[tuple[str, float]]:
    """Name the classes that a neuron shows, with the values that count them.

    Parameters
    ----------
    neuron : Object
        An imported simulation.

    Returns
    -------
    list of (str, float)
        In the file's order, without those that none of its cells has at any time; nothing if what
        it shows is measured.
    """
    names = classes_of(neuron)
    holder: Any = holder_of(neuron, "Values")
    if not names or holder is None:
        return []
    there: set[int] = set()
    for frame in range(about(neuron).frames):
        values = column(holder.data, frame_attribute(frame), "value")
        there.update(np.unique(np.rint(values[values > NO_DATA_BELOW])).astype(int).tolist())
        if len(there) >= len(names):
            break
    return [(name, float(value)) for value, name in enumerate(names) if value in there]


def count_rows(neuron: bpy.types.Object) -> int:
    """How many classes a legend of a neuron names.

    Raises
    ------
    ValueError
        If what it shows is measured; the text has no full stop.
    """
    count = len(class_rows(neuron))
    if not count:
        raise ValueError(
            f"'{neuron.name}' shows {label_of(neuron) or 'values'}, not classes such as cell "
            "types, which a legend names; a color bar tells values"
        )
    return count


def new_legend(
    neuron: bpy.types.Object, rows: int, size: float, *, right: bool
) -> bpy.types.Object:
    """Make the legend of what a neuron shows; its material is left to others.

    Parameters
    ----------
    rows : int
        At most.
    size : float
        Of the text.
    right : bool
        Its right side stays where it is.

    Returns
    -------
    Object
        In no collection yet.
    """
    inputs = {"Align": "Right" if right else "Left", "Rows": rows, "Text Size": size}
    legend = new_figure(f"{neuron.name} legend", legend_group(VOLTAGE), inputs)
    about_figure(legend).kind, about_figure(legend).neuron = KIND, neuron
    refresh(legend)
    return legend


def fitting(count: int, room: float) -> tuple[int, float]:
    """Choose how many rows are shown at most, and the size of their text.

    Parameters
    ----------
    count : int
        How many there are.
    room : float
        From top to bottom, in parts of the picture's shorter side.
    """
    wanted = min(count, MOST_ROWS)
    size = min(max(room / (max(wanted, 1) * ROW), SMALLEST), SIZE)
    return min(MOST_ROWS, max(int(room / (size * ROW) + 1e-6), 1)), size


def refresh(legend: bpy.types.Object) -> None:
    """Have a legend name the classes that its neuron shows now; none if that is measured."""
    rows = class_rows(required(about_figure(legend).neuron))
    drawing = required(find_drawing(legend))
    written = "\n".join(f"{value:g} {name}" for name, value in rows)
    if written == _CLASSES.of(legend) or not rows:
        set_inputs(drawing, {"Count": len(rows)})
        return
    shared = sum(value < MOST - 1 for _, value in rows)
    set_inputs(drawing, legend_rows(rows, VOLTAGE, shared_from=shared))
    _CLASSES.put(legend, written)


def named_rows(legend: bpy.types.Object) -> int:
    """How many rows of a legend have a name that can be changed."""
    drawing = required(find_drawing(legend))
    count, most = (int(input_value(drawing, name).value) for name in ("Count", "Rows"))
    return count if count <= most else max(most - 1, 0)
