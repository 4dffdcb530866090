# SPDX-License-Identifier: GPL-3.0-or-later
"""The shapes that can be cut away, one module for each, with its ``SHAPE``.

Menus, panels, operators and the nodes of the cut are built from the modules in this folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...registry import collect

if TYPE_CHECKING:
    from ..cut_shape import CutShape


_found: list[CutShape] = collect(__name__, __path__, "SHAPE", "name", "number")
SHAPES: Final = {shape.name: shape for shape in sorted(_found, key=lambda shape: shape.number)}
"""By their names, in the order of menus."""
