# SPDX-License-Identifier: GPL-3.0-or-later
"""A story to a film: each table is a thing, each line of its time line an event."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import bpy

from ..marks import SHARED
from . import fields
from .events import EVENTS
from .fields import Field, read_fields
from .film_maker import Film
from .others import KINDS, thing_class
from .story_file import FILM, NARRATION, StoryError, StoryFile, place_of, read_story, told_by

_FILE: Final = f"{SHARED}_story_file"
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
    add_scene: bool = False,
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
    add_scene : bool
        Add a scene to the file even without a window, as `Film` does in one.
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
    _check(story)
    with story.at((FILM,)):
        given = read_fields(story.film, _FILM, "the film")
        chosen = {"size": size, "fps": fps, "engine": engine}
        given |= {name: value for name, value in chosen.items() if value}
        film = Film(**given, scene=scene, add_scene=add_scene, folder=path.resolve().parent)
    film.scene[_FILE] = str(path.resolve())
    try:
        _make(film, story)
    except StoryError as error:
        error.has_begun = True
        raise
    return film


def story_of(scene: bpy.types.Scene) -> Path | None:
    """Find the story whose film a scene has.

    Returns
    -------
    Path or None
        Where it was, or beside the .blend file if it is there now.
    """
    stored = scene.get(_FILE)
    if not isinstance(stored, str) or not stored:
        return None
    path = Path(stored)
    beside = Path(bpy.path.abspath("//")) / path.name
    return beside if bpy.data.filepath and not path.is_file() and beside.is_file() else path


def _check(story: StoryFile) -> None:
    """Find what is wrong in what is written before anything is made."""
    for entry in story.things:
        with story.at(entry.keys):
            read_fields(entry.values, thing_class(entry.kind).fields, f"a {entry.kind}")
    for entry in story.events:
        with story.at(entry.keys):
            read_fields(entry.values, EVENTS[entry.kind].all_fields, f"the event {entry.kind}")


def _make(film: Film, story: StoryFile) -> None:
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
    try:
        film.drop_others()
        film.finish()
    except (ValueError, RuntimeError, LookupError) as problem:
        raise story.error(place_of(problem), told_by(problem)) from None
