# SPDX-License-Identifier: GPL-3.0-or-later
"""How regions look: materials that take their color from the object.

An object's own color (Object Properties > Viewport Display) is what the atlas gives it. Materials
read it, so that one material serves all regions of a look and every region keeps its color.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal

import bpy

from ..common import colormaps, nodes
from ..common.colormaps.image import colormap_image
from ..common.colormaps.in_material import add_colormap, set_colormap
from ..common.required import required

Look = Literal["ATLAS", "FLAT", "GLASS", "GLOW", "GRADIENT"]
Axis = Literal["X", "Y", "Z"]
_KIND: Final = "look"
"""A material's custom property that says which look it is."""
NAMES: Final[dict[Look, str]] = {
    "ATLAS": "Atlas Colors",
    "FLAT": "Flat",
    "GLASS": "Glass",
    "GLOW": "Glow",
    "GRADIENT": "Gradient Glow",
}
SETTINGS: Final[dict[Look, tuple[str, ...]]] = {
    "ATLAS": (),
    "FLAT": (),
    "GLASS": ("opacity", "rim", "sharpness", "strength"),
    "GLOW": ("color", "strength", "form"),
    "GRADIENT": ("colormap", "reverse", "axis", "strength", "form"),
}
"""Which settings each look has: keyword arguments of the function that makes it."""
GLOW_BLUE: Final = (0.0, 0.07, 1.0)
GRADIENT_COLORMAP: Final = "plasma"
STRENGTH: Final = "Strength"
OPACITY: Final = "Opacity"
SHARPNESS: Final = "Rim Sharpness"
FORM: Final = "Form"
AXIS: Final = "Axis"


def set_look(
    regions: Sequence[bpy.types.Object], look: Look, **settings: Any
) -> bpy.types.Material:
    """Give regions a look by its name.

    Parameters
    ----------
    regions : sequence of Object
    look : str
        One of `NAMES`.
    **settings
        See the function that makes the look: `color_as_in_atlas`, `flat`, `glass`, `glow`,
        `gradient_glow`.

    Returns
    -------
    Material
    """
    make: dict[Look, Callable[..., bpy.types.Material]] = {
        "ATLAS": color_as_in_atlas,
        "FLAT": flat,
        "GLASS": glass,
        "GLOW": glow,
        "GRADIENT": gradient_glow,
    }
    return make[look](regions, **settings)


def atlas_colors() -> bpy.types.Material:
    """Return the material of a new region: the atlas's color, lit as the scene is.

    Returns
    -------
    Material
        One for the whole file.
    """
    return _shared("ATLAS", _write_atlas_colors)


def color_as_in_atlas(regions: Sequence[bpy.types.Object]) -> bpy.types.Material:
    """Give regions their own colors, lit by the scene's lights.

    Parameters
    ----------
    regions : sequence of Object

    Returns
    -------
    Material
    """
    return _assign(regions, atlas_colors())


def flat(regions: Sequence[bpy.types.Object]) -> bpy.types.Material:
    """Give regions their own colors without light and shade, as in a diagram.

    Parameters
    ----------
    regions : sequence of Object

    Returns
    -------
    Material
        Shows exactly the atlas's colors under the view transform *Standard*.
    """
    return _assign(regions, _shared("FLAT", _write_flat))


def glass(
    regions: Sequence[bpy.types.Object],
    *,
    opacity: float = 0.015,
    rim: float = 0.55,
    sharpness: float = 3.0,
    strength: float = 1.0,
) -> bpy.types.Material:
    """Make regions almost transparent, with a rim where the surface turns away.

    Parameters
    ----------
    regions : sequence of Object
    opacity : float
        Of a surface that is seen from the front, 0 to 1.
    rim : float
        Opacity of a surface that is seen from the side.
    sharpness : float
        The higher, the narrower the rim.
    strength : float
        How bright it is.

    Returns
    -------
    Material
    """
    material = _own(regions, "GLASS", _write_glass)
    _set(material, OPACITY, "A", opacity)
    _set(material, OPACITY, "B", rim)
    _set(material, SHARPNESS, "Value_001", sharpness)
    _set(material, STRENGTH, "Strength", strength)
    return material


