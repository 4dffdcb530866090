# SPDX-License-Identifier: BSD-3-Clause
"""Neuroglancer's skeletons: those that cloud-volume wrote, and those of strangers."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.skeletons import ATTRIBUTES, IDENTITY, edges_of, encoded, grown, write_precomputed

from spike_export.connectome.precomputed import Folder, open_folder
from spike_export.connectome.skeletons import ConnectomeError, Skeleton, joined
from spike_export.connectome.stretches import stretches

WRITTEN = Path(__file__).parent / "by_cloud_volume"
# cloud-volume 12.15.2, from the files in `WRITTEN`: cable length, points, branch points, ends.
CLOUD_VOLUME = {
    "720575940600031676": (65646.90625, 60, 1, 3),
    "720575940600039595": (66283.421875, 60, 5, 8),
    "720575940600047514": (66228.3203125, 60, 6, 8),
}


def read(folder: Folder) -> dict[str, Skeleton]:
    return {one.name: one for file in folder.files() for one in folder.read(file)}


@pytest.mark.parametrize("kind", ["plain", "sharded"])
def test_cloud_volume_s_files_are_read_as_it_reads_them(kind):
    """Gzipped files, and a shard whose index is gzipped too."""
    found = read(open_folder(WRITTEN / kind))
    assert found.keys() == CLOUD_VOLUME.keys()
    for seed, (name, (length, points, branches, ends)) in enumerate(CLOUD_VOLUME.items(), 4):
        one = found[name]
        own, radii, parents = grown(seed, 60)
        assert np.array_equal(one.points, own.astype(np.float32))
        assert np.array_equal(one.radii, radii.astype(np.float32))
        assert one.kinds.tolist() == [1] + [0] * 59
        assert sorted(map(sorted, one.edges.tolist())) == sorted(
            map(sorted, edges_of(parents).tolist())
        )
        steps = one.points[one.edges[:, 0]] - one.points[one.edges[:, 1]]
        assert np.linalg.norm(steps, axis=1).sum() == pytest.approx(length, rel=1e-6)
        assert len(one.points) == points
        degrees = np.bincount(one.edges.ravel())
        assert ((degrees > 2).sum(), (degrees == 1).sum()) == (branches, ends)
        assert stretches(joined([one])).trees.tolist() == [1]


def skeleton() -> tuple[Any, Any, bytes]:
    points, radii, parents = grown(2, 5)
    kinds = np.arange(5, dtype=np.uint8)
    radii = radii.astype("<f4")
    return points, radii, encoded(points, edges_of(parents), radii, kinds)


def test_the_transform_is_for_places_and_radii(tmp_path):
    points, radii, content = skeleton()
    turned = [0, 4, 0, 100, 4, 0, 0, -50, 0, 0, 4, 7]
    folder = open_folder(write_precomputed(tmp_path, {3: content}, transform=turned))
    (one,) = read(folder).values()
    stored = points.astype(np.float32)
    assert one.points == pytest.approx(stored[:, [1, 0, 2]] * 4 + [100, -50, 7])
    assert one.radii == pytest.approx(radii * 4)
    assert one.kinds.tolist() == [0, 1, 2, 3, 4]
    assert "multiplies lengths by 4, radii too" in folder.notes[0]
    uneven = open_folder(
        write_precomputed(tmp_path, {}, transform=[8, 0, 0, 0, 0, 8, 0, 0, 0, 0, 64, 0])
    )
    assert "not the same in all directions" in uneven.notes[0]


def test_a_segmentation_s_folder_leads_to_its_skeletons(tmp_path):
    write_precomputed(tmp_path / "inner", {3: skeleton()[2]})
    (tmp_path / "info").write_text('{"type": "segmentation", "skeletons": "inner"}')
    assert list(read(open_folder(tmp_path))) == ["3"]


@pytest.mark.parametrize("key", ["..", "../outside", "/etc", "a/../../outside", "link", ""])
def test_no_key_leads_out_of_the_folder(tmp_path, key):
    write_precomputed(tmp_path / "outside", {3: skeleton()[2]})
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link").symlink_to(tmp_path / "outside")
    (inside / "info").write_text(json.dumps({"type": "segmentation", "skeletons": key}))
    with pytest.raises(ConnectomeError, match=r"outside its folder|not the name of a folder"):
        open_folder(inside)


def header(points: int, edges: int) -> bytes:
    return np.array([points, edges], "<u4").tobytes()


BARE: dict[str, Any] = {"vertex_attributes": []}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "has 0 bytes, which is too few"),
        (header(2**32 - 1, 0), "announces 4,294,967,295 points"),
        (header(0, 2**32 - 1), "and 4,294,967,295 edges"),
        (header(0, 0), "has 0 points"),
        (header(1, 0) + bytes(11), "take 20 bytes, but it has 19"),
        (encoded(np.zeros((2, 3)), [[0, 2]]), "edge 0 of skeleton 3 joins points 0 and 2"),
        (encoded(np.full((2, 3), np.nan), [[0, 1]]), "point 0 of skeleton 3 has no usable place"),
        (encoded(np.full((2, 3), 1e30), [[0, 1]]), "point 0 of skeleton 3 has no usable place"),
    ],
)
def test_damaged_skeletons_are_refused(tmp_path, content, reason):
    folder = open_folder(write_precomputed(tmp_path, {3: content}, **BARE))
    with pytest.raises(ConnectomeError, match=re.escape(reason)):
        read(folder)


def test_what_unpacks_to_too_much_or_is_cut_off_is_refused(tmp_path, monkeypatch):
    path = write_precomputed(tmp_path, {3: bytes(1 << 20)}) / "3.gz"
    monkeypatch.setattr("spike_export.connectome.precomputed._LARGEST_FILE", 1 << 16)
    with pytest.raises(ConnectomeError, match="it unpacks to more than"):
        read(open_folder(tmp_path))
    path.write_bytes(gzip.compress(bytes(1000))[:-9])
    with pytest.raises(ConnectomeError, match="cut off"):
        read(open_folder(tmp_path))
    path.write_bytes(b"\x1f\x8b\x08" + bytes(50))
    with pytest.raises(ConnectomeError, match=r"damaged|cut off"):
        read(open_folder(tmp_path))


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"@type": "neuroglancer_multilod_draco"}, "it describes 'neuroglancer_multilod_draco'"),
        ({"transform": [1] * 11}, "not a list of 12 finite numbers"),
        ({"transform": [float("inf")] * 12}, "not a list of 12 finite numbers"),
        ({"transform": [0] * 12}, "makes everything flat"),
        ({"vertex_attributes": {}}, None),
        ({"vertex_attributes": "radius"}, "are not a list"),
        ({"vertex_attributes": [{"id": "radius"}]}, "is not one that is known"),
        ({"vertex_attributes": [{**ATTRIBUTES[0], "num_components": -1}]}, "not one that is known"),
        ({"vertex_attributes": [{**ATTRIBUTES[0], "data_type": "O"}]}, "not one that is known"),
        ({"sharding": {"@type": "other"}}, "its sharding is not"),
        ({"sharding": [1]}, "its sharding is not"),
    ],
)
def test_a_damaged_info_is_refused(tmp_path, more, reason):
    folder = write_precomputed(tmp_path, {3: b""}, **more)
    if reason is None:
        assert open_folder(folder).attributes == ()
        return
    with pytest.raises(ConnectomeError, match=re.escape(reason)):
        open_folder(folder)


@pytest.mark.parametrize("text", ["", "[]", "{", '"x"', "[" * 100_000])
def test_an_info_that_is_no_object_is_refused(tmp_path, text):
    (tmp_path / "info").write_text(text)
    with pytest.raises(ConnectomeError, match="not JSON|not a JSON object"):
        open_folder(tmp_path)


SHARDING = {"@type": "neuroglancer_uint64_sharded_v1", "minishard_bits": 0}


def words(*numbers: int) -> bytes:
    return np.array(numbers, "<u8").tobytes()


@pytest.mark.parametrize(
    ("content", "more", "reason"),
    [
        (b"x", {}, "it has 1 bytes, but its index 16"),
        (words(0, 2**63), {}, "a part of its index lies outside it"),
        (words(24, 0), {}, "a part of its index lies outside it"),
        (words(0, 8, 0), {}, "a part of its index is damaged"),
        (words(0, 24, 7, 24, 2**62), {}, "its object 7 lies outside it"),
        (words(0, 24, 7, 2**63, 5), {}, "its object 7 lies outside it"),
        (words(0, 24, 7, 0, 5), {"data_encoding": "gzip"}, "compressed data is"),
        (words(0, 24, 7, 0, 5), {"minishard_index_encoding": "gzip"}, "compressed data is"),
        (words(0, 24, 7, 0, 5), {"minishard_bits": 64}, "not one that is known"),
        (words(0, 24, 7, 0, 5), {"data_encoding": "jpeg"}, "not one that is known"),
    ],
)
def test_damaged_shards_are_refused(tmp_path, content, more, reason):
    folder = write_precomputed(tmp_path, {}, sharding={**SHARDING, **more}, transform=IDENTITY)
    (folder / "0.shard").write_bytes(content)
    with pytest.raises(ConnectomeError, match=re.escape(reason)):
        read(open_folder(folder))
