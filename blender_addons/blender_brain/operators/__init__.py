# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators: each collects its settings, calls one function and reports the result."""

from __future__ import annotations

from . import (
    browsing,
    data,
    demo,
    downloading,
    film,
    importing,
    labelling,
    looking,
    output,
    points,
    showing,
    story,
)
from .story import STORY_ENTRY

__all__ = ["CLASSES", "STORY_ENTRY"]

CLASSES = (
    *browsing.CLASSES,
    *importing.CLASSES,
    *looking.CLASSES,
    *showing.CLASSES,
    *film.CLASSES,
    *story.CLASSES,
    *output.CLASSES,
    *data.CLASSES,
    *points.CLASSES,
    *labelling.CLASSES,
    *demo.CLASSES,
    *downloading.CLASSES,
)
