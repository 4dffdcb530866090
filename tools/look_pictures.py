# SPDX-License-Identifier: GPL-3.0-or-later
"""BlenderSpike's looks: the demo cell's soma in each of them.

Run by ``make gallery``, in a separate process, because it starts Blender. Writes a sheet of them
for the manual, and the pictures by which looks are chosen, beside the modules of the looks::

    python tools/look_pictures.py out/demo.pickle out/gallery/looks.png
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from picture_sheet import captioned
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
# Of the sheet's pictures; those to choose from are smaller.
WIDE, HIGH, SAMPLES, FRAME = 480, 360, 96, 37
SIDE, COLUMNS = 128, 3
# Width of the picture around the soma, in the neuron's units of 100 µm.
WIDTH = 1.3


def make(simulation: Path) -> Image.Image:
    """Render all looks, and replace the pictures beside their modules.

    Parameters
    ----------
    simulation : Path
        Simulation file of the demo cell.

    Returns
    -------
    PIL.Image.Image
        The sheet.
    """
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config").mkdir()
        # Otherwise Blender reads the user's own preferences.
        os.environ["BLENDER_USER_RESOURCES"] = folder
        pictures = _render(simulation, Path(folder))
    return captioned(list(pictures.items()), COLUMNS)


def _render(simulation: Path, folder: Path) -> dict[str, Image.Image]:
    sys.path.insert(0, str(ROOT / "blender_addons"))
    import bpy  # isort: skip
    import addon_utils

    bpy.ops.wm.read_factory_settings(use_empty=True)
    addon_utils.enable("cycles")
    import blender_spike
    from blender_spike.color import looks
    from blender_spike.playback.playback import soma_of

    blender_spike.register()
    scene: Any = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples = SAMPLES
    scene.render.resolution_x, scene.render.resolution_y = WIDE, HIGH
    all_operators: Any = bpy.ops
    operators = all_operators.blender_spike
    pictures = {}
    for look in looks.LOOKS.values():
        operators.import_simulation(filepath=str(simulation), style="STRANDS")
        operators.color_by_voltage(v_min=-75, v_max=40)
        operators.film_scene()
        operators.bloom(strength=0.3)
        operators.set_look(look=look.identifier)
        neuron: Any = bpy.context.object
        camera = scene.camera
        camera.constraints.clear()
        camera.parent = None
        camera.location = soma_of(neuron)[0]
        camera.location.z += 10.0
        camera.data.type, camera.data.ortho_scale = "ORTHO", WIDTH
        camera.data.clip_start, camera.data.clip_end = 0.1, 100.0
        scene.frame_set(FRAME)
        scene.render.filepath = str(folder / "picture.png")
        bpy.ops.render.render(write_still=True)
        with Image.open(scene.render.filepath) as picture:
            shown = pictures[look.name] = picture.convert("RGB")
        left = (WIDE - HIGH) // 2
        square = shown.crop((left, 0, left + HIGH, HIGH))
        small = square.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
        small.quantize(192).save(looks.picture_of(look), optimize=True)
        bpy.data.objects.remove(neuron)
    return pictures


if __name__ == "__main__":
    make(Path(sys.argv[1])).save(sys.argv[2])
