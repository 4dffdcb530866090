# SPDX-License-Identifier: GPL-3.0-or-later
"""Files in the shapes that labs have: what each import says of them, and what else would be right.

The atlas is made up, with the size of the Allen mouse's and with all regions that the files name.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers.atlases import NAME, Rows, write_v2
from helpers.solids import Mesh, box

EXTENT_UM = (13_200, 8_000, 11_400)
# Id, acronym, name, and the parent.
REGIONS = (
    (997, "root", "root", None),
    (8, "grey", "Basic cell groups and regions", 997),
    (567, "CH", "Cerebrum", 8),
    (688, "CTX", "Cerebral cortex", 567),
    (695, "CTXpl", "Cortical plate", 688),
    (315, "Isocortex", "Isocortex", 695),
    (184, "FRP", "Frontal pole, cerebral cortex", 315),
    (68, "FRP1", "Frontal pole, layer 1", 184),
    (667, "FRP2/3", "Frontal pole, layer 2/3", 184),
    (526157192, "FRP5", "Frontal pole, layer 5", 184),
    (526157196, "FRP6a", "Frontal pole, layer 6a", 184),
    (526322264, "FRP6b", "Frontal pole, layer 6b", 184),
    (500, "MO", "Somatomotor areas", 315),
    (107, "MO1", "Somatomotor areas, Layer 1", 500),
    (219, "MO2/3", "Somatomotor areas, Layer 2/3", 500),
    (299, "MO5", "Somatomotor areas, Layer 5", 500),
    (644, "MO6a", "Somatomotor areas, Layer 6a", 500),
    (947, "MO6b", "Somatomotor areas, Layer 6b", 500),
    (985, "MOp", "Primary motor area", 500),
    (320, "MOp1", "Primary motor area, Layer 1", 985),
    (943, "MOp2/3", "Primary motor area, Layer 2/3", 985),
    (648, "MOp5", "Primary motor area, Layer 5", 985),
    (844, "MOp6a", "Primary motor area, Layer 6a", 985),
    (882, "MOp6b", "Primary motor area, Layer 6b", 985),
    (1089, "HPF", "Hippocampal formation", 695),
    (382, "CA1", "Field CA1", 1089),
    (463, "CA3", "Field CA3", 1089),
    (726, "DG", "Dentate gyrus", 1089),
    (632, "DG-sg", "Dentate gyrus, granule cell layer", 726),
    (63, "PVHd", "Paraventricular hypothalamic nucleus, descending division", 8),
    (64, "AD", "Anterodorsal nucleus", 8),
    (66, "LT", "Lateral terminal nucleus of the accessory optic tract", 8),
    (67, "INC", "Interstitial nucleus of Cajal", 8),
)
MESHES: dict[int, Mesh] = {
    997: box((500, 500, 500), (12_700, 7_500, 10_900)),
    463: box((6_000, 2_000, 2_400), (8_500, 4_900, 9_000)),
    382: box((9_000, 2_000, 2_400), (9_500, 4_900, 9_000)),
    726: box((9_500, 2_000, 2_400), (9_900, 4_900, 9_000)),
    632: box((9_500, 2_000, 2_400), (9_700, 4_900, 9_000)),
    500: box((2_000, 1_000, 2_400), (4_000, 2_000, 9_000)),
    667: box((1_000, 2_500, 2_400), (2_000, 3_500, 9_000)),
    **{
        identity: box((5_000, 5_000 + 400 * place, 2_400), (5_500, 5_300 + 400 * place, 9_000))
        for place, identity in enumerate((63, 64, 66, 67))
    },
}
# In CA3: µm along AP, DV and ML.
CELLS = (
    (8358.35, 4752.12, 8882.76), (8198.56, 3569.33, 8427.71), (8162.82, 2881.11, 8172.63),
    (6677.49, 2086.32, 7613.14), (6756.49, 2698.82, 7640.19), (6311.05, 2680.02, 6186.05),
    (6519.51, 2576.14, 6416.75), (6478.58, 2278.31, 5976.80), (6694.99, 2261.92, 7131.48),
    (7275.89, 2551.65, 8791.17), (8130.90, 3597.23, 8446.08),
)  # fmt: skip
ATLAS_COLUMNS = ",".join(f"coordinate_atlas_axis_{axis}" for axis in range(3))
CELLS_XML = """<?xml version="1.0" encoding="UTF-8"?>
<CellCounter_Marker_File>
  <Image_Properties><Image_Filename>placeholder.tif</Image_Filename></Image_Properties>
  <Marker_Data><Current_Type>1</Current_Type><Marker_Type><Type>1</Type>
    <Marker><MarkerX>20</MarkerX><MarkerY>30</MarkerY><MarkerZ>60</MarkerZ></Marker>
    <Marker><MarkerX>22</MarkerX><MarkerY>31</MarkerY><MarkerZ>62</MarkerZ></Marker>
  </Marker_Type></Marker_Data>
