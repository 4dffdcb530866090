# SPDX-License-Identifier: GPL-3.0-or-later
"""Find objects of one kind, each in its own module, by listing a package."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import zlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeVar

T = TypeVar("T")

DERIVED: Final = -1
"""The number of what has none of its own, until `numbered` derives one from its name."""
# Above those that are chosen by hand, and within what Blender stores.
_DERIVED_FROM: Final = 1000
_DERIVED_BELOW: Final = 1 << 31
_OR_LEAVE_OUT: Final = {"number": ", or leave it out"}
_NOTHING: Final[Mapping[str, int]] = MappingProxyType({})


def collect(package: str, path: Iterable[str], name: str, *unique: str) -> dict[str, Any]:
    """Collect the objects of one name from the modules of a package.

    Parameters
    ----------
    package : str
        Its ``__name__``.
    path : iterable of str
        Its ``__path__``.
    *unique : str
        Attributes that differ between any two; capitals make no difference.

    Returns
    -------
    dict
        By the names of the modules, in their order.

    Raises
    ------
    ValueError
        If two have the same value of one of these attributes, naming both files.
    """
    modules = sorted(module.name for module in pkgutil.iter_modules(path))
    found = {m: getattr(importlib.import_module(f"{package}.{m}"), name) for m in modules}
    for attribute in unique:
        _check_differ(package, found, attribute)
    return found


def numbered(
    package: str,
    path: Iterable[str],
    name: str,
    key: str,
    *unique: str,
    reserved: Mapping[str, int] = _NOTHING,
) -> dict[str, Any]:
    """Collect dataclasses with a number, by which .blend files store a choice of them.

    A number left out, as `DERIVED`, is computed from the key, the same on every machine, so that
    files of people who do not know of each other can be put together.

    Parameters
    ----------
    package, path, name, *unique
        See `collect`.
    key : str
        The attribute that names each.
    reserved : mapping
        Key, in capitals, and number of what the menu has besides.

    Returns
    -------
    dict
        By their keys, in the order of their numbers.

    Raises
    ------
    ValueError
        If two have the same key, number or other unique attribute, naming both files; if a key or
        number is reserved, or a file cannot store the number.
    """
    found = {
        module: dataclasses.replace(one, number=_derived(getattr(one, key)))
        if one.number == DERIVED
        else one
        for module, one in collect(package, path, name, key, *unique).items()
    }
    _check_differ(package, found, "number")
    for module, one in found.items():
        own, number = getattr(one, key), one.number
        if own.upper() in reserved:
            raise ValueError(f"{package}: {module}.py has the {key} {own!r}, which is reserved.")
        if number in reserved.values():
            raise ValueError(
                f"{package}: {module}.py has the number {number}, which is reserved. Leave it out."
            )
        if not 0 <= number < _DERIVED_BELOW:
            raise ValueError(
                f"{package}: {module}.py has the number {number}, which files cannot store. Leave"
                " it out."
            )
    return {getattr(one, key): one for one in sorted(found.values(), key=lambda one: one.number)}


def _derived(key: str) -> int:
    return _DERIVED_FROM + zlib.crc32(key.upper().encode()) % (_DERIVED_BELOW - _DERIVED_FROM)


def _check_differ(package: str, found: Mapping[str, Any], attribute: str) -> None:
    first: dict[object, str] = {}
    for module, one in found.items():
        value = getattr(one, attribute)
        # Styles are named in capitals as well.
        same = value.upper() if isinstance(value, str) else value
        if first.setdefault(same, module) != module:
            raise ValueError(
                f"{package}: {first[same]}.py and {module}.py have the same {attribute}, {value!r}."
                f" Change it in the newer one{_OR_LEAVE_OUT.get(attribute, '')}."
            )


def merged(mappings: Mapping[str, Mapping[str, T]]) -> dict[str, T]:
    """Merge mappings.

    Parameters
    ----------
    mappings : mapping
        Each by the name of its owner.

    Raises
    ------
    ValueError
        If a key maps to different objects, naming both owners.
    """
    found: dict[str, T] = {}
    brought: dict[str, str] = {}
    for owner, mapping in mappings.items():
        for key, value in mapping.items():
            if found.setdefault(key, value) is not value:
                raise ValueError(
                    f"'{key}' of {brought[key]} and '{key}' of {owner} are different objects. Give"
                    " one another name, or let both use the same object."
                )
            brought.setdefault(key, owner)
    return found
