# SPDX-License-Identifier: GPL-3.0-or-later
"""What a film is written as, and rendering it."""

from __future__ import annotations

import bpy

from ..common.output.passes import AddPasses
from ..common.output.render_film import RenderFilm
from ..common.output.setting import FrameRate, OutputFormat, PictureSize
from ..sounding.sound_strip import outdated


class BLENDER_SPIKE_OT_picture_size(PictureSize):
    """Set the width and height of the pictures"""  # noqa: D400, D415

    bl_idname = "blender_spike.picture_size"


class BLENDER_SPIKE_OT_frame_rate(FrameRate):
    """Set the frames per second; 23.976, 29.97 and 59.94 are exactly those of video"""  # noqa: D400, D415

    bl_idname = "blender_spike.frame_rate"


class BLENDER_SPIKE_OT_output_format(OutputFormat):
    """Set what the film or its frames are written as, with or without a background"""  # noqa: D400, D415

    bl_idname = "blender_spike.output_format"


class BLENDER_SPIKE_OT_add_passes(AddPasses):
    """Let renders have passes for editing programs: values before they are colored, figures, objects, depth, and light without bloom"""  # noqa: D400, D415, E501

    bl_idname = "blender_spike.add_passes"


class BLENDER_SPIKE_OT_render_film(RenderFilm):
    """Render the frames that are not there yet, with progress in the status bar, and the film of all; Esc stops after the current frame, and keeps what is there"""  # noqa: D400, D415, E501

    bl_idname = "blender_spike.render_film"

    def _begin(self, context: bpy.types.Context) -> bool:
        """Say if a sound is no longer in step."""
        for name in outdated(context.scene):
            self.report(
                {"WARNING"},
                f"'{name}' is out of step: time has changed since. Panel Sound makes it again.",
            )
        return super()._begin(context)


CLASSES = (
    BLENDER_SPIKE_OT_picture_size,
    BLENDER_SPIKE_OT_frame_rate,
    BLENDER_SPIKE_OT_output_format,
    BLENDER_SPIKE_OT_add_passes,
    BLENDER_SPIKE_OT_render_film,
)
