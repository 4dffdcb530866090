# SPDX-License-Identifier: GPL-3.0-or-later
"""Points come in among the regions of the demo atlas, and where they are is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

# Most of them make the demo atlas, or find points in its regions.
pytestmark = pytest.mark.slow


@pytest.fixture
def regions(bpy: Any) -> Any:
    """CA3 and DG of the demo atlas in an empty scene."""
    assert bpy.ops.blender_brain.make_demo_atlas() == {"FINISHED"}
    typed = bpy.context.scene.blender_brain
    assert bpy.ops.blender_brain.import_regions(
        atlas=typed.atlas, folder=typed.folder, acronyms="CA3, DG"
    ) == {"FINISHED"}
    return {thing.name: thing for thing in bpy.context.scene.objects}


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


def imported(bpy: Any, capfd: Any, path: Path, **settings: Any) -> str:
    """Import points; returns what was said."""
    capfd.readouterr()
    assert bpy.ops.blender_brain.import_points(filepath=str(path), **settings) == {"FINISHED"}
    return capfd.readouterr().out


def middle_um(bpy: Any, acronym: str) -> np.ndarray:
    """A point well inside of a region's mesh on the right."""
    from blender_brain.atlas import library, read_mesh
    from blender_brain.atlas.inside import inside

    typed = bpy.context.scene.blender_brain
    opened = library.opened(typed.atlas, typed.folder)
    surface = read_mesh(opened.atlas, opened.search.find_one(acronym).id)
    low, high = surface[0].min(axis=0), surface[0].max(axis=0)
    some = np.random.default_rng(0).uniform(low, high, (3000, 3))
    # Inside with all of its neighborhood, so that no other region reaches in.
    within = np.all(
        [inside(*surface, some + 60 * way) for way in (*np.eye(3), *-np.eye(3))], axis=0
    )
    return some[within][0]


def test_where_they_landed_is_said(bpy: Any, regions: Any, tmp_path: Path, capfd: Any):
    place = middle_um(bpy, "CA3")
    rows = [f"{a},{d},{m},CA3" for a, d, m in (place + np.arange(12)[:, None] * 0.5).tolist()]
    path = tmp_path / "cells.csv"
    path.write_text("AP,DV,ML,region\n" + "\n".join(rows))
    said = imported(bpy, capfd, path)
    assert "'AP' for AP, 'DV' for DV, 'ML' for ML, in micrometers. 12 points: 100 % inside" in said
    assert "CA3 100 %" in said and "'region' agrees for 100 %" in said
    path.write_text(
        "x,y,z,region\n"
        + "\n".join(
            f"{a / 1000},{d / 1000},{m / 1000},CA3"
            for a, d, m in (place + np.arange(12)[:, None] * 20).tolist()
        )
    )
    said = imported(bpy, capfd, path)
    assert "100 % of them miss the brain; they would fit as millimeters" in said
    said = imported(bpy, capfd, path, unit="mm")
    assert "miss" not in said and "in millimeters" in said


def test_voxels_of_another_program_have_the_size_that_its_files_say(
    bpy: Any, regions: Any, tmp_path: Path, capfd: Any
):
    scipy_io = pytest.importorskip("scipy.io")
    voxels = np.rint([middle_um(bpy, "CA3") / 10 + 1 + [0, n, 0] for n in range(3)])
    path = tmp_path / "probe_ccf.mat"
    scipy_io.savemat(path, {"probe_ccf": {"trajectory_coords": voxels}})
    assert "CA3 100 %" in imported(bpy, capfd, path, as_points=True)
    # What the user chooses goes before it.
    assert "CA3 100 %" not in imported(bpy, capfd, path, as_points=True, unit="other_voxel")


def test_regions_remember_their_atlas(bpy: Any, regions: Any, tmp_path: Path):
    """And an operator that is given a folder needs no setting of the scene."""
    from blender_brain.atlas import library

    typed = bpy.context.scene.blender_brain
    folder, atlas = typed.folder, typed.atlas
    where = library.opened(atlas, folder).atlas.folder
    assert regions["CA3"].blender_brain.folder == str(where)
    typed.atlas = typed.folder = ""
    np.save(tmp_path / "cells.npy", np.full((2, 3), 4000.0))
    ops = bpy.ops.blender_brain
    assert ops.import_points(filepath=str(tmp_path / "cells.npy")) == {"FINISHED"}
    for thing in list(bpy.context.scene.objects):
        bpy.data.objects.remove(thing)
    assert ops.import_points(filepath=str(tmp_path / "cells.npy"), atlas=atlas, folder=folder) == {
        "FINISHED"
    }


def test_colors_sizes_and_spikes(bpy: Any, regions: Any, tmp_path: Path, capfd: Any):
    path, spikes = tmp_path / "sites.csv", tmp_path / "spikes.csv"
    path.write_text("id,x,y,z,rate\n5,4000,3000,3000,1\n6,4000,3000,4000,2\n")
    spikes.write_text("id,time_ms\n5,10\n6,40\n5,70\n")
    said = imported(
        bpy, capfd, path, spikes=str(spikes), color_by="region", size_by="rate", ms_per_frame=2.0
    )
    assert "points are by their 'id', times in ms." in said
    assert "sites.csv: the last flash is at frame 36." in said
    thing = bpy.context.object
    assert len(thing.data.vertices) == 5
    assert thing.active_material.name == "sites region"
    assert bpy.ops.blender_brain.color_points(column="rate", colormap="plasma") == {"FINISHED"}
    assert bpy.context.object.active_material.blender_brain.colormap == "plasma"
    with pytest.raises(RuntimeError, match="sites.csv has no column 'depth'; it has id, rate"):
        bpy.ops.blender_brain.import_points(filepath=str(path), color_by="depth")
    bpy.context.view_layer.objects.active = regions["CA3"]
    assert not bpy.ops.blender_brain.color_points.poll()


def test_all_settings_are_in_the_panel(bpy: Any):
    """Those that say how numbers are meant."""
    from blender_brain.settings import PointSettings

    fields = bpy.context.scene.blender_brain.bl_rna.properties
    operator = bpy.ops.blender_brain.import_points.get_rna_type().properties
    names = [name for name in PointSettings.__annotations__ if not name.startswith("_")]
    assert len(names) == 6
    for name in names:
        assert name in fields and name in operator


def test_a_failed_import_leaves_nothing(bpy: Any, regions: Any, tmp_path: Path):
    path = tmp_path / "cells.csv"
    path.write_text("x,y,z,change\n4000,3000,3000,-1\n4000,3000,4000,2\n")
    before = set(bpy.data.objects), set(bpy.data.meshes)
    with pytest.raises(RuntimeError, match="'change' of 'cells' cannot be a size"):
        bpy.ops.blender_brain.import_points(filepath=str(path), size_by="change")
    assert (set(bpy.data.objects), set(bpy.data.meshes)) == before


def test_tracks_as_points(bpy: Any, regions: Any, tmp_path: Path):
    path = tmp_path / "track.npy"
    np.save(path, np.linspace((4000, 1000, 3000), (4000, 5000, 3000), 30))
    ops = bpy.ops.blender_brain
    assert ops.import_points(filepath=str(path)) == {"FINISHED"}
    assert bpy.context.object.type == "CURVES"
    with pytest.raises(RuntimeError, match="track.npy has lines; only points have sizes and flash"):
        ops.import_points(filepath=str(path), size_by="x")
    assert ops.import_points(filepath=str(path), as_points=True) == {"FINISHED"}
    assert bpy.context.object.type == "MESH"
