# SPDX-License-Identifier: GPL-3.0-or-later
"""Surfaces that a file brings along: an input of the modifier, and what its object holds."""

from __future__ import annotations

from typing import Any, Final

SURFACES: Final = "Surfaces"
"""The modifier's input that takes the object."""
SURFACES_INPUTS: Final[dict[str, dict[str, Any]]] = {
    SURFACES: {
        "kind": "Object",
        "description": "Holds the meshes of cells that the file has, for the style Surfaces",
    },
}
HAS_SURFACE: Final = "has_surface"
"""The curves' attribute that is 1 on a line that stands for a cell with a mesh."""
