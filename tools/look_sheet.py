# SPDX-License-Identifier: GPL-3.0-or-later
"""What each look control does: one neuron at one moment, rendered once for each.

Run by ``make gallery``, in a separate process, because it starts Blender.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parent.parent
SIDE, CAPTION, GAP, COLUMNS = 320, 34, 4, 4
FRAME, SAMPLES = 37, 64
# The middle of the picture, in the neuron's units of 100 µm, and its width.
MIDDLE, WIDTH = (0.1, 0.25), 2.7
THICK: Mapping[str, Any] = {"Thickness": 1.5, "Minimum Radius": 0.006}
# Caption, inputs of the modifier, inputs of the material, and the colormap.
LOOKS: tuple[tuple[str, Mapping[str, Any], Mapping[str, Any], str], ...] = (
    ("plasma", {}, {}, "plasma"),
    ("another colormap: viridis", {}, {}, "viridis"),
    ("Start 0.35", {}, {"Start": 0.35}, "plasma"),
    ("Steps 5", {}, {"Steps": 5}, "plasma"),
    ("Reverse", {}, {"Reverse": True}, "plasma"),
    ("Glow at Rest 0", {}, {"Glow at Rest": 0.0}, "plasma"),
    ("Lit Surface, Backlight", {}, {"Glow at Rest": 0.0, "Lit": 1.0}, "plasma"),
    ("Section Types: Tint 1", {}, {"Tint": 1.0, "Glow at Rest": 0.25}, "plasma"),
    ("Show Soma off", {"Show Soma": False}, {}, "plasma"),
    ("Homogeneity 1", {"Homogeneity": 1.0}, {}, "plasma"),
    ("Thickness 2.5 times", {"Thickness": 3.75}, {}, "plasma"),
    ("the same, Tapering off", {"Tapering": False, "Thickness": 3.75}, {}, "plasma"),
)


def make(simulation: Path) -> Image.Image:
    """Render the sheet.

    Parameters
    ----------
    simulation : Path
        Simulation file of the demo cell.

    Returns
    -------
    PIL.Image.Image
    """
    rows = -(-len(LOOKS) // COLUMNS)
    size = (COLUMNS * (SIDE + GAP) - GAP, rows * (SIDE + CAPTION))
    sheet = Image.new("RGB", size, (0, 0, 0))
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(size=18)
    with tempfile.TemporaryDirectory() as temporary:
        for index, picture in enumerate(_render(simulation, Path(temporary))):
            x, y = index % COLUMNS * (SIDE + GAP), index // COLUMNS * (SIDE + CAPTION)
            with Image.open(picture) as tile:
                sheet.paste(tile.convert("RGB"), (x, y))
            place = (x + SIDE / 2, y + SIDE + CAPTION / 2)
            draw.text(place, LOOKS[index][0], (190, 190, 190), font=font, anchor="mm")
    return sheet


def _render(simulation: Path, folder: Path) -> list[Path]:
    home = folder / "blender"
    (home / "config").mkdir(parents=True)
    # Otherwise Blender reads the user's own preferences.
    os.environ["BLENDER_USER_RESOURCES"] = str(home)
    sys.path.insert(0, str(ROOT / "blender_addons"))
    import bpy  # isort: skip
    import addon_utils

    bpy.ops.wm.read_factory_settings(use_empty=True)
    addon_utils.enable("cycles")
    import blender_spike
    from blender_spike.color.coloring import color_by_voltage, color_input, limits_of
    from blender_spike.common import film
    from blender_spike.common.nodes.modifiers import input_value, set_inputs
    from blender_spike.playback.playback import find_modifier

    blender_spike.register()
    scene: Any = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = SAMPLES, False
    scene.render.resolution_x = scene.render.resolution_y = SIDE
    # The stubs only know Blender's own operators.
    operators: Any = bpy.ops
    operators.blender_spike.import_simulation(filepath=str(simulation), style="STRANDS")
    neuron = bpy.context.object
    assert neuron is not None
    modifier = find_modifier(neuron)
    assert modifier is not None
    film.use_standard_view(scene)
    film.use_plain_world(scene)
    camera: Any = film.frame_camera(scene, [neuron])
    film.add_backlight(scene, [neuron])
    camera.parent = None
    camera.location = (*MIDDLE, 20.0)
    camera.data.type, camera.data.ortho_scale = "ORTHO", WIDTH
    camera.data.clip_start, camera.data.clip_end = 0.1, 100.0
    scene.frame_set(FRAME)
    low, high = limits_of([neuron])
    pictures = []
    for number, (_, shape, color, colormap) in enumerate(LOOKS):
        wanted = {**THICK, **shape}
        before = {name: input_value(modifier, name).value for name in wanted}
        set_inputs(modifier, wanted)
        material = color_by_voltage(neuron, colormap, low, high)
        for name in ("Lit", "Tint"):
            color_input(material, name).default_value = 0.0
        for name, value in color.items():
            color_input(material, name).default_value = value
        scene.render.filepath = str(folder / f"{number:02d}.png")
        bpy.ops.render.render(write_still=True)
        pictures.append(Path(scene.render.filepath))
        set_inputs(modifier, before)
    return pictures


if __name__ == "__main__":
    make(Path(sys.argv[1])).save(sys.argv[2])
