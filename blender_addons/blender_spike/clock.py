# SPDX-License-Identifier: GPL-3.0-or-later
"""The time that a neuron shows, for figures to read.

A clock is an object in no collection. Its modifier has the time inputs of the neuron's own
modifier, and drivers keep them equal; what it draws is one vertex whose position holds the time.
So figures need no drivers of their own, and are in step whatever is done to the neuron's time.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple, cast

import bpy

from .common import nodes
from .common.modifiers import (
    add_group_modifier,
    find_group_modifier,
    follow,
    input_value,
    set_inputs,
)
from .common.nodes import Linkable, Node, Socket, Tree
from .common.required import required
from .playback import SAMPLES_INPUTS, TIME_INPUTS, find_modifier, time_group
from .properties import about_figure

GROUP: Final = "BlenderSpike Clock"
KIND: Final = "CLOCK"
INPUT: Final[dict[str, Any]] = {"kind": "Object", "hide": True, "description": "Knows the time"}
"""Settings of the input that a figure takes a clock by."""


class Moment(NamedTuple):
    """What a clock says: sockets of a node tree."""

    elapsed: Socket
    """Time since the first sample, in sample intervals."""
    first_ms: Socket
    interval_ms: Socket
    time_ms: Node


def clock_of(neuron: bpy.types.Object) -> bpy.types.Object:
    """Find or make a neuron's clock.

    Parameters
    ----------
    neuron : Object
        An imported simulation.

    Returns
    -------
    Object
        Follows the neuron's modifier as it is now.
    """
    clock = find_clock(neuron)
    if clock is None:
        name = f"{neuron.name} clock"
        clock = bpy.data.objects.new(name, bpy.data.meshes.new(name))
        about_figure(clock).kind = KIND
        about_figure(clock).neuron = neuron
        add_group_modifier(clock, GROUP, node_group())
    wind(clock)
    return clock


def find_clock(neuron: bpy.types.Object) -> bpy.types.Object | None:
    """Find a neuron's clock.

    Parameters
    ----------
    neuron : Object

    Returns
    -------
    Object or None
    """
    for thing in bpy.data.objects:
        if about_figure(thing).kind == KIND and about_figure(thing).neuron == neuron:
            return thing
    return None


def wind(clock: bpy.types.Object) -> None:
    """Connect a clock with its neuron's modifier, as it is after other data came into it.

    Parameters
    ----------
    clock : Object
    """
    neuron = required(about_figure(clock).neuron)
    playing = required(find_modifier(neuron))
    modifier = required(find_group_modifier(clock, GROUP))
    for name, settings in (TIME_INPUTS | SAMPLES_INPUTS).items():
        source = input_value(playing, name)
        if settings["kind"] == "Object":
            # Drivers give numbers only.
            set_inputs(modifier, {name: source.value})
        else:
            follow(modifier, name, neuron, source.path_from_id("value"))


def node_group() -> bpy.types.NodeTree:
    """Build the clock's group, or return it if it exists.

    Returns
    -------
    NodeTree
    """
    if (existing := nodes.find_group(GROUP)) is not None:
        return cast(bpy.types.NodeTree, existing)
    with nodes.geometry_group(GROUP) as tree:
        tree.input("Geometry", "Geometry")
        settings = TIME_INPUTS | SAMPLES_INPUTS
        given = {name: tree.input(name, **of_it) for name, of_it in settings.items()}
        now = tree.group(time_group(), given)
        told = tree.add(
            "ShaderNodeCombineXYZ",
            {"X": now["Elapsed"], "Y": given["First Time"], "Z": given["Sample Interval"]},
        )
        vertex = tree.add("GeometryNodeMeshLine", {"Count": 1, "Start Location": told})
        tree.output("Geometry", vertex)
    return cast(bpy.types.NodeTree, tree.tree)


def read(tree: Tree, clock: Linkable) -> Moment:
    """Add the nodes that read a clock.

    Parameters
    ----------
    tree : Tree
    clock : Socket or Node
        An object.

    Returns
    -------
    Moment
    """
    with tree.frame("The neuron's time"):
        told = tree.add("GeometryNodeObjectInfo", {"Object": clock})["Geometry"]
        vector = tree.add(
            "GeometryNodeSampleIndex",
            {"Geometry": told, "Value": tree.add("GeometryNodeInputPosition"), "Index": 0},
            data_type="FLOAT_VECTOR", domain="POINT",
        )  # fmt: skip
        numbers = tree.add("ShaderNodeSeparateXYZ", {"Vector": vector})
        elapsed, first, interval = (numbers[axis] for axis in "XYZ")
        time_ms = tree.math("MULTIPLY_ADD", elapsed, interval, first, label="Time shown")
    return Moment(elapsed, first, interval, time_ms)
