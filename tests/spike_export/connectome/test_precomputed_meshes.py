# SPDX-License-Identifier: BSD-3-Clause
"""Neuroglancer's meshes: those that cloud-volume wrote, and those of strangers."""

from __future__ import annotations

import gzip
import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from helpers.neuron_meshes import box, piece_bytes, star, write_legacy

from spike_export.connectome.mesh_files import read_meshes
from spike_export.connectome.skeletons import ConnectomeError

# In an archive, since Windows has no colon in the names of files.
WRITTEN = Path(__file__).parent / "by_cloud_volume" / "meshes.zip"
# cloud-volume 12.15.2, of the files in `WRITTEN`: vertices, faces, and the area by trimesh 5.2.0.
CLOUD_VOLUME = {
    "720575940600031676": (66, 128, 560082988.2411916),
    "720575940600039595": (66, 128, 555310624.2874168),
}


def test_cloud_volume_s_files_are_read_as_it_reads_them(tmp_path):
    """Gzipped pieces, in a folder without an info of its own."""
    with zipfile.ZipFile(WRITTEN) as archive:
        archive.extractall(tmp_path)
    meshes = read_meshes([tmp_path])
    assert meshes.names == tuple(CLOUD_VOLUME) and meshes.outline.units == {"1 nanometer"}
    vertices, faces, areas = zip(*CLOUD_VOLUME.values(), strict=True)
    assert meshes.outline.point_counts.tolist() == list(vertices)
    assert meshes.face_counts.tolist() == list(faces)
    assert meshes.areas() == pytest.approx(areas, rel=1e-6)
    first = star(0, 2, 4000.0)[0] + 50000
    # The order of vertices may change where they are merged.
    found = meshes.outline.points[:66]
    assert np.sort(found, axis=0) == pytest.approx(np.sort(first, axis=0), rel=1e-6)


@pytest.mark.parametrize("inner", ["", "mesh"])
def test_pieces_are_joined_where_they_meet(tmp_path, inner):
    """Two boxes side by side share 4 of their vertices; the folder inside may be given, too."""
    pieces = [box((1, 2, 3)), box((1, 2, 3), (1, 0, 0))]
    folder = write_legacy(tmp_path / "seg", {5: pieces, 31: pieces[:1]})
    plain = folder / "mesh" / "5:0:1"
    (folder / "mesh" / "5:0:1.gz").write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()
    meshes = read_meshes([folder / inner])
    assert meshes.names == ("5", "31") and meshes.face_counts.tolist() == [24, 12]
    assert meshes.outline.point_counts.tolist() == [12, 8]
    assert meshes.areas() == pytest.approx([44, 22])


def manifest(folder, content):
    (folder / "mesh" / "5:0").write_text(json.dumps(content))


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda f: manifest(f, {"fragments": ["../info"]}), "'../info', which is not in its"),
        (lambda f: manifest(f, {"fragments": [".."]}), "'..', which is not in its folder"),
        (lambda f: manifest(f, {"fragments": ["gone"]}), "'gone', which is not there"),
        (lambda f: manifest(f, {"fragments": []}), "5:0: it does not list the files"),
        (lambda f: manifest(f, [1]), "5:0: it does not list the files"),
        (lambda f: (f / "mesh" / "5:0").write_text("{"), "5:0: it is not JSON"),
        (lambda f: (f / "mesh" / "5:0").unlink(), "mesh: it holds no manifest of a mesh"),
        (
            lambda f: (f / "mesh" / "5:0:0").write_bytes(b"\xff\xff\xff\xff12"),
            "5:0:0: it announces 4,294,967,295 vertices, which do not fit 6 bytes",
        ),
        (
            lambda f: (f / "mesh" / "5:0:0").write_bytes(piece_bytes(box([1] * 3)[0], [[0, 1, 8]])),
            "5:0:0: a face has a corner beyond its 8 vertices",
        ),
        (
            lambda f: (f / "mesh" / "5:0:0").write_bytes(piece_bytes([[0, 0, np.nan]], [])),
            "5:0:0: vertex 0 has no usable place",
        ),
        (
            lambda f: (f / "mesh" / "info").write_text(
                '{"@type": "neuroglancer_multilod_draco"}'
            ),
            "info: it describes 'neuroglancer_multilod_draco', not neuroglancer_legacy_mesh",
        ),
        (lambda f: (f / "info").write_text('{"mesh": "../x"}'), "'../x', is outside its folder"),
        (lambda f: (f / "info").write_text('{"mesh": "x"}'), "'x', which is not there"),
    ],
)  # fmt: skip
def test_what_is_damaged_is_told_with_its_file(tmp_path, spoil, sentence):
    folder = write_legacy(tmp_path / "seg", {5: [box((1, 2, 3))]})
    spoil(folder)
    with pytest.raises(ConnectomeError, match=re.escape(sentence)):
        read_meshes([folder])
