# SPDX-License-Identifier: BSD-3-Clause
"""Files of meshes, whose areas are known; and those of strangers."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.neuron_meshes import box, obj_text, ply_bytes, star

from spike_export.connectome.mesh_files import read_mesh, read_meshes
from spike_export.connectome.neuron_meshes import merged_vertices
from spike_export.connectome.skeletons import ConnectomeError

SIZE, AREA = (3, 4, 5), 2 * (3 * 4 + 4 * 5 + 3 * 5)


@pytest.fixture
def folder(tmp_path):
    pytest.importorskip("trimesh")
    vertices, faces = box(SIZE, (100, 0, 0))
    (tmp_path / "12.obj").write_text("mtllib ../../secret.mtl\n" + obj_text(vertices, faces))
    (tmp_path / "7.ply").write_bytes(ply_bytes(vertices, faces))
    return tmp_path


def test_ply_and_obj(folder):
    """The box has the area that it has, wherever it is read from, and its 8 vertices in order."""
    meshes = read_meshes([folder])
    assert meshes.names == ("7", "12")
    assert meshes.areas() == pytest.approx([AREA, AREA])
    surfaces = meshes.surfaces()
    assert surfaces.vertex_counts.tolist() == [8, 8]
    assert surfaces.faces[12:].tolist() == box(SIZE)[1].tolist()
    np.testing.assert_array_equal(surfaces.vertices[:8], surfaces.vertices[8:])
    half = meshes.scaled(np.full(3, 0.5))
    assert half.areas() == pytest.approx([AREA / 4] * 2)


@pytest.mark.parametrize(
    "faces",
    [
        "f 1 2 3 4",
        "f -4 -3 -2 -1",
        "f 1//1 2//1 3//1 4//1",
        "f 1/1/1 2/1/1 3/1/1\nf 3/1/1 4/1/1 1/1/1",
    ],
)
def test_quads_normals_and_corners_counted_from_the_end(folder, faces):
    path = folder / "quad.obj"
    path.write_text(f"v 0 0 0\nv 2 0 0\nv 2 3 0\nv 0 3 0\nvt 0 0\nvn 0 0 1\n{faces}\n")
    assert read_meshes([path]).areas() == pytest.approx([6])


def test_stl_has_its_vertices_once(folder):
    """Each of its triangles brings three of its own."""
    trimesh = pytest.importorskip("trimesh")
    vertices, faces = star(1)
    mesh = trimesh.Trimesh(vertices, faces, process=False)
    mesh.export(folder / "star.stl")
    found = read_meshes([folder / "star.stl"])
    assert len(found.outline.points) == len(vertices) and len(found.faces) == len(faces)
    assert found.areas() == pytest.approx([mesh.area], rel=1e-5)


def test_draco(tmp_path):
    """To the step of its quantization."""
    draco = pytest.importorskip("DracoPy")
    vertices, faces = box(SIZE, (1, 2, 3))
    path = tmp_path / "9.drc"
    for method in (0, 1):
        path.write_bytes(
            draco.encode(vertices, faces, quantization_bits=14, compression_level=10 * method)
        )
        found = read_meshes([path])
        assert found.areas() == pytest.approx([AREA], rel=1e-3)
        assert np.sort(found.outline.points[:, 2]) == pytest.approx([3] * 4 + [8] * 4, abs=1e-3)


def test_a_header_that_announces_too_much_is_not_decoded(tmp_path):
    draco = pytest.importorskip("DracoPy")
    content = bytearray(draco.encode(*box(SIZE), compression_level=10))
    path = tmp_path / "9.drc"
    by_corners = content[8]
    at = 11 + by_corners * 2
    content[at : at + 1] = b"\xff\xff\xff\xff\x07"
    path.write_bytes(content)
    with pytest.raises(ConnectomeError, match=r"9\.drc: it announces 2,147,483,647 faces in"):
        read_mesh(path)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.obj", b"", "it has no faces|trimesh cannot read it"),
        ("a.obj", b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 9\n", "trimesh cannot read it"),
        ("a.obj", b"v 0 0 0\nv 1e30 0 0\nv 0 1 0\nf 1 2 3\n", "vertex 1 has no usable place"),
        ("a.obj", b"v 0 0 0\nv 0 0 0\nv 0 1 0\nf 1 2 3\n", "its faces have no area"),
        ("a.ply", ply_bytes(*box(SIZE))[:-5], "trimesh cannot read it"),
        ("a.ply", ply_bytes(box(SIZE)[0], np.array([[0, 1, 8]])), "a face has a corner beyond"),
        ("a.ply", ply_bytes(box(SIZE)[0], np.empty((0, 3))), "it has no "),
        ("a.drc", b"DRACO", "it is not a triangular mesh of Draco's"),
        ("a.glb", b"", r"its name ends in none of \.ply, \.obj, \.stl, \.drc"),
    ],
)
def test_what_is_damaged_is_told_with_its_file(tmp_path, name, content, sentence):
    pytest.importorskip("trimesh")
    pytest.importorskip("DracoPy")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConnectomeError, match=f"Cannot use {name}: ({sentence})"):
        read_meshes([tmp_path / name])


def test_there_has_to_be_something(tmp_path):
    with pytest.raises(ConnectomeError, match="neither Neuroglancer's info nor files of meshes"):
        read_meshes([tmp_path])


def test_vertices_in_one_place_become_one():
    """Zero has two signs, unused ones are dropped, and so are triangles without an area."""
    vertices = np.array([[9, 9, 9], [0.0, 0, 0], [1, 0, 0], [0, 1, 0], [-0.0, 0, 0], [1, 0, 0]])
    faces = np.array([[1, 2, 3], [4, 5, 3], [1, 4, 2]])
    places, triangles = merged_vertices(vertices, faces)
    assert places.tolist() == [[0, 0, 0], [1, 0, 0], [0, 1, 0]]
    assert triangles.tolist() == [[0, 1, 2], [0, 1, 2]]
