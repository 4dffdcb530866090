# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of points are recognized by their content, and files that lie are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from blender_brain.data.point_formats import FORMATS, read_point_set
from blender_brain.data.point_set import PointSet
from blender_brain.data.tables import TableError

POINTS = np.array([[1000.0, 2000.0, 3000.0], [1.5, 2.5, 3.5]])
RESOLUTION_UM, EXTENT_UM = (25.0, 10.0, 50.0), (13200.0, 8000.0, 11400.0)


def read(folder: Path, content: str | bytes, name: str = "cells.csv") -> PointSet:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_point_set(path)


def points_um(found: PointSet) -> Any:
    return found.coordinates.points_um(found.numbers, RESOLUTION_UM, EXTENT_UM)


def npy(header: str, data: bytes = b"") -> bytes:
    text = header.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


# --- Tables ---


@pytest.mark.parametrize(
    "content",
    [
        "1000,2000,3000\n1.5,2.5,3.5\n",
        "x,y,z\n1000,2000,3000\n1.5,2.5,3.5\n",
        "cell,ML,AP,DV,area\nc1,3000,1000,2000,CA3\nc2,3.5,1.5,2.5,DG\n",
        "AP (mm);DV (mm);ML (mm)\n1;2;3\n0.0015;0.0025;0.0035\n",
        "ccf_ap_um\tccf_dv_um\tccf_ml_um\n1000\t2000\t3000\n1.5\t2.5\t3.5\n",
        "1000 2000 3000\n1.5 2.5 3.5\n",
        # The axis itself goes before a name that ends with it.
        "x,y,z,depth_x\n1000,2000,3000,9\n1.5,2.5,3.5,9\n",
    ],
)
def test_tables(tmp_path: Path, content: str):
    assert points_um(read(tmp_path, content)) == pytest.approx(POINTS)


def test_what_was_taken_for_which_axis(tmp_path: Path):
    found = read(tmp_path, "id,ML,AP,DV\n1,3,1,2\n")
    assert found.taken(found.coordinates) == "'AP' for AP, 'DV' for DV, 'ML' for ML"
    bare = read(tmp_path, "1,2,3\n")
    assert bare.taken(bare.coordinates) == (
        "the first column for AP, the second for DV, the third for ML"
    )


def test_other_columns(tmp_path: Path):
    found = read(
        tmp_path,
        "id,x,y,z,region,depth,comment\n7,1,2,3,CA3,0.5,far\n8,1,2,3,DG,,near\n",
    )
    assert list(found.values) == ["id", "depth"]
    assert np.array_equal(found.values["depth"], [0.5, np.nan], equal_nan=True)
    assert found.structures == ("CA3", "DG") and found.structure_column == "region"


def test_ids_name_structures_as_well_as_words(tmp_path: Path):
    found = read(tmp_path, "x,y,z,structure_id,area\n1000,2000,3000,463,0.5\n1,2,3,726,0.7\n")
    assert found.structures == ("463", "726") and found.structure_column == "structure_id"
    # A column of numbers that is named like one may be a size.
    assert "area" in found.values


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("1,2\n", "cells.csv has 2 columns; without a header"),
        ("1,2,3,4\n", "cells.csv has 4 columns; without a header"),
        ("a,b,c\n1,2,3\n", "cells.csv, line 1 names no column for AP or x."),
        ("x,ap,y,z\n1,2,3,4\n", "cells.csv, line 1 names more than one column for AP or x."),
        (
            "x_um,y_mm,z_um\n1,2,3\n",
            "cells.csv, line 1 names different units; all three must be the same.",
        ),
        ("x,y,z\n", "cells.csv has no rows below its header."),
        ("x,y,z\n1,2,3\n1,,3\n", "cells.csv, line 3: '' is not a coordinate."),
        ("1,2,3\n1,nan,3\n", "cells.csv, line 2: 'nan' is not a coordinate."),
        ("1,2,3\n1,here,3\n", "cells.csv, line 2: 'here' is not a coordinate."),
        ("1,2,3\n1,2,-1e300\n", "cells.csv, line 2: '-1e300' is farther away than 1e+12."),
        (
            '{"a": [1, 2, 3]}\n{"a": [1, 2, 3]}\n',
            "cells.csv is JSON, but not as MouseLight writes it; save the points as a table with "
            "columns AP, DV and ML.",
        ),
        (
            " <!DOCTYPE html>\n<html>\n",
            "cells.csv is XML or a web page, but no list of cells as cellfinder writes it; save",
        ),
        (
            "index,axis-0,axis-1\n0,1,2\n",
            "cells.csv has 2 axes; points in an atlas have the three axis-0, axis-1 and axis-2.",
        ),
        (
            "Index,Distance from first position [um],Region ID,Region acronym,Region name\n"
            "0,0,1,CA3,Field CA3\n",
            "cells.csv lists the regions along a track, without coordinates; import the track"
            " itself, cells.npy, which",
        ),
        (
            "upperBorder,lowerBorder,acronym,name\n0,100,CA3,Field CA3\n",
            "cells.csv lists borders along a probe, without coordinates; save the probe's points",
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, content: str, sentence: str):
    with pytest.raises(TableError) as error:
        read(tmp_path, content)
    assert str(error.value).startswith(sentence)


