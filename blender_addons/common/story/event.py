# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens in a film: each kind of event is one file in `events`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ..animation import Key
from . import fields
from .fields import Field

if TYPE_CHECKING:
    from .film_build import FilmBuild

DURATION: Final = "for"


@dataclass(frozen=True)
class Happening:
    """An event at its time."""

    event: Event
    values: Mapping[str, Any]
    at: float
    """Seconds from the film's beginning."""
    begin: int
    end: int
    """First and last frame; the same where it takes no time."""

    def __getitem__(self, name: str) -> Any:
        """Return one of its values."""
        return self.values[name]

    @property
    def main(self) -> Any:
        """Return what it is about."""
        return self.values[self.event.name]


@dataclass(frozen=True, kw_only=True)
class Event:
    """A kind of event."""

    name: str
    """As in stories, and the name of its first value."""
    description: str
    main: Field
    """What it is about: ``{ name = … }``."""
    apply: Callable[[FilmBuild, Happening], None]
    """Adds its keyframes to the film's."""
    fields: Mapping[str, Field] = field(default_factory=dict)
    """Its other values."""
    lasts: float | None = 0.0
    """Seconds if ``for`` is not given; None for the rest of the film."""
    takes_time: bool = True
    """Whether ``for`` can be given."""
    early: bool = False
    """Whether the film's length may depend on it."""

    @property
    def all_fields(self) -> dict[str, Field]:
        """List the values that it may have, by name."""
        every = {self.name: self.main, **self.fields}
        if self.takes_time:
            every[DURATION] = Field("how long it takes, in seconds", fields.SECONDS)
        return every


def needed(description: str, read: Callable[[Any], Any]) -> Field:
    """Make the field of what an event is about."""
    return Field(description, read, needed=True)


def animate(film: FilmBuild, name: str, number: str, happening: Happening, value: float, ease: str,
            *, first: float | None = None) -> None:  # fmt: skip
    """Let a number of a thing go to a value.

    Parameters
    ----------
    name : str
        Of the thing.
    first : float, optional
        What the number is before anything has happened to it; its `Number.rest` if not given.
    """
    owner, path, rest = film.thing(name).number(number)
    before = film.channels.value(owner, path, happening.begin, rest if first is None else first)
    end = max(happening.end, happening.begin + 1)
    keys = [Key(happening.begin, before, ease), Key(end, value, ease)]
    film.channels.add(owner, path, keys)
