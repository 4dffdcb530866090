# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to regions in the course of a project: other modes, files, scenes, collections."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.atlases import NAME, write_v3
from helpers.fast import fast_first
from helpers.libraries import save_as_library

LINKED = "'CA3' is linked from another .blend; change it in that file."


@pytest.fixture
def folder(bpy: Any, tmp_path: Path) -> str:
    write_v3(tmp_path)
    bpy.context.scene.blender_brain.folder = str(tmp_path)
    return str(tmp_path)


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "rates.csv"
    path.write_text("region,time,value\nCA3,0,1\nCA3,10,3\nDG,0,0\nDG,10,2\n")
    return str(path)


@pytest.fixture
def points(tmp_path: Path) -> str:
    path = tmp_path / "cells.csv"
    path.write_text("AP,DV,ML\n3500,1500,1500\n3600,1500,1500\n")
    return str(path)


def imported(bpy: Any, folder: str, acronyms: str, **settings: Any) -> list[Any]:
    bpy.ops.blender_brain.import_regions(atlas=NAME, folder=folder, acronyms=acronyms, **settings)
    return list(bpy.context.selected_objects)


def linked(bpy: Any, folder: str, acronyms: str, kind: str = "objects") -> list[Any]:
    """Open an empty file with regions, or the collection of them, linked from another one."""
    regions = imported(bpy, folder, acronyms)
    names = {"objects": [one.name for one in regions], "collections": [f"{NAME}_v3.0"]}
    blend = save_as_library(bpy, Path(folder))
    bpy.context.scene.blender_brain.folder = folder
    with bpy.data.libraries.load(blend, link=True) as (_, here):
        setattr(here, kind, names[kind])
    collection = bpy.context.scene.collection
    for thing in getattr(here, kind):
        (collection.objects if kind == "objects" else collection.children).link(thing)
    if kind == "objects":
        for thing in here.objects:
            thing.select_set(True)
        bpy.context.view_layer.objects.active = here.objects[0]
    return list(getattr(here, kind))


def corners(thing: Any) -> Any:
    return np.array([thing.matrix_world @ vertex.co for vertex in thing.data.vertices])


def test_what_is_linked_is_changed_where_it_is_from(bpy: Any, folder: str, table: str):
    """A sentence says so, also where nothing but a look was wanted; nothing changes."""
    (region,) = linked(bpy, folder, "CA3")
    bpy.context.view_layer.update()
    before = corners(region)
    ops = bpy.ops.blender_brain
    for call, settings in (
        (ops.set_look, {"look": "GLASS"}),
        (ops.color_by_table, {"filepath": table}),
        (ops.isolate, {"region": "CA3"}),
        (
            ops.import_regions,
            {"atlas": NAME, "folder": folder, "acronyms": "CA3", "um_per_unit": 100.0},
        ),
    ):
        with pytest.raises(RuntimeError, match=LINKED):
            call(**settings)
    ops.show_level(level=1)
    assert not region.hide_render and np.array_equal(corners(region), before)
    assert region.active_material.name == "Atlas Colors"
    # What only looks at it goes on as ever.
    assert ops.import_regions(atlas=NAME, folder=folder, acronyms="CA3", decimation=0.5) == {
        "FINISHED"
    }
    assert ops.film_scene(atlas=NAME, folder=folder, glass="MO", glow="", gradient="CA3") == {
        "FINISHED"
    }
    assert ops.add_labels() == {"FINISHED"}
    assert region.active_material.name == "Atlas Colors" and not region.modifiers


def test_the_file_s_own_are_changed_beside_linked_ones(bpy: Any, folder: str, table: str):
    (region,) = linked(bpy, folder, "CA3")
    own, *_ = imported(bpy, folder, "DG")
    for one in (region, own):
        one.select_set(True)
    ops = bpy.ops.blender_brain
    assert (
        ops.set_look(look="GLOW") == {"FINISHED"}
        and own.active_material["blender_brain_look"] == "GLOW"
    )
    assert ops.color_by_table(filepath=table) == {"FINISHED"} and "region_value" in own
    assert "region_value" not in region
    ops.show_level(level=1)
    assert own.hide_render and not region.hide_render
    ops.show_all()
    assert not own.hide_render


def test_linked_objects_are_not_placed(bpy: Any, folder: str):
    region, *_ = imported(bpy, folder, "CA3")
    empty = bpy.data.objects.new("mark", None)
    bpy.context.scene.collection.objects.link(empty)
    blend = str(Path(folder) / "library.blend")
    bpy.data.libraries.write(blend, {empty})
    bpy.data.objects.remove(empty)
    with bpy.data.libraries.load(blend, link=True) as (_, here):
        here.objects = ["mark"]
    (mark,) = here.objects
    own = bpy.data.objects.new("own", None)
    region.select_set(False)
    for thing in (mark, own):
        bpy.context.scene.collection.objects.link(thing)
        thing.select_set(True)
    bpy.context.view_layer.objects.active = own
    assert bpy.ops.blender_brain.place_objects(region="CA3") == {"FINISHED"}
    assert own.location.length > 0.1 and mark.location.length == 0
    own.select_set(False)
    with pytest.raises(RuntimeError, match="'mark' is linked from another .blend"):
        bpy.ops.blender_brain.place_objects(region="CA3")


