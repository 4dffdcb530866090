# SPDX-License-Identifier: GPL-3.0-or-later
"""The manual's loops: short films in place of pictures, made by ``make gallery``.

Each is an animated WebP, which browsers play without a player. Pages show the still of the scene
instead to those whose system asks for less motion.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image

SUFFIX: Final = "-loop"
# Of one, in bytes; there are a few of them on a page, and all of them are in git.
LARGEST: Final = 750_000
_QUALITIES: Final = (90, 82, 74, 66, 58, 50, 42, 34)


@dataclass(frozen=True)
class Loop:
    """A loop, and the command that makes its film.

    Attributes
    ----------
    command : str
        As typed in the repository's folder, and shown on the gallery's page.
    folder : str
        Where the command leaves its frames, in ``out/gallery``.
    poster : str
        The picture that stands for it where nothing may move.
    options : str
        Added to the command: the size, and how long it takes to come around.
    before : str
        Another command to run first.
    fps : int
        Frames in a second.
    """

    command: str
    folder: str
    poster: str
    options: str
    before: str = ""
    fps: int = 12


GLOW: Final = "--look membrane_glow --thickness 2.2 --min-radius 0.012"
"""The look of the gallery's neurons, whose neurites are thin for so small a picture."""
_BLENDER: Final = "blender -b -P examples/"
LOOPS: Final[Mapping[str, Loop]] = {
    "neuron": Loop(
        f"{_BLENDER}render_neuron.py -- out/demo.pickle out/gallery/glow --frames 20-110 {GLOW}",
        "glow",
        "neuron",
        # One whole turn in these 91 frames, of a film of 121.
        f"--resolution 400x600 --orbit {360 * 120 / 91:.2f} --samples 24",
    ),
    "synapses": Loop(
        f"{_BLENDER}render_neuron.py -- demo_synapses out/gallery/synapses --frames 46-145 {GLOW}",
        "synapses-loop",
        "synapses",
        # One whole turn in these 100 frames, of a film of 161.
        f"--resolution 200x300 --orbit {360 * 160 / 100:.2f} --samples 24",
    ),
    "figures": Loop(
        f"{_BLENDER}render_neuron.py -- out/demo.pickle out/gallery/figures --frames 20-100 "
        f"--resolution 1280x720 --figures --trace soma --trace 'dendrite_1[29]' {GLOW}",
        "figures-loop",
        "figures",
        "--resolution 800x450 --samples 32",
    ),
    "isosurfaces": Loop(
        f"{_BLENDER}render_neuron.py -- out/gallery/field.pickle out/gallery/isosurfaces "
        f"--field-as isosurfaces --frames 92-151 --colormap gray {GLOW}",
        "isosurfaces-loop",
        "isosurfaces",
        "--resolution 240x360 --orbit 60 --samples 16",
        before="spike-export demo --kind synapses --field -o out/gallery/field.pickle",
        fps=11,
    ),
    "surface": Loop(
        f"{_BLENDER}render_surface.py -- out/gallery/surface",
        "surface-loop",
        "surface",
        "--length 60 --resolution 480x270 --samples 8 --orbit 0",
        fps=10,
    ),
    "talk": Loop(
        f"{_BLENDER}talk_sequence.py -- out/gallery/talk --video out/gallery/talk.mp4",
        "talk-loop",
        "talk",
        "--frames 205-324 --fps 12 --resolution 480x270 --samples 16",
    ),
    "brain": Loop(
        f"{_BLENDER}render_brain.py -- out/gallery/brain --demo",
        "brain-loop",
        "brain",
        "--length 96 --resolution 512x384 --samples 24",
    ),
    "network": Loop(
        f"{_BLENDER}render_network.py -- out/gallery/branching.pickle out/gallery/network",
        "network-loop",
        "network",
        "--frames 78-155 --resolution 480x270 --samples 8",
        before="spike-export branching --rise 1 --decay 10 -o out/gallery/branching.pickle",
        fps=10,
    ),
}


def write_loop(paths: Sequence[Path], target: Path, fps: int) -> int:
    """Write pictures as an animated WebP that repeats forever.

    The quality is the best of a few at which the file is not larger than ``LARGEST``.

    Parameters
    ----------
    paths : sequence of Path
        The frames, in order.
    target : Path
        Where to write.
    fps : int
        Frames in a second.

    Returns
    -------
    int
        The file's size.

    Raises
    ------
    RuntimeError
        If it is too large at any quality.
    """
    pictures = []
    for path in paths:
        with Image.open(path) as picture:
            pictures.append(picture.convert("RGB"))
    for quality in _QUALITIES:
        pictures[0].save(
            target,
            save_all=True,
            append_images=pictures[1:],
            duration=round(1000 / fps),
            loop=0,
            quality=quality,
            method=4,
        )
        size = target.stat().st_size
        if size <= LARGEST:
            return size
    target.unlink()
    raise RuntimeError(f"{target.name} is larger than {LARGEST // 1000} kB at any quality")
