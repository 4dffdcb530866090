# SPDX-License-Identifier: GPL-3.0-or-later
"""What the camera looks at: for the events that move it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mathutils import Vector

from .. import film as staging
from ..animation import Key
from ..required import required
from . import fields
from .fields import Field
from .thing import View

if TYPE_CHECKING:
    from .event import Happening
    from .film_build import FilmBuild

VIEWS: Final = {
    "top": ((0.0, 0.0, -1.0), (0.0, 1.0, 0.0)),
    "front": ((0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "back": ((0.0, -1.0, 0.0), (0.0, 0.0, 1.0)),
    "left": ((1.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
    "right": ((-1.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
}
"""Direction of view, and what is up in the picture."""
VIEW_FIELDS: Final = {
    "view": Field("from where it is seen", fields.choice(*VIEWS)),
    "margin": Field(
        "part of the picture left free on each side; below 0 it leaves the picture",
        fields.number(-0.45, 0.45),
    ),
}
"""What an event that lets the camera frame something can be told."""


def view_of(film: FilmBuild, values: Any, base: View) -> View:
    """Return the view of an event: its own, or the film's."""
    view = base
    if values["view"] is not None:
        direction, up = VIEWS[values["view"]]
        view = view._replace(direction=direction, up=up)
    if values["margin"] is not None:
        view = view._replace(margin=values["margin"])
    return view


def look(film: FilmBuild, happening: Happening) -> None:
    """Let the camera frame what an event is about, from its first frame to its last."""
    if happening is film.opening:
        # The film begins so.
        return
    way = film.camera_way
    shot = way.shot(film.places(happening.main), view_of(film, happening.values, way.base))
    way.go(shot, happening.begin, happening.end)


def focus(film: FilmBuild, happening: Happening, what: object, blur: float) -> None:
    """Let the camera focus on a place, from the event's last frame on."""
    place = film.place(what)
    camera = required(film.scene.camera)
    data: Any = camera.data
    before = data.dof.focus_object
    start = None if before is None else tuple(before.matrix_world.translation)
    f_stop = data.dof.aperture_fstop
    subject = place.objects[0] if place.objects else camera
    empty = staging.focus_on(film.scene, camera, subject, Vector(place.middle), blur / 100.0)
    # It goes from one thing to another.
    empty.parent = None
    empty.location = place.middle
    film.take_along(empty)
    end = max(happening.end, happening.begin + 1)
    stop = data.dof.aperture_fstop
    moved = film.channels.value(empty, "location", happening.begin, start or place.middle)
    opened = film.channels.value(data, "dof.aperture_fstop", happening.begin, f_stop)
    if start is None:
        film.channels.add(data, "dof.use_dof", [Key(film.first, 0.0, "CONSTANT")])
        film.channels.add(data, "dof.use_dof", [Key(happening.begin, 1.0, "CONSTANT")])
        # Sharp everywhere to begin with.
        opened = 128.0
    film.channels.add(empty, "location", [Key(happening.begin, moved), Key(end, place.middle)])
    film.channels.add(
        data, "dof.aperture_fstop", [Key(happening.begin, opened, "EXPO"), Key(end, stop, "EXPO")]
    )
