# SPDX-License-Identifier: GPL-3.0-or-later
"""The styles, one module for each; a module's ``STYLE`` is all that anything else knows of it.

Menus, panels, operators and the nodes that draw are made of what is found in this folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...common.registry import collect, merged

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..style import Style


_found: list[Style] = collect(__name__, __path__, "STYLE", "name", "number")
STYLES: Final = {style.name: style for style in sorted(_found, key=lambda style: style.number)}
"""By their names, in the order of menus."""
STYLE_INPUTS: Final[dict[str, Mapping[str, Any]]] = merged(one.inputs for one in STYLES.values())
"""What can be set of any of them."""
