# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators: each collects its settings, calls one function and says what came of it."""

from __future__ import annotations

from . import coloring, combining, exporting, figures, film, importing, network, showing, timing
from .importing import add_to_menus, remove_from_menus

__all__ = ["CLASSES", "add_to_menus", "remove_from_menus"]

CLASSES = (
    *importing.CLASSES,
    *coloring.CLASSES,
    *combining.CLASSES,
    *timing.CLASSES,
    *figures.CLASSES,
    *network.CLASSES,
    *film.CLASSES,
    *exporting.CLASSES,
    *showing.CLASSES,
)
