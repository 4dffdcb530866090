# SPDX-License-Identifier: GPL-3.0-or-later
"""What is around the things of a film: scene, world, glow, camera, figures; and rendering it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import bpy

from .. import film
from ..rendering import options as film_options
from ..rendering import stage
from ..rendering.formats import PICTURES
from ..required import required
from . import fields, made
from .camera_way import CameraWay
from .event import Happening
from .looking import view_of
from .moments import duration
from .thing import Thing, Vector3

if TYPE_CHECKING:
    from .film_build import FilmBuild

_STAGE: Final = "/stage"
_CAMERA: Final = "/camera"
_BLOOM_THRESHOLD: Final = 0.5


@dataclass(frozen=True)
class Settings:
    """What a whole film has."""

    size: tuple[int, int]
    fps: Fraction
    seconds: float | None
    engine: str
    bloom: float
    ground: Vector3 | None


def checked(
    size: str | tuple[int, int],
    fps: float | str | Fraction,
    seconds: float | None,
    engine: str,
    bloom: float,
    ground: Sequence[float] | None,
) -> Settings:
    """Check the settings of a film.

    Raises
    ------
    FieldError
        Saying what is allowed.
    """

    def read(key: str, how: Any, value: Any) -> Any:
        try:
            return how(value)
        except (ValueError, TypeError, argparse.ArgumentTypeError) as problem:
            raise fields.FieldError(key, f"{key}: {problem}") from None

    as_text = size if isinstance(size, str) else "x".join(map(str, size))
    return Settings(
        read("size", film_options.size, as_text),
        read("fps", film_options.frame_rate, str(fps)),
        None if seconds is None else read("seconds", duration, seconds),
        read("engine", fields.choice(*film_options.ENGINES), engine),
        read("bloom", fields.number(0, 100), bloom),
        None if ground is None else read("ground", fields.numbers(3, 0, 100), ground),
    )


def scene_for(
    settings: Settings,
    scene: bpy.types.Scene | None,
    tell: Callable[[str], object],
    *,
    add: bool,
) -> bpy.types.Scene:
    """Find or make the scene of a film.

    Parameters
    ----------
    tell : callable
        Called with a sentence for each setting that a person changed.
    add : bool
        Add a scene to the file instead of beginning with an empty one.
    """
    given = argparse.Namespace(
        engine=settings.engine,
        fps=settings.fps,
        pictures=PICTURES["png"],
        film=None,
        transparent=False,
    )
    found: Any = scene
    if found is None and not add:
        found = stage.empty_scene(given)
    elif found is None:
        found = bpy.data.scenes.new("Film")
        stage.set_up(found, given)
    window = bpy.context.window
    if window is not None and window.scene != found:
        window.scene = found
    width, height = settings.size
    fps, base = film_options.fps_and_base(settings.fps)
    values = {
        "render.resolution_x": width,
        "render.resolution_y": height,
        "render.fps": fps,
        "render.fps_base": base,
        "render.engine": film_options.ENGINES[settings.engine],
        "frame_start": 1,
    }
    found.frame_start = 1 if scene is None else found.frame_start
    for note in made.set_settings(found, values):
        tell(note)
    checked_scene: bpy.types.Scene = found
    return checked_scene


def is_place_of_figures(thing: bpy.types.Object) -> bool:
    """Tell whether an object is one of a camera's places for figures, which they share."""
    parent = thing.parent
    while thing.type == "EMPTY" and parent is not None:
        if parent.type == "CAMERA":
            return True
        parent = parent.parent
    return False


