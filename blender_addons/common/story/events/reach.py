# SPDX-License-Identifier: GPL-3.0-or-later
"""A time of the simulation that is shown just now, as the voice says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import fields
from ..event import Event, Happening, needed
from ..fields import Field
from ..pacing import Step

if TYPE_CHECKING:
    from ..film_build import FilmBuild


def _apply(film: FilmBuild, happening: Happening) -> None:
    pacing = film.pacing(happening.main)
    to = pacing.check(happening["time"])
    pacing.steps.append(Step(happening.begin, "reach", 0.0, to))


EVENT = Event(
    name="reach",
    description="show a time of the simulation at this moment, faster or slower until then",
    main=needed("a neuron or network", fields.text),
    fields={"time": Field('the time, as "2.1 ms"', fields.SIMULATED, needed=True)},
    apply=_apply,
    takes_time=False,
    early=True,
)
