# SPDX-License-Identifier: GPL-3.0-or-later
"""Surfaces and curves in films that scripts and stories make; see `common.story`."""

from __future__ import annotations

from typing import Final

from ..common.story.thing import Thing
from .curve_thing import CurveThing
from .surface_thing import SurfaceThing

THINGS: Final[dict[str, type[Thing]]] = {one.kind: one for one in (SurfaceThing, CurveThing)}
"""By the names of their tables."""
