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
)

CLASSES = (
    *browsing.CLASSES,
    *importing.CLASSES,
    *looking.CLASSES,
    *showing.CLASSES,
    *film.CLASSES,
    *output.CLASSES,
    *data.CLASSES,
    *points.CLASSES,
    *labelling.CLASSES,
    *demo.CLASSES,
    *downloading.CLASSES,
)
