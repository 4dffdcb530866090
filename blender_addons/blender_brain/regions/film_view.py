# SPDX-License-Identifier: GPL-3.0-or-later
"""From where the camera of a film looks at a brain."""

from __future__ import annotations

from typing import Final

DIRECTION: Final = (-0.62, -0.66, -0.42)
"""In which the camera looks: from ahead, the right and above."""
UP: Final = (0.0, 0.0, 1.0)
MARGIN: Final = 0.03
"""Part of the picture that is left free on each side of the regions."""
