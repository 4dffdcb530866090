# SPDX-License-Identifier: GPL-3.0-or-later
"""Build an extension's zip: real files where the source tree has links, and nothing else.

Files tracked by git go in or, in a tree without git, all but caches and backups. Blender's own
builder and validator do the work; they come with the bpy module or with Blender.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "blender_addons"
LICENSE = ROOT / "LICENSES" / "GPL-3.0-or-later.txt"
EXTENSIONS = ("blender_spike", "blender_brain", "surface_slicer")
# Wheels bundled with an extension, and for which Pythons and platforms: blender.org's builds have
# 3.13, newer Linux distributions, such as Debian, 3.14, and those have Blender for Arm,
# too. Blender.org has nothing for Intel Macs any more, but others build it, and that wheel is 3 of
# the zip's 31 MB, so that one zip still serves all. Windows on Arm has no wheel and goes without.
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
    """Download the wheels that an extension bundles, unmodified.

    Parameters
    ----------
    name : str
        The extension.
    folder : Path
        Where they go; created if missing.

    Returns
    -------
    list of Path
        Empty for an extension that needs none.

    Raises
    ------
    RuntimeError
        With what is missing, and pip's last message.
    """
    if name not in WHEELS:
        return []
    requirement, targets = WHEELS[name]
    for python, platform in targets:
        try:
            _run(
                "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                "--only-binary=:all:", "--python-version", python, "--platform", platform,
                "--dest", str(folder), requirement,
            )  # fmt: skip
        except RuntimeError as problem:
            said = str(problem).strip().rpartition("\n")[2].removeprefix("ERROR: ")
            raise RuntimeError(
                f"{requirement} for Python {python} on {platform} cannot be downloaded ({said}); "
                "is this machine online?"
            ) from None
    return sorted(folder.glob("*.whl"))


def build(name: str, folder: Path, wheels: Sequence[Path] = ()) -> Path:
    """Build and validate one extension.

    Parameters
    ----------
    name : str
        Its folder in ``blender_addons``.
    folder : Path
        Where the zip goes; created if missing.
    wheels : sequence of Path
        Wheels to bundle. Blender installs those for its Python and platform.

    Returns
    -------
    Path
        The zip.

    Raises
    ------
    RuntimeError
        With the builder's own message.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        tree = Path(temporary) / name
        shutil.copytree(SOURCE / name, tree, ignore=_left_out())
        shutil.copy(LICENSE, tree / "LICENSE")
        if wheels:
            _bring_along(tree, wheels)
        builder = str(_builder())
        _run(builder, "validate", str(tree))
        _run(builder, "build", "--source-dir", str(tree), "--output-dir", temporary)
        (made,) = Path(temporary).glob("*.zip")
        _run(builder, "validate", str(made))
        return Path(shutil.move(made, folder / made.name))


def remove_older(package: Path) -> None:
    """Remove an extension's zips of other versions from beside the one that was built."""
    name, _, _ = package.stem.rpartition("-")
    for other in package.parent.glob(f"{name}-*.zip"):
        if other != package and re.fullmatch(rf"{name}-\d+\.\d+\.\d+\S*\.zip", other.name):
            other.unlink()


def _left_out() -> Callable[[str, list[str]], Iterable[str]]:
    """Make the function that tells `shutil.copytree` which files to ignore."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        return shutil.ignore_patterns(
            "__pycache__", "*.py[co]", ".*", "*~", "*.orig", "*.rej", "#*"
        )
    # In a container, the checkout may belong to another user.
    listed = _output("git", "-c", "safe.directory=*", "-C", str(ROOT), "ls-files", "-z")
    known = {ROOT / path for path in listed.split("\0")}
    known |= {folder for path in known for folder in path.parents}

    def unknown(folder: str, names: list[str]) -> list[str]:
        # The folder may have been reached through a link, which git tracks as a link.
        strays = [name for name in names if Path(folder).resolve() / name not in known]
        for name in strays:
            if name != "__pycache__":
                print(f"{folder}/{name} is not in git and left out.", file=sys.stderr)
        return strays

    return unknown


def _bring_along(tree: Path, wheels: Sequence[Path]) -> None:
    """Copy wheels into an extension and name them in its manifest."""
    (tree / "wheels").mkdir()
    for wheel in wheels:
        shutil.copy(wheel, tree / "wheels")
    manifest = tree / "blender_manifest.toml"
    # Before the first table, since what follows a table's header belongs to it.
    head, bracket, tables = manifest.read_text().partition("\n[")
    names = "".join(f'    "./wheels/{wheel.name}",\n' for wheel in wheels)
    manifest.write_text(f"{head}\nwheels = [\n{names}]\n{bracket}{tables}")


def _run(*arguments: str) -> None:
    _output(sys.executable, *arguments)


def _output(*command: str) -> str:
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f"{' '.join(command)}: {result.stdout}{result.stderr}")
    return result.stdout


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
    try:
        with tempfile.TemporaryDirectory() as temporary:
            # All of them before anything is built, so that it is all or nothing.
            wheels = {name: download_wheels(name, Path(temporary) / name) for name in EXTENSIONS}
            for name in EXTENSIONS:
                package = build(name, folder, wheels[name])
                remove_older(package)
                print(package)
    except (RuntimeError, OSError) as problem:
        sys.exit(f"The extensions were not built: {problem}")


if __name__ == "__main__":
    main()
