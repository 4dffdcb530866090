# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulation that plays from a time, or at another pace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import fields
from ..event import Event, Happening, needed
from ..fields import Field, FieldError
from ..pacing import Step

if TYPE_CHECKING:
    from ..film_build import FilmBuild


def _apply(film: FilmBuild, happening: Happening) -> None:
    pacing, start, pace = film.pacing(happening.main), happening["from"], happening["pace"]
    if pace is not None and pace <= 0:
        raise FieldError("pace", f"pace: {pace:g} ms per frame is not above 0")
    to = None if start is None else pacing.check(start)
    pacing.steps.append(Step(happening.begin, "play", 0.0, to, pace))


EVENT = Event(
    name="play",
    description="play from a time, or at another pace, from here on",
    main=needed("a neuron or network", fields.text),
    fields={
        "from": Field('the time that is shown next, as "0 ms"', fields.SIMULATED),
        "pace": Field('simulated time per frame, as "0.05 ms"', fields.SIMULATED),
    },
    apply=_apply,
    takes_time=False,
    early=True,
)
