# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn the attribute ``voltage`` into colored light.

Every setting is an input of a named node, so that panels and keyframes can access it and nothing
has to be rebuilt.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

import bpy

from ..common.animation import copy_keyframes
from ..common.colormaps import resolve
from ..common.colormaps.in_material import COLORMAP, LIMITS, RANGE, set_colormap
from ..common.cut.materials import add_cut, cuts_of
from ..common.drivers import copy_drivers
from ..common.glow import glowing
from ..common.limits import apart, problem_of
from ..common.nodes.modifiers import input_value, set_inputs
from ..common.registry import merged
from ..common.required import required
from ..playback.network import is_network
from ..playback.playback import find_modifier
from ..playback.quantities import classes_of
from ..properties import about, about_colors
from .class_colors import class_limits
from .looks import LOOKS
from .neuron_look import NeuronLook
from .synapse_colors import COLOR_INPUTS as SYNAPSE_COLOR_INPUTS
from .synapse_colors import SYNAPSES, palette
from .voltage_nodes import ADDED, FOG, FOG_INPUTS, GLOW, TYPES, write_nodes

_OURS: Final = (LIMITS, RANGE, COLORMAP, TYPES, GLOW)
_FIRST_LOOK: Final = next(iter(LOOKS.values()))

# Node and input of every setting that panels show for all looks.
_INPUTS: Final = {
    "Minimum": (LIMITS, "From Min"),
    "Maximum": (LIMITS, "From Max"),
    "Start": (RANGE, "Start"),
    "End": (RANGE, "End"),
    "Steps": (RANGE, "Steps"),
    "Reverse": (RANGE, "Reverse"),
    "Strength": (GLOW, "Strength"),
    "Glow at Rest": (GLOW, "Glow at Rest"),
    "Base Color": (TYPES, "Base Color"),
    "Tint": (TYPES, "Tint"),
    "Soma": (TYPES, "Soma"),
    "Dendrites": (TYPES, "Dendrites"),
    "Apical": (TYPES, "Apical"),
    "Axon": (TYPES, "Axon"),
    "Other": (TYPES, "Other"),
    # Materials of older versions have none.
    **{name: (FOG, name) for name in FOG_INPUTS},
    "Add Light": (ADDED, ADDED),
    **{name: (SYNAPSES, name) for name in SYNAPSE_COLOR_INPUTS},
}
# A material's look is found by its nodes, and a setting by its name.
_nodes: dict[str, dict[str, object]] = {
    key: dict.fromkeys(look.nodes, look) for key, look in LOOKS.items()
}
merged({"BlenderSpike": dict.fromkeys(_OURS), **_nodes})
for _key, _look in LOOKS.items():
    merged({"BlenderSpike": dict.fromkeys(_INPUTS), _key: _look.inputs})


def color_by_voltage(
    neuron: bpy.types.Object,
    colormap: str = "plasma",
    v_min: float = -80.0,
    v_max: float = 40.0,
    strength: float = 1.0,
    *,
    reverse: bool = False,
    start: float = 0.0,
    end: float = 1.0,
    steps: int = 0,
    rest_glow: float = 1.0,
) -> bpy.types.Material:
    """Make a neuron glow in the colors of its voltage.

    Calling it again changes the same material, so nodes added to it are kept.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    colormap : str
        One of `common.colormaps.names`.
    v_min, v_max : float
        Values at the colormap's two ends, in the unit of the file, usually mV.
    strength : float
        Emission strength; 1 shows the colormap's own colors under the view transform *Standard*.
    reverse : bool
        Reverse the colormap.
    start, end : float
        Part of the colormap to use, 0..1.
    steps : int
        Number of colors; 0 for a smooth gradient.
    rest_glow : float
        Glow at the lower limit, as a fraction of the strength: at 0 a resting neuron is dark and
        spikes glow, at 1 all values glow equally.

    Raises
    ------
    ValueError
        If the object is not an imported simulation, or the limits are not in order.
    UnknownColormapError
        If there is no such colormap; the text names similar ones.
    """
    modifier = find_modifier(neuron)
    if modifier is None:
        raise ValueError(f"'{neuron.name}' is not an imported simulation")
    if problem := problem_of(v_min, v_max):
        raise ValueError(problem)
    # Before anything is created, since the name may be unknown.
    resolve(colormap)
    material = voltage_material(neuron)
    if material is None:
        material = glowing(f"{neuron.name} voltage")
        write_nodes(material, _FIRST_LOOK, adds_light=is_network(neuron))
        set_material(neuron, material)
    set_colormap(required(material.node_tree), colormap, reverse=reverse)
    settings = {
        "Minimum": v_min,
        "Maximum": v_max,
        "Start": start,
        "End": end,
        "Steps": steps,
        "Strength": strength,
        "Glow at Rest": rest_glow,
    }
    for name, value in settings.items():
        color_input(material, name).default_value = value
    about_colors(material).quantity = about(neuron).quantity
    return material