def test_an_override_keeps_its_look_and_its_values(bpy: Any, folder: str, table: str):
    """Its mesh is still the other file's, so that the object itself has the material."""
    (region,) = linked(bpy, folder, "CA3")
    own = region.override_create(remap_local_usages=True)
    bpy.context.view_layer.objects.active = own
    own.select_set(True)
    ops = bpy.ops.blender_brain
    assert ops.set_look(look="GLASS") == {"FINISHED"}
    assert ops.set_look(look="GLASS", opacity=0.3) == {"FINISHED"}
    with pytest.raises(RuntimeError, match=LINKED):
        ops.import_regions(atlas=NAME, folder=folder, acronyms="CA3", um_per_unit=100.0)
    saved = str(Path(folder) / "saved.blend")
    for look in ("GLASS", None):
        bpy.ops.wm.save_as_mainfile(filepath=saved)
        bpy.ops.wm.open_mainfile(filepath=saved)
        own = bpy.context.scene.objects["CA3"]
        assert (
            own.override_library is not None
            and own.active_material.get("blender_brain_look") == look
        )
        ops.color_by_table(filepath=table)
    assert own.active_material.name == "Region Values"


def test_import_beside_a_linked_collection_of_the_atlas(bpy: Any, folder: str):
    """Nothing can be added to it: new regions get one of this file's own, nested as ever."""
    (theirs,) = linked(bpy, folder, "CA3", "collections")
    for parts in ("ONLY", "HIERARCHY"):
        bpy.ops.blender_brain.import_regions(atlas=NAME, folder=folder, acronyms="HPF", parts=parts)
    assert [one.name for one in theirs.objects] == ["CA3"]
    names = sorted(one.name for one in bpy.context.scene.objects)
    assert names == ["CA3", "DG", "HPF"]
    own = [one for one in bpy.context.scene.collection.children if one != theirs]
    assert len(own) == 1 and [one.name for one in own[0].children] == ["HPF"]


@pytest.mark.parametrize("hidden", ["exclude", "hide_viewport", "disabled"])
def test_import_into_a_hidden_collection(bpy: Any, folder: str, points: str, hidden: str):
    """It comes in, hidden with the rest of the collection; what looks at all regions goes on."""
    ops = bpy.ops.blender_brain
    imported(bpy, folder, "CA3")
    layers = bpy.context.view_layer.layer_collection.children
    bpy.context.view_layer.active_layer_collection = layers[f"{NAME}_v3.0"]
    collection = bpy.data.collections[f"{NAME}_v3.0"]
    if hidden == "disabled":
        collection.hide_viewport = True
    else:
        setattr(layers[collection.name], hidden, True)
    # Blender itself makes another one active then; a script need not.
    with bpy.context.temp_override(collection=collection):
        assert ops.import_points(filepath=points) == {"FINISHED"}
    assert ops.import_regions(atlas=NAME, folder=folder, acronyms="DG") == {"FINISHED"}
    assert ops.set_stage(degrees=90.0) == {"FINISHED"}
    if hidden == "exclude":
        # Nothing of it is in the picture.
        with pytest.raises(RuntimeError, match="hidden in renders"):
            ops.add_labels()
        layers[collection.name].exclude = False
    assert ops.add_labels() == {"FINISHED"}
    assert {one.name for one in collection.objects} == {"CA3", "DG", "cells"}


def test_points_where_nothing_can_be_added(bpy: Any, folder: str, points: str):
    """An active collection from another file: the scene's own takes them instead."""
    (theirs,) = linked(bpy, folder, "CA3", "collections")
    layer = bpy.context.view_layer.layer_collection.children[theirs.name]
    bpy.context.view_layer.active_layer_collection = layer
    assert bpy.ops.blender_brain.import_points(filepath=points) == {"FINISHED"}
    cells = bpy.data.objects["cells"]
    assert list(cells.users_collection) == [bpy.context.scene.collection]
    assert cells.select_get() and bpy.context.object == cells


