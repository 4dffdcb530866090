# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes that draw synapses on the surface of neurites, and let them flash at their events.

Where a synapse is, and which events it has, is in two data meshes; see `cells.synapse_places` and
`cells.synapse_events`. A flash follows from the time alone, so that every frame can be rendered on
its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..cells.synapse_events import TOGETHER
from ..cells.synapse_places import Ball
from ..common import nodes
from ..common.nodes import Linkable, Node, Socket, Tree
from .material_slot import MATERIAL_INPUTS, MaterialSlot
from .samples import GROUP
from .thickness import (
    SHAPE_INPUTS,
    THICKNESS_INPUTS,
    TYPES_INPUTS,
    above_0_if_styled,
    drawn_radius,
    is_shown,
)

FLASH: Final = "flash"
"""The attribute of points and instances that says how far a synapse is from rest, 0..1."""
SYNAPSE: Final = "synapse"
"""The attribute that says which of the kinds a synapse is of, from 1; nothing else has it."""
MOST_KINDS: Final = 8
"""So many kinds have a color and a switch of their own; all further ones share the last."""

# Attributes of the data mesh, besides those that strands have, too.
AXIS: Final = "axis"
OUTWARD: Final = "outward"
BALL: Final = "ball"
CENTER: Final = "ball_center"
FROM_CENTER: Final = "from_center"
BALL_RADIUS: Final = "ball_radius"
SIZE: Final = "weight_size"
"""Square root of the weight, in units of the median's."""
FIRST_ROW: Final = "first_row"
"""Where a synapse's rows begin in the table of events, whose positions are times."""
BY_BIN: Final = "events_"
"""Followed by a number, the attribute that holds how many events there have been by a bin's end."""

_TIMES, _ROW, _GOES_ON = "event_times", "event_row", "earlier_count"
SHARE: Final = 0.7
"""How far a single event takes a synapse; several add up, to 1 at most."""
# The exponential is a power of this many, which takes a fraction of the time and is within 0.6 % of
# it; the factor gives both the same half-life.
_POWER, _SAME_HALF_LIFE = 32, 1.01087
# Earlier events leave less than a hundredth.
_FORGOTTEN_AFTER: Final = 5.0

SYNAPSE_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Synapses": {"kind": "Bool", "default": False, "description": "Draw the synapses"},
    "Synapse Shape": {
        "kind": "Menu",
        "default": "Points",
        "description": "Points are fast at any number, and round in Cycles; spheres are meshes, "
        "round in EEVEE as well",
    },
    "Synapse Size": {
        "kind": "Float",
        "default": 0.01,
        "minimum": 0.0,
        "unit": "DISTANCE",
        "description": "Radius of a synapse at rest that has the median weight",
    },
    "Size by Weight": {
        "kind": "Float",
        "default": 1.0,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "0 draws all alike, at 1 the area of a synapse is proportional to its "
        "weight, within the limits below",
    },
    "Smallest": {
        "kind": "Float",
        "default": 0.5,
        "minimum": 0.0,
        "description": "No weight makes a synapse smaller than this fraction of Size",
    },
    "Largest": {
        "kind": "Float",
        "default": 2.0,
        "minimum": 0.0,
        "description": "No weight makes a synapse larger than this multiple of Size",
    },
    "Flash Growth": {
        "kind": "Float",
        "default": 0.6,
        "minimum": 0.0,
        "description": "How much larger a synapse is while it flashes, as a fraction of its size",
    },
    "Flash Rise": {
        "kind": "Float",
        "default": 0.2,
        "minimum": 0.0,
        "description": "Milliseconds from an event to the brightest moment",
    },
    "Flash Decay": {
        "kind": "Float",
        "default": 5.0,
        "minimum": 0.001,
        "description": "Time constant in milliseconds with which a flash decays; at least the time "
        "from one frame to the next",
    },
    **{
        f"Show Kind {number}": {
            "kind": "Bool",
            "default": True,
            "description": f"Draw synapses of kind {number}"
            + (" and of all kinds after it" if number == MOST_KINDS else ""),
        }
        for number in range(1, MOST_KINDS + 1)
    },
}
SYNAPSE_DATA_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Synapse Places": {
        "kind": "Object",
        "description": "Holds a vertex for each synapse, and how many events it has had by when",
    },
    "Synapse Events": {
        "kind": "Object",
        "description": "Holds the times of the events of all synapses",
    },
    "Event Bin": {
        "kind": "Float",
        "default": 1.0,
        "hide": True,
        "description": "Milliseconds in which events are counted together",
    },
    "Event Bins": {"kind": "Int", "default": 1, "minimum": 1, "hide": True},
    "Event Stride": {
        "kind": "Int",
        "default": 1,
        "minimum": 1,
        "hide": True,
        "description": "From one row of a synapse's events to the next",
    },
    "Event Rounds": {
        "kind": "Int",
        "default": 1,
        "minimum": 1,
        "hide": True,
        "description": "How often three events are looked up for a synapse",
    },
}
SYNAPSE_DATA: Final = ("Synapse Places", "Synapse Events")
"""Those inputs that are for an object that holds data."""
SHAPES: Final = ("Points", "Spheres")
# Two nodes cannot take the same menu, so the group takes a number.
_GROUP_INPUTS: Final = SYNAPSE_INPUTS | {
    "Synapse Shape": {"kind": "Int", "description": "Its place in the menu, from 0"}
}
SYNAPSE_LOOK: Final = {name: SHAPE_INPUTS[name] for name in (*THICKNESS_INPUTS, "Soma Size")}
"""What the places of synapses depend on."""
MOMENT: Final[dict[str, dict[str, Any]]] = {
    "Elapsed": {"kind": "Float", "description": "Milliseconds after the first sample"},
    "Frame": {"kind": "Float", "description": "Milliseconds since the previous frame"},
}

