# SPDX-License-Identifier: GPL-3.0-or-later
"""The operators as scripts and buttons call them."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest
from helpers.atlases import MESHES, NAME, write_v2, write_v3
from helpers.pictures import add_camera, read_pixels


@pytest.fixture(autouse=True)
def _no_other_atlas(bpy, tmp_path, monkeypatch):
    """Whatever is installed on this machine."""
    (tmp_path / "config").mkdir()
    text = f"[default_dirs]\nbrainglobe_dir = {tmp_path / 'none'}\n"
    (tmp_path / "config" / "bg_config.conf").write_text(text)
    monkeypatch.setenv("BRAINGLOBE_CONFIG_DIR", str(tmp_path / "config"))
    from blender_brain.atlas import library

    monkeypatch.setattr(library, "own_folder", lambda: tmp_path / "own")


@pytest.fixture
def folder(bpy, tmp_path) -> str:
    write_v3(tmp_path)
    return str(tmp_path)


def refused(call, **settings) -> str:
    with pytest.raises(RuntimeError) as caught:
        call(**settings)
    sentence = str(caught.value).strip().removeprefix("Error: ")
    assert "\n" not in sentence and sentence.endswith(".") and "Traceback" not in sentence
    return sentence


def regions(bpy) -> list[str]:
    return sorted(thing.name for thing in bpy.context.scene.objects if thing.type == "MESH")


def test_import_and_its_mistakes(bpy, folder, tmp_path):
    call = bpy.ops.blender_brain.import_regions
    assert call(atlas=NAME, folder=folder, acronyms="CA3, DG") == {"FINISHED"}
    assert regions(bpy) == ["CA3", "DG"]
    assert [one.name for one in bpy.context.selected_objects] == ["CA3", "DG"]
    assert "the closest" in refused(call, folder=folder, acronyms="hippocampal")
    assert f"available: {NAME}" in refused(call, atlas="mouse", folder=folder, acronyms="CA3")
    assert "is not the folder of an atlas" in refused(call, atlas=str(tmp_path), acronyms="CA3")
    assert "first" in refused(call, folder=folder, acronyms=" ")
    assert "VS/2 3 has no mesh on this disk yet; " in refused(
        call, folder=folder, acronyms="VS/2 3"
    )
    own = tmp_path / "brainglobe-atlasapi" / "atlases" / NAME / "3_0"
    assert call(atlas=str(own), acronyms="MO") == {"FINISHED"}
    assert regions(bpy) == ["CA3", "DG", "MO"]


def test_changed_atlas_is_read_again(bpy, tmp_path):
    """A terminology that grows and an atlas that comes are there without a restart."""
    from blender_brain.atlas import library

    write_v2(tmp_path)
    first = library.opened(NAME, str(tmp_path))
    assert library.opened(NAME, str(tmp_path)) is first
    shutil.copy(first.atlas.mesh_path(463), first.atlas.mesh_path(73))
    assert library.opened(NAME, str(tmp_path)).atlas[73].has_mesh
    write_v2(tmp_path, version="1.3")
    assert library.opened(NAME, str(tmp_path)).atlas.version == "1.3"


@pytest.mark.slow
def test_import_is_undone_and_redone_fifty_times(bpy, folder, tmp_path):
    """Each round leaves what was before, and the file is still good for saving."""
    for _ in range(50):
        bpy.ops.ed.undo_push(message="before")
        bpy.ops.blender_brain.import_regions(folder=folder, acronyms="root", parts="HIERARCHY")
        bpy.ops.ed.undo_push(message="import")
        assert len(regions(bpy)) == 6
        bpy.ops.ed.undo()
        assert regions(bpy) == []
        bpy.ops.ed.redo()
        assert len(regions(bpy)) == 6
        bpy.ops.ed.undo()
    bpy.ops.ed.redo()
    blend = str(tmp_path / "saved.blend")
    bpy.ops.wm.save_as_mainfile(filepath=blend)
    bpy.ops.wm.open_mainfile(filepath=blend)
    assert len(regions(bpy)) == 6
    bpy.ops.blender_brain.import_regions(folder=folder, acronyms="CA3")
    assert len(regions(bpy)) == 6


def test_an_incomplete_atlas_alone_is_told_of(bpy, tmp_path):
    """It is there, so that no atlas was found would be wrong."""
    folder = write_v2(tmp_path, version="7.0")
    (folder / "structures.json").unlink()
    sentence = refused(bpy.ops.blender_brain.import_regions, folder=str(tmp_path), acronyms="CA3")
    assert "7.0 is incomplete: structures.json is missing." in sentence


def test_demo_atlas_needs_nothing_installed(bpy, monkeypatch, tmp_path):
    """One button, and it is among the atlases; the field for another folder stays as it is."""
    from blender_brain.atlas import library
    from blender_brain.operators import demo

    monkeypatch.setattr(demo, "make_demo_atlas", lambda folder: write_v2(folder, version="7.0"))
    monkeypatch.setattr(demo, "NAME", NAME)
    monkeypatch.setattr(demo, "VERSION", "7.0")
    assert "No atlas was found" in refused(bpy.ops.blender_brain.import_regions, acronyms="DG")
    assert bpy.ops.blender_brain.make_demo_atlas() == {"FINISHED"}
    typed = bpy.context.scene.blender_brain
    assert typed.atlas == f"{NAME}_v7.0" and typed.folder == ""
    assert bpy.ops.blender_brain.import_regions(atlas=NAME, acronyms="DG") == {"FINISHED"}
    assert regions(bpy) == ["DG"]
    (tmp_path / "file").touch()
    monkeypatch.setattr(library, "own_folder", lambda: tmp_path / "file" / "atlases")
    assert "cannot be saved" in refused(bpy.ops.blender_brain.make_demo_atlas)


def test_tree_is_ticked_and_unfolded(bpy, folder):
    from blender_brain.properties import unfolded
    from blender_brain.settings import fields

    typed, seen = fields(bpy.context.scene), unfolded(bpy.context)
    bpy.ops.blender_brain.unfold(structure="8")
    bpy.ops.blender_brain.tick(structure="463")
    bpy.ops.blender_brain.tick(structure="500")
    bpy.ops.blender_brain.tick(structure="463")
    assert seen.keys() == ["8"] and typed.ticked.keys() == ["500"]
    bpy.ops.blender_brain.untick_all()
    assert not typed.ticked
    bpy.ops.blender_brain.tick(structure="500")
    bpy.ops.blender_brain.choose_atlas(atlas=NAME)
    assert typed.atlas == NAME and not typed.ticked and not seen


def shown(bpy) -> list[str]:
    return sorted(
        one.name
        for one in bpy.context.scene.objects
        if one.type == "MESH" and not one.hide_render and not one.hide_viewport
    )


def test_levels_and_isolation(bpy, folder):
    ops = bpy.ops.blender_brain
    ops.import_regions(folder=folder, acronyms="root", parts="HIERARCHY")
    ops.show_level(level=2)
    assert shown(bpy) == ["HPF", "MO"]
    ops.show_level(level=3)
    assert shown(bpy) == ["CA3", "DG", "MO"]
    ops.isolate(region="DG")
    assert shown(bpy) == ["DG"]
    ops.isolate(region="DG")
    assert len(shown(bpy)) == 6
    ops.show_level(level=0)
    assert shown(bpy) == ["root"]
    ops.show_all()
    assert len(shown(bpy)) == 6
    assert "no region 'x'" in refused(ops.isolate, region="x")


def test_operators_say_when_they_cannot_work(bpy):
    for name in ("set_look", "show_level", "show_all", "set_stage"):
        assert not getattr(bpy.ops.blender_brain, name).poll()


def render(bpy, path, engine="CYCLES", size=(96, 64)):
    scene = bpy.context.scene
    scene.render.engine = engine
    scene.cycles.samples = 8
    scene.cycles.use_denoising = False
    scene.eevee.taa_render_samples = 8
    scene.render.resolution_x, scene.render.resolution_y = size
    scene.render.resolution_percentage = 100
    scene.render.dither_intensity = 0
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    return read_pixels(path)


def facing(bpy, region):
    """A camera that sees nothing but one face of a box."""
    add_camera(bpy, 0.4, (*region.location[:2], 10))


@pytest.mark.parametrize(
    "engine", ["CYCLES", pytest.param("BLENDER_EEVEE", marks=pytest.mark.slow)]
)
def test_flat_shows_exactly_the_atlas_s_color(bpy, folder, tmp_path, engine):
    from blender_brain.common import film

    bpy.ops.blender_brain.import_regions(folder=folder, acronyms="CA3", smooth=False)
    bpy.ops.blender_brain.set_look(look="FLAT")
    film.use_standard_view(bpy.context.scene)
    facing(bpy, bpy.context.object)
    pixels = render(bpy, tmp_path / "flat.png", engine, (16, 16))
    assert np.abs(pixels - (0x7E, 0xD0, 0x4B)).max() <= 1


def test_gradient_runs_from_left_to_right(bpy, folder, tmp_path):
    """Against matplotlib: each column of the picture has the color of its place on x."""
    import matplotlib as mpl
    from blender_brain.common import film

    bpy.ops.blender_brain.import_regions(folder=folder, acronyms="CA3", smooth=False)
    bpy.ops.blender_brain.set_look(
        look="GRADIENT", colormap="viridis", axis="X", strength=1.0, form=0.0
    )
    film.use_standard_view(bpy.context.scene)
    film.use_plain_world(bpy.context.scene)
    facing(bpy, bpy.context.object)
    bpy.context.scene.camera.data.ortho_scale = 1.0
    bpy.context.scene.cycles.pixel_filter_type = "BOX"
    row = render(bpy, tmp_path / "gradient.png", size=(16, 16))[8]
    expected = np.array(mpl.colormaps["viridis"]((np.arange(16) + 0.5) / 16))[:, :3] * 255
    assert np.abs(row - expected).max() < 8


def test_looks_change_in_place_and_never_for_others(bpy, folder):
    ops = bpy.ops.blender_brain
    ops.import_regions(folder=folder, acronyms="CA3, DG, MO")
    ca3, dg, mo = (bpy.data.objects[name] for name in ("CA3", "DG", "MO"))
    ops.set_look(look="GLASS", opacity=0.1)
    glass = ca3.active_material
    assert glass == dg.active_material == mo.active_material
    assert glass.surface_render_method == "BLENDED"
    ops.set_look(look="GLASS", opacity=0.2)
    assert ca3.active_material == glass
    assert glass.node_tree.nodes["Opacity"].inputs[2].default_value == pytest.approx(0.2)
    bpy.ops.object.select_all(action="DESELECT")
    dg.select_set(True)
    ops.set_look(look="GLASS", opacity=0.5)
    assert dg.active_material != glass and ca3.active_material == glass
    assert glass.node_tree.nodes["Opacity"].inputs[2].default_value == pytest.approx(0.2)
    ops.set_look(look="GLOW", color=(0.1, 0.2, 0.3))
    assert tuple(dg.color) == pytest.approx((0.1, 0.2, 0.3, 1.0))
    assert "no colormap named" in refused(ops.set_look, look="GRADIENT", colormap="plasam")
    ops.set_look(look="ATLAS")
    assert dg.active_material.name == "Atlas Colors"


@pytest.mark.parametrize(
    "engine", ["CYCLES", pytest.param("BLENDER_EEVEE", marks=pytest.mark.slow)]
)
def test_film_scene_shows_glass_blue_and_warm_on_black(bpy, folder, tmp_path, engine):
    """One button: what is inside is seen through the glass, whichever engine draws it."""
    scene = bpy.context.scene
    assert bpy.ops.blender_brain.film_scene(folder=folder, degrees=0.0) == {"FINISHED"}
    assert scene.view_settings.view_transform == "Standard" and scene.camera is not None
    pixels = render(bpy, tmp_path / "film.png", engine)
    red, green, blue = pixels.transpose(2, 0, 1)
    assert pixels[[0, 0, -1, -1], [0, -1, 0, -1]].max() < 20
    assert ((blue > 200) & (red < 120)).sum() > 60
    assert ((red > 200) & (blue < green + 200) & (blue < 255)).sum() > 30
    grey = (np.ptp(pixels, axis=2) < 40) & (red > 15)
    assert grey.sum() > 200


def test_stage_lights_the_atlas_s_colors_from_behind(bpy, folder, tmp_path):
    """Black ground, and regions that do not shine are seen against it."""
    bpy.ops.blender_brain.import_regions(folder=folder, acronyms="CA3, DG, MO")
    bpy.ops.blender_brain.set_stage(degrees=0.0, bloom=0.0)
    pixels = render(bpy, tmp_path / "lit.png")
    assert pixels[[0, 0, -1, -1], [0, -1, 0, -1]].max() < 5
    assert (pixels.max(axis=2) > 40).mean() > 0.03


def test_film_camera_keeps_the_brain_in_the_picture_all_the_way_round(bpy, folder):
    from bpy_extras.object_utils import world_to_camera_view

    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = 1, 9
    bpy.ops.blender_brain.film_scene(folder=folder)
    grey = bpy.data.objects["grey"]
    seen = []
    for frame in range(1, 10):
        scene.frame_set(frame)
        for vertex in grey.data.vertices:
            seen.append(world_to_camera_view(scene, scene.camera, grey.matrix_world @ vertex.co))
    x, y, depth = np.array(seen).T
    assert x.min() > 0 and y.min() > 0 and x.max() < 1 and y.max() < 1 and depth.min() > 0
    assert max(np.ptp(x), np.ptp(y)) > 0.85


def test_film_scene_of_an_atlas_without_the_regions_changes_nothing(bpy, tmp_path):
    rows = [(1, "root", "root", "#FFFFFF", ())]
    write_v2(tmp_path, rows, {})
    folder = tmp_path / f"{NAME}_v1.2"
    (folder / "meshes/1.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    call = bpy.ops.blender_brain.film_scene
    before = [len(kind) for kind in (bpy.data.objects, bpy.data.materials, bpy.data.worlds)]
    assert 'no structure "grey"' in refused(call, atlas=str(folder), glass="grey")
    whole = str(write_v2(tmp_path / "whole"))
    assert "no colormap named" in refused(call, atlas=whole, colormap="plasam")
    assert before == [len(k) for k in (bpy.data.objects, bpy.data.materials, bpy.data.worlds)]


def test_film_scene_goes_without_a_region_that_has_no_mesh(bpy, tmp_path):
    """It is told of; the others are as they would be."""
    meshes = {identity: mesh for identity, mesh in MESHES.items() if identity != 70726}
    write_v3(tmp_path, meshes=meshes)
    assert bpy.ops.blender_brain.film_scene(folder=str(tmp_path)) == {"FINISHED"}
    assert regions(bpy) == ["CA3", "grey"]
    assert looks(bpy) == {"CA3": "GRADIENT", "grey": "GLASS"}
    with pytest.raises(RuntimeError, match="DG has no mesh on this disk yet"):
        bpy.ops.blender_brain.film_scene(folder=str(tmp_path), glass="", glow="DG", gradient="")


def looks(bpy) -> dict[str, str]:
    return {
        one.name: one.active_material["blender_brain_look"]
        for one in bpy.data.objects
        if one.type == "MESH"
    }


FISH = [
    (1, "brain", "whole brain", "#FFFFFF", ()),
    (2, "TeO", "optic tectum", "#10C0A0", (1,)),
    (3, "Cb", "cerebellum", "#C0A010", (1,)),
]


def test_film_scene_of_another_species(bpy, tmp_path, capfd):
    """The whole brain as glass, and a sentence on what is missing; what is named glows."""
    meshes = {1: MESHES[997], 2: MESHES[463], 3: MESHES[70726]}
    write_v3(tmp_path, FISH, meshes)
    capfd.readouterr()
    assert bpy.ops.blender_brain.film_scene(folder=str(tmp_path)) == {"FINISHED"}
    assert looks(bpy) == {"brain": "GLASS"}
    assert "has no dentate gyrus and no CA3; name regions that glow." in capfd.readouterr().out
    assert bpy.ops.blender_brain.film_scene(
        folder=str(tmp_path), glow="optic tectum", gradient="Cb"
    ) == {"FINISHED"}
    assert looks(bpy) == {"brain": "GLASS", "TeO": "GLOW", "Cb": "GRADIENT"}
    assert "no dentate" not in capfd.readouterr().out


def test_film_scene_of_an_atlas_whose_root_has_no_mesh(bpy, tmp_path):
    """Its largest parts that have one surround the film; a gray matter by another name, too."""
    write_v3(tmp_path, FISH, {2: MESHES[463], 3: MESHES[70726]})
    bpy.ops.blender_brain.film_scene(folder=str(tmp_path))
    assert looks(bpy) == {"TeO": "GLASS", "Cb": "GLASS"}
    from blender_brain.atlas import film_regions, find_atlases, open_atlas

    (found,) = find_atlases([tmp_path], default=False)
    atlas = open_atlas(found)
    named = [replace(one, name="Grey Matter") if one.id == 3 else one for one in atlas.structures]
    assert [one.id for one in film_regions.glass(named, lambda one: one.has_mesh)] == [3]


def test_stage_shows_regions_in_their_own_colors(bpy, folder, tmp_path):
    """From all sides, also their lower half, and bloom overexposes nothing."""
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = 1, 5
    bpy.ops.blender_brain.import_regions(folder=folder, acronyms="grey")
    bpy.ops.blender_brain.set_look(look="ATLAS")
    bpy.ops.blender_brain.set_stage()
    for frame in (1, 2, 4):
        scene.frame_set(frame)
        pixels = render(bpy, tmp_path / "lit.png").max(axis=2)
        subject = pixels > 12
        lower = pixels[len(pixels) // 2 :]
        assert (lower[lower > 12] > 50).mean() > 0.8
        assert np.median(pixels[subject]) > 90
        assert (pixels[subject] >= 254).mean() < 0.01


def extents(bpy) -> dict[str, float]:
    bpy.context.view_layer.update()
    return {one.name: one.dimensions.x for one in bpy.data.objects if one.type == "MESH"}


def test_film_scene_fits_what_is_there_or_the_import_options(bpy, folder):
    """Regions of one atlas have one scale, and none is moved."""
    ops, typed = bpy.ops.blender_brain, bpy.context.scene.blender_brain
    ops.import_regions(
        folder=folder, acronyms="CA3, MO", um_per_unit=100.0, origin="ATLAS", decimation=0.5
    )
    before = extents(bpy)
    assert before["CA3"] == pytest.approx(10, rel=1e-4)
    ops.film_scene(folder=folder)
    after = extents(bpy)
    assert {name: after[name] for name in before} == before
    assert after["grey"] == pytest.approx(36, rel=1e-4)
    for name in ("grey", "CA3"):
        assert tuple(bpy.data.objects[name].location) == (0, 0, 0)
        assert bpy.data.objects[name].modifiers["Decimation"].ratio == 0.5
    bpy.data.batch_remove([one for one in bpy.data.objects if one.type == "MESH"])
    typed.um_per_unit, typed.decimation = 500.0, 0.25
    ops.film_scene(folder=folder)
    assert extents(bpy)["grey"] == pytest.approx(7.2, rel=1e-4)
    assert bpy.data.objects["DG"].modifiers["Decimation"].ratio == 0.25


def test_a_wrong_colormap_leaves_nothing_behind(bpy, folder):
    assert "no colormap named" in refused(
        bpy.ops.blender_brain.film_scene, folder=folder, colormap="plasam"
    )
    assert "no structure" in refused(bpy.ops.blender_brain.film_scene, folder=folder, glow="CA33")
    assert not bpy.data.images and not bpy.data.objects


def test_undo_folds_no_row(bpy):
    from blender_brain.properties import unfolded
    from blender_brain.settings import fields

    bpy.ops.ed.undo_push(message="before")
    bpy.ops.blender_brain.unfold(structure="8")
    bpy.ops.blender_brain.tick(structure="500")
    bpy.ops.ed.undo_push(message="ticked")
    bpy.ops.ed.undo()
    assert not fields(bpy.context.scene).ticked
    assert unfolded(bpy.context).keys() == ["8"]
    # Nor is it worth a copy of the whole file.
    assert "UNDO" not in bpy.types.BLENDER_BRAIN_OT_unfold.bl_options
