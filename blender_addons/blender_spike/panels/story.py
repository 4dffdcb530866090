# SPDX-License-Identifier: GPL-3.0-or-later
"""The story that a scene is the film of."""

from __future__ import annotations

from ..common.story.importing_story import StoryPanel
from .tab import Tab


class BLENDER_SPIKE_PT_story(StoryPanel, Tab):
    """Make the film of a story, and bring it up to date."""

    bl_idname = "BLENDER_SPIKE_PT_story"
    bl_order = 2
    addon = "blender_spike"


CLASSES = (BLENDER_SPIKE_PT_story,)