def set_stage(whole: FilmBuild, timed: Sequence[Happening]) -> None:
    """Set up the world, the glow and the camera, and what things need around them."""
    scene, things = whole.scene, list(whole.things.values())
    ground = whole.settings.ground
    if ground is None:
        ground = next((one.ground for one in things if one.ground is not None), (0.0, 0.0, 0.0))
    bloom = whole.settings.bloom if all(one.glows for one in things) else 0.0
    source = made.source_digest("stage", {"ground": ground, "bloom": bloom})
    if made.remembered(scene, _STAGE)[0] != source:
        # Otherwise whatever was changed since is somebody's own.
        film.use_standard_view(scene)
        film.use_plain_world(scene, ground)
        film.use_film_sampling(scene)
        film.keep_between_frames(scene)
        if bloom:
            film.add_bloom(scene, bloom, _BLOOM_THRESHOLD)
        made.remember(scene, _STAGE, source, "")
    _set_camera(whole, timed)
    # What is made now goes where the camera is in the beginning.
    for thing in things:
        if thing.is_new:
            thing.is_new = False
            before = set(scene.objects)
            thing.light(scene)
            thing.dress(bpy.context)
            new = [one for one in scene.objects if one not in before]
            made.mark([one for one in new if not is_place_of_figures(one)], thing.name)
            thing.objects = made.objects_of(scene, thing.name)


def _set_camera(whole: FilmBuild, timed: Sequence[Happening]) -> None:
    scene = whole.scene
    whole.opening = next(
        (one for one in timed if one.event.name == "frame" and one.begin == one.end == whole.first),
        None,
    )
    first = next(iter(whole.things.values()))
    base = first.view()
    degrees = sum(abs(one.main) for one in timed if one.event.name == "orbit")
    names: Sequence[str] = ["all"]
    if whole.opening is not None:
        names = whole.opening.main
        if names != ["all"]:
            base = whole.thing(names[0].partition("/")[0]).view()
        base = view_of(whole, whole.opening.values, base)
    way = CameraWay(scene, base, degrees=degrees)
    whole.camera_way = way
    shot = way.shot(whole.places(names))
    source = made.source_digest("camera", {"shot": [*shot.middle, *shot.offset, *shot.rotation]})

    def begin() -> None:
        camera = way.begin(shot)
        made.mark([camera, required(camera.parent)], _CAMERA)

    way.stay(shot)
    whole.renew(_CAMERA, source, begin)


def put_labels(whole: FilmBuild) -> None:
    """Lay labels out anew where they or the camera's way have changed."""
    scene = whole.scene
    for thing in whole.things.values():
        if not thing.values.get("labels"):
            continue
        camera = required(scene.camera)
        way = [str(key) for (owner, _), keys in whole.channels.found.items() for key in keys
               if owner in (camera, camera.parent)]  # fmt: skip
        source = made.source_digest(
            "labels",
            {"of": made.remembered(scene, thing.name)[0], "way": way, "to": whole.last,
             "camera": made.remembered(scene, _CAMERA)[0]},
        )  # fmt: skip
        whole.own(f"/labels of {thing.name}", source, partial(_lay_out, whole, thing))


def _lay_out(whole: FilmBuild, thing: Thing) -> None:
    """Lay labels out beside what they are about, without the other things.

    The camera's way is followed for that, and each thing would be made anew in each of its frames.
    """
    others = [
        one
        for other in whole.things.values()
        if other is not thing
        for one in other.objects
        if not one.hide_viewport
    ]
    for one in others:
        one.hide_viewport = True
    try:
        thing.lay_out_labels(bpy.context)
    finally:
        for one in others:
            one.hide_viewport = False


def render(whole: FilmBuild, path: str | Path, given: Mapping[str, Any]) -> None:
    """Render a film, with the options of the commands."""
    words = [str(path)]
    for name, value in given.items():
        flag = f"--{name.replace('_', '-')}"
        if value is True:
            words.append(flag)
        elif value is not False and value is not None:
            words += [flag, str(value)]
    parser = _Parser(prog="render", add_help=False, allow_abbrev=False)
    film_options.add_output(parser)
    film_options.add_film_options(parser, orbit=None, bloom="", resolution="", any_length=False)
    render_with(whole, film_options.completed(parser, parser.parse_args(words)))


def render_with(whole: FilmBuild, options: argparse.Namespace) -> None:
    """Render a film; its own size, speed and engine come first."""
    options.engine = whole.settings.engine
    options.fps = whole.settings.fps
    stage.use_files(whole.scene, options)
    stage.render_film(whole.scene, options)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong instead of ending Python."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)
