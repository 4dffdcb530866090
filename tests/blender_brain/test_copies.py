# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of regions with their labels and bars, made in each of Blender's ways."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.atlases import NAME, write_v3
from helpers.copying import append_by_hand, by_every_way, seen


@pytest.fixture
def things(bpy: Any, tmp_path: Path) -> list[Any]:
    """A region, its label, and the color bar."""
    write_v3(tmp_path)
    bpy.context.scene.blender_brain.folder = str(tmp_path)
    ops = bpy.ops.blender_brain
    ops.import_regions(atlas=NAME, folder=str(tmp_path), acronyms="CA3")
    table = tmp_path / "rates.csv"
    table.write_text("region,time,value\nCA3,0,1e-5\nCA3,10,3e-5\n")
    ops.color_by_table(filepath=str(table))
    ops.add_labels()
    ops.add_color_bar()
    bpy.context.view_layer.update()
    objects = bpy.data.objects
    (bar,) = [thing for thing in objects if thing.name.endswith("color bar")]
    return [objects["CA3"], objects["CA3 label"], bar]


def drawn(bpy: Any, thing: Any) -> int:
    graph = bpy.context.evaluated_depsgraph_get()
    return len(thing.evaluated_get(graph).to_mesh().vertices)


@by_every_way
def test_a_copys_label_and_values_follow_the_copy_alone(
    bpy: Any, things: list[Any], tmp_path: Path, way: Any
) -> None:
    from blender_brain.common.animation import fcurves, remove_fcurves

    (region, label, _), (copy, its_label, _) = way(bpy, things, tmp_path)
    assert drawn(bpy, label) > 50 and drawn(bpy, its_label) > 50
    copy.hide_render = True
    bpy.context.view_layer.update()
    assert drawn(bpy, label) > 50 and drawn(bpy, its_label) < 50
    copy.hide_render = False
    region.hide_render = True
    bpy.context.view_layer.update()
    assert drawn(bpy, label) < 50 and drawn(bpy, its_label) > 50
    # Other values of the copy, as coloring by another table writes them.
    path = '["region_value"]'
    remove_fcurves(copy, path)
    copy["region_value"] = 7.0
    bpy.context.scene.frame_set(11)
    assert len(fcurves(region, path)) == 1
    assert region["region_value"] == pytest.approx(3e-5)


def test_the_bar_shows_small_values(bpy: Any, things: list[Any]) -> None:
    """Its limits follow the material's: 0.00001 to 0.00003."""
    bar = things[2].evaluated_get(bpy.context.evaluated_depsgraph_get())
    geometry = bar.evaluated_geometry()
    data = geometry.mesh.attributes
    values, on_figure = (
        np.array([d.value for d in data[n].data]) for n in ("region_value", "figure")
    )
    ends = values[on_figure == 1]
    assert (ends.min(), ends.max()) == pytest.approx((1e-5, 3e-5), rel=1e-5)


def test_append_brings_nothing_else_into_view(bpy: Any, things: list[Any], tmp_path: Path) -> None:
    names = [thing.name for thing in things]
    own = {thing.name for thing in bpy.context.scene.objects}
    loose = append_by_hand(bpy, tmp_path, *names)
    assert {thing.name for thing in loose} <= own and set(names) <= seen(bpy) <= own
