# SPDX-License-Identifier: GPL-3.0-or-later
"""Films of regions without a window: ``blender -b -c blender_brain allen_mouse_25um film.mp4``.

`brain_film` renders them, `browser_film` makes pages to turn in a browser.
"""

from ..common.story.story_command import StoryCommand
from .brain_film import build, parse
from .browser_film import write_page

COMMAND = StoryCommand("blender_brain", parse, build, write_page)