def glow(
    regions: Sequence[bpy.types.Object],
    *,
    strength: float = 1.5,
    form: float = 0.8,
    color: tuple[float, float, float] | None = None,
) -> bpy.types.Material:
    """Let regions shine in one color.

    Parameters
    ----------
    regions : sequence of Object
    strength : float
        Emission strength.
    form : float
        How much darker the surface is where it turns away, 0 to 1; without it, a region that
        shines is a flat patch.
    color : tuple of float, optional
        Scene-linear; the regions' own if not given.

    Returns
    -------
    Material
    """
    material = _own(regions, "GLOW", _write_glow)
    _set(material, STRENGTH, "Value", strength)
    _set(material, FORM, "B", 1.0 - form)
    if color is not None:
        for region in regions:
            set_color(region, color)
    return material


def gradient_glow(
    regions: Sequence[bpy.types.Object],
    *,
    colormap: str = "",
    reverse: bool = False,
    axis: Axis = "X",
    strength: float = 1.0,
    form: float = 0.75,
) -> bpy.types.Material:
    """Let regions shine in the colors of a colormap, from one end to the other.

    Parameters
    ----------
    regions : sequence of Object
        Each gets the whole colormap along itself.
    colormap : str
        One of `common.colormaps.names`. If not given, it stays what it is, range and direction
        included; in a new material it is `GRADIENT_COLORMAP`.
    reverse : bool
        Reverse the colormap, if one is given.
    axis : str
        Of the object.
    strength : float
        Emission strength.
    form : float
        As of `glow`.

    Returns
    -------
    Material

    Raises
    ------
    UnknownColormapError
        If there is no such colormap; the text names those that come close.
    """
    if colormap:
        # Before anything is made, since there may be no such colormap.
        colormaps.resolve(colormap)
    material = _own(regions, "GRADIENT", _write_gradient)
    _set(material, STRENGTH, "Value", strength)
    _set(material, FORM, "B", 1.0 - form)
    tree: Any = required(material.node_tree)
    if colormap:
        set_colormap(tree, colormap, reverse=reverse)
    for name in "XYZ":
        tree.nodes[AXIS].inputs[name].default_value = float(name == axis)
    return material


def assign(region: bpy.types.Object, material: bpy.types.Material) -> None:
    """Give a region a material.

    Parameters
    ----------
    region : Object
    material : Material
        Goes to the object itself where the mesh is linked from another file, as an override's is.
    """
    mesh, slots = required(region.data), region.material_slots
    if not mesh.is_editable and len(slots):
        slots[required(region.active_material_index)].link = "OBJECT"
    region.active_material = material


def set_color(region: bpy.types.Object, color: Sequence[float]) -> None:
    """Give a region its color, which all looks but the gradient show.

    Parameters
    ----------
    region : Object
    color : sequence of float
        Scene-linear.
    """
    red, green, blue = color
    # The stubs take an array only, Blender any sequence.
    own: Any = region.color
    own[:] = (red, green, blue, 1.0)


# --- Which material ---


def _shared(kind: Look, write: Callable[[nodes.Tree], None]) -> bpy.types.Material:
    for material in bpy.data.materials:
        if material.get(_KIND) == kind and material.library is None:
            return material
    return _new(kind, NAMES[kind], write)


def _own(
    regions: Sequence[bpy.types.Object], kind: Look, write: Callable[[nodes.Tree], None]
) -> bpy.types.Material:
    """Find the material that these regions have for themselves, or give them a new one.

    So that changing a look again changes it in place, and never that of other regions.
    """
    materials = {region.active_material for region in regions}
    only = materials.pop() if len(materials) == 1 else None
    if only is not None and only.get(_KIND) == kind and only.library is None:
        others = (thing for thing in bpy.data.objects if thing not in regions)
        if all(thing.active_material != only for thing in others):
            return only
    title = NAMES[kind]
    if len(regions) == 1:
        title = f"{regions[0].name} {title.lower()}"
    return _assign(regions, _new(kind, title, write))


