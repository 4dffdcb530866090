# SPDX-License-Identifier: GPL-3.0-or-later
"""Scientific colormaps, from their table to the user's choice.

`table` holds the colors, `image` looks them up, `in_material` and `in_geometry` put them into node
trees, and `followers` makes modifiers show a material's colormap. `colormap_settings`, `previews`,
`band` and `choice` let the user choose one.
"""

from .table import (
    KINDS,
    UnknownColormapError,
    display_stops,
    kind,
    linear_stops,
    linear_to_srgb,
    names,
    resolve,
    shown_colors,
    source,
    srgb_to_linear,
)

__all__ = [
    "KINDS",
    "UnknownColormapError",
    "display_stops",
    "kind",
    "linear_stops",
    "linear_to_srgb",
    "names",
    "resolve",
    "shown_colors",
    "source",
    "srgb_to_linear",
]
