# SPDX-License-Identifier: GPL-3.0-or-later
"""Build an extension's zip: real files where the source tree has links, and nothing else.

Files tracked by git go in or, in a tree without git, all but caches and backups. The same files
give the same zip, byte for byte. Blender's own validator checks it if there is one, in the bpy
module or in the Blender that the variable BLENDER names; nothing else here needs Blender.

The same files of all extensions are also a pip package, for notebooks and servers.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import tomllib

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "blender_addons"
LICENSE = ROOT / "LICENSES" / "GPL-3.0-or-later.txt"
EXTENSIONS = ("blender_spike", "blender_brain", "surface_slicer")
# Windows allows 260 characters in a path, where nobody has changed that. Of these, 144 are for the
# folder: a user's name of 20 and a repository's of 40 in
# C:\Users\NAME\AppData\Roaming\Blender Foundation\Blender\5.2\extensions\REPOSITORY\surface_slicer\
# and 27 for what Python adds to a module's name, as in __pycache__\module.cpython-313.pyc.
LONGEST_PATH = 260 - 144 - 27
# As long as a text can be that stands for a link.
_LONGEST_LINK = 200


class Wheels(NamedTuple):
    """The wheels of one package, in the version that is bundled.

    Attributes
    ----------
    requirement : str
        With the version.
    targets : tuple
        Python and platform of each; empty for one wheel that serves all.
    sha256 : tuple of str
        Of these wheels, in any order; pip refuses all others.
    """

    requirement: str
    targets: tuple[tuple[str, str], ...]
    sha256: tuple[str, ...]


# Blender.org's builds have Python 3.13, newer Linux distributions, such as Debian, 3.14, and those
# have Blender for Arm, too. Blender.org has nothing for Intel Macs any more, but others build it,
# and that wheel is 3 of the zip's 31 MB, so that one zip still serves all. Windows on Arm has no
# wheel and goes without.
_DRACOPY = Wheels(
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
    (
        "ea0fc4a58554e74cf796ee058dbd434d4081923c206fdeac286c73f571eb4328",
        "6d81fd39267d77af05ed6c9fe05243351d91952c80c163785182565226074391",
        "94af90d8ccf3bebb39f7e71be71cc43802f2fda57e8d11fe397c19ef3ed5e0fe",
        "92cdfd61138c47ae3e1f5b537595556f96fc6968a3e1077d046e44065059869b",
        "67b58a1a99f505876651122688c9bf70b3809f7ff47d34a85471cf14481c5826",
        "0f2ba507a5b88f760384e08bb09464be6702a9c3a5d20dec5b9a69711beed248",
        "f48bf90f5651a957db9ffba03057aa224ec9bd815927749d4101737a48b547eb",
    ),
)
# The last version that needs nothing but NumPy; newer ones need compiled packages.
_PYFIVE = Wheels(
    "pyfive==1.1.1",
    (),
    ("f2b65324c45d77a79e5263b7d07fd7a39d87e1cc4d25c28e19bad2f7e80da7d3",),
)
WHEELS = {"blender_brain": (_DRACOPY, _PYFIVE), "surface_slicer": (_PYFIVE,)}


def download_wheels(name: str, folder: Path) -> list[Path]:
    """Download the wheels that an extension bundles, unmodified.

    Where there is no network, pip finds them in the folder that the variable PIP_FIND_LINKS names,
    if PIP_NO_INDEX is 1.

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
    for wheels in WHEELS.get(name, ()):
        for python, platform in wheels.targets or (("", ""),):
            which = f" for Python {python} on {platform}" if python else ""
            try:
                _download(wheels, python, platform, folder)
            except RuntimeError as problem:
                said = str(problem).strip().rpartition("\n")[2].removeprefix("ERROR: ")
                raise RuntimeError(
                    f"{wheels.requirement}{which} cannot be downloaded ({said}); is this machine "
                    "online?"
                ) from None
    return sorted(folder.glob("*.whl"))


def _download(wheels: Wheels, python: str, platform: str, folder: Path) -> None:
    target = ("--python-version", python, "--platform", platform) if python else ()
    with tempfile.TemporaryDirectory() as temporary:
        # pip takes checksums from such files only.
        pinned = Path(temporary) / "pinned.txt"
        hashes = " ".join(f"--hash=sha256:{one}" for one in wheels.sha256)
        pinned.write_text(f"{wheels.requirement} {hashes}\n", encoding="utf-8")
        _output(
            sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
            "--no-deps", "--only-binary=:all:", *target, "--dest", str(folder),
            "--requirement", str(pinned),
        )  # fmt: skip


def build(name: str, folder: Path, wheels: Sequence[Path] = ()) -> Path:
    """Build one extension, and validate it if there is a Blender to do so.

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
        If a link leads nowhere, a path is too long for Windows, or the variable WEBSITE is no
        address; or with the validator's own message.
    """
    folder.mkdir(parents=True, exist_ok=True)
    blender = blender_command()
    with tempfile.TemporaryDirectory() as temporary:
        tree = Path(temporary) / name
        _copy_extension(name, tree)
        shutil.copy(LICENSE, tree / "LICENSE")
        if wheels:
            _bring_along(tree, wheels)
        if website := os.environ.get("WEBSITE", "").strip():
            _name_website(tree, website)
        manifest = tomllib.loads((tree / "blender_manifest.toml").read_text(encoding="utf-8"))
        made = Path(temporary) / f"{manifest['id']}-{manifest['version']}.zip"
        _zip(tree, made)
        if blender:
            _output(*blender, "validate", str(tree))
            _output(*blender, "validate", str(made))
        return Path(shutil.move(made, folder / made.name))


