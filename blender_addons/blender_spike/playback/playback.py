# SPDX-License-Identifier: GPL-3.0-or-later
"""Play values without any Python: one geometry nodes modifier that knows the time.

The values live in a data mesh with one vertex per segment and one attribute per frame. The modifier
picks the two frames around the current time by name, mixes them, and lets every point of the curves
take its share of two segments as the attribute ``voltage``. The rest of the group determines what
is drawn, see `shape`.
"""

from __future__ import annotations

from typing import Any, Final

import bpy
import numpy as np
from mathutils import Vector

from ..common import nodes
from ..common.nodes import Linkable, Node, Socket
from ..common.nodes.modifiers import (
    add_group_modifier,
    find_group_modifier,
    has_input,
    input_value,
    set_inputs,
)
from ..common.registry import merged
from ..common.required import required
from ..lines.styles import STYLES
from ..lines.surface_input import SURFACES_INPUTS
from ..properties import about
from .axon_pulses import (
    AXON_PULSE_DATA_INPUTS,
    AXON_PULSE_INPUTS,
    KIND_INPUTS,
    axon_pulses_group,
)
from .samples import (
    GROUP,
    MOMENT_INPUTS,
    RECORDING,
    RECORDING_INPUTS,
    SAMPLES_INPUTS,
    SPHERES_INPUTS,
    TIME_INPUTS,
    VALUES_INPUTS,
    joined_group,
    time_group,
    voltage_group,
)
from .shape import shape_group
from .still import STILL_INPUTS
from .synapse_nodes import (
    SYNAPSE_DATA_INPUTS,
    SYNAPSE_INPUTS,
    SYNAPSE_LOOK,
    shape_number,
    synapses_group,
)
from .thickness import (
    LATER_INPUTS,
    LOOK_INPUTS,
    OWN_INPUTS,
    STATISTICS_INPUTS,
    TYPES_INPUTS,
    without_menus,
)

MODIFIER: Final = "Playback"

TIME_OFFSET: Final = "time_offset_ms"
"""The attribute by which points say how much later the neuron's copy on them is."""
SCALE: Final = "scale"


def add_modifier(
    neuron: bpy.types.Object, inputs: dict[str, Any], group: bpy.types.NodeTree | None = None
) -> bpy.types.NodesModifier:
    """Give curves the modifier that plays values on them.

    Parameters
    ----------
    neuron : Object
        Of type Curves, with the point attributes ``segment_a``, ``segment_b`` and ``weight_b``.
    inputs : dict
        Of the modifier, by name.
    group : NodeTree, optional
        What it plays them with; `node_group` if not given.
    """
    return add_group_modifier(neuron, MODIFIER, group or node_group(), inputs)


def find_modifier(neuron: bpy.types.Object | None) -> bpy.types.NodesModifier | None:
    """Find the modifier that plays values on an object.

    Returns
    -------
    NodesModifier or None
        None if the object is not an imported simulation.
    """
    return find_group_modifier(neuron, GROUP)


def holder_of(neuron: bpy.types.Object, name: str) -> bpy.types.Object | None:
    """Find an object that holds data for a neuron or network.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    name : str
        Of the modifier's input, one of `samples.HELD`.

    Returns
    -------
    Object or None
        None if there is none, or it has been deleted.
    """
    holder: bpy.types.Object | None = input_value(required(find_modifier(neuron)), name).value
    return holder


def soma_of(neuron: bpy.types.Object) -> tuple[Vector, str]:
    """Find the place of a neuron's soma: of the largest, if it holds several cells.

    Returns
    -------
    place : Vector
        In world space.
    what : str
        "the soma", or "the middle" if it has none.
    """
    spheres = holder_of(neuron, "Spheres")
    mesh = None if spheres is None else spheres.data
    if isinstance(mesh, bpy.types.Mesh) and len(mesh.vertices):
        radii: Any = mesh.attributes["recorded_radius"]
        largest = max(range(len(mesh.vertices)), key=lambda place: radii.data[place].value)
        return neuron.matrix_world @ mesh.vertices[largest].co, "the soma"
    corners = [Vector(corner) for corner in neuron.bound_box]
    middle = sum(corners, Vector((0.0, 0.0, 0.0))) / len(corners)
    return neuron.matrix_world @ middle, "the middle"


def strands_without_data(neuron: bpy.types.Object) -> int:
    """Count strands without values, because they were joined to a neuron.

    Parameters
    ----------
    neuron : Object
        An imported simulation.

    Returns
    -------
    int
        They are drawn in gray. For imports by version 0.1.0 this is unknown, and those beyond the
        number of sections are counted.
    """
    curves = neuron.data
    if not isinstance(curves, bpy.types.Curves):
        return 0
    modifier = required(find_modifier(neuron))
    # The nodes of version 0.1.0 do not check this.
    compares = has_input(modifier, "Recording")
    recording = input_value(modifier, "Recording").value if compares else 0
    stored: Any = curves.attributes.get(RECORDING)
    if stored is not None:
        of_each = np.zeros(len(curves.curves), np.int32)
        stored.data.foreach_get("value", of_each)
        return int((of_each != recording).sum())
    if recording or "cell" not in curves.attributes:
        return 0
    return max(len(curves.curves) - about(neuron).sections, 0)


