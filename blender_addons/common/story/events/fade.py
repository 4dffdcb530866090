# SPDX-License-Identifier: GPL-3.0-or-later
"""A thing that appears or vanishes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...animation import Key
from .. import fields
from ..event import Event, Happening, needed
from ..fading import can_fade
from ..fields import Field

if TYPE_CHECKING:
    from ..film_build import FilmBuild


def _apply(film: FilmBuild, happening: Happening) -> None:
    value, begin = happening["to"], happening.begin
    end = max(happening.end, begin + 1)
    for name in happening.main:
        thing = film.thing(name)
        things = [one for one in thing.objects if one.type != "EMPTY"]
        can_fade(film.scene, things)
        for one in things:
            given: Any = one.color
            color = tuple(given)[:3]
            before = film.channels.value(one, "color", begin, (*color, 1.0 if value < 1 else 0.0))
            assert isinstance(before, tuple)
            keys = [Key(begin, before), Key(end, (*color, value))]
            film.channels.add(one, "color", keys)
            # What has vanished costs no time, and hides nothing.
            appears, vanishes = before[3] <= 0.0, value <= 0.0
            if (appears or vanishes) and (one, "hide_render") not in film.channels.found:
                hidden = Key(film.first, float(appears), "CONSTANT")
                film.channels.add(one, "hide_render", [hidden])
            if appears:
                film.channels.add(one, "hide_render", [Key(begin, 0.0, "CONSTANT")])
            if vanishes:
                film.channels.add(one, "hide_render", [Key(end, 1.0, "CONSTANT")])


EVENT = Event(
    name="fade",
    description="let things appear or vanish",
    main=needed("one or several things", fields.texts),
    fields={"to": Field("1 for visible, 0 for gone", fields.number(0, 1), 1.0)},
    apply=_apply,
    lasts=1.0,
)
