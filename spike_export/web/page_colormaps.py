# SPDX-License-Identifier: BSD-3-Clause
"""The colormaps that every page offers, where neither matplotlib nor Blender is there.

``page_colormaps.json`` is written by ``tools/make_colormaps.py`` from the libraries themselves: for
each name 256 colors, sRGB-encoded, as hexadecimal bytes.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_TABLE = Path(__file__).with_name("page_colormaps.json")
_REVERSED = "_r"


@functools.cache
def page_colormaps() -> dict[str, str]:
    """Read all of them, in the order in which they are offered."""
    read: dict[str, str] = json.loads(_TABLE.read_text(encoding="utf-8"))
    return read


def known_colors(name: str) -> NDArray[np.uint8] | None:
    """Find a colormap's colors; a name that ends in ``_r`` is one backwards.

    Returns
    -------
    ndarray of uint8, shape (256, 3), or None
        sRGB-encoded; None if the table does not have it.
    """
    table = page_colormaps()
    forwards = name.removesuffix(_REVERSED)
    if forwards not in table:
        return None
    colors = np.frombuffer(bytes.fromhex(table[forwards]), np.uint8).reshape(256, 3)
    return colors[::-1] if forwards != name else colors


def offered_colormaps(name: str, colors: NDArray[np.uint8]) -> dict[str, str]:
    """List what a page offers, the chosen one as it was given: a library's colors may change."""
    return page_colormaps() | {name: colors.tobytes().hex()}


def as_bytes(colors: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Round colors from 0..1 to bytes."""
    rounded: NDArray[np.uint8] = np.rint(np.clip(colors, 0, 1) * 255).astype(np.uint8)
    return rounded
