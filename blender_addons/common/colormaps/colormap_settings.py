# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of a colormap that operators take; those of a material are `colormap_nodes`' inputs.

Each is a property, to be assigned in a class of properties::

    class ColorSettings:
        colormap: colormap_property("viridis")
        reverse: REVERSE
"""

from __future__ import annotations

from typing import Any, Final

import bpy
from bpy.props import BoolProperty, FloatProperty, IntProperty

from ..suggestions import text_property
from . import table

REVERSE: Final[Any] = BoolProperty(
    name="Reverse", description="Reverse the colormap", options=set()
)
START: Final[Any] = FloatProperty(
    name="Start",
    description="Start of the part of the colormap that is used",
    default=0.0,
    min=0.0,
    max=1.0,
    subtype="FACTOR",
    options=set(),
)
END: Final[Any] = FloatProperty(
    name="End",
    description="End of the part of the colormap that is used",
    default=1.0,
    min=0.0,
    max=1.0,
    subtype="FACTOR",
    options=set(),
)
STEPS: Final[Any] = IntProperty(
    name="Steps",
    description="Number of colors; 0 for a smooth gradient",
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


def matching(typed: str = "") -> list[str]:
    """Find colormaps.

    Parameters
    ----------
    typed : str
        Words, each a part of the name, or the beginning of the library's or the kind's:
        ``"cmasher div"``. Case is ignored.

    Returns
    -------
    list of str
        Names in table order; all of them if nothing was typed.
    """
    words = typed.casefold().split()
    return [
        name
        for name in table.names()
        if all(
            word in name.casefold()
            or table.source(name).startswith(word)
            or table.kind(name).startswith(word)
            for word in words
        )
    ]


def offered(typed: str = "", *, cyclic: bool = False) -> list[str]:
    """Find colormaps, in the order in which they are offered.

    Parameters
    ----------
    typed : str
        See `matching`.
    cyclic : bool
        The values come round: colormaps that do so come first.
    """
    found = matching(typed)
    return sorted(found, key=lambda name: table.kind(name) != "cyclic") if cyclic else found


def search_colormaps(
    _owner: bpy.types.bpy_struct, _context: bpy.types.Context, typed: str
) -> list[tuple[str, str]]:
    """Suggest the colormaps whose names contain the typed text."""
    wanted = typed.strip().casefold()
    return [(name, table.source(name)) for name in table.names() if wanted in name.casefold()]


def colormap_property(
    default: str = "plasma", *, search: Any = search_colormaps, **more: Any
) -> Any:
    """Make a property that names a colormap, with suggestions while typing.

    Parameters
    ----------
    search : callable or None
        None for fields of panels, see `suggestions`.
    **more
        For ``StringProperty``.
    """
    return text_property(
        search,
        name="Colormap",
        description="Colormap from matplotlib, seaborn or cmasher",
        default=default,
        **more,
    )
