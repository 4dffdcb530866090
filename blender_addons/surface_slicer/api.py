# SPDX-License-Identifier: GPL-3.0-or-later
"""Films for scripts and notebooks.

::

    from bl_ext.user_default.surface_slicer.api import Film

    film = Film(size="1080p", fps=30)
    density = film.surface("density.npy", slice="y")
    film.sweep(density, seconds=4).orbit(60).render("film.mp4")
"""

from .common.story.film_maker import Film
from .common.story.telling import tell

__all__ = ["Film", "tell"]
