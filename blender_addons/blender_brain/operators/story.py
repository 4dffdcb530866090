# SPDX-License-Identifier: GPL-3.0-or-later
"""The film of a story: import and rebuild it."""

from __future__ import annotations

from ..common.story.importing_story import ImportStory, RebuildStory, StoryDrops, StoryEntry


class BLENDER_BRAIN_OT_import_story(ImportStory):
    """Make the film that a story.toml tells, in a scene of its own"""  # noqa: D400, D415

    bl_idname = "blender_brain.import_story"


class BLENDER_BRAIN_OT_rebuild_story(RebuildStory):
    """Read the scene's story again, and bring its film up to date; what was changed by hand stays, and is named"""  # noqa: D400, D415, E501

    bl_idname = "blender_brain.rebuild_story"


class BLENDER_BRAIN_FH_story(StoryDrops):
    """Makes the film of a story dropped on a 3D viewport."""

    bl_idname = "BLENDER_BRAIN_FH_story"
    bl_import_operator = BLENDER_BRAIN_OT_import_story.bl_idname
    addon = "blender_brain"


STORY_ENTRY = StoryEntry("blender_brain")
CLASSES = (
    BLENDER_BRAIN_OT_import_story,
    BLENDER_BRAIN_OT_rebuild_story,
    BLENDER_BRAIN_FH_story,
)