# What the flashes of synapses depend on.
_FLASHING: Final[dict[str, dict[str, Any]]] = {
    "Synapse Events": SYNAPSE_DATA_INPUTS["Synapse Events"],
    **{name: one for name, one in SYNAPSE_DATA_INPUTS.items() if name.startswith("Event ")},
    **{name: SYNAPSE_INPUTS[name] for name in ("Flash Rise", "Flash Decay")},
    **MOMENT,
}


@nodes.group(f"{GROUP}: Synapses")
def synapses_group(tree: Tree) -> None:
    """Build the group that draws synapses as they are at a moment."""
    curves = tree.input("Curves", "Geometry")
    given = tree.inputs(
        _GROUP_INPUTS | SYNAPSE_DATA_INPUTS | SYNAPSE_LOOK | MOMENT | MATERIAL_INPUTS
    )
    with tree.frame("Those that are shown"):
        points = tree.object(given["Synapse Places"])["Geometry"]
        switches = [given[f"Show Kind {number}"] for number in range(1, MOST_KINDS + 1)]
        number = tree.minimum(tree.attribute(SYNAPSE), float(MOST_KINDS)) - 1.0
        is_chosen = tree.index_switch("BOOLEAN", number, switches, label="Is its kind shown?")
        all_shown: Linkable = switches[0]
        for other in (*switches[1:], *(given[name] for name in TYPES_INPUTS)):
            all_shown = all_shown & other
        some = tree.add(
            "GeometryNodeSeparateGeometry",
            {"Geometry": points, "Selection": is_chosen & is_shown(tree, given)},
            domain="POINT",
        )["Selection"]
        # Where all are, nothing is copied.
        shown = tree.switch("GEOMETRY", all_shown, some, points)
    with tree.frame("On the surface, as it is drawn"):
        look = {name: given[name] for name in SYNAPSE_LOOK}
        placed = tree.group(places_group(), {"Points": shown, **look})
    with tree.frame("How far each one is from rest"):
        events = {name: given[name] for name in _FLASHING}
        flashing = tree.group(_flashing_group(), {"Points": placed, **events})
    with tree.frame("How large"):
        flash = tree.attribute(FLASH)
        by_weight = tree.clamp(tree.attribute(SIZE), given["Smallest"], given["Largest"])
        weighted = tree.mix(given["Size by Weight"], 1.0, by_weight)
        grown = flash * given["Flash Growth"] + 1.0
        radius = weighted * given["Synapse Size"] * grown
    with tree.frame("Points or spheres"):
        slot = MaterialSlot(tree, curves, given["Material"])
        sized = tree.add("GeometryNodeMeshToPoints", {"Mesh": flashing, "Radius": radius})
        ball = tree.add("GeometryNodeMeshUVSphere", {"Segments": 24, "Rings": 12, "Radius": 1.0})
        smooth = tree.add("GeometryNodeSetShadeSmooth", {"Mesh": ball["Mesh"]})
        painted = slot.painted(slot.on(smooth))
        balls = tree.add(
            "GeometryNodeInstanceOnPoints",
            {"Points": flashing, "Instance": painted, "Scale": radius},
        )
        # An empty slot, which the material of the object's own reaches.
        slotted = tree.add("GeometryNodeSetMaterial", {"Geometry": sized})
        cloud = slot.painted(slotted)
        drawn = tree.index_switch("GEOMETRY", given["Synapse Shape"], [cloud, balls])
    tree.output("Synapses", drawn)


