# SPDX-License-Identifier: GPL-3.0-or-later
"""What can remain where something is cut away: one module for each, with its ``REMAINDER``.

Menu, panel and nodes are built from the modules in this folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...registry import collect, merged

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..remainder import Remainder


_found: list[Remainder] = collect(__name__, __path__, "REMAINDER", "name", "number")
REMAINS: Final = {one.name: one for one in sorted(_found, key=lambda one: one.number)}
"""By their names, in the order of the menu."""
REMAINS_INPUTS: Final[dict[str, Mapping[str, Any]]] = merged(one.inputs for one in _found)
"""Settings that they add."""
