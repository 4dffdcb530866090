# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as people write them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

LONGEST_S: Final = 36_000.0
"""The longest film, ten hours."""
_MOST_NAMED: Final = 8
_SECONDS: Final = re.compile(
    r"(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,6}(?:[.,]\d{1,9})?)(?: ?s)?", re.ASCII
)
_SIMULATED: Final = re.compile(
    r"([+-]?\d{1,9}(?:\.\d{1,9})?(?:[eE][+-]?\d{1,2})?) ?(m?)s", re.ASCII
)


def seconds_of(text: str) -> float | None:
    """Read a moment of the film, such as ``0:03.2``, ``1:02:03``, ``3.2`` or ``3.2 s``.

    Returns
    -------
    float or None
        In seconds; None if it is not one, as the name of a marker.
    """
    match = _SECONDS.fullmatch(text.strip())
    if not match:
        return None
    hours, minutes, seconds = match.groups()
    clock = float(seconds.replace(",", "."))
    if minutes is not None and clock >= 60 or hours is not None and int(minutes) >= 60:
        return None
    return 3600.0 * int(hours or 0) + 60.0 * int(minutes or 0) + clock


def moment(value: object, markers: Mapping[str, float]) -> float:
    """Read when something happens.

    Parameters
    ----------
    value : object
        Seconds, their text, the name of a marker, or that with seconds added or taken away, as
        ``spike + 0.5``.
    markers : mapping
        Seconds by name.

    Returns
    -------
    float
        In seconds from the film's beginning.

    Raises
    ------
    ValueError
        Saying what is allowed.
    """
    found = None
    if isinstance(value, int | float) and not isinstance(value, bool):
        found = float(value)
    elif isinstance(value, str):
        found = markers.get(value.strip())
        if found is None:
            found = seconds_of(value)
        if found is None:
            name, sign, more = _with_more(value)
            shift = seconds_of(more) if sign else None
            if shift is not None and name in markers:
                found = markers[name] + (shift if sign == "+" else -shift)
    if found is None:
        known = ", ".join(list(markers)[:_MOST_NAMED])
        more = " and others" if len(markers) > _MOST_NAMED else ""
        there = f"the markers are {known}{more}" if markers else "there are no markers"
        raise ValueError(f"'{value!s:.60}' is not a time such as 0:03.2, and {there}")
    if not (math.isfinite(found) and 0.0 <= found <= LONGEST_S):
        raise ValueError(f"'{value!s:.60}' is not between 0 and {LONGEST_S:g} s")
    return found


def _with_more(text: str) -> tuple[str, str, str]:
    match = re.fullmatch(r"(.*\S)\s*([+-])\s*([\d.:,]+(?: ?s)?)\s*", text)
    return (match[1].strip(), match[2], match[3]) if match else (text, "", "")


def duration(value: object) -> float:
    """Read how long something takes: seconds, or their text, as ``2 s``.

    Raises
    ------
    ValueError
        Saying what is allowed.
    """
    found: float | None = None
    if isinstance(value, int | float) and not isinstance(value, bool):
        found = float(value)
    elif isinstance(value, str):
        found = seconds_of(value)
    if found is None or not (math.isfinite(found) and 0.0 <= found <= LONGEST_S):
        raise ValueError(f"'{value!s:.60}' is not a number of seconds, 0 to {LONGEST_S:g}")
    return found


def simulated(value: object, *, seconds: bool = False) -> float:
    """Read a time of a simulation, such as ``2.1 ms``.

    Parameters
    ----------
    seconds : bool
        Allow ``0.5 s``, too, where it cannot be taken for a time of the film.

    Returns
    -------
    float
        In ms.

    Raises
    ------
    ValueError
        Saying what is allowed; a number without its unit might be seconds.
    """
    match = _SIMULATED.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match or not (match[2] or seconds):
        raise ValueError(f"'{value!s:.60}' is not a time of the simulation such as '2.1 ms'")
    return float(match[1]) * (1.0 if match[2] else 1000.0)


def frame_at(seconds: float, fps: Fraction, first: int) -> int:
    """Find the frame shown at a moment, if the film begins with frame `first`."""
    return first + round(seconds * fps)
