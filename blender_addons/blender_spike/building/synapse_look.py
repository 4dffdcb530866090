# SPDX-License-Identifier: GPL-3.0-or-later
"""How the synapses of new neurons are drawn, and what is kept when another file is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import bpy

from ..color.coloring import color_kinds, has_color_input, look_of, set_look, voltage_material
from ..common.required import required
from ..playback.network import holds_network
from ..playback.synapse_kinds import kinds_in, kinds_of, pulse_counts
from ..playback.synapse_nodes import MOST_KINDS
from ..simulation_file import Simulation
from ..simulation_file.synapses import Synapses, left_out
from .pulse_parts import pulse_notes

# Up to here, spheres, which EEVEE draws round, take next to no time.
_MOST_SPHERES: Final = 5_000


def suitable_shape(inputs: Mapping[str, Any]) -> dict[str, str]:
    """Choose between points and spheres for new synapses.

    Parameters
    ----------
    inputs : mapping
        Of the new neuron's modifier.
    """
    holder = inputs["Synapse Places"]
    few = holder is not None and len(holder.data.vertices) <= _MOST_SPHERES
    # Engines register themselves, so the stubs cannot know them all.
    in_cycles = str(bpy.context.scene.render.engine) == "CYCLES"
    return {"Synapse Shape": "Spheres" if few and not in_cycles else "Points"}


def color_synapses(neurons: Sequence[bpy.types.Object]) -> None:
    """Give the kinds of neurons' synapses their colors.

    Parameters
    ----------
    neurons : sequence of Object
        From one file, with one material.
    """
    kinds = next(filter(None, map(kinds_of, neurons)), None)
    material = voltage_material(neurons[0])
    if kinds is None or material is None:
        return
    if not has_color_input(material, "Kind 1"):
        # It is from a version that knew no synapses.
        material = set_look(material, required(look_of(material)).identifier)
    color_kinds(material, kinds)


def keep_synapses(neuron: bpy.types.Object, inputs: dict[str, Any]) -> bool:
    """Keep how a neuron's synapses are drawn when it gets those of another file.

    Parameters
    ----------
    neuron : Object
        As it is before.
    inputs : dict
        That it will get, by name; those that the user may have changed are removed.

    Returns
    -------
    bool
        Whether its kinds are the same ones; colors and switches are by number.
    """
    before, holder = kinds_of(neuron), inputs.get("Synapse Places")
    if holder is None:
        return True
    if before:
        for name in ("Synapses", "Synapse Size", "Flash Decay"):
            inputs.pop(name)
        if pulse_counts(neuron).running:
            inputs.pop("Axon Pulse Size")
            if inputs["Pulse Paths"] is not None:
                inputs.pop("Axon Pulses")
    if kinds_in(holder) == before:
        return True
    inputs |= {f"Show Kind {number}": True for number in range(1, MOST_KINDS + 1)}
    return False


def synapse_notes(
    before: Synapses | None, taken: Simulation, neurons: Sequence[bpy.types.Object]
) -> Iterator[str]:
    """Say what is not as somebody may expect it, each in a sentence.

    Parameters
    ----------
    before : Synapses or None
        Of the whole file.
    taken : Simulation
        What is imported of it.
    neurons : sequence of Object
        Made of that.
    """
    if before is None or not len(before):
        return
    synapses = taken.synapses
    if holds_network(taken):
        yield f"its cells are points, so its {len(before):,} synapses are not drawn."
        return
    if gone := left_out(before, synapses):
        yield gone
    if synapses is None or not len(synapses):
        return
    kinds = len(synapses.kind_names)
    if kinds > MOST_KINDS:
        yield (
            f"it has {kinds} kinds of synapses; all from the {MOST_KINDS}th on share one color and "
            "one switch."
        )
    times = synapses.event_times_ms
    begin, end = taken.time_ms[0], taken.time_ms[-1]
    if not ((times >= begin) & (times <= end)).any():
        yield f"none of its {len(synapses):,} synapses has an event from {begin:g} to {end:g} ms."
    sources = synapses.sources
    if len(neurons) > 1 and sources is not None:
        between = int(((sources >= 0) & (sources != synapses.cells)).sum())
        if between:
            yield (
                f"pulses run within one object only, so none to the {between:,} synapses that "
                "another cell's object is the source of."
            )
    elif len(neurons) == 1:
        yield from pulse_notes(pulse_counts(neurons[0]))
