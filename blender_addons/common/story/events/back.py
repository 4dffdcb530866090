# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulation that runs back to an earlier time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import fields
from ..event import Event, Happening, needed
from ..fields import Field
from ..pacing import Step

if TYPE_CHECKING:
    from ..film_build import FilmBuild


def _apply(film: FilmBuild, happening: Happening) -> None:
    pacing, frames = film.pacing(happening.main), happening.end - happening.begin
    to = pacing.begin_ms if happening["to"] is None else pacing.check(happening["to"])
    pacing.steps.append(Step(happening.begin, "back", frames, to))


EVENT = Event(
    name="back",
    description="run the simulation back to a time, then go on from there",
    main=needed("a neuron or network", fields.text),
    fields={"to": Field('a time, as "0 ms" (default: its first)', fields.SIMULATED)},
    apply=_apply,
    lasts=1.0,
    early=True,
)