def plays_sample_by_sample(neuron: bpy.types.Object) -> bool:
    """Tell whether a neuron shows one sample per frame, as it does after import.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    """
    data = about(neuron)
    modifier = required(find_modifier(neuron))
    pace = input_value(modifier, "Milliseconds per Frame").value
    played_ms = float(pace) * (data.frames - 1)
    return abs(played_ms - data.duration_ms) <= 1e-4 * data.duration_ms


def fit_time(neuron: bpy.types.Object, start_frame: float | None, frames: int) -> None:
    """Make a neuron play its whole simulation in a number of frames.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    start_frame : float or None
        Scene frame of the first sample; None to keep the current one.
    frames : int
        From the first sample to the last, both counted; at least 2.
    """
    pace = about(neuron).duration_ms / (frames - 1)
    inputs: dict[str, Any] = {"Milliseconds per Frame": pace, "Use Time": False}
    if start_frame is not None:
        inputs["Start Frame"] = start_frame
    set_inputs(required(find_modifier(neuron)), inputs)


def last_frame(neuron: bpy.types.Object) -> float:
    """Find the frame in which a neuron shows its last sample.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    """
    modifier = required(find_modifier(neuron))
    start, pace = (
        float(input_value(modifier, name).value)
        for name in ("Start Frame", "Milliseconds per Frame")
    )
    return start + about(neuron).duration_ms / pace if pace > 0 else start


def set_duration(neuron: bpy.types.Object, duration_ms: float) -> None:
    """Set the duration of a simulation whose file does not store it.

    The number of samples per frame is unchanged.

    Parameters
    ----------
    neuron : Object
        An imported simulation of the older format, whose samples are regular.
    duration_ms : float
        From the first sample to the last; above zero.
    """
    modifier = required(find_modifier(neuron))
    interval = input_value(modifier, "Sample Interval").value
    pace = input_value(modifier, "Milliseconds per Frame").value
    longer = duration_ms / max(about(neuron).frames - 1, 1) / interval
    set_inputs(
        modifier,
        {"Sample Interval": interval * longer, "Milliseconds per Frame": pace * longer},
    )
    about(neuron).duration_ms = duration_ms


