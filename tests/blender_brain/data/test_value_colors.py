# SPDX-License-Identifier: GPL-3.0-or-later
"""Regions have the colors of their values, in rendered pixels and over time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from helpers.pictures import add_camera, read_pixels
from helpers.solids import box

NAN = np.nan


@pytest.fixture
def regions(bpy: Any) -> list[Any]:
    """Three slabs side by side, as if they were regions 1, 2 and 3; and the camera above them."""
    from blender_brain.common.geometry import fill_mesh
    from blender_brain.regions.record import about

    made = []
    for identity in (1, 2, 3):
        points, triangles = box((identity - 0.5, 0, 0), (identity + 0.5, 3, 1))
        mesh = bpy.data.meshes.new(f"R{identity}")
        fill_mesh(mesh, points.astype(np.float32), triangles.astype(np.int32))
        thing = bpy.data.objects.new(f"R{identity}", mesh)
        bpy.context.scene.collection.objects.link(thing)
        about(thing).structure = str(identity)
        about(thing).acronym = f"R{identity}"
        about(thing).atlas = "made_up_v1.0"
        made.append(thing)
    add_camera(bpy, 3, (2, 1.5, 10))
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 1
    scene.render.resolution_x = scene.render.resolution_y = 30
    scene.view_settings.view_transform = "Standard"
    return made


def table(times_ms: list[float], values: list[list[float]], ids: tuple[int, ...] = (1, 2, 3)):
    from blender_brain.atlas import Structure
    from blender_brain.data.region_values import RegionValues

    structures = tuple(Structure(i, f"R{i}", "", (0, 0, 0), (i,), True) for i in ids)
    return RegionValues("rate", structures, np.array(times_ms), np.array(values, np.float32))


def rendered(bpy: Any, folder: Path, frame: int = 1) -> list[list[float]]:
    scene = bpy.context.scene
    scene.frame_set(frame)
    scene.render.filepath = str(folder / "picture.png")
    bpy.ops.render.render(write_still=True)
    pixels = read_pixels(folder / "picture.png")
    return [pixels[15, x].tolist() for x in (5, 15, 25)]


def expected(position: float, name: str = "viridis") -> list[float]:
    return [round(c * 255) for c in matplotlib.colormaps[name](position)[:3]]


def test_each_region_has_the_color_of_its_value(bpy: Any, regions: list[Any], tmp_path: Path):
    from blender_brain.data.value_colors import color_by_values

    done = color_by_values(regions, table([0], [[10, 20, 15]]))
    assert done.regions == tuple(regions) and not done.missing
    left, middle, right = rendered(bpy, tmp_path)
    assert left == pytest.approx(expected(0.0), abs=2)
    assert middle == pytest.approx(expected(1.0), abs=2)
    assert right == pytest.approx(expected(0.5), abs=2)


def test_values_over_time_need_no_python(bpy: Any, regions: list[Any], tmp_path: Path):
    from blender_brain.data.value_colors import color_by_values

    data = table([0, 10, 20], [[0, 1, NAN], [1, 0, 0.25], [1, NAN, 1]])
    done = color_by_values(
        regions, data, colormap="magma", limits=(0, 1), start_frame=5, ms_per_frame=2.5
    )
    assert done.frame_end == 13
    handlers = bpy.app.handlers
    assert not handlers.frame_change_pre and not handlers.frame_change_post
    assert not any(thing.animation_data.drivers for thing in regions)
    gray = pytest.approx([63, 63, 63], abs=2)
    at_5, at_7, at_13 = (rendered(bpy, tmp_path, frame) for frame in (5, 7, 13))
    assert at_5[0] == pytest.approx(expected(0.0, "magma"), abs=2)
    assert at_7[0] == pytest.approx(expected(0.5, "magma"), abs=3)
    assert at_7[1] == pytest.approx(expected(0.5, "magma"), abs=3)
    # No value before the first one, nor after the last one.
    assert at_5[2] == gray and at_7[2] == gray and at_13[1] == gray
    assert at_13[2] == pytest.approx(expected(1.0, "magma"), abs=2)
    # Again with other values: they replace those of before.
    color_by_values(regions, table([0], [[1, 0, 1]]))
    assert rendered(bpy, tmp_path, 7)[0] == pytest.approx(expected(1.0), abs=2)


def test_regions_without_value_are_left_alone(bpy: Any, regions: list[Any]):
    from blender_brain.data.value_colors import color_by_values

    before = regions[2].active_material
    done = color_by_values([*regions, bpy.context.scene.camera], table([0], [[1, 2]], (1, 9)))
    assert done.regions == (regions[0],) and done.missing == ("R9",)
    assert regions[2].active_material == before
    with pytest.raises(
        ValueError, match=r"This table has values of .*; none of these regions is in the scene\."
    ):
        color_by_values(regions, table([0], [[1]], (9,)))
    with pytest.raises(ValueError, match="is not below"):
        color_by_values(regions, table([0], [[1]], (1,)), limits=(2, 1))
    with pytest.raises(ValueError, match="must be greater than 0"):
        color_by_values(regions, table([0], [[1]], (1,)), ms_per_frame=0)


@pytest.mark.parametrize("shared", ["slot", "action"])
def test_regions_that_share_an_action_have_their_own_values(
    bpy: Any, regions: list[Any], shared: str
):
    """As after Link Animation Data; what else the action moves goes on."""
    from blender_brain.common.animation import fcurves
    from blender_brain.data.value_colors import color_by_values

    first, second, other = regions
    other.keyframe_insert("location", frame=1)
    action = other.animation_data.action
    for region in (first, second):
        region.animation_data_create().action = action
        if shared == "slot":
            region.animation_data.action_slot = action.slots[0]
        else:
            region.animation_data.action_slot = action.slots.new("OBJECT", region.name)
    data = table([0, 10], [[0, 1], [2, 3]], (1, 2))
    for _ in range(2):
        color_by_values([first, second], data, start_frame=1)
    for frame, values in ((1, (0, 1)), (6, (1, 2)), (11, (2, 3))):
        bpy.context.scene.frame_set(frame)
        assert (first["region_value"], second["region_value"]) == pytest.approx(values)
    assert len(fcurves(other, "location")) == 3
    assert not fcurves(other, '["region_value"]')
    # Those of one are gone, and of one only.
    color_by_values([first], table([0], [[5]], (1,)))
    bpy.context.scene.frame_set(11)
    assert (first["region_value"], second["region_value"]) == pytest.approx((5, 3))


def test_a_linked_action_is_not_written_to(bpy: Any, regions: list[Any], tmp_path: Path):
    from blender_brain.data.value_colors import color_by_values

    first, *_ = regions
    first.keyframe_insert("location", frame=1)
    action = first.animation_data.action
    action.name = "theirs"
    bpy.data.libraries.write(str(tmp_path / "library.blend"), {action})
    with bpy.data.libraries.load(str(tmp_path / "library.blend"), link=True) as (_, here):
        here.actions = ["theirs"]
    first.animation_data.action = here.actions[0]
    assert not first.animation_data.action.is_editable
    color_by_values([first], table([0, 10], [[0], [2]], (1,)), start_frame=1)
    assert first.animation_data.action.is_editable
    bpy.context.scene.frame_set(6)
    assert first["region_value"] == pytest.approx(1)


def test_halves_have_their_own_values(bpy: Any, regions: list[Any]):
    from blender_brain.atlas import Structure
    from blender_brain.data.region_values import RegionValues
    from blender_brain.data.value_colors import color_by_values
    from blender_brain.regions.record import about

    for region, (identity, side) in zip(
        regions, [("1", "LEFT"), ("1", "RIGHT"), ("2", "BOTH")], strict=True
    ):
        about(region).structure, about(region).side = identity, side
    one, two = (Structure(i, f"R{i}", "", (0, 0, 0), (i,), True) for i in (1, 2))
    values = np.array([[1, 2, 3]], np.float32)
    data = RegionValues(
        "rate", (one, one, two), np.zeros(1), values, halves=("LEFT", "RIGHT", "BOTH")
    )
    assert not color_by_values(regions, data).whole
    assert [region["region_value"] for region in regions] == [1, 2, 3]
    # A whole region has no value of its own if the table has its halves.
    data = RegionValues(
        "rate", (one, two, two), np.zeros(1), values, halves=("BOTH", "LEFT", "RIGHT")
    )
    done = color_by_values(regions, data)
    assert done.whole == ("R3",) and [one["region_value"] for one in regions[:2]] == [1, 1]
    with pytest.raises(ValueError, match="This table has the halves of R3; import the region"):
        color_by_values(regions[2:], data)
    # A half without a value is no whole region.
    about(regions[1]).structure = "2"
    data = RegionValues("rate", (one, two), np.zeros(1), values[:, :2], halves=("BOTH", "LEFT"))
    assert color_by_values(regions[:2], data).whole == ()


def test_values_show_form(bpy: Any, regions: list[Any], tmp_path: Path):
    """A surface that turns away is darker; from the front it has the colormap's own color."""
    from blender_brain.data.value_colors import color_by_values

    data = table([0], [[1, 1, 1]])
    color_by_values(regions, data, limits=(0, 1), form=0.0)
    for region in regions:
        region.rotation_euler.y = 1.2
    flat = rendered(bpy, tmp_path)[1]
    color_by_values(regions, data, limits=(0, 1))
    assert sum(rendered(bpy, tmp_path)[1]) < 0.8 * sum(flat)
