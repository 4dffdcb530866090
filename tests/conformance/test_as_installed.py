# SPDX-License-Identifier: GPL-3.0-or-later
"""Atlases as BrainGlobe's own library leaves them, by the way that the manual gives.

Without a network: its server is a folder, with an atlas that the library itself made.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("brainglobe_atlasapi.core", reason="make test-conformance installs it")

import fsspec  # noqa: E402
import numpy as np  # noqa: E402
import s3fs  # noqa: E402
from brainglobe_atlasapi import bg_atlas, config, list_atlases  # noqa: E402
from brainglobe_atlasapi.atlas_generation import wrapup  # noqa: E402
from brainglobe_atlasapi.cli import bg_cli  # noqa: E402
from click.testing import CliRunner  # noqa: E402
from helpers.atlas_server import AtlasServer  # noqa: E402
from helpers.generated_atlas import generated  # noqa: E402

from blender_brain.atlas import (  # noqa: E402  isort: skip
    NotHereError,
    choose_atlas,
    find_atlases,
    open_atlas,
    read_mesh,
)
from blender_brain.download.brainglobe import (  # noqa: E402  isort: skip
    available_atlases,
    download_meshes,
)

ROOT = Path(__file__).resolve().parents[2]
IDS = [997, 8, 1089, 463]


class Bucket:
    """What the library needs of its server's file system."""

    folder: Path
    asked: list[str]

    def __init__(self, **_: Any) -> None: ...

    def _path(self, address: str) -> str:
        place = address.removeprefix("s3://brainglobe/atlas/")
        assert place != address, address
        return str(self.folder / place)

    def exists(self, address: str) -> bool:
        """Whether there is such a file or folder."""
        return Path(self._path(address)).exists()

    def get(self, address: str, local: Any, recursive: bool = False, **_: Any) -> None:
        """Copy files."""
        self.asked.append(address)
        files = fsspec.filesystem("file", auto_mkdir=True)
        files.get(self._path(address), str(local), recursive=recursive)


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """BrainGlobe's server, and a machine on which nothing is installed yet."""
    with monkeypatch.context() as patch:
        patch.setattr(wrapup, "get_all_validation_functions", tuple)
        patch.setattr(wrapup, "BrainGlobeAtlas", lambda *_, **__: None)
        made = generated(tmp_path, IDS)
    home = next(made.rglob("atlases")).parent
    (manifest,) = home.glob("atlases/*/*/manifest.json")
    version = manifest.parent.name.replace("_", ".")
    listing = f"[atlases]\n{manifest.parent.parent.name} = {version}\n"
    (home / "atlases" / "last_versions.conf").write_text(listing)
    monkeypatch.setattr(Bucket, "folder", home, raising=False)
    monkeypatch.setattr(Bucket, "asked", [], raising=False)
    monkeypatch.setattr(s3fs, "S3FileSystem", Bucket)
    monkeypatch.setattr(bg_atlas, "check_s3_status", lambda **_: True)
    offered = {manifest.parent.parent.name: version}
    monkeypatch.setattr(bg_atlas, "get_all_atlases_lastversions", lambda: offered)
    monkeypatch.setattr(list_atlases, "get_all_atlases_lastversions", lambda: offered)
    settings = tmp_path / "config"
    settings.mkdir()
    (settings / "bg_config.conf").write_text(
        f"[default_dirs]\nbrainglobe_dir = {tmp_path / 'mine'}\n"
        f"interm_download_dir = {tmp_path / 'mine'}\n"
    )
    monkeypatch.setattr(config, "CONFIG_PATH", settings / "bg_config.conf")
    monkeypatch.setenv("BRAINGLOBE_CONFIG_DIR", str(settings))
    return home


@pytest.fixture
def server(bucket: Path) -> Iterator[AtlasServer]:
    with AtlasServer(bucket) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def manual(language: str) -> list[str]:
    """The manual's blocks for BrainGlobe's tool or library, for the atlas here."""
    page = (ROOT / "docs" / "blender-brain.md").read_text(encoding="utf-8")
    blocks = re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return [
        block.replace("allen_mouse_25um", "generated_mouse_100um").replace('"CA3", "DG"', '"cm"')
        for block in blocks
        if "brainglobe" in block
    ]


def install() -> None:
    """Do what the manual says, in the order of its lines."""
    (block,) = manual("")
    _, command = block.strip().splitlines()
    program, *words = command.split()
    assert program == "brainglobe"
    result = CliRunner().invoke(bg_cli, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output


def test_an_installed_atlas_is_found_and_its_meshes_are_not_there_yet(bucket: Path):
    assert find_atlases() == []
    install()
    (found,) = find_atlases()
    assert found.name == "generated_mouse_100um" and not found.missing and found.empty
    atlas = open_atlas(found)
    assert [one.id for one in atlas.structures] == IDS
    assert not any(one.has_mesh for one in atlas.structures)
    with pytest.raises(NotHereError, match="cm has no mesh on this disk yet"):
        read_mesh(atlas, 1089)


def test_the_library_fetches_what_the_manual_names(bucket: Path):
    install()
    (block,) = manual("python")
    exec(compile(block, "blender-brain.md", "exec"), {})
    (found,) = find_atlases()
    atlas = open_atlas(found)
    assert not found.empty
    assert {one.acronym for one in atlas.structures if one.has_mesh} == {"root", "cm"}
    assert len(read_mesh(atlas, 1089)[1])


def test_what_is_downloaded_here_is_what_the_library_would_fetch(
    bucket: Path, server: AtlasServer, monkeypatch: pytest.MonkeyPatch
):
    """To the same places, so that neither fetches anything twice."""
    install()
    atlas = open_atlas(choose_atlas(find_atlases(), "generated_mouse_100um"))
    assert available_atlases(server.address) == [(atlas.name, atlas.version)]
    assert download_meshes(atlas, IDS[1:3], server=server.address) == []
    assert set(server.asked) == {"last_versions.conf", "8", "1089"}
    Bucket.asked.clear()
    theirs = bg_atlas.BrainGlobeAtlas("generated_mouse_100um")
    ours = open_atlas(atlas.folder)
    for identity in IDS[1:3]:
        mesh = theirs.mesh_from_structure(identity)
        points_um, triangles = read_mesh(ours, identity)
        assert np.abs(points_um - mesh.points).max() < 1e-3
        assert np.array_equal(triangles, mesh.cells[0].data)
    assert Bucket.asked == []
    theirs.mesh_from_structure(463)
    assert len(Bucket.asked) == 1
    assert [one.has_mesh for one in open_atlas(atlas.folder).structures] == [
        False, True, True, True,
    ]  # fmt: skip
