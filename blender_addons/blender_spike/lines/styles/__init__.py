# SPDX-License-Identifier: GPL-3.0-or-later
"""The styles, one module for each; all other code only uses a module's ``STYLE``.

Menus, panels, operators and drawing nodes are built from the modules in this folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...common.registry import merged, numbered

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..style import Style


AUTOMATIC: Final = "AUTO"
"""What menus and scripts have besides the styles; files store it as 0."""
STYLES: Final[dict[str, Style]] = numbered(
    __name__, __path__, "STYLE", "name", reserved={AUTOMATIC: 0}
)
"""By their names, in the order of menus."""
STYLE_INPUTS: Final[dict[str, Mapping[str, Any]]] = merged(
    {name: one.inputs for name, one in STYLES.items()}
)
"""Settings of all styles."""
