# SPDX-License-Identifier: GPL-3.0-or-later
"""Panels ask for their atlas all the time; the disk is looked at now and then only."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from helpers.atlases import NAME, write_v2, write_v3


class Disk:
    """Counts what is asked of the disk, and is the clock."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.now = 0.0

    def questions(self, call: Any) -> int:
        """Count those that a call has."""
        before = self.asked.total()
        call()
        return self.asked.total() - before


@pytest.fixture
def disk(bpy: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    from blender_brain.atlas import library

    disk = Disk()

    def counted(name: str, function: Any) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            disk.asked[name] += 1
            return function(*arguments, **named)

        return call

    for name in ("find_atlases", "found_at", "open_atlas", "_state"):
        monkeypatch.setattr(library, name, counted(name, getattr(library, name)))
    monkeypatch.setattr(library.time, "monotonic", lambda: disk.now)
    monkeypatch.setattr(library, "own_folder", lambda: tmp_path / "own")
    monkeypatch.setenv("BRAINGLOBE_CONFIG_DIR", str(tmp_path))
    text = f"[default_dirs]\nbrainglobe_dir = {tmp_path / 'none'}\n"
    (tmp_path / "bg_config.conf").write_text(text)
    library.find()
    return disk


@pytest.mark.parametrize("by", ["name", "folder", "nothing"])
def test_an_open_atlas_is_not_looked_for(disk: Disk, tmp_path: Path, by: str):
    """After a while its own few files are looked at, and the list of atlases never."""
    from blender_brain.atlas import library

    own = write_v3(tmp_path)
    wanted = {"name": NAME, "folder": str(own), "nothing": ""}[by]

    def ask() -> str:
        return library.opened(wanted, str(tmp_path), recheck=False).atlas.full_name

    assert disk.questions(ask) and disk.questions(ask) == 0
    disk.now += 60
    disk.asked.clear()
    assert ask() == f"{NAME}_v3.0" and disk.asked == {"_state": 1}
    assert disk.questions(ask) == 0
    shutil.rmtree(own)
    disk.now += 60
    with pytest.raises(library.AtlasError):
        ask()
    write_v3(tmp_path / "again")
    (tmp_path / "again/brainglobe-atlasapi").rename(tmp_path / "new")
    shutil.copytree(
        tmp_path / "new/atlases", tmp_path / "brainglobe-atlasapi/atlases", dirs_exist_ok=True
    )
    disk.now += 60
    assert ask() == f"{NAME}_v3.0"


def test_what_cannot_be_opened_is_not_tried_all_the_time(disk: Disk, tmp_path: Path):
    from blender_brain.atlas import library

    own = write_v2(tmp_path)
    whole = (own / "structures.json").read_text()
    (own / "structures.json").write_text("[")

    def ask() -> None:
        with pytest.raises(library.AtlasError, match="is not JSON"):
            library.opened(NAME, str(tmp_path), recheck=False)

    assert disk.questions(ask) and disk.questions(ask) == 0
    (own / "structures.json").write_text(whole)
    # An operator looks at once, and so does the panel after the list was looked through.
    assert library.opened(NAME, str(tmp_path)).atlas.name == NAME
    (own / "structures.json").write_text("[")
    library.find()
    ask()
    (own / "structures.json").write_text(whole)
    disk.now += 60
    assert library.opened(NAME, str(tmp_path), recheck=False).atlas.name == NAME


def test_folders_among_very_many_files_are_found_without_asking_for_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from blender_brain.atlas.files import subfolders

    for number in range(50):
        (tmp_path / f"file {number}").touch()
    for name in ("b", "a"):
        (tmp_path / name).mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a")
    (tmp_path / "broken").symlink_to(tmp_path / "gone")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    asked = []
    stat = os.stat
    monkeypatch.setattr(os, "stat", lambda *a, **k: asked.append(a) or stat(*a, **k))
    assert [folder.name for folder in subfolders(tmp_path)] == ["a", "b", "link"]
    assert not asked
    assert subfolders(tmp_path / "none") == subfolders(tmp_path / "file 1") == []
