# SPDX-License-Identifier: GPL-3.0-or-later
"""A story to a film: each table is a thing, each line of its time line an event."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import bpy

from . import fields
from .events import EVENTS
from .fields import Field, read_fields
from .film_maker import Film
from .others import KINDS
from .story_file import FILM, NARRATION, StoryFile, place_of, read_story, told_by

_FILM: Final = {
    "size": Field("1080p, 4k, vertical, square, 720p, or as 1280x720", fields.text, "1080p"),
    "fps": Field("frames per second", lambda value: str(value), "30"),
    "seconds": Field("its length; as long as what is in it if not given", fields.SECONDS),
    "engine": Field("cycles or eevee", fields.text, "cycles"),
    "bloom": Field("glow around bright parts, 0 for none", fields.number(0, 100), 0.6),
    "ground": Field("color of the background, scene-linear", fields.numbers(3, 0, 100)),
}  # fmt: skip
_NARRATION: Final = {
    "file": Field("a sound", fields.text, ""),
    "markers": Field('a file of markers, or "scene" for the scene\'s own', fields.text, ""),
    "offset": Field("seconds to add to a file's markers", fields.number(-36000, 36000), 0.0),
}


def tell(
    path: str | Path,
    *,
    scene: bpy.types.Scene | None = None,
    size: str = "",
    fps: str = "",
    engine: str = "",
) -> Film:
    """Make the film of a story, or bring it up to date.

    Parameters
    ----------
    path : path-like
        Paths in it begin in its own folder.
    scene : Scene, optional
        With an earlier version of the film: see `Film`. What a person changed in it is kept, and
        named in the film's `notes`.
    size, fps, engine : str
        In place of the story's own.

    Returns
    -------
    Film
        Complete.

    Raises
    ------
    StoryError
        With file and line, and what is allowed.
    """
    events = {name: event.all_fields for name, event in EVENTS.items()}
    path = Path(path)
    story = read_story(path, list(KINDS), events)
    with story.at((FILM,)):
        given = read_fields(story.film, _FILM, "the film")
        chosen = {"size": size, "fps": fps, "engine": engine}
        given |= {name: value for name, value in chosen.items() if value}
        film = Film(**given, scene=scene, folder=path.resolve().parent)
    for entry in story.things:
        with story.at(entry.keys):
            film.add_values(entry.kind, entry.name, entry.values)
    with story.at((NARRATION,)):
        narration = read_fields(story.narration, _NARRATION, "the narration")
        if story.narration:
            film.narration(
                narration["file"], markers=narration["markers"], offset=narration["offset"]
            )
    for entry in story.events:
        with story.at(entry.keys):
            film.happen(entry.kind, entry.values, entry.name, entry.keys)
    _finish(film, story)
    return film


def _finish(film: Film, story: StoryFile) -> None:
    try:
        film.drop_others()
        film.finish()
    except (ValueError, RuntimeError, LookupError) as problem:
        raise story.error(place_of(problem), told_by(problem)) from None
