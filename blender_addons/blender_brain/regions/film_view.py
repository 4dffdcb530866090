# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the camera of a film looks at a brain from."""

from __future__ import annotations

from typing import Final

DIRECTION: Final = (-0.62, -0.66, -0.42)
"""Direction of view: from the front, the right and above."""
UP: Final = (0.0, 0.0, 1.0)
MARGIN: Final = 0.03
"""Fraction of the picture left free on each side of the regions."""
