# SPDX-License-Identifier: GPL-3.0-or-later
"""What a film scene needs around its subject.

`world` has the background, `bloom` the glow, `camera` the camera, `composing` its picture, `lights`
what lights the subject, `depth` what is in focus, `sampling` the render's samples, `transparency`
films without a background.
"""

from .bloom import (
    BLOOM,
    LayersError,
    add_bloom,
    bloom_strength,
    check_ground,
    cover_layers,
    lay_on,
    rendered_layers,
    set_bloom_strength,
    show_bloom,
)
from .camera import (
    CAMERA,
    PIVOT,
    camera_of,
    frame_camera,
    is_film_camera,
    move_orbit,
    orbit,
    stage_told,
    way_told,
)
from .composing import compose
from .depth import FOCUS, depths, focus_on
from .lights import BACKLIGHT, FILL, KEY, add_backlight, add_key_and_fill, add_sun
from .sampling import (
    MOST_SAMPLES,
    NOISE_THRESHOLD,
    keep_between_frames,
    see_through,
    use_film_sampling,
)
from .transparency import use_opaque_ground, use_transparent_ground
from .world import (
    GROUND,
    WORLD,
    plain_color,
    use_plain_world,
    use_standard_view,
)

__all__ = [
    "BACKLIGHT",
    "BLOOM",
    "CAMERA",
    "FILL",
    "FOCUS",
    "GROUND",
    "LayersError",
    "MOST_SAMPLES",
    "NOISE_THRESHOLD",
    "KEY",
    "PIVOT",
    "WORLD",
    "add_backlight",
    "add_sun",
    "add_bloom",
    "add_key_and_fill",
    "bloom_strength",
    "camera_of",
    "compose",
    "depths",
    "focus_on",
    "frame_camera",
    "keep_between_frames",
    "lay_on",
    "rendered_layers",
    "is_film_camera",
    "move_orbit",
    "orbit",
    "plain_color",
    "set_bloom_strength",
    "see_through",
    "show_bloom",
    "use_film_sampling",
    "use_opaque_ground",
    "check_ground",
    "cover_layers",
    "stage_told",
    "use_plain_world",
    "use_standard_view",
    "use_transparent_ground",
    "way_told",
]