def test_arrays_too_far_away_and_no_file_at_all(tmp_path: Path):
    np.save(tmp_path / "cells.npy", np.array([[1.0, 2, 3], [1, 1e13, 3]]))
    with pytest.raises(TableError, match=r"cells.npy: point 2 is farther away than 1e\+12\."):
        read_point_set(tmp_path / "cells.npy")
    with pytest.raises(TableError, match="Choose a file first."):
        read_point_set(Path(""))


def test_brainmapper(tmp_path: Path):
    """The atlas's columns, not those of the raw image."""
    names = [f"coordinate_{kind}_axis_{n}" for kind in ("raw", "atlas") for n in range(3)]
    found = read(
        tmp_path,
        ",".join([*names, "structure_name", "hemisphere"])
        + "\n1671,4276,7994,835.8,475.2,888.2,Field CA3,left\n",
    )
    assert found.numbers.tolist() == [[835.8, 475.2, 888.2]]
    assert found.coordinates.unit == "voxel" and found.what == "cell"
    assert found.structures == ("Field CA3",)
    assert "coordinate_raw_axis_0" in found.values
    assert ["not those of the raw image" in note for note in found.notes] == [True]


def test_napari(tmp_path: Path):
    found = read(tmp_path, "index,axis-0,axis-1,axis-2\n0,334.3,190,355\n1,327,142,337\n")
    assert found.numbers[0].tolist() == [334.3, 190, 355]
    assert found.coordinates.unit == "voxel" and list(found.values) == ["index"]


def test_allen_units(tmp_path: Path):
    """Channels above the brain have no coordinates."""
    axes = ("anterior_posterior", "dorsal_ventral", "left_right")
    header = ",".join(["id", *(f"{axis}_ccf_coordinate" for axis in axes)])
    found = read(
        tmp_path,
        f"{header},ecephys_structure_acronym\n0,8358.35,4752,8882.7,CA3\n1,,,,\n",
    )
    assert found.numbers.tolist() == [[8358.35, 4752, 8882.7]]
    assert found.coordinates.unit == "um" and found.structures == ("CA3",)
    assert found.notes[-1] == "cells.csv: 1 rows have no coordinates and were left out."


def test_probe_tables_are_lines(tmp_path: Path):
    """As tables of HERBS, SHARP-Track and AP_histology: rows of a probe belong together."""
    found = read(
        tmp_path,
        "probe,AP,DV,ML,region\nA,1,1,1,CA3\nB,5,5,5,DG\nA,1,2,1,DG\nB,5,6,5,CA3\nA,1,3,1,DG\n",
    )
    assert found.point_counts is not None and found.point_counts.tolist() == [3, 2]
    assert found.numbers[:, 1].tolist() == [1, 2, 3, 5, 6]
    assert found.structures == ("CA3", "DG", "DG", "DG", "CA3")


# --- Arrays ---


@pytest.mark.parametrize("dtype", ["<f8", ">f4", "<i2", "u1"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays(tmp_path: Path, dtype: str, order: str):
    array = np.asarray([[1, 2, 3], [40, 50, 60]], dtype, order=order)  # type: ignore[call-overload]
    np.save(tmp_path / "cells.npy", array)
    found = read_point_set(tmp_path / "cells.npy")
    assert found.numbers.tolist() == [[1, 2, 3], [40, 50, 60]] and found.point_counts is None


def test_a_track_is_told_from_a_cloud(tmp_path: Path):
    track = np.linspace((0, 0, 0), (100, 4000, 300), 500)
    track[:, 0] += 50 * np.sin(np.arange(500) / 100)
    np.save(tmp_path / "track.npy", track)
    found = read_point_set(tmp_path / "track.npy")
    assert found.point_counts is not None and found.point_counts.tolist() == [500]
    assert "it was read as a track" in found.notes[0]
    np.save(tmp_path / "cloud.npy", np.random.default_rng(0).permutation(track))
    assert read_point_set(tmp_path / "cloud.npy").point_counts is None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is not a NumPy array"),
        (b"\x93NUMPY\x09\x00", "it has version 9.0 of the format"),
        (npy("__import__('os').system('true')"), "is not a NumPy array"),
        (npy("(" * 9000), "is not a NumPy array"),
        (
            npy("{'descr': '|O', 'fortran_order': False, 'shape': (1, 3)}", b"x" * 24),
            "not real numbers",
        ),
        (npy("{'descr': '<U9', 'fortran_order': False, 'shape': (1, 3)}"), "not real numbers"),
        (npy("{'descr': '<f8', 'fortran_order': False, 'shape': (3,)}", b"x" * 24), "should be N"),
        (
            npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3)}", b"x" * 24),
            "announces 48 bytes",
        ),
        (
            npy("{'descr': '<f8', 'fortran_order': False, 'shape': (10000000000, 3)}"),
            "10,000,000,000 points; 1 to 20,000,000 can be shown.",
        ),
        (npy("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 3)}"), "has 0 points"),
        (npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 3)}"), "has -1 points"),
    ],
)
def test_hostile_arrays(tmp_path: Path, content: bytes, sentence: str):
    with pytest.raises(TableError) as error:
        read(tmp_path, content, "cells.npy")
    assert sentence in str(error.value) and str(error.value).startswith("cells.npy")


