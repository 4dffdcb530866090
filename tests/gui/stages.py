# SPDX-License-Identifier: GPL-3.0-or-later
"""States of a scene in which the panels of an add-on show all that they can show.

The files are those of `files_all.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy
from controls import shade_beside
from window import (
    DATA,
    Step,
    area,
    back_and_forth,
    empty_scene,
    open_tab,
    pick_above,
    see,
    show_panels,
    sidebar,
    viewport,
)

Stage = Callable[[], None]
# Operators without a button of their own that stays in the sidebar when it is pressed.
LEFT = {
    # In menus, which are opened after the buttons.
    "blender_spike.choose_quantity",
    "blender_spike.set_look",
    "blender_spike.choose_layout",
    "blender_spike.add_layout",
    "blender_brain.choose_atlas",
    *(
        f"{addon}.{name}"
        for addon in ("blender_spike", "blender_brain", "surface_slicer")
        for name in ("picture_size", "frame_rate")
    ),
    # Of a scene with the film of a story, which another scenario makes.
    "blender_spike.rebuild_story",
    "blender_brain.rebuild_story",
    "surface_slicer.rebuild_story",
    # Goes on in the background, and is no step of undo.
    "blender_spike.render_film",
    "blender_brain.render_film",
    "surface_slicer.render_film",
    # Nothing goes online here.
    "blender_brain.list_downloads",
    "blender_brain.download_atlas",
    "blender_brain.download_meshes",
    "blender_brain.cancel_download",
    # They run another program; the scenario of BlenderSpike presses them.
    "blender_spike.simulate",
    "blender_spike.cancel_simulation",
    "blender_spike.watch",
    "blender_spike.stop_watching",
    "blender_spike.show_run",
    # In the Add menu of node editors.
    "blender_spike.add_node_group",
    "surface_slicer.add_node_group",
    # In the preferences.
    "blender_spike.find_program",
    # Gone once the viewport shows colors, which undo leaves as it is; another scenario presses it.
    "blender_spike.show_colors",
    "blender_brain.show_colors",
    "surface_slicer.show_colors",
    # In the shader editor; the scenario of Surface Slicer uses it.
    "surface_slicer.fill_color_ramp",
}


def preferences() -> None:
    """Have whole panels seen at once, and nothing drawn that takes time and is not looked at."""
    preferences = bpy.context.preferences
    preferences.view.ui_scale = 0.6
    preferences.view.filebrowser_display_type = "SCREEN"
    preferences.view.show_tooltips = False
    preferences.system.viewport_aa = "OFF"
    preferences.system.use_region_overlap = False


def move_on() -> None:
    """Change something that has nothing to do with the add-ons."""
    thing = bpy.context.object
    if thing is None:
        bpy.context.scene.frame_end += 1
    else:
        thing.location.x += 0.25
    bpy.ops.ed.undo_push(message="Moved on")


def set_up(
    addon: str,
    stage: Stage,
    shading: str = "SOLID",
    further: tuple[Callable[[], object], Callable[[], object]] = (move_on, move_on),
) -> Step:
    """Begin with a fresh scene in a state, and make two further steps that can be undone.

    Parameters
    ----------
    addon : str
    stage : callable
    shading : str
        Of the viewport; a second, small one beside it shows what is rendered.
    further : tuple of callable
        The two steps.
    """
    with viewport():
        bpy.ops.wm.read_homefile(app_template="", use_empty=False)
    yield
    yield from empty_scene()
    shade_beside()
    yield from show_panels(addon)
    yield from open_tab(TABS[addon])
    with viewport():
        stage()
        # View layers can lie over each other then, whatever the world.
        bpy.context.scene.render.film_transparent = True
        bpy.ops.ed.undo_push(message="Scene of the test")
    space = area().spaces.active
    space.shading.type = shading
    # Half of what drawing takes, and nothing of ours.
    overlay = space.overlay
    overlay.show_outline_selected = overlay.show_floor = False
    overlay.show_axis_x = overlay.show_axis_y = False
    yield
    yield
    active = bpy.context.object
    for step in further:
        with viewport():
            step()
        yield
        yield
    if active is not None and bpy.context.object != active:
        # Its panels are wanted.
        bpy.context.view_layer.objects.active = active
        with viewport():
            bpy.ops.ed.undo_push(message="Made active")
    yield


def is_shown(addon: str) -> bool:
    """Tell whether the tab is there: without a panel in this state of the scene, it is not."""
    return bool(sidebar().active_panel_category == TABS[addon])


def only(*things: Any) -> None:
    """Select these objects; the last is active."""
    bpy.ops.object.select_all(action="DESELECT")
    for thing in things:
        thing.select_set(True)
        bpy.context.view_layer.objects.active = thing


def neurons() -> None:
    """Two that share a material, with figures and a sound, and a third beside them."""
    ops = bpy.ops.blender_spike
    for _ in range(3):
        ops.import_simulation(filepath=str(DATA / "cell.pickle"))
    first, second, third = (bpy.data.objects[name] for name in ("cell", "cell.001", "cell.002"))
    only(first, second)
    ops.share_material()
    bpy.context.scene.timeline_markers.new("0 ms", frame=2)
    ops.add_trace(section="soma")
    ops.add_color_bar()
    ops.add_spike_sound()
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


def quantities() -> None:
    """A neuron with several, membrane currents among them, and their field; and with synapses."""
    bpy.ops.object.empty_add(location=(1.0, 0.0, 0.0))
    empty = bpy.context.object
    bpy.ops.blender_spike.import_simulation(filepath=str(DATA / "several.pickle"))
    neuron = bpy.context.object
    bpy.ops.blender_spike.add_field(resolution=20)
    # An electrode is put where it is.
    only(empty, neuron)


def classes() -> None:
    """A cell of a type, and the legend of types."""
    bpy.ops.blender_spike.import_simulation(filepath=str(DATA / "types.pickle"))
    bpy.ops.blender_spike.add_legend()
    only(bpy.context.object)


def network() -> None:
    """Cells that fly, at another pace and in other limits than those that buttons give them."""
    bpy.ops.object.empty_add()
    empty = bpy.context.object
    bpy.ops.blender_spike.import_simulation(filepath=str(DATA / "points.pickle"))
    only(empty, bpy.context.object)
    pace(bpy.context.object, 0.3)
    bpy.ops.blender_spike.add_layout(kind="Circle")


def nothing() -> None:
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


def points() -> None:
    """Some with a column, which can be colored by it."""
    ops = bpy.ops.blender_brain
    ops.make_demo_atlas()
    ops.import_regions(atlas="demo_mouse_100um", acronyms="CA3")
    ops.import_points(filepath=str(DATA / "cells.csv"))
    typed = bpy.context.scene.blender_brain
    typed.acronyms, typed.region = "DG", "CA3"
    only(bpy.data.objects["cells"])


def something_beside() -> None:
    """A cube to be placed at a region."""
    bpy.ops.blender_brain.make_demo_atlas()
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
    """A closed body that is cut, and images to make a surface of."""
    for name in ("picture", "another"):
        bpy.data.images.new(name, 4, 4)
    typed = bpy.context.scene.surface_slicer
    typed.kind, typed.image = "IMAGE", "picture"
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    bpy.ops.surface_slicer.slice_objects()
    only(cube)


def curve() -> None:
    """One, and an archive of several arrays to choose from."""
    bpy.context.scene.surface_slicer.filepath = str(DATA / "arrays.npz")
    bpy.ops.surface_slicer.create_curve(filepath=str(DATA / "wave.npy"))


def filled_curve() -> None:
    """A curve with its fill, which is active."""
    bpy.ops.surface_slicer.create_curve(filepath=str(DATA / "wave.npy"))
    bpy.ops.surface_slicer.fill_curve()


def curve_with_axes() -> None:
    """A curve with its axes, beside the axes of a surface that was deleted."""
    surface_with_axes()
    bpy.ops.object.delete()
    bpy.ops.surface_slicer.create_curve(filepath=str(DATA / "wave.npy"))
    bpy.ops.surface_slicer.add_curve_axes()


def arrow() -> None:
    """An arrow alone."""
    bpy.ops.surface_slicer.create_arrow(filepath=str(DATA / "wave.npy"))


def layout_menus() -> Step:
    """Choose where a network's cells fly to, and add a layout."""
    modifier = bpy.context.object.modifiers[0]
    ends = {
        item.name: getattr(modifier.properties.inputs, item.identifier)
        for item in modifier.node_group.interface.items_tree
        if item.item_type == "SOCKET" and item.name in ("To", "Mix")
    }
    before = ends["To"].value
    # The menu may be scrolled out of sight otherwise, although the field below it is not.
    yield from show_panels("blender_spike", of=bpy.types.BLENDER_SPIKE_PT_layout)
    yield from pick_above(ends["Mix"].path_from_id("value"), 0)
    yield from see(lambda: ends["To"].value != before, "a layout is chosen in its menu")


