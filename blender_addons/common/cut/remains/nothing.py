# SPDX-License-Identifier: GPL-3.0-or-later
"""Transparent: nothing remains."""

from __future__ import annotations

from ...nodes import Linkable
from ..remainder import Remainder, SideB


def _write(side: SideB) -> Linkable:
    return side.clear


REMAINDER = Remainder(name="Transparent", number=0, write=_write)
