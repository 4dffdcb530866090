# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to surfaces, curves and slicers in the course of a project."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.fast import fast_first
from helpers.libraries import activate_linked_collection, bring, save_as_library

HEIGHTS = np.random.default_rng(3).normal(size=(5, 8))


@pytest.fixture
def path(tmp_path):
    np.save(tmp_path / "hill.npy", HEIGHTS)
    np.save(tmp_path / "line.npy", HEIGHTS[0])
    return tmp_path / "hill.npy"


def create(bpy, path):
    bpy.ops.surface_slicer.create_surface(
        filepath=str(path), height_scale=1.0, axes=True, base_plane=True
    )
    return bpy.context.object


def create_curve(bpy, path):
    bpy.ops.surface_slicer.create_curve(filepath=str(path.with_name("line.npy")))
    return bpy.context.object


def heights(bpy, surface):
    bpy.context.view_layer.update()
    mesh = surface.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    positions = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.attributes["position"].data.foreach_get("vector", positions.ravel())
    return positions[:, 2]


def assert_shows(bpy, surface, array):
    np.testing.assert_allclose(heights(bpy, surface), array[::-1].ravel(), atol=1e-6)


def choose(bpy, *things):
    bpy.ops.object.select_all(action="DESELECT")
    for thing in things:
        thing.select_set(True)
    bpy.context.view_layer.objects.active = things[0]


def names(bpy):
    kinds = ("objects", "meshes", "materials", "node_groups", "textures", "images", "hair_curves")
    return {kind: sorted(b.name for b in getattr(bpy.data, kind)) for kind in kinds}


def test_undo_and_redo(bpy, path):
    bpy.context.preferences.edit.use_global_undo = True
    create(bpy, path)
    bpy.ops.ed.undo_push(message="created")
    bpy.ops.surface_slicer.slice_objects()
    bpy.ops.surface_slicer.add_wireframe_twin()
    bpy.ops.ed.undo_push(message="sliced")
    for _ in range(2):
        bpy.ops.ed.undo()
        assert "Slicer" not in bpy.data.objects
        bpy.ops.ed.redo()
        assert_shows(bpy, bpy.data.objects["hill"], HEIGHTS)
        assert {"Slicer", "hill Wireframe"} <= set(bpy.data.objects.keys())


@pytest.mark.slow
@fast_first(
    ("thing", "mode"),
    [
        ("surface", "EDIT"),
        ("surface", "SCULPT"),
        ("surface", "VERTEX_PAINT"),
        ("mesh", "EDIT"),
        ("curve", "EDIT"),
        ("armature", "POSE"),
    ],
)
def test_everything_in_any_mode(bpy, path, thing, mode):
    """What somebody edits meanwhile is edited no more where something is measured or exchanged."""
    surface = create(bpy, path)
    if thing == "mesh":
        bpy.ops.mesh.primitive_cube_add()
    elif thing == "curve":
        create_curve(bpy, path)
    elif thing == "armature":
        bpy.ops.object.armature_add()
    edited = bpy.context.object

    def again():
        bpy.ops.object.mode_set(mode="OBJECT")
        choose(bpy, edited, *([] if thing == "armature" else [surface]))
        bpy.ops.object.mode_set(mode=mode)

    again()
    bpy.ops.surface_slicer.create_surface(filepath=str(path), height_scale=1.0)
    assert bpy.context.mode == "OBJECT" and bpy.context.object not in (edited, surface)
    assert_shows(bpy, bpy.context.object, HEIGHTS)
    again()
    create_curve(bpy, path)
    assert bpy.context.mode == "OBJECT" and bpy.context.object.name.startswith("line")
    again()
    bpy.ops.surface_slicer.add_slicer()
    assert bpy.context.object.name == "Slicer"
    if thing == "armature":
        return
    between = names(bpy)
    again()
    bpy.ops.surface_slicer.slice_objects()
    assert bpy.context.object.name == "Slicer.001"
    for operator in ("add_wireframe_twin", "add_profile", "animate_sweep"):
        again()
        assert getattr(bpy.ops.surface_slicer, operator)() == {"FINISHED"}
        assert bpy.context.mode == "OBJECT"
    bpy.ops.object.mode_set(mode="OBJECT")
    choose(bpy, bpy.data.objects[f"{surface.name} Wireframe"])
    bpy.ops.object.mode_set(mode="EDIT")
    for other in (edited, surface):
        other.select_set(True)
    bpy.ops.surface_slicer.remove_slicing()
    assert names(bpy) == between


