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
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "blender_addons"
LICENSE = ROOT / "LICENSES" / "GPL-3.0-or-later.txt"
EXTENSIONS = ("blender_spike", "surface_slicer")


def build(name: str, folder: Path) -> Path:
    """Build and validate one extension.

    Parameters
    ----------
    name : str
        Its folder in ``blender_addons``.
    folder : Path
        Where the zip goes; made if it is missing.

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
        _run("validate", str(tree))
        _run("build", "--source-dir", str(tree), "--output-dir", temporary)
        (made,) = Path(temporary).glob("*.zip")
        _run("validate", str(made))
        return Path(shutil.move(made, folder / made.name))


def _run(*arguments: str) -> None:
    result = subprocess.run(
        [sys.executable, str(_builder()), *arguments], capture_output=True, text=True
    )
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
    for name in EXTENSIONS:
        print(build(name, parser.parse_args().folder))


if __name__ == "__main__":
    main()