def voltage_material(
    neuron: bpy.types.Object, *, linked: bool = False
) -> bpy.types.Material | None:
    """Find the material that colors a neuron by its voltage.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    linked : bool, optional
        Also accept one that is linked from another file and so cannot be changed.

    Returns
    -------
    Material or None
        None if the neuron has none, or one not from here.
    """
    material = material_of(neuron)
    if material is None or look_of(material) is None:
        return None
    return material if linked or material.library is None else None


def material_of(neuron: bpy.types.Object) -> bpy.types.Material | None:
    """Find the material that a neuron is drawn with.

    Parameters
    ----------
    neuron : Object
        An imported simulation.

    Returns
    -------
    Material or None
        That of its first slot, which belongs to the object, not to its curves, so that linked
        duplicates can differ. In scenes made by version 0.1.0, that of the modifier's input.
    """
    given: bpy.types.Material | None = _input(neuron).value
    if given is not None:
        return given
    slots = neuron.material_slots
    return slots[0].material if len(slots) else None


def set_material(neuron: bpy.types.Object, material: bpy.types.Material | None) -> None:
    """Draw a neuron with a material.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    """
    data = neuron.data
    assert isinstance(data, bpy.types.Curves)
    if _input(neuron).value is not None or not (len(neuron.material_slots) or data.is_editable):
        set_inputs(required(find_modifier(neuron)), {"Material": material})
        return
    if not len(neuron.material_slots):
        data.materials.append(None)
    slot = neuron.material_slots[0]
    # A slot linked to the curves is kept that way, so that their other users follow.
    if slot.link == "DATA" and slot.material is None:
        slot.link = "OBJECT"
    slot.material = material


def keep_slots(neuron: bpy.types.Object, curves: bpy.types.Curves) -> None:
    """Give curves that will replace a neuron's the same slots and materials.

    Parameters
    ----------
    curves : Curves
        Without slots so far, or with those of another neuron whose curves they replaced.
    """
    data = neuron.data
    assert isinstance(data, bpy.types.Curves)
    for material in list(data.materials)[len(curves.materials) :]:
        curves.materials.append(material)


def color_input(material: bpy.types.Material, name: str) -> Any:
    """Find an input that controls the color.

    Parameters
    ----------
    material : Material
        From `color_by_voltage`.
    name : str
        As the panel shows it.

    Returns
    -------
    NodeSocket
        Its ``default_value`` can be read, set, keyframed and shown in a panel.

    Raises
    ------
    KeyError
        If the material's look has no such input.
    """
    look = look_of(material)
    node, socket = {**_INPUTS, **(look.inputs if look is not None else {})}[name]
    inputs: Any = required(material.node_tree).nodes[node].inputs
    return inputs[socket]


def has_color_input(material: bpy.types.Material, name: str) -> bool:
    """Tell whether a material has an input: those of version 0.1.0 have no fog."""
    try:
        color_input(material, name)
    except KeyError:
        return False
    return True


def color_kinds(material: bpy.types.Material, kinds: Sequence[str], begin: int = 0) -> None:
    """Give kinds of synapses the colors of `synapse_colors.palette`, from a place on.

    Parameters
    ----------
    material : Material
        From `color_by_voltage`; that of a network has none.
    """
    for number, color in list(enumerate(palette(kinds), 1))[begin:]:
        color_input(material, f"Kind {number}").default_value = color


def look_of(material: bpy.types.Material) -> NeuronLook | None:
    """Find the look of a material.

    Returns
    -------
    NeuronLook or None
        None if it is not from `color_by_voltage`, or has a look that is not installed here.
    """
    tree = material.node_tree
    if tree is None or any(name not in tree.nodes for name in _OURS):
        return None
    return next((look for look in LOOKS.values() if look.made(material)), None)


def adds_light(material: bpy.types.Material) -> bool:
    """Tell whether a material can add its light to that of what is behind, as those of networks."""
    return ADDED in required(material.node_tree).nodes