@fast_first("mode", ["EDIT", "SCULPT"])
def test_reload_in_any_mode(bpy, path, mode):
    """Grid, texture and what stands beside it are the new ones; nothing is left of the old."""
    surface = create(bpy, path)
    before = names(bpy)
    np.save(path.with_name("second.npy"), HEIGHTS.T)
    np.save(path, HEIGHTS.T)
    bpy.ops.object.mode_set(mode=mode)
    bpy.ops.surface_slicer.reload()
    assert bpy.context.mode == "OBJECT"
    assert_shows(bpy, surface, HEIGHTS.T)
    counted = {kind: len(found) for kind, found in before.items()}
    assert {kind: len(found) for kind, found in names(bpy).items()} == counted
    for operator, settings in (
        ("color_by_array", {"filepath": str(path.with_name("second.npy"))}),
        ("color_surface", {"by": "ARRAY"}),
        ("base_plane", {}),
        ("add_axes", {}),
        ("film_scene", {}),
        ("remove_axes", {}),
    ):
        choose(bpy, surface)
        bpy.ops.object.mode_set(mode=mode)
        assert getattr(bpy.ops.surface_slicer, operator)(**settings) == {"FINISHED"}
        bpy.ops.object.mode_set(mode="OBJECT")
    assert len(surface.data.attributes["color_value"].data) == HEIGHTS.size


def test_a_copy_shows_its_heights_without_the_original(bpy, path, tmp_path):
    surface = create(bpy, path)
    bpy.ops.object.duplicate(linked=False)
    copy = bpy.context.object
    assert copy != surface
    bpy.data.objects.remove(surface)
    name = copy.name
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "copy.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "copy.blend"))
    bpy.ops.outliner.orphans_purge(do_recursive=True)
    assert_shows(bpy, bpy.data.objects[name], HEIGHTS)


@pytest.fixture
def linked_collection(bpy, tmp_path):
    """An active collection from another file, to which nothing can be added."""
    activate_linked_collection(bpy, tmp_path)


def test_where_nothing_can_be_added(bpy, path, linked_collection):
    """The scene's own collection takes it instead."""
    surface = create(bpy, path)
    curve = create_curve(bpy, path)
    choose(bpy, surface)
    bpy.ops.surface_slicer.slice_objects()
    slicer = bpy.context.object
    bpy.ops.surface_slicer.add_wireframe_twin()
    for thing in (surface, curve, slicer, bpy.data.objects["hill Wireframe"], *surface.children):
        assert list(thing.users_collection) == [bpy.context.scene.collection]
    assert_shows(bpy, surface, HEIGHTS)


@pytest.mark.parametrize("hidden", ["exclude", "hide_viewport"])
def test_into_a_hidden_collection(bpy, path, hidden):
    """Things come in, hidden with the rest of the collection."""
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    collection = bpy.data.collections.new("hidden")
    bpy.context.scene.collection.children.link(collection)
    layer = bpy.context.view_layer.layer_collection.children["hidden"]
    setattr(layer, hidden, True)
    # The window makes another one active as soon as this one is hidden; a script need not.
    with bpy.context.temp_override(collection=collection):
        bpy.ops.surface_slicer.create_surface(filepath=str(path), height_scale=1.0)
        bpy.ops.surface_slicer.create_curve(filepath=str(path.with_name("line.npy")))
        choose(bpy, cube)
        bpy.ops.surface_slicer.slice_objects()
    assert {thing.name for thing in collection.objects} == {"hill", "line", "Slicer"}
    setattr(layer, hidden, False)
    assert_shows(bpy, bpy.context.scene.objects["hill"], HEIGHTS)


def test_in_another_scene(bpy, path):
    """The one that is active gets surface, frames and slicer, and nothing goes to the first."""
    first = bpy.context.scene
    np.save(path, np.stack([HEIGHTS, 2 * HEIGHTS, 3 * HEIGHTS]))
    other = bpy.data.scenes.new("other")
    bpy.context.window.scene = other
    surface = create(bpy, path)
    bpy.ops.surface_slicer.slice_objects()
    bpy.ops.surface_slicer.add_wireframe_twin()
    assert not first.objects and len(other.objects) == 5
    assert (first.frame_end, other.frame_end) == (250, 3)
    # The same object in the first scene follows that scene's own frame.
    first.collection.objects.link(surface)
    first.frame_set(2)
    other.frame_set(3)
    for scene, factor in ((first, 2), (other, 3)):
        mesh = surface.evaluated_get(scene.view_layers[0].depsgraph).data
        assert mesh.attributes["height"].data[0].value == pytest.approx(factor * HEIGHTS[-1, 0])
    bpy.context.window.scene = other
    choose(bpy, surface)
    bpy.ops.surface_slicer.remove_slicing()
    assert "Slicer" not in bpy.data.objects and "hill Wireframe" not in bpy.data.objects


