# SPDX-License-Identifier: GPL-3.0-or-later
"""The zip that users install: what is in it, and what is said where it cannot be built."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import tomllib
from helpers.fast import fast_first

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPT = ROOT / "tools" / "build_extension.py"


def load_builder() -> Any:
    spec = importlib.util.spec_from_file_location("build_extension", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BUILDER = load_builder()
KINDS = {
    ".css", ".html", ".js", ".json", ".npz", ".pickle", ".png", ".py", ".ttf", ".txt"
}  # fmt: skip
NO_INDEX = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}


def write_wheel(folder: Path, version: str, tag: str) -> Path:
    """Write a wheel of a made-up package that knows its own tag."""
    wheel = folder / f"brought_along-{version}-{tag}.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("brought_along.py", f"tag = {tag!r}")
        info = f"brought_along-{version}.dist-info"
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nTag: {tag}\n")
        archive.writestr(f"{info}/METADATA", f"Name: brought_along\nVersion: {version}\n")
        archive.writestr(f"{info}/RECORD", "brought_along.py,,\n")
    return wheel


@fast_first("name", BUILDER.EXTENSIONS)
def test_zips_hold_real_files_and_nothing_else(tmp_path, name):
    """What the tree links to is there, and no cache, hidden file or link."""
    with zipfile.ZipFile(BUILDER.build(name, tmp_path)) as archive:
        kinds = {(info.external_attr >> 16) & 0o170000 for info in archive.infolist()}
        names = {one for one in archive.namelist() if not one.endswith("/")}
        manifest = archive.read("blender_manifest.toml").decode()
    assert 0o120000 not in kinds
    assert f'id = "{name}"' in manifest
    source = ROOT / "blender_addons" / name
    modules = [
        path.relative_to(source).as_posix()
        for folder, _, files in os.walk(source, followlinks=True)
        for path in (Path(folder, file) for file in files)
        if path.suffix in KINDS
    ]
    assert {"__init__.py", "common/nodes/tree.py", "common/colormaps/colormaps.npz"} <= set(modules)
    assert names == {*modules, "LICENSE", "blender_manifest.toml"}


@pytest.fixture
def tree(tmp_path, monkeypatch) -> Path:
    """A tree of its own, with strays in an extension and in what it links to."""
    root = tmp_path / "tree"
    for folder in ("blender_addons", "examples", "spike_export"):
        shutil.copytree(
            ROOT / folder, root / folder, symlinks=True,
            ignore=shutil.ignore_patterns("__pycache__"),
        )  # fmt: skip
    monkeypatch.setattr(BUILDER, "ROOT", root)
    monkeypatch.setattr(BUILDER, "SOURCE", root / "blender_addons")
    return root


def names_with(strays: list[str], tree: Path, folder: Path) -> set[str]:
    for stray in strays:
        path = tree / "blender_addons" / stray
        path.parent.mkdir(exist_ok=True)
        path.write_text("1")
    with zipfile.ZipFile(BUILDER.build("blender_spike", folder)) as archive:
        return {name for name in archive.namelist() if not name.endswith("/")}


STRAYS = ["blender_spike/panels.py~", "common/__pycache__/nodes.pyc", "blender_spike/.hidden"]


@pytest.mark.slow
def test_strays_are_left_out_and_named(tree, tmp_path, capsys):
    clean = names_with([], tree, tmp_path / "clean")
    git = ["git", "-C", str(tree)]
    subprocess.run([*git, "init", "--quiet"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    others = ["blender_spike/scratch.py", "common/notes.json", "blender_spike/old/panels.py"]
    (tree / "blender_addons" / "blender_spike" / "link.py").symlink_to("panels.py")
    assert names_with([*STRAYS, *others], tree, tmp_path / "dist") == clean
    said = capsys.readouterr().err
    for name in ("scratch.py", "common/notes.json", "old", "panels.py~", "link.py"):
        assert f"blender_spike/{name} is not in git and left out.\n" in said
    assert len(said.splitlines()) == 6


@pytest.mark.slow
def test_without_git_caches_and_backups_are_left_out(tree, tmp_path):
    clean = names_with([], tree, tmp_path / "clean")
    assert names_with(STRAYS, tree, tmp_path / "dist") == clean


def without_links(root: Path) -> None:
    """Write a text file in place of each link, as git does on Windows."""
    links = [
        Path(folder, name)
        for folder, folders, _ in os.walk(root)
        for name in folders
        if Path(folder, name).is_symlink()
    ]
    assert len(links) > 4
    for link in links:
        target = os.readlink(link)
        link.unlink()
        link.write_text(target)


@pytest.mark.slow
@pytest.mark.parametrize("name", BUILDER.EXTENSIONS)
@pytest.mark.parametrize("in_git", [False, True])
def test_a_checkout_without_links_gives_the_same_zip(tree, tmp_path, name, in_git):
    with_links = BUILDER.build(name, tmp_path / "with").read_bytes()
    without_links(tree)
    if in_git:
        subprocess.run(["git", "-C", str(tree), "init", "--quiet"], check=True)
        subprocess.run(["git", "-C", str(tree), "add", "."], check=True)
    assert BUILDER.build(name, tmp_path / "without").read_bytes() == with_links


@pytest.mark.parametrize("target", ["../missing", "../../../elsewhere"])
def test_a_link_that_leads_nowhere_is_refused(tree, tmp_path, target):
    (tree.parent / "elsewhere").mkdir()
    link = tree / "blender_addons" / "blender_spike" / "common"
    link.unlink()
    link.write_text(target)
    said = f"blender_addons/blender_spike/common stands for a link to {target}, which is not"
    with pytest.raises(RuntimeError, match=re.escape(said)):
        BUILDER.build("blender_spike", tmp_path / "dist")
    assert not list((tmp_path / "dist").iterdir())


def test_a_path_that_windows_may_refuse_is_named(tree, tmp_path):
    deep = tree / "blender_addons" / "blender_spike" / "color" / ("a" * 80)
    deep.mkdir()
    (deep / "b.py").touch()
    with pytest.raises(RuntimeError, match="^color/a+/b.py has 91 characters; more than 89"):
        BUILDER.build("blender_spike", tmp_path / "dist")


def test_without_blender_the_zip_is_the_same(tmp_path, monkeypatch):
    checked = BUILDER.build("surface_slicer", tmp_path / "checked").read_bytes()
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    monkeypatch.delenv("BLENDER", raising=False)
    assert BUILDER.blender_command() == []
    assert BUILDER.build("surface_slicer", tmp_path / "unchecked").read_bytes() == checked
    monkeypatch.setenv("BLENDER", "/path/to/blender")
    assert BUILDER.blender_command()[0] == "/path/to/blender"


def test_what_blender_refuses_is_not_built(tree, tmp_path):
    manifest = tree / "blender_addons" / "surface_slicer" / "blender_manifest.toml"
    manifest.write_text(
        re.sub('tagline = ".*"', 'tagline = "Ends in a stop."', manifest.read_text())
    )
    with pytest.raises(RuntimeError, match="tagline"):
        BUILDER.build("surface_slicer", tmp_path / "dist")
    assert not list((tmp_path / "dist").iterdir())


def test_wheels_are_named_in_the_manifest(tmp_path):
    wheels = [
        write_wheel(tmp_path, "1.0", tag) for tag in ("py3-none-any", "cp313-cp313-win_amd64")
    ]
    package = BUILDER.build("blender_brain", tmp_path / "dist", wheels)
    with zipfile.ZipFile(package) as archive:
        manifest = archive.read("blender_manifest.toml").decode()
        assert {f"wheels/{wheel.name}" for wheel in wheels} <= set(archive.namelist())
    head, tables, _ = manifest.partition("[permissions]")
    assert tables and all(f'"./wheels/{wheel.name}"' in head for wheel in wheels)


@pytest.mark.parametrize("website", ["", "https://neurons.example/films/"])
def test_the_website_is_named_in_the_manifest(tmp_path, monkeypatch, website):
    monkeypatch.setenv("WEBSITE", website)
    wheels = [write_wheel(tmp_path, "1.0", "py3-none-any")]
    with zipfile.ZipFile(BUILDER.build("blender_brain", tmp_path / "dist", wheels)) as archive:
        manifest = tomllib.loads(archive.read("blender_manifest.toml").decode())
    assert manifest.get("website", "") == website
    assert manifest["copyright"] and manifest["wheels"] and manifest["permissions"]


@pytest.mark.parametrize("website", ["http://plain.example", 'https://a" b', "neurons.example"])
def test_what_is_no_website_is_refused(tmp_path, monkeypatch, website):
    monkeypatch.setenv("WEBSITE", website)
    with pytest.raises(RuntimeError, match="^WEBSITE=.* is not an address that begins with https"):
        BUILDER.build("surface_slicer", tmp_path / "dist")
    assert not list((tmp_path / "dist").iterdir())


def test_zips_of_other_versions_are_removed_and_nothing_else(tmp_path):
    package = tmp_path / "blender_brain-1.2.0.zip"
    kept = [
        package.name, "blender_brain-notes.zip", "blender_brain-1.1.0.zip.txt",
        "blender_brain_data-1.1.0.zip", "surface_slicer-1.1.0.zip", "spike_export-1.1.0.tar.gz",
    ]  # fmt: skip
    for name in [*kept, "blender_brain-1.1.0.zip", "blender_brain-0.9.12-beta.zip"]:
        (tmp_path / name).touch()
    BUILDER.remove_older(package)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(kept)


@pytest.mark.slow
def test_without_a_network_one_sentence_says_so(tmp_path):
    nothing = NO_INDEX | {"PIP_FIND_LINKS": str(tmp_path)}
    result = subprocess.run(
        [sys.executable, SCRIPT, tmp_path / "dist"],
        env=os.environ | nothing, capture_output=True, text=True,
    )  # fmt: skip
    assert result.returncode == 1 and not (tmp_path / "dist").exists()
    (line,) = (result.stdout + result.stderr).splitlines()
    assert line.startswith("The extensions were not built: DracoPy==")
    assert line.endswith("; is this machine online?")
