# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in a film: a neuron, a network, a brain, a surface, a curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

import bpy
import numpy as np
from mathutils import Matrix, Vector
from numpy.typing import NDArray

from ..extent import world_points
from . import fields
from .fields import Field, no_such
from .pacing import Pacing

if TYPE_CHECKING:
    from .film_build import FilmBuild

Vector3 = tuple[float, float, float]


class View(NamedTuple):
    """How a camera sees a thing best."""

    direction: Vector3
    up: Vector3
    margin: float = 0.06
    lens_mm: float = 70.0


class Number(NamedTuple):
    """A property of a thing that a story animates."""

    owner: bpy.types.ID
    path: str
    """Data path, from the datablock."""
    rest: float = 0.0
    """Before anything has happened to it."""


@dataclass
class Place:
    """A thing or a part of one: where the camera looks, and where other things are put."""

    middle: Vector3
    objects: list[bpy.types.Object] = field(default_factory=list)
    points: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 3)))
    """In world space, where the objects are not all of it."""
    um_per_unit: float | None = None


PLACING: Final = {
    "at": Field('where it is: another thing, its part as "mouse/CA3", or [x, y, z]', fields.place),
    "magnify": Field(
        "how many times larger than in true proportion", fields.number(1e-4, 1e4), 1.0
    ),
    "turn": Field("degrees around x, y and z", fields.numbers(3, -3600, 3600)),
}
"""What can be said of every thing."""


class Thing:
    """A thing in a film.

    Parameters
    ----------
    film : Film
    name : str
        Its name in the story.
    values : dict
        One for each of its `fields`.
    """

    kind: ClassVar[str]
    fields: ClassVar[dict[str, Field]]
    ground: Vector3 | None = None
    """The color of the background that it is made for."""
    glows: bool = True
    """Whether it may be seen with bloom."""
    um_per_unit: float | None = None

    def __init__(self, film: FilmBuild, name: str, values: dict[str, Any]) -> None:
        self.film, self.name, self.values = film, name, values
        self.objects: list[bpy.types.Object] = []
        self.is_new = True
        """Whether it was made now, and still needs its lights and figures."""

    # --- What each kind has of its own ---

    def make(self, context: bpy.types.Context) -> None:
        """Make its objects."""
        raise NotImplementedError

    def take(self) -> None:
        """Find its parts among its objects, new or from before."""
        raise NotImplementedError

    def subject(self) -> list[bpy.types.Object]:
        """List what the camera frames."""
        raise NotImplementedError

    def view(self) -> View:
        """Return how it is seen best."""
        raise NotImplementedError

    def also(self) -> NDArray[np.float64]:
        """Return points that it reaches in the course of the film, shape (P, 3)."""
        return np.empty((0, 3))

    def light(self, scene: bpy.types.Scene) -> None:
        """Add the lights that it needs; there is a camera by then."""

    def dress(self, context: bpy.types.Context) -> None:
        """Add its figures; there is a camera by then."""

    def lay_out_labels(self, context: bpy.types.Context) -> None:
        """Add what depends on the camera's way."""

    def numbers(self) -> dict[str, Number]:
        """Return what can be animated, by name."""
        return {}

    def parts(self) -> list[str]:
        """List the names of its parts."""
        return []

    def part(self, name: str) -> Place:
        """Find one of its parts."""
        raise ValueError(no_such(name, self.parts(), f"'{self.name}' has no", "its parts are"))

    def pacing(self) -> Pacing | None:
        """Return how its simulation plays if nothing happens to it; None if it does not play."""
        return None

    def be_heard(self) -> None:
        """Make its sound; all keyframes are there by then."""

    def use_time(self) -> None:
        """Show the time that is keyframed instead."""

    # --- What all have ---

    def number(self, name: str) -> Number:
        """Find a number by its name.

        Raises
        ------
        ValueError
            With those that there are.
        """
        numbers = self.numbers()
        if name not in numbers:
            raise ValueError(
                f"'{self.name}' is a {self.kind}, which has no {name}; it has "
                f"{', '.join(numbers) or 'nothing that can be animated but its fade'}"
            )
        return numbers[name]

    def place(self, part: str = "") -> Place:
        """Return where it is, or one of its parts."""
        if part:
            return self.part(part)
        objects = self.subject()
        points = np.concatenate([world_points(self.film.scene, objects), self.also()])
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        return Place(_three(middle), objects, self.also(), self.um_per_unit)

    def __getitem__(self, part: str) -> Place:
        """Find one of its parts."""
        return self.part(part)

    def at(self, place: Any, *, magnify: float = 1.0) -> Thing:
        """Move it to a place, in true proportion to what is there.

        Parameters
        ----------
        place : Place, Thing, str or tuple of float
            As ``brain["CA3"]``, ``"brain/CA3"`` or x, y and z.
        magnify : float
            How many times larger than in true proportion.

        Returns
        -------
        Thing
            This one.
        """
        found = self.film.place(place)
        factor = magnify
        if found.um_per_unit and self.um_per_unit:
            factor *= self.um_per_unit / found.um_per_unit
        self._transform(Vector(found.middle), factor)
        return self

    def settle(self) -> None:
        """Put it where its values say."""
        turn, at = self.values.get("turn"), self.values.get("at")
        magnify = self.values.get("magnify", 1.0)
        if turn is not None:
            x, y, z = (float(np.radians(one)) for one in turn)
            around: Any = Matrix.Rotation(z, 4, "Z") @ Matrix.Rotation(y, 4, "Y")
            self._move(around @ Matrix.Rotation(x, 4, "X"))
        if at is not None:
            self.at(at, magnify=magnify)
        elif magnify != 1.0:
            self._move(Matrix.Scale(magnify, 4))

    def origin(self) -> Vector:
        """Return the point that is put at a place."""
        return self.subject()[0].matrix_world.translation.copy()

    def roots(self) -> list[bpy.types.Object]:
        """List what has to be moved so that all of it moves."""
        own = set(self.objects)
        return [thing for thing in self.objects if thing.parent is None or thing.parent not in own]

    def file(self, name: str) -> str:
        """Return the path of a value, from the story's own folder."""
        given = self.values[name]
        return str(self.film.folder / Path(given)) if given else ""

    def _transform(self, target: Vector, factor: float) -> None:
        self._move(_moved(target - self.origin()))
        self._move(Matrix.Scale(factor, 4))

    def _move(self, way: Matrix) -> None:
        self.film.update()
        origin = self.origin()
        whole = _moved(origin) @ way @ _moved(-origin)
        for thing in self.roots():
            if not _is_figure(thing):
                thing.matrix_world = whole @ thing.matrix_world
        self.film.update()


def _is_figure(thing: bpy.types.Object) -> bool:
    """Tell whether an object is carried by the camera."""
    while thing.parent is not None:
        thing = thing.parent
        if thing.type == "CAMERA":
            return True
    return False


def _moved(way: Any) -> Any:
    return Matrix.Translation(way)


def _three(values: Sequence[float] | NDArray[Any]) -> Vector3:
    x, y, z = (float(one) for one in values)
    return x, y, z
