# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a camera looks at neurons and networks from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import bpy
import numpy as np

from .common.extent import world_points
from .playback.network import is_network, way_of


class View(NamedTuple):
    """The direction in which a camera looks, and what is up in its picture."""

    direction: tuple[float, float, float]
    up: tuple[float, float, float]


VIEWS: Final = {
    # Morphologies are traced in xy.
    "TOP": View((0.0, 0.0, -1.0), (0.0, 1.0, 0.0)),
    "FRONT": View((0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "RIGHT": View((-1.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
}
# A network this many times taller in z than in y stands upright: its layers are along z.
_TALL: Final = 1.5


def view_of(scene: bpy.types.Scene, neurons: Sequence[bpy.types.Object]) -> View:
    """Find the view that shows the subject best.

    Parameters
    ----------
    neurons : sequence of Object
        Imported simulations.

    Returns
    -------
    View
        From the front for networks that are tall in z, else from above.
    """
    points = np.concatenate([world_points(scene, neurons), way_of(neurons)])
    _, y, z = np.ptp(points, axis=0)
    is_tall = all(map(is_network, neurons)) and z > _TALL * y
    return VIEWS["FRONT" if is_tall else "TOP"]
