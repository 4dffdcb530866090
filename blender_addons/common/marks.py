# SPDX-License-Identifier: GPL-3.0-or-later
"""Custom properties by which the extensions recognize what they made, in any file."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Final

SHARED: Final = "spike_suite"
"""The prefix shared by all the extensions."""


class Mark:
    """A custom property of ours, which cannot be confused with others.

    Parameters
    ----------
    extension : str
        Prefix of its name: the extension's id, or `SHARED`.
    name : str
    older : str
        Its name in version 0.1.0; still read, and replaced when a new value is stored.
    is_ours : callable
        Called with a thing that has the older property, to tell whether 0.1.0 made it: the older
        names were generic.
    """

    def __init__(
        self,
        extension: str,
        name: str,
        older: str,
        is_ours: Callable[[Any], bool] = lambda _: True,
    ) -> None:
        self.name: Final = f"{extension}_{name}"
        self._older = older
        self._is_ours = is_ours

    def _key(self, thing: Any) -> str | None:
        """Find which of these properties a thing has."""
        if self.name in thing:
            return self.name
        return self._older if self._older in thing and self._is_ours(thing) else None

    def of(self, thing: Any, default: Any = None) -> Any:
        """Read it; `default` if the thing does not have it."""
        key = self._key(thing)
        return default if key is None else thing[key]

    def put(self, thing: Any, value: Any) -> None:
        """Store it."""
        self.remove(thing)
        thing[self.name] = value

    def remove(self, thing: Any) -> None:
        """Remove it, if the thing has it."""
        key = self._key(thing)
        if key is not None:
            del thing[key]

    def on(self, thing: Any) -> bool:
        """Tell whether a thing has it."""
        return self._key(thing) is not None


def holds(value: Any, names: Collection[str]) -> bool:
    """Tell whether a property's value is a group with only these names."""
    return hasattr(value, "keys") and all(name in names for name in value.keys())  # noqa: SIM118
