# SPDX-License-Identifier: BSD-3-Clause
"""Pictures of a small figure, and where in them a place of its axes is."""

from __future__ import annotations

from typing import Any

import numpy as np

from spike_export import figures

SMALL = (320, 180)
X = np.array([0.0, 1.0, 1.5, 3.0, 4.0])
Y = np.array([-70.0, 35.0, -20.0, -20.0, 60.0])


def draw(figure: Any, parts: list[Any], t: float) -> Any:
    (picture,) = figures.pictures(figure, parts, [t])
    return picture.copy()


def column(axes: Any, x: float) -> int:
    return round(axes.transData.transform((x, 0))[0])


def bare(figure: Any) -> Any:
    return draw(figure, [], 0)
