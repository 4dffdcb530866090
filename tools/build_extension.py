# SPDX-License-Identifier: GPL-3.0-or-later
"""Build an extension's zip: real files where the source tree has links, and nothing else.

Blender's own builder and validator do the work; they come with the bpy module or with Blender.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "blender_addons"
LICENSE = ROOT / "LICENSES" / "GPL-3.0-or-later.txt"
EXTENSIONS = ("blender_spike", "blender_brain", "surface_slicer")
# What an extension brings along, and for which Pythons and platforms: blender.org's builds have
# 3.13, newer Linux distributions, such as Debian, 3.14, and those have Blender for Arm,
# too. Blender.org has nothing for Intel Macs any more, but others build it, and that wheel is 3 of
# the zip's 31 MB, so that one zip still serves all. Windows on Arm has no wheel and does without.
WHEELS = {
    "blender_brain": (
        "DracoPy==2.2.0",
        (
            ("3.13", "manylinux_2_28_x86_64"),
            ("3.14", "manylinux_2_28_x86_64"),
            ("3.13", "manylinux_2_28_aarch64"),
            ("3.14", "manylinux_2_28_aarch64"),
            ("3.13", "macosx_11_0_arm64"),
            ("3.13", "macosx_11_0_x86_64"),
            ("3.13", "win_amd64"),
        ),
    )
}


def download_wheels(name: str, folder: Path) -> list[Path]:
    """Download the wheels that an extension brings along, unmodified.

    Parameters
    ----------
    name : str
        The extension.
    folder : Path
        Where they go; made if it is missing.

    Returns
    -------
    list of Path
        Empty for an extension that needs none.

    Raises
    ------
    RuntimeError
        With pip's own words.
    """
    if name not in WHEELS:
        return []
    requirement, targets = WHEELS[name]
    for python, platform in targets:
        _run(
            "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
            "--only-binary=:all:", "--python-version", python, "--platform", platform,
            "--dest", str(folder), requirement,
        )  # fmt: skip
    return sorted(folder.glob("*.whl"))


def build(name: str, folder: Path, wheels: Sequence[Path] = ()) -> Path:
    """Build and validate one extension.

    Parameters
    ----------
    name : str
        Its folder in ``blender_addons``.
    folder : Path
        Where the zip goes; made if it is missing.
    wheels : sequence of Path
        What it brings along. Blender installs those that suit its Python and its platform.

    Returns
    -------
    Path
        The zip.

    Raises
    ------
    RuntimeError
        With the builder's own words.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        tree = Path(temporary) / name
        shutil.copytree(SOURCE / name, tree, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        shutil.copy(LICENSE, tree / "LICENSE")
        if wheels:
            _bring_along(tree, wheels)
        builder = str(_builder())
        _run(builder, "validate", str(tree))
        _run(builder, "build", "--source-dir", str(tree), "--output-dir", temporary)
        (made,) = Path(temporary).glob("*.zip")
        _run(builder, "validate", str(made))
        return Path(shutil.move(made, folder / made.name))


def _bring_along(tree: Path, wheels: Sequence[Path]) -> None:
    """Copy wheels into an extension and name them in its manifest."""
    (tree / "wheels").mkdir()
    for wheel in wheels:
        shutil.copy(wheel, tree / "wheels")
    manifest = tree / "blender_manifest.toml"
    # Before the first table, since what follows a table's head belongs to it.
    head, bracket, tables = manifest.read_text().partition("\n[")
    names = "".join(f'    "./wheels/{wheel.name}",\n' for wheel in wheels)
    manifest.write_text(f"{head}\nwheels = [\n{names}]\n{bracket}{tables}")


def _run(*arguments: str) -> None:
    result = subprocess.run([sys.executable, *arguments], capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {result.stdout}{result.stderr}")


def _builder() -> Path:
    # Found without importing bpy, which would start all of Blender.
    spec = importlib.util.find_spec("bpy")
    if spec is None or spec.origin is None:
        raise RuntimeError("The bpy module is not installed; make test installs it.")
    (builder,) = Path(spec.origin).parent.glob("5.*/scripts/addons_core/bl_pkg/cli/blender_ext.py")
    return builder


def main() -> None:
    """Build all extensions."""
    parser = argparse.ArgumentParser(description="Build the extensions' zips.")
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "dist")
    folder = parser.parse_args().folder
    for name in EXTENSIONS:
        with tempfile.TemporaryDirectory() as temporary:
            print(build(name, folder, download_wheels(name, Path(temporary))))


if __name__ == "__main__":
    main()
