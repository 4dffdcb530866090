# SPDX-License-Identifier: GPL-3.0-or-later
"""A small atlas of an invented brain, to try everything without installing anything.

The shapes (`solids`, `hippocampus`, turned into meshes by `implicit`) are computed and written as
an atlas in one of BrainGlobe's layouts (`atlas_writer`), which the add-on then reads like any
other. None of it needs bpy.
"""

from __future__ import annotations

from .anatomy import NAME, VERSION
from .atlas_writer import make_demo_atlas

__all__ = ["NAME", "VERSION", "make_demo_atlas"]
