# SPDX-License-Identifier: GPL-3.0-or-later
"""Render regions of a brain atlas as a film: glass and glow on black, with a circling camera.

In Blender, or in a Python that has the bpy module::

    blender -b -P examples/render_brain.py -- out --atlas allen_mouse_25um --frames 1-30
    python examples/render_brain.py brain.mp4 --demo

Without an atlas it uses the first one installed with BrainGlobe's own tool; ``--demo`` makes a
synthetic one.

Uses the installed BlenderBrain extension, or else the one in this source tree; the command
``blender -b -c blender_brain`` does the same. Every frame is written under a temporary name and
renamed when it is complete. Prints one line per frame.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
try:
    rendering: Any = importlib.import_module("rendering")
except ModuleNotFoundError as missing:
    # Blender itself would exit as if nothing had failed.
    sys.exit(f"Cannot find {missing.name}.py: copy the folder examples as a whole.")


def main(arguments: list[str]) -> None:
    """Build the scene, render, encode."""
    options = parse(arguments)
    scene = film().build(options)
    # Whatever is changed in the scene here is in the film.
    rendering.render_film(scene, options, film().__package__.rpartition(".")[0])


def film() -> Any:
    """Load what makes such films."""
    return rendering.film_of("blender_brain", "brain_film")


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    options: argparse.Namespace = film().parse(arguments, prog="render_brain.py")
    return options


if __name__ == "__main__":
    rendering.frames.run(main)
