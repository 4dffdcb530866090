# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever the server does, an atlas is there as a whole or not at all."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from blender_brain.atlas import Structure, find_atlases, open_atlas, read_mesh
from blender_brain.atlas.search import Search
from blender_brain.demo_atlas import NAME, VERSION, make_demo_atlas
from blender_brain.demo_atlas import atlas_writer as demo_writing
from blender_brain.download import web
from blender_brain.download.brainglobe import (
    DownloadError,
    Progress,
    available_atlases,
    download_atlas,
    download_meshes,
)
from helpers.atlas_server import AtlasServer


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo atlas with small meshes, as the server has it."""
    folder = tmp_path_factory.mktemp("source")
    mesh_um = demo_writing.mesh_um
    with pytest.MonkeyPatch.context() as patch:
        few = demo_writing.PARTS[11:15]
        patch.setattr(
            demo_writing, "mesh_um", lambda part: mesh_um(few[hash(part.acronym) % len(few)])
        )
        make_demo_atlas(folder)
    home = folder / "brainglobe-atlasapi"
    (home / "atlases" / "last_versions.conf").write_text(
        f"[atlases]\n{NAME} = {VERSION}\nanother_mouse_25um = 1.2\n../evil = 1\nbad = x\n"
    )
    return home


@pytest.fixture
def server(source: Path) -> Iterator[AtlasServer]:
    with AtlasServer(source) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.hold.set()
        server.shutdown()
        thread.join()


def some(acronyms: str):
    def choose(structures: Sequence[Structure]) -> list[Structure]:
        return Search(structures).find(acronyms)

    return choose


def listed(folder: Path) -> list[str]:
    return [atlas.name for atlas in find_atlases([folder], default=False)]


def acronyms_with_mesh(folder: Path) -> set[str]:
    (found,) = find_atlases([folder], default=False)
    assert not found.missing
    atlas = open_atlas(found)
    for structure in atlas.structures:
        if structure.has_mesh:
            assert len(read_mesh(atlas, structure.id)[1])
    return {structure.acronym for structure in atlas.structures if structure.has_mesh}


def test_the_list(server: AtlasServer):
    assert available_atlases(server.address) == [("another_mouse_25um", "1.2"), (NAME, VERSION)]


def test_just_what_is_wanted(server: AtlasServer, source: Path, tmp_path: Path):
    progress = Progress()
    place = download_atlas(NAME, VERSION, some("CA3, DG"), tmp_path, progress, server.address)
    assert place.is_dir() and listed(tmp_path) == [NAME]
    assert acronyms_with_mesh(tmp_path) == {"CA3", "DG"}
    assert progress.files_done == progress.files == 4
    assert progress.bytes_done == server.sent
    assert sum(server.asked.values()) == 4
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert (
                path.read_bytes()
                == (source / path.relative_to(tmp_path / source.name)).read_bytes()
            )
    # More of the same atlas later.
    download_atlas(NAME, VERSION, some("grey"), tmp_path, server=server.address)
    assert acronyms_with_mesh(tmp_path) == {"CA3", "DG", "grey"}
    assert sorted(path.name for path in tmp_path.iterdir()) == [source.name]


@pytest.mark.parametrize("name", ["manifest.json", "terminology.csv", "14"])
@pytest.mark.parametrize("part", [0, 1, 0.5, -1])
def test_broken_off_anywhere(
    server: AtlasServer, source: Path, tmp_path: Path, name: str, part: float
):
    """It goes on where it was; if the server gives up for good, there is nothing."""
    size = next(source.rglob(name)).stat().st_size
    end = {0: 0, 1: 1, 0.5: size // 2, -1: size - 1}[part]
    server.broken[name] = [end] * 99
    with pytest.raises(DownloadError, match=f"{name}: the connection kept failing"):
        download_atlas(NAME, VERSION, some("CA3"), tmp_path, server=server.address)
    assert not listed(tmp_path)
    server.broken.clear()
    server.sent = 0
    download_atlas(NAME, VERSION, some("CA3"), tmp_path, server=server.address)
    assert acronyms_with_mesh(tmp_path) == {"CA3"}
    total = sum(p.stat().st_size for p in tmp_path.rglob("*") if p.is_file())
    assert server.sent <= total - end


def test_one_break_is_not_even_noticed(server: AtlasServer, tmp_path: Path):
    server.broken = {"14": [1000, 2000]}
    download_atlas(NAME, VERSION, some("CA3"), tmp_path, server=server.address)
    assert acronyms_with_mesh(tmp_path) == {"CA3"} and server.asked["14"] == 3


def test_a_file_that_changed_is_not_mended_with_the_new_one(
    server: AtlasServer, source: Path, tmp_path: Path
):
    content = (source / "atlases" / "last_versions.conf").read_bytes()
    address = f"{server.address}atlases/last_versions.conf"
    server.broken["last_versions.conf"] = [5] * 3
    with pytest.raises(web.WebError):
        web.fetch(address, tmp_path / "file", 10_000, lambda _: None)
    (tmp_path / "file.part").write_bytes(b"#####")
    (tmp_path / "file.etag").write_text('"an older one"')
    web.fetch(address, tmp_path / "file", 10_000, lambda _: None)
    assert (tmp_path / "file").read_bytes() == content
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("name", "status", "sentence"),
    [
        ("manifest.json", 404, "The server has no manifest.json."),
        ("manifest.json", 403, "The server has no manifest.json."),
        ("terminology.csv", 404, "The server has no terminology.csv."),
        ("14", 404, "The server has none of the requested meshes."),
        ("14", 500, "14: the server answered 500."),
        ("terminology.csv", 401, "terminology.csv: the server answered 401."),
    ],
)
def test_refused(server: AtlasServer, tmp_path: Path, name: str, status: int, sentence: str):
    server.answers[name] = status
    with pytest.raises(DownloadError) as error:
        download_atlas(NAME, VERSION, some("CA3"), tmp_path, server=server.address)
    assert str(error.value).endswith(sentence)
    assert not listed(tmp_path)


def test_structures_without_mesh_are_left_out(server: AtlasServer, tmp_path: Path):
    server.answers["15"] = 404
    download_atlas(NAME, VERSION, some("CA3, DG"), tmp_path, server=server.address)
    assert acronyms_with_mesh(tmp_path) == {"CA3"}


@pytest.mark.parametrize(
    ("length", "sentence"),
    [
        ("", "does not report its size"),
        ("x", "does not report its size"),
        ("-5", "does not report its size"),
        ("99999999999", "is larger than"),
        ("100000", "the connection kept failing"),
        ("10", "terminology.csv has no column"),
    ],
)
def test_wrong_sizes(server: AtlasServer, tmp_path: Path, length: str, sentence: str):
    server.lies["terminology.csv"] = length
    with pytest.raises(DownloadError, match=sentence):
        download_atlas(NAME, VERSION, some("CA3"), tmp_path, server=server.address)
    assert not listed(tmp_path)


def test_what_cannot_be_opened_is_not_kept(server: AtlasServer, source: Path, tmp_path: Path):
    path = next(source.rglob("annotations.precomputed/mesh/14"))
    content = path.read_bytes()
    try:
        path.write_bytes(content[: len(content) // 2])
        with pytest.raises(DownloadError, match="the mesh of 'CA3', 14, cannot be read"):
            download_atlas(NAME, VERSION, some("CA3"), tmp_path, server=server.address)
        assert not listed(tmp_path)
    finally:
        path.write_bytes(content)
    download_atlas(NAME, VERSION, some("CA3"), tmp_path, server=server.address)
    assert acronyms_with_mesh(tmp_path) == {"CA3"}


def test_locations_cannot_lead_out(server: AtlasServer, source: Path, tmp_path: Path):
    path = next(source.rglob("atlases/*/*/manifest.json"))
    content = path.read_text()
    try:
        path.write_text(content.replace("/terminologies/", "/../../terminologies/"))
        with pytest.raises(DownloadError, match="which is not in the atlas"):
            download_atlas(NAME, VERSION, some("CA3"), tmp_path / "in", server=server.address)
    finally:
        path.write_text(content)
    assert [p.name for p in tmp_path.iterdir()] == ["in"] and not listed(tmp_path / "in")
    with pytest.raises(DownloadError, match="is not a valid atlas name"):
        download_atlas("../x", "1.0", some("CA3"), tmp_path, server=server.address)


def test_unknown_acronyms_are_known_before_any_mesh(server: AtlasServer, tmp_path: Path):
    with pytest.raises(DownloadError, match='no structure "CA33".*CA3'):
        download_atlas(NAME, VERSION, some("CA33"), tmp_path, server=server.address)
    assert sum(server.asked.values()) == 2 and not listed(tmp_path)


def test_no_space(server: AtlasServer, tmp_path: Path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("blender_brain.download.web.os.replace", full)
    with pytest.raises(DownloadError) as error:
        download_atlas(NAME, VERSION, some("CA3"), tmp_path, server=server.address)
    assert str(error.value) == f"{NAME} cannot be saved: there is no space left on the disk."
    assert not listed(tmp_path)


@pytest.mark.parametrize("name", ["manifest.json", "14"])
def test_a_proxy_that_refuses_does_not_say_that_it_is_not_there(
    server: AtlasServer, tmp_path: Path, name: str
):
    server.answers[name], server.storage = 403, False
    with pytest.raises(DownloadError, match=f"{name}: access was refused .403., probably by a"):
        download_atlas(NAME, VERSION, some("CA3, DG"), tmp_path, server=server.address)
    assert not listed(tmp_path)


def test_a_proxy_that_does_not_pass_https_on(server: AtlasServer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("https_proxy", server.address)
    monkeypatch.setenv("no_proxy", "")
    with pytest.raises(DownloadError, match="cannot be reached: .*403"):
        available_atlases("https://example.org/")


def installed(source: Path, folder: Path) -> Path:
    """The atlas as BrainGlobe's library leaves it: an empty folder of meshes."""
    home = folder / source.name
    shutil.copytree(source, home)
    mesh_folder = next(home.rglob("annotations.precomputed/mesh"))
    for mesh in mesh_folder.iterdir():
        mesh.unlink()
    return next((home / "atlases" / NAME).iterdir())


