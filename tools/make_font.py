# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the font of text in films: Inter Medium, from the variable Inter that Blender brings along.

It keeps Latin, Greek and Cyrillic letters, and signs; a list of them is written beside it. All
others are a box that reaches lower than any of them, by which nodes recognize it. Needs fontTools
and brotli.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import bpy
from fontTools import subset  # type: ignore[import-untyped]
from fontTools.pens.ttGlyphPen import TTGlyphPen  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable  # type: ignore[import-untyped]
from fontTools.varLib import instancer  # type: ignore[import-untyped]

ROOT: Final = Path(__file__).resolve().parent.parent
TARGET: Final = ROOT / "blender_addons" / "common" / "figures" / "Inter-Medium.ttf"
# As bold as Blender's own font; regular is thin on black.
_WEIGHT: Final = 500
_BOX: Final = "box"
# Below, there are no letters.
_FIRST: Final = 0x20
# Blender scales a font by how far its letters reach down and up. The box reaches down as far as
# what did in Inter; of the rest, letters that reach farther than this, in ems, are left out.
_LOWEST_LETTER: Final = -0.28
_LETTERS: Final = ((0x20, 0x250), (0x2B0, 0x500), (0x1E00, 0x1F00), (0x2000, 0x2300))


def main() -> int:
    """Write the file, and say how large it is."""
    source = Path(bpy.utils.resource_path("LOCAL")) / "datafiles" / "fonts" / "Inter.woff2"
    font: Any = TTFont(source)
    others = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}
    made: Any = instancer.instantiateVariableFont(font, others | {"wght": _WEIGHT})
    options: Any = subset.Options()
    options.layout_features, options.hinting, options.name_IDs = ["kern"], False, ["*"]
    letters = {one for first, end in _LETTERS for one in range(first, end)}
    glyphs, cmap, em = made["glyf"], made.getBestCmap(), made["head"].unitsPerEm
    reach = {one: getattr(glyphs[cmap[one]], "yMin", 0) for one in letters & cmap.keys()}
    kept = [one for one, low in reach.items() if low > _LOWEST_LETTER * em]
    chosen: Any = subset.Subsetter(options)
    chosen.populate(unicodes=kept)
    chosen.subset(made)
    _add_box(made, min(reach.values()))
    made.flavor = None
    made.save(TARGET)
    known = "".join(map(chr, sorted(kept)))
    TARGET.with_suffix(".txt").write_text(known, encoding="utf-8", newline="")
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size // 1000} kB")
    return 0


def _add_box(font: Any, low: int) -> None:
    """Draw the box that reaches down to a height, and make it all letters that are not there."""
    em = font["head"].unitsPerEm
    right, high, thick = round(0.6 * em), round(0.75 * em), round(0.06 * em)
    pen = TTGlyphPen(None)
    # The inner outline turns the other way.
    for edge, step in ((0, 1), (thick, -1)):
        x, y = (edge, right - edge), (low + edge, high - edge)
        corners = [(x[0], y[0]), (x[0], y[1]), (x[1], y[1]), (x[1], y[0])][::step]
        pen.moveTo(corners[0])
        for corner in corners[1:]:
            pen.lineTo(corner)
        pen.closePath()
    font.setGlyphOrder([*font.getGlyphOrder(), _BOX])
    font["glyf"][_BOX] = pen.glyph()
    font["hmtx"][_BOX] = (round(0.68 * em), 0)
    # The format in which many letters may share a glyph. FreeType prefers its table.
    every: Any = CmapSubtable.newSubtable(13)
    every.platformID, every.platEncID, every.language = 3, 10, 0
    every.cmap = dict.fromkeys(range(_FIRST, sys.maxunicode + 1), _BOX) | font.getBestCmap()
    font["cmap"].tables = [table for table in font["cmap"].tables if table.platEncID < 10] + [every]


if __name__ == "__main__":
    sys.exit(main())
