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
    from blender_brain.demo_atlas import NAME, VERSION

    assert bpy.ops.blender_brain.make_demo_atlas() == {"FINISHED"}
    typed = bpy.context.scene.blender_brain
    assert typed.atlas == f"{NAME}_v{VERSION}"
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


def test_a_folder_is_enough(bpy: Any, tmp_path: Path):
    """Without any setting of the scene, and for regions afterwards without the folder."""
    from helpers.atlases import NAME, write_v2, write_v3

    ops, scene = bpy.ops.blender_brain, bpy.context.scene
    folder = str(tmp_path / "mine")
    write_v3(tmp_path / "mine")
    np.save(tmp_path / "cells.npy", np.array([[3500.0, 1500.0, 1500.0]]))
    cells, table = str(tmp_path / "cells.npy"), tmp_path / "rates.csv"
    with pytest.raises(RuntimeError, match="No atlas was found|no atlas|incomplete|demo"):
        ops.import_points(filepath=cells, atlas=NAME)
    assert ops.import_points(filepath=cells, folder=folder) == {"FINISHED"}
    assert ops.place_objects(folder=folder, region="CA3", side="BOTH") == {"FINISHED"}
    assert ops.import_regions(folder=folder, acronyms="CA3") == {"FINISHED"}
    table.write_text("CA3,1\n")
    assert not scene.blender_brain.folder and not scene.blender_brain.atlas
    assert ops.color_by_table(filepath=str(table)) == {"FINISHED"}
    assert ops.import_points(filepath=cells) == {"FINISHED"}
    assert ops.place_objects(region="CA3", side="BOTH") == {"FINISHED"}
    # Another one of the same name that the panel shows is not mistaken for it.
    write_v2(tmp_path / "other", version="3.0", meshes={})
    scene.blender_brain.folder = str(tmp_path / "other")
    assert ops.place_objects(region="CA3", side="BOTH") == {"FINISHED"}
    # Elsewhere it is found by its name.
    (tmp_path / "mine").rename(tmp_path / "moved")
    with pytest.raises(RuntimeError, match="no atlas named|is incomplete"):
        ops.place_objects(region="CA3", side="BOTH")
    scene.blender_brain.folder = str(tmp_path / "moved")
    assert ops.place_objects(region="CA3", side="BOTH") == {"FINISHED"}


def test_the_columns_of_a_table_are_in_a_menu(bpy: Any, tmp_path: Path):
    from helpers.atlases import write_v3

    write_v3(tmp_path)
    bpy.ops.blender_brain.import_regions(folder=str(tmp_path), acronyms="CA3, DG")
    regions, path = bpy.data.objects, tmp_path / "summary.csv"
    path.write_text(
        "structure_name,left_cell_count,right_cell_count,total_cells\nField CA3,1,2,3\nX,1,2,3\n"
    )
    assert bpy.ops.blender_brain.color_by_table(filepath=str(path)) == {"FINISHED"}
    material = regions["CA3"].active_material
    assert regions["CA3"]["region_value"] == 3
    assert material["blender_brain_quantity"] == "cell_count"
    columns = material["blender_brain_columns"].splitlines()
    assert columns == ["cell_count", "left_cell_count", "right_cell_count", "total_cells"]
    assert bpy.ops.blender_brain.color_by_table(
        filepath=material["blender_brain_table"], column="left_cell_count"
    ) == {"FINISHED"}
    assert regions["CA3"]["region_value"] == 1
    path.write_text("CA3,7\n")
    bpy.ops.blender_brain.color_by_table(filepath=str(path))
    assert "blender_brain_columns" not in regions["CA3"].active_material