def _new(kind: Look, name: str, write: Callable[[nodes.Tree], None]) -> bpy.types.Material:
    material = bpy.data.materials.new(name)
    material[_KIND] = kind
    if kind == "GLASS":
        # Dithered, the other way that EEVEE has, glass is grain.
        material.surface_render_method = "BLENDED"
    with nodes.material(material) as tree:
        write(tree)
    return material


def _assign(
    regions: Sequence[bpy.types.Object], material: bpy.types.Material
) -> bpy.types.Material:
    for region in regions:
        assign(region, material)
    return material


def _set(material: bpy.types.Material, node: str, socket: str, value: float) -> None:
    tree: Any = required(material.node_tree)
    inputs = tree.nodes[node].inputs
    by_identifier = {one.identifier: one for one in inputs}
    (by_identifier.get(socket) or inputs[socket]).default_value = value


# --- What they are made of ---


def _write_atlas_colors(tree: nodes.Tree) -> None:
    color = tree.add("ShaderNodeObjectInfo")["Color"]
    surface = tree.add("ShaderNodeBsdfPrincipled", {"Base Color": color, "Roughness": 0.6})
    tree.add("ShaderNodeOutputMaterial", {"Surface": surface})


def _write_flat(tree: nodes.Tree) -> None:
    color = tree.add("ShaderNodeObjectInfo")["Color"]
    surface = tree.add("ShaderNodeEmission", {"Color": color, "Strength": 1.0})
    tree.add("ShaderNodeOutputMaterial", {"Surface": surface})


def _write_glass(tree: nodes.Tree) -> None:
    color = tree.add("ShaderNodeObjectInfo")["Color"]
    turned_away = tree.add("ShaderNodeLayerWeight", {"Blend": 0.5})["Facing"]
    edge = tree.math("POWER", turned_away, 3.0, name=SHARPNESS, label=SHARPNESS)
    opacity = tree.mix(edge, 0.0, 1.0, name=OPACITY, label="Opacity: front, rim")
    light = tree.add("ShaderNodeEmission", {"Color": color}, name=STRENGTH, label=STRENGTH)
    clear = tree.add("ShaderNodeBsdfTransparent")
    surface = tree.add(
        "ShaderNodeMixShader", {"Factor": opacity, "Shader": clear, "Shader_001": light}
    )
    tree.add("ShaderNodeOutputMaterial", {"Surface": surface})


def _write_glow(tree: nodes.Tree) -> None:
    color = tree.add("ShaderNodeObjectInfo")["Color"]
    tree.add("ShaderNodeOutputMaterial", {"Surface": _shining(tree, color)})


def _write_gradient(tree: nodes.Tree) -> None:
    with tree.frame("Place between both ends"):
        box = tree.add("ShaderNodeTexCoord")["Generated"]
        along = tree.add("ShaderNodeCombineXYZ", {"X": 1.0}, name=AXIS, label=AXIS)
        place = tree.add(
            "ShaderNodeVectorMath", {"Vector": box, "Vector_001": along}, operation="DOT_PRODUCT"
        )["Value"]
    color = add_colormap(tree, place, colormap_image(GRADIENT_COLORMAP))
    tree.add("ShaderNodeOutputMaterial", {"Surface": _shining(tree, color)})


def _shining(tree: nodes.Tree, color: nodes.Socket) -> nodes.Node:
    """Shine in a color, less where the surface turns away, which shows its form."""
    turned_away = tree.add("ShaderNodeLayerWeight", {"Blend": 0.5})["Facing"]
    share = tree.mix(turned_away, 1.0, 0.25, name=FORM, label=FORM)
    strength = tree.math("MULTIPLY", 1.0, share, name=STRENGTH, label=STRENGTH)
    return tree.add("ShaderNodeEmission", {"Color": color, "Strength": strength})
