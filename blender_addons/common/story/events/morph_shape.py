# SPDX-License-Identifier: GPL-3.0-or-later
"""A network that goes to its other layout, or a curve to its second shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import fields
from ..event import Event, Happening, animate, needed
from ..fields import Field

if TYPE_CHECKING:
    from ..film_build import FilmBuild


def _apply(film: FilmBuild, happening: Happening) -> None:
    # The nodes of a network ease each cell's own movement.
    ease = "LINEAR" if film.thing(happening.main).kind == "network" else "SINE"
    animate(film, happening.main, "morph", happening, happening["to"], ease)


EVENT = Event(
    name="morph",
    description="go from the first layout or shape to the second",
    main=needed("a network or a curve with a second shape", fields.text),
    fields={"to": Field("0 for the first, 1 for the second", fields.number(0, 1), 1.0)},
    apply=_apply,
    lasts=3.0,
)
