# SPDX-License-Identifier: BSD-3-Clause
"""A pace as people type it: ``0 0, 2s 0.5, 4s 0.5, 5s 1 smooth``.

Also used by the add-ons, for keyframes, so it depends on nothing else.
"""

from __future__ import annotations

import math
from typing import Final, Literal, NamedTuple

Pace = Literal["linear", "smooth"]

_PACES: Final[dict[str, Pace]] = {"linear": "linear", "smooth": "smooth"}
_MOST_KEYS: Final = 1000


class PaceError(ValueError):
    """A text that is no pace."""


class Key(NamedTuple):
    """Where the number is at a time, and how it gets there from the key before."""

    seconds: float
    share: float
    """Of the way from the first value to the last, 0..1."""
    pace: Pace = "linear"


def read_pace(text: str) -> Pace | list[Key]:
    """Read a pace that somebody typed.

    Parameters
    ----------
    text : str
        ``linear``, ``smooth``, or keys such as ``0 0, 2s 0.5, 4s 0.5, 5s 1 smooth``: a time in
        seconds, the fraction of the way, and how it is reached, ``linear`` if not given.

    Raises
    ------
    PaceError
        If it is none of these.
    """
    if text.strip() in _PACES:
        return _PACES[text.strip()]
    entries = text.split(",")
    if not 2 <= len(entries) <= _MOST_KEYS:
        raise PaceError(
            f"the pace {text[:50]!r} is not linear, smooth or keys such as '0 0, 2s 0.5, 5s 1'"
        )
    keys = [_key(entry) for entry in entries]
    for before, after in zip(keys[:-1], keys[1:], strict=True):
        if not before.seconds < after.seconds:
            raise PaceError(
                f"the times of a pace must increase, but {after.seconds:g} s follows "
                f"{before.seconds:g} s"
            )
    return keys


def _key(entry: str) -> Key:
    words = entry.split()
    try:
        # Two or three words; anything else does not fit.
        time, share, pace = (*words, "linear")[:3] if len(words) < 4 else ("", "", "")
        key = Key(float(time.removesuffix("s")), float(share), _PACES[pace])
    except (ValueError, KeyError):
        raise PaceError(
            f"{entry.strip()[:50]!r} in the pace is not a time in seconds and a fraction of the "
            "way, as in '0 0, 2s 0.5, 5s 1'"
        ) from None
    if not (math.isfinite(key.seconds) and key.seconds >= 0 and 0 <= key.share <= 1):
        raise PaceError(
            f"{entry.strip()[:50]!r} in the pace is not a time from 0 on and a fraction of the "
            "way, 0 to 1"
        )
    return key
