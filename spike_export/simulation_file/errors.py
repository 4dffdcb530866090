# SPDX-License-Identifier: BSD-3-Clause
"""The one exception that reading a simulation file raises."""

from __future__ import annotations

from typing import Final

# What a reader takes an array in a pickle for.
_STANDS_FOR: Final = {"PickledArray": "NumPy array"}


class SimulationFileError(ValueError):
    """A file that is not a simulation; the text is one sentence naming file and place."""


class ContentError(ValueError):
    """What is wrong inside the file, before the file's own name is put in front."""


def shown(thing: object) -> str:
    """Print something that stands in a file, in a few characters.

    Containers are only named: one may hold itself, or by reference the same list a billion times,
    and then `repr` would not end.

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


def _shown_number(thing: object) -> str:
    if thing is None or isinstance(thing, bool | float):
        return repr(thing)
    if isinstance(thing, int):
        # Python refuses to print numbers of more than 4300 digits.
        return repr(thing) if abs(thing) < 1 << 64 else "a number beyond 64 bits"
    name = type(thing).__name__
    return f"a {_STANDS_FOR.get(name, name)}"