def test_arrays_with_gaps(tmp_path: Path):
    np.save(tmp_path / "cells.npy", [[0, 0, 0], [0, np.nan, 0]])
    with pytest.raises(TableError, match=r"cells.npy: point 2 is not finite."):
        read_point_set(tmp_path / "cells.npy")


# --- cells.xml ---

MARKER = "<Marker><MarkerX>20</MarkerX><MarkerY>30</MarkerY><MarkerZ>60</MarkerZ></Marker>"
CELLS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<CellCounter_Marker_File><Marker_Data>'
    "<Current_Type>1</Current_Type>{}</Marker_Data></CellCounter_Marker_File>\n"
)


def test_cells_xml(tmp_path: Path):
    types = [f"<Marker_Type><Type>{kind}</Type>{MARKER}</Marker_Type>" for kind in (1, 2)]
    found = read(tmp_path, CELLS.format("".join(types)), "cells.xml")
    assert found.numbers.tolist() == [[20, 30, 60]] * 2
    assert found.values["Type"].tolist() == [1, 2]
    assert points_um(found)[0].tolist() == [60 * 25, 30 * 10, 20 * 50]
    assert "not of an atlas" in found.notes[0]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (CELLS.format("<Marker>"), "it is not XML, or it is damaged (mismatched tag)."),
        (CELLS.format("<Marker><MarkerX>1</MarkerX></Marker>"), "a marker has no MarkerX"),
        (CELLS.format(MARKER.replace("20", "nan")), "'nan' is not a coordinate."),
        (CELLS.format(MARKER.replace("20", "9" * 999)), "is not a coordinate."),
        (CELLS.format(MARKER.replace("20", "1.2.3")), "'1.2.3' is not a coordinate."),
        (CELLS.format(MARKER.replace("20", "1" * 41 + "x")), "is not a coordinate."),
        (CELLS.format("<a>" * 99), "its elements are nested too deeply."),
        (CELLS.format("x" * 99_999), "a text in it is too long."),
        (CELLS.format(""), "it has 0 points"),
        (
            '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>' + CELLS.split("\n", 1)[1].format("&a;"),
            "it defines entities, which no list of cells needs.",
        ),
        (
            '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
            + CELLS.split("\n", 1)[1].format("&a;"),
            "it defines entities, which no list of cells needs.",
        ),
    ],
)
def test_hostile_cells(tmp_path: Path, content: str, sentence: str):
    with pytest.raises(TableError) as error:
        read(tmp_path, content, "cells.xml")
    assert sentence in str(error.value) and str(error.value).startswith("cells.xml")


# --- Tracings ---


def test_a_tracing(tmp_path: Path):
    lines = [
        "# id type x y z radius parent",
        "1 1 5000 2000 3000 8 -1",
        "2 2 5100 2000 3000 1 1",
        "3 2 5200 2000 3100 2 2",
        "4 2 5300 2100 3100 1 3",
        "5 2 5300 1900 3100 1 3",
    ]
    found = read(tmp_path, "\n".join(lines), "neuron.swc")
    assert found.point_counts is not None and found.radii is not None
    assert found.point_counts.sum() == len(found.numbers) == len(found.radii)
    ends = np.cumsum(found.point_counts)
    assert found.numbers[ends[2:] - 1].tolist() == [[5300, 2100, 3100], [5300, 1900, 3100]]
    # The branches begin where their parent ends, so that nothing gapes.
    assert found.numbers[ends[1:3]].tolist() == [[5200, 2000, 3100]] * 2
    assert found.radii[ends[1] - 1] == 2
    assert points_um(found)[0].tolist() == found.numbers[0].tolist()


