# SPDX-License-Identifier: GPL-3.0-or-later
"""Films for scripts and notebooks.

::

    from bl_ext.user_default.blender_brain.api import Film

    film = Film(size="1080p", fps=30)
    film.brain("allen_mouse_25um", glow={"DG": "blue", "CA3": "viridis"}).label()
    film.orbit(360).render("film.mp4")
"""

from .common.story.film_maker import Film
from .common.story.telling import tell

__all__ = ["Film", "tell"]
