# SPDX-License-Identifier: GPL-3.0-or-later
"""A number of an object, and keyframes that let it go its way at a pace."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import bpy

from ..animation import EASED, Key, Value, digest_of, fcurves, write_keys
from ..marks import SHARED
from ..pace_words import Key as Point
from ..pace_words import read_pace

_STORED: Final = f"{SHARED}_pace"
LONGEST_S: Final = 36_000.0


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class PacedNumber:
    """A number that can be animated."""

    name: str
    """As people see it."""
    owner: bpy.types.Object
    path: str
    """Data path, from the object."""
    ends: Callable[[], tuple[Value, Value]]
    """Its values at 0 and at 1 of the way. May raise ValueError."""
    prepare: Callable[[], object] = _nothing
    """Lets it be what is shown. May raise ValueError."""


def set_pace(scene: bpy.types.Scene, number: PacedNumber, pace: str) -> tuple[int, int]:
    """Keyframe a number, in place of its keyframes from before.

    Parameters
    ----------
    pace : str
        ``linear`` or ``smooth``, over the scene's frames; or points such as
        ``0 0, 2s 0.5, 4s 0.5, 5s 1 smooth``: seconds from the scene's first frame, the part of the
        way, and how it is reached.

    Returns
    -------
    first, last : int
        The frames in which it begins and ends.

    Raises
    ------
    ValueError
        If this is no pace, or the number cannot be animated now; nothing has changed then.
    """
    rate = _rate(scene)
    found = read_pace(pace)
    if isinstance(found, str):
        length = (scene.frame_end - scene.frame_start) / float(rate)
        if length <= 0:
            raise ValueError("the scene has a single frame: give it more, or type points")
        points = [Point(0.0, 0.0), Point(length, 1.0, found)]
    else:
        points = found
    if points[-1].seconds > LONGEST_S:
        raise ValueError(f"a pace of {points[-1].seconds:g} s is longer than ten hours")
    begin, end = number.ends()
    number.prepare()
    eases = [EASED if point.pace == "smooth" else "LINEAR" for point in points[1:]]
    frames = [scene.frame_start + point.seconds * float(rate) for point in points]
    values = [_between(begin, end, point.share) for point in points]
    keys = [Key(*one) for one in zip(frames, values, [*eases, "LINEAR"], strict=True)]
    write_keys(number.owner, number.path, keys)
    stored = _all_stored(number.owner)
    stored[number.path] = [" ".join(pace.split()), _state(scene, number)]
    owner: Any = number.owner
    owner[_STORED] = json.dumps(stored)
    return round(keys[0].frame), round(keys[-1].frame)


def pace_of(scene: bpy.types.Scene, number: PacedNumber) -> str:
    """Return the pace that a number was given.

    Returns
    -------
    str
        Empty if it has none, or its keyframes or the scene's frame rate were changed since.
    """
    stored = _all_stored(number.owner).get(number.path)
    if isinstance(stored, list) and len(stored) == 2 and stored[1] == _state(scene, number):
        return str(stored[0])
    return ""


def shown_pace(scene: bpy.types.Scene, number: PacedNumber) -> str:
    """Return what the panel shows of a number's pace."""
    pace = pace_of(scene, number)
    if pace:
        return pace
    count = max((len(c.keyframe_points) for c in fcurves(number.owner, number.path)), default=0)
    return f"{count} keyframe{'s' * (count != 1)}" if count else "Still"


def _rate(scene: bpy.types.Scene) -> Fraction:
    render = scene.render
    return Fraction(render.fps) / Fraction(render.fps_base).limit_denominator(100_000)


def _state(scene: bpy.types.Scene, number: PacedNumber) -> str:
    digest = digest_of(number.owner, number.path)
    return f"{digest} {scene.frame_start} {float(_rate(scene)):.5f}" if digest else ""


def _between(begin: Value, end: Value, share: float) -> Value:
    if isinstance(begin, tuple) and isinstance(end, tuple):
        return tuple((1 - share) * a + share * b for a, b in zip(begin, end, strict=True))
    assert not isinstance(begin, tuple) and not isinstance(end, tuple)
    return (1 - share) * begin + share * end


def _all_stored(owner: Any) -> dict[str, Any]:
    try:
        found = json.loads(owner.get(_STORED, "{}"))
    except (TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