def test_just_the_meshes_of_an_atlas_that_is_there(
    server: AtlasServer, source: Path, tmp_path: Path
):
    place = installed(source, tmp_path)
    before = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    atlas = open_atlas(place)
    assert not any(structure.has_mesh for structure in atlas.structures)
    progress = Progress()
    assert download_meshes(atlas, [14, 15], progress, server.address) == []
    assert progress.files_done == 2 and sum(server.asked.values()) == 2
    after = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert sorted(path.name for path in set(after) - set(before)) == ["14", "15"]
    assert acronyms_with_mesh(tmp_path) == {"CA3", "DG"}
    # Not those that are there, and not those that there are none of.
    server.answers["16"] = 404
    assert download_meshes(open_atlas(place), [14, 16, 17], None, server.address) == [16]
    assert server.asked["14"] == 1 and server.asked["17"] == 1
    assert download_meshes(open_atlas(place), [16], None, server.address) == [16]
    assert not list(tmp_path.rglob(".part*"))


def test_meshes_that_cannot_be_read_are_not_put_into_an_atlas(
    server: AtlasServer, source: Path, tmp_path: Path
):
    place = installed(source, tmp_path)
    server.lies["15"] = "100"
    with pytest.raises(DownloadError, match="the mesh of 'DG', 15, cannot be read"):
        download_meshes(open_atlas(place), [14, 15], None, server.address)
    assert not any(structure.has_mesh for structure in open_atlas(place).structures)
    server.lies.clear()
    download_meshes(open_atlas(place), [14, 15], None, server.address)
    assert acronyms_with_mesh(tmp_path) == {"CA3", "DG"} and server.asked["14"] == 1


def test_nobody_there(tmp_path: Path):
    with pytest.raises(DownloadError, match="cannot be reached"):
        available_atlases("http://127.0.0.1:9/")


@pytest.mark.parametrize("address", ["http://example.org/", "ftp://127.0.0.1/", "file:///etc/"])
def test_only_https(tmp_path: Path, address: str, server: AtlasServer):
    with pytest.raises(DownloadError, match="is not an https address"):
        available_atlases(address)
    server.redirect = address
    with pytest.raises(DownloadError):
        available_atlases(server.address)
