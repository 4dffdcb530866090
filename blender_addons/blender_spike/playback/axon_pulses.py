# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes that send pulses along axons, each of which arrives when its synapse flashes.

Only what is on its way is drawn: of all events those whose pulses have left and not yet run out, as
a short tube with a round head and a thinning tail. Where they are follows from the time alone, so
that every frame can be rendered on its own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from ..common import nodes
from ..common.nodes import Linkable, Socket, Tree
from .material_slot import MATERIAL_INPUTS, MaterialSlot
from .network_pulses import DELAY, LENGTH
from .samples import GROUP
from .synapse_nodes import (
    AXIS,
    BALL,
    BALL_RADIUS,
    CENTER,
    FLASH,
    FROM_CENTER,
    MOMENT,
    MOST_KINDS,
    OUTWARD,
    SYNAPSE,
    SYNAPSE_INPUTS,
    SYNAPSE_LOOK,
    places_group,
)
from .thickness import drawn_radius, is_shown

PULSE: Final = "pulse"
"""The attribute of an instance that says that it holds the pulses."""
LEAVES: Final = "leaves_ms"
"""When a pulse leaves its source, in milliseconds after the first sample."""
PATH: Final = "path"
"""The curve that a pulse runs along."""
OF_SYNAPSE: Final = "of_synapse"
"""The synapse where it arrives."""

# Points of a pulse: of its tail, and of the round head.
_TAIL, _HEAD = 8, 5
_POINTS: Final = _TAIL + _HEAD - 1
_CORNERS: Final = 8
# Heads are thicker than the axon by this factor, so that they are seen on it.
_OVER_AXON: Final = 1.6
# Of synapses, what their places and the rest depend on.
_VECTORS: Final = (AXIS, OUTWARD, CENTER, FROM_CENTER)
_NUMBERS: Final = ("recorded_radius", "section_radius", BALL_RADIUS, SYNAPSE)
_WHOLE: Final = (BALL, "section_type")

AXON_PULSE_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Axon Pulses": {
        "kind": "Bool",
        "default": False,
        "description": "Send a pulse along the axon to each synapse of a cell when it fires; it "
        "arrives when the synapse flashes",
    },
    "Axon Pulse Length": {
        "kind": "Float",
        "default": 0.15,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "Length of a pulse's tail, as a fraction of the way to the synapse; at "
        "least the way since the frame before",
    },
    "Axon Pulse Size": {
        "kind": "Float",
        "default": 0.01,
        "minimum": 0.0,
        "unit": "DISTANCE",
        "description": "Radius of a pulse's head; it is thicker than the axon in any case",
    },
}
AXON_PULSE_DATA_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Pulse Paths": {
        "kind": "Object",
        "description": "Holds a curve from its source to each synapse that pulses run to",
    },
    "Pulse Events": {
        "kind": "Object",
        "description": "Holds a vertex for each pulse: when it leaves, and how long it takes",
    },
}
AXON_PULSE_DATA: Final = tuple(AXON_PULSE_DATA_INPUTS)
"""Those inputs that are for an object that holds data."""
KIND_INPUTS: Final = {
    name: one for name, one in SYNAPSE_INPUTS.items() if name.startswith("Show Kind ")
}
"""Pulses to synapses of kinds that are hidden are hidden, too."""
_PLACES: Final[dict[str, dict[str, Any]]] = {"Synapse Places": {"kind": "Object"}}


