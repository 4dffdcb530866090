# SPDX-License-Identifier: BSD-3-Clause
"""Meshes of cells in files: kept through writing, choosing and merging, and checked."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest
from helpers.neuron_meshes import box
from helpers.simulations import branched, simulation

from spike_export import SimulationFileError, merge, read, write
from spike_export.connectome.mesh_cells import simulation_of_meshes
from spike_export.connectome.neuron_meshes import NeuronMesh, joined_meshes
from spike_export.edit.convert import take_cells


def boxes(count=3):
    meshes = [NeuronMesh(str(n), *box((1, 2, n + 3), (20 * n, 0, 0))) for n in range(count)]
    return joined_meshes(meshes)


@pytest.fixture
def cells():
    return simulation_of_meshes(boxes())


def same(a, b):
    for name in ("vertex_counts", "face_counts", "vertices", "faces"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))


def test_a_mesh_becomes_a_line_from_end_to_end(cells):
    """What shows no surfaces shows this; and the areas are the boxes' own."""
    assert cells.quantity == "surface area" and cells.unit == "µm²"
    assert cells.values[0].tolist() == pytest.approx([22, 28, 34])
    ends = cells.points_um.reshape(3, 2, 4)
    assert np.abs(np.diff(ends[2, :, 2])) == pytest.approx(5, rel=0.1)
    assert ends[2, :, 0].tolist() == pytest.approx([40.5, 40.5], abs=0.2)


def test_they_are_read_as_they_were_written(cells, tmp_path):
    same(read(write(tmp_path / "a.pickle", cells)).surfaces, cells.surfaces)


def test_cells_keep_theirs(cells):
    """In another order, and beside cells that have none."""
    chosen = take_cells(cells, np.array([2, 0]))
    assert chosen.surfaces.vertices[:8].tolist() == cells.surfaces.vertices[16:].tolist()
    assert chosen.surfaces.corners.max() == 15
    bare = replace(
        simulation(branched(), 1), quantity=cells.quantity, unit=cells.unit, time_ms=np.zeros(1)
    )
    merged = merge([bare, chosen])
    assert merged.surfaces.face_counts.tolist() == [0, 12, 12]
    assert merged.surfaces.corners.tolist() == chosen.surfaces.corners.tolist()
    assert take_cells(merged, np.array([0])).surfaces is None


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("faces", None, "the surfaces' key 'faces' is missing"),
        ("vertex_counts", [8, 8], r"vertex_counts has the shape \[2\], not a number for each of 3"),
        ("vertex_counts", [8, 8, -8], "vertex_counts holds numbers out of range"),
        ("vertex_counts", [8, 8, 2**31 - 1], r"vertices has the shape \[24, 3\], not \[2147483663"),
        ("face_counts", [12, 13, 12], r"faces has the shape \[36, 3\], not \[37, 3\]"),
    ],
)
def test_what_contradicts_itself_is_refused(cells, tmp_path, key, value, sentence):
    path = write(tmp_path / "a.pickle", cells)
    content = pickle.loads(path.read_bytes())
    if value is None:
        del content["surfaces"][key]
    else:
        data = np.array(value, "<i8")
        content["surfaces"][key] = {
            "dtype": "<i8", "shape": list(data.shape), "encoding": "raw", "data": data.tobytes(),
        }  # fmt: skip
    path.write_bytes(pickle.dumps(content, protocol=4))
    with pytest.raises(SimulationFileError, match=sentence):
        read(path)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda s: s.faces.__setitem__((14, 1), 8), "the surface of cell 1 has a corner beyond"),
        (lambda s: s.faces.__setitem__((14, 1), -1), "the surface of cell 1 has a corner beyond"),
        (lambda s: s.vertices.__setitem__((17, 0), np.nan), "surface of cell 2 has a vertex that"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_written(cells, tmp_path, change, sentence):
    change(cells.surfaces)
    with pytest.raises(ValueError, match=sentence):
        write(tmp_path / "a.pickle", cells)
    assert not (tmp_path / "a.pickle").exists()
