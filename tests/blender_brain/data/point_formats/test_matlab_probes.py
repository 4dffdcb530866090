# SPDX-License-Identifier: GPL-3.0-or-later
"""Probes as SHARP-Track and AP_histology save them; SciPy writes the files."""

from __future__ import annotations

import numpy as np
import pytest
from blender_brain.data.point_formats import read_point_set
from blender_brain.data.tables import TableError

scipy_io = pytest.importorskip("scipy.io")
# AP, DV and ML, in voxels of 10 µm counted from 1.
PROBE = np.array([[401.0, 101.0, 501.0], [421.0, 301.0, 511.0]])
UM = (PROBE - 1) * 10
EXTENT_UM = (13200.0, 8000.0, 11400.0)


def points_um(found):
    return found.coordinates.points_um(found.numbers, (25.0,) * 3, EXTENT_UM)


def records(*rows: tuple, fields: str) -> np.ndarray:
    made = np.zeros((len(rows), 1), [(name, object) for name in fields.split()])
    for place, row in enumerate(rows):
        made[place, 0] = row
    return made


def test_ap_histology(tmp_path):
    """The fitted trajectory or, before it was fitted, the marked points."""
    nothing = np.zeros((0, 0))
    probes = records(
        (PROBE * 2, "a table", PROBE), (PROBE + 1, nothing, nothing), (nothing,) * 3,
        fields="points trajectory_areas trajectory_coords",
    )  # fmt: skip
    scipy_io.savemat(tmp_path / "probe_ccf.mat", {"probe_ccf": probes}, do_compression=True)
    found = read_point_set(tmp_path / "probe_ccf.mat")
    np.testing.assert_allclose(points_um(found), np.concatenate([UM, UM + 10]))
    assert found.point_counts.tolist() == [2, 2] and found.axes_named
    assert found.notes == (
        "probe_ccf.mat: its voxels are 10 µm and counted from 1, as probe_ccf has them in the Allen"
        " mouse's space.",
        "probe_ccf.mat: 1 of 3 probes have no points.",
    )


def test_annotations_of_ap_histology(tmp_path):
    one = records(*((row[:1], row[1:2], row[2:]) for row in PROBE), fields="ap dv ml")
    none = records((np.zeros((0, 0)),) * 3, fields="ap dv ml")
    content = {"annotation": records(("one", one), ("two", none), fields="label vertices_ccf")}
    scipy_io.savemat(tmp_path / "a.mat", {"AP_histology_processing": content})
    found = read_point_set(tmp_path / "a.mat")
    np.testing.assert_allclose(points_um(found), UM)
    assert found.point_counts is None


def test_sharp_track(tmp_path):
    """Points of ML, DV, AP, in the order in which they were marked."""
    cells = np.empty((2, 3), object)
    cells[0, 0], cells[0, 1], cells[0, 2] = PROBE[::-1, ::-1], np.arange(2.0), "name"
    cells[1, 0], cells[1, 1], cells[1, 2] = np.zeros((0, 3)), np.zeros((0, 0)), "none"
    scipy_io.savemat(tmp_path / "probe_points.mat", {"pointList": {"pointList": cells}})
    found = read_point_set(tmp_path / "probe_points.mat")
    np.testing.assert_allclose(points_um(found), UM)
    assert found.point_counts.tolist() == [2]
    assert found.taken(found.coordinates) == (
        "the first column for ML, the second for DV, the third for AP"
    )


def test_a_single_matrix(tmp_path):
    points = np.random.default_rng(1).random((9, 3))
    scipy_io.savemat(tmp_path / "a.mat", {"p": points, "fs": 30.0})
    np.testing.assert_array_equal(read_point_set(tmp_path / "a.mat").numbers, points)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({}, "a.mat: it has none of probe_ccf, AP_histology_processing, pointList, and no matrix"),
        ({"a": np.eye(3), "b": np.eye(3)}, "a.mat: it holds several arrays, choose one: 'a', 'b'"),
        ({"a": np.eye(2)}, "a.mat: it is 2 x 2; it should be N x 3"),
        ({"probe_ccf": {"x": 1}}, "a.mat: its probe_ccf has no probe with points"),
        ({"pointList": {"pointList": 3.0}}, "a.mat: its pointList has no probe with points"),
    ],
)
def test_what_is_refused(tmp_path, content, sentence):
    scipy_io.savemat(tmp_path / "a.mat", content)
    with pytest.raises(TableError) as error:
        read_point_set(tmp_path / "a.mat")
    assert str(error.value).startswith(sentence)


def test_the_newer_version_is_to_be_saved_again(tmp_path):
    (tmp_path / "a.mat").write_bytes(b"MATLAB 7.3 MAT-file".ljust(512) + b"\x89HDF\r\n\x1a\n")
    with pytest.raises(TableError, match="save it again with save"):
        read_point_set(tmp_path / "a.mat")