def test_mouselight_has_its_own_order(tmp_path: Path):
    swc = "# Janelia MouseLight Neuron Browser\n1 1 5000 2000 3000 8 -1\n2 2 5100 2000 3000 1 1\n"
    found = read(tmp_path, swc, "neuron.swc")
    assert [3000, 2000, 5100] in points_um(found).tolist()
    assert found.taken(found.coordinates) == "x for ML, y for DV, z for AP"


def test_pieces_that_belong_to_nothing_are_told_of(tmp_path: Path):
    """However much it is: the rest is a tracing all the same."""
    found = read(
        tmp_path,
        "1 2 0 0 0 1 -1\n2 2 9 0 0 1 1\n3 2 500 0 0 1 -1\n4 2 600 0 0 1 3\n5 2 700 0 0 1 4\n",
        "neuron.swc",
    )
    left = 5 - len(np.unique(found.numbers, axis=0))
    told = f"neuron.swc: {left} of 5 points are not part of the neuron"
    assert left and [told in note for note in found.notes] == [True]


@pytest.mark.parametrize(
    ("content", "sentence"), [("1 1 0 0\n", "neuron.swc, line 1: "), ("", "neuron.swc: ")]
)
def test_a_tracing_that_is_none(tmp_path: Path, content: str, sentence: str):
    with pytest.raises(TableError) as error:
        read(tmp_path, content, "neuron.swc")
    assert str(error.value).startswith(sentence)
    with pytest.raises(TableError, match="none.swc"):
        read_point_set(tmp_path / "none.swc")


def sample(number: int, parent: int, x: float) -> dict[str, Any]:
    return {
        "sampleNumber": number, "parentNumber": parent, "structureIdentifier": 2,
        "x": x, "y": 2.0, "z": 3.0, "radius": 1.0, "allenId": None,
    }  # fmt: skip


def mouselight(*axon: dict[str, Any]) -> str:
    return json.dumps({"comment": "", "neurons": [{"idString": "AA1", "axon": list(axon)}]})


def test_mouselight_json(tmp_path: Path):
    """Lines from branch point to branch point, which they share."""
    tree = [
        sample(1, -1, 10), sample(2, 1, 20), sample(3, 2, 30), sample(4, 2, 40), sample(5, 4, 50),
    ]  # fmt: skip
    found = read(tmp_path, mouselight(*tree), "AA1.json")
    assert found.point_counts is not None
    lines = np.split(points_um(found)[:, 2], np.cumsum(found.point_counts)[:-1])
    assert sorted(line.tolist() for line in lines) == [[10, 20], [20, 30], [20, 40, 50]]
    assert points_um(found)[0].tolist()[:2] == [3, 2]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('{"neurons": [', "AA1.json: it is not JSON"),
        ('{"neurons": ' + "[" * 100_000, "AA1.json: it is n"),
        ('{"neurons": 5}', "its neurons are not as MouseLight has them."),
        ('{"neurons": [{}]}', "none of its neurons has an axon or a dendrite."),
        (mouselight({"x": 1}), "a sample of its axon lacks one of sampleNumber"),
        (mouselight(sample(1, 1, 0)), "a sample of its axon is its own parent."),
        (
            mouselight(sample(1, -1, 0), sample(2, 1, 1), sample(3, 4, 0), sample(4, 3, 0)),
            "samples of its axon form a circle.",
        ),
    ],
)
def test_mouselight_that_is_none(tmp_path: Path, content: str, sentence: str):
    with pytest.raises(TableError) as error:
        read(tmp_path, content, "AA1.json")
    assert sentence in str(error.value)


# --- What is not read ---


def test_the_way_to_convert_a_pickle_is_said(tmp_path: Path):
    with pytest.raises(TableError) as error:
        read(tmp_path, b"\x80\x04\x95cos\nsystem\n", "p.pkl")
    assert str(error.value).startswith("p.pkl: it is a pickle, as HERBS saves it, which can run ")
    assert "; convert it by python -c" in str(error.value) and "\n" not in str(error.value)


def test_what_is_recognized_does_not_depend_on_order():
    """No file is claimed by two formats, but that any table is a table."""
    assert FORMATS[-1].name == "table of points"
    assert len({one.order for one in FORMATS}) == len(FORMATS)


def test_cases_of_real_shapes(shared_data: Path):
    """Small files as labs have them."""
    folder = shared_data / "cases" / "points"
    units = {}
    for path in sorted(folder.iterdir()):
        found = read_point_set(path)
        units[path.name] = found.coordinates.unit, len(found.numbers), len(found.structures)
    assert units == {
        "abc_atlas.csv": ("um", 11, 0),
        "all_points.csv": ("voxel", 11, 11),
        "allen_units.csv": ("um", 11, 11),
        "cells.xml": ("voxel", 2, 0),
        "napari_points.csv": ("voxel", 11, 0),
    }