@nodes.group(f"{GROUP}: Axon Pulses")
def axon_pulses_group(tree: Tree) -> None:
    """Build the group that draws the pulses that are on their way."""
    curves = tree.input("Curves", "Geometry")
    given = tree.inputs(
        AXON_PULSE_INPUTS
        | AXON_PULSE_DATA_INPUTS
        | _PLACES
        | KIND_INPUTS
        | SYNAPSE_LOOK
        | MOMENT
        | MATERIAL_INPUTS
    )
    with tree.frame("Those that are on their way"):
        events = tree.object(given["Pulse Events"])["Geometry"]
        age = given["Elapsed"] - tree.attribute(LEAVES)
        delay = tree.attribute(DELAY)
        # A tail covers at least the way since the previous frame, so that none is skipped, and the
        # round head.
        ball = given["Axon Pulse Size"] * 2.0 / tree.maximum(tree.attribute(LENGTH), 1e-9)
        longest = tree.maximum(given["Axon Pulse Length"], given["Frame"] / delay)
        behind = tree.maximum(longest, ball).labeled("Tail")
        lasting = delay * (behind + 1.0)
        flying = _only(tree, events, (age > 0.0) & (age < lasting))
    with tree.frame("Those that are shown, and where their synapses are drawn"):
        placed = tree.group(_synapses_of_group(), {"Pulses": flying, **_named(given)})
    with tree.frame("Where each begins and ends, as fractions of the way"):
        way = age / delay
        numbered = tree.store(placed["Pulses"], "head", tree.minimum(way, 1.0))
        numbered = tree.store(numbered, "tail", tree.maximum(way - behind, 0.0))
        # As long as it is neither leaving nor arriving, this is 1.
        whole = (tree.attribute("head") - tree.attribute("tail")) / behind
        numbered = tree.store(numbered, "whole", whole)
    with tree.frame("A line from tail to head"):
        lines = tree.group(
            _lines_group(),
            {
                "Pulses": numbered,
                "Paths": tree.object(given["Pulse Paths"])["Geometry"],
                **{name: given[name] for name in ("Axon Pulse Size", *SYNAPSE_LOOK)},
            },
        )
    with tree.frame("As tubes, in one instance"):
        slot = MaterialSlot(tree, curves, given["Material"])
        thick = tree.add("GeometryNodeInputRadius")
        tubes = tree.tube(lines, _CORNERS, 1.0, scale=thick)
        smooth = tree.add("GeometryNodeSetShadeSmooth", {"Mesh": tubes})
        # An empty slot, which the material of the object's own reaches.
        slotted = tree.add("GeometryNodeSetMaterial", {"Geometry": smooth})
        painted = slot.painted(slotted)
        instance = tree.add("GeometryNodeGeometryToInstance", {"Geometry": [painted]})
        marked = tree.store(instance, PULSE, 1.0, "FLOAT", "INSTANCE")
    tree.output("Pulses", marked)


@nodes.group(f"{GROUP}: Synapses of Pulses")
def _synapses_of_group(tree: Tree) -> None:
    """Let each pulse know its synapse, and how far that is drawn from where it is in the file."""
    pulses = tree.input("Pulses", "Geometry")
    given = tree.inputs(_PLACES | KIND_INPUTS | SYNAPSE_LOOK)
    synapses = tree.object(given["Synapse Places"])["Geometry"]
    own = tree.attribute(OF_SYNAPSE, "INT")
    position = tree.add("GeometryNodeInputPosition")
    known: Linkable = pulses
    for kind, names in (("FLOAT_VECTOR", _VECTORS), ("FLOAT", _NUMBERS), ("INT", _WHOLE)):
        for name in names:
            value = tree.sample(synapses, tree.attribute(name, kind), own, kind)
            known = tree.store(known, name, value, kind)
    switches = [given[f"Show Kind {number}"] for number in range(1, MOST_KINDS + 1)]
    number = tree.minimum(tree.attribute(SYNAPSE), float(MOST_KINDS)) - 1.0
    is_chosen = tree.index_switch("BOOLEAN", number, switches, label="Is its kind shown?")
    shown = _only(tree, known, is_chosen & is_shown(tree, given))
    in_file = tree.sample(synapses, position, own, "FLOAT_VECTOR")
    there = tree.add("GeometryNodeSetPosition", {"Geometry": shown, "Position": in_file})
    look = {name: given[name] for name in SYNAPSE_LOOK}
    drawn = tree.group(places_group(), {"Points": there, **look})
    tree.output("Pulses", tree.store(drawn, "off", position - in_file, "FLOAT_VECTOR"))


