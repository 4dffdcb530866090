# SPDX-License-Identifier: GPL-3.0-or-later
"""Damaged and hostile atlases: a sentence each, never a crash, nothing read outside the folder."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from blender_brain.atlas import AtlasError, find_atlases, open_atlas, read_mesh
from helpers.atlases import write_v2, write_v3


def refused(folder: Path) -> str:
    """The sentence that opening ends with; listing never fails."""
    find_atlases([folder.parent, folder], default=False)
    with pytest.raises(AtlasError) as caught:
        open_atlas(folder)
    return sentence(caught.value)


def sentence(error: AtlasError) -> str:
    text = str(error)
    assert text.endswith(".") and "\n" not in text and len(text) < 400, text
    return text


def structure(identity: Any, path: Any, acronym: Any = "A", color: Any = (1, 2, 3)) -> Any:
    return {
        "id": identity,
        "acronym": acronym,
        "name": "N",
        "structure_id_path": path,
        "rgb_triplet": color and list(color),
    }


ROOT = structure(1, [1], "root")


@pytest.mark.parametrize(
    ("structures", "what"),
    [
        ([ROOT, structure(2, [1, 3, 2]), structure(3, [1, 2, 3], "B")], "disagree"),
        ([ROOT, structure(2, [2, 1, 2])], "'A' (2)"),
        ([structure(1, [2, 1]), structure(2, [1, 2], "B")], "disagree"),
        ([ROOT, structure(2, [1, 9, 2])], "is part of 9, which is missing"),
        ([ROOT, structure(2, [1, 3])], "'A' (2) is not at the end of its own path"),
        ([ROOT, structure(2, [])], "not at the end"),
        ([ROOT, structure(1, [1])], "'root' and 'A' have the same id, 1"),
        ([ROOT, structure(-4, [1, -4])], "-4 cannot be the id"),
        ([ROOT, structure(2**70, [1, 2**70])], "cannot be the id"),
        ([ROOT, structure("../../x", [1, 2])], "structure number 2 has no id"),
        ([ROOT, structure(True, [1, 2])], "has no id"),
        ([ROOT, structure(2, [1, 2], None)], "has no acronym"),
        ([ROOT, structure(2, [1, 2], "\x00\n")], "has no acronym"),
        ([ROOT, structure(2, "1/2")], "has no structure_id_path"),
        ([ROOT, structure(2, [1, 2.5])], "has no structure_id_path"),
        ([ROOT, structure(2, [1, 2], "A", (1, 2))], "not a color"),
        ([ROOT, structure(2, [1, 2], "A", (1, 2, 256))], "not a color"),
        ([ROOT, 7], "structure number 2 is not a structure"),
        ([], "has no structures"),
        ({"a": 1}, "not a list"),
    ],
)
def test_trees_that_are_none_are_refused(tmp_path, structures, what):
    """Cycles, missing parents, ids twice: with the file's name and the place in it."""
    atlas = write_v2(tmp_path)
    (atlas / "structures.json").write_text(json.dumps(structures))
    text = refused(atlas)
    assert what in text and "structures.json" in text


def test_duplicate_acronyms_open_and_keep_both(tmp_path):
    """Which one is meant is asked when it is typed, see the tests of the search."""
    atlas = write_v2(tmp_path)
    structures = [ROOT, structure(2, [1, 2]), structure(3, [1, 3])]
    (atlas / "structures.json").write_text(json.dumps(structures))
    assert [one.id for one in open_atlas(atlas).structures] == [1, 2, 3]


@pytest.mark.parametrize(
    ("file", "content", "what"),
    [
        ("structures.json", b"", "not JSON"),
        ("structures.json", b"[" * 100_000, "nested too deeply"),
        ("structures.json", b"[1" + b"0" * 10_000 + b"]", "not JSON"),
        ("structures.json", b'["\xff"]', "not UTF-8 text: byte 2"),
        ("metadata.json", b"[]", "does not describe an atlas"),
        ("metadata.json", b'{"shape": [1, 2], "resolution": [1, 1, 1]}', "its shape"),
        ("metadata.json", b'{"shape": [1, 2, 3], "resolution": [1, NaN, 1]}', "its resolution"),
        ("metadata.json", b'{"shape": [1, 2, 3], "resolution": [1, -1, 1]}', "its resolution"),
        (
            "metadata.json",
            b'{"orientation": "ras", "shape": [1, 2, 3], "resolution": [1, 1, 1]}',
            "orientation is 'ras'",
        ),
    ],
)
def test_damaged_descriptions_are_refused(tmp_path, file, content, what):
    atlas = write_v2(tmp_path)
    (atlas / file).write_bytes(content)
    text = refused(atlas)
    assert what in text and file in text


LOCATIONS = [
    "../../../secret",
    "/../../../secret",
    "/annotation-sets/../../../secret",
    "/annotation-sets/made_up/./3_0",
    "..\\..\\secret",
    "C:/secret",
    "//host/share/secret",
    "file:secret",
    "\x00",
    "/",
    "",
    None,
    7,
    ["/x"],
]


@pytest.mark.parametrize("location", LOCATIONS)
@pytest.mark.parametrize("component", ["terminology", "annotation_set"])
def test_locations_that_leave_the_folder_are_refused(tmp_path, location, component):
    """Whatever is at their end is not even looked at."""
    atlas = write_v3(tmp_path / "atlases here")
    secret = tmp_path / "secret"
    shutil.copytree(tmp_path / "atlases here/brainglobe-atlasapi/terminologies/made_up/3_0", secret)
    _set(atlas, component, {"location": location})
    text = refused(atlas)
    assert "manifest.json" in text and component in text
    _set(atlas, component, "no table")
    assert "has no location" in refused(atlas)


