# SPDX-License-Identifier: BSD-3-Clause
"""The one exception that reading a simulation file raises, and how it shows what is in there."""

from __future__ import annotations

from typing import Final

# Names shown for stand-in classes.
_STANDS_FOR: Final = {"PickledArray": "NumPy array"}


class SimulationFileError(ValueError):
    """A file that is not a simulation; the text is one sentence naming file and place."""


class ContentError(ValueError):
    """What is wrong inside the file, without the file's name."""


def shown(thing: object) -> str:
    """Show something from a file in a few characters.

    Containers are only named: one may contain itself, or the same list a billion times by
    reference, and `repr` would never end.

    Returns
    -------
    str
        On one line.
    """
    if isinstance(thing, str | bytes):
        return repr(thing[:40]) + ("..." if len(thing) > 40 else "")
    if isinstance(thing, list | tuple) and len(thing) <= 4:
        return f"[{', '.join(_shown_number(entry) for entry in thing)}]"
    return _shown_number(thing)


def text(value: object, default: str = "") -> str:
    """Convert anything from the file to a string that can be shown and encoded.

    Parameters
    ----------
    default : str
        Used if the value is not a string.

    Returns
    -------
    str
        At most 1,000 characters; lone surrogates become question marks.
    """
    if not isinstance(value, str):
        return default
    return value[:1000].encode("utf-8", "replace").decode("utf-8")


def _shown_number(thing: object) -> str:
    if thing is None or isinstance(thing, bool | float):
        return repr(thing)
    if isinstance(thing, int):
        # Python refuses to print numbers of more than 4300 digits.
        return repr(thing) if abs(thing) < 1 << 64 else "a number beyond 64 bits"
    name = type(thing).__name__
    return f"a {_STANDS_FOR.get(name, name)}"
