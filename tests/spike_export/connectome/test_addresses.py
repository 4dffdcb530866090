# SPDX-License-Identifier: BSD-3-Clause
"""Neurons from an address: what cloud-volume brings becomes cells, and what it lacks is said.

Where cloud-volume is not installed, one that behaves like it stands in its place.
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from spike_export import read
from spike_export.connectome import addresses
from spike_export.connectome.addresses import (
    fetch_meshes,
    fetch_skeletons,
    is_address,
    wanted_ids,
)
from spike_export.connectome.mesh_files import read_meshes
from spike_export.connectome.skeleton_files import read_skeletons
from spike_export.connectome.skeletons import ConnectomeError

WRITTEN = Path(__file__).parent / "by_cloud_volume"
ADDRESS = "precomputed://https://somewhere/cells"
TRIANGLE = np.array([[0, 0, 0], [3000, 0, 0], [0, 4000, 0]], np.float32)


def skeleton(number, **change):
    values = {
        "id": number,
        "vertices": np.array([[0, 0, number], [1000, 0, 0], [2000, 500, 0]], np.float32),
        "edges": np.array([[0, 1], [1, 2]], np.uint32),
        "radius": np.array([300, -1, np.nan], np.float32),
        "vertex_types": np.array([1, 3, 200], np.uint8),
    }
    return SimpleNamespace(**(values | change))


class _Skeletons:
    """As in cloud-volume: all of them, or an error that names those that are not there."""

    def __init__(self, there):
        self.there, self.asked = there, []

    def get(self, segids):
        self.asked.append(len(segids))
        missing = [one for one in segids if one not in self.there]
        if missing:
            raise LookupError(f"\x1b[1;91mFile(s) do not exist: {missing}\x1b[m")
        return [self.there[one] for one in reversed(segids)]


class _Meshes:
    """A legacy source, which makes one of all unless it is told otherwise."""

    def get(self, segids, remove_duplicate_vertices=True, fuse=True):
        assert not fuse
        return {
            one: SimpleNamespace(vertices=TRIANGLE * one, faces=np.array([[0, 1, 2]], np.uint32))
            for one in segids
        }


class _MeshesOfSeveralResolutions:
    def get(self, segids, lod=0, concat=True, progress=None):
        found = _Meshes().get(segids, fuse=False)
        for one in found.values():
            one.vertices = one.vertices / (1 + lod)
        return found


@pytest.fixture
def layer(monkeypatch):
    """What an address leads to."""
    there = {one: skeleton(one) for one in range(1, 101)}
    layer = SimpleNamespace(skeleton=_Skeletons(there), mesh=_Meshes())
    module = ModuleType("cloudvolume")

    def volume(address, **how):
        assert address == ADDRESS and how["use_https"] and not how["progress"]
        return layer

    module.CloudVolume = volume
    monkeypatch.setitem(sys.modules, "cloudvolume", module)
    return layer


def test_addresses_and_paths():
    assert is_address("precomputed://gs://bucket/cells") and is_address("graphene://https://x/y")
    assert not any(map(is_address, ("cells", "C:\\cells", "/tmp/a://b", "a/b.swc", "://x")))


def test_skeletons_in_the_order_of_the_ids(layer):
    told = []
    found = fetch_skeletons(ADDRESS, [7, 3, 5], lambda done, total: told.append((done, total)))
    assert found.names == ("7", "3", "5") and found.units == {"1 nanometer"}
    assert found.points[::3, 2].tolist() == [7, 3, 5] and found.notes == ()
    np.testing.assert_array_equal(found.radii[:3], [300, np.nan, np.nan])
    assert found.kinds[:3].tolist() == [1, 3, 0] and found.edges[2:4].tolist() == [[3, 4], [4, 5]]
    assert told == [(0, 3), (3, 3)]


def test_those_that_are_not_there_are_found_in_few_questions_and_said(layer):
    found = fetch_skeletons(ADDRESS, [*range(1, 65), 999])
    assert len(found.names) == 64 and sum(layer.skeleton.asked) == 65
    ids = [*range(1, 64), 999]
    layer.skeleton.asked.clear()
    found = fetch_skeletons(ADDRESS, ids)
    assert len(found.names) == 63 and len(layer.skeleton.asked) == 2 + 2 * 5
    assert found.notes == (
        "1 of 64 neurons has no skeleton there and is left out: of 999, LookupError: File(s) do "
        "not exist: [999].",
    )
    layer.skeleton.there[2] = skeleton(2, edges=np.array([[0, 9]]))
    layer.skeleton.there[4] = skeleton(4, vertices=np.full((3, 3), np.nan))
    found = fetch_skeletons(ADDRESS, [1, 2, 4])
    assert found.names == ("1",) and "2 of 3 neurons have no skeleton" in found.notes[0]


@pytest.mark.parametrize("kind", [_Meshes, _MeshesOfSeveralResolutions])
def test_meshes_of_both_kinds_of_sources(layer, kind):
    layer.mesh = kind()
    found = fetch_meshes(ADDRESS, [2, 1])
    assert found.names == ("2", "1") and found.outline.units == {"1 nanometer"}
    np.testing.assert_allclose(found.areas(), [24e6, 6e6])
    assert found.outline.notes == ()
    coarser = fetch_meshes(ADDRESS, [2], lod=1)
    if kind is _Meshes:
        assert coarser.outline.notes == ("These meshes have one level of detail.",)
    else:
        np.testing.assert_allclose(coarser.areas(), [6e6])


@pytest.mark.parametrize(
    ("change", "ids", "sentence"),
    [
        ({}, [998, 999], r"None of 2 neurons has a skeleton at .*: of 998, LookupError: File\(s\)"),
        ({"skeleton": None}, [1], "This layer has no skeletons"),
    ],
)
def test_refused(layer, change, ids, sentence):
    vars(layer).update(change)
    with pytest.raises(ConnectomeError, match=sentence):
        fetch_skeletons(ADDRESS, ids)


def test_limits(layer, monkeypatch):
    monkeypatch.setattr(addresses, "MOST_POINTS", 5)
    with pytest.raises(ConnectomeError, match="The first 2 skeletons have 6 points, more than 5"):
        fetch_skeletons(ADDRESS, [1, 2, 3])
    monkeypatch.setattr(addresses, "MOST_CELLS", 2)
    with pytest.raises(ConnectomeError, match="3 neurons are more than the 2 allowed"):
        fetch_meshes(ADDRESS, [1, 2, 3])


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("720575940621039145, 5", [720575940621039145, 5]),
        ("5,5,6", [5, 6]),
        ("ids.txt", [4, 18446744073709551615, 9]),
    ],
)
def test_ids(tmp_path, monkeypatch, text, ids):
    monkeypatch.chdir(tmp_path)
    Path("ids.txt").write_text("\ufeff4 18446744073709551615\n\n9,4\n", encoding="utf-8")
    assert wanted_ids(text) == ids


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("nowhere.txt", "neither numbers with commas between them nor a file"),
        ("a\0b", "neither numbers"),
        (",", "there are none"),
        ("words.txt", "words.txt, line 2: the id is 'id', not a whole number"),
        ("18446744073709551616", "not a whole number"),
        ("720575940621039000,720575940621038000,720575940621037000", "a spreadsheet"),
        ("bytes.txt", "bytes.txt: it is no text"),
    ],
)
def test_ids_that_are_none(tmp_path, monkeypatch, text, sentence):
    monkeypatch.chdir(tmp_path)
    Path("words.txt").write_text("5\nid\n")
    Path("bytes.txt").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ConnectomeError, match=sentence):
        wanted_ids(text)


def test_the_command(layer, command):
    Path("neurons.csv").write_text("root_id,type\n3,basket\n1,pyramidal\n")
    code, _, said = command("connectome", ADDRESS, "--table", "neurons.csv", "-o", "a.pickle")
    assert code == 0, said
    assert "The 2 neurons of neurons.csv are downloaded; --ids chooses some." in said
    found = read("a.pickle")
    assert [cell.gid for cell in found.cells] == [3, 1] and found.source == ADDRESS
    assert found.points_um[:, 0].max() == 2
    words = ("connectome", ADDRESS, "--ids", "2,999", "--meshes", "-o", "b.pickle")
    code, _, said = command(*words)
    assert code == 0 and read("b.pickle").surfaces.face_counts.tolist() == [1, 1], said


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([ADDRESS], "An address needs --ids, or a --table of neurons"),
        ([ADDRESS, "folder", "--ids", "1"], "has to stand alone"),
        (["folder", "--ids", "1"], "--ids needs an address"),
        ([ADDRESS, "--ids", "1", "--lod", "1"], "--lod needs an address and --meshes"),
    ],
)
def test_the_command_refuses(layer, command, words, sentence):
    code, _, said = command("connectome", *words, "-o", "a.pickle")
    assert code == 2 and sentence in said


def test_without_cloud_volume(command, monkeypatch):
    monkeypatch.setitem(sys.modules, "cloudvolume", None)
    code, _, said = command("connectome", ADDRESS, "--ids", "1", "-o", "a.pickle")
    assert code == 1 and "pip install 'spike-export[connectome]'" in said


# --- with cloud-volume itself ---


@pytest.mark.parametrize("kind", ["plain", "sharded"])
def test_cloud_volume_brings_what_is_read_from_the_folder(kind):
    pytest.importorskip("cloudvolume")
    own = read_skeletons([WRITTEN / kind])
    address = f"precomputed://file://{WRITTEN / kind}"
    found = fetch_skeletons(address, [*map(int, own.names), 5])
    assert found.names == own.names and "1 of 4 neurons has no skeleton" in found.notes[0]
    np.testing.assert_array_equal(found.points, own.points)
    np.testing.assert_array_equal(found.radii, own.radii)
    np.testing.assert_array_equal(found.kinds, own.kinds)
    assert {*map(frozenset, found.edges.tolist())} == {*map(frozenset, own.edges.tolist())}


def test_cloud_volume_brings_the_meshes_of_the_folder(tmp_path):
    pytest.importorskip("cloudvolume")
    with zipfile.ZipFile(WRITTEN / "meshes.zip") as packed:
        packed.extractall(tmp_path)
    own = read_meshes([tmp_path])
    found = fetch_meshes(f"precomputed://file://{tmp_path}", [*map(int, own.names), 5])
    assert found.names == own.names and "1 of 3 neurons has no mesh" in found.outline.notes[0]
    np.testing.assert_allclose(found.areas(), own.areas(), rtol=1e-6)
    assert found.face_counts.tolist() == own.face_counts.tolist()
