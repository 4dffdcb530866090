# SPDX-License-Identifier: GPL-3.0-or-later
"""A story's file: its tables, and on which line everything is.

::

    [film]
    size = "1080p"

    [neuron.cell]
    file = "run.pickle"

    [timeline]
    "0:00" = { frame = "cell" }
    spike = [{ slow = "cell", around = "2.1 ms" }, { caption = "An action potential" }]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import tomllib

from .fields import Field, no_such
from .toml_lines import Path as Keys
from .toml_lines import lines_of

MOST_BYTES: Final = 1_000_000
MOST_THINGS: Final = 200
MOST_EVENTS: Final = 5_000
# Python's reader calls itself for each of them.
_DEEPEST: Final = 64
_NAME: Final = re.compile(r"[^/\x00-\x1f]{1,60}")
FILM, NARRATION, TIMELINE = "film", "narration", "timeline"


class StoryError(ValueError):
    """What is wrong in a story, with its file and line."""

    has_begun: bool = False
    """Whether something was made before this was found."""


@dataclass(frozen=True)
class Entry:
    """A thing or an event of a story."""

    kind: str
    name: str
    """Of the thing; when the event is."""
    values: Mapping[str, Any]
    keys: Keys
    """Where it is in the file."""


@dataclass
class StoryFile:
    """The tables of a story."""

    path: Path
    film: Mapping[str, Any] = field(default_factory=dict)
    narration: Mapping[str, Any] = field(default_factory=dict)
    things: list[Entry] = field(default_factory=list)
    events: list[Entry] = field(default_factory=list)
    lines: dict[Keys, int] = field(default_factory=dict)

    def error(self, keys: Keys, message: str) -> StoryError:
        """Make the error of a place: the nearest key that has a line."""
        while keys and keys not in self.lines:
            keys = keys[:-1]
        line = f", line {self.lines[keys]}" if keys else ""
        told = ": ".join((f"{self.path.name}{line}", message.rstrip(".")))
        return StoryError(f"{told}.")

    @contextmanager
    def at(self, keys: Keys) -> Iterator[None]:
        """Say the file and line of whatever is wrong."""
        try:
            yield
        except StoryError:
            raise
        except (ValueError, RuntimeError, LookupError) as problem:
            raise self.error((*keys, *place_of(problem)), told_by(problem)) from None


def place_of(problem: Exception) -> Keys:
    """Find the place in a story that an error has, from whichever extension it is."""
    own = tuple(getattr(problem, "keys", None) or ())
    key = getattr(problem, "key", "")
    return (*own, key) if key else own


def told_by(problem: Exception) -> str:
    """Return an error's sentence; that of a plain KeyError is in quotes."""
    return str(problem.args[0] if type(problem) is KeyError and problem.args else problem)


def read_story(
    path: Path, kinds: Sequence[str], events: Mapping[str, Mapping[str, Field]]
) -> StoryFile:
    """Read a story's file, and check its tables.

    Parameters
    ----------
    kinds : sequence of str
        Of things.
    events : mapping
        The fields of each kind of event.

    Returns
    -------
    StoryFile
        Of the events, what they are is checked; of the things, only their names.

    Raises
    ------
    StoryError
        With file and line, and what is allowed.
    """
    text = _text(path)
    story = StoryFile(path)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise StoryError(f"{path.name}{_line_first(str(problem))}.") from None
    except (ValueError, RecursionError) as problem:
        raise StoryError(f"{path.name} is not a story: {problem}.") from None
    story.lines = lines_of(text)
    for key, value in document.items():
        if key in (FILM, NARRATION, TIMELINE, *kinds):
            if not isinstance(value, dict):
                raise story.error((key,), f"'{key}' is not a table: write [{key}]")
        else:
            known = [FILM, NARRATION, *kinds, TIMELINE]
            raise story.error((key,), no_such(key, known, "there is no table", "there are"))
    story.film, story.narration = document.get(FILM, {}), document.get(NARRATION, {})
    names: dict[str, str] = {}
    for kind in kinds:
        for name, values in document.get(kind, {}).items():
            keys: Keys = (kind, name)
            if not isinstance(values, dict):
                raise story.error(keys, f"each {kind} has a name: write [{kind}.{name}]")
            if not _NAME.fullmatch(name):
                raise story.error(keys, f"'{name!s:.60}' is not a name: up to 60 characters, no /")
            if name in names:
                raise story.error(keys, f"there is a {names[name]} '{name}' already")
            names[name] = kind
            story.things.append(Entry(kind, name, values, keys))
    if len(names) > MOST_THINGS:
        raise StoryError(f"{path.name} has {len(names)} things; the most are {MOST_THINGS}.")
    # In the order in which they are written, which is that of being made.
    story.things.sort(key=lambda one: story.lines.get(one.keys, 0))
    story.events = list(_events(story, document.get(TIMELINE, {}), events))
    return story


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise StoryError(f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB.")
        raw = path.read_bytes()
    except OSError as problem:
        raise StoryError(f"Cannot read {path}: {problem.strerror}.") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = raw[: problem.start].count(b"\n") + 1
        raise StoryError(f"{path.name}, line {line}: this is not UTF-8 text.") from None
    depth = max((len(one) for one in re.findall(r"[\[{]+", re.sub(r"\s+", "", text))), default=0)
    if depth > _DEEPEST:
        raise StoryError(f"{path.name} has brackets {depth} deep.")
    return text


def _line_first(problem: str) -> str:
    """Put the line of an error of Python's reader first."""
    match = re.fullmatch(r"(.*?) \(at (?:line (\d+), column \d+|end of document)\)", problem)
    if match is None:
        return f": {problem}"
    return f", line {match[2]}: {match[1]}" if match[2] else f": {match[1]} at its end"


def _events(
    story: StoryFile, timeline: Mapping[str, Any], events: Mapping[str, Mapping[str, Field]]
) -> Iterator[Entry]:
    count = 0
    for when, given in timeline.items():
        keys: Keys = (TIMELINE, when)
        members = given if isinstance(given, list) else [given]
        for place, values in enumerate(members):
            own: Keys = (*keys, place) if isinstance(given, list) else keys
            count += 1
            if count > MOST_EVENTS:
                raise story.error(own, f"there are more than {MOST_EVENTS} events")
            if not isinstance(values, dict):
                raise story.error(own, f"an event is written {{ frame = … }}, not '{values!s:.40}'")
            kinds = [key for key in values if key in events]
            if len(kinds) > 1:
                told = f"{kinds[0]} and {kinds[1]} are two events: put each in braces of its own"
                raise story.error((*own, kinds[1]), told)
            if not kinds:
                first = next(iter(values), "")
                told = no_such(first, events, "there is no event", "there are")
                raise story.error((*own, first), told)
            yield Entry(kinds[0], when, values, own)
