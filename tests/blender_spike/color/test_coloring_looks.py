# SPDX-License-Identifier: GPL-3.0-or-later
"""Another look of a material: its settings, its keyframes, its cuts, and all who have it."""

from __future__ import annotations

import pytest
from helpers.simulations import branched, simulation

from spike_export import write


@pytest.mark.slow
def test_all_but_the_look_stays(bpy, tmp_path):
    from blender_spike.color.coloring import color_input, material_of, set_look, voltage_material
    from blender_spike.common.animation import fcurves
    from blender_spike.common.colormaps.in_material import set_colormap, shown_colormap
    from blender_spike.common.cut.materials import cuts_of

    path = str(write(tmp_path / "cell.pickle", simulation(branched())))
    for _ in range(2):
        bpy.ops.blender_spike.import_simulation(filepath=path)
    first, second = (one for one in bpy.context.scene.objects if one.type == "CURVES")
    for one in (first, second):
        one.select_set(True)
    bpy.context.view_layer.objects.active = first
    bpy.ops.blender_spike.share_material()
    bpy.ops.surface_slicer.slice_objects()
    old = voltage_material(first)
    assert old == voltage_material(second)
    name, (cut,) = old.name, cuts_of(old)
    set_colormap(old.node_tree, "viridis", reverse=True)
    values = {"Minimum": -55.0, "Steps": 7, "Glow at Rest": 0.25, "Tint": 0.5, "Start": 0.125}
    for setting, value in values.items():
        color_input(old, setting).default_value = value
    color_input(old, "Axon").default_value = (0.1, 0.2, 0.3, 1.0)
    strength = color_input(old, "Strength")
    for frame, value in ((1, 0.0), (11, 5.0)):
        strength.default_value = value
        strength.keyframe_insert("default_value", frame=frame)
    color_input(old, "Maximum").driver_add("default_value").driver.expression = "frame + 100"

    new = set_look(old, "FLAT")
    assert new != old and new.name == name and old.name == f"{name} as it was"
    assert material_of(first) == material_of(second) == new
    assert shown_colormap(new.node_tree) == "viridis"
    assert color_input(new, "Reverse").default_value
    assert {one: color_input(new, one).default_value for one in values} == values
    assert tuple(color_input(new, "Axon").default_value) == pytest.approx((0.1, 0.2, 0.3, 1.0))
    assert cuts_of(new) == [cut]
    # Both are animated, each by itself.
    color_input(old, "Strength").keyframe_delete("default_value", frame=11)
    bpy.context.scene.frame_set(11)
    assert color_input(new, "Strength").default_value == pytest.approx(5.0)
    assert color_input(new, "Maximum").default_value == pytest.approx(111.0)
    path = strength.path_from_id("default_value")
    keys = [len(fcurves(one.node_tree, path)[0].keyframe_points) for one in (old, new)]
    assert keys == [1, 2]