</CellCounter_Marker_File>
"""
UNIONIZED = (
    997, 8, 567, 688, 695, 315, 184, 68, 667, 526157192, 526157196, 526322264, 500, 107, 219, 299,
    644, 947, 985, 320, 943, 648, 844, 882,
)  # fmt: skip


def rows(um: float, before: str = "", after: str = "") -> str:
    """The cells' lines, in units of so many micrometers."""
    return "".join(
        f"{before.format(n=n)}{','.join(str(one / um) for one in cell)}{after}\n"
        for n, cell in enumerate(CELLS)
    )


FILES = {
    "abc_atlas.csv": "cell_label,x,y,z,parcellation_index\n" + rows(1000, "c{n},", ",463"),
    "all_points.csv": "coordinate_raw_axis_0,coordinate_raw_axis_1,coordinate_raw_axis_2,"
    f"{ATLAS_COLUMNS},structure_name,hemisphere\n" + rows(10, "1671,4276,7994,", ",Field CA3,left"),
    "allen_units.csv": "id,anterior_posterior_ccf_coordinate,dorsal_ventral_ccf_coordinate,"
    "left_right_ccf_coordinate,ecephys_structure_acronym\n" + rows(1, "{n},", ",CA3"),
    "cells.xml": CELLS_XML,
    "napari_points.csv": "index,axis-0,axis-1,axis-2\n" + rows(25, "{n},"),
    "hemi.csv": "region,hemisphere,value\nCA3,left,1\nCA3,right,5\nDG,left,2\n",
    "summary.csv": "structure_name,left_cell_count,right_cell_count,total_cells,left_volume_mm3,"
    "right_volume_mm3,total_volume_mm3,left_cells_per_mm3,right_cells_per_mm3\n"
    "Field CA3,1,2,3,0.1,0.1,0.2,10,20\n"
    '"Dentate gyrus, granule cell layer",1,2,3,0.1,0.1,0.2,10,20\n'
    "Field CA1,1,2,3,0.1,0.1,0.2,10,20\n",
    "unionize.csv": "hemisphere_id,id,is_injection,max_voxel_density,projection_density,"
    "projection_energy,structure_id,volume\n"
    + "".join(f"3,{n},False,0.1,0.2,{n / 100},{id},0.5\n" for n, id in enumerate(UNIONIZED)),
    "volumes.csv": "structure_name,left_volume_mm3,right_volume_mm3,total_volume_mm3\n"
    '"Paraventricular hypothalamic nucleus, descending division",0.075,0.065,0.14\n'
    "Anterodorsal nucleus,0.083,0.075,0.158\n"
    "Lateral terminal nucleus of the accessory optic tract,0.01,0.009,0.019\n"
    "Interstitial nucleus of Cajal,0.049,0.047,0.096\n",
    "wide.csv": "time,CA3,DG,CA1\n0,1,2,3\n10,2,3,4\n",
}


