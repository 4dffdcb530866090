# SPDX-License-Identifier: GPL-3.0-or-later
"""The styles, one module for each; all other code only uses a module's ``STYLE``.

Menus, panels, operators and drawing nodes are built from the modules in this folder.
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
"""Settings of all styles."""
