# SPDX-License-Identifier: GPL-3.0-or-later
"""Films without a window: what commands and scripts share.

`options` reads the command line, `stage` begins and ends a film, `frames` renders and encodes,
`voice` adds a sound, `commands` puts an extension's command into Blender. `frames` is the file that
a render farm runs alone, so it needs nothing else of this.
"""
