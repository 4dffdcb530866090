# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scripts share: finding an extension, and the film's options in scripts of one's own."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path
from typing import Any, Final

import bpy

HERE: Final = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "farm"))
frames: Any = importlib.import_module("frames")

SOURCE: Final = HERE.parent / "blender_addons"
# An operator of each extension: it tells whether the extension is enabled.
OPERATORS: Final = {
    "blender_spike": "BLENDER_SPIKE_OT_import_simulation",
    "blender_brain": "BLENDER_BRAIN_OT_film_scene",
    "surface_slicer": "SURFACE_SLICER_OT_create_surface",
}


def load_extension(name: str, operator: str = "") -> str:
    """Make an extension's operators available: installed, or from the source tree.

    Parameters
    ----------
    name : str
        Of the extension.
    operator : str
        Class name of one of its operators.

    Returns
    -------
    str
        The extension's Python package.

    Raises
    ------
    RuntimeError
        If there is neither.
    """
    operator = operator or OPERATORS[name]
    if not hasattr(bpy.types, operator):
        if not (SOURCE / name).is_dir():
            raise RuntimeError(
                f"Cannot find the extension {name}: enable it in Blender, or leave this script in "
                "its source tree."
            )
        sys.path.insert(0, str(SOURCE))
        importlib.import_module(name).register()
    module: str = getattr(bpy.types, operator).__module__
    return module.partition(".operators")[0]


def film_of(name: str, module: str) -> Any:
    """Load the module of an extension that makes its films.

    Parameters
    ----------
    name : str
        Of the extension.
    module : str
        One of its room `command`.
    """
    return importlib.import_module(f"{load_extension(name)}.command.{module}")


def shared(module: str) -> Any:
    """Load a module of `common.rendering`, from whichever extension there is."""
    there = [name for name, operator in OPERATORS.items() if hasattr(bpy.types, operator)]
    package = load_extension(there[0] if there else "blender_spike")
    return importlib.import_module(f"{package}.common.rendering.{module}")


def add_film_options(
    parser: argparse.ArgumentParser,
    *,
    resolution: tuple[int, int],
    bloom: float,
    orbit: float | None = None,
) -> None:
    """Add the options that all films have; the defaults are the script's own.

    Without an orbit, the camera has a way of its own. The length is the script's, too.
    """
    width, height = resolution
    shared("options").add_film_options(
        parser,
        orbit=None if orbit is None else f"{orbit:g}",
        bloom=f"{bloom:g}",
        resolution=f"{width}x{height}",
        any_length=False,
    )
    parser.set_defaults(resolution=resolution, orbit=orbit, bloom=bloom)


def empty_scene(options: argparse.Namespace) -> Any:
    """Start from an empty scene, with render settings for glowing objects."""
    stage = shared("stage")
    scene = stage.empty_scene(options)
    stage.set_size(scene, options.resolution)
    return scene


def render_film(scene: Any, options: argparse.Namespace, package: str = "") -> None:
    """Save the scene, render its frames and encode them, according to the options.

    Parameters
    ----------
    scene : Scene
        Its range is the whole film, of which ``--frames`` may be a part.
    package : str
        Of the extension, from `load_extension`.
    """
    found = importlib.import_module(f"{package}.common.rendering.stage") if package else None
    (found or shared("stage")).render_film(scene, options)
