# SPDX-License-Identifier: GPL-3.0-or-later
"""Slicing as scripts and buttons call it."""

from __future__ import annotations

import pytest


@pytest.fixture
def cubes(bpy):
    """Two cubes, selected."""
    made = []
    for x in (-2, 2):
        bpy.ops.mesh.primitive_cube_add(location=(x, 0, 0))
        made.append(bpy.context.object)
    made[0].select_set(True)
    return made


def test_slice_objects_cuts_the_selected_ones(bpy, cubes):
    """And selects the slicer, since that is what is moved next."""
    from surface_slicer.slicer.slicer import slicers_of

    assert bpy.ops.surface_slicer.slice_objects() == {"FINISHED"}
    slicer = bpy.context.object
    assert slicer.type == "EMPTY" and bpy.context.selected_objects == [slicer]
    assert [len(slicers_of(cube)) for cube in cubes] == [1, 1]
    assert tuple(slicer.location) == (0, 0, 0)


def test_a_selected_slicer_cuts_more(bpy, cubes):
    """The slicer that is selected with an object is used, and so is one by its name."""
    from surface_slicer.common.cut.slicer_group import slicer_groups

    cubes[1].select_set(False)
    bpy.ops.surface_slicer.slice_objects(shape="Sphere")
    cubes[1].select_set(True)
    bpy.ops.surface_slicer.slice_objects()
    assert len(slicer_groups()) == 1
    bpy.ops.mesh.primitive_cube_add()
    bpy.ops.surface_slicer.slice_objects(slicer="Slicer")
    assert len(slicer_groups()) == 1
    with pytest.raises(RuntimeError, match="no object named 'Nobody'"):
        bpy.ops.surface_slicer.slice_objects(slicer="Nobody")


def test_everything_from_the_panel_and_back(bpy, cubes):
    """All operators in the order of the panel; removing leaves nothing of them."""
    kinds = ("objects", "meshes", "materials", "node_groups", "actions")

    def names():
        return {kind: sorted(b.name for b in getattr(bpy.data, kind)) for kind in kinds}

    before = names()
    operators = bpy.ops.surface_slicer
    operators.slice_objects(axis="Z")
    operators.add_wireframe_twin()
    operators.add_cap()
    operators.add_profile()
    operators.add_profile(graph=True)
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = 5, 45
    operators.animate_sweep(back=True)
    keyed = bpy.data.actions[0].frame_range
    assert tuple(keyed) == (5, 45)
    operators.set_shape(shape="Box")
    assert bpy.context.object.empty_display_type == "CUBE"
    assert len(bpy.data.objects) == len(before["objects"]) + 9
    operators.remove_slicing()
    assert names() == before


def test_keep_slicer(bpy, cubes):
    """The empty stays, and cuts again."""
    bpy.ops.surface_slicer.slice_objects()
    bpy.ops.surface_slicer.remove_slicing(keep_slicer=True)
    for thing in bpy.data.objects:
        thing.select_set(True)
    bpy.ops.surface_slicer.slice_objects()
    assert [o.name for o in bpy.data.objects if o.type == "EMPTY"] == ["Slicer"]


def test_polls_say_why(bpy):
    """Without a selection there is nothing to slice, without a slicer nothing to remove."""
    for name in ("slice_objects", "remove_slicing", "animate_sweep", "add_cap", "set_shape"):
        assert not getattr(bpy.ops.surface_slicer, name).poll()
    assert bpy.ops.surface_slicer.add_slicer.poll()


def test_sentences(bpy, cubes):
    """What cannot be cut is named."""
    for cube in cubes:
        cube.select_set(False)
    bpy.ops.object.light_add()
    with pytest.raises(RuntimeError, match="'Point' cannot be cut: it is not drawn"):
        bpy.ops.surface_slicer.slice_objects()
    bpy.ops.surface_slicer.add_slicer()
    with pytest.raises(RuntimeError, match="'Slicer' cuts nothing; slice something with it first."):
        bpy.ops.surface_slicer.animate_sweep()


def test_settings_are_shared_by_everything_a_slicer_cuts(bpy, cubes):
    """One change shows in all materials, since they hold the same group."""
    from surface_slicer.common.cut.materials import cuts_of
    from surface_slicer.common.cut.slicer_group import find_group, set_settings, setting
    from surface_slicer.slicer.cuttable import materials_of

    cubes[0].data.materials.append(bpy.data.materials.new("one"))
    bpy.ops.surface_slicer.slice_objects()
    group = find_group(bpy.context.object)
    set_settings(group, {"Line Width": 0.25})
    groups = [cuts_of(m)[0].group for c in cubes for m in materials_of(bpy.context, c)]
    assert len(groups) == 2 and all(g == group for g in groups)
    assert setting(group, "Line Width").default_value == 0.25
    with pytest.raises(KeyError, match="no setting 'Width'"):
        setting(group, "Width")


def test_the_film_scene_finds_the_surface_when_the_slicer_is_selected(bpy):
    assert not bpy.ops.surface_slicer.film_scene.poll()
    bpy.ops.surface_slicer.create_surface()
    surface = bpy.context.object
    bpy.ops.surface_slicer.slice_objects()
    assert bpy.context.object.type == "EMPTY" and not surface.select_get()
    assert bpy.ops.surface_slicer.film_scene() == {"FINISHED"}
    assert bpy.context.scene.camera is not None


def test_the_file_is_looked_through_once(bpy, monkeypatch):
    """However many objects are selected: panels ask for the slicer at every redraw."""
    from surface_slicer.operators import slicer_selection
    from surface_slicer.slicer import slicer

    looked = []

    def counted(module, name):
        real = getattr(module, name)

        def looking(*given):
            looked.append(name)
            return real(*given)

        monkeypatch.setattr(module, name, looking)

    for x in range(12):
        bpy.ops.mesh.primitive_cube_add(location=(3 * x, 0, 0))
    bpy.ops.object.select_all(action="SELECT")
    cubes = list(bpy.context.selected_objects)
    bpy.ops.surface_slicer.slice_objects()
    bpy.ops.surface_slicer.add_wireframe_twin()
    bpy.ops.object.select_all(action="DESELECT")
    for cube in cubes:
        cube.select_set(True)
    bpy.context.view_layer.objects.active = cubes[0]
    counted(slicer_selection, "slicer_groups")
    assert slicer_selection.chosen_slicer(bpy.context).name == "Slicer"
    assert looked == ["slicer_groups"]
    looked.clear()
    assert slicer_selection.chosen_sliced(bpy.context) == cubes
    assert len(looked) <= 2
    looked.clear()
    counted(slicer, "companions_by_source")
    counted(slicer, "companions_of")
    slicer.remove_slicing(bpy.context, cubes)
    assert looked == ["companions_by_source"]
    assert len(bpy.data.objects) == len(cubes)
