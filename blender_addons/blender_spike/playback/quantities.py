# SPDX-License-Identifier: GPL-3.0-or-later
"""Which quantities a neuron has, and which of them it plays.

Each has an object that holds its values, in the collection of all that the neuron needs. The
modifier's input *Values* is the one that is shown, and what is stored with the neuron is about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import bpy

from ..common.nodes.modifiers import has_input, set_inputs
from ..common.required import required
from ..lines.surface_input import SURFACES
from ..properties import about
from ..simulation_file import Simulation
from ..simulation_file.simulation import ValueRange
from ..simulation_file.spread import percentiles
from .axon_pulses import AXON_PULSE_DATA
from .network_nodes import range_inputs
from .playback import find_modifier, holder_of
from .samples import HELD
from .still import shape_of
from .synapse_nodes import SYNAPSE_DATA

LEAST: Final = ("low", "low_percentile")
MOST: Final = ("high", "high_percentile")
_DESCRIBED: Final = ("quantity", "unit", "classes", *LEAST, *MOST, "not_finite")


class UnknownQuantityError(ValueError):
    """A quantity that a neuron does not have; the text names those it has, without a full stop."""


def describe(holder: bpy.types.Object, simulation: Simulation, limits: ValueRange) -> None:
    """Keep with the object that holds a quantity's values what these are.

    Parameters
    ----------
    holder : Object
    simulation : Simulation
        Showing that quantity.
    limits : ValueRange
        Of its values.
    """
    data = about(holder)
    data.frames = simulation.n_frames
    data.quantity, data.unit = simulation.quantity, simulation.unit
    data.classes = stored_classes(simulation.classes.get(simulation.quantity, ()))
    data.low, data.high, data.not_finite = limits.low, limits.high, limits.not_finite
    found = percentiles(simulation.values, (1, 99)) or (0.0, 0.0)
    data.low_percentile, data.high_percentile = found


def quantities_of(neuron: bpy.types.Object) -> dict[str, bpy.types.Object]:
    """Find the quantities of a neuron.

    Parameters
    ----------
    neuron : Object
        An imported simulation.

    Returns
    -------
    dict of Object
        What holds the values, by the quantity's name, in the file's order. Nothing if the neuron
        has lost its values.
    """
    shown = holder_of(neuron, "Values")
    if shown is None:
        return {}
    found = {about(holder).quantity: holder for holder in _described(neuron)}
    # Version 0.1.0 described no holders, and had one for each neuron.
    return found if shown in found.values() else {about(neuron).quantity: shown}


def stored_classes(classes: Sequence[str]) -> str:
    """Write the names of classes as one text, a line for each."""
    plain = (" ".join(name.split()) or "-" for name in classes)
    return "\n".join(plain).encode("utf-8", "replace").decode("utf-8")


def classes_of(shown: bpy.types.Object) -> list[str]:
    """Name what the values count that an object shows or holds; nothing if they are measured."""
    text = about(shown).classes
    return text.split("\n") if text else []


def check_has(neuron: bpy.types.Object, quantity: str) -> None:
    """Refuse a quantity that a neuron does not have.

    Raises
    ------
    UnknownQuantityError
    """
    known = quantities_of(neuron)
    if quantity not in known:
        there = ", ".join(known) or "none any more"
        raise UnknownQuantityError(
            f"'{neuron.name}' has no quantity '{quantity:.60}'; there is {there}"
        )


def play_quantity(neuron: bpy.types.Object, quantity: str) -> None:
    """Have a neuron play one of its quantities; colors and figures are left to others.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    quantity : str
        One of `quantities_of`.
    """
    holder = quantities_of(neuron)[quantity]
    modifier = required(find_modifier(neuron))
    inputs = {"Values": holder, **range_inputs(about(holder).low, about(holder).high)}
    set_inputs(modifier, {key: value for key, value in inputs.items() if has_input(modifier, key)})
    take_description(neuron, holder)


def take_description(neuron: bpy.types.Object, holder: bpy.types.Object) -> None:
    """Store with a neuron what the values are that it shows."""
    for name in _DESCRIBED:
        setattr(about(neuron), name, getattr(about(holder), name))


def held_by(neuron: bpy.types.Object) -> list[bpy.types.Object]:
    """List all objects that hold data for a neuron, those of quantities not shown as well.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    """
    modifier = required(find_modifier(neuron))
    # Only networks have spikes, only neurons synapses, and those of version 0.1.0 neither.
    own = ("Spikes", *SYNAPSE_DATA, *AXON_PULSE_DATA, SURFACES)
    names = [*HELD, *(name for name in own if has_input(modifier, name))]
    used = [*(holder_of(neuron, name) for name in names), shape_of(modifier)]
    return list(dict.fromkeys([*quantities_of(neuron).values(), *filter(None, used)]))


def label_of(neuron: bpy.types.Object) -> str:
    """Write what a neuron's values are, as figures do: ``cai (mM)``, or ``mV`` if nothing else is.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    """
    data = about(neuron)
    if len(quantities_of(neuron)) < 2:
        return data.unit
    return written(data.quantity, data.unit)


def written(quantity: str, unit: str) -> str:
    """Write a quantity with its unit, which activity has none of."""
    return f"{quantity} ({unit})" if unit else quantity


def _described(neuron: bpy.types.Object) -> Iterable[bpy.types.Object]:
    kept = about(neuron).holders
    held: Iterable[bpy.types.Object] = () if kept is None else kept.objects
    return [holder for holder in held if about(holder).frames]
