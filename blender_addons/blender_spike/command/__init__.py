# SPDX-License-Identifier: GPL-3.0-or-later
"""Films of simulations without a window: ``blender -b -c blender_spike run.pickle film.mp4``.

`simulation_film` reads the command line and does all of it; `neuron_film` and `network_film` set
up the scene, `pace` its length. `browser_film` makes films that play in a browser.
"""

from ..common.story.story_command import StoryCommand
from .browser_film import write_page
from .simulation_film import build, parse

COMMAND = StoryCommand("blender_spike", parse, build, write_page)
