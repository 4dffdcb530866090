# SPDX-License-Identifier: GPL-3.0-or-later
"""What operators change in a scene besides what their name says, they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.atlases import write_v3
from helpers.simulations import branched, simulation

from spike_export import write


@pytest.fixture
def own(bpy: Any) -> Any:
    """A scene with a camera, a world and a compositor of somebody's own."""
    scene = bpy.context.scene
    scene.camera = bpy.data.objects.new("Shot 1", bpy.data.cameras.new("Shot 1"))
    scene.collection.objects.link(scene.camera)
    scene.world = bpy.data.worlds.new("Sky")
    scene.compositing_node_group = bpy.data.node_groups.new("Grade", "CompositorNodeTree")
    scene.render.engine = "CYCLES"
    scene.frame_start, scene.frame_end = 1001, 1100
    return scene


OWN = (
    "camera 'Film Camera' instead of 'Shot 1'",
    "world 'Film World' instead of 'Sky'",
    "compositor 'Bloom of Scene' instead of 'Grade'",
    "view transform Standard instead of AgX",
)


def spike(bpy: Any, folder: Path) -> None:
    path = write(folder / "cell.pickle", simulation(branched()))
    bpy.ops.blender_spike.import_simulation(filepath=str(path), set_frame_range=False)


def brain(bpy: Any, folder: Path) -> None:
    write_v3(folder)
    bpy.ops.blender_brain.import_regions(folder=str(folder), acronyms="CA3, DG")


def slicer(bpy: Any, folder: Path) -> None:
    bpy.ops.surface_slicer.create_surface()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "film"),
    [
        (spike, "blender_spike.film_scene"),
        (brain, "blender_brain.film_scene"),
        (brain, "blender_brain.set_stage"),
        (slicer, "surface_slicer.film_scene"),
    ],
)
def test_film_scene_says_what_it_did(
    bpy: Any, own: Any, tmp_path: Path, capfd: Any, make: Any, film: str
):
    """Camera, light, engine, background, frames, view transform; and nothing when all is so."""
    addon, _, name = film.partition(".")
    make(bpy, tmp_path)
    settings = {"folder": str(tmp_path)} if film == "blender_brain.film_scene" else {}

    def told() -> str:
        capfd.readouterr()
        assert getattr(getattr(bpy.ops, addon), name)(**settings) == {"FINISHED"}
        (sentence,) = [s for s in capfd.readouterr().out.splitlines() if "Film for" in s]
        return sentence

    sentence = told()
    assert "Film for Cycles: 'Film Camera' orbits" in sentence
    assert "degrees in frames 1001 to 1100" in sentence
    assert "the background is black" in sentence and "bright parts glow in renders" in sentence
    has_light = any(thing.type == "LIGHT" for thing in bpy.data.objects)
    told_of = ("a light shines from behind", "two suns shine", "a key, a fill and a light")
    assert any(light in sentence for light in told_of) == has_light
    for change in OWN:
        assert change in sentence
    assert ("transparent bounces 64 instead of 8" in sentence) == (addon == "blender_brain")
    sampled = "Cycles samples 128 at a noise threshold of 0.02 instead of 4096 at a noise threshold"
    assert sampled in sentence
    assert "frames" not in sentence.partition("the scene now has")[2] and "engine" not in sentence
    assert ("persistent data on instead of off" in sentence) == (addon == "blender_spike")
    assert sentence.endswith(".") and sentence.count("instead of") in (6, 7)
    # Somebody's own are still in the file, also when it is saved.
    kept = (bpy.data.worlds["Sky"], bpy.data.node_groups["Grade"])
    assert all(block.users for block in kept) and "Shot 1" in bpy.data.objects
    assert "the scene now has" not in told()


@pytest.mark.slow
def test_each_step_of_a_film_says_so(bpy: Any, own: Any, tmp_path: Path, capfd: Any):
    spike(bpy, tmp_path)
    for name, change in (
        ("use_standard_view", OWN[3]),
        ("black_world", OWN[1]),
        ("bloom", OWN[2]),
        ("orbit_camera", OWN[0]),
    ):
        capfd.readouterr()
        getattr(bpy.ops.blender_spike, name)()
        assert change in capfd.readouterr().out
    for name, text in (("frame_camera", "frames 'cell'"), ("backlight", "is behind 'cell'")):
        getattr(bpy.ops.blender_spike, name)()
        assert text in capfd.readouterr().out


@pytest.mark.slow
def test_figures_say_that_they_made_a_camera(bpy: Any, tmp_path: Path, capfd: Any):
    spike(bpy, tmp_path)
    bpy.ops.blender_spike.add_trace()
    assert "; the scene now has camera 'Film Camera'." in capfd.readouterr().out
    bpy.ops.blender_spike.add_color_bar()
    assert "camera" not in capfd.readouterr().out
    other = bpy.data.scenes.new("other")
    bpy.context.window.scene = other
    brain(bpy, tmp_path)
    capfd.readouterr()
    bpy.ops.blender_brain.add_labels()
    assert "; the scene now has camera 'Film Camera.001'." in capfd.readouterr().out


