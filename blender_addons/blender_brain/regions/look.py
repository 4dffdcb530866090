# SPDX-License-Identifier: GPL-3.0-or-later
"""What a look consists of, and nodes shared by several looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import bpy
from bpy.props import FloatProperty

from ..common import nodes
from ..common.registry import DERIVED

STRENGTH: Final = "Strength"
FORM: Final = "Form"


class Setting:
    """A setting of looks: a field of the panel and of the operator, with one default for both.

    Parameters
    ----------
    kind : callable
        Declares the field, such as ``FloatProperty``.
    default : object
    check : callable, optional
        Raises an error for an invalid value, before anything is changed.
    **keywords
        Further ones of `kind`.
    """

    def __init__(
        self,
        kind: Callable[..., Any],
        default: Any,
        *,
        check: Callable[[Any], object] = lambda _: None,
        **keywords: Any,
    ) -> None:
        self.default: Final = default
        self.check: Final = check
        self._kind = kind
        self._keywords = keywords

    def field(self, *, searched: bool = True) -> Any:
        """Declare the field; panel fields are not `searched` while typing, see `suggestions`."""
        given = {k: value for k, value in self._keywords.items() if searched or k != "search"}
        return self._kind(default=self.default, options=set(), **given)


@dataclass(frozen=True, kw_only=True)
class Look:
    """How regions are drawn."""

    identifier: str
    """Name used by scripts and by the materials in a file."""
    number: int = DERIVED
    """Its number in the menu, which files store; see `registry.numbered`."""
    name: str
    description: str
    write: Callable[[nodes.Tree], None]
    """Writes the nodes of a new material."""
    nodes: frozenset[str]
    """Names or types of nodes that identify a material of this look."""
    settings: Mapping[str, Setting] = field(default_factory=dict)
    """By their names, in the panel's order. Looks may share a setting, as the same object."""
    apply: Callable[..., None] = lambda _regions, _tree: None
    """Called with the regions, the material's tree and a value of each setting, to apply them."""
    live: frozenset[str] = frozenset()
    """Settings that the panel leaves out, since it shows the material's own."""
    exact: bool = False
    """Under the view transform *Standard* its colors are exactly those of the atlas or colormap."""
    blended: bool = False
    """Parts are transparent, which EEVEE's other render method shows as noise."""

    def made(self, material: bpy.types.Material) -> bool:
        """Tell whether a material still has the nodes of this look."""
        tree: Any = material.node_tree
        there = {key for node in tree.nodes for key in (node.name, node.bl_idname)} if tree else ()
        return self.nodes.issubset(there)


STRENGTH_SETTING: Final = Setting(
    FloatProperty, 1.0, name="Strength", description="Brightness of the region's glow",
    min=0.0, soft_max=10.0,
)  # fmt: skip
FORM_SETTING: Final = Setting(
    FloatProperty, 0.75, name="Form",
    description="How much darker the surface is where it turns away; at 0, a glowing region looks "
    "flat",
    min=0.0, max=1.0, subtype="FACTOR",
)  # fmt: skip


def set_input(tree: bpy.types.NodeTree, node: str, socket: str, value: Any) -> None:
    """Set an input of a node, by its identifier or its name."""
    nodes_by_name: Any = tree.nodes
    inputs = nodes_by_name[node].inputs
    by_identifier = {one.identifier: one for one in inputs}
    (by_identifier.get(socket) or inputs[socket]).default_value = value


def set_color(region: bpy.types.Object, color: Sequence[float]) -> None:
    """Set a region's color, which all looks but the gradient show.

    Parameters
    ----------
    color : sequence of float
        Scene-linear.
    """
    red, green, blue = color
    # The stubs only accept an array, Blender any sequence.
    own: Any = region.color
    own[:] = (red, green, blue, 1.0)


def shining(
    tree: nodes.Tree, color: nodes.Linkable, light: nodes.Linkable | None = None
) -> nodes.Node:
    """Glow in a color, less where the surface turns away, which shows its form.

    Parameters
    ----------
    light : Socket or Node, optional
        Factor on the brightness, besides the node `STRENGTH`.
    """
    turned_away = tree.add("ShaderNodeLayerWeight", {"Blend": 0.5})["Facing"]
    share = tree.mix(turned_away, 1.0, 0.25, name=FORM, label=FORM)
    strength = (1.0 * share).named(STRENGTH)
    if light is not None:
        strength = strength * light
    return tree.add("ShaderNodeEmission", {"Color": color, "Strength": strength})


def set_shining(tree: bpy.types.NodeTree, strength: float, form: float) -> None:
    """Set how brightly nodes of `shining` glow, and how much darker they are at the edge."""
    set_input(tree, STRENGTH, "Value", strength)
    set_input(tree, FORM, "B", 1.0 - form)
