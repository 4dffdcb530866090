# SPDX-License-Identifier: GPL-3.0-or-later
"""Rendered pictures as arrays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def read_pixels(path: str | Path) -> NDArray[np.float64]:
    """Read a picture's 8-bit colors, shape (height, width, 3), row 0 at the top."""
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"), np.float64)
