# SPDX-License-Identifier: GPL-3.0-or-later
"""Stories in the window: imported into a scene of their own, changed, rebuilt."""

from __future__ import annotations

import numpy as np
import pytest

STORY = """
[film]
size = "64x48"
fps = 24

[curve.wave]
file = "wave.npy"

[timeline]
"0:00" = { draw = "wave", for = 1 }
"""


@pytest.fixture
def story(bpy, tmp_path):
    np.save(tmp_path / "wave.npy", np.sin(np.linspace(0, 6, 40)))
    path = tmp_path / "story.toml"
    path.write_text(STORY)
    return path


@pytest.fixture(params=["blender_spike", "blender_brain", "surface_slicer"])
def operators(bpy, request):
    """Of each extension, since all have the same."""
    return getattr(bpy.ops, request.param)


def film(bpy):
    return next(one for one in bpy.data.scenes if "spike_suite_story_file" in one)


def rebuild(bpy, operators, scene, **settings):
    with bpy.context.temp_override(scene=scene, view_layer=scene.view_layers[0]):
        return operators.rebuild_story(**settings)


def test_a_story_gets_a_scene_of_its_own(bpy, story, operators):
    from common.story.telling import story_of

    bpy.ops.mesh.primitive_cube_add()
    before, cube = bpy.context.scene, bpy.context.object
    assert not operators.rebuild_story.poll()
    operators.import_story(filepath=str(story))
    scene = film(bpy)
    assert scene != before and story_of(scene) == story
    assert list(before.objects) == [cube] and cube.name not in scene.objects
    assert any(one.name.startswith("wave") for one in scene.objects)


def test_rebuilding_keeps_and_names_what_was_changed_by_hand(bpy, story, operators, capfd):
    operators.import_story(filepath=str(story))
    scene = film(bpy)
    count = len(scene.objects)
    wave = next(one for one in scene.objects if one.name.startswith("wave"))
    wave.location.z = 3.0
    story.write_text(
        STORY.replace("for = 1", "for = 2").replace('"wave.npy"', '"wave.npy"\nat = [1, 0, 0]')
    )
    capfd.readouterr()
    rebuild(bpy, operators, scene)
    assert "'wave' was changed by hand, so it stays as it is" in capfd.readouterr().out
    assert len(scene.objects) == count and wave.location.z == 3.0 and scene.frame_end == 49


def test_a_wrong_story_leaves_nothing_behind(bpy, story, operators):
    story.write_text(STORY.replace("wave.npy", "gone.npy"))
    before = {kind: len(getattr(bpy.data, kind)) for kind in ("scenes", "objects", "collections")}
    with pytest.raises(RuntimeError, match=r"story.toml, line \d+: "):
        operators.import_story(filepath=str(story))
    assert before == {kind: len(getattr(bpy.data, kind)) for kind in before}


def test_what_is_written_wrong_changes_nothing_of_the_film(bpy, story, operators):
    operators.import_story(filepath=str(story))
    scene = film(bpy)
    story.write_text(STORY.replace("64x48", "32x24").replace("for = 1", "fore = 1"))
    with pytest.raises(RuntimeError, match=r"story.toml, line 10: .*fore"):
        rebuild(bpy, operators, scene)
    assert scene.render.resolution_x == 64


def test_a_story_that_has_moved_with_its_film_is_found(bpy, story, operators, tmp_path):
    from common.story.telling import story_of

    operators.import_story(filepath=str(story))
    name = film(bpy).name
    folder = tmp_path / "moved"
    folder.mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "film.blend"))
    story.rename(folder / story.name)
    assert story_of(bpy.data.scenes[name]) == folder / story.name


def test_one_of_the_extensions_is_in_the_menu_and_takes_drops(bpy):
    from common.story.others import is_first

    assert [is_first(one) for one in ("blender_spike", "blender_brain", "surface_slicer")] == [
        True, False, False,
    ]  # fmt: skip
