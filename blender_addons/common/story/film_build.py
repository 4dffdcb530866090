# SPDX-License-Identifier: GPL-3.0-or-later
"""How a film comes about: things first, then the camera, then all keyframes at once.

What an earlier version of it has made stays where nothing has changed, and where a person has.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import bpy

from ..animation import Key
from ..required import required
from . import captions, made, staging, story_file
from .camera_way import CameraWay
from .channels import Channels
from .event import DURATION, Event, Happening
from .fields import FieldError, no_such
from .moments import LONGEST_S, frame_at, moment
from .pacing import Pacing
from .thing import Place, Thing

_SHORTEST_S: Final = 5.0


class FilmBuild:
    """The scene of a film, and how it comes about.

    Parameters
    ----------
    size, fps, seconds, engine, bloom, ground, scene, add_scene, folder
        See `film_maker.Film`.
    """

    def __init__(
        self,
        size: str | tuple[int, int] = "1080p",
        fps: float | str | Fraction = 30,
        *,
        seconds: float | None = None,
        engine: str = "cycles",
        bloom: float = 0.6,
        ground: Sequence[float] | None = None,
        scene: bpy.types.Scene | None = None,
        add_scene: bool = False,
        folder: str | Path = "",
    ) -> None:
        self.settings = staging.checked(size, fps, seconds, engine, bloom, ground)
        self.folder = Path(folder)
        self.notes: list[str] = []
        """Sentences about what was left as a person has it, or was guessed."""
        self.scene: bpy.types.Scene = staging.scene_for(
            self.settings, scene, self.notes.append, add=add_scene or not bpy.app.background
        )
        self.things: dict[str, Thing] = {}
        self.markers: dict[str, float] = {}
        """Seconds by name."""
        self.channels = Channels()
        self.camera_way: CameraWay
        self.opening: Happening | None = None
        self.first, self.last = self.scene.frame_start, self.scene.frame_end
        self._events: list[tuple[Event, dict[str, Any], object, Any]] = []
        self._pacings: dict[str, Pacing] = {}
        self._sources: dict[str, tuple[str, bool]] = {}
        self._narrated = 0.0
        self._dirty = True

    @property
    def fps(self) -> Fraction:
        """Return the frames per second."""
        return self.settings.fps

    def thing(self, name: object) -> Thing:
        """Find a thing by its name; a thing is returned as it is."""
        if name in self.things.values():
            return name  # type: ignore[return-value]
        if not isinstance(name, str) or name not in self.things:
            raise ValueError(no_such(name, self.things, "there is no", "there are"))
        return self.things[name]

    def place(self, what: object) -> Place:
        """Find a place: a thing, its part as ``"mouse/CA3"``, or x, y and z."""
        if hasattr(what, "middle"):
            return what  # type: ignore[return-value]
        if isinstance(what, str):
            name, _, part = what.partition("/")
            return self.thing(name).place(part)
        if hasattr(what, "place"):
            found: Place = what.place()
            return found
        x, y, z = (float(one) for one in what)  # type: ignore[attr-defined]
        return Place((x, y, z))

    def places(self, names: Sequence[str]) -> list[Place]:
        """Find several places; ``"all"`` is everything."""
        if list(names) == ["all"]:
            return [thing.place() for thing in self.things.values()]
        return [self.place(name) for name in names]

    def pacing(self, name: object) -> Pacing:
        """Return how a thing's simulation plays, for events to change."""
        thing = self.thing(name)
        if thing.name not in self._pacings:
            found = thing.pacing()
            if found is None:
                raise ValueError(f"'{thing.name}' is a {thing.kind}, which does not play in time")
            self._pacings[thing.name] = found
        return self._pacings[thing.name]

    def caption_of(self, happening: Happening) -> bpy.types.Object:
        """Find or make the text of a caption."""
        words, where, size = happening.main, happening["where"], happening["size"]
        # Traces are at the bottom.
        traced = any(thing.values.get("traces") for thing in self.things.values())
        where = where or ("top" if traced else "bottom")
        number = 1
        while (name := f"/caption {number} {words[:40]}") in self._sources:
            number += 1
        middle = self.camera_way_begins
        source = made.source_digest("caption", {"words": words, "where": where, "size": size})
        things, _ = self.own(
            name,
            source,
            lambda: captions.add_caption(self.scene, words, middle, where=where, size=size),
        )
        text = next((one for one in things if one.type == "FONT"), None)
        if text is None:
            raise ValueError("the words of this caption were changed to something that is no text")
        return text

    def take_along(self, thing: bpy.types.Object) -> None:
        """Let an object that an event made belong to the film."""
        made.mark([thing], "/camera")

    def update(self) -> None:
        """Let Blender compute where everything is."""
        required(self.scene.view_layers[0]).update()

    def own(
        self, name: str, source: str, make: Callable[[], object]
    ) -> tuple[list[bpy.types.Object], bool]:
        """Find what an earlier version of the film has of a name, or make it.

        Parameters
        ----------
        source : str
            A summary of what it is made of: if that has changed it is made anew, unless a person
            has changed what was made.

        Returns
        -------
        things : list of Object
        new : bool
            Whether they were made now.
        """
        there = made.objects_of(self.scene, name)
        old, state = made.remembered(self.scene, name)
        touched = bool(there) and made.state_of(there) != state
        if there and old != source:
            if not touched:
                made.remove(there)
                there = []
            else:
                self.notes.append(
                    f"'{name.lstrip('/')}' was changed by hand, so it stays as it is, without what "
                    "the story has changed since; delete it for the story's."
                )
        self._sources[name] = (old if there else source, touched)
        if there:
            return there, False
        before = set(self.scene.objects)
        make()
        new = [thing for thing in self.scene.objects if thing not in before]
        made.mark([thing for thing in new if not staging.is_place_of_figures(thing)], name)
        return made.objects_of(self.scene, name), True

    def renew(self, name: str, source: str, change: Callable[[], object]) -> None:
        """Change what there is of a name, unless a person has; see `own`.

        Parameters
        ----------
        change : callable
            Called if it is not there or has other sources.
        """
        there = made.objects_of(self.scene, name)
        old, state = made.remembered(self.scene, name)
        touched = bool(there) and made.state_of(there) != state
        if touched and old != source:
            self.notes.append(
                f"The {name.lstrip('/')} was moved by hand, so it stays where it is in the "
                "beginning; delete it for the story's."
            )
        elif old != source or not there:
            change()
            old = source
        self._sources[name] = (old, touched)

    def finish(self) -> None:
        """Bring the scene up to date with all that was said.

        Raises
        ------
        ValueError
            If something cannot happen so.
        """
        self._alive()
        if not self._dirty:
            return
        if not self.things:
            raise ValueError("there is nothing in the film yet")
        scene = self.scene
        scene.frame_set(self.first)
        self._dirty = False
        self.channels, self._pacings, self.opening = Channels(), {}, None
        self._sources = {k: v for k, v in self._sources.items() if not k.startswith("/")}
        timed = [self._timed(*one) for one in self._events]
        early = [one for one in timed if one[0].event.early]
        for happening, keys in early:
            self._apply(happening, keys)
        played = self._write_time()
        self.last = self._last_frame([happening for happening, _ in timed], played)
        self.notes += made.set_settings(scene, {"frame_end": self.last})
        timed = [self._timed(*one) for one in self._events]
        staging.set_stage(self, [happening for happening, _ in timed])
        for happening, keys in timed:
            if not happening.event.early:
                self._apply(happening, keys)
        self.camera_way.write(self.channels, self.first, self.last)
        self.notes += self.channels.write()
        staging.put_labels(self)
        self._drop([one for one in made.names_in(scene) if one.startswith("/")])
        scene.frame_set(self.first)
        for thing in self.things.values():
            thing.be_heard()
        for name, (source, touched) in self._sources.items():
            things = made.objects_of(scene, name)
            if things and not touched:
                made.remember(scene, name, source, made.state_of(things))

    def drop_others(self) -> None:
        """Remove the things that an earlier version of the film had, and this one has not."""
        self._drop([one for one in made.names_in(self.scene) if not one.startswith("/")])

    def _drop(self, names: Sequence[str]) -> None:
        for name in names:
            if name in self._sources:
                continue
            there = made.objects_of(self.scene, name)
            if made.state_of(there) == made.remembered(self.scene, name)[1]:
                made.remove(there)
                made.forget(self.scene, name)
            else:
                self.notes.append(
                    f"'{name.lstrip('/')}' is no longer in the story, but was changed by hand, so "
                    "it stays."
                )

    @property
    def camera_way_begins(self) -> tuple[float, float, float]:
        """Return what the camera looks at in the beginning."""
        place: Any = required(required(self.scene.camera).parent).location
        x, y, z = (float(one) for one in place)
        return x, y, z

    def _alive(self) -> None:
        try:
            required(self.scene.name)
        except ReferenceError:
            raise RuntimeError(
                "This film is no longer there: another Film() has begun an empty file, or one was "
                "opened."
            ) from None

    def _depends(self, values: Mapping[str, Any]) -> list[Any]:
        """List what a thing's values refer to, and may have changed without them."""
        found: list[Any] = []
        at = values.get("at")
        if isinstance(at, str):
            found.append(self._sources.get(at.partition("/")[0], ("", False))[0])
        for name in ("file", "second_file", "color_file"):
            if values.get(name):
                try:
                    stat = (self.folder / values[name]).stat()
                except OSError:
                    # Whoever reads it says so.
                    continue
                found.append([stat.st_size, stat.st_mtime_ns])
        return found

    def _timed(
        self, event: Event, values: dict[str, Any], at: object, keys: Any
    ) -> tuple[Happening, Any]:
        seconds = self._located(keys, lambda: moment(at, self.markers))
        begin = frame_at(seconds, self.fps, self.first)
        lasts = values.get(DURATION)
        lasts = event.lasts if lasts is None else lasts
        if lasts is None:
            end = max(self.last, begin)
        else:
            end = frame_at(seconds + lasts, self.fps, self.first)
        return Happening(event, values, seconds, begin, end), keys

    def _last_frame(self, timed: Sequence[Happening], played: float) -> int:
        """Find where the film ends: where it is said, or with what lasts longest."""
        if self.settings.seconds is not None:
            return self.first + max(round(self.settings.seconds * self.fps), 2) - 1
        if self._narrated:
            ends = [self.first + round(self._narrated * self.fps) - 1]
        else:
            ends = [math.ceil(played - 1e-4)]
            if not timed and not self._pacings:
                ends.append(self.first + round(_SHORTEST_S * self.fps) - 1)
        ends += [one.end for one in timed if one.event.lasts is not None or DURATION in one.values]
        longest = self.first + round(LONGEST_S * self.fps)
        if max(ends) > longest:
            raise ValueError(f"the film would have {max(ends):,} frames, which is over ten hours")
        return max([*ends, self.first + 1])

    def _write_time(self) -> float:
        """Keyframe the time of simulations that do not just play; return where the last ends."""
        ends = [float(self.first)]
        for name, thing in self.things.items():
            pacing = self._pacings.get(name) or thing.pacing()
            if pacing is None:
                continue
            keys = pacing.keyframes()
            ends.append(keys[-1][0])
            if not pacing.is_plain:
                owner, path, _ = thing.number("time")
                thing.use_time()
                rows = [Key(f, ms, "CONSTANT" if jump else "LINEAR") for f, ms, jump in keys]
                self.channels.add(owner, path, rows)
        return max(ends)

    def _apply(self, happening: Happening, keys: Any) -> None:
        self._located(keys, lambda: happening.event.apply(self, happening))

    def _located(self, keys: Any, do: Callable[[], Any]) -> Any:
        """Do something, and let its error say where in the story it belongs."""
        try:
            return do()
        except (ValueError, LookupError, RuntimeError) as problem:
            raise FieldError(
                getattr(problem, "key", ""), story_file.told_by(problem), keys or ()
            ) from None
