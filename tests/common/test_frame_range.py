# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes into somebody's scene begins where that begins, and never shortens or moves it."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.fast import fast_first
from helpers.simulations import branched, simulation

from spike_export import write

pytestmark = pytest.mark.usefixtures("built")

SAMPLES = 12


@pytest.fixture
def cell(tmp_path):
    return write(tmp_path / "cell.pickle", simulation(branched(), SAMPLES))


@pytest.fixture
def heights(tmp_path):
    np.save(tmp_path / "heights.npy", np.random.default_rng(0).random((SAMPLES, 5, 6)))
    return tmp_path / "heights.npy"


def import_cell(bpy, path, **settings):
    from blender_spike.common.nodes.modifiers import input_value
    from blender_spike.playback.playback import find_modifier

    bpy.ops.blender_spike.import_simulation(filepath=str(path), **settings)
    return input_value(find_modifier(bpy.context.object), "Start Frame").value


def create_surface(bpy, path, **settings):
    from surface_slicer.common.nodes.modifiers import input_value
    from surface_slicer.surface.motion import find_modifier

    bpy.ops.surface_slicer.create_surface(filepath=str(path), **settings)
    return input_value(find_modifier(bpy.context.object), "Start Frame").value


WAYS = {"cell": (import_cell, 0), "heights": (create_surface, 1)}


@pytest.fixture(params=WAYS)
def come(request, bpy):
    """A way for something that moves to come into a scene, and where that begins by itself."""
    way, first = WAYS[request.param]
    path = request.getfixturevalue(request.param)
    return lambda **settings: way(bpy, path, **settings), first


def span(scene):
    return scene.frame_start, scene.frame_end


def own_thing(bpy):
    mesh = bpy.data.meshes.new("own")
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    bpy.context.scene.collection.objects.link(bpy.data.objects.new("own", mesh))


@pytest.mark.slow
def test_a_new_file_becomes_as_long_as_what_is_imported(bpy, come):
    """With the cube, the camera and the light that it has, too."""
    way, first = come
    bpy.ops.wm.read_homefile(use_empty=False, use_factory_startup=True)
    assert way() == first
    assert span(bpy.context.scene) == (first, first + SAMPLES - 1)


@pytest.mark.slow
@fast_first(
    ("before", "after"),
    [
        ((1001, 1200), (1001, 1200)),
        ((1001, 1005), (1001, 1012)),
        ((20, 22), (20, 31)),
        ((1, 250), (1, 250)),
    ],
    fast=3,
)
def test_somebody_s_scene_is_at_most_lengthened(bpy, come, capfd, before, after):
    way, _ = come
    scene = bpy.context.scene
    own_thing(bpy)
    scene.frame_start, scene.frame_end = before
    assert way() == before[0]
    assert span(scene) == after
    said = capfd.readouterr().out
    assert f"it starts at frame {before[0]}" in said
    lengthened = "the scene now has frames {} to {} instead of {} to {}.".format(*after, *before)
    assert (lengthened in said) == (before != after)


@pytest.mark.slow
def test_it_is_lengthened_for_the_longest(bpy, cell, tmp_path):
    """A shorter second neuron leaves the range as it is; both begin together."""
    short = write(tmp_path / "short.pickle", simulation(branched(), 4))
    long = write(tmp_path / "long.pickle", simulation(branched(), 40))
    ranges = [(import_cell(bpy, path), span(bpy.context.scene)) for path in (cell, short, long)]
    assert ranges == [(0, (0, 11)), (0, (0, 11)), (0, (0, 39))]


@pytest.mark.slow
def test_the_range_is_left_alone_where_that_is_asked_for(bpy, come):
    way, _ = come
    own_thing(bpy)
    bpy.context.scene.frame_start, bpy.context.scene.frame_end = 1001, 1003
    assert way(set_frame_range=False) == 1001
    assert span(bpy.context.scene) == (1001, 1003)


@pytest.mark.slow
@fast_first("work", ["marker", "sound", "keyframe", "preview", "collection"], fast=4)
def test_what_is_tied_to_frames_counts_as_work(bpy, come, work):
    """Of a scene in which nothing is to be seen yet but a camera."""
    way, _ = come
    scene = bpy.context.scene
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    scene.collection.objects.link(camera)
    if work == "marker":
        scene.timeline_markers.new("cut", frame=70)
    elif work == "sound":
        scene.sequence_editor_create().strips.new_effect(
            "voice", "COLOR", channel=1, frame_start=1, length=90
        )
    elif work == "keyframe":
        camera.keyframe_insert("location", frame=1)
    elif work == "preview":
        scene.use_preview_range = True
    else:
        empty = bpy.data.objects.new("set", None)
        empty.instance_type = "COLLECTION"
        scene.collection.objects.link(empty)
    assert way() == 1
    assert span(scene) == (1, 250)


@pytest.mark.slow
def test_what_shows_at_its_first_frame_is_its_first_sample(bpy, cell):
    """In a scene from 1001 on."""
    from helpers.playing import expected, voltages

    from spike_export import read

    own_thing(bpy)
    bpy.context.scene.frame_start, bpy.context.scene.frame_end = 1001, 1200
    import_cell(bpy, cell, style="STRANDS")
    sim = read(cell)
    for frame in (1001, 1004):
        found = voltages(bpy, bpy.context.object, frame)
        assert found == pytest.approx(expected(sim, (frame - 1001) * 0.1), abs=1e-3)


@pytest.mark.slow
def test_nothing_else_moves_somebody_s_range(bpy, cell, heights):
    """Neither reading again, nor fitting, nor film scenes, with a longer file than before."""
    own_thing(bpy)
    scene = bpy.context.scene
    import_cell(bpy, cell)
    write(cell, simulation(branched(), 400))
    scene.frame_start, scene.frame_end = 1001, 1100
    bpy.ops.blender_spike.reload()
    bpy.ops.blender_spike.fit_time()
    bpy.ops.blender_spike.fit_time(frames=20)
    bpy.ops.blender_spike.film_scene()
    assert span(scene) == (1001, 1100)
    create_surface(bpy, heights)
    np.save(heights, np.random.default_rng(0).random((300, 5, 6)))
    bpy.ops.surface_slicer.reload()
    bpy.ops.surface_slicer.slice_objects()
    bpy.ops.surface_slicer.film_scene()
    assert span(scene) == (1001, 1100)
