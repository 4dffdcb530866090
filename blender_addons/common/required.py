# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's types allow None in many places where the program knows there is a value."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


def required(thing: T | None) -> T:
    """Return what must be there.

    Raises
    ------
    AssertionError
        If it is None after all, which is a bug in the program, never an error in its input.
    """
    assert thing is not None
    return thing
