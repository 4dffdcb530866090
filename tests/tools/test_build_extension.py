# SPDX-License-Identifier: GPL-3.0-or-later
"""The zip that users install: what is in it, and that it works as an extension."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from simulations import branched, simulation

from spike_export import write

ROOT = Path(__file__).resolve().parent.parent.parent


def load_builder() -> Any:
    spec = importlib.util.spec_from_file_location(
        "build_extension", ROOT / "tools" / "build_extension.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BUILDER = load_builder()


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> Path:
    return BUILDER.build("blender_spike", tmp_path_factory.mktemp("dist"))


def test_zip_holds_real_files_and_nothing_else(package):
    """What the tree links to is there, and no cache, hidden file or link."""
    with zipfile.ZipFile(package) as archive:
        names = archive.namelist()
        links = [
            i.filename for i in archive.infolist() if (i.external_attr >> 16) & 0o170000 == 0o120000
        ]
        manifest = archive.read("blender_manifest.toml").decode()
    assert not links
    assert {
        "__init__.py",
        "LICENSE",
        "common/nodes.py",
        "common/colormaps.npz",
        "simulation_file/reader.py",
    } <= set(names)
    assert not [n for n in names if "__pycache__" in n or n.startswith(".") or "/." in n]
    assert 'id = "blender_spike"' in manifest


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


def test_wheels_are_brought_along_and_installed(tmp_path):
    """Named in the manifest; Blender installs the one for its Python and platform, no other."""
    from atlases import write_v2

    wheels = [
        write_wheel(tmp_path, "1.0", tag) for tag in ("py3-none-any", "cp313-cp313-win_amd64")
    ]
    package = BUILDER.build("blender_brain", tmp_path / "dist", wheels)
    with zipfile.ZipFile(package) as archive:
        manifest = archive.read("blender_manifest.toml").decode()
        assert {f"wheels/{wheel.name}" for wheel in wheels} <= set(archive.namelist())
    head, tables, _ = manifest.partition("[permissions]")
    assert tables and all(f'"./wheels/{wheel.name}"' in head for wheel in wheels)
    atlas = write_v2(tmp_path / "atlases")
    (tmp_path / "home" / "config").mkdir(parents=True)
    script = f"""
import os
os.environ["BLENDER_USER_RESOURCES"] = {str(tmp_path / "home")!r}
import bpy, addon_utils
bpy.ops.extensions.package_install_files(
    filepath={str(package)!r}, repo="user_default", enable_on_install=True, overwrite=True)
import brought_along
assert brought_along.tag == "py3-none-any"
for _ in range(2):
    bpy.ops.blender_brain.import_regions(atlas={str(atlas)!r}, acronyms="CA3")
    assert bpy.context.object.name == "CA3"
    addon_utils.disable("bl_ext.user_default.blender_brain")
    assert not hasattr(bpy.types, "BLENDER_BRAIN_OT_import_regions")
    assert not hasattr(bpy.types.Scene, "blender_brain")
    addon_utils.enable("bl_ext.user_default.blender_brain")
print("all well")
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "all well" in result.stdout, result.stdout + result.stderr
    assert "Traceback" not in result.stderr


def test_installed_extension_works(package, tmp_path):
    """Install, import a file, disable, enable, remove: in a Blender of its own."""
    path = write(tmp_path / "cell.pickle", simulation(branched()))
    (tmp_path / "home" / "config").mkdir(parents=True)
    script = f"""
import os
os.environ["BLENDER_USER_RESOURCES"] = {str(tmp_path / "home")!r}
import bpy, addon_utils
bpy.ops.extensions.package_install_files(
    filepath={str(package)!r}, repo="user_default", enable_on_install=True, overwrite=True)
name = "bl_ext.user_default.blender_spike"
for _ in range(2):
    bpy.ops.blender_spike.import_simulation(filepath={str(path)!r})
    bpy.ops.blender_spike.color_by_voltage(colormap="viridis")
    assert bpy.context.object.modifiers["Playback"].node_group
    addon_utils.disable(name)
    assert not hasattr(bpy.types, "BLENDER_SPIKE_OT_import_simulation")
    addon_utils.enable(name)
bpy.ops.extensions.package_uninstall(repo_index=[
    i for i, r in enumerate(bpy.context.preferences.extensions.repos)
    if r.module == "user_default"][0], pkg_id="blender_spike")
assert not hasattr(bpy.types, "BLENDER_SPIKE_OT_import_simulation")
left = [f for d, _, fs in os.walk({str(tmp_path / "home")!r}) for f in fs if "blender_spike" in d]
assert not left, left
print("all well")
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "all well" in result.stdout, result.stdout + result.stderr
    assert "Traceback" not in result.stderr


def test_surface_slicer_is_whole(tmp_path):
    """Its zip installs, and makes and colors a surface, in a Blender of its own."""
    made = BUILDER.build("surface_slicer", tmp_path / "dist")
    (tmp_path / "home" / "config").mkdir(parents=True)
    script = f"""
import os
os.environ["BLENDER_USER_RESOURCES"] = {str(tmp_path / "home")!r}
import bpy
bpy.ops.extensions.package_install_files(
    filepath={str(made)!r}, repo="user_default", enable_on_install=True, overwrite=True)
bpy.ops.surface_slicer.create_surface(resolution=(9, 9))
bpy.ops.surface_slicer.color_surface(colormap="viridis")
print("all well", len(bpy.context.object.data.vertices))
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "all well 81" in result.stdout, result.stdout + result.stderr
