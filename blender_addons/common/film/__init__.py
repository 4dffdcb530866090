# SPDX-License-Identifier: GPL-3.0-or-later
"""What a film scene needs around its subject.

`world` has the background and the glow, `camera` the camera and the light behind the subject,
`depth` what is in focus.
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
from .depth import FOCUS, depths, focus_on
from .world import (
    BLOOM,
    WORLD,
    add_bloom,
    bloom_strength,
    plain_color,
    set_bloom_strength,
    show_bloom,
    use_plain_world,
    use_standard_view,
)

__all__ = [
    "BACKLIGHT",
    "BLOOM",
    "CAMERA",
    "FOCUS",
    "PIVOT",
    "WORLD",
    "add_backlight",
    "add_bloom",
    "bloom_strength",
    "camera_of",
    "depths",
    "focus_on",
    "frame_camera",
    "is_film_camera",
    "orbit",
    "plain_color",
    "set_bloom_strength",
    "show_bloom",
    "stage_told",
    "use_plain_world",
    "use_standard_view",
    "way_told",
]
