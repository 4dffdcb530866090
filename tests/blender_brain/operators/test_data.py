# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators that bring the user's own data among the regions of the demo atlas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest


@pytest.fixture
def regions(bpy: Any) -> Any:
    """CA3 and DG of the demo atlas in an empty scene."""
    assert bpy.ops.blender_brain.make_demo_atlas() == {"FINISHED"}
    typed = bpy.context.scene.blender_brain
    assert typed.atlas == "demo_mouse_100um_v1.0"
    assert bpy.ops.blender_brain.import_regions(
        atlas=typed.atlas, folder=typed.folder, acronyms="CA3, DG"
    ) == {"FINISHED"}
    return {thing.name: thing for thing in bpy.context.scene.objects}


@pytest.mark.slow
def test_a_table_colors_the_regions(bpy: Any, regions: Any, tmp_path: Path):
    path = tmp_path / "rates.csv"
    path.write_text("acronym,time_ms,rate\nCA3,0,1\nCA3,100,5\nTH,0,3\n")
    assert bpy.ops.blender_brain.color_by_table(filepath=str(path), ms_per_frame=10.0) == {
        "FINISHED"
    }
    assert regions["CA3"].active_material.name == "Region Values"
    assert regions["DG"].active_material.name != "Region Values"
    for frame, value in ((1, 1.0), (6, 3.0), (11, 5.0), (50, 5.0)):
        bpy.context.scene.frame_set(frame)
        assert regions["CA3"]["region_value"] == pytest.approx(value)
    path.write_text("CA33,1\n")
    with pytest.raises(RuntimeError, match="rates.csv, line 1: There is no structure"):
        bpy.ops.blender_brain.color_by_table(filepath=str(path))


@pytest.mark.slow
def test_points_land_among_the_regions(bpy: Any, regions: Any, tmp_path: Path):
    """The corners of CA3's own mesh, taken from the atlas, come out where CA3 is."""
    from blender_brain.atlas import library, read_mesh

    typed = bpy.context.scene.blender_brain
    opened = library.opened(typed.atlas, typed.folder)
    points_um, _ = read_mesh(opened.atlas, opened.search.find_one("CA3").id)
    np.save(tmp_path / "cells.npy", points_um[::50])
    assert bpy.ops.blender_brain.import_points(filepath=str(tmp_path / "cells.npy")) == {"FINISHED"}
    cells = bpy.context.object
    corners = np.array([vertex.co for vertex in cells.data.vertices])
    ca3 = regions["CA3"]
    own = np.array([vertex.co for vertex in ca3.data.vertices]) + np.array(ca3.location)
    assert corners == pytest.approx(own[::50], abs=1e-4)
    path = tmp_path / "neuron.swc"
    path.write_text("1 1 6600 4000 5700 8 -1\n2 2 6600 2000 5700 1 1\n")
    assert bpy.ops.blender_brain.import_points(filepath=str(path)) == {"FINISHED"}
    assert bpy.context.object.type == "CURVES"
    path = tmp_path / "bad.csv"
    path.write_text("1,2\n")
    with pytest.raises(RuntimeError, match="bad.csv has 2 columns"):
        bpy.ops.blender_brain.import_points(filepath=str(path))
