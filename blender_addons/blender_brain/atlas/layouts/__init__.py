# SPDX-License-Identifier: GPL-3.0-or-later
"""How atlases are stored on disk, one module per layout; only these know a format.

All other code only uses a module's ``LAYOUT``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...common.registry import collect

if TYPE_CHECKING:
    from ..description import Layout


_found: dict[str, Layout] = collect(__name__, __path__, "LAYOUT", "name")
LAYOUTS: Final = {layout.name: layout for layout in _found.values()}
"""By their names, in the order of their modules."""
