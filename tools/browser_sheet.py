# SPDX-License-Identifier: GPL-3.0-or-later
"""What films for the browser show besides one cell: synapses, a surface and a brain.

Run by ``make gallery``, in a separate process, because it starts Blender::

    python tools/browser_sheet.py out/gallery/browser-kinds.png
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from picture_sheet import captioned
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
SIZE, SHOWN = "960x600", (560, 350)
FRAMES, ROWS, COLUMNS = 48, 121, 161
CAPTIONS = {
    "synapses": "Synapses that flash",
    "surface": "An array as a surface",
    "brain": "Regions within a brain of glass",
}


def make(folder: Path) -> Image.Image:
    """Write all pages, and take their pictures.

    Parameters
    ----------
    folder : Path
        An empty one.
    """
    (folder / "config").mkdir()
    # Otherwise Blender reads the user's own preferences.
    os.environ["BLENDER_USER_RESOURCES"] = str(folder)
    np.save(folder / "waves.npy", waves())
    pages = {
        "synapses": ("blender_spike", ["demo_synapses", "--title", "Synapses"], 9.0),
        "surface": ("surface_slicer", [str(folder / "waves.npy"), "--colormap", "viridis",
                    "--quantity", "potential", "--unit", "mV", "--title", "A surface"], 10.0),
        "brain": ("blender_brain", ["demo", "--title", "Regions of a brain"], 0.0),
    }  # fmt: skip
    pictures = []
    for name, (extension, words, time) in pages.items():
        page = folder / f"{name}.html"
        command(extension, [*words, "-o", str(page)])
        picture = folder / f"{name}.png"
        tool = [sys.executable, str(ROOT / "tools" / "film_picture.py"), str(page), str(picture)]
        subprocess.run([*tool, "--size", SIZE, "--time", str(time)], check=True)
        with Image.open(picture) as image:
            pictures.append(
                (CAPTIONS[name], image.convert("RGB").resize(SHOWN, Image.Resampling.LANCZOS))
            )
    return captioned(pictures, 3)


def waves() -> NDArray[np.float32]:
    """Make two hills, one of which goes around, on a ripple."""
    y, x = np.mgrid[-1 : 1 : ROWS * 1j, -1.3 : 1.3 : COLUMNS * 1j]
    frames = []
    for phase in np.linspace(0, 2 * np.pi, FRAMES, endpoint=False):
        going = (x - 0.5 * np.cos(phase)) ** 2 + (y - 0.4 * np.sin(phase)) ** 2
        still = (x + 0.6) ** 2 + (y + 0.3) ** 2
        ripple = 0.08 * np.cos(9 * np.hypot(x, y) - 2 * phase)
        frames.append(0.9 * np.exp(-6 * going) + 0.5 * np.exp(-9 * still) + ripple)
    return np.array(frames, np.float32)


def command(extension: str, words: list[str]) -> None:
    """Run an extension's own command."""
    script = (
        "import bpy, importlib, sys; bpy.ops.wm.read_factory_settings(use_empty=True); "
        "module = importlib.import_module(sys.argv[1]); module.register(); "
        "sys.exit(importlib.import_module(sys.argv[1] + '.command').COMMAND.run(sys.argv[2:]))"
    )
    path = os.pathsep.join([str(ROOT / "blender_addons"), os.environ.get("PYTHONPATH", "")])
    subprocess.run(
        [sys.executable, "-c", script, extension, "web", *words],
        check=True, env=os.environ | {"PYTHONPATH": path},
    )  # fmt: skip


def main() -> None:
    """Make the sheet."""
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder)).save(sys.argv[1])


if __name__ == "__main__":
    main()
