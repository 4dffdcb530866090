# SPDX-License-Identifier: GPL-3.0-or-later
"""The other extensions of the suite: each can make its own things in the same film."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any, Final

import bpy

# The name in Blender's list, what it makes, and an operator that tells whether it is enabled.
_EXTENSIONS: Final = {
    "blender_spike": ("BlenderSpike", "BLENDER_SPIKE_OT_import_simulation"),
    "blender_brain": ("BlenderBrain", "BLENDER_BRAIN_OT_film_scene"),
    "surface_slicer": ("Surface Slicer", "SURFACE_SLICER_OT_create_surface"),
}
KINDS: Final = {
    "neuron": "blender_spike",
    "network": "blender_spike",
    "brain": "blender_brain",
    "surface": "surface_slicer",
    "curve": "surface_slicer",
}
"""Which extension makes each kind of thing."""


def package_of(extension: str, what: str) -> str:
    """Find an extension, whether installed and enabled or from its source.

    Parameters
    ----------
    extension : str
        Its identifier.
    what : str
        What it is needed for, as "a brain".

    Returns
    -------
    str
        Its Python package: ``bl_ext.REPOSITORY.NAME``, or the name alone.

    Raises
    ------
    RuntimeError
        If it is neither.
    """
    title, operator = _EXTENSIONS[extension]
    found = getattr(bpy.types, operator, None)
    if found is not None:
        return str(found.__module__).partition(".operators")[0]
    # From source there is no list of add-ons in which to enable it.
    installed = str(__package__).startswith("bl_ext.")
    if not installed and importlib.util.find_spec(extension) is not None:
        importlib.import_module(extension).register()
        return extension
    raise RuntimeError(
        f"{what[0].upper()}{what[1:]} needs the extension {title}: install and enable it in "
        "Edit > Preferences > Add-ons."
    )


def is_first(extension: str) -> bool:
    """Tell whether an extension is the first of those of the suite that are enabled."""
    enabled = (name for name, (_, operator) in _EXTENSIONS.items() if hasattr(bpy.types, operator))
    return next(enabled, extension) == extension


def thing_class(kind: str) -> Any:
    """Find the class of a kind of thing, in its extension.

    Raises
    ------
    RuntimeError
        If the extension is not there.
    """
    article = "an" if kind[0] in "aeiou" else "a"
    package = package_of(KINDS[kind], f"{article} {kind}")
    found: Any = importlib.import_module(f"{package}.story").THINGS[kind]
    return found
