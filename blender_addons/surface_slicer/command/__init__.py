# SPDX-License-Identifier: GPL-3.0-or-later
"""Films of surfaces without a window: ``blender -b -c surface_slicer density.npy film.mp4``."""

from ..common.story.story_command import StoryCommand
from .surface_film import build, parse

COMMAND = StoryCommand("surface_slicer", parse, build)