def set_look(material: bpy.types.Material, look: str) -> bpy.types.Material:
    """Switch a material to another look, with the same values and colors.

    Parameters
    ----------
    material : Material
        From `color_by_voltage`.
    look : str
        Identifier of one of `looks.LOOKS`.

    Returns
    -------
    Material
        A new one of the same name with all its settings, keyframes, drivers and cuts. All users of
        the other now use this one; the other stays in the file, with any nodes added to it.
    """
    wanted = LOOKS[look]
    old, name = material.node_tree, material.name
    new = material.copy()
    # The copy shares the other's keyframes, which would be lost with the removed nodes.
    tree = required(new.node_tree)
    tree.animation_data_clear()
    write_nodes(new, wanted, adds_light=adds_light(material))
    shared: Any = tree.nodes[COLORMAP]
    shared.image = required(old).nodes[COLORMAP].image  # type: ignore[attr-defined]
    for node, socket in _INPUTS.values():
        # Materials of older versions lack some, and only those of networks add light.
        if node not in tree.nodes or node not in required(old).nodes:
            continue
        given: Any = required(old).nodes[node].inputs
        taken: Any = tree.nodes[node].inputs
        taken[socket].default_value = given[socket].default_value
    shown_before = look_of(material)
    if adds_light(new) and shown_before is not None and shown_before.glows != wanted.glows:
        color_input(new, "Add Light").default_value = float(wanted.glows)
    for cut in cuts_of(material):
        add_cut(new, cut)
    copy_keyframes(required(old), tree)
    copy_drivers(required(old), tree)
    material.name = f"{name} as it was"
    new.name = name
    material.user_remap(new)
    return new


def set_limits(neurons: Sequence[bpy.types.Object], kind: str) -> tuple[float, float]:
    """Fit the colormap's limits to neurons; all get the same.

    Parameters
    ----------
    neurons : sequence of Object
        Imported simulations. Those without a material from `color_by_voltage` are left unchanged.
    kind : str
        See `limits_of`.
    """
    low, high = limits_of(neurons, kind)
    for neuron in neurons:
        material = voltage_material(neuron)
        if material is not None:
            color_input(material, "Minimum").default_value = low
            color_input(material, "Maximum").default_value = high
    return low, high


def share_material(source: bpy.types.Object, neurons: Iterable[bpy.types.Object]) -> int:
    """Give neurons the material of another.

    Parameters
    ----------
    source : Object
        An imported simulation.
    neurons : iterable of Object
        Imported simulations.

    Returns
    -------
    int
        Number of neurons whose material changed.
    """
    material = material_of(source)
    changed = 0
    for neuron in neurons:
        if material_of(neuron) != material:
            set_material(neuron, material)
            changed += 1
    return changed


def make_single(neurons: Iterable[bpy.types.Object]) -> int:
    """Give each neuron its own material, identical at first.

    Parameters
    ----------
    neurons : iterable of Object
        Imported simulations.

    Returns
    -------
    int
        Number of neurons that got a copy; one whose material is not shared keeps it.
    """
    changed = 0
    for neuron in neurons:
        material = material_of(neuron)
        if material is not None and len(sharers(material)) > 1:
            copy = material.copy()
            copy.name = f"{neuron.name} voltage"
            set_material(neuron, copy)
            changed += 1
    return changed


def sharers(material: bpy.types.Material | None) -> list[bpy.types.Object]:
    """Find the neurons that have a material.

    Returns
    -------
    list of Object
        Other users, such as a color bar, are not included.
    """
    return [] if material is None else _sharers([material])[material]


def share_any(neurons: Iterable[bpy.types.Object]) -> bool:
    """Tell whether a neuron among these shares its material with another.

    Parameters
    ----------
    neurons : iterable of Object
        Imported simulations.
    """
    chosen = (material_of(neuron) for neuron in neurons)
    materials = {material for material in chosen if material is not None}
    return any(len(users) > 1 for users in _sharers(materials).values())


def _sharers(
    materials: Collection[bpy.types.Material],
) -> dict[bpy.types.Material, list[bpy.types.Object]]:
    # Blender searches the whole file, so all are looked up at once.
    users: Any = bpy.data.user_map(subset=materials, value_types={"OBJECT"}) if materials else {}
    return {
        material: [
            user
            for user in users[material]
            if find_modifier(user) is not None and material_of(user) == material
        ]
        for material in materials
    }


def limits_of(neurons: Sequence[bpy.types.Object], kind: str = "DATA") -> tuple[float, float]:
    """Find limits that fit the values of neurons.

    Parameters
    ----------
    neurons : sequence of Object
        Imported simulations, or what holds values of theirs; one pair of limits serves all, so
        that colors can be compared.
    kind : str
        ``"DATA"`` for the lowest and the highest value, ``"PERCENTILES"`` to leave out 1% at each
        end, ``"SYMMETRIC"`` for the same distance from zero on both sides. Classes have the same
        limits in any case.

    Returns
    -------
    v_min, v_max : float
        Different even if all values are equal.
    """
    known = [about(neuron) for neuron in neurons]
    if counted := max(len(classes_of(neuron)) for neuron in neurons):
        return class_limits(counted)
    low, high = min(data.low for data in known), max(data.high for data in known)
    if kind == "PERCENTILES":
        low = min(data.low_percentile for data in known)
        high = max(data.high_percentile for data in known)
    elif kind == "SYMMETRIC":
        high = max(abs(low), abs(high))
        low = -high
    return apart(low, high)


def _input(neuron: bpy.types.Object) -> Any:
    return input_value(required(find_modifier(neuron)), "Material")
