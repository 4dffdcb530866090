# SPDX-License-Identifier: GPL-3.0-or-later
"""The synapses of an imported neuron: how many, of which kinds, and how they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import bpy

from ..common.marks import Mark
from ..common.nodes.modifiers import has_input
from ..common.required import required
from .playback import find_modifier, holder_of
from .synapse_nodes import MOST_KINDS, SYNAPSE_DATA

KINDS: Final = Mark("blender_spike", "synapse_kinds", "blender_spike_synapse_kinds")
"""Names of the kinds, one text with a line for each, kept with the places."""
PULSES: Final = Mark("blender_spike", "pulse_counts", "blender_spike_pulse_counts")
"""`PulseCounts`, kept with the places."""
PLACES: Final = SYNAPSE_DATA[0]


class PulseCounts(NamedTuple):
    """To how many synapses with events pulses run along axons, and to how many not, and why."""

    running: int = 0
    straight: int = 0
    """Of these, in an arc from the soma, since the source's morphology has no axon."""
    no_source: int = 0
    """The source is no cell that is drawn."""
    no_delay: int = 0
    over_limit: int = 0


def places_of_synapses(neuron: bpy.types.Object) -> bpy.types.Object | None:
    """Find the object that holds the synapses of a neuron.

    Parameters
    ----------
    neuron : Object
        An imported simulation.

    Returns
    -------
    Object or None
        None if it has none, is a network, or was imported by an older version.
    """
    modifier = required(find_modifier(neuron))
    return holder_of(neuron, PLACES) if has_input(modifier, PLACES) else None


def count_synapses(neuron: bpy.types.Object) -> int:
    """Count the synapses of a neuron."""
    holder = places_of_synapses(neuron)
    mesh = None if holder is None else holder.data
    return len(mesh.vertices) if isinstance(mesh, bpy.types.Mesh) else 0


def remember_kinds(holder: bpy.types.Object, kinds: Sequence[str]) -> None:
    """Store the names of kinds with the places of synapses; see `kinds_of`."""
    # Names come from outside, and each line must be one name.
    plain = [" ".join(name.split()) or "-" for name in kinds]
    KINDS.put(holder, "\n".join(plain).encode("utf-8", "replace").decode("utf-8"))


def remember_pulses(holder: bpy.types.Object, counts: PulseCounts) -> None:
    """Store with the places of synapses to how many of them pulses run."""
    PULSES.put(holder, [int(count) for count in counts])


def pulse_counts(neuron: bpy.types.Object) -> PulseCounts:
    """Tell to how many synapses of a neuron pulses run; none if an older version imported it."""
    holder = places_of_synapses(neuron)
    return PulseCounts() if holder is None else PulseCounts(*PULSES.of(holder, ()))


def kinds_of(neuron: bpy.types.Object) -> list[str]:
    """List the names of the kinds of a neuron's synapses, in the file's order.

    Returns
    -------
    list of str
        Empty if it has no synapses.
    """
    holder = places_of_synapses(neuron)
    return [] if holder is None else kinds_in(holder)


def kinds_in(holder: bpy.types.Object) -> list[str]:
    """List the names of the kinds that are stored with the places of synapses."""
    return str(KINDS.of(holder, "")).split("\n")


def shown_kinds(kinds: Sequence[str]) -> list[str]:
    """Name what each color and switch stands for: a kind, or at the end all further ones.

    Returns
    -------
    list of str
        At most `MOST_KINDS`.
    """
    if len(kinds) <= MOST_KINDS:
        return list(kinds)
    first = list(kinds[: MOST_KINDS - 1])
    return [*first, f"{len(kinds) - len(first)} others"]
