# SPDX-License-Identifier: GPL-3.0-or-later
"""The looks, one module for each; a module's ``LOOK`` is all that anything else knows of it.

Menu, panel and operator are made of what is found in this folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...common.registry import collect

if TYPE_CHECKING:
    from ..look import Look, Setting


def _by_identifier(looks: list[Look]) -> dict[str, Look]:
    found = {look.identifier: look for look in sorted(looks, key=lambda look: look.number)}
    if len({look.number for look in found.values()}) < len(looks):
        raise ValueError("Two looks have the same identifier or number.")
    return found


def _all_settings(looks: list[Look]) -> dict[str, Setting]:
    found: dict[str, Setting] = {}
    for look in looks:
        for name, setting in look.settings.items():
            if found.setdefault(name, setting) is not setting:
                raise ValueError(f"The look {look.identifier} has another setting '{name}'.")
    return found


LOOKS: Final = _by_identifier(collect(__name__, __path__, "LOOK"))
"""By their identifiers, in the order of the menu."""
SETTINGS: Final = _all_settings(list(LOOKS.values()))
"""Those of all looks."""
