# SPDX-License-Identifier: GPL-3.0-or-later
"""Press every button of all three add-ons, and take back what each did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bpy
from window import (
    DATA,
    Step,
    check,
    classes_of,
    empty_scene,
    open_tab,
    pick_above,
    picture,
    press_all,
    see,
    show_panels,
    sidebar,
    viewport,
    whole_panels,
)

# What `run.py --plant` breaks, each by itself; this has to notice.
FAULTS = {
    "operator": "BLENDER_SPIKE_OT_bloom",
    "draw": "BLENDER_BRAIN_PT_data",
    "poll": "SURFACE_SLICER_OT_add_cap",
}
# Drawing by software takes as long as a window is large, and one panel is shown at a time.
WINDOW = (900, 1000)
# Operators without a button of their own that stays in the sidebar when it is pressed.
LEFT = {
    # Windows of colormaps; the other scenarios use them.
    "blender_spike.choose_colormap",
    "blender_brain.choose_colormap",
    "surface_slicer.choose_colormap",
    # In menus, which are opened after the buttons.
    "blender_spike.choose_layout",
    "blender_spike.add_layout",
    "blender_brain.choose_atlas",
    # Nothing goes online here.
    "blender_brain.list_downloads",
    "blender_brain.download_atlas",
    "blender_brain.cancel_download",
    # In the shader editor; the scenario of Surface Slicer uses it.
    "surface_slicer.fill_color_ramp",
}


def scenario() -> Step:
    preferences = bpy.context.preferences
    # So that a whole panel is seen at once.
    preferences.view.ui_scale = 0.8
    preferences.view.filebrowser_display_type = "SCREEN"
    # What takes time to draw, and shows nothing that is looked at here.
    preferences.view.show_tooltips = False
    preferences.system.viewport_aa = "OFF"
    preferences.system.use_region_overlap = False
    yield from tab("BlenderSpike", "blender_spike", (network, plain_neuron, neurons))
    yield from tab("BlenderBrain", "blender_brain", (no_atlas, regions, something_beside))
    yield from tab("Surface Slicer", "surface_slicer", (surface_with_axes, surface, sliced, curve))


def tab(name: str, addon: str, stages: Sequence[Any]) -> Step:
    """Press what the tab shows in each of some states of the scene."""
    pressed: set[str] = set()
    for stage in stages:
        with viewport():
            bpy.ops.wm.read_homefile(app_template="", use_empty=False)
        yield
        yield from empty_scene()
        yield from show_panels(addon)
        yield from open_tab(name)
        with viewport():
            stage()
            bpy.ops.ed.undo_push(message="Scene of the test")
        yield
        yield
        picture(f"{addon} {stage.__name__}")
        for panel in whole_panels(addon):
            yield from show_panels(addon, of=panel)
            # Without a panel in this state of the scene, the tab is gone until there is one again.
            if sidebar().active_panel_category == name:
                print(f"looking for buttons of {panel.__name__}", flush=True)
                yield from press_all(addon, pressed, LEFT)
        yield from show_panels(addon)
        if stage in MENUS:
            yield from MENUS[stage]()
    missing = {
        operator.bl_idname
        for operator in classes_of(addon, bpy.types.Operator)
        if not any(call.startswith(f"bpy.ops.{operator.bl_idname}(") for call in pressed)
    }
    but = f" but {sorted(missing - LEFT)}" if missing - LEFT else ""
    check(not but, f"every button of {name} was pressed{but}")


def only(*things: Any) -> None:
    """Select these objects; the last is active."""
    bpy.ops.object.select_all(action="DESELECT")
    for thing in things:
        thing.select_set(True)
        bpy.context.view_layer.objects.active = thing


def neurons() -> None:
    """Two that share a material, with figures, and a third beside them."""
    ops = bpy.ops.blender_spike
    for _ in range(3):
        ops.import_simulation(filepath=str(DATA / "cell.pickle"))
    first, second, third = (bpy.data.objects[name] for name in ("cell", "cell.001", "cell.002"))
    only(first, second)
    ops.share_material()
    ops.add_trace(section="soma")
    ops.add_color_bar()
    only(third, first, second)


def plain_neuron() -> None:
    """One of the older format, without a material."""
    bpy.ops.object.empty_add()
    empty = bpy.context.object
    bpy.ops.blender_spike.import_simulation(filepath=str(DATA / "older.pickle"))
    only(empty, bpy.context.object)
    bpy.data.batch_remove(bpy.data.materials)


def pace(neuron: Any, ms_per_frame: float) -> None:
    """Play slower than one sample a frame, and in other limits, so that buttons have an effect."""
    modifier = neuron.modifiers[0]
    for item in modifier.node_group.interface.items_tree:
        if item.name == "Milliseconds per Frame":
            getattr(modifier.properties.inputs, item.identifier).value = ms_per_frame
    bpy.ops.blender_spike.color_by_voltage(v_min=-1, v_max=2)


def network() -> None:
    """Cells that fly, at another pace and in other limits than those that buttons give them."""
    bpy.ops.object.empty_add()
    empty = bpy.context.object
    bpy.ops.blender_spike.import_simulation(filepath=str(DATA / "points.pickle"))
    only(empty, bpy.context.object)
    pace(bpy.context.object, 0.3)
    bpy.ops.blender_spike.add_layout(kind="Circle")


def no_atlas() -> None:
    """Nothing but what is there at first."""


def regions() -> None:
    """Some with labels and values."""
    ops = bpy.ops.blender_brain
    ops.make_demo_atlas()
    bpy.context.scene.blender_brain.acronyms = "CA3, DG"
    ops.import_regions(atlas="demo_mouse_100um", acronyms="CA3, DG")
    ops.color_by_table(filepath=str(DATA / "rates.csv"))
    ops.add_color_bar()
    ops.add_labels()
    ops.tick(structure="1")
    only(bpy.data.objects["DG"], bpy.data.objects["CA3"])


def something_beside() -> None:
    """A cube to be placed at a region."""
    bpy.ops.blender_brain.import_regions(atlas="demo_mouse_100um", acronyms="CA3")
    bpy.ops.mesh.primitive_cube_add(size=0.2)
    typed = bpy.context.scene.blender_brain
    typed.acronyms = typed.region = "CA3"


def surface() -> None:
    bpy.context.scene.surface_slicer.filepath = str(DATA / "hill.npy")
    bpy.ops.surface_slicer.create_surface(filepath=str(DATA / "hill.npy"))


def surface_with_axes() -> None:
    """One that has a second array, too."""
    surface()
    bpy.ops.surface_slicer.add_axes()
    bpy.ops.surface_slicer.color_by_array(filepath=str(DATA / "hill.npy"))


def sliced() -> None:
    """A closed body that is cut."""
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    bpy.ops.surface_slicer.slice_objects()
    only(cube)


def curve() -> None:
    """A curve, and an image to make a surface of."""
    bpy.data.images.new("picture", 4, 4)
    typed = bpy.context.scene.surface_slicer
    typed.kind, typed.image = "IMAGE", "picture"
    bpy.ops.surface_slicer.create_curve(filepath=str(DATA / "wave.npy"))


def layout_menus() -> Step:
    """Choose where a network's cells fly to, and add a layout."""
    modifier = bpy.context.object.modifiers[0]
    ends = {
        item.name: getattr(modifier.properties.inputs, item.identifier)
        for item in modifier.node_group.interface.items_tree
        if item.item_type == "SOCKET" and item.name in ("To", "Mix")
    }
    before = ends["To"].value
    yield from pick_above(ends["Mix"].path_from_id("value"), 0)
    yield from see(lambda: ends["To"].value != before, "a layout is chosen in its menu")


def atlas_menu() -> Step:
    """Choose an atlas."""
    typed = bpy.context.scene.blender_brain
    typed.atlas = ""
    yield
    yield from pick_above("blender_brain.folder", 0)
    yield from see(lambda: typed.atlas.startswith("demo_mouse"), "an atlas is chosen in the menu")


MENUS = {network: layout_menus, regions: atlas_menu}
