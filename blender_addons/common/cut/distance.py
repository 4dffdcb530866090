# SPDX-License-Identifier: GPL-3.0-or-later
"""A point's distance from a cut, and the glow of the line between its sides, as shader nodes."""

from __future__ import annotations

from typing import Final

from .. import nodes
from ..nodes import Linkable, Socket, Tree
from .cut_shape import Place
from .remainder import SideB
from .remains import REMAINS, REMAINS_INPUTS
from .shapes import SHAPES

SHADER: Final = "Shader"
VOLUME: Final = "Volume"
"""Output for the medium of a volume. It has no line, since a plane in a medium has no width."""


def signed_distance(tree: Tree, shape: Linkable, place: Linkable, scale: Linkable) -> Socket:
    """Write the nodes for how far inside the cut-away part a point is.

    They are the same in shaders and in geometry nodes.

    Parameters
    ----------
    shape : Socket
        Menu of `shapes.SHAPES`.
    place : Socket
        In the empty's coordinates.
    scale : Socket
        The empty's scale, to convert to world units.

    Returns
    -------
    Socket
        In world units; above zero where a plane's arrow points, or inside a box or a sphere.
    """
    at = Place(tree, place, scale)
    distances = {one.name: one.distance(at) for one in SHAPES.values()}
    return tree.menu("FLOAT", shape, distances, label="Shape")


def shape_input(tree: Tree) -> Socket:
    """Give a group the input that says which shape is cut away.

    Returns
    -------
    Socket
        Menu of `shapes.SHAPES`.
    """
    return tree.input(
        "Shape", "Menu", default="Plane",
        description="Shape of the cut: a plane, on the side its arrow points to, or a box or "
        "sphere",
    )  # fmt: skip


@nodes.group("Slicer Edge", nodes.shader_group)
def edge_group(tree: Tree) -> None:
    """From a position to how much is cut away there, and whether it is on the line."""
    place = tree.input("Place", "Vector", description="A point, in the coordinates of the empty")
    scale = tree.input("Scale", "Vector", default=(1.0, 1.0, 1.0), description="Scale of the empty")
    shape = shape_input(tree)
    flip = tree.input("Flip", "Bool", default=False, description="Cut away the other side instead")
    soft = tree.input(
        "Soft Edge", "Float", default=0.0, minimum=0.0, unit="DISTANCE",
        description="Distance over which the surface fades out beyond the cut",
    )  # fmt: skip
    width = tree.input(
        "Line Width", "Float", default=0.02, minimum=0.0, unit="DISTANCE",
        description="Width of the line along the cut, measured on the surface",
    )  # fmt: skip
    with tree.frame("Distance to the cut"):
        unflipped = signed_distance(tree, shape, place, scale)
        sign = tree.mix(flip, 1.0, -1.0)
        distance = (unflipped * sign).labeled("Signed distance")
    with tree.frame("Fade"):
        # A fade over zero distance is a step.
        over = tree.maximum(soft, 1e-6)
        cut = tree.add(
            "ShaderNodeMapRange",
            {"Value": distance, "From Min": 0.0, "From Max": over},
            label="Cut away", interpolation_type="SMOOTHSTEP", clamp=True,
        )["Result"]  # fmt: skip
    with tree.frame("Slope: how fast the distance grows along the surface"):
        # A bump map tilts the normal by just this slope, whatever the shape and its scale.
        normal = tree.add("ShaderNodeNewGeometry")["Normal"]
        bumped = tree.add(
            "ShaderNodeBump",
            {
                "Strength": 1.0, "Distance": 1.0, "Filter Width": 1.0,
                "Height": distance, "Normal": normal,
            },
        )  # fmt: skip
        sine = tree.vector_math(
            "LENGTH", tree.vector_math("CROSS_PRODUCT", normal, bumped)
        ).labeled("Sine")
        tangent = sine / tree.maximum(normal @ bumped, 1e-3)
        slope = tree.minimum(tangent, 1.0).labeled("Slope")
    with tree.frame("Line"):
        line = (abs(distance) < width * slope * 0.5).labeled("On the line")
    tree.output("Cut", cut, kind="Float")
    tree.output("Line", line, kind="Float")


