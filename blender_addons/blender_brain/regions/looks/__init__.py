# SPDX-License-Identifier: GPL-3.0-or-later
"""The looks, one module for each; all other code only uses a module's ``LOOK``.

Menu, panel and operator are built from the modules in this folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...common.registry import collect, merged

if TYPE_CHECKING:
    from ..look import Look, Setting


_found: list[Look] = collect(__name__, __path__, "LOOK", "identifier", "number")
LOOKS: Final = {look.identifier: look for look in sorted(_found, key=lambda look: look.number)}
"""By their identifiers, in the order of the menu."""
SETTINGS: Final[dict[str, Setting]] = merged(look.settings for look in LOOKS.values())
"""Those of all looks."""