def test_absolute_locations_are_read_from_the_atlas_s_own_root(tmp_path):
    """As BrainGlobe writes them; so an absolute path names a place inside, as a rule none."""
    atlas = write_v3(tmp_path / "here")
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "terminology.csv").write_text("x")
    _set(atlas, "terminology", {"location": str(secret)})
    assert "terminology.csv is missing" in refused(atlas)


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_links_that_leave_the_folder_are_refused(tmp_path):
    """A component, a table, a mesh folder, a mesh: each a link to something real."""
    outside = write_v3(tmp_path / "outside").parents[2]
    for place in (
        "terminologies",
        "terminologies/made_up/3_0/terminology.csv",
        "annotation-sets/made_up",
        "atlases/made_up_100um/3_0/manifest.json",
    ):
        inside = write_v3(tmp_path / place.replace("/", "_"))
        link = inside.parents[2] / place
        shutil.rmtree(link) if link.is_dir() else link.unlink()
        link.symlink_to(outside / place)
        assert "leaves the atlas's folder" in refused(inside)
    atlas = write_v3(tmp_path / "mesh")
    mesh = "annotation-sets/made_up/3_0/annotations.precomputed/mesh/463"
    (atlas.parents[2] / mesh).unlink()
    (atlas.parents[2] / mesh).symlink_to(outside / mesh)
    opened = open_atlas(atlas)
    with pytest.raises(AtlasError, match="463 is a link that leaves the atlas's folder"):
        read_mesh(opened, 463)
    assert len(read_mesh(opened, 500)[0])


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_links_in_circles_and_pipes_end(tmp_path):
    atlas = write_v2(tmp_path)
    (atlas / "meshes/463.obj").unlink()
    (atlas / "meshes/463.obj").symlink_to(atlas / "meshes/463.obj")
    (atlas / "meshes/500.obj").unlink()
    os.mkfifo(atlas / "meshes/500.obj")
    opened = open_atlas(atlas)
    for identity in (463, 500):
        with pytest.raises(AtlasError) as caught:
            read_mesh(opened, identity)
        assert str(identity) in sentence(caught.value)


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_folder_of_atlases_may_be_a_link_itself(tmp_path):
    """As where a home folder is too small for them."""
    write_v3(tmp_path / "data")
    write_v2(tmp_path / "data")
    (tmp_path / "link").symlink_to(tmp_path / "data")
    found = find_atlases([tmp_path / "link"], default=False)
    assert len(found) == 2
    for one in found:
        assert len(read_mesh(open_atlas(one), 463)[0]) == 8


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ("root_identifier_path", "somewhere", "has no column root_identifier_path"),
        ("[997, 8]", "[997, 8", "line 3"),
        ("[997, 8]", "[997,, 8]", "line 3"),
        ("[997, 8]", "__import__('os')", "line 3"),
        ("[997, 8]", "[8, 997, 8]", "'grey' (8)"),
        ("#BFDAE3", "blue", "'blue' is not a color"),
        ("\n8,", "\n../8,", "'../8' is not an identifier"),
        (",grey,", ",,", "structure 8 has no abbreviation"),
        (",grey,", ",grey,more,", "line 3 has 8 fields, not 7"),
        (",grey,", ',"grey' + "x" * 200_000, "line 3"),
    ],
)
def test_damaged_terminology_is_refused(tmp_path, before, after, what):
    atlas = write_v3(tmp_path)
    table = atlas.parents[2] / "terminologies/made_up/3_0/terminology.csv"
    text = table.read_text()
    assert before in text
    table.write_text(text.replace(before, after, 1))
    found = refused(atlas)
    assert what in found and "terminology.csv" in found


def test_terminology_in_another_encoding_is_refused(tmp_path):
    atlas = write_v3(tmp_path)
    table = atlas.parents[2] / "terminologies/made_up/3_0/terminology.csv"
    table.write_bytes(table.read_bytes().replace(b"grey", b"gr\xe9y"))
    assert "terminology.csv is not UTF-8 text" in refused(atlas)


def test_byte_order_mark_and_dos_lines_are_read(tmp_path):
    atlas = write_v3(tmp_path)
    table = atlas.parents[2] / "terminologies/made_up/3_0/terminology.csv"
    table.write_bytes(b"\xef\xbb\xbf" + table.read_bytes().replace(b"\n", b"\r\n"))
    assert len(open_atlas(atlas).structures) == 7


def test_meshes_that_are_missing_or_too_large_are_refused(tmp_path, monkeypatch):
    from blender_brain.atlas import files

    atlas = open_atlas(write_v2(tmp_path))
    with pytest.raises(AtlasError, match=r"'VS/2 3' \(73\) has no mesh"):
        read_mesh(atlas, 73)
    (atlas.mesh_path(463)).unlink()
    with pytest.raises(AtlasError, match="463.obj is missing"):
        read_mesh(atlas, 463)
    monkeypatch.setattr(files, "MOST_MESH_BYTES", 100)
    with pytest.raises(AtlasError, match="500.obj is larger than"):
        read_mesh(atlas, 500)


def _set(atlas: Path, key: str, value: Any) -> None:
    path = atlas / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest[key] = value
    path.write_text(json.dumps(manifest))
