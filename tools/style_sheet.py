# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo cell's soma as version 0.1.0 drew it and now: at the same time, from the same camera.

Run by ``make gallery``, in a separate process, because it starts Blender::

    python tools/style_sheet.py out/demo.pickle out/gallery/styles.png
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from picture_sheet import captioned
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
WIDE, HIGH, SAMPLES, FRAME = 480, 360, 16, 37
COLUMNS = 2
# Width of the picture, in the neuron's units of 100 µm.
WIDTH = 1.1


class Tile(NamedTuple):
    """One picture of the sheet."""

    title: str
    style: str
    look: str
    engine: str
    as_before: bool = False


TILES = (
    Tile("Tubes, as version 0.1.0 drew them", "Tubes", "FLAT", "CYCLES", as_before=True),
    Tile("Tubes, Clay with Voltage", "Tubes", "CLAY", "CYCLES"),
    Tile("Membrane Glow in Cycles", "Membrane", "MEMBRANE_GLOW", "CYCLES"),
    Tile("Membrane Glow in EEVEE", "Membrane", "MEMBRANE_GLOW", "BLENDER_EEVEE"),
)


def make(simulation: Path) -> Image.Image:
    """Render all tiles.

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
    return captioned(
        [(tile.title, one) for tile, one in zip(TILES, pictures, strict=True)], COLUMNS
    )


def _render(simulation: Path, folder: Path) -> list[Image.Image]:
    sys.path.insert(0, str(ROOT / "blender_addons"))
    import bpy  # isort: skip
    import addon_utils

    bpy.ops.wm.read_factory_settings(use_empty=True)
    addon_utils.enable("cycles")
    import blender_spike
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier, soma_of

    blender_spike.register()
    scene: Any = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.render.resolution_x, scene.render.resolution_y = WIDE, HIGH
    all_operators: Any = bpy.ops
    operators = all_operators.blender_spike
    pictures = []
    for tile in TILES:
        operators.import_simulation(filepath=str(simulation), style="STRANDS")
        operators.color_by_voltage(v_min=-75, v_max=40)
        operators.film_scene()
        operators.bloom(strength=0.3)
        operators.set_look(look=tile.look)
        neuron: Any = bpy.context.object
        modifier: Any = find_modifier(neuron)
        set_inputs(modifier, {"Style": tile.style})
        if tile.as_before:
            _draw_as_before(neuron)
        scene.render.engine = tile.engine
        scene.cycles.samples = scene.eevee.taa_render_samples = SAMPLES
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
            pictures.append(picture.convert("RGB"))
        bpy.data.objects.remove(neuron)
    return pictures


def _draw_as_before(neuron: Any) -> None:
    """Sweep a ring along the recorded points, with flat ends."""
    from blender_spike.common import nodes
    from blender_spike.common.nodes.modifiers import add_group_modifier, set_inputs
    from blender_spike.playback.playback import find_modifier

    @nodes.group("Tubes of version 0.1.0")
    def tubes(tree: nodes.Tree) -> None:
        drawn = tree.add(
            "GeometryNodeSeparateComponents", {"Geometry": tree.input("Geometry", "Geometry")}
        )
        material = tree.input("Material", "Material")
        radius = tree.add("GeometryNodeInputRadius")
        swept = tree.tube(drawn["Curve"], 10, 1.0, scale=radius, capped=True)
        smooth = tree.add("GeometryNodeSetShadeSmooth", {"Mesh": swept})
        painted = tree.add("GeometryNodeSetMaterial", {"Geometry": smooth, "Material": material})
        tree.output("Geometry", tree.join(painted, drawn["Instances"]))

    modifier: Any = find_modifier(neuron)
    set_inputs(modifier, {"Style": "Strands"})
    add_group_modifier(neuron, "Tubes", tubes(), {"Material": neuron.active_material})


if __name__ == "__main__":
    make(Path(sys.argv[1])).save(sys.argv[2])