def build_wheel(folder: Path) -> Path:
    """Build the pip package of all extensions, which ``blender_addons/pyproject.toml`` describes.

    Parameters
    ----------
    folder : Path
        Where the wheel goes; created if missing.

    Returns
    -------
    Path
        The wheel.

    Raises
    ------
    RuntimeError
        If a link leads nowhere; or with what the Python package build says.
    """
    with tempfile.TemporaryDirectory() as temporary:
        source, made = Path(temporary) / "source", Path(temporary) / "made"
        for name in EXTENSIONS:
            _copy_extension(name, source / name)
        for part in (SOURCE / "pyproject.toml", SOURCE / "README.md"):
            shutil.copy(part, source)
        shutil.copy(LICENSE, source / "LICENSE")
        _output(
            sys.executable, "-m", "build", "--no-isolation", "--wheel",
            "--outdir", str(made), str(source),
        )  # fmt: skip
        (wheel,) = made.iterdir()
        folder.mkdir(parents=True, exist_ok=True)
        return Path(shutil.move(wheel, folder / wheel.name))


def blender_command() -> list[str]:
    """Find what Blender's commands for extensions can be called with, such as ``validate``.

    Returns
    -------
    list of str
        Of the bpy module, else of the program that the variable BLENDER names; empty if there is
        neither.
    """
    # Found without importing bpy, which would start all of Blender.
    spec = importlib.util.find_spec("bpy")
    if spec is not None and spec.origin is not None:
        scripts = Path(spec.origin).parent.glob("5.*/scripts/addons_core/bl_pkg/cli")
        return [sys.executable, *(str(folder / "blender_ext.py") for folder in scripts)]
    program = os.environ.get("BLENDER")
    return [program, "--factory-startup", "--command", "extension"] if program else []


def remove_older(package: Path) -> None:
    """Remove packages of the same name and other versions from beside the one that was built."""
    name, _, _ = package.stem.partition("-")
    of_a_version = rf"{name}-\d+\.\d+\.\d+\S*{re.escape(package.suffix)}"
    for other in package.parent.glob(f"{name}-*"):
        if other != package and re.fullmatch(of_a_version, other.name):
            other.unlink()


def _copy_extension(name: str, tree: Path) -> None:
    """Copy an extension's files, with what is linked in place of the links."""
    ignored = _left_out()

    def copy(source: str, target: str) -> None:
        linked = _linked(Path(source))
        if linked is None or linked.is_file():
            shutil.copy(linked or source, target)
        else:
            shutil.copytree(linked, target, ignore=ignored, copy_function=copy)

    shutil.copytree(SOURCE / name, tree, ignore=ignored, copy_function=copy)


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


def _linked(path: Path) -> Path | None:
    """Find what a text file stands for: git writes one for a link where there are none.

    That is so in its default settings on Windows. Links in this tree begin with ``../``.
    """
    if path.stat().st_size > _LONGEST_LINK:
        return None
    text = path.read_bytes()
    if not text.startswith(b"../") or b"\n" in text.strip():
        return None
    # The path may lead through other links.
    real = path.resolve()
    target = (real.parent / text.decode().strip()).resolve()
    if not (target.exists() and target.is_relative_to(ROOT.resolve())):
        raise RuntimeError(
            f"{real.relative_to(ROOT.resolve()).as_posix()} stands for a link to "
            f"{text.decode().strip()}, which is not in this tree."
        )
    return target


def _zip(tree: Path, made: Path) -> None:
    """Pack a folder, with neither times nor owners."""
    files = {path.relative_to(tree).as_posix(): path for path in tree.rglob("*") if path.is_file()}
    longest = max(files, key=len)
    if len(longest) > LONGEST_PATH:
        raise RuntimeError(
            f"{longest} has {len(longest)} characters; more than {LONGEST_PATH}, and Windows may "
            "not be able to install it."
        )
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o100644 << 16
            info.create_system = 3
            stored = files[name].suffix in (".whl", ".npz", ".png")
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, files[name].read_bytes())


def _bring_along(tree: Path, wheels: Sequence[Path]) -> None:
    """Copy wheels into an extension and name them in its manifest."""
    (tree / "wheels").mkdir()
    for wheel in wheels:
        shutil.copy(wheel, tree / "wheels")
    manifest = tree / "blender_manifest.toml"
    # Before the first table, since what follows a table's header belongs to it.
    head, bracket, tables = manifest.read_text(encoding="utf-8").partition("\n[")
    names = "".join(f'    "./wheels/{wheel.name}",\n' for wheel in wheels)
    manifest.write_text(f"{head}\nwheels = [\n{names}]\n{bracket}{tables}", encoding="utf-8")


def _name_website(tree: Path, website: str) -> None:
    """Write where a release is offered into the manifest; nobody knows that before."""
    if not re.fullmatch(r"https://[^\s\"\\]+", website):
        raise RuntimeError(f"WEBSITE={website} is not an address that begins with https://")
    manifest = tree / "blender_manifest.toml"
    head, bracket, tables = manifest.read_text(encoding="utf-8").partition("\n[")
    manifest.write_text(f'{head}\nwebsite = "{website}"\n{bracket}{tables}', encoding="utf-8")


def _output(*command: str) -> str:
    result = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if result.returncode:
        raise RuntimeError(f"{' '.join(command)}: {result.stdout}{result.stderr}")
    return result.stdout


def main() -> None:
    """Build all extensions, and their pip package."""
    parser = argparse.ArgumentParser(description="Build the extensions' zips and pip package.")
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
            wheel = build_wheel(folder)
            remove_older(wheel)
            print(wheel)
            if not blender_command():
                print(
                    "Not validated: there is no Blender here. BLENDER=/path/to/blender names one."
                )
    except (RuntimeError, OSError) as problem:
        sys.exit(f"The extensions were not built: {problem}")


if __name__ == "__main__":
    main()