def test_append_another_sliced_file(bpy, tmp_path):
    """Slicers of the same name stay apart: each cuts its own, and goes without the other."""
    from surface_slicer.common.cut.slicer_group import cut_by, find_group
    from surface_slicer.slicer.slicer import slicers_of

    def sliced_cube():
        bpy.ops.mesh.primitive_cube_add()
        cube = bpy.context.object
        bpy.ops.surface_slicer.slice_objects()
        return cube, bpy.context.object

    sliced_cube()
    blend = save_as_library(bpy, tmp_path)
    cube, slicer = sliced_cube()
    theirs, their_slicer = bring(bpy, blend, "Cube", "Slicer", link=False)
    assert cut_by(find_group(slicer)) == [cube]
    assert cut_by(find_group(their_slicer)) == [theirs]
    choose(bpy, cube)
    bpy.ops.surface_slicer.remove_slicing()
    assert "Slicer" not in bpy.data.objects and not slicers_of(cube)
    assert slicers_of(theirs) == [find_group(their_slicer)]


@pytest.mark.slow
def test_linked_things_are_changed_where_they_are_from(bpy, path, tmp_path, capfd):
    """A sentence says so instead of a change that would be gone when the file is opened again."""
    from surface_slicer.slicer.slicer import slicers_of

    create(bpy, path)
    bpy.ops.surface_slicer.slice_objects()
    create_curve(bpy, path)
    blend = save_as_library(bpy, tmp_path)
    surface, curve, slicer, _ = bring(bpy, blend, "hill", "line", "Slicer", "hill axes", link=True)
    own = create(bpy, path.with_name("hill.npy"))
    before = names(bpy)
    said = "'hill' is linked from another .blend; change it in that file"
    choose(bpy, surface)
    for operator, settings in (
        ("color_surface", {}),
        ("show_values", {"by": "X"}),
        ("color_by_array", {"filepath": str(path)}),
        ("reload", {}),
        ("base_plane", {}),
        ("add_axes", {}),
        ("remove_axes", {}),
    ):
        with pytest.raises(RuntimeError, match=said):
            getattr(bpy.ops.surface_slicer, operator)(**settings)
    with pytest.raises(RuntimeError, match=said):
        bpy.ops.surface_slicer.remove_slicing()
    choose(bpy, curve)
    with pytest.raises(RuntimeError, match="'line' is linked from another .blend"):
        bpy.ops.surface_slicer.draw_on()
    choose(bpy, slicer)
    for operator, settings in (("set_shape", {"shape": "Box"}), ("animate_sweep", {})):
        with pytest.raises(RuntimeError, match="'Slicer' is linked from another .blend"):
            getattr(bpy.ops.surface_slicer, operator)(**settings)
    assert names(bpy) == before
    choose(bpy, own, surface)
    assert bpy.ops.surface_slicer.show_values(by="X") == {"FINISHED"}
    assert_shows(bpy, surface, HEIGHTS)
    choose(bpy, own)
    bpy.ops.surface_slicer.slice_objects()
    choose(bpy, own, surface)
    assert slicers_of(own) and slicers_of(surface)
    assert bpy.ops.surface_slicer.remove_slicing() == {"FINISHED"}
    assert slicers_of(surface) and not slicers_of(own)
    assert said in capfd.readouterr().out


def test_a_linked_slicer_stays(bpy, tmp_path):
    """It may cut what is here, and is not taken out of the file with its last cut."""
    from surface_slicer.common.cut.slicer_group import empty_of, slicer_groups
    from surface_slicer.slicer.slicer import remove_slicing, slice_objects

    bpy.ops.mesh.primitive_cube_add()
    bpy.ops.surface_slicer.slice_objects()
    blend = save_as_library(bpy, tmp_path)
    with bpy.data.libraries.load(blend, link=True) as (_, here):
        here.materials = ["Sliced Surface"]
    (group,) = slicer_groups()
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    slice_objects(bpy.context, [cube], empty_of(group))
    remove_slicing(bpy.context, [cube])
    assert slicer_groups() == [group] and empty_of(group).name == "Slicer"
    assert not cube.material_slots


def test_a_curve_that_cannot_be_made_leaves_nothing(bpy, path, monkeypatch):
    """Whatever it fails at, and at the last step, too."""
    from surface_slicer.curve import curve

    def refuse(*_):
        raise RuntimeError("no")

    before = names(bpy)
    monkeypatch.setattr(curve, "link", refuse)
    with pytest.raises(RuntimeError, match="no"):
        curve.create_curve(bpy.context, str(path.with_name("line.npy")))
    after = names(bpy)
    for kind in ("objects", "hair_curves", "materials"):
        assert after[kind] == before[kind]
