# SPDX-License-Identifier: GPL-3.0-or-later
"""From the attribute ``voltage`` to light of the right color."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import bpy

from .common import nodes
from .common.colormap_image import colormap_image
from .common.figures import FIGURE
from .common.modifiers import input_value, set_inputs
from .common.required import required
from .playback import NO_DATA_BELOW, VOLTAGE, find_modifier
from .properties import about

LIMITS: Final = "Limits"
COLORMAP: Final = "Colormap"
STRENGTH: Final = "Strength"
REST: Final = "Glow at Rest"
_OURS: Final = (LIMITS, COLORMAP, STRENGTH, REST)
NO_DATA_COLOR: Final = (0.25, 0.25, 0.25, 1.0)
"""Scene-linear grey for segments without a finite value."""


def color_by_voltage(
    neuron: bpy.types.Object,
    colormap: str = "plasma",
    v_min: float = -80.0,
    v_max: float = 40.0,
    strength: float = 1.0,
    *,
    reverse: bool = False,
    rest_glow: float = 1.0,
) -> bpy.types.Material:
    """Make a neuron shine in the colors of its voltage.

    Calling it again changes the same material, so that what others built onto it stays.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    colormap : str
        One of `common.colormaps.names`.
    v_min, v_max : float
        Values at the colormap's two ends, in the unit of the file, mV as a rule.
    strength : float
        Emission strength; 1 shows the colormap's own colors under the view transform *Standard*.
    reverse : bool
        Turn the colormap round.
    rest_glow : float
        Share of the strength that is left at the lower limit: at 0 a resting neuron is dark and a
        spike glows, at 1 all values glow alike.

    Returns
    -------
    Material

    Raises
    ------
    ValueError
        If the object is no imported simulation, or the limits are not in order.
    UnknownColormapError
        If there is no such colormap; the text names those that come close.
    """
    modifier = find_modifier(neuron)
    if modifier is None:
        raise ValueError(f"'{neuron.name}' is not an imported simulation")
    if not v_min < v_max:
        raise ValueError(f"The lower limit, {v_min:g}, is not below the upper one, {v_max:g}")
    image = colormap_image(colormap, reverse=reverse)
    holder = input_value(modifier, "Material")
    material: bpy.types.Material | None = holder.value
    if material is None or not _is_ours(material):
        material = bpy.data.materials.new(f"{neuron.name} voltage")
        _write_nodes(material)
        set_inputs(modifier, {"Material": material})
    tree = required(material.node_tree)
    limits, table, glow, rest = (tree.nodes[name] for name in _OURS)
    limits.inputs["From Min"].default_value = v_min  # type: ignore[attr-defined]
    limits.inputs["From Max"].default_value = v_max  # type: ignore[attr-defined]
    table.image = image  # type: ignore[attr-defined]
    glow.inputs["Value"].default_value = strength  # type: ignore[attr-defined]
    rest.inputs["A"].default_value = rest_glow  # type: ignore[attr-defined]
    return material


def limits_of(neurons: Sequence[bpy.types.Object], kind: str = "DATA") -> tuple[float, float]:
    """Find limits that suit the values of neurons.

    Parameters
    ----------
    neurons : sequence of Object
        Imported simulations; one pair of limits serves all, so that colors can be compared.
    kind : str
        ``"DATA"`` for the lowest and the highest value, ``"PERCENTILES"`` to leave out a hundredth
        at each end, ``"SYMMETRIC"`` for the same distance from zero on both sides.

    Returns
    -------
    v_min, v_max : float
        Different even if all values are equal.
    """
    known = [about(neuron) for neuron in neurons]
    low, high = min(data.low for data in known), max(data.high for data in known)
    if kind == "PERCENTILES":
        low = min(data.low_percentile for data in known)
        high = max(data.high_percentile for data in known)
    elif kind == "SYMMETRIC":
        high = max(abs(low), abs(high))
        low = -high
    return (low, high) if low < high else (low - 1.0, low + 1.0)


def _is_ours(material: bpy.types.Material) -> bool:
    tree = material.node_tree
    return (
        material.library is None and tree is not None and all(name in tree.nodes for name in _OURS)
    )


def _write_nodes(material: bpy.types.Material) -> None:
    with nodes.material(material) as tree:
        voltage = tree.add(
            "ShaderNodeAttribute", label="Voltage", attribute_type="GEOMETRY",
            attribute_name=VOLTAGE,
        )["Factor"]  # fmt: skip
        position = tree.add(
            "ShaderNodeMapRange", {"Value": voltage, "To Min": 0.0, "To Max": 1.0},
            name=LIMITS, label="Limits", clamp=True,
        )  # fmt: skip
        place = tree.add("ShaderNodeCombineXYZ", {"X": position, "Y": 0.5})
        table = tree.add(
            "ShaderNodeTexImage", {"Vector": place},
            name=COLORMAP, label="Colormap", interpolation="Closest", extension="EXTEND",
        )["Color"]  # fmt: skip
        no_data = tree.math("LESS_THAN", voltage, NO_DATA_BELOW, label="No data")
        color = tree.mix(no_data, table, NO_DATA_COLOR, data_type="RGBA", label="No data: grey")
        share = tree.mix(position, 1.0, 1.0, name=REST, label=REST)
        strength = tree.math("MULTIPLY", 1.0, share, name=STRENGTH, label=STRENGTH)
        on_figures = tree.add(
            "ShaderNodeAttribute", label="On figures", attribute_type="GEOMETRY",
            attribute_name=FIGURE,
        )["Factor"]  # fmt: skip
        shown = tree.mix(on_figures, strength, 1.0, label="Color bar: plain colors")
        glow = tree.add("ShaderNodeEmission", {"Color": color, "Strength": shown})
        tree.add("ShaderNodeOutputMaterial", {"Surface": glow})
