# SPDX-License-Identifier: GPL-3.0-or-later
"""Films of surfaces without a window: ``blender -b -c surface_slicer density.npy film.mp4``.

`surface_film` renders them, `browser_film` makes ones that play in a browser.
"""

from ..common.story.story_command import StoryCommand
from .browser_film import write_page
from .surface_film import build, parse

COMMAND = StoryCommand("surface_slicer", parse, build, write_page)