def quantity_menu() -> Step:
    """Choose another quantity, back and forth."""

    def quantity() -> str:
        return str(bpy.data.objects["several"].blender_spike.quantity)

    yield from pick_above('nodes["Limits"].inputs[1]', 1)
    yield from see(lambda: quantity() == "cai", "a quantity is chosen in the menu")
    yield from back_and_forth(lambda: quantity() == "v", lambda: quantity() == "cai")


def atlas_menu() -> Step:
    """Choose an atlas."""
    typed = bpy.context.scene.blender_brain
    typed.atlas = ""
    yield
    yield from pick_above("blender_brain.folder", 0)
    yield from see(lambda: typed.atlas.startswith("demo_mouse"), "an atlas is chosen in the menu")


TABS = {
    "blender_spike": "BlenderSpike",
    "blender_brain": "BlenderBrain",
    "surface_slicer": "Surface Slicer",
}
STAGES: dict[str, tuple[Stage, ...]] = {
    "blender_spike": (network, plain_neuron, quantities, neurons, classes, nothing),
    "blender_brain": (nothing, regions, points, something_beside),
    "surface_slicer": (
        surface_with_axes,
        surface,
        sliced,
        curve,
        filled_curve,
        curve_with_axes,
        arrow,
    ),
}
MENUS: dict[Stage, Callable[[], Step]] = {
    network: layout_menus,
    quantities: quantity_menu,
    regions: atlas_menu,
}
