# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the font of text in films: Inter Medium, from the variable Inter that Blender brings along.

It keeps Latin, Greek and Cyrillic letters, and signs. Needs fontTools and brotli.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import bpy
from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fontTools.varLib import instancer  # type: ignore[import-untyped]

ROOT: Final = Path(__file__).resolve().parent.parent
TARGET: Final = ROOT / "blender_addons" / "common" / "figures" / "Inter-Medium.ttf"
# As bold as Blender's own font; regular is thin on black.
_WEIGHT: Final = 500
_LETTERS: Final = ((0x20, 0x250), (0x2B0, 0x500), (0x1E00, 0x1F00), (0x2000, 0x2300))


def main() -> int:
    """Write the file, and say how large it is."""
    source = Path(bpy.utils.resource_path("LOCAL")) / "datafiles" / "fonts" / "Inter.woff2"
    font: Any = TTFont(source)
    others = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}
    made: Any = instancer.instantiateVariableFont(font, others | {"wght": _WEIGHT})
    options: Any = subset.Options()
    options.layout_features, options.hinting, options.name_IDs = ["kern"], False, ["*"]
    chosen: Any = subset.Subsetter(options)
    chosen.populate(unicodes=[one for first, end in _LETTERS for one in range(first, end)])
    chosen.subset(made)
    made.flavor = None
    made.save(TARGET)
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size // 1000} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