@nodes.group("Slicer Side B", nodes.shader_group)
def side_b_group(tree: Tree) -> None:
    """From the surface's own shader to what is shown where it is cut away."""
    own = tree.input(SHADER, "Shader", description="The surface's own, for Faded")
    look = tree.input(
        "Cut Away", "Menu", default="Transparent",
        description="What remains where the surface is cut away",
    )  # fmt: skip
    color = tree.input(
        "Color", "Color", default=(0.3, 0.45, 0.7, 1.0),
        description="Color of what remains: the surface, wires or glass",
    )  # fmt: skip
    strength = tree.input(
        "Strength", "Float", default=1.0, minimum=0.0,
        description="Brightness of the color or wires",
    )  # fmt: skip
    opacity = tree.input(
        "Opacity", "Float", default=0.15, minimum=0.0, maximum=1.0, unit="FACTOR",
        description="Opacity of the surface where it is faded",
    )  # fmt: skip
    thickness = tree.input(
        "Wire Thickness", "Float", default=0.01, minimum=0.0, unit="DISTANCE",
        description="Thickness of wires along the edges of the triangles",
    )  # fmt: skip
    given = {"Color": color, "Strength": strength, "Opacity": opacity, "Wire Thickness": thickness}
    given |= tree.inputs(REMAINS_INPUTS)
    clear = tree.add("ShaderNodeBsdfTransparent")
    colored = tree.add("ShaderNodeEmission", {"Color": color, "Strength": strength})
    side = SideB(tree, own, clear, colored, given)
    surfaces = {name: one.write(side) for name, one in REMAINS.items()}
    # Those without a link leave no medium.
    media = {name: one.write_medium(side) for name, one in REMAINS.items() if one.write_medium}
    for output, shaders in ((SHADER, surfaces), (VOLUME, media)):
        left = tree.group(choice_group(), {"Cut Away": look, **shaders})
        tree.output(output, left, kind="Shader")


@nodes.group("Slicer Choice", nodes.shader_group)
def choice_group(tree: Tree) -> None:
    """Choose what remains: a group, since a menu can be linked to only one kind of switch."""
    look = tree.input("Cut Away", "Menu", default="Transparent")
    shaders = {name: tree.input(name, "Shader") for name in REMAINS}
    tree.output(SHADER, tree.menu("SHADER", look, shaders), kind="Shader")


@nodes.group("Slicer Combine", nodes.shader_group)
def combine_group(tree: Tree) -> None:
    """Combine with previous slicers: cut away where any of them cuts, or only where all do.

    An object that this slicer does not cut is passed through unchanged. A twin shows what others
    lose, which swaps *any* and *all*.
    """
    shader = tree.input("Shader", "Shader")
    before = tree.input("Sliced Before", "Shader")
    side_b = tree.input("Side B", "Shader")
    every = tree.input("All", "Float")
    cut = tree.input("Cut", "Float")
    line = tree.input("Line", "Float")
    cut_before = tree.input("Cut Before", "Float")
    amount = tree.input("Amount", "Float")
    amount_before = tree.input("Amount Before", "Float")
    with tree.frame("Is the object cut, or does it show what others lose?"):
        active = abs(amount).labeled("Active")
        reversed_ = (amount < 0.0).labeled("Reversed")
        wanted = tree.mix(reversed_, cut, 1.0 - cut, label="Cut here")
        # Wires have no line on what they do not show, where it would stick out of the surface.
        lined = line * active * tree.mix(reversed_, 1.0, cut)
    with tree.frame("Any or all"):
        both = (abs(every - reversed_) * amount_before).labeled("All, and not the first")
        here = tree.mix(active, both, wanted, label="Here")
        seen = tree.mix(both, 1.0 - cut_before, cut_before, label="Line is seen")
        seen_line = lined * seen
        any_cut = tree.maximum(here, cut_before)
        all_cut = tree.minimum(here, cut_before)
        cut_now = tree.mix(both, any_cut, all_cut, label="Cut by now")
        amount_now = tree.maximum(active, amount_before)
    with tree.frame("Both sides"):
        clear = tree.add("ShaderNodeBsdfTransparent")
        left = tree.mix_shader(reversed_, side_b, clear)
        from_a = tree.mix_shader(both, before, shader)
        to_b = tree.mix_shader(both, left, before)
    tree.output("Side A", from_a, kind="Shader")
    tree.output("Side B", to_b, kind="Shader")
    tree.output("Here", here["Result"], kind="Float")
    tree.output("Line", seen_line, kind="Float")
    tree.output("Cut", cut_now["Result"], kind="Float")
    tree.output("Amount", amount_now, kind="Float")
