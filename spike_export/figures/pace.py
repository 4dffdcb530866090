# SPDX-License-Identifier: BSD-3-Clause
"""How the one number that moves a figure changes over the frames."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import pace_words
from .pace_words import Key, Pace, PaceError
from .pictures import MOST_FRAMES, Frame
from .shown_sections import ChoiceError


def paced(first: float, last: float, frames: int, pace: Pace = "linear") -> list[Frame]:
    """Animate a number from one value to another.

    Parameters
    ----------
    frames : int
        Above 0; a single one shows `last`.
    pace : {"linear", "smooth"}
        Evenly, or easing in and out.
    """
    share = np.linspace(0.0, 1.0, frames) if frames > 1 else np.ones(1)
    return _frames(first, last, _eased(share, pace))


def keyed(first: float, last: float, keys: Sequence[Key], fps: float) -> list[Frame]:
    """Animate a number that stops, turns back or changes its speed.

    Parameters
    ----------
    keys : sequence of Key
        Their times increase; before the first one, the number stays there.
    fps : float
        Frames per second.

    Returns
    -------
    list of Frame
        Frame k shows the time k / `fps`; the last one shows the last key.

    Raises
    ------
    ChoiceError
        If there would be more than `MOST_FRAMES`.
    """
    end = keys[-1].seconds
    # 0.3 s are 9 frames of 1/30 s, though the product is slightly more than 9.
    steps = end * fps - 1e-6
    if steps >= MOST_FRAMES:
        raise ChoiceError(f"a pace of {end:g} s would make more than {MOST_FRAMES:,} frames")
    times = np.minimum(np.arange(max(math.ceil(steps), 0) + 1) / fps, end)
    share = np.full(len(times), keys[0].share)
    for before, after in zip(keys[:-1], keys[1:], strict=True):
        passed = times >= before.seconds
        part = (times[passed] - before.seconds) / (after.seconds - before.seconds)
        part = _eased(part.clip(0.0, 1.0), after.pace)
        share[passed] = (1 - part) * before.share + part * after.share
    return _frames(first, last, share)


def read_pace(text: str) -> Pace | list[Key]:
    """Read a pace that somebody typed; see `pace_words.read_pace`.

    Raises
    ------
    ChoiceError
        If it is none.
    """
    try:
        return pace_words.read_pace(text)
    except PaceError as error:
        raise ChoiceError(str(error)) from None


def _eased(share: NDArray[np.float64], pace: Pace) -> NDArray[np.float64]:
    return share * share * (3 - 2 * share) if pace == "smooth" else share


def _frames(first: float, last: float, share: ArrayLike) -> list[Frame]:
    share = np.asarray(share)
    # Both ends exactly.
    numbers = np.where(share == 1.0, last, first + share * (last - first))
    return [Frame(number, value) for number, value in enumerate(numbers.tolist())]
