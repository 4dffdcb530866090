# SPDX-License-Identifier: GPL-3.0-or-later
"""The tab in the sidebar of the 3D viewport, a module for each subject."""

from __future__ import annotations

from . import atlas, data, film, look, output, scene, story

__all__ = ["CLASSES"]

# In the order in which they are shown.
CLASSES = (
    *atlas.CLASSES,
    *scene.CLASSES,
    *look.CLASSES,
    *film.CLASSES,
    *story.CLASSES,
    *output.CLASSES,
    *data.CLASSES,
)
