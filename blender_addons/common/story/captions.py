# SPDX-License-Identifier: GPL-3.0-or-later
"""Words in the picture, which fade in and out."""

from __future__ import annotations

from typing import Any, Final

import bpy
from mathutils import Vector

from .. import nodes
from ..figures import frame
from ..figures.drawing import WHITE, tell_pass
from ..figures.font import new_text
from ..glow import glowing
from ..required import required

_INK: Final = "Caption Ink"
_MARGIN: Final = 0.07
SPOTS: Final = ("bottom", "top", "left", "right", "center")
INVISIBLE: Final = (*WHITE[:3], 0.0)
VISIBLE: Final = (*WHITE[:3], 1.0)


def add_caption(
    scene: bpy.types.Scene,
    words: str,
    subject: tuple[float, float, float],
    *,
    where: str = "bottom",
    size: float = 0.05,
) -> bpy.types.Object:
    """Put words into the camera's picture.

    Parameters
    ----------
    scene : Scene
        With a camera.
    subject : tuple of float
        What the camera looks at; the words are much closer.
    where : str
        One of `SPOTS`.
    size : float
        Of the text; 1 is the picture's shorter side.

    Returns
    -------
    Object
        A text as opaque as the alpha of its color.
    """
    corner = frame.corner(scene, required(scene.camera), "BOTTOM_LEFT", Vector(subject))
    font: Any = new_text(" ".join(words.split())[:50] or "Caption", words, size)
    font.align_x = {"left": "LEFT", "right": "RIGHT"}.get(where, "CENTER")
    font.align_y = {"bottom": "BOTTOM", "top": "TOP"}.get(where, "CENTER")
    font.materials.append(_ink())
    text: Any = bpy.data.objects.new(font.name, font)
    frame.collection(scene).objects.link(text)
    text.parent = corner
    render: Any = scene.render
    shorter = min(render.resolution_x, render.resolution_y)
    wide, high = render.resolution_x / shorter, render.resolution_y / shorter
    x = {"left": _MARGIN, "right": wide - _MARGIN}.get(where, wide / 2)
    y = {"bottom": _MARGIN, "top": high - _MARGIN}.get(where, high / 2)
    text.location = (x, y, 0.0)
    text.color = VISIBLE
    # As figures: they neither light nor shadow what is behind them.
    text.visible_diffuse = text.visible_glossy = text.visible_transmission = False
    text.visible_volume_scatter = text.visible_shadow = False
    made: bpy.types.Object = text
    return made


def _ink() -> bpy.types.Material:
    """Make the material of captions: each object's own color, as opaque as that says."""
    existing = bpy.data.materials.get(_INK)
    if existing is not None and existing.library is None:
        return existing
    material = glowing(_INK)
    with nodes.material(material) as tree:
        own = tree.add("ShaderNodeObjectInfo")
        glow = tree.add("ShaderNodeEmission", {"Color": own["Color"], "Strength": 1.0})
        clear = tree.add("ShaderNodeBsdfTransparent")
        shown = tree.mix_shader(own["Alpha"], clear, glow)
        tree.add("ShaderNodeOutputMaterial", {"Surface": shown})
        # They do not glow, which would blur them.
        tell_pass(tree, own["Alpha"])
    return material
