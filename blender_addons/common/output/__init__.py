# SPDX-License-Identifier: GPL-3.0-or-later
"""What a scene's film is written as, in the window: the panel *Output* of all extensions.

`output_settings` reads and sets what Blender itself keeps with a scene, `film_files` finds where
frames and film go, `setting` and `render_film` are operators, and `output_panel` draws them. Each
extension has them under its own name.
"""