@pytest.mark.slow
def test_import_says_how_strands_are_rendered(bpy: Any, tmp_path: Path, capfd: Any):
    path = str(write(tmp_path / "cell.pickle", simulation(branched())))
    bpy.ops.blender_spike.import_simulation(filepath=path, style="TUBES")
    assert "the scene now has" not in capfd.readouterr().out
    bpy.ops.blender_spike.import_simulation(filepath=path, style="STRANDS")
    told = capfd.readouterr().out
    assert "the scene now has curves rendered as Cylinder instead of Strand." in told


def test_an_animated_surface_says_how_long_the_scene_is(bpy: Any, tmp_path: Path, capfd: Any):
    np.save(tmp_path / "waves.npy", np.random.default_rng(1).random((30, 3, 4)))
    bpy.ops.surface_slicer.create_surface(filepath=str(tmp_path / "waves.npy"))
    assert "; the scene now has frames 1 to 30 instead of 1 to 250." in capfd.readouterr().out


def test_settings_told_are_those_that_differ(bpy: Any):
    """Each by itself, in both directions."""
    from blender_spike.common.changes import changes, settings_of

    scene = bpy.context.scene
    before = settings_of(scene)
    assert changes(before, scene) == []
    scene.render.engine = "CYCLES"
    assert changes(before, scene) == ["render engine Cycles instead of EEVEE"]
    scene.render.engine = "BLENDER_EEVEE"
    scene.frame_end = 7
    assert changes(before, scene) == ["frames 1 to 7 instead of 1 to 250"]
    scene.frame_end = 250
    scene.render.hair_type = "CYLINDER"
    assert changes(before, scene) == ["curves rendered as Cylinder instead of Strand"]


def test_what_somebody_made_of_the_film_world_and_the_bloom_stays(bpy: Any, capfd: Any):
    """Pressed again, the buttons keep nodes that were added; and settings are the new ones."""
    from surface_slicer.common.film import add_bloom, use_plain_world

    scene = bpy.context.scene
    world = use_plain_world(scene)
    assert use_plain_world(scene) == world
    world.node_tree.nodes.new("ShaderNodeTexSky")
    assert use_plain_world(scene) != world
    assert len(world.node_tree.nodes) == 3 and world.use_fake_user
    group = add_bloom(scene, 1.0)
    group.nodes.new("CompositorNodeBlur")
    assert add_bloom(scene, 0.25) == group
    kinds = {node.bl_idname: node for node in group.nodes}
    assert "CompositorNodeBlur" in kinds
    assert kinds["CompositorNodeGroup"].inputs["Strength"].default_value == 0.25
    # Without a window, no screen is touched.
    views = [area.spaces.active for s in bpy.data.screens for area in s.areas]
    views = [view for view in views if view.type == "VIEW_3D"]
    bpy.ops.blender_spike.bloom()
    assert views and {view.shading.use_compositor for view in views} == {"DISABLED"}
    assert "Bright parts glow in renders." in capfd.readouterr().out


@pytest.mark.slow
def test_keyframes_that_are_replaced_are_told(bpy: Any, tmp_path: Path, capfd: Any):
    """The second time, and not the first."""
    np.save(tmp_path / "wave.npy", np.arange(12.0))
    ops = bpy.ops.surface_slicer
    ops.create_surface()
    ops.slice_objects()
    slicer = bpy.context.object
    ops.create_curve(filepath=str(tmp_path / "wave.npy"))
    curve = bpy.context.object
    spike(bpy, tmp_path)
    neuron = bpy.context.object
    for thing, call in (
        (slicer, ops.animate_sweep),
        (curve, ops.draw_on),
        (neuron, bpy.ops.blender_spike.orbit_camera),
    ):
        bpy.ops.object.select_all(action="DESELECT")
        thing.select_set(True)
        bpy.context.view_layer.objects.active = thing
        capfd.readouterr()
        call()
        assert "previous keyframes" not in capfd.readouterr().out
        call()
        assert ", in place of the previous keyframes" in capfd.readouterr().out


@pytest.mark.slow
def test_place_selected_says_that_it_scales(bpy: Any, tmp_path: Path, capfd: Any):
    """A neuron in its true size among regions at another scale; an empty stays as it is."""
    brain(bpy, tmp_path)
    bpy.context.scene.blender_brain.folder = str(tmp_path)
    spike(bpy, tmp_path)
    place = bpy.ops.blender_brain.place_objects
    place(place_by="COORDINATES", magnification=2.0)
    assert ", scaled to 2 times true size." in capfd.readouterr().out
    bpy.ops.object.empty_add()
    capfd.readouterr()
    place(place_by="COORDINATES", magnification=2.0)
    assert "scaled" not in capfd.readouterr().out
