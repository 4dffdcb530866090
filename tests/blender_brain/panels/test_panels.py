# SPDX-License-Identifier: GPL-3.0-or-later
"""The list, the panels and the buttons are about the same regions, the viewport's selected ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers.atlases import NAME, write_v3
from helpers.fast import fast_first
from helpers.panels import operators, shown

ADDON = "blender_brain"
COLORS = {"BLENDER_BRAIN_PT_colors", "BLENDER_BRAIN_PT_range"}
OTHERS = {
    f"BLENDER_BRAIN_PT_{what}"
    for what in ("scene", "look", "labels", "film", "story", "output", "data")
}
ON_REGION: dict[str, dict[str, Any]] = {
    "choose_atlas": {"atlas": NAME},
    "unfold": {"structure": "1"},
    "tick": {"structure": "1"},
    "untick_all": {},
    "set_look": {"look": "GRADIENT"},
    "show_level": {"level": 9},
    "isolate": {"region": "CA3"},
    "show_all": {},
    "set_stage": {},
    "picture_size": {"size": "square"},
    "frame_rate": {"rate": "25"},
    "output_format": {"format": "prores", "transparent": True},
    "add_passes": {},
    "film_scene": {"glass": "grey", "glow": "DG", "gradient": "CA3"},
    "add_labels": {},
    "remove_labels": {},
    "color_by_table": {"filepath": "rates.csv"},
    "add_color_bar": {},
    "remove_color_bars": {},
    "place_objects": {"place_by": "COORDINATES"},
}
# What is new is worked on from then on.
NEW = {"import_regions", "import_points", "color_points"}
# These need the network, a window or a story, or write an atlas of their own.
ELSEWHERE = {
    "choose_colormap", "suggest", "show_colors", "make_demo_atlas", "list_downloads",
    "download_atlas", "download_meshes", "cancel_download", "render_film",
    "import_story", "rebuild_story",
}  # fmt: skip


@pytest.fixture
def regions(bpy: Any, tmp_path: Path) -> dict[str, Any]:
    """Three regions, selected; CA3 is active and has a colormap."""
    write_v3(tmp_path)
    bpy.context.scene.blender_brain.folder = str(tmp_path)
    bpy.ops.blender_brain.import_regions(folder=str(tmp_path), acronyms="CA3, DG, MO")
    found = {thing.name: thing for thing in bpy.context.scene.objects}
    (tmp_path / "rates.csv").write_text("CA3,1\nDG,2\nMO,3\n")
    return found


def choose(bpy: Any, *things: Any) -> None:
    """Select as clicks in the viewport do; the first one is active."""
    from blender_brain.common.placing import select_only

    select_only(bpy.context, things)


def lit(bpy: Any) -> str:
    """The region whose row the list shows as the active one; nothing if there is none."""
    scene = bpy.context.scene
    row = scene.blender_brain.row
    return "" if row < 0 else scene.objects[row].name


def labelled(bpy: Any) -> list[str]:
    from blender_brain.common.nodes.modifiers import input_value
    from blender_brain.figures.labels import labels_of

    found = labels_of(bpy.context.scene)
    return sorted(input_value(one.modifiers[0], "Region").value.name for one in found)


def test_the_list_follows_the_viewport(bpy: Any, regions: Any):
    for name in ("DG", "MO", "CA3"):
        choose(bpy, regions[name])
        assert lit(bpy) == name
    cube = bpy.data.objects.new("cube", bpy.data.meshes.new("cube"))
    bpy.context.scene.collection.objects.link(cube)
    choose(bpy, cube)
    assert lit(bpy) == ""
    # Active, but not selected: buttons change the selected one.
    choose(bpy, regions["MO"])
    bpy.context.view_layer.objects.active = regions["DG"]
    assert lit(bpy) == "MO"
    bpy.ops.blender_brain.set_look(look="FLAT")
    assert regions["MO"].active_material.name == "Flat"
    assert regions["DG"].active_material.name != "Flat"


def test_a_row_is_clicked(bpy: Any, regions: Any):
    typed = bpy.context.scene.blender_brain
    typed.row = list(bpy.context.scene.objects).index(regions["DG"])
    assert bpy.context.object == regions["DG"] and lit(bpy) == "DG"
    assert bpy.context.selected_objects == [regions["DG"]]
    # As a value that an older file stored, or of a list that became shorter.
    typed.row = 99
    assert lit(bpy) == "DG"


def test_no_hidden_region_is_lit_while_buttons_change_another(bpy: Any, regions: Any):
    choose(bpy, regions["CA3"])
    bpy.ops.blender_brain.isolate(region="DG")
    assert regions["CA3"].hide_viewport and lit(bpy) == "DG"
    bpy.ops.blender_brain.set_look(look="FLAT")
    assert [n for n, r in regions.items() if r.active_material.name == "Flat"] == ["DG"]
    # Once more shows all, and what is selected stays.
    bpy.ops.blender_brain.isolate(region="DG")
    assert lit(bpy) == "DG" and not any(r.hide_viewport for r in regions.values())
    choose(bpy, regions["MO"], regions["DG"])
    regions["MO"].hide_viewport = True
    assert lit(bpy) == "DG"


def test_labels_of_all_that_are_seen(bpy: Any, regions: Any, capfd: Any):
    """With nothing selected, although a region is active."""
    choose(bpy, regions["DG"])
    bpy.ops.object.select_all(action="DESELECT")
    assert bpy.context.object == regions["DG"]
    regions["MO"].hide_render = True
    bpy.ops.blender_brain.add_labels()
    assert labelled(bpy) == ["CA3", "DG"]
    hidden = bpy.data.collections.new("hidden")
    bpy.context.scene.collection.children.link(hidden)
    for collection in regions["CA3"].users_collection:
        collection.objects.unlink(regions["CA3"])
    hidden.objects.link(regions["CA3"])
    hidden.hide_render = True
    bpy.ops.blender_brain.remove_labels()
    bpy.ops.blender_brain.add_labels()
    assert labelled(bpy) == ["DG"]
    hidden.hide_render = regions["MO"].hide_render = False
    bpy.ops.blender_brain.add_labels()
    assert labelled(bpy) == ["CA3", "DG", "MO"]
    # Selected, it is as it was.
    bpy.ops.blender_brain.remove_labels()
    choose(bpy, regions["MO"], regions["DG"])
    regions["MO"].hide_render = True
    capfd.readouterr()
    bpy.ops.blender_brain.add_labels()
    assert labelled(bpy) == ["DG"]
    assert "Labeled 'DG' in the camera's picture; 'MO' is hidden" in capfd.readouterr().out


def test_labels_that_are_removed(bpy: Any, regions: Any):
    """Those of the selection, or all; never others than those."""
    ops = bpy.ops.blender_brain
    ops.add_labels()
    choose(bpy, regions["DG"])
    ops.remove_labels()
    assert labelled(bpy) == ["CA3", "MO"]
    with pytest.raises(RuntimeError, match="The selection has no labels"):
        ops.remove_labels()
    choose(bpy, bpy.data.objects["CA3 label"])
    ops.remove_labels()
    assert labelled(bpy) == ["MO"]
    choose(bpy, regions["DG"])
    bpy.ops.object.select_all(action="DESELECT")
    ops.remove_labels()
    assert labelled(bpy) == []


def test_the_stage_is_for_all_that_is_visible(bpy: Any, regions: Any):
    """Whatever is selected, and not only for regions."""
    camera = {}
    for chosen in (list(regions.values()), [regions["DG"]], []):
        bpy.ops.object.select_all(action="DESELECT")
        for region in chosen:
            region.select_set(True)
        bpy.context.view_layer.objects.active = regions["DG"]
        bpy.ops.blender_brain.set_stage(degrees=0.0)
        bpy.context.view_layer.update()
        camera[len(chosen)] = tuple(bpy.context.scene.camera.matrix_world.translation)
    assert camera[0] == pytest.approx(camera[3]) and camera[0] == pytest.approx(camera[1])
    # What is hidden is not framed.
    for name in ("CA3", "MO"):
        regions[name].hide_render = True
    bpy.ops.blender_brain.set_stage(degrees=0.0)
    bpy.context.view_layer.update()
    alone = tuple(bpy.context.scene.camera.matrix_world.translation)
    assert alone != pytest.approx(camera[1])
    bpy.ops.mesh.primitive_uv_sphere_add(location=(20.0, 0.0, 0.0))
    bpy.ops.blender_brain.set_stage(degrees=0.0)
    bpy.context.view_layer.update()
    assert tuple(bpy.context.scene.camera.matrix_world.translation) != pytest.approx(alone)


def test_every_operator_is_in_a_table(bpy: Any):
    assert operators(bpy, ADDON) == {*ON_REGION, *NEW, *ELSEWHERE}


@fast_first("name", ON_REGION, fast=4)
def test_panels_stay_after_an_operator(bpy: Any, regions: Any, tmp_path: Path, name: str):
    ops = bpy.ops.blender_brain
    ops.color_by_table(filepath=str(tmp_path / "rates.csv"))
    ops.add_color_bar()
    ops.add_labels()
    choose(bpy, regions["CA3"], regions["DG"])
    assert shown(bpy, ADDON) >= COLORS | OTHERS
    settings = dict(ON_REGION[name])
    if "filepath" in settings:
        settings["filepath"] = str(tmp_path / settings["filepath"])
    if name == "film_scene":
        settings["folder"] = str(tmp_path)
    if name == "place_objects":
        empty = bpy.data.objects.new("empty", None)
        bpy.context.scene.collection.objects.link(empty)
        empty.select_set(True)
    assert getattr(ops, name)(**settings) == {"FINISHED"}
    assert shown(bpy, ADDON) >= COLORS | OTHERS


def test_regions_that_are_sliced(bpy: Any, regions: Any, tmp_path: Path):
    """While their slicer is active, list, panels and buttons are about what it cuts."""
    bpy.ops.blender_brain.color_by_table(filepath=str(tmp_path / "rates.csv"))
    choose(bpy, regions["DG"])
    bpy.ops.surface_slicer.slice_objects()
    assert bpy.context.object.type == "EMPTY"
    assert lit(bpy) == "DG" and shown(bpy, ADDON) >= COLORS | OTHERS


def test_what_the_eye_hid_is_shown_again(bpy: Any, regions: Any):
    """By H or in the outliner; Show All, Isolate and Film Scene mean all of it."""
    ops = bpy.ops.blender_brain
    regions["CA3"].hide_set(True)
    ops.show_all()
    assert regions["CA3"].visible_get()
    regions["CA3"].hide_set(True)
    ops.isolate(region="CA3")
    assert regions["CA3"].visible_get() and regions["CA3"].select_get()
    assert not regions["DG"].visible_get()
