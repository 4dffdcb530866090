# SPDX-License-Identifier: GPL-3.0-or-later
"""A cut: the camera frames something else from here on, or glides there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import fields
from ..event import Event, Happening, needed
from ..fields import Field
from ..looking import VIEWS, look

if TYPE_CHECKING:
    from ..film_build import FilmBuild


def _apply(film: FilmBuild, happening: Happening) -> None:
    look(film, happening, happening.main)


EVENT = Event(
    name="frame",
    description="frame one or several things, so that they fill the picture",
    main=needed('things, their parts as "mouse/CA3", or "all"', fields.texts),
    fields={
        "view": Field("from where it is seen", fields.choice(*VIEWS)),
        "margin": Field(
            "part of the picture left free on each side; below 0 it leaves the picture",
            fields.number(-0.45, 0.45),
        ),
    },
    apply=_apply,
)
