# SPDX-License-Identifier: GPL-3.0-or-later
"""Strands: curves that the render engine draws."""

from __future__ import annotations

from ...common.nodes import Linkable
from ..style import Lines, Style


def _write(lines: Lines) -> Linkable:
    return lines.curves


STYLE = Style(
    name="Strands",
    number=1,
    description="Curves drawn by the render engine, fast at any size. They go exactly through the "
    "recorded points, so they have no Smoothing",
    write=_write,
    drawn_by_engine=True,
)
