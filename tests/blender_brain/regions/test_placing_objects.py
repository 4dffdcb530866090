# SPDX-License-Identifier: GPL-3.0-or-later
"""Neurons and other objects come to the middle of a region, or to coordinates of the atlas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.atlases import NAME, write_v3
from helpers.simulations import branched, simulation
from helpers.solids import box

from spike_export import write

pytestmark = pytest.mark.usefixtures("built")


@pytest.fixture
def scene(bpy: Any, tmp_path: Path) -> Any:
    """CA3, which is on the right only, and a neuron."""
    write_v3(tmp_path)
    bpy.context.scene.blender_brain.folder = str(tmp_path)
    bpy.ops.blender_brain.import_regions(atlas=NAME, folder=str(tmp_path), acronyms="CA3")
    write(tmp_path / "cell.pickle", simulation(branched()))
    bpy.ops.blender_spike.import_simulation(filepath=str(tmp_path / "cell.pickle"))
    return bpy.context.scene


def middle(thing: Any) -> Any:
    corners = np.array([vertex.co for vertex in thing.data.vertices])
    return (corners.min(axis=0) + corners.max(axis=0)) / 2 + np.array(thing.location)


def test_centroid_of_two_boxes_of_different_size():
    """By hand: the middles, weighted by the volumes, whatever the winding of both."""
    from blender_brain.regions.placing_objects import volume_centroid

    small, faces = box((0, 0, 0), (1, 1, 1))
    large, _ = box((10, 0, 0), (12, 2, 2))
    points = np.concatenate([small, large])
    triangles = np.concatenate([faces, faces + len(small)])
    wanted = (np.array([0.5, 0.5, 0.5]) + 8 * np.array([11, 1, 1])) / 9
    assert volume_centroid(points, triangles) == pytest.approx(wanted)
    assert volume_centroid(points, triangles[:, ::-1]) == pytest.approx(wanted)
    flat = np.array([[0, 0, 0], [3, 0, 0], [0, 3, 0]], np.float32)
    assert volume_centroid(flat, np.array([[0, 1, 2]], np.int32)) == pytest.approx([1, 1, 0])


def test_a_neuron_comes_to_a_region_in_its_true_size(bpy: Any, scene: Any):
    neuron = bpy.context.object
    call = bpy.ops.blender_brain.place_objects
    for _ in range(2):
        assert call(region="CA3") == {"FINISHED"}
        bpy.context.view_layer.update()
        # The region is a box, so that its centroid is its middle.
        assert np.array(neuron.location) == pytest.approx(middle(bpy.data.objects["CA3"]), abs=1e-4)
        # 100 µm a unit, among regions with 1,000.
        assert tuple(neuron.scale) == pytest.approx((0.1, 0.1, 0.1))
    call(region="CA3", pivot="MIDDLE", magnification=5.0)
    bpy.context.view_layer.update()
    from blender_brain.common.extent import world_points

    seen = world_points(scene, [neuron])
    assert (seen.min(axis=0) + seen.max(axis=0)) / 2 == pytest.approx(
        middle(bpy.data.objects["CA3"]), abs=1e-4
    )
    assert neuron.scale[0] == pytest.approx(0.5)


def test_coordinates_are_the_atlas_s(bpy: Any, scene: Any):
    """The corner of CA3 in the atlas's asr comes to the same corner in the scene."""
    from blender_brain.atlas import library, read_mesh

    opened = library.opened(NAME, scene.blender_brain.folder)
    points_um, _ = read_mesh(opened.atlas, opened.search.find_one("CA3").id)
    ca3 = bpy.data.objects["CA3"]
    corner = np.array(ca3.data.vertices[0].co) + np.array(ca3.location)
    cube = bpy.data.objects.new("cube", None)
    other = bpy.data.objects.new("other", None)
    other.location = (1, 2, 3)
    for thing in (cube, other):
        scene.collection.objects.link(thing)
        thing.select_set(True)
    bpy.context.view_layer.objects.active = cube
    bpy.data.objects["cell"].select_set(False)
    bpy.ops.blender_brain.place_objects(place_by="COORDINATES", place_um=points_um[0].tolist())
    assert np.array(cube.location) == pytest.approx(corner, abs=1e-4)
    # They keep how they lie to each other, and a size that nobody knows.
    assert np.array(other.location) == pytest.approx(corner + (1, 2, 3), abs=1e-4)
    assert tuple(other.scale) == (1, 1, 1)


def test_what_cannot_be_placed(bpy: Any, scene: Any):
    call = bpy.ops.blender_brain.place_objects
    before = bpy.context.object.matrix_world.copy()
    for settings, sentence in (
        ({"region": "CA33"}, 'no structure "CA33"'),
        ({"region": "CA3", "side": "LEFT"}, "No part of CA3 is in this hemisphere"),
    ):
        with pytest.raises(RuntimeError, match=sentence):
            call(**settings)
    assert bpy.context.object.matrix_world == before
    bpy.ops.object.select_all(action="DESELECT")
    bpy.data.objects["CA3"].select_set(True)
    assert not call.poll()
