# SPDX-License-Identifier: GPL-3.0-or-later
"""A slice that sweeps through a surface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...animation import Key
from .. import fields
from ..event import Event, Happening, needed
from ..fields import Field, FieldError

if TYPE_CHECKING:
    from ..film_build import FilmBuild


def _apply(film: FilmBuild, happening: Happening) -> None:
    thing, end = film.thing(happening.main), max(happening.end, happening.begin + 2)
    sweep = getattr(thing, "sweep", None)
    if sweep is None:
        raise FieldError("sweep", f"'{thing.name}' is a {thing.kind}, which cannot be swept")
    owner, whole, cut = sweep()
    first, last = (cut, whole) if happening["reverse"] else (whole, cut)
    keys = [Key(happening.begin, first), Key(end, last)]
    if happening["return"]:
        keys = [Key(happening.begin, first), Key((happening.begin + end) // 2, last),
                Key(end, first)]  # fmt: skip
    film.channels.add(owner, "location", keys)


EVENT = Event(
    name="sweep",
    description="let the slice travel through a surface, from whole to cut away",
    main=needed("a surface with a slice", fields.text),
    fields={
        "return": Field("come back as well", fields.switch, False),
        "reverse": Field("from cut away to whole", fields.switch, False),
    },
    apply=_apply,
    lasts=4.0,
)
