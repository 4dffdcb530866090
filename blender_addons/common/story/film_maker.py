# SPDX-License-Identifier: GPL-3.0-or-later
"""A film as a script makes it: things, what happens to them, and pictures.

Everything it makes is ordinary Blender data, with keyframes: the scene goes on in the window.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import bpy

from . import made, narrating, staging
from .event import DURATION
from .events import EVENTS
from .fields import no_such, read_fields
from .film_build import FilmBuild
from .marker_files import read_markers
from .others import KINDS, thing_class
from .picture import Picture, render_picture
from .thing import Thing

_SCENE_MARKERS: Final = "scene"


class Film(FilmBuild):
    """A film in a scene of its own.

    Parameters
    ----------
    size : str or tuple of int
        ``"1080p"``, ``"4k"``, ``"vertical"``, …, or ``"1280x720"``.
    fps : float or str
        Frames per second; 23.976 and 29.97 are NTSC's exact rates.
    seconds : float, optional
        Its length; otherwise it ends with the narration, or with what happens last.
    engine : str
        ``"cycles"`` or ``"eevee"``.
    bloom : float
        Glow around bright parts, 0 for none.
    ground : tuple of float, optional
        Scene-linear color of the background; what suits the first thing's look if not given.
    scene : Scene, optional
        One with an earlier version of the film, which is brought up to date. Without it, in a
        window, a new scene is added to the file; without a window, the film begins with an empty
        file, which ends the films before.
    add_scene : bool
        Add a scene to the file without a window, too.
    folder : path-like
        Where relative paths begin.

    Raises
    ------
    ValueError
        If one of these is not allowed.
    """

    def add(self, kind: str, name: str = "", **values: Any) -> Any:
        """Add a thing.

        Parameters
        ----------
        kind : str
            ``"neuron"``, ``"network"``, ``"brain"``, ``"surface"`` or ``"curve"``.
        name : str
            By which events call it; the kind if empty, with a number if that is taken.
        **values
            See the page *A story* of the manual.

        Returns
        -------
        Thing

        Raises
        ------
        ValueError, RuntimeError
            Saying what is allowed, or which extension is missing.
        """
        return self.add_values(kind, name, values)

    def add_values(self, kind: str, name: str, values: Mapping[str, Any]) -> Any:
        """Add a thing, with its values in a mapping; see `add`."""
        self._alive()
        if kind not in KINDS:
            raise ValueError(no_such(kind, KINDS, "there is no", "there are"))
        made_by = thing_class(kind)
        checked = read_fields(values, made_by.fields, f"a {kind}")
        if name in self.things:
            raise ValueError(f"there is a {self.things[name].kind} '{name}' already")
        every = (kind, *(f"{kind} {number}" for number in range(2, len(self.things) + 3)))
        name = name or next(one for one in every if one not in self.things)
        thing: Thing = made_by(self, name, checked)
        source = made.source_digest(kind, {**checked, "/": self._depends(checked)})

        def make() -> None:
            thing.make(bpy.context)

        thing.objects, new = self.own(name, source, make)
        thing.take()
        if new:
            thing.settle()
        thing.is_new = new
        self.things[name] = thing
        self._dirty = True
        return thing

    def neuron(self, file: str | Path, **values: Any) -> Any:
        """Add a neuron, from a simulation file."""
        return self.add("neuron", file=str(file), **values)

    def network(self, file: str | Path, **values: Any) -> Any:
        """Add a network, from a simulation file whose cells are points."""
        return self.add("network", file=str(file), **values)

    def brain(self, atlas: str = "", **values: Any) -> Any:
        """Add regions of a brain atlas."""
        return self.add("brain", atlas=atlas, **values)

    def surface(self, file: str | Path = "", **values: Any) -> Any:
        """Add a surface, from an array, a picture, or a formula."""
        return self.add("surface", **({"file": str(file)} if file else {}), **values)

    def curve(self, file: str | Path, **values: Any) -> Any:
        """Add a curve, from an array."""
        return self.add("curve", file=str(file), **values)

    def event(self, kind: str, main: Any = None, *, at: object = 0.0, **values: Any) -> Film:
        """Let something happen.

        Parameters
        ----------
        kind : str
            The name of one of `events.EVENTS`.
        main : object
            What it is about.
        at : float or str
            Seconds, as ``3.2`` or ``"0:03.2"``, or the name of a marker.
        **values
            Its other values; ``seconds`` is how long it takes, and a name that is a word of Python
            may end in ``_``.

        Returns
        -------
        Film
            This one.
        """
        if kind not in EVENTS:
            raise ValueError(no_such(kind, EVENTS, "there is no event", "there are"))
        given = {name.rstrip("_"): value for name, value in values.items()}
        if "seconds" in given:
            given[DURATION] = given.pop("seconds")
        named = [one.name if isinstance(one, Thing) or hasattr(one, "kind") else one
                 for one in (main if isinstance(main, list | tuple) else [main])]  # fmt: skip
        given[kind] = named if isinstance(main, list | tuple) else named[0]
        return self.happen(kind, given, at, None)

    def happen(self, kind: str, values: Mapping[str, Any], at: object, keys: Any) -> Film:
        """Let something happen, as a story says it.

        Parameters
        ----------
        keys : object
            Where it is in the story, for errors.
        """
        event = EVENTS[kind]
        checked = read_fields(values, event.all_fields, f"the event {kind}")
        self._events.append((event, checked, at, keys))
        self._dirty = True
        return self

    def __getattr__(self, name: str) -> Callable[..., Film]:
        """Return the method of a kind of event: ``film.orbit(30)``."""
        if name.startswith("_") or name not in EVENTS or name == "frame":
            raise AttributeError(f"A film has no {name}; its events are {', '.join(EVENTS)}")
        return lambda main=None, **values: self.event(name, main, **values)

    def __dir__(self) -> list[str]:
        """List the methods, with those of the events."""
        return sorted({*super().__dir__(), *EVENTS})

    def frame_on(self, *things: Any, at: object = 0.0, **values: Any) -> Film:
        """Frame things from a moment on."""
        return self.event("frame", list(things) or ["all"], at=at, **values)

    def narration(
        self, file: str | Path = "", *, markers: str | Path = "", offset: float = 0.0
    ) -> Film:
        """Put a voice-over on the sequencer, and read its markers.

        Parameters
        ----------
        file : path-like
            A sound; none if empty.
        markers : path-like
            Labels of Audacity, a table of Premiere or Resolve, subtitles (SRT), or ``"scene"`` for
            the scene's own markers.
        offset : float
            Seconds to add to the times of a file's markers.

        Returns
        -------
        Film
            This one.
        """
        self._alive()
        if file:
            path = (self.folder / file).absolute()
            frames = narrating.put_sound(self.scene, path, self.first)
            self._narrated = float(frames / self.fps)
        if str(markers) == _SCENE_MARKERS:
            self.markers = narrating.scene_markers(self.scene, self.fps)
            if not self.markers:
                raise ValueError(f"the scene '{self.scene.name}' has no markers")
        elif markers:
            found = read_markers(self.folder / markers, self.fps)
            self.markers = {name: seconds + offset for name, seconds in found.items()}
            self.notes += narrating.put_markers(self.scene, self.markers, self.fps, self.first)
        self._dirty = True
        return self

    def frame(self, number: int, *, percent: int = 50, samples: int = 32) -> Picture:
        """Render a frame, for a notebook to show.

        Parameters
        ----------
        number : int
            Of the frame; the first one is 1.
        percent : int
            Of the film's size.
        samples : int
            Most samples per pixel.

        Returns
        -------
        Picture
        """
        self.finish()
        if not self.first <= number <= self.last:
            raise ValueError(f"the film has frames {self.first} to {self.last}, so no {number}")
        return render_picture(self.scene, number, percent=percent, samples=samples)

    def render(self, path: str | Path, **options: Any) -> Path:
        """Render the film.

        Parameters
        ----------
        path : path-like
            A film (.mp4, .mov, .webm), whose frames stay in a folder beside it, or a folder.
        **options
            As of the commands: ``draft=True``, ``frames="20-100"``, ``transparent=True``,
            ``samples=64``, …

        Returns
        -------
        Path
            The same one.
        """
        self.finish()
        staging.render(self, path, options)
        return Path(path)

    def save(self, path: str | Path) -> Film:
        """Save all of it as a .blend file."""
        self.finish()
        bpy.ops.wm.save_as_mainfile(filepath=str(Path(path).resolve()), compress=True)
        return self
