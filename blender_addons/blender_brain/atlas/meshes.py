# SPDX-License-Identifier: GPL-3.0-or-later
"""Which mesh files a folder has."""

from __future__ import annotations

import os
from pathlib import Path

from .errors import AtlasError
from .files import check_inside


def mesh_names(root: Path, folder: Path, suffix: str) -> frozenset[str]:
    """List mesh files by the id that is their name.

    Parameters
    ----------
    root : Path
        The folder that the mesh folder must lie in.
    folder : Path
        Need not exist: BrainGlobe's own library fetches meshes one by one.
    suffix : str
        Of mesh files.

    Returns
    -------
    frozenset of str
        Names without the suffix.
    """
    try:
        check_inside(root, folder)
        with os.scandir(folder) as entries:
            return frozenset(
                entry.name.removesuffix(suffix)
                for entry in entries
                if entry.name.endswith(suffix) and entry.name.removesuffix(suffix).isdecimal()
            )
    except (OSError, AtlasError):
        return frozenset()
