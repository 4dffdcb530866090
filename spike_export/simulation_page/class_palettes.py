# SPDX-License-Identifier: BSD-3-Clause
"""Colors of values that count classes, such as cell types: one of a palette each, never mixed.

As in BlenderSpike, limits are half a class beyond both ends, so that each class lies in the middle
of its color. The palettes are matplotlib's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

_PALETTES: Final = {
    "tab10": ("1f77b4ff7f0e2ca02cd627289467bd8c564be377c27f7f7fbcbd2217becf"),
    "tab20": (
        "1f77b4aec7e8ff7f0effbb782ca02c98df8ad62728ff98969467bdc5b0d5"
        "8c564bc49c94e377c2f7b6d27f7f7fc7c7c7bcbd22dbdb8d17becf9edae5"
    ),
}


def class_palette(classes: int) -> tuple[str, NDArray[np.uint8]]:
    """Choose a colormap for a number of classes.

    Returns
    -------
    name : str
        As matplotlib calls it.
    colors : ndarray of uint8, shape (256, 3)
        sRGB-encoded; plain ones, each for an equal part.
    """
    name = "tab10" if classes <= _size("tab10") else "tab20"
    plain = np.frombuffer(bytes.fromhex(_PALETTES[name]), np.uint8).reshape(-1, 3)
    return name, plain[np.arange(256) * len(plain) // 256]


def class_limits(classes: int) -> tuple[float, float]:
    """Find the limits with which each class has a color of its own, if there are enough."""
    return -0.5, _size(class_palette(classes)[0]) - 0.5


def about_sharing(classes: Sequence[str]) -> str:
    """Say that not every class has a color of its own; empty if each has."""
    most = _size("tab20")
    if len(classes) <= most:
        return ""
    return f"The last {len(classes) - most + 1:,} of {len(classes):,} classes have the same color."


def _size(name: str) -> int:
    return len(_PALETTES[name]) // 6
