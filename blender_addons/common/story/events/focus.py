# SPDX-License-Identifier: GPL-3.0-or-later
"""A change of what is in focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import fields
from ..event import Event, Happening, needed
from ..fields import Field
from ..looking import focus

if TYPE_CHECKING:
    from ..film_build import FilmBuild


def _apply(film: FilmBuild, happening: Happening) -> None:
    focus(film, happening, happening.main, happening["blur"])


EVENT = Event(
    name="focus",
    description="focus on something, and blur what is nearer and farther",
    main=needed('a thing, or its part as "cell/soma"', fields.place),
    fields={
        "blur": Field(
            "size of a point at the edge of the thing, in percent of the picture's width",
            fields.number(0.01, 50),
            1.0,
        ),
    },
    apply=_apply,
    lasts=1.0,
)
