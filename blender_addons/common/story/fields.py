# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be written where, for scripts and for stories alike: names, kinds and ranges."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .moments import duration, simulated

MOST_TEXT: Final = 2_000
MOST_MEMBERS: Final = 500


class FieldError(ValueError):
    """A value that is not allowed, or a name that does not exist.

    Parameters
    ----------
    key : str
        Whose value it is; empty for the whole table.
    keys : tuple
        Where in a story the table is, if that is known.
    """

    def __init__(self, key: str, message: str, keys: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.key, self.keys = key, keys


@dataclass(frozen=True)
class Field:
    """A value of a thing or an event."""

    meaning: str
    read: Callable[[Any], Any]
    """Checks and converts it; its ValueError says what is allowed."""
    default: Any = None
    needed: bool = False


def read_fields(
    values: Mapping[str, Any], fields: Mapping[str, Field], what: str
) -> dict[str, Any]:
    """Check all values of a table.

    Parameters
    ----------
    what : str
        Whose they are, as "a neuron".

    Returns
    -------
    dict
        A value for each field; defaults are filled in.

    Raises
    ------
    FieldError
        Saying what is allowed.
    """
    for key in values:
        if key not in fields:
            raise FieldError(key, no_such(key, fields, f"{what} has no", "it has"))
    found = {}
    for key, one in fields.items():
        if key not in values:
            if one.needed:
                raise FieldError("", f"{what} needs {key}: {one.meaning}")
            found[key] = one.default
            continue
        try:
            found[key] = one.read(values[key])
        except ValueError as problem:
            raise FieldError(key, f"{key}: {problem}") from None
    return found


def no_such(name: object, known: Sequence[str] | Mapping[str, Any], no: str, there: str) -> str:
    """Say that there is nothing of a name, and what there is."""
    close = difflib.get_close_matches(str(name), list(known), 1)
    hint = f" Did you mean {close[0]}?" if close else ""
    return f"{no} '{name!s:.60}'; {there} {', '.join(known) or 'none'}.{hint}"


def number(low: float = -1e9, high: float = 1e9) -> Callable[[Any], float]:
    """Read a finite number in a range."""

    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"'{value!s:.60}' is not a number")
        if not (math.isfinite(value) and low <= value <= high):
            raise ValueError(f"{value:g} is not between {low:g} and {high:g}")
        return float(value)

    return read


def whole(low: int, high: int) -> Callable[[Any], int]:
    """Read a whole number in a range."""

    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"'{value!s:.60}' is not a whole number between {low} and {high}")
        return value

    return read


def text(value: Any) -> str:
    """Read a text that is not too long."""
    if not isinstance(value, str):
        raise ValueError(f"'{value!s:.60}' is not a text in quotes")
    if len(value) > MOST_TEXT:
        raise ValueError(f"it has more than {MOST_TEXT} characters")
    if any(ord(one) < 32 and one not in "\n\t" for one in value):
        raise ValueError("it has characters that cannot be shown")
    return value


def switch(value: Any) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise ValueError(f"'{value!s:.60}' is neither true nor false")
    return value


def choice(*known: str) -> Callable[[Any], str]:
    """Read one of some words; capitals make no difference."""
    by_name = {one.casefold(): one for one in known}

    def read(value: Any) -> str:
        if not isinstance(value, str) or value.casefold() not in by_name:
            raise ValueError(no_such(value, known, "there is no", "choose from").rstrip("."))
        return by_name[value.casefold()]

    return read


def numbers(count: int, low: float = -1e6, high: float = 1e6) -> Callable[[Any], tuple[float, ...]]:
    """Read as many numbers, as ``[0, 0, 1]``."""
    one = number(low, high)

    def read(value: Any) -> tuple[float, ...]:
        if isinstance(value, str) or not isinstance(value, Sequence) or len(value) != count:
            raise ValueError(f"'{value!s:.60}' is not {count} numbers in brackets")
        return tuple(one(part) for part in value)

    return read


def texts(value: Any) -> list[str]:
    """Read a text, or several in brackets."""
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, Sequence) or len(given) > MOST_MEMBERS:
        raise ValueError(f"'{value!s:.60}' is neither a text nor a few in brackets")
    return [text(part) for part in given]


def texts_by_name(value: Any) -> dict[str, str]:
    """Read texts with names, as ``{DG = "blue"}``."""
    if not isinstance(value, Mapping) or len(value) > MOST_MEMBERS:
        raise ValueError(f"'{value!s:.60}' is not names with texts, as {{DG = \"blue\"}}")
    return {text(key): text(part) for key, part in value.items()}


def place(value: Any) -> str | tuple[float, ...]:
    """Read where something is: a thing, its part as ``mouse/CA3``, or x, y and z."""
    return text(value) if isinstance(value, str) else numbers(3)(value)


SECONDS: Final = duration
SIMULATED: Final = simulated
