# SPDX-License-Identifier: GPL-3.0-or-later
"""Find objects of one kind, each in its own module, by listing a package."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


def collect(package: str, path: Iterable[str], name: str, *unique: str) -> list[Any]:
    """Collect the objects of one name from the modules of a package.

    Parameters
    ----------
    package : str
        Its ``__name__``.
    path : iterable of str
        Its ``__path__``.
    *unique : str
        Attributes that differ between any two.

    Returns
    -------
    list
        In the order of the modules' names.

    Raises
    ------
    ValueError
        If two have the same value of one of these attributes.
    """
    modules = sorted(module.name for module in pkgutil.iter_modules(path))
    found = [getattr(importlib.import_module(f"{package}.{module}"), name) for module in modules]
    for attribute in unique:
        first: dict[object, str] = {}
        for module, one in zip(modules, found, strict=True):
            value = getattr(one, attribute)
            if first.setdefault(value, module) != module:
                raise ValueError(
                    f"{package}: {first[value]} and {module} have the same {attribute}, {value!r}."
                )
    return found


def merged(mappings: Iterable[Mapping[str, T]]) -> dict[str, T]:
    """Merge mappings.

    Raises
    ------
    ValueError
        If a key maps to different objects.
    """
    found: dict[str, T] = {}
    for mapping in mappings:
        for key, value in mapping.items():
            if found.setdefault(key, value) is not value:
                raise ValueError(f"'{key}' stands for different objects.")
    return found