def shape_number(tree: Tree, shape: Socket) -> Socket:
    """Add the nodes that make a number of the menu *Synapse Shape*, as the group takes it."""
    return tree.menu("INT", shape, {name: place for place, name in enumerate(SHAPES)})


# Groups of their own, since Blender looks at a whole tree whenever a link is added.
@nodes.group(f"{GROUP}: Synapse Places")
def places_group(tree: Tree) -> None:
    """Move points to where the surface is drawn; in the data, they are where it is in the file."""
    points = tree.input("Points", "Geometry")
    given = tree.inputs(SYNAPSE_LOOK)
    thick = drawn_radius(tree, given, tree.attribute("recorded_radius"))
    outward = tree.attribute(OUTWARD, "FLOAT_VECTOR")
    on_neurite = tree.attribute(AXIS, "FLOAT_VECTOR") + outward * thick
    size = tree.attribute(BALL_RADIUS) * given["Soma Size"]
    from_center = tree.attribute(FROM_CENTER, "FLOAT_VECTOR")
    on_ball = tree.attribute(CENTER, "FLOAT_VECTOR") + from_center * size
    first = tree.switch("INT", given["Soma"], int(Ball.POINT_CELL), int(Ball.SOMA))
    is_ball = tree.attribute(BALL, "INT") >= first
    place = tree.switch("VECTOR", is_ball, on_neurite, on_ball)
    moved = tree.add("GeometryNodeSetPosition", {"Geometry": points, "Position": place})
    resized = abs(given["Soma Size"] - 1.0) + (1.0 - given["Soma"])
    styled = (above_0_if_styled(tree, given) + resized).labeled("Above 0 if not as in the file")
    tree.output("Points", tree.switch("GEOMETRY", styled > 1e-6, points, moved))


