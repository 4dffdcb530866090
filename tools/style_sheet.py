# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo cell's soma as version 0.1.0 drew it, as balls that are fused, and as a membrane.

All at the same time and from the same camera, in Cycles and in EEVEE.

Run by ``make gallery``, in a separate process, because it starts Blender::

    python tools/style_sheet.py out/demo.pickle out/gallery/styles.png
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from picture_sheet import captioned
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
WIDE, HIGH, SAMPLES, FRAME = 480, 320, 16, 37
ENGINES = {"Cycles": "CYCLES", "EEVEE": "BLENDER_EEVEE"}
# Width of the picture, in the neuron's units of 100 µm.
WIDTH = 1.1


class Kind(NamedTuple):
    """One row of the sheet."""

    title: str
    style: str
    look: str
    drawn: Callable[[Any], None] | None = None
    """What draws it instead of the style."""


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
    titles = [f"{kind.title}, {engine}" for kind in kinds() for engine in ENGINES]
    return captioned(list(zip(titles, pictures, strict=True)), len(ENGINES))


def kinds() -> tuple[Kind, ...]:
    """Return the rows."""
    return (
        Kind("Tubes of version 0.1.0", "Strands", "FLAT", _draw_as_before),
        Kind("Balls, fused", "Strands", "MEMBRANE_GLOW", _draw_as_balls),
        Kind("Membrane", "Membrane", "MEMBRANE_GLOW"),
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
    for kind in kinds():
        operators.import_simulation(filepath=str(simulation), style="STRANDS")
        operators.color_by_voltage(v_min=-75, v_max=40)
        operators.film_scene()
        operators.bloom(strength=0.3)
        operators.set_look(look=kind.look)
        neuron: Any = bpy.context.object
        modifier: Any = find_modifier(neuron)
        set_inputs(modifier, {"Style": kind.style})
        if kind.drawn is not None:
            kind.drawn(neuron)
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
        for engine in ENGINES.values():
            scene.render.engine = engine
            bpy.ops.render.render(write_still=True)
            with Image.open(scene.render.filepath) as picture:
                pictures.append(picture.convert("RGB"))
        bpy.data.objects.remove(neuron)
    return pictures


def _draw_as_before(neuron: Any) -> None:
    """Sweep a ring along the recorded points, with flat ends."""
    from blender_spike.common import nodes
    from blender_spike.common.nodes.modifiers import add_group_modifier

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

    add_group_modifier(neuron, "Tubes", tubes(), {"Material": neuron.active_material})


def _draw_as_balls(neuron: Any) -> None:
    """Fuse balls along the neurites and at the soma, wider near it, as nodes do without more."""
    from blender_spike.common import nodes
    from blender_spike.common.nodes.modifiers import add_group_modifier, input_value
    from blender_spike.lines.styles.membrane import skin
    from blender_spike.playback.playback import find_modifier

    voxel = 0.005

    @nodes.group("Balls, Fused")
    def balls(tree: nodes.Tree) -> None:
        drawn = tree.add(
            "GeometryNodeSeparateComponents", {"Geometry": tree.input("Geometry", "Geometry")}
        )
        material = tree.input("Material", "Material")
        soma = tree.object(tree.input("Spheres", "Object"))["Geometry"]
        place, radius = tree.add("GeometryNodeInputPosition"), tree.attribute("radius")
        size = tree.attribute("recorded_radius")
        center = tree.sample(soma, place, 0, "FLOAT_VECTOR")
        whole = tree.sample(soma, size, 0)
        away = tree.vector_math("DISTANCE", place, center) / whole
        near = tree.clamp((2.8 - away) / 2.2)
        wide = tree.minimum(whole * 0.3 + radius * 1.5, whole * 0.7)
        dense = tree.add(
            "GeometryNodeResampleCurve",
            {"Curve": drawn["Curve"], "Mode": "Length", "Length": voxel},
        )
        along = tree.add("GeometryNodeCurveToPoints", {"Curve": dense}, mode="EVALUATED")["Points"]
        thick = tree.store(along, "thick", tree.mix(near * near, radius, wide))
        ball = tree.store(tree.add("GeometryNodeMeshToPoints", {"Mesh": soma}), "thick", size * 0.8)
        both = tree.join(thick, ball)
        most = tree.maximum(tree.attribute("thick"), voxel * 1.6)
        mesh = skin(tree, both, most, voxel, 2)
        nearest = tree.add("GeometryNodeSampleNearest", {"Geometry": along})
        valued = tree.store(mesh, "voltage", tree.sample(along, tree.attribute("voltage"), nearest))
        smooth = tree.add("GeometryNodeSetShadeSmooth", {"Mesh": valued})
        tree.output(
            "Geometry",
            tree.add("GeometryNodeSetMaterial", {"Geometry": smooth, "Material": material}),
        )

    modifier: Any = find_modifier(neuron)
    given = {"Material": neuron.active_material, "Spheres": input_value(modifier, "Spheres").value}
    add_group_modifier(neuron, "Balls", balls(), given)


if __name__ == "__main__":
    make(Path(sys.argv[1])).save(sys.argv[2])
