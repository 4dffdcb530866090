# SPDX-License-Identifier: GPL-3.0-or-later
"""A curve that is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import fields
from ..event import Event, Happening, animate, needed
from ..fields import Field

if TYPE_CHECKING:
    from ..film_build import FilmBuild


def _apply(film: FilmBuild, happening: Happening) -> None:
    to = happening["to"]
    # Nothing is there before it is drawn for the first time.
    animate(film, happening.main, "drawn", happening, to, "LINEAR", first=0.0 if to else 1.0)


EVENT = Event(
    name="draw",
    description="draw a curve from its first value to its last",
    main=needed("a curve", fields.text),
    fields={"to": Field("how much of it, 0 to 1", fields.number(0, 1), 1.0)},
    apply=_apply,
    lasts=3.0,
)