@nodes.group(f"{GROUP}: Flashing")
def _flashing_group(tree: Tree) -> None:
    """Store how far each synapse is from rest."""
    points = tree.input("Points", "Geometry")
    given = tree.inputs(_FLASHING)
    events = tree.object(given["Synapse Events"])["Geometry"]
    now = given["Elapsed"]
    last = (given["Event Bins"] - 1.0).labeled("Last bin")
    number = tree.clamp(tree.math("FLOOR", now / given["Event Bin"]), 0.0, last)
    so_far = tree.numbered_attribute(BY_BIN, number, label="Events so far", data_type="INT")
    stride = given["Event Stride"]
    row = _whole(
        tree, "ADD", tree.attribute(FIRST_ROW, "INT"), _whole(tree, "MULTIPLY", so_far, stride)
    )
    # The table's positions are times.
    times = tree.add("GeometryNodeInputPosition")
    latest = tree.sample(events, times, row, "FLOAT_VECTOR", clamp=False)
    decay = tree.maximum(given["Flash Decay"], given["Frame"])
    once = tree.store(points, FLASH, tree.clamp(_sum(tree, latest, now, decay, given)))
    with tree.frame("Back by three events, where those before still count"):
        found = tree.attribute(_TIMES, "FLOAT_VECTOR")
        looked = tree.store(points, _TIMES, latest, "FLOAT_VECTOR")
        begun = tree.store(looked, FLASH, _sum(tree, found, now, decay, given))
        since = (now - decay * _FORGOTTEN_AFTER).labeled("Since when they count")
        counts = tree.parts(found)["Z"] > since
        kept = tree.store(begun, _GOES_ON, counts, "BOOLEAN")
        numbered = tree.store(kept, _ROW, row, "INT", where=tree.attribute(_GOES_ON, "BOOLEAN"))
        own = tree.attribute(_ROW, "INT")
        first = tree.attribute(FIRST_ROW, "INT")
        back_by = _whole(tree, "MULTIPLY", stride, TOGETHER)
        before = _whole(tree, "MAXIMUM", _whole(tree, "SUBTRACT", own, back_by), first)

        def earlier(geometry: Socket) -> Linkable:
            going = tree.attribute(_GOES_ON, "BOOLEAN")
            back = tree.store(geometry, _ROW, before, "INT", where=going)
            here = tree.sample(events, times, own, "FLOAT_VECTOR", clamp=True)
            again = tree.store(back, _TIMES, here, "FLOAT_VECTOR", where=going)
            more = tree.attribute(FLASH) + _sum(tree, found, now, decay, given)
            added = tree.store(again, FLASH, more, where=going)
            return tree.store(added, _GOES_ON, going & counts, "BOOLEAN", where=going)

        summed = tree.repeat(given["Event Rounds"] - 1.0, numbered, earlier)
        limited = tree.store(summed, FLASH, tree.clamp(tree.attribute(FLASH)))
    tree.output("Points", tree.switch("GEOMETRY", given["Event Rounds"] > 1, once, limited))


def _sum(
    tree: Tree, times: Linkable, now: Linkable, decay: Linkable, given: Mapping[str, Socket]
) -> Node:
    inputs = {"Times": times, "Now": now, "Decay": decay, "Flash Rise": given["Flash Rise"]}
    return tree.group(_sum_group(), inputs)


@nodes.group(f"{GROUP}: Flash")
def _sum_group(tree: Tree) -> None:
    """Add up what three events leave at a moment."""
    times = tree.input("Times", "Vector", description="Of three events")
    now, decay = (tree.input(name, "Float") for name in ("Now", "Decay"))
    given = tree.inputs({"Flash Rise": SYNAPSE_INPUTS["Flash Rise"]})
    rise = tree.maximum(given["Flash Rise"], 1e-4)
    brightest = now - rise
    fall = (1.0 / (decay * (_POWER * _SAME_HALF_LIFE))).labeled("Fall")
    steep = (1.0 / rise).labeled("Climb")
    # Of an age since the brightest moment, 1 - age * fall, and before it 1 + age * steep.
    falling = _line(tree, times, fall, 1.0 - brightest * fall)
    rising = _line(tree, times, -steep, brightest * steep + 1.0)
    lower = tree.vector_math("MINIMUM", falling, rising)
    left: Linkable = tree.vector_math("MAXIMUM", lower, (0.0, 0.0, 0.0))
    for _ in range(_POWER.bit_length() - 1):
        left = tree.vector_math("MULTIPLY", left, left)
    left_over = tree.vector_math("DOT_PRODUCT", left, (SHARE, SHARE, SHARE))
    tree.output("Flash", left_over, kind="Float")


def _line(tree: Tree, value: Linkable, factor: Linkable, offset: Linkable) -> Node:
    """Multiply each part of a vector by a number and add another one."""
    factors, offsets = (tree.vector(one, one, one) for one in (factor, offset))
    return tree.vector_math("MULTIPLY_ADD", value, factors, offsets)


def _whole(tree: Tree, operation: str, a: Linkable, b: Linkable | int) -> Node:
    return tree.add("FunctionNodeIntegerMath", {"Value": a, "Value_001": b}, operation=operation)
