# SPDX-License-Identifier: GPL-3.0-or-later
"""How many samples Cycles takes of each pixel of a film, and what it keeps between frames."""

from __future__ import annotations

from typing import Any, Final

import bpy

NOISE_THRESHOLD: Final = 0.02
"""Noise at which a pixel is finished."""
MOST_SAMPLES: Final = 128
_TRANSPARENT_BOUNCES: Final = 64


def use_film_sampling(scene: bpy.types.Scene, most: int = MOST_SAMPLES, fewest: int = 0) -> None:
    """Make Cycles sample each pixel of a scene until it is smooth.

    Glowing lines on a dark background leave most pixels without any noise. This takes as long as
    32 samples of every pixel, and is several times nearer to the truth.

    Parameters
    ----------
    most : int
        Samples of the noisiest pixels.
    fewest : int
        Before Cycles looks for noise; 0 for 52. With fewer, lines thinner than a pixel are dotted.
    """
    # Cycles is an add-on.
    cycles: Any = getattr(scene, "cycles", None)
    if cycles is None:
        return
    cycles.use_adaptive_sampling = True
    cycles.adaptive_threshold = NOISE_THRESHOLD
    cycles.adaptive_min_samples = fewest
    cycles.samples = most


def keep_between_frames(scene: bpy.types.Scene) -> None:
    """Let Cycles keep from one frame to the next what does not change.

    Without it, meshes that do not depend on time are rebuilt, and sent to Cycles, in each frame.
    EEVEE is left as it is.
    """
    render: Any = scene.render
    if render.engine == "CYCLES":
        render.use_persistent_data = True


def see_through(scene: bpy.types.Scene) -> None:
    """Let Cycles see what is behind many transparent surfaces; each needs a bounce."""
    cycles: Any = getattr(scene, "cycles", None)
    if cycles is not None:
        cycles.transparent_max_bounces = max(cycles.transparent_max_bounces, _TRANSPARENT_BOUNCES)
