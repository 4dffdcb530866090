# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of a colormap that operators take; those of a material are `colormap_nodes`' inputs.

Each is a property, to be given a name in a class of properties::

    class ColorSettings:
        colormap: colormap_property("viridis")
        reverse: REVERSE
"""

from __future__ import annotations

from typing import Any, Final

from bpy.props import BoolProperty, FloatProperty, IntProperty, StringProperty

from .colormap_choice import search_colormaps

REVERSE: Final[Any] = BoolProperty(
    name="Reverse", description="Reverse the colormap", options=set()
)
START: Final[Any] = FloatProperty(
    name="Start",
    description="Where on the colormap the used part begins",
    default=0.0,
    min=0.0,
    max=1.0,
    subtype="FACTOR",
    options=set(),
)
END: Final[Any] = FloatProperty(
    name="End",
    description="Where on the colormap the used part ends",
    default=1.0,
    min=0.0,
    max=1.0,
    subtype="FACTOR",
    options=set(),
)
STEPS: Final[Any] = IntProperty(
    name="Steps",
    description="How many colors are shown; 0 for all of them, smoothly",
    default=0,
    min=0,
    max=256,
    options=set(),
)
STRENGTH: Final[Any] = FloatProperty(
    name="Strength",
    description="Emission strength; 1 shows the colormap's own colors",
    default=1.0,
    min=0.0,
    soft_max=10.0,
    options=set(),
)


def colormap_property(default: str = "plasma") -> Any:
    """Make a property that names a colormap, with all names offered as one types."""
    return StringProperty(
        name="Colormap",
        description="A colormap of matplotlib, seaborn or cmasher; type to search",
        default=default,
        search=search_colormaps,
    )
