# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulation that stands still for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import fields
from ..event import Event, Happening, needed
from ..pacing import Step

if TYPE_CHECKING:
    from ..film_build import FilmBuild


def _apply(film: FilmBuild, happening: Happening) -> None:
    frames = happening.end - happening.begin
    film.pacing(happening.main).steps.append(Step(happening.begin, "hold", frames))


EVENT = Event(
    name="hold",
    description="let the simulation stand still, then go on",
    main=needed("a neuron or network", fields.text),
    apply=_apply,
    lasts=1.0,
    early=True,
)
