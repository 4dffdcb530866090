# SPDX-License-Identifier: GPL-3.0-or-later
"""Words in the picture for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...animation import Key
from .. import fields
from ..captions import INVISIBLE, SPOTS, VISIBLE
from ..event import Event, Happening, needed
from ..fields import Field

if TYPE_CHECKING:
    from ..film_build import FilmBuild

# Seconds, or a quarter of the caption where that is less.
_FADE_S: Final = 0.5


def _apply(film: FilmBuild, happening: Happening) -> None:
    text = film.caption_of(happening)
    begin, end = happening.begin, max(happening.end, happening.begin + 4)
    fade = max(1, min(round(_FADE_S * float(film.fps)), (end - begin) // 4))
    moments = ((begin, INVISIBLE), (begin + fade, VISIBLE), (end - fade, VISIBLE), (end, INVISIBLE))
    film.channels.add(text, "color", [Key(frame, value) for frame, value in moments])


EVENT = Event(
    name="caption",
    description="show words in the picture",
    main=needed("the words", fields.text),
    fields={
        "where": Field("where in the picture", fields.choice(*SPOTS)),
        "size": Field(
            "size of the text; 1 is the picture's shorter side", fields.number(0.005, 0.5), 0.05
        ),
    },
    apply=_apply,
    lasts=3.0,
)