def test_two_scenes_have_their_own(bpy: Any, folder: str, table: str):
    """Regions, labels, bars and looks of one scene are none of the other's."""
    first = bpy.context.scene
    ops = bpy.ops.blender_brain
    imported(bpy, folder, "CA3, DG")
    ops.color_by_table(filepath=table)
    ops.add_color_bar()
    ops.add_labels()
    before = sorted(one.name for one in first.objects)
    other = bpy.data.scenes.new("other")
    bpy.context.window.scene = other
    other.blender_brain.folder = folder
    mine = imported(bpy, folder, "CA3, DG")
    assert len(mine) == 2 and not set(mine) & set(first.objects)
    assert not ops.remove_labels.poll() and not ops.remove_color_bars.poll()
    ops.set_look(look="GLASS")
    ops.set_stage(degrees=90.0)
    ops.add_labels()
    ops.remove_labels()
    ops.isolate(region=mine[0].name)
    assert sorted(one.name for one in first.objects) == before
    for name in ("CA3", "DG"):
        region = first.objects[name]
        assert region.active_material.name == "Region Values" and not region.hide_render


@pytest.mark.slow
@fast_first(
    ("thing", "mode"),
    [
        ("region", "EDIT"),
        ("region", "SCULPT"),
        ("region", "WEIGHT_PAINT"),
        ("mesh", "EDIT"),
        ("armature", "POSE"),
        ("armature", "EDIT"),
    ],
)
def test_everything_in_any_mode(
    bpy: Any, folder: str, table: str, points: str, thing: str, mode: str
):
    ops = bpy.ops.blender_brain
    regions = imported(bpy, folder, "CA3, DG")
    if thing == "mesh":
        bpy.ops.mesh.primitive_cube_add()
    elif thing == "armature":
        bpy.ops.object.armature_add()
    active = bpy.context.object

    def again() -> None:
        for one in bpy.context.selected_objects:
            one.select_set(False)
        for one in regions if thing == "region" else [active]:
            one.select_set(True)
        bpy.context.view_layer.objects.active = active
        if active.mode != mode:
            bpy.ops.object.mode_set(mode=mode)

    calls: list[tuple[Any, dict[str, Any]]] = [
        (ops.set_stage, {"degrees": 90.0}),
        (ops.color_by_table, {"filepath": table}),
        (ops.add_color_bar, {}),
        (ops.add_labels, {}),
        (ops.import_points, {"filepath": points}),
        (ops.import_regions, {"atlas": NAME, "folder": folder, "acronyms": "MO"}),
        (
            ops.import_regions,
            {"atlas": NAME, "folder": folder, "acronyms": "CA3, DG", "um_per_unit": 500.0},
        ),
        (ops.film_scene, {"atlas": NAME, "folder": folder}),
    ]
    if thing == "region":
        calls.append((ops.set_look, {"look": "GLASS"}))
    else:
        calls.append((ops.place_objects, {"region": "CA3", "pivot": "MIDDLE"}))
    for call, settings in calls:
        again()
        assert call(**settings) == {"FINISHED"}, call
    assert len(corners(regions[0])) == 8
    assert bpy.data.objects["cells"].name in bpy.context.scene.objects


@pytest.mark.slow
def test_append_and_link_into_another_file(bpy: Any, folder: str, table: str):
    """Values, colors and labels, in a Blender that has no extension and runs no scripts."""
    ops = bpy.ops.blender_brain
    imported(bpy, folder, "CA3, DG")
    ops.color_by_table(filepath=table)
    ops.add_labels()
    material = bpy.data.objects["CA3"].active_material
    limits = material.node_tree.nodes["Limits"].inputs
    limits["From Max"].default_value = 7.0
    blend = str(Path(folder) / "library.blend")
    bpy.ops.wm.save_as_mainfile(filepath=blend, copy=True)
    script = f"""
import bpy
from pathlib import Path
for link in (False, True):
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    assert not hasattr(bpy.types, "BLENDER_BRAIN_OT_import_regions")
    with bpy.data.libraries.load({blend!r}, link=link) as (there, here):
        here.objects = ["CA3", "CA3 label"]
    for thing in here.objects:
        bpy.context.collection.objects.link(thing)
    saved = str(Path({folder!r}, f"link {{link}}.blend"))
    bpy.ops.wm.save_as_mainfile(filepath=saved)
    bpy.ops.wm.open_mainfile(filepath=saved, use_scripts=False)
    scene = bpy.context.scene
    region, label = scene.objects["CA3"], scene.objects["CA3 label"]
    for frame, value in ((1, 1), (6, 2), (11, 3)):
        scene.frame_set(frame)
        graph = bpy.context.evaluated_depsgraph_get()
        assert abs(region.evaluated_get(graph)["region_value"] - value) < 1e-4, (link, frame)
    limits = region.active_material.node_tree.nodes["Limits"].inputs
    assert limits["From Max"].default_value == 7.0
    assert len(label.evaluated_get(graph).to_mesh().vertices) > 50, link
"""
    subprocess.run([sys.executable, "-c", script], check=True)
