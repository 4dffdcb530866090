# SPDX-License-Identifier: GPL-3.0-or-later
"""The pip package: the sdist builds into the same wheel as the tree, without a network."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import spike_export

ROOT = Path(__file__).resolve().parent.parent.parent


def build(source: Path, out: Path, *options: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", *options, "--outdir", out, source],
        env={**os.environ, "PIP_NO_INDEX": "1"}, capture_output=True, text=True,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.slow
def test_the_sdist_builds_into_the_same_wheel(tmp_path):
    build(ROOT, tmp_path / "tree", "--sdist", "--wheel")
    (sdist,) = (tmp_path / "tree").glob("spike_export-*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = archive.getnames()
        archive.extractall(tmp_path / "unpacked", filter="data")
    (folder,) = (tmp_path / "unpacked").iterdir()
    build(folder, tmp_path / "sdist", "--wheel")
    (first,) = (tmp_path / "tree").glob("*.whl")
    (second,) = (tmp_path / "sdist").glob("*.whl")
    assert first.name == second.name
    with zipfile.ZipFile(first) as tree, zipfile.ZipFile(second) as own:
        assert tree.namelist() == own.namelist()
        assert all(tree.read(name) == own.read(name) for name in tree.namelist())
        held = set(tree.namelist())
    package = ROOT / "spike_export"
    modules = {f"spike_export/{path.relative_to(package)}" for path in package.rglob("*.py")}
    assert modules <= held
    # Neither add-ons nor tests, nor anything that happens to lie in the tree.
    assert not [name for name in held if not name.startswith("spike_export")]
    roots = {name.split("/")[1] for name in names if "/" in name}
    assert roots <= {"spike_export", "LICENSES", "pyproject.toml", "PKG-INFO", ".gitignore"}


def test_everything_has_the_package_s_version():
    # Not what pip has noted, which is as old as the last time that it installed the tree.
    version = spike_export.__version__
    places = {"CITATION.cff": rf"^version: {re.escape(version)}$"}
    for manifest in ROOT.glob("blender_addons/*/blender_manifest.toml"):
        places[str(manifest.relative_to(ROOT))] = rf'^version = "{re.escape(version)}"$'
    assert len(places) == 4
    for name, line in places.items():
        assert re.search(line, (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE), name
    # Files that make dist builds.
    named = {
        number
        for page in [
            *ROOT.glob("docs/**/*.md"),
            ROOT / "README.md",
            ROOT / "spike_export/README.md",
        ]
        for number in re.findall(r"dist/\w+-(\d+\.\d+\.\d+)", page.read_text(encoding="utf-8"))
    }
    assert named == {version}
