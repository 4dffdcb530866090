# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the panels are."""

from __future__ import annotations

import bpy


class Tab(bpy.types.Panel):
    """A panel in the sidebar of the 3-D viewport."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Surface Slicer"
