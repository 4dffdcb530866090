# SPDX-License-Identifier: GPL-3.0-or-later
"""The font of all words and numbers in films: Inter, which comes with the extensions.

In Blender's own, a 1 is a bare stroke. Here all digits are equally wide, too, so that a changing
number does not jitter. The .blend carries the font along: it looks the same on a farm. Words with
letters that it lacks, such as Chinese ones, are written in Blender's own font, which has them.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Final

import bpy

NAME: Final = "Film Text"
SCALE: Final = 1.2
"""Size of a text against the one that is asked for, with which words are as wide as they were in
Blender's own font; they still fit where they are."""
LOWEST: Final = -0.208
"""Of a text's size: only the box in place of a letter that the font lacks reaches lower."""
_FILE: Final = Path(__file__).with_name("Inter-Medium.ttf")


def film_font() -> bpy.types.VectorFont:
    """Load the font into the .blend, or return it if it is there."""
    for font in bpy.data.fonts:
        if font.name.split(".")[0] == NAME and font.library is None:
            return font
    font = bpy.data.fonts.load(str(_FILE))
    font.name = NAME
    font.pack()
    return font


def new_text(name: str, words: str, size: float) -> bpy.types.TextCurve:
    """Make a text in this font, or else in Blender's own, of a size as figures have it."""
    curve = bpy.data.curves.new(name, "FONT")
    assert isinstance(curve, bpy.types.TextCurve)
    curve.body, curve.size = words, size
    if _letters().issuperset(words.replace("\n", "")):
        curve.size, curve.font = size * SCALE, film_font()
    return curve


@functools.cache
def _letters() -> frozenset[str]:
    return frozenset(_FILE.with_suffix(".txt").read_text(encoding="utf-8"))
