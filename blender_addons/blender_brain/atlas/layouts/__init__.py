# SPDX-License-Identifier: GPL-3.0-or-later
"""How atlases lie on disk, one module for each way; only these know a format.

A module's ``LAYOUT`` is all that anything else has to know of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...common.registry import collect

if TYPE_CHECKING:
    from ..description import Layout


def _by_name(layouts: list[Layout]) -> dict[str, Layout]:
    found = {layout.name: layout for layout in layouts}
    if len(found) < len(layouts):
        raise ValueError("Two layouts have the same name.")
    return found


LAYOUTS: Final = _by_name(collect(__name__, __path__, "LAYOUT"))
"""By their names, in the order of their modules."""