@nodes.group(GROUP)
def node_group(tree: nodes.Tree) -> None:
    """Build the playback group and the three groups it is made of, or return it if it exists."""
    curves = tree.input("Geometry", "Geometry")
    with tree.panel("Time"):
        time = tree.inputs(TIME_INPUTS)
    with tree.panel("Look"):
        look = _first(tree, LOOK_INPUTS)
    with tree.panel("Section Types", closed=True):
        types = tree.inputs(TYPES_INPUTS)
    with tree.panel("Data", closed=True):
        values = tree.inputs(VALUES_INPUTS)
        samples = tree.inputs(SAMPLES_INPUTS)
        statistics = _first(tree, STATISTICS_INPUTS)
        spheres = tree.inputs(SPHERES_INPUTS)
        # After all others, so that modifiers of older scenes keep their values.
        recording = tree.inputs(RECORDING_INPUTS)
    with tree.panel("Copies", closed=True):
        copies = tree.inputs(COPIES_INPUTS)
    with tree.panel("Look"):
        look |= tree.inputs(
            {name: LATER_INPUTS[name] for name in LATER_INPUTS if name in LOOK_INPUTS}
        )
    with tree.panel("Data", closed=True):
        statistics |= tree.inputs(
            {name: LATER_INPUTS[name] for name in LATER_INPUTS if name in STATISTICS_INPUTS}
        )
        still = tree.inputs(STILL_INPUTS)
    with tree.panel("Synapses", closed=True):
        synapses = tree.inputs(SYNAPSE_INPUTS)
    with tree.panel("Data", closed=True):
        events = tree.inputs(SYNAPSE_DATA_INPUTS)
    with tree.panel("Synapses", closed=True):
        pulses = tree.inputs(AXON_PULSE_INPUTS)
    with tree.panel("Data", closed=True):
        paths = tree.inputs(AXON_PULSE_DATA_INPUTS)
        surfaces = tree.inputs(SURFACES_INPUTS)

    strands = tree.group(joined_group(), {"Strands": curves, **recording})
    shape = without_menus(tree, look | types | statistics)
    synapse_shape = shape_number(tree, synapses["Synapse Shape"])
    frame_ms = tree.switch("FLOAT", time["Use Time"], time["Milliseconds per Frame"], 0.0)

    def drawn(when: dict[str, Linkable]) -> Node:
        now = tree.group(time_group(), {**when, **samples})
        valued = tree.group(
            voltage_group(),
            {
                "Strands": strands,
                **values,
                **spheres,
                **{n: now[n] for n in MOMENT_INPUTS},
                **recording,
            },
        )
        neurites = tree.group(
            shape_group(),
            {
                "Curves": curves,
                "Strands": valued["Strands"],
                "Spheres": valued["Spheres"],
                **shape,
                "Material": look["Material"],
                **still,
                **recording,
                **surfaces,
            },
        )
        of_both: dict[str, Linkable] = {
            **{name: shape[name] for name in SYNAPSE_LOOK},
            "Curves": curves,
            "Material": look["Material"],
            "Elapsed": (now["Elapsed"] * samples["Sample Interval"]).labeled("Elapsed"),
            "Frame": frame_ms,
        }
        flashing = tree.group(
            synapses_group(), {**synapses, "Synapse Shape": synapse_shape, **events, **of_both}
        )
        running = tree.group(
            axon_pulses_group(),
            {
                **pulses,
                **paths,
                "Synapse Places": events["Synapse Places"],
                **{name: synapses[name] for name in KIND_INPUTS},
                **of_both,
            },
        )
        both = tree.join(neurites, flashing)
        all_three = tree.join(neurites, flashing, running)
        with_synapses = tree.switch("GEOMETRY", pulses["Axon Pulses"], both, all_three)
        return tree.switch("GEOMETRY", synapses["Synapses"], neurites, with_synapses)

    shaped = drawn({**time})
    with tree.frame("One at each point, in its own time"):
        points = tree.object(copies["Copies On"], relative=True)["Geometry"]
        # The points may be instanced, for example distributed points.
        real = tree.add("GeometryNodeRealizeInstances", {"Geometry": points})
        given = tree.add("GeometryNodeInputNamedAttribute", {"Name": SCALE}, data_type="FLOAT")
        fields: dict[str, tuple[str, Linkable]] = {
            "Place": ("VECTOR", tree.add("GeometryNodeInputPosition")),
            "Turned": ("ROTATION", tree.attribute("rotation", "QUATERNION")),
            "Size": ("FLOAT", tree.switch("FLOAT", given["Exists"], 1.0, given["Attribute"])),
            "Later": ("FLOAT", tree.attribute(TIME_OFFSET)),
        }

        def copy(point: Node) -> Node:
            late = point["Later"] / time["Milliseconds per Frame"]
            own: dict[str, Linkable] = {
                **time,
                "Start Frame": time["Start Frame"] + late,
                "Time": time["Time"] - point["Later"],
            }
            size = point["Size"]
            scale = tree.vector(size, size, size)
            thick = tree.add("GeometryNodeInputRadius") * size
            curves_sized = tree.add(
                "GeometryNodeSetCurveRadius", {"Curve": drawn(own), "Radius": thick}
            )
            # Not instances: render engines draw meshes of those, but not strands.
            return tree.add(
                "GeometryNodeTransform",
                {
                    "Geometry": tree.add(
                        "GeometryNodeSetPointRadius", {"Points": curves_sized, "Radius": thick}
                    ),
                    "Translation": point["Place"],
                    "Rotation": point["Turned"],
                    "Scale": scale,
                },
            )

        each = tree.for_each_point(real, fields, copy)
        counts = tree.add("GeometryNodeAttributeDomainSize", {"Geometry": real}, component="MESH")[
            "Point Count"
        ]
        cloud = tree.add(
            "GeometryNodeAttributeDomainSize", {"Geometry": real}, component="POINTCLOUD"
        )["Point Count"]
        some = tree.add(
            "FunctionNodeCompare",
            {"A": counts + cloud, "B": 0.5},
            data_type="FLOAT", operation="GREATER_THAN",
        )  # fmt: skip
        shaped = tree.switch("GEOMETRY", some, shaped, each)
    tree.output("Geometry", shaped)


def _first(tree: nodes.Tree, inputs: dict[str, dict[str, Any]]) -> dict[str, Socket]:
    """Make those inputs that modifiers of version 0.1.0 have as well."""
    return tree.inputs({name: inputs[name] for name in inputs if name not in LATER_INPUTS})


COPIES_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Copies On": {
        "kind": "Object",
        "description": "Draw a copy of the neuron at each point of this object; the point "
        "attribute time_offset_ms delays each copy, rotation and scale orient and size it",
    },
}

# No style takes the name of an input that is there anyway.
merged(
    {
        "BlenderSpike": {
            "Geometry": {},
            **TIME_INPUTS,
            **OWN_INPUTS,
            **TYPES_INPUTS,
            **VALUES_INPUTS,
            **SAMPLES_INPUTS,
            **STATISTICS_INPUTS,
            **SPHERES_INPUTS,
            **RECORDING_INPUTS,
            **COPIES_INPUTS,
            **STILL_INPUTS,
            **SYNAPSE_INPUTS,
            **SYNAPSE_DATA_INPUTS,
            **AXON_PULSE_INPUTS,
            **AXON_PULSE_DATA_INPUTS,
            **SURFACES_INPUTS,
        },
        **{name: style.inputs for name, style in STYLES.items()},
    }
)
