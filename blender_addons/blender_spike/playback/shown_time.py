# SPDX-License-Identifier: GPL-3.0-or-later
"""A neuron's current time, in its figures.

A figure that needs the time has the time inputs of the neuron's own modifier, and drivers keep them
equal. So it stays in sync whatever happens to the neuron's time; and figures that are copied
together with their neuron follow the copy, as Blender's drivers of copies do.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import bpy

from ..common.figures.drawing import find_drawing
from ..common.nodes import Linkable, Node, Socket, Tree
from ..common.nodes.modifiers import follow, has_input, input_value, set_inputs
from ..common.required import required
from ..properties import about_figure
from .playback import find_modifier
from .samples import MOMENT_INPUTS, SAMPLES_INPUTS, TIME_INPUTS, time_group

_TABLE: Final = "Sample Times"
_SETTINGS: Final[dict[str, dict[str, Any]]] = {
    name: {**settings, "hide": True}
    for name, settings in (TIME_INPUTS | SAMPLES_INPUTS).items()
    if name != _TABLE
}
TABLE_INPUT: Final[dict[str, dict[str, Any]]] = {_TABLE: {**SAMPLES_INPUTS[_TABLE], "hide": True}}
"""The input that no driver can set. It stands where version 0.1.0 had a clock, so that the values,
keyframes and drivers of a figure of that version fit the inputs of the new group."""


class Moment(NamedTuple):
    """The time shown: sockets of a node tree."""

    elapsed: Socket
    """Time since the first sample, in sample intervals."""
    first_ms: Linkable
    interval_ms: Linkable
    time_ms: Node
    sample: Socket
    following: Socket
    fraction: Socket
    """Of the way from a sample to the one after it."""


def wind(figure: bpy.types.Object, group: bpy.types.NodeTree) -> None:
    """Connect a figure with its neuron's time.

    Parameters
    ----------
    figure : Object
        About a neuron.
    group : NodeTree
        What draws it. A figure of version 0.1.0, which reads the time from an object, gets it.
    """
    modifier = required(find_drawing(figure))
    if find_modifier(about_figure(figure).neuron) is None or not figure.is_editable:
        return
    if not has_input(modifier, _TABLE):
        modifier.node_group = group
    follow_time(modifier, required(about_figure(figure).neuron))


def follow_time(modifier: bpy.types.NodesModifier, neuron: bpy.types.Object) -> None:
    """Make a modifier's time always equal that of a neuron.

    Parameters
    ----------
    modifier : NodesModifier
        Its group has the inputs of `shown`.
    neuron : Object
        An imported simulation.
    """
    playing = required(find_modifier(neuron))
    set_inputs(modifier, {_TABLE: input_value(playing, _TABLE).value})
    for name in _SETTINGS:
        path = input_value(playing, name).path_from_id("value")
        follow(modifier, name, neuron, path)


def shown(tree: Tree, table: dict[str, Socket]) -> Moment:
    """Give a group the inputs of a neuron's time, and the nodes that compute the time.

    Parameters
    ----------
    table : dict
        The input `TABLE_INPUT`.
    """
    with tree.panel("The Neuron's Time", closed=True):
        given = tree.inputs(_SETTINGS)
    first, interval = given["First Time"], given["Sample Interval"]
    with tree.frame("The neuron's time"):
        now = tree.group(time_group(), {**given, **table})
        elapsed = now["Elapsed"]
        time_ms = tree.math("MULTIPLY_ADD", elapsed, interval, first, label="Time shown")
    around = (now[name] for name in MOMENT_INPUTS)
    return Moment(elapsed, first, interval, time_ms, *around)
