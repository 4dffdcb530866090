# SPDX-License-Identifier: GPL-3.0-or-later
"""Films for scripts and notebooks.

::

    from bl_ext.user_default.blender_spike.api import Film

    film = Film(size="1080p", fps=30)
    cell = film.neuron("run.pickle", look="membrane_glow").trace("soma")
    film.orbit(30).slow(cell, around="2.1 ms", factor=10).render("film.mp4")
"""

from .common.story.film_maker import Film
from .common.story.telling import tell

__all__ = ["Film", "tell"]
