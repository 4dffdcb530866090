# SPDX-License-Identifier: GPL-3.0-or-later
"""The camera's way through a film: what it frames when, and how it goes there.

The pivot of a film camera stands in the middle of what is framed and turns in orbits; the camera
stands beside it. Both are keyframed, so that flights and orbits add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import bpy
import numpy as np
from mathutils import Euler, Matrix, Quaternion, Vector

from .. import film
from ..animation import Key
from ..required import required
from .channels import Channels
from .thing import Place, View

# From this angle on, there is room for what is seen from all around.
_WIDE_DEGREES: Final = 90.0


@dataclass(frozen=True)
class Shot:
    """Where the camera stands to frame something."""

    middle: tuple[float, ...]
    offset: tuple[float, ...]
    """From the middle, before any orbit."""
    rotation: tuple[float, ...]
    """As a quaternion: w, x, y, z."""
    clip: tuple[float, float]
    lens_mm: float


@dataclass
class CameraWay:
    """What happens to the camera.

    Parameters
    ----------
    base : View
        How the first shot is seen; orbits turn around what is up in it.
    """

    scene: bpy.types.Scene
    base: View
    bottom: float = 0.0
    """Part of the picture left free for figures."""
    degrees: float = 0.0
    """The largest orbit."""
    _shots: list[tuple[int, int, Shot]] = field(default_factory=list)
    _orbits: list[tuple[int, int, float]] = field(default_factory=list)

    def shot(self, places: Sequence[Place], view: View | None = None) -> Shot:
        """Find where the camera has to stand; it stays where it is."""
        view = view or self.base
        objects = [thing for place in places for thing in place.objects]
        also = np.concatenate([np.empty((0, 3)), *(place.points for place in places)])
        stand_in = None
        kept = _Kept(self.scene)
        if not objects:
            # The camera frames objects, and points besides.
            stand_in = bpy.data.objects.new("Here", None)
            stand_in.location = places[0].middle
            self.scene.collection.objects.link(stand_in)
            objects = [stand_in]
        try:
            camera = film.frame_camera(
                self.scene,
                objects,
                direction=view.direction,
                up=view.up,
                margin=view.margin,
                bottom=self.bottom,
                lens_mm=view.lens_mm,
                orbit_axis=view.up if abs(self.degrees) >= _WIDE_DEGREES else None,
                also=also if len(also) else None,
            )
        finally:
            if stand_in is not None:
                bpy.data.objects.remove(stand_in)
        data = camera.data
        assert isinstance(data, bpy.types.Camera)
        middle: Any = required(camera.parent).location.copy()
        matrix: Any = camera.matrix_basis
        offset = matrix.translation - middle
        found = Shot(
            tuple(middle),
            tuple(offset),
            tuple(matrix.to_quaternion()),
            (data.clip_start, data.clip_end),
            view.lens_mm,
        )
        kept.put_back()
        return found

    def begin(self, shot: Shot) -> bpy.types.Object:
        """Put the camera where the film begins."""
        camera = required(self.scene.camera)
        pivot = required(camera.parent)
        camera.matrix_parent_inverse = Matrix.Identity(4)
        camera.rotation_mode = "QUATERNION"
        camera.scale = (1.0, 1.0, 1.0)
        pivot.location = Vector(shot.middle)
        camera.location = Vector(shot.offset)
        camera.rotation_quaternion = Quaternion(shot.rotation)
        self._shots = [(0, 0, shot)]
        self._clip(camera)
        required(self.scene.view_layers[0]).update()
        return camera

    def stay(self, shot: Shot) -> None:
        """Leave the camera where it is, as a person or an earlier version has put it."""
        self._shots = [(0, 0, shot)]

    def go(self, shot: Shot, begin: int, end: int) -> None:
        """Frame something else from a frame on, or glide there until `end`."""
        self._shots.append((begin, end, shot))

    def orbit(self, degrees: float, begin: int, end: int) -> None:
        """Turn around what is framed."""
        self._orbits.append((begin, end, degrees))

    def write(self, channels: Channels, first: int, last: int) -> None:
        """Give the keyframes of all of it.

        Raises
        ------
        ValueError
            If something begins before what is before it has ended.
        """
        camera = required(self.scene.camera)
        self._clip(camera)
        pivot = required(camera.parent)
        if len(self._shots) > 1:
            self._write_shots(channels, camera, pivot, first)
        if self._orbits:
            self._write_orbits(channels, pivot, first, last)

    def _clip(self, camera: bpy.types.Object) -> None:
        data = camera.data
        assert isinstance(data, bpy.types.Camera)
        clips = [shot.clip for _, _, shot in self._shots]
        data.clip_start = min(near for near, _ in clips)
        data.clip_end = max(far for _, far in clips)

    def _write_shots(
        self,
        channels: Channels,
        camera: bpy.types.Object,
        pivot: bpy.types.Object,
        first: int,
    ) -> None:
        rows: list[tuple[int, Shot, str]] = [(first, self._shots[0][2], "CONSTANT")]
        rotation = Quaternion(self._shots[0][2].rotation)
        ended = first
        for begin, end, shot in sorted(self._shots[1:], key=lambda one: one[0]):
            if begin < ended:
                raise ValueError(
                    f"the camera is moved in frame {begin}, before it arrives in frame {ended}"
                )
            if end > begin:
                rows.append((begin, rows[-1][1], "CUBIC"))
            rows.append((end, shot, "CONSTANT"))
            ended = end
        data = camera.data
        assert isinstance(data, bpy.types.Camera)
        for frame, shot, ease in rows:
            turned: Any = Quaternion(shot.rotation)
            # The shorter way: a quaternion and its negative are the same.
            turned.make_compatible(rotation)
            rotation = turned
            channels.add(pivot, "location", [Key(frame, shot.middle, ease)])
            channels.add(camera, "location", [Key(frame, shot.offset, ease)])
            channels.add(camera, "rotation_quaternion", [Key(frame, tuple(turned), ease)])
            if len({one.lens_mm for _, _, one in self._shots}) > 1:
                channels.add(data, "lens", [Key(frame, shot.lens_mm, ease)])

    def _write_orbits(
        self, channels: Channels, pivot: bpy.types.Object, first: int, last: int
    ) -> None:
        pivot.rotation_mode = "AXIS_ANGLE"
        whole = self._orbits == [(first, last, self._orbits[0][2])]
        # One over the whole film has the camera's own view in its middle.
        angle = -self._orbits[0][2] / 2 if whole else 0.0
        cuts = [begin for begin, end, _ in self._shots[1:] if begin == end]

        def turn(frame: int, now: float, ease: str) -> None:
            value = (float(np.radians(now)), *self.base.up)
            channels.add(pivot, "rotation_axis_angle", [Key(frame, value, ease)])

        def turned(angle: float, begin: int, end: int) -> float:
            """Begin anew where the picture is cut after an orbit."""
            cut = next((one for one in sorted(cuts) if begin <= one <= end), None)
            if cut is None or begin == first:
                return angle
            turn(cut, 0.0, "CONSTANT")
            return 0.0

        ended = first
        for begin, end, degrees in sorted(self._orbits):
            if begin < ended:
                raise ValueError(
                    f"an orbit begins in frame {begin}, before the one before it ends in frame "
                    f"{ended}"
                )
            ease = "LINEAR" if whole else "SINE"
            angle = turned(angle, ended, begin)
            turn(begin, angle, ease)
            turn(max(end, begin + 1), angle + degrees, "CONSTANT")
            angle, ended = angle + degrees, max(end, begin + 1)
        turned(angle, ended, last)


class _Kept:
    """A film camera as it is, which finding a shot would change."""

    _OF_OBJECTS: Final = (
        "parent", "matrix_parent_inverse", "rotation_mode", "location", "rotation_quaternion",
        "rotation_euler", "rotation_axis_angle", "scale",
    )  # fmt: skip
    _OF_CAMERAS: Final = ("lens", "clip_start", "clip_end")

    def __init__(self, scene: bpy.types.Scene) -> None:
        self._scene, self._camera = scene, scene.camera
        camera: Any = scene.camera
        self._there = camera is not None and film.is_film_camera(camera)
        if not self._there:
            return
        pivot = camera.parent
        owners: list[tuple[Any, tuple[str, ...]]] = [
            (pivot, self._OF_OBJECTS),
            (camera, self._OF_OBJECTS),
        ]
        owners.append((camera.data, self._OF_CAMERAS))
        self._values = [
            (owner, name, _copied(getattr(owner, name)))
            for owner, names in owners
            for name in names
        ]
        animation = pivot.animation_data
        self._action = None if animation is None else (animation.action, animation.action_slot)

    def put_back(self) -> None:
        """Make the camera what it was."""
        if not self._there:
            return
        for owner, name, value in self._values:
            setattr(owner, name, value)
        if self._action is not None and self._action[0] is not None:
            pivot: Any = required(required(self._camera).parent)
            pivot.animation_data_create()
            pivot.animation_data.action, pivot.animation_data.action_slot = self._action
        self._scene.camera = self._camera
        required(self._scene.view_layers[0]).update()


def _copied(value: Any) -> Any:
    """Copy numbers that Blender would go on changing."""
    if isinstance(value, Matrix | Vector | Quaternion | Euler):
        return value.copy()
    return tuple(value) if hasattr(value, "foreach_get") else value
