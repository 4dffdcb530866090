# SPDX-License-Identifier: GPL-3.0-or-later
"""An orbit of the camera around what it frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import fields
from ..event import Event, Happening, needed

if TYPE_CHECKING:
    from ..film_build import FilmBuild


def _apply(film: FilmBuild, happening: Happening) -> None:
    film.camera_way.orbit(happening.main, happening.begin, happening.end)


EVENT = Event(
    name="orbit",
    description="turn around what is framed, by default for the rest of the film",
    main=needed("degrees", fields.number(-36000, 36000)),
    apply=_apply,
    lasts=None,
)
