# SPDX-License-Identifier: GPL-3.0-or-later
"""Slow motion around a time of the simulation, whenever the film shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import fields
from ..event import Event, Happening, needed
from ..fields import Field

if TYPE_CHECKING:
    from ..film_build import FilmBuild


def _apply(film: FilmBuild, happening: Happening) -> None:
    pacing = film.pacing(happening.main)
    around, half = pacing.check(happening["around"]), happening["width"] / 2
    pacing.slow.append((around - half, around + half, happening["factor"]))


EVENT = Event(
    name="slow",
    description="play slower around a time of the simulation, whenever that is",
    main=needed("a neuron or network", fields.text),
    fields={
        "around": Field('the time, as "2.1 ms"', fields.SIMULATED, needed=True),
        "width": Field('how much of the simulation is slow, as "2 ms"', fields.SIMULATED, 2.0),
        "factor": Field("how many times slower", fields.number(0.001, 1e6), 10.0),
    },
    apply=_apply,
    takes_time=False,
    early=True,
)
