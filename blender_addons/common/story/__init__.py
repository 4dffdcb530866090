# SPDX-License-Identifier: GPL-3.0-or-later
"""Films as scripts and stories: what is in them, and what happens when.

Pure: `moments` (times as people write them) → `marker_files` (of other programs) → `toml_lines`,
`fields` (what may be written where) → `story_file`. With Blender: `channels` (keyframes, and what a
person changed since), `made` (what a story made), `thing`, `others` (the other extensions) →
`camera_way`, `captions`, `events` (one file each) → `film_build`, `film_maker` (the class `Film`)
→ `telling` (a story to a film) and `story_command`.
"""
