# SPDX-License-Identifier: GPL-3.0-or-later
"""What is imported is gray in Solid shading, until a button shows its colors: in all add-ons."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
from window import (
    DATA,
    PICTURES,
    Step,
    area,
    check,
    click,
    empty_scene,
    open_tab,
    picture,
    region,
    see,
    shutil,
    undo,
    viewport,
)

# What `run.py --plant` breaks, each by itself; this has to notice.
FAULTS = {
    "operator": "BLENDER_SPIKE_OT_show_colors",
    "draw": "BLENDER_SPIKE_PT_color",
    "poll": "SURFACE_SLICER_OT_show_colors",
}
WINDOW = (1000, 1400)


def scenario() -> Step:
    # Nothing else in the viewport has a color.
    area().spaces.active.overlay.show_overlays = False
    area().spaces.active.show_gizmo = False
    bpy.context.preferences.system.use_region_overlap = False
    yield from neuron()
    yield from surface()
    yield from regions()


def shading() -> Any:
    return area().spaces.active.shading


def plain_solid() -> None:
    """As in a new Blender."""
    shading().type = "SOLID"
    shading().color_type = "MATERIAL"


def colored(name: str) -> float:
    """Take a picture, and return which share of the viewport has a color."""
    picture(name)
    if shutil.which("import") is None:
        return float("nan")
    image = bpy.data.images.load(str(PICTURES / f"{name}.png"))
    width, height = image.size
    pixels = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(pixels)
    bpy.data.images.remove(image)
    view = region("WINDOW")
    inside = pixels.reshape(height, width, 4)[
        view.y + height - bpy.context.window_manager.windows[0].height :, :, :3
    ][: view.height, view.x : view.x + view.width]
    return float(np.mean(np.ptp(inside, axis=2) > 0.25))


def is_seen(name: str) -> bool:
    share = colored(name)
    # Without ImageMagick nothing is known.
    return bool(np.isnan(share) or share > 0.002)


def see_colors(name: str) -> Step:
    """Wait for colors: materials are compiled when they are drawn first."""
    yield from see(lambda: is_seen(name), f"{name}: there are colors")


def see_gray(name: str) -> None:
    if shutil.which("import") is not None:
        check(not is_seen(name), f"{name}: there are no colors")


def frame_all() -> Step:
    with viewport():
        bpy.ops.view3d.view_all()
    for _ in range(4):
        yield


def neuron() -> Step:
    yield from empty_scene()
    yield from open_tab("BlenderSpike")
    plain_solid()
    with viewport():
        bpy.ops.blender_spike.import_simulation(filepath=str(DATA / "cell.pickle"), style="TUBES")
    cell = bpy.context.object
    with viewport():
        bpy.ops.ed.undo_push(message="Scene of the test")
    yield from frame_all()
    see_gray("neuron solid")
    yield from click("blender_spike.show_colors(shading='SOLID'", 0.75)
    yield from see(lambda: shading().color_type == "VERTEX", "Solid shows attributes")
    check("Solid Colors" in cell.modifiers, "the neuron has a color attribute")
    yield from frame_all()
    yield from see_colors("neuron solid colors")
    yield from undo()
    yield from see(
        lambda: "Solid Colors" not in bpy.data.objects["cell"].modifiers, "undo takes it back"
    )
    yield from click("blender_spike.show_colors(", 0.25)
    yield from see(lambda: shading().type == "MATERIAL", "the button shows materials")
    yield from frame_all()
    yield from see_colors("neuron colors")
    plain_solid()


def surface() -> Step:
    yield from empty_scene()
    yield from open_tab("Surface Slicer")
    with viewport():
        bpy.ops.surface_slicer.create_surface(filepath=str(DATA / "hill.npy"))
        bpy.ops.ed.undo_push(message="Scene of the test")
    yield from frame_all()
    see_gray("surface solid")
    yield from click("surface_slicer.show_colors(shading='SOLID'", 0.75)
    yield from see(lambda: shading().color_type == "VERTEX", "Solid shows attributes")
    yield from frame_all()
    yield from see_colors("surface solid colors")
    yield from undo()
    yield
    yield from click("surface_slicer.show_colors(", 0.25)
    yield from see(lambda: shading().type == "MATERIAL", "the button shows materials")
    yield from frame_all()
    yield from see_colors("surface colors")
    plain_solid()


def regions() -> Step:
    yield from empty_scene()
    yield from open_tab("BlenderBrain")
    with viewport():
        bpy.ops.blender_brain.make_demo_atlas()
    yield
    with viewport():
        bpy.ops.blender_brain.import_regions(acronyms="CA3, DG")
    # The import has Solid shading show the regions' own colors.
    yield from see(lambda: shading().color_type == "OBJECT", "Solid shows objects' colors")
    yield from frame_all()
    yield from see_colors("regions solid")
    plain_solid()
    yield from frame_all()
    see_gray("regions gray")
    yield from click("blender_brain.show_colors(", 0.25)
    yield from see(lambda: shading().type == "MATERIAL", "the button shows materials")
    yield from frame_all()
    yield from see_colors("regions colors")
