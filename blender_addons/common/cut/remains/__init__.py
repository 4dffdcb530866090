# SPDX-License-Identifier: GPL-3.0-or-later
"""What can remain where something is cut away: one module for each, with its ``REMAINDER``.

Menu, panel and nodes are built from the modules in this folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...registry import merged, numbered

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..remainder import Remainder


REMAINS: Final[dict[str, Remainder]] = numbered(__name__, __path__, "REMAINDER", "name")
"""By their names, in the order of the menu."""
REMAINS_INPUTS: Final[dict[str, Mapping[str, Any]]] = merged(
    {name: one.inputs for name, one in REMAINS.items()}
)
"""Settings that they add."""
