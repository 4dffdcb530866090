# SPDX-License-Identifier: GPL-3.0-or-later
"""The looks, one module for each; all other code only uses a module's ``LOOK``.

Menu, panel and operator are built from the modules in this folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...common.registry import merged, numbered

if TYPE_CHECKING:
    from ..look import Look, Setting


LOOKS: Final[dict[str, Look]] = numbered(__name__, __path__, "LOOK", "identifier")
"""By their identifiers, in the order of the menu."""
SETTINGS: Final[dict[str, Setting]] = merged(
    {identifier: look.settings for identifier, look in LOOKS.items()}
)
"""Those of all looks."""