def atlas(folder: Path, resolution_um: int) -> str:
    parents = {identity: parent for identity, _, _, parent in REGIONS}

    def above(identity: int | None) -> tuple[int, ...]:
        parent = None if identity is None else parents[identity]
        return () if parent is None else (*above(parent), parent)

    table: Rows = [(id, acronym, name, "#7ED04B", above(id)) for id, acronym, name, _ in REGIONS]
    shape = [extent // resolution_um for extent in EXTENT_UM]
    write_v2(folder, table, MESHES, shape=shape, resolution_um=resolution_um)
    return str(folder)


@pytest.fixture(params=["made", "shared"])
def files(request: Any, tmp_path: Path) -> Any:
    """The files in their folder: ours, and those that came from outside where there are any."""
    if request.param == "shared":
        cases = request.getfixturevalue("shared_data") / "cases"
        return lambda name: next(cases.glob(f"*/{name}"))

    def write(name: str) -> Path:
        (tmp_path / name).write_text(FILES[name])
        return tmp_path / name

    return write


def said(capfd: Any, run: Any) -> str:
    capfd.readouterr()
    assert run() == {"FINISHED"}
    return str(capfd.readouterr().out)


@pytest.mark.parametrize(
    ("name", "resolution_um", "settings", "sentences"),
    [
        ("abc_atlas.csv", 25, {}, [
            "'x' for AP, 'y' for DV, 'z' for ML, in micrometers. 11 points: 0 % inside the brain",
            "100 % of them miss the brain; they would fit as millimeters (100 %) inside.",
        ]),
        ("abc_atlas.csv", 25, {"unit": "mm"}, [
            "in millimeters. 11 points: 100 % inside the brain; CA3 100 %",
            # Ten points in one hemisphere are inside in the other order as well.
            "the file does not say which axis is which, and as many would be inside in the order"
            " ML, DV, AP",
        ]),
        ("abc_atlas.csv", 25, {"unit": "mm", "axes": "adm"}, [
            "in millimeters. 11 points: 100 % inside the brain; CA3 100 %",
        ]),
        ("all_points.csv", 10, {}, [
            "the atlas's voxels were read, not those of the raw image",
            "'coordinate_atlas_axis_0' for AP, 'coordinate_atlas_axis_1' for DV,"
            " 'coordinate_atlas_axis_2' for ML, in voxels of this atlas. 11 cells: 100 % inside the"
            " brain; CA3 100 %; 'structure_name' agrees for 100 %; 'hemisphere' agrees for 100 %.",
        ]),
        ("all_points.csv", 25, {}, [
            "'structure_name' agrees for 0 %",
            "100 % of them miss the brain; they would fit as voxels of 10 µm (100 %) in the named"
            " regions.",
        ]),
        ("all_points.csv", 10, {"flips": {"ML"}}, [
            "'structure_name' agrees for 100 %; 'hemisphere' agrees for 0 %",
            "100 % of them are not in the hemisphere that the file says; they would fit better as"
            " voxels of this atlas (100 %) in that hemisphere.",
        ]),
        ("allen_units.csv", 25, {}, [
            "'anterior_posterior_ccf_coordinate' for AP, 'dorsal_ventral_ccf_coordinate' for DV,"
            " 'left_right_ccf_coordinate' for ML, in micrometers. 11 units: 100 % inside the brain;"
            " CA3 100 %; 'ecephys_structure_acronym' agrees for 100 %.",
        ]),
        ("cells.xml", 25, {}, [
            "cells.xml has voxels of the raw image, not of an atlas: what they are in an atlas is"
            " in all_points.csv, which brainmapper writes beside it.",
            "MarkerX for ML, MarkerY for DV, MarkerZ for AP, in voxels of this atlas in the order"
            " ML, DV, AP. 2 cells: 100 % inside the brain",
        ]),
        ("napari_points.csv", 25, {}, [
            "napari counts voxels, which were taken for those of this atlas.",
            "'axis-0' for AP, 'axis-1' for DV, 'axis-2' for ML, in voxels of this atlas."
            " 11 points: 100 % inside the brain; CA3 100 %",
        ]),
        ("napari_points.csv", 10, {}, [
            # What could be of another atlas as well, and nothing decides.
            "napari counts voxels, which were taken for those of this atlas.",
            "the file does not say which axis is which",
        ]),
    ],
)  # fmt: skip
def test_points(
    bpy: Any, tmp_path: Path, capfd: Any, files: Any, name: str, resolution_um: int,
    settings: dict[str, Any], sentences: list[str],
):  # fmt: skip
    """What was taken, where the points are, and which setting would fit."""
    folder = atlas(tmp_path / "atlases", resolution_um)
    message = said(
        capfd,
        lambda: bpy.ops.blender_brain.import_points(
            filepath=str(files(name)), folder=folder, **settings
        ),
    )
    for sentence in sentences:
        assert sentence in message
    fine = not any("miss the brain" in one or "not in the" in one for one in sentences)
    assert ("Warning" not in message) == fine


@pytest.mark.parametrize(
    ("name", "halves", "sentences", "values"),
    [
        ("hemi.csv", True, ["Colored 3 regions by hemi.csv."],
         {"CA3 left": 1, "CA3 right": 5, "DG left": 2}),
        ("summary.csv", True, [
            "the values are those of 'cells_per_mm3'; choose from cell_count, volume_mm3,",
            "Colored 6 regions by summary.csv.",
         ], {"CA3 left": 10, "CA3 right": 20, "CA1 left": 10, "DG-sg right": 20}),
        ("unionize.csv", False, [
            "the values are those of 'projection_density'; choose from max_voxel_density,"
            " projection_energy, volume.",
            "Colored 2 regions by unionize.csv; root, grey, CH, CTX, CTXpl, Isocortex and others"
            " are not in the scene.",
         ], {"MO": 0.2, "FRP2/3": 0.2}),
        ("volumes.csv", False, [
            "the values are those of 'volume_mm3'; choose from left_volume_mm3, right_volume_mm3,"
            " total_volume_mm3.",
            "Colored 4 regions by volumes.csv.",
         ], {"PVHd": 0.14, "AD": 0.158, "LT": 0.019, "INC": 0.096}),
        ("volumes.csv", True, ["Colored 8 regions by volumes.csv."],
         {"PVHd left": 0.075, "PVHd right": 0.065, "INC right": 0.047}),
        ("wide.csv", False, [
            "its columns are regions, its rows times in ms.",
            "Colored 3 regions by wide.csv, playing until frame 11.",
         ], {"CA3": 1, "DG": 2, "CA1": 3}),
    ],
)  # fmt: skip
def test_tables(
    bpy: Any, tmp_path: Path, capfd: Any, files: Any, name: str, halves: bool,
    sentences: list[str], values: dict[str, float],
):  # fmt: skip
    """What was taken, and the values that the regions have then."""
    folder = atlas(tmp_path / "atlases", 25)
    ops = bpy.ops.blender_brain
    acronyms = "CA1, CA3, DG, DG-sg, MO, FRP2/3, PVHd, AD, LT, INC"
    ops.import_regions(folder=folder, acronyms=acronyms, hemisphere="SPLIT" if halves else "BOTH")
    message = said(capfd, lambda: ops.color_by_table(filepath=str(files(name))))
    for sentence in sentences:
        assert sentence in message
    assert "Warning" not in message
    for region, value in values.items():
        assert bpy.data.objects[region]["region_value"] == pytest.approx(value)


def test_what_is_whole_in_the_scene_has_no_halves(bpy: Any, tmp_path: Path, files: Any):
    """The error names the file, the region, and what to do; another column works."""
    folder = atlas(tmp_path / "atlases", 25)
    ops = bpy.ops.blender_brain
    ops.import_regions(folder=folder, acronyms="CA3")
    with pytest.raises(RuntimeError, match="hemi.csv has the halves of CA3; import the region with "
                       r"Hemisphere > Split\."):  # fmt: skip
        ops.color_by_table(filepath=str(files("hemi.csv")))
    sentence = "Hemisphere > Split, or choose a column that has both together"
    with pytest.raises(RuntimeError, match=sentence):
        ops.color_by_table(filepath=str(files("summary.csv")))
    assert ops.color_by_table(filepath=str(files("summary.csv")), column="cell_count") == {
        "FINISHED"
    }
    assert bpy.data.objects["CA3"]["region_value"] == 3
    with pytest.raises(RuntimeError, match="volumes.csv has values of PVHd, AD, LT, INC; none of "
                       r"these regions is in the scene\."):  # fmt: skip
        ops.color_by_table(filepath=str(files("volumes.csv")))


def test_the_setting_that_is_named_is_the_right_one(bpy: Any, tmp_path: Path, capfd: Any):
    """With the regions of the atlas around them, exchanged columns are noticed and put right."""
    folder = atlas(tmp_path / "atlases", 25)
    path = tmp_path / "cells.csv"
    # Cells all over a brain, with x to the side as some programs have it.
    some = [
        (700 + 119 * n % 11_900, 600 + 67 * n % 6_800, 600 + 103 * n % 10_200) for n in range(99)
    ]
    path.write_text("x,y,z\n" + "".join(f"{m},{d},{a}\n" for a, d, m in some))
    ops = bpy.ops.blender_brain
    message = said(capfd, lambda: ops.import_points(filepath=str(path), folder=folder))
    assert "they would fit better as micrometers in the order ML, DV, AP (100 %) inside." in message
    message = said(capfd, lambda: ops.import_points(filepath=str(path), folder=folder, axes="mda"))
    assert "'x' for ML, 'y' for DV, 'z' for AP" in message and "Warning" not in message


def test_the_atlas_is_named(bpy: Any, tmp_path: Path):
    """So that no test above passes for want of it."""
    folder = atlas(tmp_path / "atlases", 25)
    bpy.ops.blender_brain.import_regions(folder=folder, acronyms="CA3")
    assert bpy.data.objects["CA3"].blender_brain.atlas == f"{NAME}_v1.2"
