# SPDX-License-Identifier: GPL-3.0-or-later
"""The story that a scene is the film of."""

from __future__ import annotations

from ..common.story.importing_story import StoryPanel
from .tab import Tab


class SURFACE_SLICER_PT_story(StoryPanel, Tab):
    """Make the film of a story, and bring it up to date."""

    bl_idname = "SURFACE_SLICER_PT_story"
    addon = "surface_slicer"


CLASSES = (SURFACE_SLICER_PT_story,)
