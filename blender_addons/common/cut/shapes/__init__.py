# SPDX-License-Identifier: GPL-3.0-or-later
"""The shapes that can be cut away, one module for each, with its ``SHAPE``.

Menus, panels, operators and the nodes of the cut are built from the modules in this folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...registry import numbered

if TYPE_CHECKING:
    from ..cut_shape import CutShape


SHAPES: Final[dict[str, CutShape]] = numbered(__name__, __path__, "SHAPE", "name")
"""By their names, in the order of menus."""
