# SPDX-License-Identifier: GPL-3.0-or-later
"""Choosing a colormap in a panel."""

from __future__ import annotations

import bpy

from . import colormaps


def search_colormaps(
    _owner: bpy.types.bpy_struct, _context: bpy.types.Context, typed: str
) -> list[tuple[str, str]]:
    """Offer the colormaps whose name holds what was typed.

    Returns
    -------
    list of (name, source library)
    """
    return [
        (name, colormaps.source(name))
        for name in colormaps.names()
        if typed.casefold() in name.casefold()
    ]
