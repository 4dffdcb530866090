# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators: each collects its settings, calls one function and says what came of it."""

from __future__ import annotations

from . import film

__all__ = ["CLASSES"]

CLASSES = (*film.CLASSES,)
