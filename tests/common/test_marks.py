# SPDX-License-Identifier: GPL-3.0-or-later
"""What the extensions leave in a file is known as theirs, and nothing else is taken for it."""

from __future__ import annotations

import re

import pytest
from helpers.fast import fast_first

pytestmark = pytest.mark.usefixtures("built")

OURS = re.compile(r"(spike_suite|blender_spike|blender_brain|surface_slicer)[_ ]")


def test_a_mark_is_stored_read_and_removed(bpy):
    from common.marks import Mark

    mark = Mark("surface_slicer", "kept", "older", lambda thing: thing["older"] == "ours")
    thing = bpy.data.objects.new("thing", None)
    assert not mark.on(thing) and mark.of(thing) is None and mark.of(thing, 3) == 3
    thing["older"] = "somebody's"
    assert not mark.on(thing)
    mark.put(thing, "new")
    assert dict(thing) == {"older": "somebody's", "surface_slicer_kept": "new"}
    mark.remove(thing)
    assert dict(thing) == {"older": "somebody's"}


def test_what_0_1_0_stored_is_read_and_replaced(bpy):
    from common.marks import Mark

    mark = Mark("surface_slicer", "kept", "older", lambda thing: thing["older"] == "ours")
    thing = bpy.data.objects.new("thing", None)
    thing["older"] = "ours"
    assert mark.of(thing) == "ours"
    mark.put(thing, "new")
    assert dict(thing) == {"surface_slicer_kept": "new"}


def everything(bpy):
    """All datablocks that can have custom properties, worlds' and materials' own trees too."""
    for kind in ("objects", "materials", "node_groups", "images", "worlds", "meshes", "scenes"):
        yield from getattr(bpy.data, kind)


def fill(bpy, tmp_path):
    """A scene in which a person has used the extensions."""
    import numpy as np
    from helpers.atlases import write_v3
    from helpers.simulations import branched, simulation

    from spike_export import write

    np.save(tmp_path / "hill.npy", np.hypot(*np.mgrid[-1:1:20j, -1:1:20j]))
    bpy.ops.object.camera_add()
    bpy.context.scene.camera = bpy.context.object
    bpy.ops.blender_spike.import_simulation(
        filepath=str(write(tmp_path / "cell.pickle", simulation(branched())))
    )
    bpy.ops.blender_spike.color_by_voltage()
    bpy.ops.blender_spike.add_color_bar()
    bpy.ops.blender_spike.film_scene()
    write_v3(tmp_path)
    bpy.context.scene.blender_brain.folder = str(tmp_path)
    (tmp_path / "rates.csv").write_text("CA3,1\nDG,2\n")
    for look in ("ATLAS", "FLAT", "GLASS", "GLOW", "GRADIENT"):
        bpy.ops.blender_brain.import_regions(folder=str(tmp_path), acronyms="CA3, DG")
        bpy.ops.blender_brain.set_look(look=look)
    bpy.ops.blender_brain.color_by_table(filepath=str(tmp_path / "rates.csv"))
    bpy.ops.blender_brain.add_color_bar()
    bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "hill.npy"))
    bpy.ops.surface_slicer.slice_objects()
    bpy.ops.surface_slicer.add_wireframe_twin()


@pytest.mark.slow
def test_all_that_is_left_in_a_file_carries_a_prefix(bpy, tmp_path):
    fill(bpy, tmp_path)
    names = {key for thing in everything(bpy) for key in thing.keys()}  # noqa: SIM118
    # Cycles' are Blender's own; a region's value is there to be animated by people.
    others = {"cycles", "region_value"}
    assert not {name for name in names if not OURS.match(name) and name not in others}
    assert {name for name in names if name.startswith("surface_slicer_")}
    assert {name for name in names if name.startswith("spike_suite_")}
    assert names >= {"blender_brain_look", "blender_brain_quantity"}


@pytest.mark.slow
@fast_first("name", ["slicer", "look", "quantity", "built_as", "before_slicing", "corner"])
def test_a_property_of_somebody_s_own_breaks_nothing(bpy, tmp_path, name):
    """Of a name that version 0.1.0 used for its own."""
    things = [
        bpy.data.node_groups.new("theirs", "ShaderNodeTree"),
        bpy.data.materials.new("theirs"),
        bpy.data.images.new("theirs", 4, 4),
        bpy.data.worlds.new("theirs"),
        bpy.data.objects.new("theirs", None),
    ]
    for thing in things:
        thing[name] = "glass"
    fill(bpy, tmp_path)
    bpy.ops.surface_slicer.remove_slicing()
    assert all(thing[name] == "glass" and thing.name == "theirs" for thing in things)


@pytest.fixture
def region(bpy, tmp_path):
    from helpers.atlases import write_v3

    write_v3(tmp_path)
    bpy.context.scene.blender_brain.folder = str(tmp_path)
    bpy.ops.blender_brain.import_regions(folder=str(tmp_path), acronyms="CA3")
    return bpy.context.object


@pytest.mark.parametrize("look", ["ATLAS", "FLAT", "GLASS", "GLOW", "GRADIENT"])
def test_a_material_s_look_is_believed_by_its_nodes(bpy, region, look):
    """Of version 0.1.0's own it is used again; somebody's with the same property is left alone."""
    bpy.ops.blender_brain.set_look(look=look)
    own = region.active_material
    own["look"] = own.pop("blender_brain_look")
    bpy.ops.blender_brain.set_look(look=look)
    assert region.active_material == own
    for material in bpy.data.materials:
        if material != own:
            bpy.data.materials.remove(material)
    # Theirs: the property, and nodes of another kind.
    own.node_tree.nodes.clear()
    own.node_tree.nodes.new("ShaderNodeBsdfDiffuse")
    bpy.ops.blender_brain.set_look(look=look)
    assert region.active_material != own and region.active_material["blender_brain_look"] == look
    assert len(own.node_tree.nodes) == 1 and own["look"] == look


def test_a_material_s_quantity_is_believed_by_its_nodes(bpy, region, tmp_path):
    from blender_brain.data.value_colors import QUANTITY

    table = tmp_path / "rates.csv"
    table.write_text("region,rate\nCA3,1\n")
    bpy.ops.blender_brain.color_by_table(filepath=str(table))
    own = region.active_material
    name = QUANTITY.of(own)
    own["quantity"] = own.pop("blender_brain_quantity")
    assert name and QUANTITY.of(own) == name
    theirs = bpy.data.materials.new("theirs")
    theirs["quantity"] = "12 pieces"
    assert QUANTITY.of(theirs) is None
    # Stored anew, it is under its new name alone.
    bpy.ops.blender_brain.color_by_table(filepath=str(table))
    assert region.active_material == own
    assert own["blender_brain_quantity"] == name and "quantity" not in own
