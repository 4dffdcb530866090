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
    description="Curves drawn by the render engine, fast at any size. As thick as recorded, they "
    "go exactly through the recorded points",
    write=_write,
    inputs={
        "Strand Smoothing": {
            "kind": "Float",
            "default": 1.0,
            "minimum": 0.0,
            "maximum": 1.0,
            "unit": "FACTOR",
            "description": "How far neurites that are drawn thicker than recorded may leave their "
            "recorded points to run smoothly, on in one another and with round ends: with 1, as "
            "far as what was recorded stays inside; with 0, nothing is changed",
        },
    },
    drawn_by_engine=True,
)