@nodes.group(f"{GROUP}: Lines of Pulses")
def _lines_group(tree: Tree) -> None:
    """Draw each pulse as a curve with a radius, from its tail to its head."""
    pulses = tree.input("Pulses", "Geometry")
    paths = tree.input("Paths", "Geometry")
    given = tree.inputs({"Axon Pulse Size": AXON_PULSE_INPUTS["Axon Pulse Size"], **SYNAPSE_LOOK})
    points = tree.add(
        "GeometryNodeDuplicateElements", {"Geometry": pulses, "Amount": _POINTS}, domain="POINT"
    )
    number = points["Duplicate Index"]
    with tree.frame("Along the tail, and then around the head"):
        length = tree.maximum(tree.attribute(LENGTH), 1e-9)
        head, tail = (tree.attribute(name) for name in ("head", "tail"))
        size = (given["Axon Pulse Size"] * tree.attribute("whole")).labeled("Radius")
        round_ = tree.minimum(size / length, head - tail)
        neck = (head - round_).labeled("Where the round head begins")
        share = tree.clamp(number / float(_TAIL - 1))
        past = tree.maximum(number - float(_TAIL - 1), 0.0)
        turn = past * (math.pi / 2 / (_HEAD - 1))
        at = tree.mix(share, tail, neck) + round_ * tree.math("SINE", turn)
        taper = share * tree.math("COSINE", turn)
    with tree.frame("On the way"):
        way = tree.add(
            "GeometryNodeSampleCurve",
            {
                "Curves": paths,
                "Value": tree.attribute("recorded_radius"),
                "Factor": at,
                "Curve Index": tree.attribute(PATH, "INT"),
            },
            mode="FACTOR", use_all_curves=False, data_type="FLOAT",
        )  # fmt: skip
        # The last bit of the way leads to where the synapse is drawn.
        bend = tree.attribute("off", "FLOAT_VECTOR") * at**4.0
        moved = tree.add(
            "GeometryNodeSetPosition",
            {"Geometry": points["Geometry"], "Position": way["Position"] + bend},
        )
    with tree.frame("How thick, and how bright"):
        on_axon = drawn_radius(tree, given, way["Value"]) * tree.math("SIGN", way["Value"])
        thick = tree.maximum(size, on_axon * _OVER_AXON) * taper
        bright = tree.store(moved, FLASH, share**2.0 * tree.attribute("whole"))
        sized = tree.store(bright, "thick", thick)
    with tree.frame("All else would be copied to each corner of the tubes"):
        bare: Linkable = tree.add(
            "GeometryNodeRemoveAttribute",
            {"Geometry": sized, "Pattern Mode": "Wildcard", "Name": "*"},
        )
        here = tree.add("GeometryNodeInputIndex")
        for name in (FLASH, SYNAPSE, "thick"):
            bare = tree.store(bare, name, tree.sample(sized, tree.attribute(name), here))
    with tree.frame("As curves"):
        group = tree.add(
            "FunctionNodeIntegerMath",
            {"Value": here, "Value_001": _POINTS},
            operation="DIVIDE_FLOOR",
        )
        cloud = tree.add("GeometryNodeMeshToPoints", {"Mesh": bare})
        lines = tree.add("GeometryNodePointsToCurves", {"Points": cloud, "Curve Group ID": group})
        drawn = tree.add(
            "GeometryNodeSetCurveRadius", {"Curve": lines, "Radius": tree.attribute("thick")}
        )
    tree.output("Lines", drawn)


def _only(tree: Tree, geometry: Linkable, wanted: Linkable) -> Socket:
    """Keep some points."""
    return tree.add(
        "GeometryNodeSeparateGeometry", {"Geometry": geometry, "Selection": wanted}, domain="POINT"
    )["Selection"]


def _named(given: Mapping[str, Socket]) -> dict[str, Socket]:
    return {name: given[name] for name in (*_PLACES, *KIND_INPUTS, *SYNAPSE_LOOK)}
