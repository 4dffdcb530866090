# SPDX-License-Identifier: GPL-3.0-or-later
"""Points have the colors and sizes of a column or of their regions, and flash at their times."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from helpers.pictures import read_pixels

EXTENT_UM = (4000.0, 4000.0, 4000.0)
# In a row along x, seen from above.
POINTS_UM = np.array([[2000.0, 2000, 3000], [2000, 2000, 2000], [2000, 2000, 1000]])


@pytest.fixture
def view(bpy: Any) -> Any:
    """A camera from above: one third of the picture for each point."""
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.data.type, camera.data.ortho_scale = "ORTHO", 3
    camera.location = (0, 0, 10)
    scene = bpy.context.scene
    scene.collection.objects.link(camera)
    scene.camera = camera
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 4
    scene.render.resolution_x = scene.render.resolution_y = 30
    scene.view_settings.view_transform = "Standard"
    scene.world = bpy.data.worlds.new("black")
    scene.world.color = (0, 0, 0)
    return scene


def added(bpy: Any, **values: Any) -> Any:
    from blender_brain.data.point_objects import add_points
    from blender_brain.regions.orientation import placement

    place = placement("BRAINGLOBE", 1000, EXTENT_UM)
    return add_points(
        bpy.context, "cells", POINTS_UM, place, EXTENT_UM, radius_um=480,
        values={name: np.array(one) for name, one in values.items()},
    )  # fmt: skip


def seen(bpy: Any, scene: Any, folder: Path, frame: int = 1) -> np.ndarray:
    """Colors in the middle of each point, 0 to 255."""
    scene.frame_set(frame)
    scene.render.filepath = str(folder / "picture.png")
    bpy.ops.render.render(write_still=True)
    pixels = np.asarray(read_pixels(folder / "picture.png"), float)
    pixels = pixels.reshape(30, 30, -1)[..., :3]
    return pixels[14:16, [5, 15, 25]].mean(axis=0) * (255 if pixels.max() <= 1 else 1)


def test_colors_of_a_column(bpy: Any, view: Any, tmp_path: Path):
    from blender_brain.data.point_colors import color_points, columns_of, without_gaps

    thing = added(bpy, rate=without_gaps(np.array([0.0, 5.0, 10.0])), id=np.array([1, 2, 3]))
    assert columns_of(thing) == ["rate", "id_"]
    material = color_points(thing, "rate", colormap="plasma")
    expected = matplotlib.colormaps["plasma"]([0.0, 0.5, 1.0])[:, :3] * 255
    assert seen(bpy, view, tmp_path) == pytest.approx(expected, abs=12)
    assert material.blender_brain.colormap == "plasma"


def test_points_without_a_value_are_dark(bpy: Any, view: Any, tmp_path: Path):
    from blender_brain.data.point_colors import color_points, without_gaps

    thing = added(bpy, rate=without_gaps(np.array([0.0, np.nan, 10.0])))
    color_points(thing, "rate", limits=(0.0, 10.0))
    found = seen(bpy, view, tmp_path)
    assert np.ptp(found[1]) < 3 and 40 < found[1].mean() < 80


def test_colors_of_regions(bpy: Any, view: Any, tmp_path: Path):
    from blender_brain.atlas import Structure
    from blender_brain.data.point_colors import REGION, color_points, region_colors

    class Atlas:
        structures = (
            Structure(1, "A", "A", (255, 0, 0), (1,), True),
            Structure(2, "B", "B", (0, 128, 255), (2,), True),
        )

    colors = region_colors(Atlas(), np.array([0, 1, -1]))  # type: ignore[arg-type]
    thing = added(bpy, region_color=colors)
    color_points(thing, REGION)
    found = seen(bpy, view, tmp_path)
    assert found[:2] == pytest.approx(np.array([[255, 0, 0], [0, 128, 255]]), abs=12)
    assert found[2].max() < 80


def test_the_volume_follows_a_column(bpy: Any):
    from blender_brain.data.point_colors import color_points

    thing = added(bpy, count=np.array([1.0, 8.0, 0.0]))
    color_points(thing, "", size="count")
    scales = []
    for instance in bpy.context.evaluated_depsgraph_get().object_instances:
        if instance.is_instance and instance.parent.original == thing:
            scales.append(instance.matrix_world.to_scale()[0])
    assert scales == pytest.approx([0.5, 1.0, 0.0])
    with pytest.raises(ValueError, match="'cells' has no column 'rate'; it has count"):
        color_points(thing, "rate")
    thing = added(bpy, change=np.array([1.0, -8.0, 0.0]))
    with pytest.raises(ValueError, match="'change' of '.*' cannot be a size: it is not positive"):
        color_points(thing, "", size="change")


def test_flashes(bpy: Any, view: Any, tmp_path: Path):
    from blender_brain.data.point_colors import flash_points
    from blender_brain.data.point_objects import TIME

    thing = added(bpy, **{TIME: np.array([0.0, 100.0, 1e30])})
    flash_points(thing, start_frame=1, ms_per_frame=10, fade_ms=10)
    first = seen(bpy, view, tmp_path, 1).max(axis=1)
    later = seen(bpy, view, tmp_path, 11).max(axis=1)
    gone = seen(bpy, view, tmp_path, 40).max(axis=1)
    assert first[0] > 200 > 110 > first[1] and later[1] > 200 > 110 > later[0]
    assert np.ptp(gone) < 3 and gone.max() < 110


def test_lines_have_colors_too(bpy: Any):
    from blender_brain.data.point_colors import REGION, color_points
    from blender_brain.data.point_objects import add_lines
    from blender_brain.regions.orientation import placement

    place = placement("BRAINGLOBE", 1000, EXTENT_UM)
    thing = add_lines(
        bpy.context, "track", POINTS_UM, np.array([3]), place, EXTENT_UM,
        values={"region_color": np.ones((3, 3)), "depth": np.arange(3.0)},
    )  # fmt: skip
    for column in (REGION, "depth"):
        material = color_points(thing, column)
        evaluated = thing.evaluated_get(bpy.context.evaluated_depsgraph_get())
        geometry = evaluated.evaluated_geometry()
        mesh = geometry.mesh
        assert {"region_color", "depth"} <= set(mesh.attributes.keys())
        assert mesh.materials[0].name == material.name
