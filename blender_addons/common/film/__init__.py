# SPDX-License-Identifier: GPL-3.0-or-later
"""What a film scene needs around its subject.

`world` has the background and the glow, `camera` the camera and the light behind the subject,
`sampling` the render's samples.
"""

from .camera import (
    BACKLIGHT,
    CAMERA,
    PIVOT,
    add_backlight,
    camera_of,
    frame_camera,
    is_film_camera,
    orbit,
    stage_told,
    way_told,
)
from .sampling import MOST_SAMPLES, NOISE_THRESHOLD, see_through, use_film_sampling
from .world import BLOOM, WORLD, add_bloom, show_bloom, use_plain_world, use_standard_view

__all__ = [
    "BACKLIGHT",
    "BLOOM",
    "CAMERA",
    "MOST_SAMPLES",
    "NOISE_THRESHOLD",
    "PIVOT",
    "WORLD",
    "add_backlight",
    "add_bloom",
    "camera_of",
    "frame_camera",
    "is_film_camera",
    "orbit",
    "see_through",
    "show_bloom",
    "use_film_sampling",
    "stage_told",
    "use_plain_world",
    "use_standard_view",
    "way_told",
]
