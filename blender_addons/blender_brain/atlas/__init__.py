# SPDX-License-Identifier: GPL-3.0-or-later
"""BrainGlobe atlases on disk: which are available, their structures, their meshes.

Data flows through the modules in this order: `discovery` (folders to atlases that can be opened) →
one of the `layouts` (files to descriptions; only these know a format) → `hierarchy` (descriptions
to structures) → `reader` (an opened atlas and its meshes), which reads mesh files with `obj` and
`draco`. Every path goes through `files`.

None of it imports bpy.
"""

from __future__ import annotations

from .discovery import FoundAtlas, choose_atlas, find_atlases, found_at
from .errors import AtlasError, NotHereError
from .hierarchy import Structure
from .reader import Atlas, open_atlas, read_mesh

__all__ = [
    "Atlas",
    "AtlasError",
    "FoundAtlas",
    "NotHereError",
    "Structure",
    "choose_atlas",
    "find_atlases",
    "found_at",
    "open_atlas",
    "read_mesh",
]
