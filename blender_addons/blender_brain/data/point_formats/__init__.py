# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of points and lines, one module per format; only these know a format.

All other code only uses `read_point_set`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from ...common.registry import collect
from ..point_set import Peek, PointSet

if TYPE_CHECKING:
    from ..point_set import PointFormat

_found: dict[str, PointFormat] = collect(__name__, __path__, "FORMAT", "name", "order")
FORMATS: Final = sorted(_found.values(), key=lambda one: one.order)


def read_point_set(path: Path) -> PointSet:
    """Read a file of points, recognized by its content.

    Raises
    ------
    TableError
        A sentence that names the file and the place.
    """
    peek = Peek(path)
    # The last one takes any table.
    return next(one for one in FORMATS if one.recognizes(peek)).read(peek)
