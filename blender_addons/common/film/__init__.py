# SPDX-License-Identifier: GPL-3.0-or-later
"""What a film scene needs around its subject.

`world` has the background and the glow, `camera` the camera and the light behind the subject.
"""

from .camera import (
    BACKLIGHT,
    CAMERA,
    PIVOT,
    add_backlight,
    add_sun,
    camera_of,
    frame_camera,
    is_film_camera,
    orbit,
    stage_told,
    way_told,
)
from .world import BLOOM, WORLD, add_bloom, show_bloom, use_plain_world, use_standard_view

__all__ = [
    "BACKLIGHT",
    "BLOOM",
    "CAMERA",
    "PIVOT",
    "WORLD",
    "add_backlight",
    "add_sun",
    "add_bloom",
    "camera_of",
    "frame_camera",
    "is_film_camera",
    "orbit",
    "show_bloom",
    "stage_told",
    "use_plain_world",
    "use_standard_view",
    "way_told",
]
