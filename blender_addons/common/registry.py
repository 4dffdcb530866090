# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of one kind, each in a module of its own, found in a package by listing it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from typing import Any


def collect(package: str, path: Iterable[str], name: str) -> list[Any]:
    """Collect what the modules of a package call by one name.

    Parameters
    ----------
    package : str
        Its ``__name__``.
    path : iterable of str
        Its ``__path__``.
    name : str

    Returns
    -------
    list
        In the order of the modules' names.
    """
    modules = sorted(module.name for module in pkgutil.iter_modules(path))
    return [getattr(importlib.import_module(f"{package}.{module}"), name) for module in modules]
